"""The events of one class with every field that windows may read: who, whose device, where, on duty or not."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from clausewise.audit.plan.candidates import NOBODY, ClassPlan, fields_read
from clausewise.audit.plan.conditions import Conditions
from clausewise.audit.plan.duty import DAY
from clausewise.audit.plan.engine import Engine
from clausewise.audit.plan.fields import Fields
from clausewise.audit.plan.world import World
from clausewise.model.law import Window

VIEW = "v"
OWNED = {"auth": "account", "mailbox": "mailbox"}
"""The column of a class that names what belongs to a person."""


class View:
    """Which columns and joins the windows of one class need; `fields` are the columns of its query."""

    def __init__(self, world: World, plan: ClassPlan, windows: list[Window]) -> None:
        self.world, self.plan, self.cls = world, plan, plan.cls
        self.read = {name for window in windows for name in fields_read(window)} | {"time"}
        own = self.plan.fields.expressions
        self.columns: dict[str, exp.Expr] = {name: own[name] for name in self.read & own.keys()}
        self.columns |= self._made()
        flags = self.plan.fields.flags
        columns = {name: exp.column(name, VIEW) for name in self.columns}
        self.fields = Fields(columns, flags)
        self.conditions = Conditions(
            self.fields, self.plan.conditions.words_bits, self.plan.conditions.number, VIEW
        )

    def _made(self) -> dict[str, exp.Expr]:
        """Fields that a join makes, beside those of the class."""
        made: dict[str, exp.Expr] = {"time": exp.column("time", "e")}
        if "person" in self.read:
            made["person"] = exp.maybe_parse("COALESCE(p.person, NULLIF(e_usr, 0))").transform(self._usr)
        if "owner" in self.read and self.cls in OWNED:
            owned = exp.column(OWNED[self.cls], "e")
            made["owner"] = exp.func("COALESCE", exp.column("person", "w"), owned)
        if "duty" in self.read:
            made["duty"] = exp.func("COALESCE", exp.column("duty", "d"), exp.convert("unknown"))
        if "place" in self.read and self.plan.address is not None:
            made["place"] = exp.column("place", "o")
        if self.needs_register:
            made |= {name: exp.column(name, "y") for name in ("device_owner", "assigned")}
        if self.plan.on_hosts:
            made["mask"] = exp.column("mask", "h")
        return made

    def _usr(self, node: exp.Expr) -> exp.Expr:
        return self.plan.user() if isinstance(node, exp.Column) and node.name == "e_usr" else node

    @property
    def needs_register(self) -> bool:
        """Whether some window asks whose a device is."""
        return bool({"device_owner", "assigned"} & self.read) and "device" in self.plan.columns

    def query(self, relation: str) -> exp.Select:
        """The events with these fields; nobody is beside a category that is never joined with a person (rule 13)."""
        query = exp.select(*(exp.alias_(column.copy(), name) for name, column in self.columns.items()))
        query = self.plan.joined(query.from_(exp.to_table(relation, alias="e")))
        within = "e.time >= {0}.since AND e.time < {0}.until"
        if "owner" in self.columns:
            on = f"w.user = e.{OWNED[self.cls]} AND {within.format('w')}"
            query = query.join("people AS w", on=on, join_type="left")
        if "duty" in self.columns:
            user = self.plan.user().sql(dialect="duckdb")
            on = f"d.user = {user} AND d.day = e.time // {DAY} AND {within.format('d')}"
            query = query.join("duty AS d", on=exp.maybe_parse(on, dialect="duckdb"), join_type="left")
        if "place" in self.columns and self.plan.address is not None:
            address = self.plan.address.sql(dialect="duckdb")
            on = f"o.address = {address} AND {within.format('o')}"
            query = query.join("whereabouts AS o", on=on, join_type="left")
        if self.needs_register:
            query = query.join(
                "register AS y", on=f"y.device = e.device AND {within.format('y')}", join_type="left"
            )
        return query.where("NOT COALESCE(h.private, FALSE)") if self.plan.on_hosts else query

    def learn(self, engine: Engine, relation: str, low: int, high: int) -> None:
        """Let the engine see the tables that the query joins, with everything of this relation in them."""
        world = self.world
        self._learn_events(engine, relation)
        if "duty" in self.columns:
            world.duty.learn(world.people.met(), low, high)
            world.show(engine, "duty", world.duty.table())

    def _learn_events(self, engine: Engine, relation: str) -> None:
        world = self.world
        world.show_people(engine, self._people(engine, relation))
        if self.plan.on_hosts:
            world.show(engine, "hosts", world.hosts.table())
        if self.plan.has_programs:
            world.show(engine, "programs", world.hosts.programs())
        if "place" in self.columns and self.plan.address is not None:
            met = self._distinct(engine, relation, self.plan.address)
            world.whereabouts.learn(str(one) for one in met)
            world.show(engine, "whereabouts", world.whereabouts.table())
        if self.needs_register:
            world.register.learn(
                str(one) for one in self._distinct(engine, relation, exp.column("device", "e"))
            )
            world.show(engine, "register", world.register.table())

    def _people(self, engine: Engine, relation: str) -> Iterator[int]:
        columns = [self.plan.actor] if self.plan.actor is not None else []
        if "owner" in self.columns:
            columns.append(exp.column(OWNED[self.cls], "e"))
        for column in columns:
            yield from (int(str(one)) for one in self._distinct(engine, relation, column))

    def _distinct(self, engine: Engine, relation: str, column: exp.Expr) -> list[object]:
        query = exp.select(exp.alias_(column.copy(), "one")).distinct()
        found = engine.rows(query.from_(exp.to_table(relation, alias="e"))).column(0).to_pylist()
        return [one for one in found if one is not None and one != NOBODY]


class CandidateView(View):
    """The same fields over the table of candidates, for windows that find all their events there."""

    def _made(self) -> dict[str, exp.Expr]:
        made = super()._made()
        made["time"], made["mask"] = exp.column("time", "c"), exp.column("mask", "c")
        if "person" in self.read:
            made["person"] = exp.maybe_parse("COALESCE(c.person, NULLIF(c.usr, 0))")
        return made

    def _learn_events(self, engine: Engine, relation: str) -> None:
        """Whoever is among the candidates was looked up before they were made."""

    def query(self, relation: str) -> exp.Select:
        """The candidates with these fields."""
        own = self.plan.fields.expressions
        made = self._made()
        columns = {name: made.get(name, exp.column(f"f_{name}", "c")) for name in self.columns}
        assert self.columns.keys() <= own.keys() | made.keys()
        query = exp.select(*(exp.alias_(column.copy(), name) for name, column in columns.items()))
        query = query.from_(exp.to_table(relation, alias="c"))
        if "duty" in self.columns:
            on = f"d.user = c.usr AND d.day = c.time // {DAY} AND c.time >= d.since AND c.time < d.until"
            query = query.join("duty AS d", on=exp.maybe_parse(on, dialect="duckdb"), join_type="left")
        return query
