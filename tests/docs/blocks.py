"""Reads the code blocks of a Markdown page: files that it asks the reader to make, and commands to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_FILE = re.compile(r"(?:#|//) file: (\S+)\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, and its text."""

    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    return [Block(*found.groups()) for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def files(page: Path) -> dict[str, str]:
    """The files that a page asks for: a block whose first line is `# file: PATH` or `// file: PATH`."""
    found = {}
    for block in blocks(page):
        named = _FILE.match(block.text)
        if named:
            found[named[1]] = block.text[named.end() :]
    return found


def commands(page: Path) -> Iterator[str]:
    """What the reader types, from blocks marked `console`: the lines that begin with `$`."""
    for block in blocks(page):
        if block.language == "console":
            text = block.text.replace("\\\n", " ")
            yield from (line[2:].strip() for line in text.splitlines() if line.startswith("$ "))
