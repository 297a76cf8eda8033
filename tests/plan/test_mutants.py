"""A test of the test: each way in which the plan could be wrong is done on purpose, and the comparison finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from sqlglot import exp

from clausewise.audit.plan import people, things, verdicts
from clausewise.audit.plan.candidates import ClassPlan
from clausewise.audit.plan.conditions import Conditions
from clausewise.audit.plan.hosts import Hosts
from clausewise.audit.plan.questions import QuestionSql
from clausewise.audit.plan.rules import RuleSql
from clausewise.audit.plan.things import Things
from clausewise.audit.plan.verdicts import Verdicts
from clausewise.audit.plan.world import Places, World
from plan.test_agreement import compare

SEEDS = range(25)
Patch = Callable[[pytest.MonkeyPatch], None]


def nothing(*_: object) -> tuple[object, ...]:
    return ()


def people_never_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(people, "changes_of", nothing)


def things_never_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(things, "changes_of_thing", nothing)


def ends_belong_to_spans(patch: pytest.MonkeyPatch) -> None:
    old = people.spans

    def late(cuts: Iterable[object]) -> object:
        return [(start + 1, end + 1, at) for start, end, at in old(cuts)]  # type: ignore[arg-type]

    patch.setattr(people, "spans", late)


def has_none_is_has_any(patch: pytest.MonkeyPatch) -> None:
    old = Conditions._has
    patch.setattr(Conditions, "_has", lambda self, rest, any_of: old(self, rest, any_of=True))


def at_least_is_more_than(patch: pytest.MonkeyPatch) -> None:
    old = Conditions.one

    def one(self: Conditions, condition: tuple[object, ...]) -> exp.Expr:
        found = old(self, condition)
        return exp.GT(this=found.this, expression=found.expression) if isinstance(found, exp.GTE) else found

    patch.setattr(Conditions, "one", one)


def words_are_one_bit_off(patch: pytest.MonkeyPatch) -> None:
    old = Hosts._words
    patch.setattr(Hosts, "_words", lambda self, mask, host: old(self, mask, host) << 1)


def events_speak_before_facts(patch: pytest.MonkeyPatch) -> None:
    old = QuestionSql._code

    def turned(self: QuestionSql, attribute: object) -> exp.Expr:
        found = old(self, attribute)  # type: ignore[arg-type]
        if isinstance(found, exp.Coalesce) and found.expressions:
            parts = [found.this, *found.expressions]
            return exp.func("COALESCE", *reversed(parts[:-1]), parts[-1])
        return found

    patch.setattr(QuestionSql, "_code", turned)


def unknown_sides_are_left_out(patch: pytest.MonkeyPatch) -> None:
    old = Verdicts._verdict
    patch.setattr(Verdicts, "_verdict", lambda self, policy, unknown: old(self, policy or unknown, ""))


def shields_protect_nothing(patch: pytest.MonkeyPatch) -> None:
    old = Verdicts.outcome

    def bare(self: Verdicts, row: tuple[int, ...]) -> object:
        judged = len(self.room.judged)
        return old(self, (*row[:judged], *(0 for _ in row[judged:])))

    patch.setattr(Verdicts, "outcome", bare)


def pairs_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Things, "needs_pairs", False)


def pupils_networks_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Places, "learn", nothing)


def strangers_are_employees(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RuleSql, "_ptype", lambda self, unlisted: exp.Literal.number(0))


def permissions_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Things, "_granted", lambda self, person, name, at: 0)


def private_places_are_joined(patch: pytest.MonkeyPatch) -> None:
    old = ClassPlan.hosts_wanted

    def all_hosts(self: ClassPlan) -> exp.Select:
        query = old(self)
        query.set("where", None)
        return query

    patch.setattr(ClassPlan, "hosts_wanted", all_hosts)


def errors_are_satisfied(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(verdicts.VERDICTS, verdicts.UNKNOWN, verdicts.VERDICTS[verdicts.SATISFIED])


def names_are_case_sensitive(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(World, "name_of", lambda self, kind, key: str(key))


MUTANTS: tuple[tuple[Patch, str], ...] = (
    (people_never_change, "http"),
    (things_never_change, "http"),
    (ends_belong_to_spans, "http"),
    (has_none_is_has_any, "http"),
    (at_least_is_more_than, "http"),
    (words_are_one_bit_off, "http"),
    (unknown_sides_are_left_out, "http"),
    (shields_protect_nothing, "http"),
    (pairs_do_not_matter, "auth"),
    (pupils_networks_are_forgotten, "dhcp"),
    (strangers_are_employees, "http"),
    (private_places_are_joined, "http"),
    (errors_are_satisfied, "http"),
    (names_are_case_sensitive, "auth"),
    (events_speak_before_facts, "device"),
    (permissions_are_forgotten, "http"),
)


@pytest.mark.parametrize(("mutant", "cls"), MUTANTS, ids=[mutant.__name__ for mutant, _ in MUTANTS])
def test_a_wrong_plan_is_found(mutant: Patch, cls: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant(monkeypatch)
    assert any(differs(seed, cls) for seed in SEEDS)


def differs(seed: int, cls: str) -> bool:
    """Whether the two evaluators differ, or the plan cannot run at all."""
    try:
        compare(seed, cls, 300)
    except Exception:  # noqa: BLE001 - whatever a wrong plan runs into
        return True
    return False
