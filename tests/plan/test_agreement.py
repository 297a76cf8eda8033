"""Both evaluators say the same of every event: counties, facts and logs drawn at random, over the real pack."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.audit.plan.verdicts import same
from pdp.keys import engine
from plan.drawn import by_single_questions, by_the_plan, draw_facts, draw_rows, outcomes_of, pack_name

CLASSES = ("http", "auth", "dhcp", "device", "mailbox", "process")
TALLIES = (
    "judged",
    "not_governed",
    "never_personal",
    "nobody",
    "violated",
    "unknown",
    "satisfied",
    "set_aside",
    "seen",
)


def compare(seed: int, cls: str, rows: int) -> int:
    """Judge one drawn log both ways; the number of hits that both found."""
    dice = random.Random(seed)
    known, table = draw_facts(dice), draw_rows(dice, cls, rows)
    single, judge = by_single_questions(known, cls, table)
    planned, relational = by_the_plan(known, cls, table)
    assert planned == single
    for name in TALLIES:
        assert getattr(relational.tally, name) == getattr(judge.tally, name), name
    for key, outcome in outcomes_of(relational).items():
        assert same(outcome, engine(pack_name()).outcome(key)), key
    return len(single)


@pytest.mark.parametrize("cls", CLASSES)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_both_evaluators_agree_on_every_event(cls: str, seed: int) -> None:
    compare(seed, cls, 150)


def test_people_who_share_a_state_keep_their_own_facts() -> None:
    """What was unknown of one was once looked up with another's name, who had equal facts at another time."""
    for seed in range(40, 52):
        compare(seed, "http", 150)


def test_the_drawn_logs_are_worth_judging() -> None:
    found = {
        cls: sum(compare(seed, cls, 300) for seed in range(4)) for cls in ("http", "auth", "dhcp", "device")
    }
    assert min(found.values()) > 20, found


@pytest.mark.slow
@pytest.mark.parametrize("cls", CLASSES)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_both_evaluators_agree_on_many_events(cls: str, seed: int) -> None:
    compare(seed, cls, 400)
