"""The county's own text, when CLAUSEWISE_TEXT names the file; the repository does not hold it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from clausewise.pack.text import (
    Outline,
    compare,
    load_shape,
    parse_outline,
    parse_shape,
    read_document,
    render_shape,
    shape_of,
)

ROOT = Path(__file__).parents[2]
SHAPE = ROOT / "packs" / "ar4040" / "shape.toml"
LETTERS = {2: "ab", 3: "ab", 4: "a", 7: "abc", 9: "abcdefgh", 11: "a", 18: "abc", 20: "a"}


def _expected_ids() -> Iterator[str]:
    yield "P"
    for number in range(1, 23):
        yield str(number)
        yield from (f"{number}.{letter}" for letter in LETTERS.get(number, ""))
        if number == 20:
            yield "20-SMP"


@pytest.fixture(scope="module")
def adopted() -> Outline:
    path = os.environ.get("CLAUSEWISE_TEXT")
    if not path:
        pytest.skip("the county supplies its own text: set CLAUSEWISE_TEXT to the file")
    return parse_outline(read_document(Path(path)))


def test_the_shape_lists_every_paragraph() -> None:
    shape = load_shape(SHAPE)
    assert [unit.id for unit in shape.units] == list(_expected_ids())
    assert len(shape.units) == 45
    assert (shape.approved, shape.revised) == (date(2003, 2, 4), (date(2011, 8, 23), date(2018, 3, 7)))
    assert [after for after, _ in shape.cross_references] == ["2.b", *["6"] * 5, "8", "14", "20-SMP"]


def test_the_shape_is_written_as_the_program_writes_it() -> None:
    text = SHAPE.read_text(encoding="utf-8")
    assert render_shape(parse_shape(text), "AR 4040") == text


def test_the_adopted_text_has_the_shape_of_the_pack(adopted: Outline) -> None:
    assert adopted.problems == ()
    assert compare(adopted, load_shape(SHAPE)) == []
    assert shape_of(adopted) == load_shape(SHAPE)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def test_the_repository_quotes_no_eight_words_of_it(adopted: Outline) -> None:
    runs: set[tuple[str, ...]] = set()
    for unit in adopted.units:
        words = _words(unit.text)
        runs |= {tuple(words[i : i + 8]) for i in range(len(words) - 7)}
    quoted: list[str] = []
    folders = ("src", "packs", "tests", "docs", "benchmarks")
    paths = [*ROOT.glob("*.md"), *(path for folder in folders for path in (ROOT / folder).rglob("*"))]
    for path in paths:
        if path.suffix not in {".py", ".toml", ".cedar", ".md", ".txt", ".html"}:
            continue
        words = _words(path.read_text(encoding="utf-8"))
        found = next(
            (words[i : i + 8] for i in range(len(words) - 7) if tuple(words[i : i + 8]) in runs), None
        )
        if found:
            quoted.append(f"{path.relative_to(ROOT)}: {' '.join(found)}")
    assert quoted == []
