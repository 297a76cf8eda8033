"""Turn the bytes of a .txt, .html, .docx or .pdf document into its paragraphs.

The four kinds differ only in where they hide a paragraph: a blank line, a tag, a Word
paragraph (whose number Word may draw by itself), or a gap between two lines on a page. All
functions take bytes and open no file; the libraries they need are loaded only when used.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from typing import TYPE_CHECKING, Literal

from .lines import join_wrapped, split_at_breaks
from .outline import MARKER
from .wording import normalise

if TYPE_CHECKING:
    from bs4 import Tag

Format = Literal["txt", "html", "docx", "pdf"]

MOST_BYTES = 32 * 1024 * 1024
_MOST_UNPACKED = 256 * 1024 * 1024
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|p|div|table|ol)\b", re.I)
_EXTENSIONS: dict[str, Format] = {
    ".txt": "txt", ".text": "txt", ".md": "txt", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".docx": "docx", ".pdf": "pdf",
}  # fmt: skip
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|details|div|fieldset|figcaption|figure|footer|"
    "form|h[1-6]|header|hr|html|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody|t[dhr]|tfoot|"
    "thead|ul"
)
_SILENT = frozenset({"script", "style", "noscript", "template", "head", "title", "svg"})


class DocumentError(ValueError):
    """A document cannot be read; `problems` holds every reason as ``place: problem; remedy``."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def choose_format(data: bytes, name: str) -> Format:
    """Say which kind of document this is: by content where that is certain, else by the name's ending.

    Raises:
        DocumentError: for a kind that cannot be read (old Word, RTF, other archives).
    """
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"PK\x03\x04"):
        if _is_word_file(data):
            return "docx"
        raise DocumentError(f"{name}: an archive that is not a Word file; give the document inside it")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DocumentError(f"{name}: an old Word file; open it and save it as .docx or .pdf")
    if start.startswith(b"{\\rtf"):
        raise DocumentError(f"{name}: a rich text file; open it and save it as .docx or .pdf")
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    named = _EXTENSIONS.get(ending)
    if named in ("docx", "pdf"):
        raise DocumentError(f"{name}: not a {named} file inside; save it again from the program that made it")
    if named != "html" and _HTML.search(start):
        return "html"
    return named or "txt"


def paragraphs(data: bytes, name: str) -> list[str]:
    """Return the paragraphs of a document, in reading order, not normalised.

    Args:
        data: the whole file.
        name: the file's name, used for its ending and in messages.

    Raises:
        DocumentError: with every problem found.
    """
    if not data.strip():
        raise DocumentError(f"{name}: the file is empty; export the document again")
    if len(data) > MOST_BYTES:
        raise DocumentError(f"{name}: larger than 32 MB; give the regulation alone")
    readers = {"txt": _from_text, "html": _from_html, "docx": _from_word, "pdf": _from_pdf}
    found = [text for text in readers[choose_format(data, name)](data, name) if text.strip()]
    if not found:
        raise DocumentError(f"{name}: no text inside, perhaps a scanned picture; ask for a copy with text")
    return found


def decode(data: bytes, name: str) -> str:
    """Decode a text file: by its byte order mark, else UTF-8, else Windows-1252.

    Raises:
        DocumentError: if the file holds NUL characters and so is no text.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\x00" in data:
        raise DocumentError(f"{name}: not a text file; give .txt, .html, .docx or .pdf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _from_text(data: bytes, name: str) -> list[str]:
    return join_wrapped(decode(data, name).splitlines())


def _from_html(data: bytes, name: str) -> list[str]:
    from bs4 import BeautifulSoup

    # Without a byte order mark, bs4 reads the page's own <meta charset> before it guesses.
    soup = BeautifulSoup(data, "html.parser")
    walker = _HtmlWalker()
    try:
        walker.walk(soup)
    except RecursionError:
        raise DocumentError(f"{name}: tags nested too deeply; save the page as text") from None
    walker.flush()
    return walker.found


class _HtmlWalker:
    """Collects one paragraph for every block of a page, numbering ordered lists as a browser does."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pending = ""
        self._mark = ""
        self._lists: list[_OpenList] = []

    def flush(self) -> None:
        """End the paragraph; the number of a list item goes to the first paragraph inside it."""
        text, self._pending = self._pending, ""
        for piece in split_at_breaks(text):
            printed = not self._mark or MARKER.match(normalise(piece))
            self.found.append(piece if printed else f"{self._mark} {piece}")
            self._mark = ""

    def walk(self, tag: Tag) -> None:
        from bs4.element import NavigableString, PreformattedString, Tag

        for child in tag.children:
            if isinstance(child, PreformattedString):  # comments, doctypes
                continue
            if isinstance(child, NavigableString):
                self._pending += re.sub(r"\s+", " ", str(child))
            elif isinstance(child, Tag) and child.name not in _SILENT and not child.has_attr("hidden"):
                self._enter(child)

    def _enter(self, child: Tag) -> None:
        if child.name == "br":
            self._pending += "\n"
            return
        if not _BLOCK.fullmatch(child.name):
            self.walk(child)
            return
        self.flush()
        if child.name in ("ol", "ul"):
            self._lists.append(_OpenList(child, nested=bool(self._lists)))
            self.walk(child)
            self.flush()
            self._lists.pop()
        else:
            # An item left unclosed holds the next one, so the list counts and not the nesting.
            if child.name == "li" and self._lists:
                self._mark = self._lists[-1].next(child)
            self.walk(child)
            self.flush()
        if child.name in ("li", "ol", "ul"):
            self._mark = ""


class _OpenList:
    """Counts the items of one list; only an ordered list prints its numbers."""

    def __init__(self, tag: Tag, nested: bool) -> None:
        self._ordered = tag.name == "ol"
        self._style = str(tag.get("type") or ("a" if nested else "1"))
        self._count = _whole(tag.get("start"), 1)

    def next(self, item: Tag) -> str:
        count = _whole(item.get("value"), self._count)
        self._count = count + 1
        if not self._ordered:
            return ""
        if self._style in ("a", "A") and 1 <= count <= 26:
            return f"{chr(ord('a') + count - 1)}."
        return f"{count}."


def _whole(value: object, otherwise: int) -> int:
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,4}", value) else otherwise


def _is_word_file(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _from_word(data: bytes, name: str) -> list[str]:
    from .word import word_paragraphs

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST_UNPACKED:
            raise DocumentError(f"{name}: unpacks to more than 256 MB; give the regulation alone")
    try:
        return word_paragraphs(data)
    except Exception as error:
        raise DocumentError(f"{name}: damaged Word file ({_brief(error)}); open and save it again") from error


def _from_pdf(data: bytes, name: str) -> list[str]:
    from .pdf import PageError, pdf_paragraphs

    try:
        return pdf_paragraphs(data)
    except PageError as error:
        raise DocumentError(*(f"{name}: {problem}" for problem in error.problems)) from error
    except Exception as error:
        raise DocumentError(f"{name}: damaged PDF ({_brief(error)}); export it again") from error


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
