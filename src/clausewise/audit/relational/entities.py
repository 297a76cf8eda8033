"""A scope over Cedar's own data: a table for each type of entity, joined wherever a policy looks at one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from clausewise.audit.relational import cedar_data, nodes
from clausewise.audit.relational.cedar_data import Place, Shape
from clausewise.audit.relational.dialect import Dialect
from clausewise.audit.relational.nodes import Node
from clausewise.audit.relational.types import LONG, RECORD, Alternatives, Entity, SetOf, Type, Value

Json = dict[str, Any]
KEY, ABOVE, REQUEST = "entity_key", "above", "request"
Column = tuple[str, Type, bool]
"""Name, type, and whether it holds a map from tag to a value of that type."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of typed columns; these are numbered, because engines do not tell `a` from `A` and Cedar does."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]

    def declared(self, dialect: Dialect) -> str:
        """The columns with their types, as `CREATE TABLE` takes them between its parentheses."""
        kinds = [
            dialect.map_type(of) if mapped else dialect.column_type(of) for _, of, mapped in self.columns
        ]
        names = [name for name, _, _ in self.columns]
        return ", ".join(f"{name} {kind.sql(dialect.name)}" for name, kind in zip(names, kinds, strict=True))


class Store:
    """Entities and the requests of one environment (types of principal and resource, one action), as tables.

    Raises:
        Uncompilable: an attribute has values of several types.
    """

    def __init__(self, entities: Sequence[Json], requests: Sequence[Json]) -> None:
        first = requests[0]
        self.principal_type: str = first["principal"]["type"]
        self.action: Json = first["action"]
        self.resource_type: str = first["resource"]["type"]
        self.above = closure(entities)
        self.tables: dict[str, Table] = {}
        self.attributes: dict[str, Mapping[str, Shape]] = {}
        self.tags: dict[str, Shape] = {}
        for number, kind in enumerate(sorted({e["uid"]["type"] for e in entities})):
            self._add(kind, f"entities_{number}", [e for e in entities if e["uid"]["type"] == kind])
        self.context = _record_shape(request["context"] for request in requests)
        leaves = tuple(cedar_data.leaves(self.context))
        keys = Entity("")
        fixed: tuple[Column, ...] = (
            ("number", LONG, False),
            ("principal", keys, False),
            ("resource", keys, False),
        )
        rows = tuple(
            (
                number,
                cedar_data.key(request["principal"]),
                cedar_data.key(request["resource"]),
                *(cedar_data.cell(request["context"], place, of) for place, of in leaves),
            )
            for number, request in enumerate(requests)
        )
        self.tables[""] = Table(REQUEST, (*fixed, *_columns("c", leaves)), rows)

    def _add(self, kind: str, name: str, entities: Sequence[Json]) -> None:
        self.attributes[kind] = _record_shape(entity["attrs"] for entity in entities)
        tags = [value for entity in entities for value in entity.get("tags", {}).values()]
        leaves = tuple(cedar_data.leaves(self.attributes[kind]))
        mapped: tuple[tuple[Place, Type], ...] = ()
        if tags:
            self.tags[kind] = cedar_data.merged(cedar_data.shape_of(value) for value in tags)
            mapped = tuple(cedar_data.leaves({"": self.tags[kind]}))
        fixed: tuple[Column, ...] = ((KEY, Entity(kind), False), (ABOVE, SetOf(Entity("")), False))
        columns = (*fixed, *_columns("a", leaves), *_columns("t", mapped, mapped=True))
        rows = tuple(
            (
                cedar_data.key(entity["uid"]),
                sorted(self.above[cedar_data.key(entity["uid"])]),
                *(cedar_data.cell(entity["attrs"], place, of) for place, of in leaves),
                *(_tag_map(entity.get("tags", {}), place, of) for place, of in mapped),
            )
            for entity in entities
        )
        self.tables[kind] = Table(name, columns, rows)


