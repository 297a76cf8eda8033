"""Every condition of every policy is found in its text and judged alone, and together they say what the engine says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clausewise.audit.parts import ERROR, FALSE, TRUE, Side, sides
from clausewise.audit.policy_text import stretches
from clausewise.model.judgement import Key
from clausewise.model.law import Pack
from clausewise.model.words import Verdict
from clausewise.pack import load_pack
from clausewise.pdp.engine import Pdp
from clausewise.review.examples import key_of, stage
from toy_pack.toy import LOUD, toy, toy_with

JUDGED = {Verdict.VIOLATED, Verdict.SATISFIED, Verdict.INDETERMINATE}


@pytest.fixture(scope="module", params=["toy", "ar4040"])
def pdp(request: pytest.FixtureRequest) -> Pdp:
    """The engine of the small pack and of the real one."""
    return Pdp(toy() if request.param == "toy" else load_pack(request.param))


def texts(pack: Pack) -> dict[str, str]:
    """Every policy text by the engine's name for it."""
    norms = {norm.id: norm.policy for norm in pack.norms() if norm.policy}
    return norms | {f"guard:{g.id}": g.policy for g in pack.guards.values()}


def keys(pdp: Pdp) -> list[Key]:
    """The key of every worked example, of norms and of guards."""
    owners = [*pdp.pack.clauses.values(), *pdp.pack.guards.values()]
    staged = [stage(pdp.pack, example) for owner in owners for example in owner.examples]
    return [key_of(pdp, scene) for scene, problems in staged if not problems]


def test_every_part_stands_where_the_text_says_it(pdp: Pdp) -> None:
    key = keys(pdp)[0]
    for name, text in texts(pdp.pack).items():
        found = sides(pdp, key, name, text)
        parts = [part for side in found for part in side.parts]
        assert parts or not stretches(text), name
        for part in parts:
            assert part.start >= 0, f"{name}: {text}"
            assert " ".join(text[part.start : part.end].split()) == part.text
            assert text.count("\n", 0, part.start) + 1 == part.line


def test_the_parts_together_are_the_verdict(pdp: Pdp) -> None:
    seen, spoken = set[Verdict](), texts(pdp.pack)
    for key in keys(pdp):
        outcome = pdp.judge_afresh(key)
        for norm, verdict in outcome.verdicts:
            if norm in spoken and verdict in JUDGED:
                judged = [s for s in sides(pdp, key, norm, pdp.pack.norm(norm).policy) if s.in_scope]
                assert of_sides(judged) is verdict, (norm, key)
                seen.add(verdict)
    assert seen == JUDGED


def of_sides(judged: list[Side]) -> Verdict:
    """The verdict of a norm, worked out from its parts alone."""
    assert judged
    for side in judged:
        met = all(p.mark == (TRUE if p.kind == "when" else FALSE) for p in side.parts)
        assert side.holds is met
        assert sum(p.deciding for p in side.parts) == bool(side.parts)
    if any(side.holds for side in judged if not side.unknown_side):
        return Verdict.VIOLATED
    return Verdict.INDETERMINATE if any(side.holds for side in judged) else Verdict.SATISFIED


def test_the_first_condition_that_fails_settles_it() -> None:
    pdp = Pdp(load_pack("ar4040"))
    norm = pdp.pack.norm("3/explicit")
    example = next(e for e in pdp.pack.clauses["3"].examples if e.norm == norm.id and e.verdict == "violated")
    key = key_of(pdp, stage(pdp.pack, example)[0])
    reads = pdp.reads(key.act, key.principal_type, key.period)
    tried = tuple(
        "attempted" if p == "context.outcome" else v for p, v in zip(reads, key.values, strict=True)
    )
    plain = sides(pdp, replace(key, values=tried), norm.id, norm.policy)[0]
    assert [p.mark for p in plain.parts] == [TRUE, FALSE, TRUE]
    assert [p.deciding for p in plain.parts] == [False, True, False]
    assert plain.holds is False


def test_a_condition_that_errs_is_marked_so() -> None:
    pack = toy_with(LOUD, "resource.weight > 40", "resource.weight + 9223372036854775807 > 40")
    pdp = Pdp(pack)
    example = next(e for e in pack.clauses["2"].examples if e.norm == "2/loud" and e.verdict == "violated")
    found = sides(pdp, key_of(pdp, stage(pack, example)[0]), "2/loud", pack.norm("2/loud").policy)
    marks = [part.mark for side in found for part in side.parts if "9223372036854775807" in part.text]
    assert marks == [ERROR]
    assert found[0].holds is None


def test_a_key_of_another_pack_is_refused() -> None:
    pdp = Pdp(load_pack("ar4040"))
    key = Key("use_service", "Employee", ("one value too few",))
    with pytest.raises(ValueError, match="judged by another pack"):
        sides(pdp, key, "9.f/provided", pdp.pack.norm("9.f/provided").policy)


def test_what_speaks_of_other_acts_is_not_judged() -> None:
    pdp = Pdp(load_pack("ar4040"))
    example = next(e for e in pdp.pack.clauses["3"].examples if e.act == "visit_site")
    key = key_of(pdp, stage(pdp.pack, example)[0])
    (side,) = sides(pdp, key, "9.f/provided", pdp.pack.norm("9.f/provided").policy)
    assert (side.in_scope, side.holds) == (False, False)
    assert [(p.mark, p.deciding) for p in side.parts] == [("", False)]


@pytest.mark.parametrize(
    "text, said",
    [
        ("permit(principal, action, resource) when { a.b && (c.d || e.f) };", ["a.b", "c.d || e.f"]),
        ("permit(principal, action, resource) when { a.b || c.d && e.f };", ["a.b || c.d && e.f"]),
        ("permit(principal, action, resource) unless { a.b || c.d && e.f };", ["a.b", "c.d && e.f"]),
        ('permit(principal, action, resource) when { ((a.b == "}; && {" && c.d)) };', ['a.b == "}; && {"', "c.d"]),
        ("permit(principal, action, resource) when { if a.b then c.d else e.f && g.h };", ["if a.b then c.d else e.f && g.h"]),
        ("permit(principal, action, resource) when { !(a.b && c.d) && e.f // && g.h\n};", ["!(a.b && c.d)", "e.f"]),
        ("permit(principal, action, resource);", []),
    ],
)  # fmt: skip
def test_the_text_is_cut_as_cedar_reads_it(text: str, said: list[str]) -> None:
    assert [text[s.start : s.end] for s in stretches(text)] == said
