"""Proof by trying: every combination of values a policy can meet is put to it, ends of the numbers included."""

from __future__ import annotations

from clausewise.pdp.cedar import parse
from clausewise.pdp.engine import Pdp
from clausewise.review.soundness import MOST, NUMBERS, domain, scenes, unsound
from toy_pack.toy import LOUD, edited, pack_of, toy


def test_every_value_that_can_matter_is_tried() -> None:
    attributes = toy().attributes
    assert domain(attributes["Tool.loud"]) == (False, True)
    assert domain(attributes["Tool.owner"]) == ("county", "personal", "unknown")
    assert domain(attributes["Tool.weight"]) == NUMBERS
    assert {frozenset(), frozenset({"blade"}), frozenset({"blade", "motor", "ladder"})} <= set(
        domain(attributes["Tool.kinds"])
    )
    assert -(2**63) in NUMBERS
    assert 2**63 - 1 in NUMBERS


def test_all_combinations_of_what_a_policy_reads_are_tried() -> None:
    pack = toy()
    policy = parse(pack.norm("2/loud").policy, "2/loud")[0]
    tried = list(scenes(pack, policy))
    assert len(tried) == len({tuple(sorted(s.values.items())) for s in tried}) == 2 * 3 * len(NUMBERS)
    assert len(tried) <= MOST


def test_an_overflow_is_found_though_the_schema_allows_it() -> None:
    """Cedar's validation passes both; only trying shows that one of them can err."""
    fine = Pdp(toy())
    assert unsound(fine)[1] == []
    for arithmetic in ("resource.weight + 1 > 41", "resource.weight * 2 > 80", "resource.weight - 1 > 39"):
        broken = Pdp(pack_of(edited(LOUD, "resource.weight > 40", arithmetic)))
        found = [str(p) for p in unsound(broken)[1]]
        assert len(found) == 1, arithmetic
        assert found[0].startswith("2/loud: errs: ")
