"""The decision point at its edges: a policy that errs, last year's law, a disabled norm, an unknown act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from clausewise.model.judgement import Key, Value
from clausewise.model.law import Norm, Pack
from clausewise.model.words import Answer, Verdict
from clausewise.pdp.cedar import PolicySyntaxError, parse
from clausewise.pdp.engine import Pdp
from toy_pack.toy import toy

PLAIN: dict[str, Value] = {
    "principal.status": "active",
    "context.granted": frozenset(),
    "context.duty": "off",
    "context.purpose": "repair",
    "context.gloves": True,
    "resource.owner": "personal",
    "resource.loud": False,
    "resource.broken": False,
    "resource.weight": 1,
    "resource.kinds": frozenset(),
}
OVERFLOW = """
forbid (principal, action == Action::"take_tool", resource is Tool)
when { resource.weight + 1 > 40 };
"""


def changed(pack: Pack, norm_id: str, **fields: object) -> Pack:
    """The pack with one norm altered."""

    def of(norm: Norm) -> Norm:
        return replace(norm, **fields) if norm.id == norm_id else norm  # type: ignore[arg-type]

    clauses = {c.id: replace(c, norms=tuple(map(of, c.norms))) for c in pack.clauses.values()}
    return replace(pack, clauses=clauses)


def ask(pdp: Pdp, act: str = "take_tool", kind: str = "Employee", period: int = 1, **said: Value) -> Key:
    """The key of an unremarkable question but for what is said, as owner="county"."""
    told = {path: said.get(path.partition(".")[2], plain) for path, plain in PLAIN.items()}
    return Key(act, kind, tuple(told[path] for path in pdp.reads(act, kind, period)), period)


def test_a_policy_that_errs_is_indeterminate_and_never_a_yes() -> None:
    """Cedar skips a forbid that overflows, which would allow; here a person looks, and the error is kept."""
    pdp = Pdp(changed(toy(), "2/loud", policy=OVERFLOW))
    fine = pdp.outcome(ask(pdp, weight=1))
    assert (fine.answer, fine.errors) == (Answer.ALLOW, ())
    broken = pdp.outcome(ask(pdp, weight=2**63 - 1))
    assert dict(broken.verdicts)["2/loud"] is Verdict.INDETERMINATE
    assert broken.answer is Answer.NEEDS_PERSON
    assert [error.partition(":")[0] for error in broken.errors] == ["2/loud"]


def test_an_unknown_side_that_errs_is_indeterminate_too() -> None:
    norm = toy().norm("1")
    pack = changed(
        toy(), "1", policy=norm.policy + OVERFLOW.replace("forbid", '@verdict("indeterminate")\nforbid')
    )
    two_sides = changed(pack, "1", policy=norm.policy.split("//")[1].partition("\n")[2] + OVERFLOW.replace(
        "forbid", '@verdict("indeterminate")\nforbid'
    ))  # fmt: skip
    pdp = Pdp(two_sides)
    verdicts = dict(pdp.outcome(ask(pdp, weight=2**63 - 1, owner="county")).verdicts)
    assert verdicts["1"] is Verdict.INDETERMINATE


def test_a_floor_that_errs_stands_and_a_shield_that_errs_protects_nothing() -> None:
    pack = toy()
    floor = replace(pack.guards["broken"], policy=OVERFLOW)
    pdp = Pdp(replace(pack, guards={**pack.guards, "broken": floor}))
    outcome = pdp.outcome(ask(pdp, weight=2**63 - 1))
    assert (outcome.answer, outcome.floors) == (Answer.DENY, ("broken",))
    shield = replace(pack.guards["fire"], policy=OVERFLOW.replace("forbid", "permit"))
    pdp = Pdp(replace(pack, guards={**pack.guards, "fire": shield}))
    assert pdp.outcome(ask(pdp, weight=50, owner="county")).answer is Answer.ALLOW
    outcome = pdp.outcome(ask(pdp, weight=2**63 - 1, owner="county"))
    assert (outcome.set_aside, outcome.answer) == ((), Answer.NEEDS_PERMISSION)


def test_an_event_is_judged_by_the_law_of_its_day() -> None:
    """Noise is forbidden until the end of June 2026; the period changes at local midnight."""
    pdp = Pdp(changed(toy(), "2/loud", in_force_to=date(2026, 7, 1)))
    before, after = datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert (pdp.period(before), pdp.period(after)) == (1, 2)
    loud: dict[str, Value] = {"loud": True, "duty": "on"}
    assert pdp.outcome(ask(pdp, period=1, **loud)).answer is Answer.DENY
    assert pdp.outcome(ask(pdp, period=2, **loud)).answer is Answer.ALLOW


def test_before_the_first_law_nothing_was_forbidden() -> None:
    pdp = Pdp(toy())
    assert pdp.period(datetime(2019, 6, 1, tzinfo=UTC)) == 0
    assert pdp.outcome(Key("take_tool", "Employee", (), 0)).verdicts == ()


def test_a_norm_that_an_overlay_disabled_is_silent() -> None:
    pdp = Pdp(replace(toy(), disabled={"3/member": "the council suspended it"}))
    outcome = pdp.outcome(ask(pdp, status="suspended"))
    assert outcome.answer is Answer.ALLOW
    assert "3/member" not in dict(outcome.verdicts)


def test_a_permission_that_would_not_help_is_not_offered() -> None:
    """A clause may say that its office agrees, and forbid the same thing beyond that office's reach."""
    pack = toy()
    twin = replace(
        pack.norm("1"),
        id="1/never",
        policy='forbid (principal, action == Action::"take_tool", resource is Tool)\n'
        'when { resource.owner == "county" && context.granted.contains("1") };',
    )
    clause = replace(pack.clauses["1"], norms=(*pack.clauses["1"].norms, twin))
    pdp = Pdp(replace(pack, clauses={**pack.clauses, "1": clause}))
    assert pdp.outcome(ask(pdp, owner="county")).answer is Answer.DENY


def test_an_act_that_the_law_does_not_know_is_an_error() -> None:
    with pytest.raises(KeyError, match="juggle_tool"):
        Pdp(toy()).reads("juggle_tool", "Employee")


def test_a_judgement_carries_what_it_was_made_from() -> None:
    from clausewise.model.judgement import Question

    pdp = Pdp(toy())
    question = Question(ask(pdp), "mara", "saw", datetime(2026, 10, 5, tzinfo=UTC))
    judgement = pdp.judge(question, facts="f" * 64, labels="l" * 64)
    assert judgement.question is question
    assert (judgement.digests.pack, judgement.digests.facts) == (toy().digest, "f" * 64)


def test_cedar_that_cannot_be_read_is_refused_with_cedar_s_words() -> None:
    with pytest.raises(PolicySyntaxError, match="unexpected"):
        parse("forbid (principal", "1")


def test_two_policies_of_one_norm_have_names_of_their_own() -> None:
    names = [(p.id, p.unknown_side) for p in parse(toy().norm("1").policy, "1")]
    assert names == [("1", False), ("1!2", True)]
