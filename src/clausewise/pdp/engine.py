"""The decision point: puts a question's key to the law's policies and remembers what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from clausewise.model.judgement import Digests, Judgement, Key, Outcome, Question, Value
from clausewise.model.law import Act, Guard, Norm, Pack
from clausewise.model.words import Answer, JudgedBy, Verdict
from clausewise.pdp.cedar import Matched, PolicySet, parse
from clausewise.pdp.combine import Findings, combine
from clausewise.pdp.tree import Policy

ADDRESSED = {  # who a norm speaks to, as principal types; the county's own duties are asked about employees
    "users": frozenset({"Employee", "AccountHolder"}),
    "anyone": frozenset({"Employee", "AccountHolder"}),
}
EMPLOYEE = frozenset({"Employee"})
GRANTED = "context.granted"


class Judged(NamedTuple):
    """A norm that a policy judges here: where it stands in `Room.blank`, and the ids of its policies."""

    place: int
    norm: str
    policy: str
    unknown: str  # the policy that says when nobody knows; "" if it has none
    grantable: bool


@dataclass(frozen=True, slots=True)
class Room:
    """All that can be said about one act by one kind of principal in one period of the law."""

    act: Act
    reads: tuple[str, ...]
    policies: PolicySet
    blank: tuple[tuple[str, Verdict], ...]  # every norm in printed order, as it stands before a policy spoke
    judged: tuple[Judged, ...]
    floors: tuple[tuple[str, str], ...]  # id, id of its policy
    shields: tuple[tuple[str, str, tuple[str, ...]], ...]  # id, id of its policy, norms it names


class Pdp:
    """Judges questions by one pack. Holds no fact and reads no clock; the same key has the same outcome."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._memo: dict[Key, Outcome] = {}
        self._rooms: dict[tuple[str, str, int], Room] = {}
        self._zone = ZoneInfo(pack.zone)
        self._parsed: dict[str, tuple[Policy, ...]] = {
            norm.id: parse(norm.policy, norm.id) for norm in pack.norms() if norm.policy
        } | {f"guard:{g.id}": parse(g.policy, f"guard:{g.id}") for g in pack.guards.values()}
        self._changes = self._change_days()
        self._clause_of = {norm.id: norm.clause for norm in pack.norms()}
        self._advice = frozenset(norm.id for norm in pack.norms() if norm.advice)

    def _change_days(self) -> tuple[date, ...]:
        """The days on which the law of this pack changes, oldest first."""
        days = {d for n in self.pack.norms() for d in (n.in_force_from, n.in_force_to)}
        days |= {d for g in self.pack.guards.values() for d in (g.in_force_from, g.in_force_to)}
        return tuple(sorted(days - {date.min, date.max}))

    def changes(self) -> tuple[date, ...]:
        """The days (county time) on which the law of this pack changes, oldest first."""
        return self._changes

    def newest_period(self) -> int:
        """The last dated state of the law."""
        return len(self._changes)

    def period(self, at: datetime) -> int:
        """Which dated state of the law judges an event at `at` (aware): the number of changes before it."""
        day = at.astimezone(self._zone).date()
        return sum(change <= day for change in self._changes)

    def reads(self, act: str, principal_type: str, period: int = 0) -> tuple[str, ...]:
        """The attribute paths that make up a key of this act, in the order of `Key.values`."""
        return self.room(act, principal_type, period).reads

    def policies(self) -> Mapping[str, tuple[Policy, ...]]:
        """Every parsed policy by norm id, guards under `guard:ID`."""
        return self._parsed

    def outcome(self, key: Key) -> Outcome:
        """What the law says of `key`, from memory if it was asked before."""
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = self.judge_afresh(key)
        return known

    def judge(self, question: Question, *, facts: str = "", labels: str = "") -> Judgement:
        """The judgement of a question, carrying the digests of what produced it."""
        return Judgement(question, self.outcome(question.key), Digests(self.pack.digest, facts, labels))

    def forget(self) -> None:
        """Empty the memory (at each swap of pack or facts)."""
        self._memo.clear()

    def judge_afresh(self, key: Key) -> Outcome:
        """As `outcome`, without memory."""
        room = self.room(key.act, key.principal_type, key.period)
        values = dict(zip(room.reads, key.values, strict=True))
        found = self._found(room, key, self._ask(room, key, values))
        outcome = combine(found)
        if outcome.answer is Answer.NEEDS_PERMISSION and not self._grants_help(
            room, key, values, found, outcome
        ):
            return combine(replace(found, grantable=frozenset()))
        return outcome

    def _grants_help(
        self, room: Room, key: Key, values: Mapping[str, Value], found: Findings, outcome: Outcome
    ) -> bool:
        """Whether granting everything that was listed really leaves nothing violated."""
        clauses = {self._clause_of[n] for n in outcome.grants_needed}
        had = values.get(GRANTED, frozenset())
        assert isinstance(had, frozenset)
        again = self._found(room, key, self._ask(room, key, {**values, GRANTED: had | clauses}))
        return combine(again).answer in (Answer.NEEDS_PERSON, Answer.ALLOW)

    def _ask(self, room: Room, key: Key, values: Mapping[str, Value]) -> Matched:
        """Put the values to Cedar under plain names: a policy cannot tell one person from another."""
        parts: dict[str, dict[str, object]] = {"principal": {}, "resource": {}, "context": {}}
        for path, value in values.items():
            variable, name = path.split(".", 1)
            parts[variable][name] = sorted(value) if isinstance(value, frozenset) else value
        principal = {"type": key.principal_type, "id": "p"}
        resource = {"type": room.act.resource, "id": "r"}
        request = {
            "principal": principal,
            "action": {"type": "Action", "id": key.act},
            "resource": resource,
            "context": parts["context"],
        }
        entities = [
            {"uid": principal, "attrs": parts["principal"], "parents": []},
            {"uid": resource, "attrs": parts["resource"], "parents": []},
        ]
        return room.policies.ask(request, entities)

    def _found(self, room: Room, key: Key, matched: Matched) -> Findings:
        verdicts, grantable = list(room.blank), []
        for place, norm, policy, unknown, may_be_granted in room.judged:
            verdict = _verdict(matched, policy, unknown)
            verdicts[place] = (norm, verdict)
            if may_be_granted and verdict is Verdict.VIOLATED:
                grantable.append(norm)
        return Findings(
            governed=key.principal_type in self.pack.governed,
            # A floor that cannot be evaluated stands; a shield that cannot be evaluated protects nothing.
            floors=tuple(
                f for f, policy in room.floors if policy in matched.holds or policy in matched.errors
            ),
            shields={s: norms for s, policy, norms in room.shields if policy in matched.holds},
            verdicts=tuple(verdicts),
            grantable=frozenset(grantable),
            advice=self._advice,
            errors=tuple(f"{name}: {text}" for name, text in sorted(matched.errors.items())),
        )

    def room(self, act_id: str, principal_type: str, period: int) -> Room:
        """All that can be said about one act by one kind of principal in one period."""
        found = self._rooms.get((act_id, principal_type, period))
        if found is None:
            found = self._rooms[act_id, principal_type, period] = self._furnish(
                act_id, principal_type, period
            )
        return found

    def _in_force(self, since: date, until: date, period: int) -> bool:
        """Whether something dated stands in this period (`until` is the first day it no longer does)."""
        day = self._changes[period - 1] if period else date.min
        return (since <= day if period else since == date.min) and day < until

    def _stands(self, norm: Norm, period: int) -> bool:
        """Whether a norm is in force in this period and no overlay has disabled it."""
        return norm.id not in self.pack.disabled and self._in_force(
            norm.in_force_from, norm.in_force_to, period
        )

    def _furnish(self, act_id: str, principal_type: str, period: int) -> Room:
        act = self.pack.acts[act_id]
        blank: list[tuple[str, Verdict]] = []
        judged: list[Judged] = []
        policies: list[Policy] = []
        for norm in self.pack.norms():
            if not self._stands(norm, period):
                continue
            addressed = principal_type in ADDRESSED.get(norm.addressee, EMPLOYEE)
            people = norm.judged_by is JudgedBy.PEOPLE and act_id in norm.acts and addressed
            parsed = () if norm.judged_by is JudgedBy.PEOPLE else self._parsed.get(norm.id, ())
            own = [p for p in parsed if p.applies_to(act_id, principal_type, act.resource)]
            if own:
                policies += own
                plain = next((p.id for p in own if not p.unknown_side), "")
                unknown = next((p.id for p in own if p.unknown_side), "")
                judged.append(Judged(len(blank), norm.id, plain, unknown, norm.grantable))
            blank.append((norm.id, Verdict.PEOPLE if people else Verdict.NOT_APPLICABLE))
        guards = self._guards(act, principal_type, period)
        policies += [p for g in guards for p in self._parsed[f"guard:{g.id}"]]
        return Room(
            act=act,
            reads=tuple(sorted({path for p in policies for path in p.reads()})),
            policies=PolicySet(policies),
            blank=tuple(blank),
            judged=tuple(judged),
            floors=tuple((g.id, f"guard:{g.id}") for g in guards if g.kind == "floor"),
            shields=tuple((g.id, f"guard:{g.id}", g.sets_aside) for g in guards if g.kind == "shield"),
        )

    def _guards(self, act: Act, principal_type: str, period: int) -> list[Guard]:
        return [
            guard
            for guard in self.pack.guards.values()
            if self._in_force(guard.in_force_from, guard.in_force_to, period)
            and any(
                p.applies_to(act.id, principal_type, act.resource) for p in self._parsed[f"guard:{guard.id}"]
            )
        ]


def _verdict(matched: Matched, policy: str, unknown: str) -> Verdict:
    """Violated if the policy holds; indeterminate if it erred or its unknown side holds; else satisfied."""
    if policy in matched.errors or unknown in matched.errors:
        return Verdict.INDETERMINATE
    if policy in matched.holds:
        return Verdict.VIOLATED
    return Verdict.INDETERMINATE if unknown in matched.holds else Verdict.SATISFIED
