"""Holding a document against the shape of a pack and against its norms."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.pack.text import (
    Outline,
    ShapeError,
    check_against_pack,
    check_against_shape,
    compare,
    parse_outline,
    parse_shape,
    render_shape,
    shape_of,
)

FIXTURE = Path(__file__).parent / "fixtures" / "lantern-bay.txt"
LINES = [line for line in FIXTURE.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.fixture(scope="module")
def bay() -> Outline:
    return parse_outline(LINES)


def _after(old: str, new: list[str]) -> list[str]:
    place = next(i for i, line in enumerate(LINES) if line.startswith(old))
    return [*LINES[:place], *new, *LINES[place + 1 :]]


def _differences(lines: list[str], bay: Outline) -> list[tuple[str, str]]:
    found = compare(parse_outline(lines), shape_of(bay))
    assert all(d.message.startswith(d.place) and "; " in d.message for d in found)
    return [(d.change, d.place) for d in found]


def test_the_document_a_shape_was_taken_from_does_not_differ(bay: Outline) -> None:
    assert compare(bay, shape_of(bay)) == []


def test_typography_is_no_difference(bay: Outline) -> None:
    plain = [line.replace("\u2019", "'").replace("\u2013", "-").replace(" ", "  ") for line in LINES]
    assert _differences(plain, bay) == []


def test_a_changed_word_is_found(bay: Outline) -> None:
    assert _differences(_after("b. Staff shall not open", ["b. Staff may open machines."]), bay) == [
        ("changed", "9.b")
    ]


def test_a_lost_last_letter_is_missing(bay: Outline) -> None:
    assert _differences(_after("e. Staff shall not use lockers", []), bay) == [("missing", "9.e")]


def test_a_new_letter_in_the_middle_is_one_addition_and_moves(bay: Outline) -> None:
    lines = _after("c. Staff shall not carry", ["c. New.", "d. Staff shall not carry a machine (or its parts) aboard a boat without the written yes of the Harbor Director or designee."])  # fmt: skip
    lines = [
        line.replace("d. The district", "e. The district").replace("e. Staff shall", "f. Staff shall")
        for line in lines
    ]
    assert _differences(lines, bay) == [
        ("moved", "9.c"),
        ("moved", "9.d"),
        ("moved", "9.e"),
        ("added", "9.c"),
    ]


def test_paragraphs_out_of_order_are_moved(bay: Outline) -> None:
    place = LINES.index(next(line for line in LINES if line.startswith("14.")))
    lines = [*LINES[:place], LINES[place + 1], LINES[place], *LINES[place + 2 :]]
    assert [change for change, _ in _differences(lines, bay)] == ["moved"]


def test_references_laws_and_dates_are_compared_both_ways(bay: Outline) -> None:
    assert _differences(_after("(cf. 2007", ["(cf. 2008 - Pages)"]), bay) == [
        ("missing", "11"),
        ("added", "11"),
    ]
    assert ("missing", "legal reference 77") in _differences(_after("77 Foul", []), bay)
    assert ("added", "legal reference 78") in _differences(
        _after("77 Foul", ["77 Foul signals", "78 Fog"]), bay
    )
    assert _differences([*LINES, "revised: May 3, 2019"], bay) == [("added", "revised")]
    assert _differences(_after("revised: May 2", []), bay) == [("missing", "revised")]
    assert _differences(_after("approved:", []), bay) == [("changed", "approved")]
    assert _differences(_after("Bureau of Tides", []), bay) == [("changed", "management resources")]


def test_a_shape_holds_no_words_and_reads_back_equal(bay: Outline) -> None:
    text = render_shape(shape_of(bay), "Rule 310")
    assert parse_shape(text) == shape_of(bay)
    assert not any(unit.text[:25] in text for unit in bay.units)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["1. ", "2. ", "a. ", "(cf. ", "", "12 "]).flatmap(lambda m: st.text().map(m.__add__))
    )
)
def test_any_document_equals_its_own_shape(lines: list[str]) -> None:
    outline = parse_outline([*lines, "Legal Reference:", *lines])
    shape = shape_of(outline)
    assert compare(outline, shape) == []
    if len({unit.id for unit in shape.units}) == len(shape.units):
        assert parse_shape(render_shape(shape, 'Rule "310"')) == shape


def test_everything_wrong_in_a_shape_is_said_at_once() -> None:
    with pytest.raises(ShapeError) as caught:
        parse_shape(
            'approved = "soon"\nrevised = 3\nlegal = 1\n[[unit]]\nid = "1"\nkind = "verse"\nlength = -1\n'
        )
    problems = caught.value.problems
    wrong = [
        "approved",
        "revised",
        "legal",
        "unit 1: length",
        "unit 1: sentences",
        "unit 1: sha256",
        "1: kind",
    ]
    assert all(any(p.startswith(f"shape.toml: {place}") for p in problems) for place in wrong)
    with pytest.raises(ShapeError, match="not TOML"):
        parse_shape("= 1")


def test_every_printed_sentence_needs_a_norm_and_every_norm_a_sentence(bay: Outline) -> None:
    covered = {unit.id: set(range(1, len(unit.sentences) + 1)) for unit in bay.units}
    assert check_against_pack(bay, covered) == []
    covered["9.e"] = {1, 2}
    covered["2.b"] = {1, 3}
    covered["16"] = {1}
    assert [problem.partition(":")[0] + ":" + problem.split(":")[1] for problem in check_against_pack(bay, covered)] == [
        "2.b:2", "9.e:2", "16:1",
    ]  # fmt: skip
    assert check_against_shape(shape_of(bay), covered) == check_against_pack(bay, covered)
    assert len(check_against_pack(bay, {})) == sum(len(unit.sentences) for unit in bay.units)
