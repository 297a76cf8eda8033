"""What can be done with a value of any type: choose, compare, collect; each with Cedar's errors as NULL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from clausewise.audit.relational import nodes, vocabulary
from clausewise.audit.relational.dialect import Dialect
from clausewise.audit.relational.nodes import Node
from clausewise.audit.relational.types import (
    BOOL,
    ENCODED,
    RECORD,
    STRING,
    Alternatives,
    Entity,
    SetOf,
    Type,
    Value,
    Word,
    Words,
)


def lift(operator: Callable[..., Iterable[Value]], *operands: Alternatives) -> Alternatives:
    """Apply a strict operator to every mixture of alternatives: only the living mixture gives more than NULL."""
    return gathered(value for mixture in product(*operands) for value in operator(*mixture))


def gathered(values: Iterable[Value]) -> Alternatives:
    """The values with those of one type made one; of these at most one is not NULL in any row."""
    kinds: dict[Type, list[Value]] = {}
    for value in values:
        if not nodes.is_null(value.sql):
            kinds.setdefault(value.type, []).append(value)
    return tuple(rows[0] if len(rows) == 1 else _first(rows) for rows in kinds.values())


def _first(values: list[Value]) -> Value:
    names = {name for value in values for name in value.fields}
    fields = {n: gathered(alt for value in values for alt in value.fields.get(n, ())) for n in sorted(names)}
    return Value(values[0].type, nodes.first_known([value.sql for value in values]), fields)


def only(values: Alternatives, of: Type) -> Node:
    """The SQL of the alternative of this type; NULL, which is Cedar's type error, if there is none."""
    return next((value.sql for value in values if value.type == of), nodes.null())


def exists(values: Alternatives) -> Node:
    """Whether a field is there: TRUE or FALSE."""
    return nodes.some(nodes.present(value.sql) for value in values)


def choose(dialect: Dialect, condition: Node, then: Alternatives, otherwise: Alternatives) -> Alternatives:
    """`if condition then .. else ..`."""
    if {v.type for v in then} != {v.type for v in otherwise}:
        # A string beside a word of a vocabulary would look like two types.
        then, otherwise = (tuple(vocabulary.plain(dialect, v) for v in side) for side in (then, otherwise))
    left, right = {v.type: v for v in then}, {v.type: v for v in otherwise}
    chosen = []
    for kind in dict.fromkeys([*left, *right]):
        a, b = left.get(kind, Value(kind, nodes.null())), right.get(kind, Value(kind, nodes.null()))
        fields = {
            n: choose(dialect, condition, a.fields.get(n, ()), b.fields.get(n, ()))
            for n in sorted({*a.fields, *b.fields})
        }
        chosen.append(Value(kind, dialect.choose(condition, a.sql, b.sql), fields))
    return gathered(chosen)


def record(fields: Mapping[str, Alternatives]) -> Alternatives:
    """A record literal; an error in one field is an error of the whole, and so of every other field."""
    if any(not values for values in fields.values()):
        return ()
    tests = {name: exists(values) for name, values in fields.items()}

    def beside(name: str, value: Value) -> Value:
        others = nodes.every(test for other, test in tests.items() if other != name)
        return under(others, value)

    whole = {name: tuple(beside(name, v) for v in values) for name, values in fields.items()}
    return (Value(RECORD, nodes.when(nodes.every(tests.values()), nodes.boolean(True)), whole),)


def under(condition: Node, value: Value) -> Value:
    """The value where the condition holds, nothing elsewhere."""
    if nodes.is_true(condition):
        return value
    fields = {name: tuple(under(condition, v) for v in values) for name, values in value.fields.items()}
    return Value(value.type, nodes.when(condition, value.sql), fields)


