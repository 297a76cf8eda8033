"""An explanation shows everything behind a finding and nobody's name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from audit.county import County
from clausewise.audit.explain import DEFAULT, Explanation, Material, explain
from clausewise.audit.findings import WITHDRAWN, Finding
from clausewise.audit.naming import Naming
from clausewise.audit.run import Audit
from clausewise.audit.store import pseudonym_key
from clausewise.audit.used_rows import HELD, HIDDEN
from clausewise.model.judgement import key_from_json
from clausewise.model.words import Answer
from clausewise.pdp.engine import GRANTED


@pytest.fixture(scope="module")
def material(judged: Audit, county: County) -> Material:
    """What explanations of the county's findings are drawn from."""
    pdp, facts, labels = judged.inputs.pdp, judged.inputs.facts, judged.inputs.labels
    naming = Naming(pseudonym_key(judged.home), pdp.pack, facts)
    return Material(pdp, facts, labels, naming)  # type: ignore[arg-type]  # the county opened real labels


def of(judged: Audit, norm: str) -> Finding:
    """The first finding of a norm."""
    return next(f for f in judged.findings if f.norm == norm)


def norms(judged: Audit) -> Sequence[str]:
    """Every norm of which there is a finding."""
    return sorted({f.norm for f in judged.findings})


def test_every_norm_that_has_findings_is_explained(judged: Audit, material: Material) -> None:
    for norm in norms(judged):
        found = explain([of(judged, norm)], material)
        assert found.same_law
        assert found.same_facts
        assert found.same_labels
        assert found.question
        (plain,) = (side for side in found.sides if side.in_scope and not side.unknown_side)
        assert plain.holds, norm
        assert found.otherwise, norm


def test_what_would_do_really_does(judged: Audit, material: Material) -> None:
    for norm in norms(judged):
        finding = of(judged, norm)
        key = key_from_json(json.loads(finding.key))
        reads = material.pdp.reads(key.act, key.principal_type, key.period)
        for one in explain([finding], material).otherwise:
            values = tuple(
                one.value if path == one.path else v for path, v in zip(reads, key.values, strict=True)
            )
            assert norm not in material.pdp.judge_afresh(replace(key, values=values)).violated()


def asked(found: Explanation) -> dict[str, tuple[object, str]]:
    """Path to value and source."""
    return {one.path: (one.value, one.source) for one in found.question}


def test_each_value_says_where_it_came_from(judged: Audit, material: Material) -> None:
    service = asked(explain([of(judged, "9.f/provided")], material))
    assert service["resource.provided"] == (False, "fact:services.provided")
    assert service["context.outcome"] == ("reached", "event:outcome")
    assert service["principal.status"] == ("active", "derive:employment")
    explicit = explain([of(judged, "3/explicit")], material)
    assert asked(explicit)["resource.categories"][1] == "label:categories"
    assert {row.category for row in explicit.lists} >= {"adult"}
    assert all(len(row.digest) == 64 for row in explicit.lists)


def test_a_value_that_nothing_said_is_called_so(judged: Audit, material: Material) -> None:
    device = asked(explain([of(judged, "9.d")], material))
    assert DEFAULT in {source for _, source in device.values()}


def test_a_fee_needs_a_permission_and_says_from_whom(judged: Audit, material: Material) -> None:
    found = explain([of(judged, "9.h/subscribe-or-use")], material)
    assert found.norm is not None
    assert found.norm.grantable
    helps = [one for one in found.otherwise if one.path == GRANTED]
    assert [one.value for one in helps] == [frozenset({"9.h"})]
    assert {one.answer for one in helps} <= {Answer.ALLOW, Answer.DENY}


def test_rows_are_those_that_held_and_name_nobody(judged: Audit, material: Material) -> None:
    staff = [str(row[name]) for row in material.facts.rows("staff") for name in ("id", "name", "mail")]
    known = {word.casefold() for word in staff if len(word) >= 5}
    for norm in norms(judged):
        for finding in [f for f in judged.findings if f.norm == norm][:20]:
            found = explain([finding], material)
            text = repr([found.rows, found.lists, found.question, found.finding]).casefold()
            assert not [word for word in known if word in text], norm
    service = explain([of(judged, "9.f/provided")], material)
    (row,) = (r for r in service.rows if r.table == "services")
    assert row.state == HELD
    assert row.cells["provided"] == "no"
    (own,) = (r for r in service.rows if r.table == "staff")
    assert set(own.cells) <= {"kind", "educator", "valid_from", "valid_to", "known_from"}


def test_a_thing_that_names_a_person_is_not_looked_up(judged: Audit, material: Material) -> None:
    found = explain([of(judged, "7.c")], material)
    assert {row.state for row in found.rows if row.table in ("accounts", "staff")} == {HIDDEN}


def test_a_guard_that_did_not_apply_says_which_condition_failed(judged: Audit, material: Material) -> None:
    guards = {g.guard.id: g for g in explain([of(judged, "3/explicit")], material).guards}
    floor, shield = guards["harmful-to-minors"], guards["adult-lawful-research"]
    assert (floor.applied, floor.why) == (False, "condition")
    assert [p.text for s in floor.sides for p in s.parts if p.deciding] == ['principal.minor != "no"']
    assert (shield.applied, shield.why) == (False, "condition")


def test_another_law_shows_no_conditions_and_says_so(judged: Audit, material: Material) -> None:
    finding = of(judged, "9.f/provided")
    old = replace(finding, digests=replace(finding.digests, pack="0" * 64))
    found = explain([old], material)
    assert not found.same_law
    assert not any((found.question, found.sides, found.guards, found.otherwise, found.rows))
    assert found.clause is not None


def test_a_withdrawn_finding_keeps_its_history(judged: Audit, material: Material) -> None:
    first = of(judged, "9.f/provided")
    gone = replace(
        first, status=WITHDRAWN, reason="no longer violated: facts changed",
        digests=replace(first.digests, facts="f" * 64),
    )  # fmt: skip
    found = explain([first, gone], material)
    assert found.finding is gone
    assert [f.status for f in found.judgements] == ["violated", WITHDRAWN]
    assert found.same_facts  # the question shown is the one that was violated, under its own facts
    assert found.question
