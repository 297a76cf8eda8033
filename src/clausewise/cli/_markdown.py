"""The few pieces of Markdown that the reference pages are made of."""

from __future__ import annotations

from collections.abc import Iterable

MADE = "<!-- Written by `clausewise docs --write`; a change made here is lost. -->"


def codes(words: Iterable[str]) -> str:
    """Words in code type with commas between."""
    return ", ".join(f"`{word}`" for word in words)


def table(heads: tuple[str, ...], rows: Iterable[Iterable[object]]) -> list[str]:
    """A Markdown table; a bar inside a cell does not end it."""
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    for row in rows:
        cells = (" ".join(str(cell).replace("|", "\\|").split()) for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def page(lines: Iterable[str]) -> str:
    """The lines as one file."""
    return "\n".join(lines).rstrip() + "\n"