class EntityScope:
    """The scope of a store: each entity that a policy looks at becomes a LEFT JOIN, so a missing one is NULL."""

    def __init__(self, store: Store, dialect: Dialect) -> None:
        self.store, self.dialect = store, dialect
        self.principal_type, self.resource_type = store.principal_type, store.resource_type
        self.action = str(store.action["id"])
        self._joins: dict[tuple[str, Node], str] = {}

    def source(self) -> str:
        """The FROM clause over everything that was asked for so far, in the engine's SQL."""
        joins = [
            f"LEFT JOIN {self.store.tables[kind].name} AS {alias}"
            f" ON {alias}.{KEY} = ({key.sql(self.dialect.name)})"
            for (kind, key), alias in self._joins.items()
        ]
        return " ".join([f"FROM {REQUEST}", *joins])

    def variable(self, name: str) -> Value:
        if name == "context":
            return Value(RECORD, nodes.boolean(True), _fields(self.store.context, "c", _column_of(REQUEST)))
        if name == "action":
            return self.entity(self.store.action["type"], self.action)
        kind = self.principal_type if name == "principal" else self.resource_type
        return Value(Entity(kind), exp.column(name, table=REQUEST))

    def entity(self, type_name: str, entity_id: str) -> Value:
        return Value(Entity(type_name), nodes.text(cedar_data.key({"type": type_name, "id": entity_id})))

    def attribute(self, of: Value, name: str) -> Value | None:
        assert isinstance(of.type, Entity)
        shapes = self.store.attributes.get(of.type.name, {})
        if name not in shapes:
            return None
        (found,) = _fields(shapes, "a", _column_of(self._joined(of)))[name]
        return found

    def tag(self, of: Value, key: Node) -> Value | None:
        assert isinstance(of.type, Entity)
        if of.type.name not in self.store.tags:
            return None
        column = _column_of(self._joined(of))
        shapes = {"": self.store.tags[of.type.name]}
        (found,) = _fields(shapes, "t", lambda name: self.dialect.lookup(column(name), key))[""]
        return found

    def ancestors(self, of: Value) -> Node | None:
        assert isinstance(of.type, Entity)
        table = self.store.tables.get(of.type.name)
        if table is None or not any(row[1] for row in table.rows):
            return None
        return exp.column(ABOVE, table=self._joined(of))

    def never_null(self, column: exp.Column) -> bool:
        return column.table == REQUEST and column.name in ("principal", "resource")

    def _joined(self, of: Value) -> str:
        assert isinstance(of.type, Entity)
        return self._joins.setdefault((of.type.name, of.sql), f"e{len(self._joins)}")


def closure(entities: Iterable[Json]) -> dict[str, frozenset[str]]:
    """Key of each entity to the keys of everything above it, through any number of steps."""
    parents = {cedar_data.key(e["uid"]): [cedar_data.key(p) for p in e.get("parents", ())] for e in entities}
    found = {}
    for start in parents:
        seen: set[str] = set()
        ahead = list(parents[start])
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += parents.get(one, ())
        found[start] = frozenset(seen)
    return found


def _record_shape(records: Iterable[Json]) -> Mapping[str, Shape]:
    found = cedar_data.merged(cedar_data.shape_of(record) for record in records)
    assert isinstance(found, Mapping)
    return found


def _columns(prefix: str, leaves: Sequence[tuple[Place, Type]], *, mapped: bool = False) -> list[Column]:
    return [(f"{prefix}{number}", of, mapped) for number, (_, of) in enumerate(leaves)]


def _tag_map(tags: Json, place: Place, of: Type) -> dict[str, object]:
    cells = {name: cedar_data.cell({"": value}, place, of) for name, value in tags.items()}
    return {name: value for name, value in cells.items() if value is not None}


def _column_of(table: str) -> Callable[[str], Node]:
    return lambda name: exp.column(name, table=table)


def _fields(
    shapes: Mapping[str, Shape], prefix: str, column: Callable[[str], Node]
) -> dict[str, Alternatives]:
    """The fields of a record as values over its numbered columns."""
    numbers = {place: number for number, (place, _) in enumerate(cedar_data.leaves(shapes))}

    def fields(inner: Mapping[str, Shape], above: Place) -> dict[str, Alternatives]:
        found: dict[str, Alternatives] = {}
        for name, shape in inner.items():
            place = (*above, name)
            sql = column(f"{prefix}{numbers[place]}")
            if isinstance(shape, Mapping):
                found[name] = (Value(RECORD, sql, fields(shape, place)),)
            else:
                found[name] = (Value(shape, sql),)
        return found

    return fields(shapes, ())
