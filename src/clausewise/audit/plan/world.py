"""Everything that one audit judges against: the law, the facts, the lists, and what was learnt of names so far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pyarrow as pa

from clausewise.audit.enrich import Enricher
from clausewise.audit.judge import outside
from clausewise.audit.lake.keys import person_key
from clausewise.audit.plan.duty import DutyTable
from clausewise.audit.plan.engine import Engine
from clausewise.audit.plan.fields import Parameters
from clausewise.audit.plan.hosts import Hosts
from clausewise.audit.plan.people import PTYPES, People, spans
from clausewise.audit.plan.questions import ActPlan, coding_of, plan_of
from clausewise.audit.plan.things import Things
from clausewise.audit.plan.whereabouts import Register, Whereabouts
from clausewise.audit.timeline import microseconds, turns
from clausewise.facts.snapshot import Facts
from clausewise.pdp.build import Builder
from clausewise.pdp.engine import Pdp

UNLISTED = "\x00"
"""The name of a thing whose key no fact gives a name to: no fact speaks of it."""


class Places:
    """Whether an address lies in a network for pupils or guests, which the regulation does not speak of."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._spans = spans(turns(facts, ("networks",))) if facts.has("networks") else []
        self._known: set[str] = set()
        self._rows: list[tuple[str, int, int, bool]] = []

    def learn(self, addresses: Iterable[str]) -> None:
        """Look up the addresses that are new."""
        for address in addresses:
            if address not in self._known:
                self._known.add(address)
                self._rows += [
                    (address, start, end, True)
                    for start, end, at in self._spans
                    if outside(self.facts, address, at)
                ]

    def table(self) -> pa.Table:
        """The spans in which an address lay outside."""
        names = ("address", "since", "until", "outside")
        kinds = (pa.string(), pa.int64(), pa.int64(), pa.bool_())
        held = list(zip(*self._rows, strict=True)) or [()] * len(names)
        return pa.table([pa.array(c, kind) for c, kind in zip(held, kinds, strict=True)], names=list(names))


class World:
    """The law and the facts of one audit, in the shape that the plan joins events to."""

    ptypes = PTYPES

    def __init__(self, pdp: Pdp, builder: Builder, enricher: Enricher, secret: bytes) -> None:
        self.pdp, self.pack, self.builder, self.enricher = pdp, pdp.pack, builder, enricher
        self.facts: Facts = builder.facts
        self.assume = None if self.facts.has("staff") else "Employee"
        granted = frozenset(str(row["clause"]) for row in self.facts.rows("grants"))
        self.codings = coding_of(self.pack, granted)
        self.people = People(builder, lambda n: person_key(secret, n), self.codings, assume=self.assume)
        self.hosts = Hosts(enricher, builder, self.codings.get("Site.categories"))
        self.places = Places(self.facts)
        self.numbers = Parameters.of(self.pack)
        self.duty = DutyTable(self.facts, self.people)
        self.whereabouts, self.register = Whereabouts(self.facts), Register(self.facts)
        self._plans: dict[str, ActPlan] = {}
        self._shown: dict[str, int] = {}

    def plan(self, act_id: str) -> ActPlan:
        """The plan of one act, made once."""
        found = self._plans.get(act_id)
        if found is None:
            act = self.pack.acts[act_id]
            found = plan_of(self.pdp, self.builder, act, self.codings, self.people)
            self._plans[act_id] = found
        return found

    def show(self, engine: Engine, name: str, table: pa.Table) -> None:
        """Let the engine see a table of facts, once for each number of rows: the tables here only grow."""
        if self._shown.get(name) != table.num_rows:
            engine.put(name, table)
            self._shown[name] = table.num_rows

    def show_people(self, engine: Engine, users: Iterable[int]) -> None:
        """Look up the users that are new, and let the engine see everybody."""
        if self.people.learn(users) or "people" not in self._shown:
            self.show(engine, "people", self.people.table())

    def periods(self) -> list[tuple[int, int]]:
        """(first moment in microseconds, period) of every dated state of the law but the first."""
        zone = ZoneInfo(self.pack.zone)
        days = [datetime.combine(day, time(), zone) for day in self.pdp.changes()]
        return [(microseconds(day), number) for number, day in enumerate(days, 1)]

    def named_in_facts(self, things: Things) -> set[str]:
        """Every name under which a fact about the things of an act is filed."""
        tables = {
            t.source.partition(":")[2].split(".")[0] for t in things.alone if t.source.startswith("fact:")
        }
        tables |= {"services", "devices", "software", "drives"} if any(
            t.source.startswith("derive:") for t in things.alone
        ) else set()  # fmt: skip
        return {name.lower() for table in tables for name in self._filed(table)}

    def _filed(self, table: str) -> Iterable[str]:
        key = {"sites": "host", "services": "service", "devices": "device", "software": "title",
               "drives": "drive", "works": "work", "accounts": "account"}.get(table)  # fmt: skip
        return (str(row[key]) for row in self.facts.rows(table)) if key else ()

    def permitted(self, things: Things) -> list[int] | None:
        """The users for whom person and thing matter together; None for everybody."""
        if things.together:
            return None
        return [user for user in self.people.met() if things.specific(self.people.names.get(user, ""))]

    def people_by_key(self) -> dict[object, str]:
        """Every name that a fact knows, by the lake's key of it."""
        return dict[object, str](self.people.names.items())

    def name_of(self, kind: str, key: object) -> str:
        """The name of a thing as facts know it, from what the lake calls it."""
        if kind == "host":
            return self.hosts.texts.get(int(str(key)), UNLISTED)
        if kind == "person":
            return self.people.names.get(int(str(key)), UNLISTED)
        return str(key)
