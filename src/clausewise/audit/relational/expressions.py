"""The walk over one Cedar expression: each operator becomes SQL over the values that a scope hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlglot import exp

from clausewise.audit.relational import algebra, extensions, nodes, patterns, vocabulary
from clausewise.audit.relational.algebra import lift, only
from clausewise.audit.relational.dialect import Dialect
from clausewise.audit.relational.nodes import Node
from clausewise.audit.relational.scope import Scope, Uncompilable
from clausewise.audit.relational.types import (
    BOOL,
    DATETIME,
    DURATION,
    LONG,
    RECORD,
    STRING,
    Alternatives,
    Entity,
    SetOf,
    Value,
    Word,
)
from clausewise.pdp.tree import Json

DEEPEST = 60
"""Levels of one expression; engines and printers run out of stack some way beyond."""

Path = tuple[str | int, ...]
"""Keys from the root of `Policy.source` to a node."""

ORDER: dict[str, nodes.Kind] = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
ORDERED = (LONG, DATETIME, DURATION)
OF_SETS = {
    "contains": algebra.contains,
    "containsAll": algebra.contains_all,
    "containsAny": algebra.contains_any,
}


def operands_of(node: Json, operator: str, path: Path = ()) -> Iterable[tuple[Path, Json]]:
    """The operands of a chain of one operator, left to right, each with its path.

    `(a && b) && c` and `a && (b && c)` are the same to Cedar, errors included.
    """
    inner = node.get(operator)
    if not isinstance(inner, dict):
        yield path, node
        return
    for side in ("left", "right"):
        yield from operands_of(inner[side], operator, (*path, operator, side))


class Expressions:
    """Compiles expressions for one scope and one engine."""

    def __init__(self, scope: Scope, dialect: Dialect) -> None:
        self.scope, self.dialect, self._depth = scope, dialect, 0

    def compiled(self, node: Json) -> Alternatives:
        """The value of an expression.

        Raises:
            Uncompilable: the operator is not known, or the expression is too deep.
        """
        ((operator, operands),) = node.items()
        if self._depth >= DEEPEST:
            raise Uncompilable(f"an expression of more than {DEEPEST} levels; split the policy")
        self._depth += 1
        if operator in extensions.CONSTRUCTED:
            found = extensions.construct(operator, [self.compiled(argument) for argument in operands])
        elif operator in extensions.METHODS:
            found = extensions.invoke(self.dialect, operator, [self.compiled(a) for a in operands])
        elif operator in OPERATORS:
            found = OPERATORS[operator](self, operator, operands)
        else:
            raise Uncompilable(f"`{operator}` is not an operator of this compiler; write it another way")
        self._depth -= 1
        return found

    def boolean(self, node: Json) -> Node:
        """The expression as a condition; of another type it is NULL, an error."""
        return only(self.compiled(node), BOOL)

    def named(self, entity: Json) -> Value:
        """The entity that a policy names."""
        return self.scope.entity(str(entity["type"]), str(entity["id"]))

    def inside(self, value: Value, groups: Iterable[Value]) -> Node:
        """Whether an entity is one of `groups` or below one; of an entity that no table knows, FALSE."""
        above = self.scope.ancestors(value)
        found = []
        for group in groups:
            found.append(algebra.equal(self.dialect, value, group))
            if above is not None:
                found.append(_surely(self.dialect.has(above, group.sql)))
        return nodes.some(found)

    def _pair(self, operands: Json) -> tuple[Alternatives, Alternatives]:
        return self.compiled(operands["left"]), self.compiled(operands["right"])

    # ---- literals, variables, records ------------------------------------------------------------------
    def _value(self, _: str, literal: object) -> Alternatives:
        match literal:
            case bool():
                return (Value(BOOL, nodes.boolean(literal)),)
            case int():
                return (Value(LONG, nodes.number(literal)),)
            case str():
                return (Value(STRING, nodes.text(literal), constant=literal),)
            case {"__entity": entity}:
                return (self.named(entity),)
        raise Uncompilable(f"the literal {literal!r} is of no known type; write it with its constructor")

    def _variable(self, _: str, name: str) -> Alternatives:
        return (self.scope.variable(name),)

    def _set(self, _: str, elements: list[Json]) -> Alternatives:
        return algebra.literal_set(self.dialect, [self.compiled(element) for element in elements])

    def _record(self, _: str, fields: dict[str, Json]) -> Alternatives:
        return algebra.record({name: self.compiled(node) for name, node in fields.items()})

    # ---- truth -----------------------------------------------------------------------------------------
    def _chain(self, operator: str, operands: Json) -> Alternatives:
        parts = [self.boolean(node) for _, node in operands_of({operator: operands}, operator)]
        return (Value(BOOL, self.chained(parts, operator)),)

    def chained(self, parts: list[Node], operator: str) -> Node:
        """`&&` or `||` over conditions."""
        return self.dialect.chain(parts, stops_at=operator == "||")

    def _not(self, _: str, operands: Json) -> Alternatives:
        return (Value(BOOL, nodes.negate(self.boolean(operands["arg"]))),)

    def _if(self, _: str, operands: Json) -> Alternatives:
        condition = self.boolean(operands["if"])
        then, otherwise = self.compiled(operands["then"]), self.compiled(operands["else"])
        return algebra.choose(self.dialect, condition, then, otherwise)

    # ---- numbers and comparisons -----------------------------------------------------------------------
    def _negative(self, _: str, operands: Json) -> Alternatives:
        # In SQL `-x` of the smallest number is that number itself; 0 - x overflows, as it should.
        return self._computed("-", {"left": {"Value": 0}, "right": operands["arg"]})

    def _computed(self, operator: str, operands: Json) -> Alternatives:
        left, right = (only(side, LONG) for side in self._pair(operands))
        if nodes.is_null(left) or nodes.is_null(right):
            return ()
        return (Value(LONG, self.dialect.arithmetic(operator, left, right)),)

    def _ordered(self, operator: str, operands: Json) -> Alternatives:
        def one(left: Value, right: Value) -> Iterable[Value]:
            if left.type == right.type and left.type in ORDERED:
                yield Value(BOOL, nodes.binary(ORDER[operator], left.sql, right.sql))

        return lift(one, *self._pair(operands))

    def _equal(self, operator: str, operands: Json) -> Alternatives:
        def one(left: Value, right: Value) -> Iterable[Value]:
            same = algebra.equal(self.dialect, left, right)
            yield Value(BOOL, same if operator == "==" else nodes.negate(same))

        return lift(one, *self._pair(operands))

    def _like(self, _: str, operands: Json) -> Alternatives:
        pattern = patterns.read(operands["pattern"])

        def one(value: Value) -> Iterable[Value]:
            if isinstance(value.type, Word):
                yield Value(BOOL, vocabulary.chosen(value, lambda word: patterns.matches(word, pattern)))
            elif value.type == STRING:
                yield Value(BOOL, self.dialect.like(value.sql, pattern))

        return lift(one, self.compiled(operands["left"]))

    # ---- sets ------------------------------------------------------------------------------------------
    def _of_sets(self, operator: str, operands: Json) -> Alternatives:
        return lift(lambda a, b: OF_SETS[operator](self.dialect, a, b), *self._pair(operands))

    def _empty(self, _: str, operands: Json) -> Alternatives:
        return lift(lambda group: algebra.is_empty(self.dialect, group), self.compiled(operands["arg"]))

    # ---- attributes and tags ---------------------------------------------------------------------------
    def _field(self, value: Value, name: str) -> Alternatives | None:
        """The attribute of a record or an entity; None if `value` is neither, which is an error."""
        if value.type == RECORD:
            return value.fields.get(name, ())
        if isinstance(value.type, Entity):
            found = self.scope.attribute(value, name)
            return () if found is None else (found,)
        return None

    def _attribute(self, _: str, operands: Json) -> Alternatives:
        name = str(operands["attr"])
        return lift(lambda value: self._field(value, name) or (), self.compiled(operands["left"]))

    def _has(self, _: str, operands: Json) -> Alternatives:
        def one(value: Value) -> Iterable[Value]:
            field = self._field(value, str(operands["attr"]))
            if field is not None:
                yield Value(BOOL, nodes.guarded([value.sql], algebra.exists(field)))

        return lift(one, self.compiled(operands["left"]))

    def _tag(self, operator: str, operands: Json) -> Alternatives:
        def one(entity: Value, key: Value) -> Iterable[Value]:
            key = vocabulary.plain(self.dialect, key)
            if not isinstance(entity.type, Entity) or key.type != STRING:
                return
            found = self.scope.tag(entity, key.sql)
            if operator == "hasTag":
                there = nodes.boolean(False) if found is None else nodes.present(found.sql)
                yield Value(BOOL, nodes.guarded([entity.sql, key.sql], there))
            elif found is not None:
                yield found

        return lift(one, *self._pair(operands))

    # ---- entities --------------------------------------------------------------------------------------
    def _is(self, _: str, operands: Json) -> Alternatives:
        if "in" in operands:  # `e is T in g` is `e is T && e in g`
            named = {"is": {"left": operands["left"], "entity_type": operands["entity_type"]}}
            within = {"in": {"left": operands["left"], "right": operands["in"]}}
            return self._chain("&&", {"left": named, "right": within})

        def one(value: Value) -> Iterable[Value]:
            if isinstance(value.type, Entity):
                found = nodes.boolean(value.type.name == operands["entity_type"])
                yield Value(BOOL, nodes.guarded([value.sql], found))

        return lift(one, self.compiled(operands["left"]))

    def _in(self, _: str, operands: Json) -> Alternatives:
        def one(value: Value, group: Value) -> Iterable[Value]:
            if isinstance(value.type, Entity) and isinstance(group.type, Entity):
                yield Value(BOOL, nodes.guarded([value.sql, group.sql], self.inside(value, [group])))
            elif isinstance(value.type, Entity) and isinstance(group.type, SetOf):
                yield Value(BOOL, self._inside_set(value, group, group.type))

        return lift(one, *self._pair(operands))

    def _inside_set(self, value: Value, groups: Value, of: SetOf) -> Node:
        if not isinstance(of.element, Entity):
            # Cedar errs on an element that is no entity; an empty set has none.
            empty = nodes.every([nodes.present(value.sql), self.dialect.is_empty(groups.sql)])
            return nodes.when(empty, nodes.boolean(False))
        above = self.scope.ancestors(value)
        found = [self.dialect.has(groups.sql, value.sql)]
        if above is not None:
            found.append(_surely(self.dialect.has_any(above, groups.sql)))
        return nodes.guarded([value.sql, groups.sql], nodes.some(found))


def _surely(test: Node) -> Node:
    """The test with NULL, which here is an entity that no table knows, as FALSE."""
    return nodes.first_known([test, nodes.boolean(False)])


OPERATORS: dict[str, Callable[[Expressions, str, Any], Alternatives]] = {
    "Value": Expressions._value,
    "Var": Expressions._variable,
    "Set": Expressions._set,
    "Record": Expressions._record,
    "!": Expressions._not,
    "neg": Expressions._negative,
    "like": Expressions._like,
    "isEmpty": Expressions._empty,
    ".": Expressions._attribute,
    "has": Expressions._has,
    "is": Expressions._is,
    "in": Expressions._in,
    "if-then-else": Expressions._if,
    **dict.fromkeys(("&&", "||"), Expressions._chain),
    **dict.fromkeys(("==", "!="), Expressions._equal),
    **dict.fromkeys(ORDER, Expressions._ordered),
    **dict.fromkeys(("+", "-", "*"), Expressions._computed),
    **dict.fromkeys(OF_SETS, Expressions._of_sets),
    **dict.fromkeys(("getTag", "hasTag"), Expressions._tag),
}
