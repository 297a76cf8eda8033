"""The wall sheet: each line names a clause of the pack, both languages are whole, and a page stays a page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from clausewise.cli import guide
from clausewise.cli.main import main
from clausewise.pack import load_pack

PACK = load_pack("ar4040")


@pytest.fixture(params=guide.LANGUAGES)
def page(request: pytest.FixtureRequest) -> guide.Sheet:
    return guide.sheet(PACK, str(request.param))


def clauses_of(page: guide.Sheet) -> list[list[str]]:
    return [[item.clause for item in items] for _, items in page.parts]


def test_every_line_names_a_clause_and_says_something(page: guide.Sheet) -> None:
    for _, items in page.parts:
        assert items
        for item in items:
            assert item.clause in PACK.clauses
            assert len(item.text) > 8
    shown = [line for line in list(guide.lines(page))[1:] if re.match(r" \S", line)]
    assert len(shown) == sum(len(items) for _, items in page.parts)
    assert all(line.split()[0] in PACK.clauses for line in shown)


def test_a_page_fits_a_page(page: guide.Sheet) -> None:
    printed = list(guide.lines(page))
    assert len(printed) < 60
    assert all(len(line) <= guide.WIDTH for line in printed)


def test_both_languages_say_the_same_of_the_same_clauses() -> None:
    english, spanish = (guide.sheet(PACK, lang) for lang in ("en", "es"))
    assert clauses_of(english) == clauses_of(spanish)
    texts = {item.text for _, items in english.parts for item in items}
    assert not texts & {item.text for _, items in spanish.parts for item in items}


def test_ask_first_names_the_office_the_clause_names(page: guide.Sheet) -> None:
    for item in page.parts[1][1]:
        office = PACK.registers["designations"][PACK.clauses[item.clause].authority]["title"]
        assert isinstance(office, dict)
        assert item.whom == (office[page.lang],)
        assert bool(item.note) == (PACK.clauses[item.clause].permission == "prior-written")
    assert {"9.c", "9.d", "9.h", "12", "14"} == {item.clause for item in page.parts[1][1]}


def test_what_has_no_exception_is_never_under_ask(page: guide.Sheet) -> None:
    _, ask, never, _ = clauses_of(page)
    assert not set(ask) & set(never)
    assert all(PACK.clauses[clause].authority == "none" for clause in never)
    assert {"9.f", "9.g", "10", "21", "22"} <= set(never)


def test_every_report_tells_somebody_and_a_loss_both(page: guide.Sheet) -> None:
    tell = page.parts[3][1]
    assert all(item.whom for item in tell)
    assert [len(item.whom) for item in tell if item.clause == "17"] == [2]
    reports = [r for r in PACK.registers["routes"].values() if r["kind"] == "report"]
    assert len(tell) == len(reports)


class Outline(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.langs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href")]
        self.langs += [str(value) for name, value in attrs if name == "lang"]


def test_the_page_needs_nothing_else_and_prints_one_sheet_a_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "guide.html"
    assert main(["guide", "--out", str(file)]) == 0
    assert str(file) in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    outline = Outline()
    outline.feed(text)
    assert outline.links == []
    assert not {"script", "img", "link", "iframe"} & set(outline.tags)
    assert "url(" not in text
    assert "@import" not in text
    assert outline.langs == ["en", "en", "es"]
    assert outline.tags.count("h1") == 2
    assert outline.tags.count("h2") == 8
    assert "@media print" in text
    assert "break-before:page" in text


def test_the_terminal_shows_one_language_or_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guide", "--lang", "es"]) == 0
    alone = capsys.readouterr().out
    assert main(["guide"]) == 0
    both = capsys.readouterr().out
    assert alone.strip() in both
    assert guide.SAYS["en"]["title"] in both
    assert guide.SAYS["en"]["title"] not in alone


def test_the_sheet_follows_the_pack() -> None:
    """Nothing is written by hand: without its permission a clause leaves the sheet."""
    unasked = replace(PACK.clauses["9.d"], permission="")
    fewer = replace(PACK, clauses={**PACK.clauses, "9.d": unasked})
    assert "9.d" not in clauses_of(guide.sheet(fewer, "en"))[1]
