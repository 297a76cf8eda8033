"""Compiled policies say of every question what Cedar says: that it holds, that it does not, or that it errs."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relational.closed import Question, compare, compare_drawn, environments_of
from relational.judges import Tally, compare_world


@settings(max_examples=25)
@given(st.integers(min_value=0))
def test_random_policies_agree(seed: int) -> None:
    tally = compare_world(seed, Tally())
    assert not tally.differences, tally.first


@settings(max_examples=25)
@given(st.integers(min_value=0))
def test_random_policies_over_a_packs_words_agree(seed: int) -> None:
    tally = compare_drawn(seed, Tally())
    assert not tally.differences, tally.first


@pytest.mark.slow
def test_many_random_policies_agree_and_reach_every_verdict() -> None:
    tally = Tally()
    for seed in range(1000):
        compare_world(seed, tally)
    assert not tally.differences, tally.first
    assert tally.refused < 0.02 * tally.policies
    false = tally.verdicts - tally.true - tally.errors
    assert min(tally.true, tally.errors, false) > 0.08 * tally.verdicts


@pytest.mark.slow
def test_many_random_policies_over_a_packs_words_agree() -> None:
    tally = Tally()
    for seed in range(1000):
        compare_drawn(seed, tally)
    assert not tally.differences, tally.first
    false = tally.verdicts - tally.true - tally.errors
    assert min(tally.true, tally.errors, false) > 0.08 * tally.verdicts


@pytest.mark.parametrize("name", ["ar4040", "lantern-bay"])
def test_every_policy_of_a_pack_agrees(name: str) -> None:
    tally = Tally()
    for number, (columns, policies) in enumerate(environments_of(name)):
        chance = Random(number)
        compare(columns, policies, [Question(chance, columns) for _ in range(10)], tally)
    assert not tally.differences, tally.first
    assert not tally.refused
    assert tally.true > 300


@pytest.mark.slow
def test_every_policy_of_a_pack_agrees_on_many_questions() -> None:
    tally = Tally()
    for number, (columns, policies) in enumerate(environments_of("ar4040")):
        chance = Random(1000 + number)
        compare(columns, policies, [Question(chance, columns) for _ in range(300)], tally)
    assert not tally.differences, tally.first
