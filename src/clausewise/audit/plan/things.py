"""What the facts say of each thing, and of a person and a thing together, as spans of time.

A column here holds the code of a value, or nothing where its source does not speak; the plan then asks the
next source that `attributes.toml` names, exactly as the builder of single questions does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from clausewise.audit.plan.coding import Coding
from clausewise.audit.plan.people import People, spans
from clausewise.audit.timeline import changes_of
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Act, Attribute
from clausewise.pdp.build import Builder
from clausewise.pdp.derive import PERSONAL, covers

NOBODY = 0
"""The key of nobody in joins of person and thing."""


@dataclass(frozen=True, slots=True)
class Told:
    """One source of one attribute that facts fill: `fact:sites.approved`, `derive:own_account`, a label."""

    attribute: Attribute
    source: str
    column: str

    @property
    def personal(self) -> bool:
        """Whether it looks at person and thing together."""
        kind, _, name = self.source.partition(":")
        return kind == "derive" and name in PERSONAL


def told_by_facts(attributes: Iterable[Attribute]) -> tuple[Told, ...]:
    """The sources of these attributes that facts or labels fill, each with the column that will hold it."""
    found = []
    for attribute in attributes:
        for place, source in enumerate(attribute.sources):
            kind = source.partition(":")[0]
            special = source in ("derive:duty", "derive:granted")
            if kind in ("fact", "derive", "label") and not special and attribute.owner != "principal":
                name = f"{attribute.path.replace('.', '_').lower()}_{place}"
                found.append(Told(attribute, source, name))
    return tuple(found)


class Things:
    """Spans of the things of one act. `host` tells that labels come with the host and not from here."""

    def __init__(self, builder: Builder, act: Act, codings: Mapping[str, Coding], people: People) -> None:
        self.builder, self.facts, self.act, self.people = builder, builder.facts, act, people
        self.codings = codings
        pack = builder.pack
        of_act = [a for a in pack.attributes.values() if a.path in codings]
        told = told_by_facts(of_act)
        self.alone = tuple(t for t in told if not t.personal)
        self.together = tuple(t for t in told if t.personal)
        self.granting = "context.granted" in codings
        self._things: dict[object, str] = {}
        self._rows: list[tuple[object, ...]] = []
        self._pairs: dict[tuple[int, object], None] = {}
        self._pair_rows: list[tuple[object, ...]] = []

    # ---- one thing ------------------------------------------------------------------------------------------

    def learn(self, found: Mapping[object, str]) -> bool:
        """Find the spans of things that are new, by key and name; whether any row was added."""
        before = len(self._rows)
        for key, name in found.items():
            if key not in self._things:
                self._things[key] = name
                self._rows += self._spans(key, name, changes_of_thing(self.facts, name), self.alone, None)
        return len(self._rows) > before

    def table(self, key_type: pa.DataType) -> pa.Table:
        """Every span of a thing of which some fact speaks."""
        return _table(self._rows, [("thing", key_type)], [t.column for t in self.alone])

    # ---- a person and a thing -------------------------------------------------------------------------------

    def learn_pairs(self, found: Iterable[tuple[int, object, str]]) -> bool:
        """Find the spans of pairs (user, thing) that are new; whether any row was added."""
        before = len(self._pair_rows)
        for user, key, name in found:
            if (user, key) not in self._pairs:
                self._pairs[user, key] = None
                self._pair_rows += self._of_pair(user, key, name)
        return len(self._pair_rows) > before

    def pairs(self, key_type: pa.DataType) -> pa.Table:
        """Every span of a pair, with the permissions that the person holds for the thing."""
        columns = [t.column for t in self.together] + ["granted"]
        return _table(self._pair_rows, [("user", pa.int64()), ("thing", key_type)], columns)

    @property
    def needs_pairs(self) -> bool:
        """Whether a question of this act depends on person and thing together."""
        return bool(self.together) or self.granting

    def _of_pair(self, user: int, key: object, name: str) -> Iterator[tuple[object, ...]]:
        login = self.people.names.get(user, "")
        if not self.together and not self.specific(login):
            return
        cuts = {*changes_of(self.facts, login), *changes_of_thing(self.facts, name)}
        for start, end, at in spans(cuts):
            person = self.facts.principal(login, at) if login else None
            values = [self._code(told, person, name, at) for told in self.together]
            yield user, key, start, end, *values, self._granted(person or self._unlisted(login), name, at)

    def specific(self, login: str) -> bool:
        """Whether somebody of that name was ever permitted one particular thing."""
        ids = {login} | {
            str(r["id"]) for c in ("account", "mail") for r in self.facts.ever("staff", c, login)
        }
        ids |= {str(r["owner"]) for r in self.facts.ever("accounts", "account", login) if r.get("owner")}
        return self.granting and any(
            row.get("what") for person in ids for row in self.facts.ever("grants", "person", person)
        )

    def _unlisted(self, login: str) -> str | None:
        return None if self.facts.has("staff") or not login else login

    def _granted(self, person: str | None, name: str, at: datetime) -> int | None:
        coding = self.codings.get("context.granted")
        if coding is None:
            return None
        held = self.builder.grants(person, at)
        return coding.code(frozenset(c for c, what in held if covers(what, self.act.resource, name)))

    # ---- both -----------------------------------------------------------------------------------------------

    def _spans(
        self, key: object, name: str, cuts: Iterable[datetime], told: tuple[Told, ...], person: str | None
    ) -> Iterator[tuple[object, ...]]:
        for start, end, at in spans(cuts):
            values = [self._code(one, person, name, at) for one in told]
            if any(value is not None for value in values):
                yield key, start, end, *values

    def _code(self, told: Told, person: str | None, name: str, at: datetime) -> int | None:
        value = self.builder.told(told.attribute, told.source, person, name, at)
        return None if value is None else self.codings[told.attribute.path].code(value)


def changes_of_thing(facts: Facts, name: str) -> set[datetime]:
    """Every time at which some fact about a thing of this name may change."""
    found: set[datetime] = set()
    for table in ("services", "sites", "devices", "software", "drives", "works", "accounts"):
        found.update(facts.boundaries(table, name) if facts.has(table) else ())
    if facts.has("devices"):
        found.update(facts.boundaries_where("devices", "mac", name.lower()))
    return found


def _table(
    rows: list[tuple[object, ...]], keys: list[tuple[str, pa.DataType]], columns: list[str]
) -> pa.Table:
    fields = [*keys, ("since", pa.int64()), ("until", pa.int64()), *((name, pa.int64()) for name in columns)]
    schema = pa.schema(fields)
    held = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(held, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
