"""What another pack would change is told norm by norm, for how many people, with examples and as a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace

from clausewise.audit.findings import ADVICE, VIOLATED, WITHDRAWN, Finding, Place, identity, key_text
from clausewise.model.judgement import Digests
from clausewise.model.law import Example, Pack
from clausewise.pdp.engine import Pdp
from clausewise.review.examples import key_of, stage
from clausewise.review.what_if import Changes, compare, csv_text, lines_of
from toy_pack.toy import LOUD, MEMBERS, toy, toy_with

LIGHTER = toy_with(LOUD, "resource.weight > 40", "resource.weight > 400")
"""Fewer tools are too heavy to rest: more would be found."""
GLOVES = toy_with(MEMBERS, "advice = true", "advice = false")


def found(pack: Pack) -> list[Finding]:
    """The findings of a log in which every worked example of the toy pack happened once, under `pack`."""
    pdp = Pdp(pack)
    examples = [e for clause in toy().clauses.values() for e in clause.examples]
    return [f for number, example in enumerate(examples) for f in judged(pdp, example, number)]


def judged(pdp: Pdp, example: Example, number: int) -> list[Finding]:
    scene, problems = stage(pdp.pack, example)
    assert not problems
    key = key_of(pdp, scene)
    outcome, event = pdp.outcome(key), f"log:{number}"
    return [
        Finding(
            id=identity(pdp.pack.id, norm, event), norm=norm, clause=pdp.pack.norm(norm).clause,
            status=ADVICE if norm in outcome.advice else VIOLATED, certainty="exact", subject="person",
            act=key.act, person=f"p-{number % 5}", resource=f"tool{number}", host="", time=number * 1_000_000,
            event=event, source="log", key=key_text(key), place=Place("a.log", "d", number, 1),
            digests=Digests(pdp.pack.digest),
        )
        for norm in outcome.violated()
    ]  # fmt: skip


def between(before: Sequence[Finding], after: Sequence[Finding], other: Pack) -> Changes:
    return compare(before, after, toy(), other)


def test_the_same_pack_changes_nothing() -> None:
    changes = between(found(toy()), found(toy()), toy())
    assert all(not (one.added or one.removed or one.changed) for one in changes.norms)
    assert sum(one.kept for one in changes.norms) == len(found(toy())) > 0
    text = "\n".join(lines_of(changes))
    assert "the law does not differ" in text
    assert "no finding would change" in text
    assert len(csv_text(changes).splitlines()) == 1


def test_a_stricter_pack_adds_what_it_really_would() -> None:
    before, after = found(toy()), found(LIGHTER)
    changes = {one.norm: one for one in between(before, after, LIGHTER).norms}
    new = {(f.norm, f.event) for f in after} - {(f.norm, f.event) for f in before}
    assert new
    assert {(f.norm, f.event) for f in changes["2/loud"].added} == new
    assert not changes["2/loud"].removed
    assert [one for one in changes.values() if one.norm != "2/loud" and (one.added or one.removed)] == []


def test_the_other_way_round_the_same_are_removed() -> None:
    there = compare(found(toy()), found(LIGHTER), toy(), LIGHTER)
    back = compare(found(LIGHTER), found(toy()), LIGHTER, toy())
    for one, other in zip(there.norms, back.norms, strict=True):
        assert [f.event for f in one.added] == [f.event for f in other.removed]
        assert (one.people_added, one.kept) == (other.people_removed, other.kept)


def test_a_draft_with_an_id_of_its_own_is_still_compared() -> None:
    draft = replace(LIGHTER, id="our-draft")
    assert {f.id for f in found(draft)}.isdisjoint(f.id for f in found(LIGHTER))
    assert sum(one.kept for one in between(found(toy()), found(draft), draft).norms) == len(found(toy()))


def test_people_are_counted_who_had_none_of_the_norm() -> None:
    first = replace(found(toy())[0], person="p-a")
    changes = between(
        [first],
        [first, replace(first, event="log:x", person="p-a"), replace(first, event="log:y", person="p-b")],
        toy(),
    )
    (one,) = changes.norms
    assert (len(one.added), one.people_added, one.people_removed) == (2, frozenset({"p-b"}), frozenset())


def test_advice_that_becomes_law_is_counted_differently() -> None:
    changes = {one.norm: one for one in between(found(toy()), found(GLOVES), GLOVES).norms}
    assert {(a.status, b.status) for a, b in changes["3/gloves"].changed} == {(ADVICE, VIOLATED)}
    text = "\n".join(lines_of(between(found(toy()), found(GLOVES), GLOVES)))
    assert "~ advice becomes violated" in text


def test_withdrawn_findings_are_not_there() -> None:
    gone = [replace(f, status=WITHDRAWN) for f in found(toy())]
    assert all(one.kept == 0 for one in between(gone, found(toy()), toy()).norms)


def test_findings_without_an_event_are_compared_by_number() -> None:
    bare = [replace(f, event="", person="", resource="", time=0) for f in found(toy()) if f.norm == "2/loud"]
    assert bare
    (one,) = between(bare, [*bare, bare[0]], toy()).norms
    assert (one.kept, len(one.added), len(one.removed)) == (len(bare), 1, 0)


def test_the_report_names_norm_counts_law_and_no_more_than_a_few_examples() -> None:
    first = found(toy())[0]
    many = [replace(first, event=f"e{n}", resource=f"t{n}", person=f"p-{n}") for n in range(9)]
    text = "\n".join(lines_of(between([], many, LIGHTER)))
    assert "2/loud: policy changed" in text
    assert text.count("  + p-") == 3
    assert "9 added, 0 removed, 0 counted differently, 0 as they are; 9 people would have a finding" in text


def test_the_table_holds_each_change_with_both_packs() -> None:
    changes = between(found(toy()), found(LIGHTER), LIGHTER)
    rows = list(csv.DictReader(io.StringIO(csv_text(changes))))
    assert len(rows) == sum(len(one.added) for one in changes.norms)
    assert {row["change"] for row in rows} == {"added"}
    assert {(row["before_pack"], row["after_pack"]) for row in rows} == {(toy().digest, LIGHTER.digest)}
    evil = replace(found(toy())[0], resource="=cmd()")
    assert "'=cmd()" in csv_text(between([], [evil], toy()))
    assert json.dumps(rows)
