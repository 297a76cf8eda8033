"""Breaking policies on purpose: a part that no example needs is found, and one that is needed is not."""

from __future__ import annotations

import pytest

from clausewise.pdp.cedar import parse
from clausewise.pdp.engine import Pdp
from clausewise.review.examples import stage, verdict_alone
from clausewise.review.mutations import idle_parts, mutants
from toy_pack.toy import BORROW, FILES, LOUD, edited, pack_of, toy

NOISE_EXAMPLES = "clauses/02-noise/examples.toml"
BORROW_EXAMPLES = "clauses/01-borrowing/examples.toml"
FIRE_EXAMPLES = "guards/fire/examples.toml"


def without(file: str, says: str) -> dict[str, str]:
    """The files without the example of those words."""
    kept = [part for part in FILES[file].split("[[example]]") if says not in part]
    assert len(kept) == FILES[file].count("[[example]]"), "one example is taken out"
    return {**FILES, file: "[[example]]".join(kept)}


def idle(files: dict[str, str]) -> list[str]:
    return [str(problem) for problem in idle_parts(Pdp(pack_of(files)))]


def test_every_part_of_the_small_pack_is_needed() -> None:
    assert idle(FILES) == []


@pytest.mark.parametrize(
    "files, found",
    [
        (
            edited(LOUD, 'context.duty == "on"', 'context.duty == "on" && resource.weight < 1000'),
            "`2/loud` conjunct 3 of `when` dropped",
        ),
        (
            edited(LOUD, "resource.weight > 40", "resource.weight > 40 || resource.weight > 1000"),
            "`2/loud` disjunct 2 of `unless` dropped",
        ),
        (without(NOISE_EXAMPLES, "A hand saw at ten"), "`2/loud` conjunct 1 of `when` dropped"),
        (without(NOISE_EXAMPLES, "after hours"), "`2/loud` conjunct 2 of `when` dropped"),
        (without(NOISE_EXAMPLES, "heavy press"), "`2/loud` disjunct 1 of `unless` dropped"),
        (without(BORROW_EXAMPLES, "A rake that nobody"), "`1!2` removed"),
        (without(BORROW_EXAMPLES, "The rake is named"), "`1!2` disjunct 1 of `unless` dropped"),
        (without(FIRE_EXAMPLES, "fix a pond"), "`guard:fire` conjunct 1 of `when` dropped"),
        (without(FIRE_EXAMPLES, "burning barn"), "`guard:fire` removed"),
    ],
)
def test_a_part_that_no_example_needs_is_found(files: dict[str, str], found: str) -> None:
    problems = idle(files)
    assert [p for p in problems if found in p], problems
    assert all("no example notices" in p for p in problems)


def test_a_policy_without_examples_is_idle_in_every_way() -> None:
    problems = idle({**FILES, NOISE_EXAMPLES: ""})
    for what in ("removed", "negated", "conjunct 1", "conjunct 2", "disjunct 1"):
        assert any(f"`2/loud` {what}" in p for p in problems), what


def test_a_part_that_carries_a_reason_is_left_alone() -> None:
    kept = edited(LOUD, "forbid (", '@keeps("the council wants it said twice")\nforbid (')
    kept[LOUD] = kept[LOUD].replace('context.duty == "on"', 'context.duty == "on" && resource.weight < 1000')
    assert idle(kept) == []


def test_each_way_to_break_a_policy_is_tried_once() -> None:
    policy = parse(toy().norm("2/loud").policy, "2/loud")[0]
    assert [what for what, _ in mutants(policy)] == [
        "removed",
        "negated",
        "conjunct 1 of `when` dropped",
        "conjunct 2 of `when` dropped",
        "disjunct 1 of `unless` dropped",
    ]


def test_the_negated_policy_holds_just_where_the_policy_does_not() -> None:
    pack = toy()
    for norm_id in ("2/loud", "3/member", "3/gloves"):
        policy = parse(pack.norm(norm_id).policy, norm_id)[0]
        negated = dict(mutants(policy))["negated"]
        assert negated is not None
        for example in pack.clauses[pack.norm(norm_id).clause].examples:
            scene, _ = stage(pack, example)
            assert {verdict_alone([policy], scene), verdict_alone([negated], scene)} == {
                "violated",
                "satisfied",
            }


def test_dropping_a_part_of_one_policy_leaves_the_original_as_it_was() -> None:
    policy = parse(toy().norm("2/loud").policy, "2/loud")[0]
    before = str(policy.source)
    list(mutants(policy))
    assert str(policy.source) == before
    assert BORROW in FILES