# ---- comparing ---------------------------------------------------------------------------------------------
def equal(dialect: Dialect, left: Value, right: Value) -> Node:
    """`==`: of different types it is false, never an error."""
    found = vocabulary.same_word(left, right)
    if found is not None:
        return found
    pair = vocabulary.masks(left, right)
    if pair is not None:
        return nodes.equal(*pair)
    left, right = vocabulary.plain(dialect, left), vocabulary.plain(dialect, right)
    if isinstance(left.type, SetOf) and isinstance(right.type, SetOf):
        lists = aligned(dialect, left, right)
        if lists is not None:
            return nodes.equal(*lists)
        empty = nodes.every([dialect.is_empty(left.sql), dialect.is_empty(right.sql)])
        return nodes.guarded([left.sql, right.sql], empty)
    if left.type != right.type:
        return nodes.guarded([left.sql, right.sql], nodes.boolean(False))
    if left.type == RECORD:
        names = sorted({*left.fields, *right.fields})
        fields = [_same_field(dialect, left.fields.get(n, ()), right.fields.get(n, ())) for n in names]
        return nodes.guarded([left.sql, right.sql], nodes.every(fields))
    return nodes.equal(left.sql, right.sql)


def _same_field(dialect: Dialect, left: Alternatives, right: Alternatives) -> Node:
    """Whether a field is missing on both sides, or there and equal; never NULL."""
    pairs = [equal(dialect, a, b) for a, b in product(left, right)]
    neither = nodes.negate(nodes.some([exists(left), exists(right)]))
    return nodes.first_known([*pairs, neither])


def aligned(dialect: Dialect, left: Value, right: Value) -> tuple[Node, Node] | None:
    """Two sets as lists that can be compared; None if no element of one can be an element of the other."""
    assert isinstance(left.type, SetOf)
    assert isinstance(right.type, SetOf)
    kinds = (left.type.element, right.type.element)
    if None in kinds:
        return None
    if kinds[0] == kinds[1] or all(isinstance(kind, Entity) for kind in kinds):
        return left.sql, right.sql
    return (_encoded_set(dialect, left), _encoded_set(dialect, right)) if ENCODED in kinds else None


# ---- sets --------------------------------------------------------------------------------------------------
def literal_set(dialect: Dialect, elements: list[Alternatives]) -> Alternatives:
    """A set literal; an error in an element is an error of the set."""
    if any(not values for values in elements):
        return ()
    constants = [values[0].constant for values in elements]
    plain = [tuple(vocabulary.plain(dialect, v) for v in values) for values in elements]
    kinds = {value.type for values in plain for value in values}
    if kinds and all(isinstance(kind, Entity) for kind in kinds):
        of: Type | None = next(iter(kinds)) if len(kinds) == 1 else Entity("")
    else:
        of = next(iter(kinds), None) if len(kinds) < 2 else ENCODED
        of = ENCODED if of == RECORD or isinstance(of, SetOf) else of
    if of == ENCODED:
        items = [encoded(dialect, values) for values in plain]
    else:
        items = [nodes.first_known([v.sql for v in values]) for values in plain]
    words = tuple(sorted({word for word in constants if isinstance(word, str)}))
    constant = words if all(isinstance(word, str) for word in constants) else None
    return (Value(SetOf(of), nodes.guarded(items, dialect.make_set(items, of)), constant=constant),)


def contains(dialect: Dialect, group: Value, element: Value) -> Iterable[Value]:
    """`group.contains(element)`; nothing, which is an error, if `group` is no set."""
    if isinstance(element.type, Word) and isinstance(group.constant, tuple):
        words = frozenset(group.constant)
        yield Value(BOOL, vocabulary.chosen(element, lambda word: word in words))
        return
    if isinstance(group.constant, tuple) and group.constant and element.type == STRING:
        yield Value(BOOL, nodes.among(element.sql, [nodes.text(word) for word in group.constant]))
        return
    found = vocabulary.contains_word(group, element) if isinstance(group.type, Words) else None
    group, element = vocabulary.plain(dialect, group), vocabulary.plain(dialect, element)
    if found is None and isinstance(group.type, SetOf):
        of = group.type.element
        if of == ENCODED:
            found = dialect.has(group.sql, encoded(dialect, (element,)))
        elif of == element.type or (isinstance(of, Entity) and isinstance(element.type, Entity)):
            found = dialect.has(group.sql, element.sql)
        else:
            found = nodes.guarded([group.sql, element.sql], nodes.boolean(False))
    if found is not None:
        yield Value(BOOL, found)


