"""Writes tables that read well aloud, scroll by themselves on a phone, and cannot be broken by what a log says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from clausewise.audit.findings import PSEUDONYM


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table in a region that can be scrolled by keyboard. The first cell of a row is its heading.

    Numbers are set right and grouped; every text is escaped. A cell that begins with `<` must be a `Safe`.
    """
    body = [list(row) for row in rows]
    numbers = [bool(body) and all(isinstance(row[i], int) for row in body) for i in range(len(heads))]
    name = escape(caption, quote=True)
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{name}"><table><caption>{name}</caption>'
    cells = "".join(
        f'<th scope="col"{_class(n)}>{escape(head)}</th>' for head, n in zip(heads, numbers, strict=True)
    )
    yield f"<thead><tr>{cells}</tr></thead><tbody>"
    for row in body:
        first, *rest = (cell(value) for value in row)
        others = "".join(f"<td{_class(n)}>{text}</td>" for text, n in zip(rest, numbers[1:], strict=True))
        yield f'<tr><th scope="row"{_class(numbers[0])}>{first}</th>{others}</tr>'
    yield "</tbody></table></div>"


class Safe(str):
    """Text that is already HTML, made by this package from escaped parts."""

    __slots__ = ()


def cell(value: object) -> str:
    """A value as the inside of a cell."""
    if isinstance(value, Safe):
        return value
    return f"{value:,}" if isinstance(value, int) else escape(str(value)) or "–"


def unknown(text: str) -> Safe:
    """Something nobody knows: dashed, with a question mark, never blank and never zero."""
    return Safe(f'<span class="unknown">{escape(text)}</span>')


def whole(text: str) -> str:
    """A pseudonym that no line break may cut in two; any other text as it is."""
    return Safe(f'<span class="number">{escape(text)}</span>') if text.startswith(PSEUDONYM) else text


def _class(number: bool) -> str:
    return ' class="n"' if number else ""
