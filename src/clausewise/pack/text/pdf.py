"""Read the paragraphs of a PDF, which holds only words and where they stand on the page.

Lines are found by their height on the page, paragraphs by the wider gaps between lines. Lines
that come back at the edge of every page (a running title, "page 2 of 3") are left out, and a
paragraph that a page end cuts in two is joined again.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import pairwise
from typing import Any

from .lines import glue, join_wrapped, opens_paragraph
from .outline import CROSS_REFERENCE, MARKER
from .wording import PROSE_END, normalise

# Proportional letters: a line with this share of the widest line's characters may be full.
_FILL = 0.85
_WIDER = 1.25  # a gap this many times the usual one ends a paragraph


class PageError(ValueError):
    """Pages cannot be read; `problems` names each as ``page 3: problem; remedy``."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def pdf_paragraphs(data: bytes) -> list[str]:
    """Return the paragraphs of a PDF.

    Raises:
        PageError: if the file is locked or pages cannot be read, all of them named.
        Exception: whatever pypdf raises for a file it cannot open.
    """
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise PageError("locked with a password; ask for an open copy")
    pages: list[list[tuple[float, str]]] = []
    problems: list[str] = []
    for number, page in enumerate(reader.pages, start=1):
        try:
            pages.append(_page_lines(page))
        except Exception as error:  # noqa: BLE001 - a damaged page must not hide the problems of the others
            problems.append(
                f"page {number}: cannot be read ({type(error).__name__}); export the document again"
            )
    if problems:
        raise PageError(*problems)
    return _join_pages(_without_running_lines(pages))


def _page_lines(page: Any) -> list[tuple[float, str]]:
    """Return (height above the page's foot in points, text) for each line, in reading order."""
    lines: list[tuple[float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, _size: float) -> None:
        if not text.strip():
            if lines and text and not text.startswith("\n"):
                lines[-1] = (lines[-1][0], lines[-1][1] + " ")
            return
        height = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        for piece in text.split("\n"):
            if not piece.strip():
                continue
            if lines and abs(lines[-1][0] - height) < 2.0:
                lines[-1] = (lines[-1][0], lines[-1][1] + piece)
            else:
                lines.append((height, piece))

    page.extract_text(visitor_text=visit)
    return [(height, " ".join(text.split())) for height, text in lines]


def _without_running_lines(pages: list[list[tuple[float, str]]]) -> list[list[tuple[float, str]]]:
    """Drop lines at the top or foot that recur on most pages, whatever page number they carry."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_pattern(text) for _, text in (page[:2] + page[-2:])})
    running = {p for p, n in seen.items() if n > 1 and n * 2 > len(pages)}
    kept: list[list[tuple[float, str]]] = []
    for page in pages:
        edge = {0, 1, len(page) - 2, len(page) - 1}
        kept.append(
            [line for i, line in enumerate(page) if i not in edge or _pattern(line[1]) not in running]
        )
    return kept


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", normalise(text).lower())


def _join_pages(pages: list[list[tuple[float, str]]]) -> list[str]:
    spacing = _usual_gap(pages)
    found: list[str] = []
    for page in pages:
        fresh = join_wrapped(_with_gaps(page, spacing), _FILL)
        if found and fresh and _continues(found[-1], fresh[0]):
            found[-1] = glue(found[-1], fresh.pop(0))
        found += fresh
    return found


def _usual_gap(pages: list[list[tuple[float, str]]]) -> float:
    """The distance between two lines of one paragraph: the low end of all distances, in points."""
    gaps = sorted(a - b for page in pages for (a, _), (b, _) in pairwise(page) if a - b > 4)
    return gaps[len(gaps) // 10] if gaps else 12.0


def _with_gaps(page: list[tuple[float, str]], spacing: float) -> list[str]:
    lines: list[str] = []
    before: float | None = None
    for height, text in page:
        if before is not None and not 0 < before - height <= spacing * _WIDER:
            lines.append("")
        lines.append(text)
        before = height
    return lines


def _continues(last: str, first: str) -> bool:
    """A page end cut a paragraph if the last one is not finished and the next has no mark."""
    plain, following = normalise(last), normalise(first)
    if MARKER.match(following) or opens_paragraph(following):
        return False
    if CROSS_REFERENCE.match(plain) or plain.endswith(":"):
        return False
    return not PROSE_END.search(plain) and (len(plain) > 60 or following[:1].islower())