def contains_all(dialect: Dialect, left: Value, right: Value) -> Iterable[Value]:
    """`left.containsAll(right)`."""
    pair = vocabulary.masks(left, right)
    if pair is not None:
        yield Value(BOOL, vocabulary.covers(*pair))
        return
    left, right = vocabulary.plain(dialect, left), vocabulary.plain(dialect, right)
    if isinstance(left.type, SetOf) and isinstance(right.type, SetOf):
        lists = aligned(dialect, left, right)
        nothing = dialect.is_empty(right.sql)
        yield Value(BOOL, dialect.has_all(*lists) if lists else nodes.guarded([left.sql, right.sql], nothing))


def contains_any(dialect: Dialect, left: Value, right: Value) -> Iterable[Value]:
    """`left.containsAny(right)`."""
    pair = vocabulary.masks(left, right)
    if pair is not None:
        yield Value(BOOL, vocabulary.overlaps(*pair))
        return
    left, right = vocabulary.plain(dialect, left), vocabulary.plain(dialect, right)
    if isinstance(left.type, SetOf) and isinstance(right.type, SetOf):
        lists = aligned(dialect, left, right)
        false = nodes.guarded([left.sql, right.sql], nodes.boolean(False))
        yield Value(BOOL, dialect.has_any(*lists) if lists else false)


def is_empty(dialect: Dialect, group: Value) -> Iterable[Value]:
    """`group.isEmpty()`."""
    if isinstance(group.type, Words):
        yield Value(BOOL, nodes.equal(group.sql, nodes.code(0)))
    elif isinstance(group.type, SetOf):
        yield Value(BOOL, dialect.is_empty(group.sql))


# ---- values written out ------------------------------------------------------------------------------------
def encoded(dialect: Dialect, values: Alternatives) -> Node:
    """A value of any type as a text that no other value has: sets of records or of several types hold these.

    A tag, the length, a colon and the value; `entities.encode` does the same with data.
    """
    return nodes.first_known([_encoded(dialect, vocabulary.plain(dialect, value)) for value in values])


def tag(of: Type) -> str:
    """What an encoded value of a type without parts begins with."""
    return "Entity#" if isinstance(of, Entity) else f"{getattr(of, 'name', '')}#"


def _encoded(dialect: Dialect, value: Value) -> Node:
    if isinstance(value.type, SetOf):
        whole = dialect.as_text(_encoded_set(dialect, value))
        return nodes.joined([nodes.text("["), whole, nodes.text("]")])
    if value.type == RECORD:
        parts = [
            nodes.when(
                exists(field),
                nodes.joined([nodes.text(f"{len(name)}:{name}"), encoded(dialect, field)]),
                nodes.text(""),
            )
            for name, field in sorted(value.fields.items())
        ]
        return nodes.guarded([value.sql], nodes.joined([nodes.text("{"), *parts, nodes.text("}")]))
    if value.type == ENCODED:
        return value.sql
    written = nodes.cast(value.sql, "VARCHAR")
    length = nodes.cast(dialect.length(written), "VARCHAR")
    return nodes.joined([nodes.text(tag(value.type)), length, nodes.text(":"), written])


def _encoded_set(dialect: Dialect, value: Value) -> Node:
    assert isinstance(value.type, SetOf)
    of = value.type.element
    if of in (None, ENCODED):
        return value.sql
    return dialect.as_set(dialect.each(value.sql, lambda element: encoded(dialect, (Value(of, element),))))
