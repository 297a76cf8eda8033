"""Reading text, web, Word and PDF files into the same paragraphs."""

from __future__ import annotations

import importlib.util
import io
import textwrap
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.pack.text import DocumentError, parse_outline, read_document, read_source
from clausewise.pack.text.documents import choose_format, paragraphs
from clausewise.pack.text.lines import glue, join_wrapped

FIXTURES = Path(__file__).parent / "fixtures"
FORMATS = ["txt", "html", "docx", "pdf"]


def _fixture_maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_fixtures", Path(__file__).parent / "make_fixtures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("ending", FORMATS[1:])
def test_every_format_gives_the_same_outline(ending: str) -> None:
    text = parse_outline(read_document(FIXTURES / "lantern-bay.txt"))
    assert len(text.units) == 33
    assert parse_outline(read_document(FIXTURES / f"lantern-bay.{ending}")) == text


def test_the_fixtures_are_made_from_the_text() -> None:
    maker = _fixture_maker()
    lines = maker.original()
    assert (FIXTURES / "lantern-bay.html").read_text(encoding="utf-8") == maker.as_html(lines)
    assert (FIXTURES / "lantern-bay.pdf").read_bytes() == maker.as_pdf(lines)
    # Another python-docx may pack other styles, so for Word only what is read must agree.
    assert paragraphs(maker.as_docx(lines), "a.docx") == read_document(FIXTURES / "lantern-bay.docx")


@pytest.mark.parametrize("width", [60, 78, 100])
def test_a_wrapped_text_file_reads_like_the_original(width: int) -> None:
    lines = _fixture_maker().original()
    plain = [" ".join(line.split()) for line in lines]
    wrapped = "\r\n\r\n".join("\r\n".join(textwrap.wrap(line, width)) for line in plain)
    assert parse_outline(paragraphs(wrapped.encode(), "a.txt")) == parse_outline(lines)


def test_a_text_file_without_empty_lines_reads_like_the_original() -> None:
    lines = _fixture_maker().original()
    assert parse_outline(paragraphs("\n".join(lines).encode(), "a.txt")) == parse_outline(lines)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_a_text_file(encoding: str) -> None:
    assert paragraphs("1. The bay\u2019s boats.".encode(encoding), "a.txt") == ["1. The bay\u2019s boats."]


def test_a_browser_numbers_lists() -> None:
    page = (
        "<ol start=4><li>Row.<ol><li>Slowly.<li>b. Quietly.</ol><li value=9><b>Sa</b>il.</ol><p hidden>1. No.</p>"
        "<p>10.&nbsp;Rest,<br>or not.<br>Sleep.</p>"
    )
    found = paragraphs(page.encode(), "a.html")
    assert found[:2] == ["4. Row.", "a. Slowly."]
    assert "9. Sail." in found
    assert [" ".join(text.split()) for text in found[-2:]] == ["10. Rest, or not.", "Sleep."]


def test_content_counts_more_than_the_name() -> None:
    pdf = (FIXTURES / "lantern-bay.pdf").read_bytes()
    word = (FIXTURES / "lantern-bay.docx").read_bytes()
    assert choose_format(pdf, "rule.txt") == "pdf"
    assert choose_format(word, "rule") == "docx"
    assert choose_format(b"<!DOCTYPE html><p>1. Row.", "rule.aspx") == "html"
    assert choose_format(b"1. Row.", "rule.aspx") == "txt"


def _zip(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data, name, says",
    [
        (b"", "a.txt", "a.txt: the file is empty"),
        (b"  \n", "a.pdf", "a.pdf: the file is empty"),
        (b"1. Row.", "a.docx", "a.docx: not a docx file inside"),
        (b"\xd0\xcf\x11\xe0rest", "a.doc", "a.doc: an old Word file"),
        (b"{\\rtf1 hello}", "a.rtf", "a.rtf: a rich text file"),
        (b"ab\x00cd", "a.txt", "a.txt: not a text file"),
        (b"%PDF-1.4 and nothing else", "a.pdf", "a.pdf: damaged PDF"),
        (_zip("other.txt", b"x"), "a.zip", "a.zip: an archive that is not a Word file"),
        (_zip("word/document.xml", b"<broken"), "a.docx", "a.docx: damaged Word file"),
        (b"<html><script>1. Row.</script></html>", "a.html", "a.html: no text inside"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(data: bytes, name: str, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        paragraphs(data, name)
    (problem,) = caught.value.problems
    assert problem.startswith(says)
    assert "; " in problem
    assert "\n" not in problem


def test_a_missing_file_is_a_document_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no such file"):
        read_source(tmp_path / "gone.txt")


def test_every_damaged_page_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from pypdf import PageObject

    def broken(*_: object, **__: object) -> str:
        raise KeyError("font")

    monkeypatch.setattr(PageObject, "extract_text", broken)
    with pytest.raises(DocumentError) as caught:
        read_document(FIXTURES / "lantern-bay.pdf")
    assert len(caught.value.problems) > 1
    assert caught.value.problems[1].startswith("lantern-bay.pdf: page 2: cannot be read")


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=FIXTURES / "lantern-bay.pdf")
    writer.encrypt("lamp", algorithm="RC4-128")
    with (tmp_path / "locked.pdf").open("wb") as file:
        writer.write(file)
    with pytest.raises(DocumentError, match="locked with a password; ask for an open copy"):
        read_document(tmp_path / "locked.pdf")


def test_line_ends_with_hyphens() -> None:
    assert glue("work-", "related") == "work-related"
    assert glue("inter\u00ad", "rupt") == "interrupt"
    assert glue("pages 3 -", "4") == "pages 3 - 4"


@given(st.lists(st.text(max_size=50), max_size=12), st.sampled_from([0.85, 1.0]))
def test_joining_lines_keeps_every_letter(lines: list[str], fill: float) -> None:
    joined = "".join("".join(join_wrapped(lines, fill)).split())
    kept = "".join("".join(line.replace("\f", " ").split()) for line in lines)
    assert joined.replace("\u00ad", "") == kept.replace("\u00ad", "")


def _read_or_refused(data: bytes, name: str) -> list[str]:
    try:
        found = paragraphs(data, name)
    except DocumentError as error:
        return [problem for problem in error.problems if problem.startswith(name) and "; " in problem]
    parse_outline(found)
    return [text for text in found if text.strip()]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["a.txt", "a.html", "a.docx", "a.pdf", "a"]))
def test_any_bytes_are_read_or_refused_with_reasons(data: bytes, name: str) -> None:
    assert _read_or_refused(data, name)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["docx", "pdf"]), st.data())
def test_a_file_with_flipped_bytes_is_read_or_refused_with_reasons(ending: str, data: st.DataObject) -> None:
    content = bytearray((FIXTURES / f"lantern-bay.{ending}").read_bytes())
    for place in data.draw(st.lists(st.integers(8, len(content) - 1), min_size=1, max_size=8)):
        content[place] ^= 0xFF
    assert _read_or_refused(bytes(content), f"a.{ending}")
