"""The combining table, row by row: what each row says, and that an earlier row always wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.model.words import Answer, Verdict
from clausewise.pdp.combine import Findings, combine

V, S, N = Verdict.VIOLATED, Verdict.SATISFIED, Verdict.NOT_APPLICABLE
U, P = Verdict.INDETERMINATE, Verdict.PEOPLE


def found(
    verdicts: dict[str, Verdict],
    *,
    governed: bool = True,
    floors: tuple[str, ...] = (),
    shields: dict[str, tuple[str, ...]] | None = None,
    grantable: str = "",
    advice: str = "",
) -> Findings:
    """Findings in a few words; `grantable` and `advice` list one-letter norms."""
    return Findings(
        governed, floors, shields or {}, tuple(verdicts.items()), frozenset(grantable), frozenset(advice)
    )


@pytest.mark.parametrize(
    "row, findings, answer",
    [
        ("1 outside the scope", found({"a": V}, governed=False), Answer.NOT_GOVERNED),
        ("1 before 2", found({"a": V}, governed=False, floors=("f",)), Answer.NOT_GOVERNED),
        ("2 a floor", found({"a": S}, floors=("f",)), Answer.DENY),
        ("2 before 3", found({"a": V}, floors=("f",), shields={"s": ("a",)}), Answer.DENY),
        ("2 before 5", found({"a": V}, floors=("f",), grantable="a"), Answer.DENY),
        ("3 a shield", found({"a": V}, shields={"s": ("a",)}), Answer.ALLOW),
        ("3 no further than it names", found({"a": V, "b": V}, shields={"s": ("a",)}), Answer.DENY),
        ("3 lifts an open norm too", found({"a": U, "b": P}, shields={"s": ("a", "b")}), Answer.ALLOW),
        ("4 beyond any grant", found({"a": V}), Answer.DENY),
        ("4 before 5", found({"a": V, "b": V}, grantable="b"), Answer.DENY),
        ("4 before 6", found({"a": V, "b": P}), Answer.DENY),
        ("5 all grantable", found({"a": V, "b": V, "c": S}, grantable="ab"), Answer.NEEDS_PERMISSION),
        ("5 before 6", found({"a": V, "b": U, "c": P}, grantable="a"), Answer.NEEDS_PERMISSION),
        ("6 nobody knows", found({"a": U, "b": S}), Answer.NEEDS_PERSON),
        ("6 people judge", found({"a": P, "b": S}), Answer.NEEDS_PERSON),
        ("7 all satisfied", found({"a": S, "b": N}), Answer.ALLOW),
        ("7 nothing speaks", found({"a": N}), Answer.ALLOW),
        ("advice violated", found({"a": V}, advice="a"), Answer.ALLOW),
        ("advice unknown", found({"a": U}, advice="a"), Answer.ALLOW),
    ],
)
def test_each_row_answers_as_the_table_says(row: str, findings: Findings, answer: Answer) -> None:
    assert combine(findings).answer is answer, row


def test_every_permission_that_is_needed_is_listed() -> None:
    outcome = combine(found({"a": V, "b": V, "c": S}, grantable="ab"))
    assert outcome.grants_needed == ("a", "b")
    assert outcome.violated() == ("a", "b")


def test_a_denial_sends_nobody_to_ask_for_what_would_not_help() -> None:
    assert combine(found({"a": V, "b": V}, grantable="b")).grants_needed == ()
    assert combine(found({"a": V}, grantable="a", floors=("f",))).grants_needed == ()


def test_advice_is_given_and_is_never_a_reason() -> None:
    outcome = combine(found({"a": V, "b": S}, advice="a"))
    assert (outcome.answer, outcome.advice, outcome.grants_needed) == (Answer.ALLOW, ("a",), ())


def test_what_a_shield_sets_aside_is_shown_with_its_shield() -> None:
    outcome = combine(found({"a": V, "b": N}, shields={"s": ("a", "b"), "t": ("a",)}))
    assert set(outcome.set_aside) == {("a", "s"), ("a", "t")}
    assert outcome.violated() == ()
    assert dict(outcome.verdicts)["a"] is V, "the verdict itself stays to be seen"


def test_outside_the_scope_no_norm_is_held_against_anyone() -> None:
    outcome = combine(found({"a": V}, governed=False, floors=("f",)))
    assert outcome.verdicts == ()
    assert outcome.floors == ("f",), "a gate still closes by its network's profile"


norms = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(Verdict), max_size=6)
letters = st.frozensets(st.sampled_from("abcdef"))


@given(norms, letters, letters, st.lists(st.tuples(st.sampled_from("st"), letters), max_size=2), st.randoms())
def test_the_order_of_norms_never_changes_the_answer(
    verdicts: dict[str, Verdict], grantable: frozenset[str], advice: frozenset[str], shields: list, random
) -> None:
    rows = list(verdicts.items())
    random.shuffle(rows)
    aside = {name: tuple(sorted(norms)) for name, norms in shields}
    one = combine(Findings(True, (), aside, tuple(verdicts.items()), grantable, advice))
    two = combine(Findings(True, (), aside, tuple(rows), grantable, advice))
    assert one.answer is two.answer
    assert set(one.grants_needed) == set(two.grants_needed)
    assert set(one.set_aside) == set(two.set_aside)


@given(norms, letters, letters)
def test_one_more_shield_never_makes_an_answer_stricter(
    verdicts: dict[str, Verdict], grantable: frozenset[str], named: frozenset[str]
) -> None:
    order = [Answer.DENY, Answer.NEEDS_PERMISSION, Answer.NEEDS_PERSON, Answer.ALLOW]
    rows = tuple(verdicts.items())
    without = combine(Findings(True, (), {}, rows, grantable, frozenset()))
    with_it = combine(Findings(True, (), {"s": tuple(named)}, rows, grantable, frozenset()))
    assert order.index(with_it.answer) >= order.index(without.answer)
