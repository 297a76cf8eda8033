"""Read the paragraphs of a Word file, drawing the numbers that Word keeps apart from the text.

A numbered paragraph in Word usually holds no "9." at all: the file says "level 0 of list 3" and
the program counts. The outline needs the printed number, so this module counts as Word does.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .lines import split_at_breaks
from .outline import MARKER
from .wording import normalise

if TYPE_CHECKING:
    from docx.document import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Struck-out text and the words of a field's instruction are not printed.
_UNPRINTED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", _FALLBACK})
_PRINTED = {
    f"{_W}tab": " ",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
    f"{_W}softHyphen": "",
}


def word_paragraphs(data: bytes) -> list[str]:
    """Return the paragraphs of a .docx file, tables and text boxes included, in document order.

    Raises whatever python-docx raises for a damaged file.
    """
    from docx import Document

    document = Document(io.BytesIO(data))
    numbers = _Numbers(document)
    found: list[str] = []
    for paragraph in _paragraphs(document.element.body):
        pieces = split_at_breaks(_text(paragraph))
        mark = numbers.next(paragraph) if pieces else ""
        if mark and not MARKER.match(normalise(pieces[0])):
            pieces[0] = f"{mark} {pieces[0]}"
        found += pieces
    return found


def _paragraphs(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag in _UNPRINTED:
            continue
        if child.tag == f"{_W}p":
            yield child
        yield from _paragraphs(child)


def _text(element: Any) -> str:
    parts: list[str] = []
    for child in element:
        if child.tag == f"{_W}t":
            parts.append(child.text or "")
        elif child.tag in _PRINTED:
            parts.append(_PRINTED[child.tag])
        elif child.tag not in _UNPRINTED and child.tag != f"{_W}p" and child.tag != f"{_W}pPr":
            parts.append(_text(child))
    return "".join(parts)


class _Numbers:
    """Counts list paragraphs: one row of counters for each list, one counter for each level."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[int, tuple[str, int]]] = {}
        self._styles: dict[str, Any] = {
            style.element.get(f"{_W}styleId"): style.element for style in document.styles
        }
        self._counts: dict[str, dict[int, int]] = {}
        self._abstract: dict[str, str] = {}
        part = next(
            (r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None
        )
        if part is not None:
            self._read(part.element)

    def _read(self, numbering: Any) -> None:
        for abstract in numbering.findall(f"{_W}abstractNum"):
            levels: dict[int, tuple[str, int]] = {}
            for level in abstract.findall(f"{_W}lvl"):
                form, start = _value(level.find(f"{_W}numFmt")), _value(level.find(f"{_W}start"))
                levels[int(level.get(f"{_W}ilvl"))] = (form or "decimal", int(start or 1))
            self._levels[abstract.get(f"{_W}abstractNumId")] = levels
        for number in numbering.findall(f"{_W}num"):
            self._abstract[number.get(f"{_W}numId")] = _value(number.find(f"{_W}abstractNumId")) or ""

    def next(self, paragraph: Any) -> str:
        """Count this paragraph and return its printed mark ("9.", "f."), or "" if it has none."""
        list_id, level = self._place(paragraph)
        levels = self._levels.get(self._abstract.get(list_id, ""), {})
        if level not in levels:
            return ""
        form, start = levels[level]
        # Lists that share a definition count together in Word.
        counts = self._counts.setdefault(self._abstract[list_id], {})
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [depth for depth in counts if depth > level]:
            del counts[deeper]
        return _draw(counts[level], form)

    def _place(self, paragraph: Any) -> tuple[str, int]:
        properties = paragraph.find(f"{_W}pPr")
        seen: set[str] = set()
        while properties is not None:
            numbered = properties.find(f"{_W}numPr")
            if numbered is not None and (list_id := _value(numbered.find(f"{_W}numId"))) is not None:
                return list_id, int(_value(numbered.find(f"{_W}ilvl")) or 0)
            name = _value(properties.find(f"{_W}pStyle")) or _based_on(properties)
            if not name or name in seen or name not in self._styles:
                break
            seen.add(name)
            style = self._styles[name]
            properties = style.find(f"{_W}pPr")
        return "0", 0


def _based_on(properties: Any) -> str | None:
    style = properties.getparent()
    return _value(style.find(f"{_W}basedOn")) if style is not None else None


def _value(element: Any) -> str | None:
    value = element.get(f"{_W}val") if element is not None else None
    return str(value) if value is not None else None


def _draw(count: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and 1 <= count <= 26:
        return f"{chr(ord('a') + count - 1)}."
    return f"{count}." if form in ("decimal", "decimalZero") else ""
