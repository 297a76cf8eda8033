"""Permissions through real facts: from the office the clause names, inside their days, never before decided."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.facts import TABLES, Facts, Row
from clausewise.model.words import Answer, Verdict
from clausewise.pdp.build import Builder
from clausewise.pdp.derive import covers, grant_stands, office_for
from pdp.keys import engine

T0 = datetime(2026, 10, 5, 16, tzinfo=UTC)
PDP = engine("toy")


def hour(number: int | None) -> datetime | None:
    return None if number is None else T0 + timedelta(hours=number)


def row(table: str, **cells: object) -> Row:
    """A row of a table; what is not named is unknown."""
    return {column.name: None for column in TABLES[table].columns} | cells


def county(**tables: list[Row]) -> Facts:
    columns = {name: [c.name for c in TABLES[name].columns] for name in tables}
    return Facts.of(tables, columns, "America/Los_Angeles")


STAFF = [row("staff", id=person, name=person, kind="employee") for person in ("mara", "rosa", "ivo")]
SAW = [row("devices", device="saw", owner="county")]
KEEPER = row("designations", person="rosa", office="keeper")
GRANT = {"id": "g", "clause": "1", "person": "mara", "what": "tool:saw", "by": "rosa", "decided_at": T0}


def granted(facts: Facts, at: datetime, tool: str = "saw") -> frozenset[str]:
    """What the builder puts into `context.granted` when mara takes a tool."""
    key = Builder(PDP, facts, None).question("take_tool", "mara", tool, at).key
    value = key.values[PDP.reads("take_tool", key.principal_type, key.period).index("context.granted")]
    assert isinstance(value, frozenset)
    return value


def one_grant(designations: list[Row], **cells: object) -> Facts:
    grant = row("grants", **{**GRANT, **cells})
    return county(staff=STAFF, devices=SAW, designations=designations, grants=[grant])


def test_a_permission_turns_no_into_yes() -> None:
    """The whole way: not asked, asked and granted, run out."""
    facts = one_grant([KEEPER], valid_to=hour(5))
    builder, said = Builder(PDP, facts, None), {"purpose": "repair", "gloves": True}
    answers = [
        PDP.judge(
            builder.question("take_tool", "mara", "saw", T0 + timedelta(hours=h), said=said)
        ).outcome.answer
        for h in (-1, 0, 4, 5)
    ]
    asks, yes = Answer.NEEDS_PERMISSION, Answer.ALLOW
    assert answers == [asks, yes, yes, asks]


@pytest.mark.parametrize(
    "cells, at, holds",
    [
        ({}, -1, False),
        ({}, 0, True),
        ({"valid_from": hour(-48)}, -1, False),
        ({"valid_from": hour(-48)}, 0, True),
        ({"valid_from": hour(3)}, 2, False),
        ({"valid_from": hour(3)}, 3, True),
        ({"valid_to": hour(3)}, 3, False),
        ({"revoked_at": hour(3)}, 3, False),
        ({"revoked_at": hour(3)}, 2, True),
        ({"known_from": hour(3)}, 2, False),
        ({"decided_at": None}, 9, False),
        ({"by": "ivo"}, 1, False),
        ({"by": "mara"}, 1, False),
        ({"by": "MARA"}, 1, False),
        ({"by": "nobody"}, 1, False),
        ({"person": "rosa"}, 1, False),
        ({"clause": "2"}, 1, False),
        ({"what": "tool:rake"}, 1, False),
        ({"what": "site:saw"}, 1, False),
        ({"what": "*"}, 1, True),
        ({"what": None}, 1, True),
        ({"what": "SAW"}, 1, True),
    ],
)
def test_when_one_permission_stands(cells: dict[str, object], at: int, holds: bool) -> None:
    """mara holds the keeper's office too, and still nobody decides on their own request."""
    offices = [KEEPER, row("designations", person="mara", office="keeper")]
    facts = one_grant(offices, **cells)
    assert granted(facts, T0 + timedelta(hours=at)) == ({"1"} if holds else set())


def test_the_office_counts_when_it_was_decided_not_when_it_is_used() -> None:
    once = row("designations", person="rosa", office="keeper", valid_from=hour(-10), valid_to=hour(1))
    later = row("designations", person="rosa", office="keeper", valid_from=hour(1))
    other = row("designations", person="rosa", office="council")
    assert granted(one_grant([once]), T0 + timedelta(hours=9)) == {"1"}
    assert granted(one_grant([later]), T0 + timedelta(hours=9)) == set()
    assert granted(one_grant([other]), T0 + timedelta(hours=9)) == set()


