"""Puts each distinct question of a block of events to the law once and spreads the answers over the events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np

from clausewise.audit.enrich import Enricher, Events
from clausewise.audit.timeline import Timeline, microseconds, moment, turns
from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Key
from clausewise.model.law import Act, LogRule, Pack
from clausewise.model.words import Answer, Verdict
from clausewise.pdp.build import Builder, State
from clausewise.pdp.derive import PERSONAL
from clausewise.pdp.engine import Pdp

TOGETHER = {f"derive:{name}" for name in PERSONAL}
"""Sources that look at person and thing together: such acts are never judged by classes of things."""
NOBODY_IN_PARTICULAR = frozenset({"dhcp", "device", "conn", "software"})
"""Classes whose events a machine may cause with nobody signed in: those are judged as an employee's, device first,
unless they come from a network for pupils or guests."""
VARYING = ("services", "sites", "devices", "software", "drives", "works", "accounts", "networks")


@dataclass(frozen=True, slots=True)
class Hit:
    """Rows of a block that one norm calls violated (or advises on), with the key that was judged for each."""

    act: str
    norm: str
    verdict: str
    rows: np.ndarray
    keys: np.ndarray
    resource: str


@dataclass(slots=True)
class Tally:
    """Counts over an audit: what was judged, and how it came out, per norm."""

    judged: int = 0
    not_governed: int = 0
    never_personal: int = 0
    nobody: int = 0
    violated: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    satisfied: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def add(self, table: dict[str, int], name: str, count: int) -> None:
        """Count `count` more under `name`."""
        table[name] = table.get(name, 0) + count


class Judge:
    """Judges blocks of events. Keeps one key per distinct question over the whole audit."""

    def __init__(
        self, pdp: Pdp, builder: Builder, enricher: Enricher, *, skip: frozenset[str], assume: str | None
    ) -> None:
        self.pdp, self.builder, self.enricher, self.skip = pdp, builder, enricher, skip
        self.facts: Facts = builder.facts
        # With a staff list, an event by nobody is nobody's; without one, every event counts as an employee's.
        self._anybody = not builder.facts.has("staff")
        names = enricher.users.names
        self.timeline = Timeline(builder, names, assume=assume, nobody=assume if self._anybody else None)
        self.devices = Timeline(builder, names, assume=assume, nobody="Employee")
        self.tally = Tally()
        self.keys: list[Key] = []
        self._key_ids: dict[Key, int] = {}
        self._seen: dict[tuple[object, ...], int] = {}
        self._class_of: dict[tuple[str, int], np.ndarray] = {}
        self._outside: dict[tuple[int, int], bool] = {}
        self._fields_of: dict[str, list[str]] = {}
        self._class_ids: dict[tuple[object, ...], int] = {}
        self._cuts = _cuts(pdp.pack, self.facts)
        self.classes = frozenset(rule.cls for act in pdp.pack.acts.values() for rule in act.logs)

    def block(self, events: Events) -> Iterator[Hit]:
        """What the law says of one block, norm by norm.

        Events in a category that is never joined with a person are dropped before anything else (rule 13).
        """
        mask = events.fields.get("mask")
        public = np.ones(len(events.time), dtype=bool)
        if mask is not None:
            self._count_categories(mask)
            public = (mask & self.enricher.private) == 0
            self.tally.never_personal += len(public) - int(public.sum())
        for act in self.pdp.pack.acts.values():
            for rule in act.logs:
                if rule.cls == events.cls and rule.resource in events.fields:
                    yield from self._rule(act, rule, events, public)

    def _count_categories(self, mask: np.ndarray) -> None:
        """Events per web category, in aggregate: no person, no host, no hour (clause 2)."""
        for bit, name in self.enricher.category_bits:
            count = int(np.count_nonzero(mask & bit))
            if count:
                self.tally.add(self.tally.seen, name, count)

    def _rule(self, act: Act, rule: LogRule, events: Events, public: np.ndarray) -> Iterator[Hit]:
        rows = self._by_somebody(events, np.nonzero(self.matching(rule, events) & public)[0])
        if not len(rows):
            return
        timeline = self._timeline(events.cls)
        states = timeline.of(events.user[rows], events.time[rows])
        keys = self._keys(act, rule, events, rows, states, timeline)
        self.tally.judged += len(rows)
        yield from self._hits(act, rule, rows, keys)

    def _timeline(self, cls: str) -> Timeline:
        return self.devices if cls in NOBODY_IN_PARTICULAR else self.timeline

    def _by_somebody(self, events: Events, rows: np.ndarray) -> np.ndarray:
        """Rows whose doer may be judged: somebody, or of a machine's events any outside the pupils' networks."""
        nobody = events.user[rows] == 0
        if events.cls in NOBODY_IN_PARTICULAR:
            keep = ~nobody
            keep[nobody] = self._staff_network(events, rows[nobody])
            return rows[keep]
        self.tally.nobody += int(nobody.sum())
        return rows if self._anybody else rows[~nobody]

    def keys_at(
        self, act: Act, rule: LogRule, events: Events, rows: np.ndarray
    ) -> tuple[np.ndarray, list[Key]]:
        """Those of `rows` that meet the rule and whose doer may be judged, and the key of each."""
        met = self._by_somebody(events, rows[self.matching(rule, events)[rows]])
        if not len(met):
            return met, []
        timeline = self._timeline(events.cls)
        states = timeline.of(events.user[met], events.time[met])
        numbers = self._keys(act, rule, events, met, states, timeline)
        return met, [self.keys[number] for number in numbers.tolist()]

    def matching(self, rule: LogRule, events: Events) -> np.ndarray:
        """Which events meet every condition of a rule."""
        out = np.ones(len(events.time), dtype=bool)
        for name, operator, *rest in rule.when:
            column = events.fields.get(str(name))
            if column is None:
                return np.zeros(len(events.time), dtype=bool)
            if operator in ("has_any", "has_none"):
                wanted = rest[0] if isinstance(rest[0], list | tuple) else rest
                has = (events.fields["mask"] & self.enricher.words_bits([str(word) for word in wanted])) != 0
                out &= has if operator == "has_any" else ~has
                continue
            out &= self._meets(column, str(operator), rest[0] if rest else None, events.texts.get(str(name)))
        return out

    def _meets(self, column: np.ndarray, operator: str, value: object, texts: list[str] | None) -> np.ndarray:
        if operator == "present":
            return column != 0
        if operator == "absent":
            return column == 0
        if operator == "at_least":
            return column >= int(
                str(self.pdp.pack.parameter(str(value)) if isinstance(value, str) else value)
            )
        wanted = value if isinstance(value, list | tuple) else [value]
        if texts is None:
            return np.isin(column, [int(str(int(v) if isinstance(v, bool) else v)) for v in wanted])
        return np.isin(column, [code for code, text in enumerate(texts) if text in wanted])

    def _staff_network(self, events: Events, rows: np.ndarray) -> np.ndarray:
        """Rows whose address lies in no network for pupils or guests: those are outside the scope."""
        keep = np.ones(len(rows), dtype=bool)
        if not self.facts.has("networks"):
            return keep
        epochs = np.searchsorted(self._cuts, events.time[rows], side="right")
        where = zip(events.address[rows].tolist(), epochs.tolist(), rows.tolist(), strict=True)
        for position, (address, epoch, row) in enumerate(where):
            known = self._outside.get((address, epoch))
            if known is None:
                name, when = self.enricher.addresses.names[address], moment(int(events.time[row]))
                known = outside(self.facts, name, when)
                self._outside[address, epoch] = known
            keep[position] = not known
        self.tally.not_governed += int((~keep).sum())
        return keep

    def _keys(
        self,
        act: Act,
        rule: LogRule,
        events: Events,
        rows: np.ndarray,
        states: np.ndarray,
        timeline: Timeline,
    ) -> np.ndarray:
        """The key number of each row. Rows that can only have one key are built once."""
        resource = events.fields[rule.resource][rows]
        epochs = np.searchsorted(self._cuts, events.time[rows], side="right")
        fields = [c for c in self._event_fields(act) if c in events.fields]
        exact = self._is_personal(act)
        granted = np.array([bool(s.grants) for s in timeline.states], dtype=bool)[states]
        things = self._thing_classes(act, rule, events, rows, resource, epochs)
        things = np.where(granted | exact, resource + (1 << 22), things)
        who = events.user[rows] if exact else np.zeros(len(rows), dtype=np.int64)
        columns = [
            states,
            who,
            things,
            epochs,
            *(events.fields[name][rows].astype(np.int64) for name in fields),
        ]
        unique, first, inverse = np.unique(fold(columns), return_index=True, return_inverse=True)
        numbers = np.empty(len(unique), dtype=np.int64)
        for position, at in enumerate(first.tolist()):
            combination = (act.id, *(int(column[at]) for column in columns))
            known = self._seen.get(combination)
            if known is None:
                state = timeline.states[int(states[at])]
                known = self._number(act, rule, events, int(rows[at]), state, exact)
                self._seen[combination] = known
            numbers[position] = known
        found: np.ndarray = numbers[inverse]
        return found

    def _number(self, act: Act, rule: LogRule, events: Events, row: int, state: State, exact: bool) -> int:
        event = {
            name: (events.text(name, row) or None)
            if name in events.texts
            else events.fields[name][row].item()
            for name in self._event_fields(act)
            if name in events.fields
        }
        at = moment(int(events.time[row]))
        if exact:
            # The state is shared by all whose values are equal; here it also matters whose it is.
            name = self.enricher.users.names[int(events.user[row])]
            state = replace(state, person=self.facts.principal(name, at))
        key = self.builder.key(act.id, state, events.text(rule.resource, row), at, event=event)
        number = self._key_ids.get(key)
        if number is None:
            number = self._key_ids[key] = len(self.keys)
            self.keys.append(key)
        return number

    def _event_fields(self, act: Act) -> list[str]:
        """Event fields that some attribute of this act reads."""
        known = self._fields_of.get(act.id)
        if known is not None:
            return known
        names = {
            source.partition(":")[2]
            for attribute in self.pdp.pack.attributes.values()
            if attribute.owner in (act.resource, "context")
            and (attribute.owner != "context" or attribute.name in act.context)
            for source in attribute.sources
            if source.startswith("event:")
        }
        self._fields_of[act.id] = sorted(names)
        return self._fields_of[act.id]

    def _is_personal(self, act: Act) -> bool:
        return any(
            TOGETHER & set(attribute.sources)
            for attribute in self.pdp.pack.attributes.values()
            if attribute.owner == act.resource
            or (attribute.owner == "context" and attribute.name in act.context)
        )

    def _thing_classes(
        self,
        act: Act,
        rule: LogRule,
        events: Events,
        rows: np.ndarray,
        resource: np.ndarray,
        epochs: np.ndarray,
    ) -> np.ndarray:
        """A number for each row's thing, shared by all things whose attributes are equal in its epoch."""
        numbers = np.empty(len(rows), dtype=np.int64)
        for epoch in np.unique(epochs).tolist():
            here = np.nonzero(epochs == epoch)[0]
            codes = resource[here]
            known = self._class_of.get((act.id, epoch), np.full(0, -1, dtype=np.int64))
            if len(known) <= int(codes.max()):
                more = np.full(2 * int(codes.max()) + 2 - len(known), -1, dtype=np.int64)
                known = self._class_of[act.id, epoch] = np.append(known, more)
            new = np.nonzero(known[codes] < 0)[0]
            unique, first = np.unique(codes[new], return_index=True)
            for code, at in zip(unique.tolist(), here[new[first]].tolist(), strict=True):
                row = int(rows[at])
                name, when = events.text(rule.resource, row), moment(int(events.time[row]))
                values = self.builder.of_thing(act, name, when)
                known[code] = self._class_ids.setdefault((act.id, values), len(self._class_ids))
            numbers[here] = known[codes]
        return numbers

    def _hits(self, act: Act, rule: LogRule, rows: np.ndarray, keys: np.ndarray) -> Iterator[Hit]:
        unique, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        by_norm: dict[tuple[str, str], list[int]] = {}
        for position, (number, count) in enumerate(zip(unique.tolist(), counts.tolist(), strict=True)):
            outcome = self.pdp.outcome(self.keys[number])
            if outcome.answer is Answer.NOT_GOVERNED:
                self.tally.not_governed += count
                continue
            aside = {norm for norm, _ in outcome.set_aside}
            for norm, verdict in outcome.verdicts:
                if norm in self.skip:
                    continue
                if norm in aside:
                    self.tally.add(self.tally.set_aside, norm, count)
                elif verdict is Verdict.VIOLATED:
                    self.tally.add(self.tally.violated, norm, count)
                    kind = "advice" if norm in outcome.advice else "violated"
                    by_norm.setdefault((norm, kind), []).append(position)
                elif verdict is Verdict.INDETERMINATE:
                    self.tally.add(self.tally.unknown, norm, count)
                elif verdict is Verdict.SATISFIED:
                    self.tally.add(self.tally.satisfied, norm, count)
        for (norm, kind), positions in by_norm.items():
            chosen = np.nonzero(np.isin(inverse, positions))[0]
            yield Hit(act.id, norm, kind, rows[chosen], keys[chosen], rule.resource)


