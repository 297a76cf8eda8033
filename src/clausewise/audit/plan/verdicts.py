"""Compiles the policies that judge one act into one query over its distinct questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from clausewise.audit.plan.questions import ActPlan
from clausewise.audit.relational.compiler import compile_policy
from clausewise.audit.relational.dialect import Dialect
from clausewise.audit.relational.scope import Columns
from clausewise.audit.relational.types import Value as Typed
from clausewise.model.judgement import Key, Outcome, Value
from clausewise.model.words import Answer, Verdict
from clausewise.pdp.combine import Findings, combine
from clausewise.pdp.engine import Pdp, Room

SATISFIED, VIOLATED, UNKNOWN = 0, 1, 2
VERDICTS = {SATISFIED: Verdict.SATISFIED, VIOLATED: Verdict.VIOLATED, UNKNOWN: Verdict.INDETERMINATE}


@dataclass(frozen=True, slots=True)
class Asked:
    """One distinct question: its packed numbers, and how many events ask it."""

    packed: tuple[int, ...]
    events: int


class Verdicts:
    """The verdicts of one kind of principal in one period of the law on the questions of one act."""

    def __init__(self, pdp: Pdp, plan: ActPlan, ptype: str, period: int, dialect: Dialect) -> None:
        self.pdp, self.plan, self.ptype, self.period = pdp, plan, ptype, period
        self.room: Room = pdp.room(plan.act.id, ptype, period)
        self.dialect = dialect
        self.scope = Columns(
            ptype,
            plan.act.id,
            plan.act.resource,
            {path: self._typed(path) for path in plan.packing.places},
        )
        self.policies = {p.id: p for found in pdp.policies().values() for p in found}
        self.advice = frozenset(norm.id for norm in pdp.pack.norms() if norm.advice)

    def _typed(self, path: str) -> Typed:
        return Typed(self.plan.packing.codings[path].type, exp.column(_name(path)))

    def query(self, asked: exp.Expr) -> exp.Select:
        """Of each question of the relation `asked`: its packed columns, a verdict per norm, each guard."""
        unpacked = exp.select(*self.plan.columns).from_(asked)
        for path in self.plan.packing.places:
            unpacked = unpacked.select(
                exp.alias_(self.plan.packing.part(path, self.plan.columns), _name(path))
            )
        found = exp.select(*self.plan.columns).from_(unpacked.subquery("a"))
        for number, norm in enumerate(self.room.judged):
            found = found.select(exp.alias_(self._verdict(norm.policy, norm.unknown), f"n{number}"))
        for number, policy in enumerate(self._guards()):
            found = found.select(exp.alias_(self._holds(policy), f"g{number}"))
        return found

    def _guards(self) -> list[str]:
        return [policy for _, policy in self.room.floors] + [policy for _, policy, _ in self.room.shields]

    def _compiled(self, policy: str) -> exp.Expr:
        return exp.paren(compile_policy(self.policies[policy], self.scope, self.dialect))

    def _verdict(self, policy: str, unknown: str) -> exp.Expr:
        """2 if either side errs, 1 if the policy holds, 2 if its unknown side holds, else 0."""
        sides = [self._compiled(side) for side in (policy, unknown) if side]
        errs = exp.or_(*(exp.Is(this=side.copy(), expression=exp.null()) for side in sides))
        case = exp.Case().when(errs, exp.Literal.number(UNKNOWN))
        if policy:
            case = case.when(sides[0].copy(), exp.Literal.number(VIOLATED))
        if unknown:
            case = case.when(sides[-1].copy(), exp.Literal.number(UNKNOWN))
        return case.else_(exp.Literal.number(SATISFIED))

    def _holds(self, policy: str) -> exp.Expr:
        """1 if a guard holds, 2 if it cannot be evaluated, 0 if it does not hold."""
        held = self._compiled(policy)
        return (
            exp.Case()
            .when(exp.Is(this=held.copy(), expression=exp.null()), exp.Literal.number(UNKNOWN))
            .when(held, exp.Literal.number(VIOLATED))
            .else_(exp.Literal.number(SATISFIED))
        )

    def outcome(self, row: Sequence[int]) -> Outcome:
        """The outcome of one row of the query, by the same table that single questions go through."""
        judged = len(self.room.judged)
        numbers, guards = row[:judged], row[judged:]
        verdicts = list(self.room.blank)
        for norm, number in zip(self.room.judged, numbers, strict=True):
            verdicts[norm.place] = (norm.norm, VERDICTS[number])
        floors = len(self.room.floors)
        found = Findings(
            governed=self.ptype in self.pdp.pack.governed,
            # A floor that cannot be evaluated stands; a shield that cannot be evaluated protects nothing.
            floors=tuple(f for (f, _), held in zip(self.room.floors, guards, strict=False) if held),
            shields={
                shield: norms
                for (shield, _, norms), held in zip(self.room.shields, guards[floors:], strict=True)
                if held == VIOLATED
            },
            verdicts=tuple(verdicts),
            grantable=frozenset(
                norm.norm
                for norm, number in zip(self.room.judged, numbers, strict=True)
                if norm.grantable and number == VIOLATED
            ),
            advice=self.advice,
        )
        return combine(found)

    def key(self, packed: Sequence[int]) -> Key:
        """The question's key, exactly as the builder of single questions would make it."""
        values: Mapping[str, Value] = self.plan.packing.values(packed)
        read = self.room.reads
        return Key(self.plan.act.id, self.ptype, tuple(values[path] for path in read), self.period)


def same(left: Outcome, right: Outcome) -> bool:
    """Whether two evaluators said the same of every norm and guard.

    The answer is compared too, but for a permission of which only the PDP tries whether it would help.
    """
    if left.answer is Answer.NEEDS_PERMISSION and right.answer is Answer.DENY:
        left = replace(left, answer=Answer.DENY, grants_needed=())
    return replace(left, errors=()) == replace(right, errors=())


def _name(path: str) -> str:
    return path.replace(".", "__")