@pytest.mark.parametrize(
    "cells, at, does",
    [
        ({}, 0, True),
        ({}, -1, False),
        ({"valid_from": hour(-48)}, -1, False),
        ({"valid_from": hour(3)}, 2, False),
        ({"valid_to": hour(3)}, 3, False),
        ({"revoked_at": hour(3)}, 3, False),
    ],
)
def test_the_law_s_own_rule_does_not_lean_on_how_facts_are_kept(
    cells: dict[str, object], at: int, does: bool
) -> None:
    """A snapshot hands out only permissions in force; the rule holds for a bare row all the same."""
    facts = one_grant([KEEPER])
    bare = row("grants", **{**GRANT, **cells})
    assert grant_stands(PDP.pack, facts, bare, T0 + timedelta(hours=at)) is does


def test_a_clause_without_an_authority_has_no_office() -> None:
    assert office_for(PDP.pack, "1") == "keeper"
    assert office_for(PDP.pack, "2") is None
    assert office_for(PDP.pack, "no such clause") is None


hours = st.integers(-30, 30)
maybe = st.none() | hours
whats = {
    None: True,
    "*": True,
    "tool:saw": True,
    "saw": True,
    "TOOL:SAW": True,
    "tool:rake": False,
    "site:saw": False,
}
grant_cells = st.fixed_dictionaries(
    {
        "clause": st.sampled_from(["1", "1", "1", "2", "3"]),
        "person": st.sampled_from(["mara", "mara", "mara", "ivo"]),
        "what": st.sampled_from(list(whats)),
        "by": st.sampled_from(["rosa", "rosa", "ivo", "mara"]),
        "decided_at": hours,
        "valid_from": maybe,
        "valid_to": maybe,
        "revoked_at": maybe,
        "known_from": maybe,
    }
)
offices = st.lists(
    st.tuples(
        st.sampled_from(["rosa", "ivo", "mara"]),
        st.sampled_from(["keeper", "keeper", "council"]),
        hours,
        hours,
    ),
    max_size=4,
    unique_by=lambda o: o[:2],
)


def stands(grant: dict[str, object], held: list[tuple[str, str, int, int]], at: int) -> bool:
    """The rule of clause 1 in plain words, written without looking at the builder."""

    def before(name: str) -> bool:
        bound = grant[name]
        return bound is None or at < bound  # type: ignore[operator]

    def since(name: str) -> bool:
        bound = grant[name]
        return bound is None or bound <= at  # type: ignore[operator]

    by_keeper = any(
        person == grant["by"] and office == "keeper" and start <= grant["decided_at"] < end  # type: ignore[operator]
        for person, office, start, end in held
    )
    return (
        grant["clause"] == "1"
        and grant["person"] == "mara"
        and grant["by"] != "mara"
        and whats[grant["what"]]  # type: ignore[index]
        and by_keeper
        and since("decided_at")
        and since("valid_from")
        and since("known_from")
        and before("valid_to")
        and before("revoked_at")
    )


@given(st.lists(grant_cells, max_size=4), offices, hours, st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_a_permission_stands_just_when_the_rule_says(
    grants: list[dict[str, object]],
    held: list[tuple[str, str, int, int]],
    at: int,
    dice: random.Random,
) -> None:
    times = ("decided_at", "valid_from", "valid_to", "revoked_at", "known_from")
    rows = [
        row("grants", id=f"g{n}", **{k: hour(v) if k in times else v for k, v in g.items()})  # type: ignore[arg-type]
        for n, g in enumerate(grants)
    ]
    offices = [
        row("designations", person=p, office=o, valid_from=hour(s), valid_to=hour(e)) for p, o, s, e in held
    ]
    tables = {"staff": STAFF, "devices": SAW, "designations": offices, "grants": rows}
    facts = county(**tables)
    now = T0 + timedelta(hours=at)
    expected = {"1"} if any(stands(g, held, at) for g in grants) else set()
    assert granted(facts, now) == expected
    said = {"purpose": "repair", "gloves": True}
    question = Builder(PDP, facts, None).question("take_tool", "mara", "saw", now, said=said)
    verdict = dict(PDP.outcome(question.key).verdicts)["1"]
    assert verdict is (Verdict.SATISFIED if expected else Verdict.VIOLATED)
    mixed = county(**{name: dice.sample(list(found), len(found)) for name, found in tables.items()})
    again = Builder(PDP, mixed, None).question("take_tool", "mara", "saw", now, said=said)
    assert (again, mixed.digest) == (question, facts.digest), "the order of rows does not matter"


@pytest.mark.parametrize(
    "what, noun, thing, does",
    [
        ("*", "Device", "RCOE-1", True),
        ("device:RCOE-1", "Device", "rcoe-1", True),
        ("RCOE-1", "Device", "RCOE-1", True),
        ("device:RCOE-1", "Site", "RCOE-1", False),
        ("device:RCOE-12", "Device", "RCOE-1", False),
        ("host:a.example", "Site", "a.example", True),
        ("site:a.example", "Publication", "a.example", True),
        ("host:a.example", "Service", "a.example", False),
    ],
)
def test_what_a_permission_covers(what: str, noun: str, thing: str, does: bool) -> None:
    assert covers(what, noun, thing) is does
