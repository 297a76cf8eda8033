"""Write the invented Lantern Bay regulation as a web page, a Word file and a PDF.

The text file is the original. Each copy hides its paragraphs the way such files do: the page has
menus, scripts, lists that the browser numbers and line breaks; Word counts the numbers itself and
keeps a struck-out word; the PDF has wrapped lines, running titles and paragraphs cut by a page end.
Run this file after changing the text: python tests/pack_text/make_fixtures.py
"""

from __future__ import annotations

import html
import io
import re
import textwrap
import zipfile
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parent / "fixtures"
ORIGINAL = FIXTURES / "lantern-bay.txt"
MARKED = re.compile(r"^(\d{1,2}|[a-z])\. ")


def original() -> list[str]:
    return [line for line in ORIGINAL.read_text(encoding="utf-8").splitlines() if line.strip()]


def as_html(paragraphs: list[str]) -> str:
    """Letters become lists that the browser numbers; the list of laws is one block of broken lines."""
    out = ["<!DOCTYPE html>", '<html lang="en"><head><meta charset="utf-8"><title>Rule 310</title>']
    out += [
        "<style>p { margin: 1em }</style></head><body>",
        "<script>var menu = '1. Home. 2. Away.';</script>",
    ]
    out += ["<!-- a remark nobody prints -->", f"<nav><ul><li>{_safe(paragraphs[0])}</li></ul></nav><main>"]
    laws = paragraphs.index("Legal Reference:")
    resources = paragraphs.index("Management Resources:")
    in_list = False
    for text in paragraphs[1:laws]:
        mark = MARKED.match(text)
        lettered = bool(mark and mark[1].isalpha())
        if lettered != in_list:
            out.append('<ol type="a">' if lettered else "</ol>")
            in_list = lettered
        body = _wrapped(_safe(text[3:] if lettered else text))
        out.append(f"<li><span>{body}</span></li>" if lettered else f"<p>{body}</p>")
    out += ["<p>" + "<br>\n".join(_safe(line) for line in paragraphs[laws:resources]) + "</p>"]
    out += ["<table>", *(f"<tr><td>{_safe(t)}</td></tr>" for t in paragraphs[resources:]), "</table>"]
    return "\n".join([*out, "</main></body></html>", ""])


def _safe(text: str) -> str:
    return html.escape(text, quote=False).replace("\u2019", "&rsquo;").replace("\u00a0", "&nbsp;")


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 72, break_long_words=False, break_on_hyphens=False))


def as_docx(paragraphs: list[str]) -> bytes:
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    list_id = _add_numbering(document)
    for text in paragraphs:
        mark = MARKED.match(text)
        if mark is None:
            document.add_paragraph(text)
            continue
        paragraph = document.add_paragraph(text[mark.end() :])
        level = "0" if mark[1].isdecimal() else "1"
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {_NS}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')
        )
        paragraph._p.append(parse_xml(f"<w:del {_NS}><w:r><w:delText>never</w:delText></w:r></w:del>"))
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_times(buffer.getvalue())


_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _add_numbering(document: Any) -> str:
    """Add a list "1." with "a." below it and return its number in the file."""
    from docx.oxml import parse_xml

    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="%{level + 1}."/></w:lvl>'
        for level, form in enumerate(("decimal", "lowerLetter"))
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {_NS} w:abstractNumId="310">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {_NS} w:numId="310"><w:abstractNumId w:val="310"/></w:num>'))
    return "310"


def _without_times(data: bytes) -> bytes:
    """Pack again with one fixed date, so that the same text gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


LINE, GAP, TOP, FOOT, LEFT = 13.0, 8.0, 720.0, 70.0, 72.0  # points on a US letter page


def as_pdf(paragraphs: list[str]) -> bytes:
    """Set the text in Helvetica, 11 points, by hand: no library, no fonts inside the file."""
    pages: list[list[str]] = [[]]
    height = TOP
    for text in paragraphs:
        mark = MARKED.match(text)
        indent = 18.0 if mark else 0.0
        for count, line in enumerate(_pdf_lines(text[mark.end() :] if mark else text)):
            if height < FOOT:
                pages.append([])
                height = TOP
            if mark and count == 0:
                pages[-1].append(_show(LEFT, height, f"{mark[1]}."))
            pages[-1].append(_show(LEFT + indent, height, line))
            height -= LINE
        height -= GAP
    for number, page in enumerate(pages, start=1):
        page.insert(0, _show(LEFT, 752.0, "Lantern Bay Rule Book"))
        page.append(_show(290.0, 40.0, f"page {number} of {len(pages)}"))
    return _pdf_file(["\n".join(page) for page in pages])


def _pdf_lines(text: str) -> list[str]:
    plain = " ".join(text.split())
    return textwrap.wrap(plain, 88, break_long_words=False, break_on_hyphens=True)


def _show(x: float, y: float, text: str) -> str:
    escaped = re.sub(r"([\\()])", r"\\\1", text)
    return f"BT /F1 11 Tf 1 0 0 1 {x:.1f} {y:.1f} Tm ({escaped}) Tj ET"


def _pdf_file(pages: list[str]) -> bytes:
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for i, page in enumerate(pages):
        stream = page.encode("cp1252")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            + f"/Contents {5 + 2 * i} 0 R >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def main() -> None:
    paragraphs = original()
    (FIXTURES / "lantern-bay.html").write_text(as_html(paragraphs), encoding="utf-8")
    (FIXTURES / "lantern-bay.docx").write_bytes(as_docx(paragraphs))
    (FIXTURES / "lantern-bay.pdf").write_bytes(as_pdf(paragraphs))


if __name__ == "__main__":
    main()
