"""Where a policy's values come from: one scope for each act, kind of person and kind of thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from clausewise.audit.relational import nodes
from clausewise.audit.relational.types import RECORD, Entity, Value


class Uncompilable(ValueError):
    """What no column can answer; the message is `place: problem; remedy`."""


class Scope(Protocol):
    """A request environment: every type is known while compiling, so type errors and `is` become constants.

    Entity keys are unique across types; where `of` is NULL, what these return is NULL too.
    """

    @property
    def principal_type(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def resource_type(self) -> str: ...

    def variable(self, name: str) -> Value:
        """`principal`, `action`, `resource` or `context`."""
        ...

    def attribute(self, of: Value, name: str) -> Value | None:
        """An attribute of an entity; None if entities of this type have no such attribute."""
        ...

    def tag(self, of: Value, key: exp.Expression) -> Value | None:
        """The tag of an entity under a computed key; None if entities of this type have no tags."""
        ...

    def entity(self, type_name: str, entity_id: str) -> Value:
        """An entity that a policy names."""
        ...

    def ancestors(self, of: Value) -> exp.Expression | None:
        """The list of keys of everything that an entity is in; None if entities of this type are in nothing."""
        ...

    def never_null(self, column: exp.Column) -> bool:
        """Whether the scope vouches that this column is never NULL (see `necessary`)."""
        ...


@dataclass(frozen=True, slots=True)
class Columns:
    """A scope of plain columns, by the paths that policies read: `principal.status`, `context.duty`.

    There are no keys, tags or hierarchy: a policy that compares who somebody is, and not what is known about
    them, is refused (unless `principal` or `resource` is itself among the values).
    `known` names the paths whose columns are never NULL.
    """

    principal_type: str
    action: str
    resource_type: str
    values: Mapping[str, Value]
    known: frozenset[str] = frozenset()

    def variable(self, name: str) -> Value:
        if name == "context":
            fields = {
                path.removeprefix("context."): (value,)
                for path, value in self.values.items()
                if path.startswith("context.")
            }
            return Value(RECORD, nodes.boolean(True), fields)
        if name == "action":
            return self.entity("Action", self.action)
        kind = self.principal_type if name == "principal" else self.resource_type
        return self.values.get(name) or Value(Entity(kind), exp.Placeholder(this=name))

    def attribute(self, of: Value, name: str) -> Value | None:
        variables = ("principal", "resource")
        owner = next((v for v in variables if self.variable(v).sql == of.sql), None)
        if owner is None:
            raise Uncompilable(
                f"`.{name}` of an entity that the policy names or computes; read principal's or resource's"
            )
        return self.values.get(f"{owner}.{name}")

    def tag(self, of: Value, key: exp.Expression) -> Value | None:
        return None

    def entity(self, type_name: str, entity_id: str) -> Value:
        if type_name == "Action":
            return Value(Entity(type_name), nodes.text(entity_id))
        return Value(Entity(type_name), exp.Placeholder(this=entity_id))

    def ancestors(self, of: Value) -> exp.Expression | None:
        if of.type == Entity("Action"):
            return None
        raise Uncompilable(
            "`in` of a person or thing, which have no hierarchy here; test an attribute instead"
        )

    def never_null(self, column: exp.Column) -> bool:
        return any(self.values[path].sql == column for path in self.known)