def outside(facts: Facts, address: str, at: datetime) -> bool:
    """Whether an address lies in a network for pupils or guests, of whom the regulation does not speak."""
    network = facts.network_of(address, at) if address and facts.has("networks") else None
    return network is not None and network.get("profile") in ("students", "guest")


def _cuts(pack: Pack, facts: Facts) -> np.ndarray:
    """The times at which a thing's facts, or the law itself, may change: a key holds between two of them."""
    times = turns(facts, VARYING)
    days = {d for n in pack.norms() for d in (n.in_force_from, n.in_force_to)}
    days |= {d for g in pack.guards.values() for d in (g.in_force_from, g.in_force_to)}
    times |= {datetime.combine(day, time(), ZoneInfo(pack.zone)) for day in days - {date.min, date.max}}
    return np.array(sorted(microseconds(value) for value in times), dtype=np.int64)


def fold(columns: list[np.ndarray]) -> np.ndarray:
    """One integer per row, equal exactly where all columns are equal (columns hold no negative number)."""
    packed = np.zeros(len(columns[0]), dtype=np.int64)
    room = 1
    for column in columns:
        width = int(column.max()) + 1 if len(column) else 1
        if room * width >= 1 << 62:
            packed = np.unique(packed, return_inverse=True)[1].astype(np.int64)
            room = int(packed.max()) + 1
        packed = packed * width + column
        room *= width
    return packed
