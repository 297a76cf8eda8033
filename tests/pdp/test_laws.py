"""The laws of the judgement, for every question that either pack can be asked."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.model.judgement import Key, Outcome, key_from_json, key_to_json
from clausewise.model.law import Pack
from clausewise.model.words import Answer, JudgedBy, Verdict
from clausewise.pdp.engine import GRANTED, Pdp
from clausewise.review.examples import holds, verdict_alone
from pdp.keys import TOY_FIXED, all_keys, engine, keys, scene_of, with_grants

both = pytest.mark.parametrize("name", ["toy", "ar4040"])
many = settings(max_examples=200)
NOW = datetime(2026, 10, 5, 18, tzinfo=UTC)
OPEN = (Verdict.INDETERMINATE, Verdict.PEOPLE)


def applying(pdp: Pdp, key: Key, kind: str) -> set[str]:
    """The guards of a kind that hold for a key, each put to Cedar alone."""
    scene, found = scene_of(pdp, key), set()
    for guard in pdp.pack.guards.values():
        policies = [
            p
            for p in pdp.policies()[f"guard:{guard.id}"]
            if p.applies_to(scene.act, scene.principal_type, scene.resource_type)
        ]
        if guard.kind == kind and policies and holds(policies, scene)[0]:
            found.add(guard.id)
    return found


def standing(outcome: Outcome, pdp: Pdp) -> set[str]:
    """Norms that leave a question open: nobody knows or people judge, neither set aside nor mere advice."""
    aside = {norm for norm, _ in outcome.set_aside}
    return {n for n, v in outcome.verdicts if v in OPEN and n not in aside and not pdp.pack.norm(n).advice}


@cache
def without_shields(name: str) -> Pdp:
    """The engine of the same pack with its floors alone."""
    pack = engine(name).pack
    return Pdp(replace(pack, guards={g.id: g for g in pack.guards.values() if g.kind == "floor"}))


@both
@given(data=st.data())
@many
def test_a_floor_always_wins(name: str, data: st.DataObject) -> None:
    """Whatever shields apply and whatever has been permitted, and a clause's permission never lifts it."""
    pdp = engine(name)
    key = data.draw(keys(name, newest=True, governed=True))
    floors = applying(pdp, key, "floor")
    outcome = pdp.outcome(key)
    assert set(outcome.floors) == floors
    if floors:
        assert outcome.answer is Answer.DENY
        permitted = with_grants(pdp, key, frozenset(pdp.pack.clauses))
        if permitted is not None:
            again = pdp.outcome(permitted)
            assert set(again.floors) == floors
            assert again.answer is Answer.DENY


@both
@given(data=st.data())
@many
def test_a_shield_wins_over_exactly_the_norms_it_names(name: str, data: st.DataObject) -> None:
    pdp = engine(name)
    key = data.draw(keys(name, newest=True, governed=True))
    outcome, shields = pdp.outcome(key), applying(pdp, key, "shield")
    speaking = {n for n, v in outcome.verdicts if v is not Verdict.NOT_APPLICABLE}
    expected = {(n, s) for s in shields for n in pdp.pack.guards[s].sets_aside if n in speaking}
    assert set(outcome.set_aside) == expected
    bare = without_shields(name)
    values = scene_of(pdp, key).values
    reads = bare.reads(key.act, key.principal_type, bare.period(NOW))
    unshielded = bare.judge_afresh(
        Key(key.act, key.principal_type, tuple(values[p] for p in reads), bare.period(NOW))
    )
    assert dict(unshielded.verdicts) == dict(outcome.verdicts), "a shield changes no verdict"
    named = {norm for norm, _ in expected}
    assert set(outcome.violated()) == set(unshielded.violated()) - named
    if not expected or outcome.floors:
        assert outcome.answer is unshielded.answer


@both
@given(data=st.data())
@many
def test_each_norm_is_judged_as_if_it_stood_alone(name: str, data: st.DataObject) -> None:
    pdp = engine(name)
    key = data.draw(keys(name, newest=True, governed=True))
    scene, outcome = scene_of(pdp, key), pdp.outcome(key)
    for norm_id, verdict in outcome.verdicts:
        policies = pdp.policies().get(norm_id)
        if policies:
            assert verdict == verdict_alone(policies, scene), norm_id
        else:
            assert verdict in (Verdict.PEOPLE, Verdict.NOT_APPLICABLE), norm_id
        if verdict is Verdict.PEOPLE:
            norm = pdp.pack.norm(norm_id)
            assert norm.judged_by is JudgedBy.PEOPLE
            assert key.act in norm.acts


@both
@given(data=st.data())
@many
def test_a_permission_excuses_only_what_its_clause_allows(name: str, data: st.DataObject) -> None:
    """One more permission moves no norm of another clause, makes nothing worse, and opens no floor."""
    pdp = engine(name)
    key = data.draw(keys(name, reading=GRANTED))
    authority = [c.id for c in pdp.pack.clauses.values() if any(n.grantable for n in c.norms)]
    clause = data.draw(st.sampled_from(authority) | st.sampled_from(sorted(pdp.pack.clauses)))
    granted = with_grants(pdp, key, frozenset({clause}))
    assert granted is not None
    before, after = pdp.outcome(key), pdp.outcome(granted)
    then = dict(after.verdicts)
    for norm_id, verdict in before.verdicts:
        if then[norm_id] is not verdict:
            assert pdp.pack.norm(norm_id).clause == clause
            assert pdp.pack.norm(norm_id).grantable
            assert verdict in (Verdict.VIOLATED, Verdict.INDETERMINATE)
            assert then[norm_id] is not Verdict.VIOLATED
    assert set(after.floors) == set(before.floors)


