"""Finding the numbered units, references, lists and dates of a regulation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.pack.text import Outline, parse_outline
from clausewise.pack.text.outline import unnumbered_name
from clausewise.pack.text.wording import digest, normalise

FIXTURE = Path(__file__).parent / "fixtures" / "lantern-bay.txt"


@pytest.fixture(scope="module")
def bay() -> Outline:
    return parse_outline(FIXTURE.read_text(encoding="utf-8").splitlines())


def test_every_unit_is_found_in_printed_order(bay: Outline) -> None:
    assert " ".join(unit.id for unit in bay.units) == (
        "P 1 2 2.a 2.b 3 3.a 3.b 4 4.a 5 6 7 7.a 7.b 8 9 9.a 9.b 9.c 9.d 9.e 10 11 12 12.a 12.b 12.c "
        "13 13.a 13-QHC 14 15"
    )
    assert bay.problems == ()


def test_units_know_their_kind_parent_and_sentences(bay: Outline) -> None:
    kinds = {unit.id: (unit.kind, unit.parent, len(unit.sentences)) for unit in bay.units}
    assert kinds["P"] == ("preamble", None, 3)
    assert kinds["9"] == ("paragraph", None, 2)
    assert kinds["9.a"] == ("subparagraph", "9", 2)
    assert kinds["13-QHC"] == ("unnumbered", "13", 1)
    assert kinds["14"] == ("paragraph", None, 1)


def test_text_has_lost_its_number_and_typography(bay: Outline) -> None:
    unit = bay.unit("1")
    assert unit is not None
    assert unit.text.startswith("Whoever signs")
    assert "login's" in unit.text
    assert (unit.sha256, unit.length) == (digest(unit.text), len(unit.text))
    assert bay.unit("99") is None


def test_menu_and_headings_stay_before_the_preamble(bay: Outline) -> None:
    assert len(bay.heading) == 5
    assert bay.heading[-1].endswith("Promises About Shared Machines")


def test_cross_references_belong_to_the_unit_above(bay: Outline) -> None:
    found = [(reference.after, reference.codes) for reference in bay.cross_references]
    assert ("2.b", ("7102.3",)) in found
    assert ("6", ("5219.2", "5319.2", "5419.2")) in found
    assert found[-1] == ("13-QHC", ("7163.1",))
    assert len(found) == 7


def test_laws_run_together_are_taken_apart_and_have_no_code(bay: Outline) -> None:
    assert [entry.cite for entry in bay.legal] == [
        "4410", "4417-4421", "4417.5", "77", "91", "93.2", "2120.1", "Title 9, 120-126", "Title 11", "Title 11, 88",
    ]  # fmt: skip
    assert {entry.code for entry in bay.legal} == {None}


def test_dates_and_resources(bay: Outline) -> None:
    assert bay.approved == date(2002, 4, 9)
    assert bay.revised == (date(2010, 10, 18), date(2017, 5, 2))
    assert len(bay.resources) == 3


def test_a_code_name_that_is_still_printed_is_kept() -> None:
    outline = parse_outline(
        ["1. Row.", "Legal Reference:", "HARBOR CODE", "12 Oars", "REEF CODE", "13 Sails"]
    )
    assert [(entry.code, entry.cite) for entry in outline.legal] == [
        ("HARBOR CODE", "12"),
        ("REEF CODE", "13"),
    ]


def test_a_table_of_contents_is_not_the_regulation() -> None:
    menu = ["1. Rowing", "2. Sailing"]
    outline = parse_outline([*menu, "All staff shall obey this rule at sea.", "1. Row.", "2. Sail."])
    assert [unit.id for unit in outline.units] == ["P", "1", "2"]
    (problem,) = outline.problems
    assert "table of contents" in problem


def test_references_and_headings_that_share_a_line_are_read() -> None:
    split = ["1. Row.", "(cf. 12 - Boats)", "(cf. 13 - Oars)", "Legal Reference:", "7 Fog"]
    shared = ["1. Row. (cf. 12 - Boats) (cf. 13 - Oars)", "Legal Reference: 7 Fog"]
    assert parse_outline(shared) == parse_outline(split)
    assert len(parse_outline(split).cross_references) == 2


def test_marks_in_brackets_alone_or_glued_are_read() -> None:
    outline = parse_outline(["(1) Row.", "(a) Slowly.", "b)", "Quietly.", "2.Sail."])
    assert [(unit.id, unit.text) for unit in outline.units] == [
        ("1", "Row."), ("1.a", "Slowly."), ("1.b", "Quietly."), ("2", "Sail."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines, place",
    [
        (["1. Row.", "3. Sail."], "3: out of sequence"),
        (["1. Row.", "a. Slowly.", "c. Quietly."], "1.c: out of sequence"),
        (["1. Row.", "a. Slowly.", "a. Quietly."], "1.a: printed twice"),
        (["All staff shall obey this rule at sea."], "document: no numbered paragraph"),
        (["Only a heading"], "document: no numbered paragraph"),
        (["1. Row.", "approved: February 31, 2001"], "dates: 'February 31, 2001' is not a day"),
    ],
)
def test_what_a_person_must_look_at_is_named(lines: list[str], place: str) -> None:
    problems = parse_outline(lines).problems
    assert any(problem.startswith(place) and "; " in problem for problem in problems)


def test_unnumbered_paragraphs_get_distinct_ids() -> None:
    twice = "Keep the Quiet Hours Charter."
    outline = parse_outline(["1. Row.", twice, twice, "plain words here.", "more plain words."])
    assert [unit.id for unit in outline.units] == ["1", "1-QHC", "1-QHC1", "1-1", "1-2"]
    assert unnumbered_name("Staff keep to LBUSD's Quiet Hours Charter (Annex C 310)") == "QHC"


_LINE = st.one_of(
    st.text(max_size=40),
    st.builds("{}. {}".format, st.sampled_from("123456789abcde"), st.text(max_size=20)),
    st.sampled_from(
        [
            "Legal Reference:",
            "Management Resources:",
            "(cf. 12/13 - Boats)",
            "(cf.",
            "1.",
            "a.",
            "Title 9, 12 Oars Title 10",
            "approved: May 2, 2017",
            "revised: June 31, 2017",
            "Keep the Sea Charter.",
            "All staff shall obey this rule at sea.",
            "12 Oars 13 Sails",
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_LINE, max_size=14))
def test_any_lines_parse_and_no_word_is_lost(lines: list[str]) -> None:
    outline = parse_outline(lines)
    for unit in outline.units:
        assert (unit.sha256, unit.length) == (digest(unit.text), len(unit.text))
        assert " ".join(unit.sentences) == unit.text
    kept = " ".join(
        [
            *outline.heading,
            *outline.footer,
            *outline.resources,
            *(unit.text for unit in outline.units),
            *(f"{reference.title} {reference.codes}" for reference in outline.cross_references),
            *(f"{entry.code} {entry.text}" for entry in outline.legal),
        ]
    )
    for line in lines:
        words = [w for w in normalise(line).split() if w.isalpha() and len(w) > 3]
        if not line.lower().startswith(("legal", "management", "approved", "revised")):
            assert all(word in kept for word in words)


@given(
    st.lists(st.integers(min_value=0, max_value=5), min_size=1, max_size=12),
    st.sampled_from(["{}. ", "{}) ", "({}) ", "{}.\u00a0"]),
)
def test_a_regulation_written_out_is_read_back(letters: list[int], form: str) -> None:
    lines = ["Menu", "All staff shall obey this rule at sea."]
    ids = ["P"]
    for number, count in enumerate(letters, start=1):
        lines.append(form.format(number) + "Staff shall row.")
        ids.append(str(number))
        for letter in "abcde"[:count]:
            lines.append(form.format(letter) + "Slowly.")
            ids.append(f"{number}.{letter}")
    outline = parse_outline(lines)
    assert [unit.id for unit in outline.units] == ids
    assert outline.problems == ()
