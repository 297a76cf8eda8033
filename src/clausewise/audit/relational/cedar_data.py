"""Reads Cedar's JSON values into typed cells: what shape a set of data has, and what stands in each column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clausewise.audit.relational import literals
from clausewise.audit.relational.extensions import CONSTRUCTED
from clausewise.audit.relational.scope import Uncompilable
from clausewise.audit.relational.types import (
    BOOL,
    DATETIME,
    ENCODED,
    LONG,
    RECORD,
    STRING,
    Entity,
    SetOf,
    Simple,
    Type,
)

Shape = Type | Mapping[str, "Shape"]
"""The type of a value; of a record, the shapes of its fields, each of which may be missing."""

Place = tuple[str, ...]
"""Names of nested fields, outermost first."""

NOTHING: Mapping[str, Shape] = {}


def key(entity: Mapping[str, Any]) -> str:
    """The key of an entity: its type and id, as Cedar writes them but for escapes."""
    return f'{entity["type"]}::"{entity["id"]}"'


def shape_of(value: object) -> Shape:
    """The shape of one JSON value.

    Raises:
        Uncompilable: a value that this compiler does not know.
    """
    match value:
        case bool():
            return BOOL
        case int():
            return LONG
        case str():
            return STRING
        case {"__entity": {"type": kind}}:
            return Entity(str(kind))
        case {"__extn": called}:
            return _made(called)[0]
        case list():
            return SetOf(_element(value))
        case dict():
            return {str(name): shape_of(part) for name, part in value.items()}
    raise Uncompilable(f"{value!r:.60} in the data is of no known type; write it as Cedar's JSON does")


def _element(values: list[object]) -> Type | None:
    """The type of the elements of a set; several types, records and sets are written out as text."""
    kinds = {shape if isinstance(shape, Simple | Entity) else ENCODED for shape in map(shape_of, values)}
    if len(kinds) > 1 and all(isinstance(kind, Entity) for kind in kinds):
        return Entity("")
    return ENCODED if len(kinds) > 1 else next(iter(kinds), None)


def merged(shapes: Iterable[Shape]) -> Shape:
    """The shape of a column that holds all of these.

    Raises:
        Uncompilable: they are of several types.
    """
    found: Shape | None = None
    for shape in shapes:
        found = shape if found is None else _merged(found, shape)
    return NOTHING if found is None else found


def _merged(one: Shape, other: Shape) -> Shape:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        names = dict.fromkeys([*one, *other])
        return {name: merged(side[name] for side in (one, other) if name in side) for name in names}
    if isinstance(one, SetOf) and isinstance(other, SetOf):
        kinds = {kind for kind in (one.element, other.element) if kind is not None}
        if len(kinds) < 2:
            return SetOf(next(iter(kinds), None))
        return SetOf(Entity("") if all(isinstance(kind, Entity) for kind in kinds) else ENCODED)
    if one != other:
        raise Uncompilable(f"one attribute is {one} and {other} in the data; give it one type")
    return one


def leaves(fields: Mapping[str, Shape], above: Place = ()) -> Iterator[tuple[Place, Type]]:
    """Every column that a record needs, with its type; a RECORD column says whether a nested record is there."""
    for name, shape in fields.items():
        place = (*above, name)
        if isinstance(shape, Mapping):
            yield place, RECORD
            yield from leaves(shape, place)
        else:
            yield place, shape


def cell(data: Mapping[str, Any], place: Place, of: Type) -> object:
    """What stands in the column at `place` for one record; None where it is missing."""
    value: Any = data
    for name in place:
        if name not in value:
            return None
        value = value[name]
    return True if of == RECORD else plain(value, of)


def plain(value: Any, of: Type) -> object:
    """A JSON value as its column holds it."""
    match value:
        case {"__entity": entity}:
            return key(entity)
        case {"__extn": called}:
            return _made(called)[1]
        case list() if isinstance(of, SetOf):
            items: set[Any] = {encode(i) if of.element == ENCODED else plain(i, STRING) for i in value}
            return sorted(items)
    return value


def encode(value: object) -> str:
    """A value written out as `algebra.encoded` does it in SQL."""
    if isinstance(value, list):
        return f"[{''.join(sorted({encode(item) for item in value}))}]"
    shape = shape_of(value)
    if isinstance(shape, Mapping):
        assert isinstance(value, dict)
        return "{" + "".join(f"{len(n)}:{n}{encode(part)}" for n, part in sorted(value.items())) + "}"
    written = plain(value, shape)
    text = str(written).lower() if isinstance(written, bool) else str(written)
    return f"{'Entity' if isinstance(shape, Entity) else getattr(shape, 'name', '')}#{len(text)}:{text}"


def _made(called: Mapping[str, Any]) -> tuple[Type, int | str]:
    """Type and value of an extension value in data."""
    name, arguments = called["fn"], called.get("args", [called.get("arg")])
    try:
        if name in CONSTRUCTED:
            return CONSTRUCTED[name], literals.READERS[name](arguments[0])
        if name == "offset":
            start, length = (_made(argument["__extn"])[1] for argument in arguments)
            return DATETIME, int(start) + int(length)
    except (KeyError, ValueError) as problem:
        raise Uncompilable(f"`{name}` in the data: {problem}; write it as Cedar does") from None
    raise Uncompilable(f"`{name}` in the data is not known; write the value that it gives")