@both
def test_what_needs_permission_is_open_once_all_of_it_is_granted(name: str) -> None:
    """Granting every listed permission yields allow; or needs a person, exactly when norms still stand open.

    A norm of any other clause stands open afterwards just if it did before: granting raises no question
    elsewhere and answers none. Walked through for every key of every act that a permission could excuse.
    """
    pdp, seen = engine(name), {Answer.ALLOW: 0, Answer.NEEDS_PERSON: 0}
    for act in sorted({act for norm in pdp.pack.norms() if norm.grantable for act in norm.acts}):
        for key in all_keys(name, act, "Employee", TOY_FIXED):
            outcome = pdp.outcome(key)
            if outcome.answer is not Answer.NEEDS_PERMISSION:
                continue
            listed = frozenset(pdp.pack.norm(n).clause for n in outcome.grants_needed)
            granted = with_grants(pdp, key, listed)
            assert granted is not None
            after = pdp.outcome(granted)
            still = standing(after, pdp)
            assert after.answer is (Answer.NEEDS_PERSON if still else Answer.ALLOW), key
            elsewhere = {n for n in standing(outcome, pdp) if pdp.pack.norm(n).clause not in listed}
            assert {n for n in still if pdp.pack.norm(n).clause not in listed} == elsewhere, key
            seen[after.answer] += 1
    assert min(seen.values()) > 0, seen


@both
@given(data=st.data())
@many
def test_memory_answers_as_the_evaluator_would(name: str, data: st.DataObject) -> None:
    pdp = engine(name)
    asked = data.draw(st.lists(keys(name), min_size=1, max_size=4))
    remembered = [pdp.outcome(key) for key in [*asked, *asked]]
    assert remembered == [pdp.judge_afresh(key) for key in [*asked, *asked]]
    pdp.forget()
    assert [pdp.outcome(key) for key in asked] == remembered[: len(asked)]


def test_memory_answers_as_the_evaluator_would_for_all_keys_of_the_small_pack() -> None:
    pdp = engine("toy")
    fresh = Pdp(pdp.pack)
    for act in pdp.pack.acts:
        for kind in ("Employee", "AccountHolder", "Other"):
            for key in all_keys("toy", act, kind, TOY_FIXED):
                assert pdp.outcome(key) == fresh.judge_afresh(key)


@both
@given(data=st.data())
@many
def test_a_judgement_replays_from_what_it_carries(name: str, data: st.DataObject) -> None:
    pdp = engine(name)
    key = data.draw(keys(name))
    carried = json.loads(json.dumps(key_to_json(key)))
    assert key_from_json(carried) == key
    assert pdp.judge_afresh(key_from_json(carried)) == pdp.outcome(key)


@both
@given(data=st.data())
@many
def test_who_is_outside_the_regulation_is_not_judged(name: str, data: st.DataObject) -> None:
    pdp = engine(name)
    key = data.draw(keys(name))
    outcome = pdp.outcome(key)
    inside = key.principal_type in pdp.pack.governed
    assert (outcome.answer is Answer.NOT_GOVERNED) is not inside
    if not inside:
        assert (outcome.verdicts, outcome.grants_needed, outcome.set_aside) == ((), (), ())


def shuffled(pack: Pack, seed: int) -> Pack:
    """The same law with its clauses, norms, guards and attributes in another order."""
    dice = random.Random(seed)
    clauses = dice.sample(list(pack.clauses.values()), len(pack.clauses))
    guards = dice.sample(list(pack.guards.values()), len(pack.guards))
    attributes = dice.sample(list(pack.attributes.values()), len(pack.attributes))
    return replace(
        pack,
        clauses={c.id: replace(c, norms=tuple(dice.sample(c.norms, len(c.norms)))) for c in clauses},
        guards={g.id: replace(g, sets_aside=tuple(reversed(g.sets_aside))) for g in guards},
        attributes={a.path: a for a in attributes},
    )


@both
@given(data=st.data())
@settings(max_examples=40)
def test_the_order_of_policies_does_not_matter(name: str, data: st.DataObject) -> None:
    pdp = engine(name)
    other = Pdp(shuffled(pdp.pack, data.draw(st.integers(0, 9))))
    for key in data.draw(st.lists(keys(name), min_size=1, max_size=5)):
        assert other.reads(key.act, key.principal_type, key.period) == pdp.reads(
            key.act, key.principal_type, key.period
        )
        one, two = pdp.outcome(key), other.outcome(key)
        assert one.answer is two.answer
        assert dict(one.verdicts) == dict(two.verdicts)
        for field in ("floors", "set_aside", "grants_needed", "advice", "errors"):
            assert set(getattr(one, field)) == set(getattr(two, field)), field


@both
@given(data=st.data())
@many
def test_no_shipped_policy_ever_errs(name: str, data: st.DataObject) -> None:
    pdp = engine(name)
    assert pdp.outcome(data.draw(keys(name))).errors == ()
