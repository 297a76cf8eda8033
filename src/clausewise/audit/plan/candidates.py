"""Picks out, of all events of a class, those that some act's log rule speaks of, joined to hosts and people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from clausewise.audit.judge import NOBODY_IN_PARTICULAR
from clausewise.audit.lake.columns import LAKE
from clausewise.audit.plan.conditions import Condition, Conditions
from clausewise.audit.plan.fields import OF_HOSTS, PROGRAM, fields_of
from clausewise.audit.plan.people import column_of
from clausewise.audit.plan.questions import PLACE, ActPlan
from clausewise.audit.plan.world import World
from clausewise.audit.windows.measure import measure_of, windows_of
from clausewise.model.law import LogRule, Window

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One log rule of one act. `kind` says what the key of its thing is: a host, a person, or a text."""

    plan: ActPlan
    rule: LogRule
    number: int
    kind: str

    @property
    def flag(self) -> str:
        """The column of the candidates that tells whether an event meets the rule."""
        return f"r{self.number}"

    @property
    def key_type(self) -> pa.DataType:
        """The type of the key of its thing."""
        return pa.string() if self.kind == "text" else pa.int64()


class ClassPlan:
    """How the events of one class become candidates."""

    def __init__(self, world: World, cls: str) -> None:
        self.world, self.cls, self.lake = world, cls, LAKE[cls]
        self.columns = {field.name: _kind(field.type) for field in self.lake.schema}
        self.fields = fields_of(cls, self.columns, world.numbers)
        self.conditions = Conditions(self.fields, world.enricher.words_bits, self._number)
        self.on_hosts = cls in OF_HOSTS
        self.has_programs = cls in PROGRAM
        self.windows = (
            [w for w in windows_of(world.pack) if cls in w.classes and on_hosts(w)] if self.on_hosts else []
        )
        self.by_address = cls in NOBODY_IN_PARTICULAR
        self.anybody = world.assume is not None or self.by_address
        self.rules = [
            Rule(world.plan(act.id), rule, number, self._thing_kind(rule.resource))
            for number, (act, rule) in enumerate(
                (act, rule)
                for act in world.pack.acts.values()
                for rule in act.logs
                if rule.cls == cls and self.fields.get(rule.resource) is not None
            )
        ]

    def _number(self, name: str) -> int:
        return int(str(self.world.pack.parameter(name)))

    def _thing_kind(self, resource: str) -> str:
        if resource == "host":
            return "host"
        return "person" if resource in self.lake.persons else "text"

    @property
    def actor(self) -> exp.Expr | None:
        """Who acted: in a sign-in the user already signed in if the log says so, else the account's own name."""
        if self.cls == "auth":
            return exp.func("COALESCE", exp.column("user", "e"), exp.column("account", "e"))
        return exp.column("user", "e") if "user" in self.columns else None

    @property
    def address(self) -> exp.Expr | None:
        """Where an event came from."""
        name = "src_ip" if "src_ip" in self.columns else "ip" if "ip" in self.columns else ""
        return exp.column(name, "e") if name else None

    def users(self, relation: str) -> exp.Select:
        """The distinct users of a slab."""
        assert self.actor is not None
        return exp.select(exp.alias_(self.actor, "usr")).distinct().from_(exp.to_table(relation, alias="e"))

    @property
    def program(self) -> exp.Expr:
        """What names the program of an event."""
        return exp.maybe_parse(PROGRAM[self.cls], dialect="duckdb")

    def programs(self, relation: str) -> exp.Select:
        """The distinct names of programs."""
        query = exp.select(exp.alias_(self.program, "program")).distinct()
        return query.from_(exp.to_table(relation, alias="e")).where(f"NOT {PROGRAM[self.cls]} IS NULL")

    def masks(self, relation: str) -> exp.Select:
        """Events by the categories of their host."""
        return (
            exp.select("h.mask", exp.alias_(exp.Count(this=exp.Star()), "events"))
            .from_(exp.to_table(relation, alias="e"))
            .join("hosts AS h", on="h.host = e.host", join_type="inner")
            .where("h.mask <> 0")
            .group_by("h.mask")
        )

    def hosts_wanted(self) -> exp.Select:
        """Every host, with whether some rule or window could want an event of it: asked once, not per event."""
        wanted = [self._of_host(when) for when in self._asked()]
        told = exp.or_(*(one for one in wanted if one is not None)) if any(wanted) else exp.false()
        query = exp.select("h.*", exp.alias_(told, "wanted")).from_("hosts AS h")
        return query.where("NOT h.private")

    def _asked(self) -> list[tuple[Condition, ...]]:
        return [rule.rule.when for rule in self.rules] + [window.where for window in self.windows]

    def _of_host(self, when: tuple[Condition, ...]) -> exp.Expr | None:
        """What some conditions ask of the host alone; None if they ask nothing of it."""
        parts = [self.conditions.one(condition) for condition in when]
        alone = [part for part in parts if {c.table for c in part.find_all(exp.Column)} <= {"h"}]
        return exp.and_(*alone) if alone else None

    def candidates(self, relation: str) -> exp.Select:
        """Every event that may meet a rule or a window, with its fields and a flag per rule."""
        query = exp.select(*(exp.column(name, "e") for name in PLACE))
        query = query.select(exp.alias_(self.user(), "usr"))
        for name in sorted(self._fields_read()):
            query = query.select(exp.alias_(self.fields.expressions[name].copy(), f"f_{name}"))
        for name in ("mask", "words") if self.on_hosts else ():
            query = query.select(exp.column(name, "h"))
        for name in self._person_columns():
            query = query.select(exp.column(name, "p"))
        if self.address is not None:
            query = query.select(exp.alias_(self.address, "address"))
        for rule in self.rules:
            query = query.select(exp.alias_(self.conditions.all_of(rule.rule.when), rule.flag))
        query = self.joined(query.from_(exp.to_table(relation, alias="e")), hosts=self.hosts)
        return query.where(self._worth_a_look())

    @property
    def hosts(self) -> str:
        """The table made of `hosts_wanted`."""
        return f"hosts_{self.cls}"

    def _worth_a_look(self) -> exp.Expr:
        """What every candidate meets, as cheap to ask as can be."""
        if not self.on_hosts:
            return exp.or_(*(self.conditions.all_of(rule.rule.when) for rule in self.rules))
        others = [when for when in self._asked() if self._of_host(when) is None]
        looks = [exp.maybe_parse("h.wanted")]
        for when in others:
            met = self.conditions.all_of(when)
            tables = {column.table for column in met.find_all(exp.Column)}
            looks.append(exp.maybe_parse("NOT e.program IS NULL") if "g" in tables else met)
        # A host that is not in the table is in a category that is never joined with a person (rule 13).
        return exp.and_(exp.or_(*looks), "NOT h.host IS NULL")

    def user(self) -> exp.Expr:
        """The key of who acted; 0 for nobody."""
        nobody = exp.Literal.number(NOBODY)
        return exp.func("COALESCE", self.actor, nobody) if self.actor is not None else nobody

    def _fields_read(self) -> set[str]:
        """Fields that a rule takes its thing from, or a question an attribute."""
        read = {rule.rule.resource for rule in self.rules}
        for rule in self.rules:
            for attribute in rule.plan.attributes.values():
                read |= {s.partition(":")[2] for s in attribute.sources if s.startswith("event:")}
        read |= {"host"} if self.on_hosts else set()
        for window in self.windows:
            read |= set(fields_read(window))
        return read & self.fields.expressions.keys()

    def _person_columns(self) -> list[str]:
        return ["person", "ptype", "granted", *(column_of(path) for path in self.world.people.paths)]

    def joined(self, query: exp.Select, hosts: str = "hosts") -> exp.Select:
        """A query over the events `e`, joined to their hosts, programs and people."""
        if self.on_hosts:
            query = query.join(f"{hosts} AS h", on="h.host = e.host", join_type="left")
        if self.has_programs:
            query = query.join(
                "programs AS g", on=exp.column("program", "g").eq(self.program), join_type="left"
            )
        who = self.actor if self.actor is not None else exp.Literal.number(NOBODY)
        on = exp.and_(
            exp.EQ(this=exp.column("user", "p"), expression=who.copy()),
            "e.time >= p.since",
            "e.time < p.until",
        )
        return query.join("people AS p", on=on, join_type="left")


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "bool"
    return "string" if pa.types.is_string(kind) else "number"


def on_hosts(window: Window) -> bool:
    """Whether a window counts events of certain hosts only, so that it finds them all among the candidates."""
    return any(condition[1] == "has_any" for condition in window.where)


def fields_read(window: Window) -> Iterator[str]:
    """Every field that a window reads."""
    conditions: list[Condition] = [
        *window.where,
        *window.exempt,
        *(c for e in window.edges.values() for c in e),
    ]
    yield from (str(condition[0]) for condition in conditions)
    yield from (name for name in (*window.group_by, measure_of(window).column) if name)
