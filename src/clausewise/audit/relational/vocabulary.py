"""Closed vocabularies: a word is a number and a set of words is a bitmask, and comparing them stays that cheap."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from clausewise.audit.relational import nodes
from clausewise.audit.relational.dialect import Dialect
from clausewise.audit.relational.nodes import Node
from clausewise.audit.relational.types import MASK_BITS, STRING, SetOf, Value, Word, Words


def chosen(value: Value, holds: Callable[[str], bool]) -> Node:
    """Whether a Word is one of those for which `holds`; decided word by word while compiling."""
    assert isinstance(value.type, Word)
    codes = [i for i, word in enumerate(value.type.values) if holds(word)]
    if not codes:
        return nodes.guarded([value.sql], nodes.boolean(False))
    return nodes.among(value.sql, [nodes.code(i) for i in codes])


def plain(dialect: Dialect, value: Value) -> Value:
    """The value outside its vocabulary: a Word as a string, Words as a set of strings."""
    match value.type:
        case Word(values):
            if not values:
                return Value(STRING, nodes.null())
            names = [exp.If(this=nodes.code(i), true=nodes.text(w)) for i, w in enumerate(values)]
            return Value(STRING, exp.Case(this=value.sql, ifs=names))
        case Words(values):
            nothing = dialect.make_set([], STRING)
            lists = [
                nodes.when(_bit_set(value.sql, 1 << i), dialect.make_set([nodes.text(w)], STRING), nothing)
                for i, w in sorted(enumerate(values), key=lambda row: row[1])
            ]
            listed = dialect.concatenated(lists) if lists else nothing
            return Value(SetOf(STRING), nodes.guarded([value.sql], listed))
        case _:
            return value


def same_word(left: Value, right: Value) -> Node | None:
    """`==` of a Word with a literal or a Word of the same vocabulary; None if it is neither."""
    if isinstance(right.type, Word) and isinstance(left.constant, str):
        left, right = right, left
    if not isinstance(left.type, Word):
        return None
    if isinstance(right.constant, str):
        return chosen(left, lambda word: word == right.constant)
    return nodes.equal(left.sql, right.sql) if left.type == right.type else None


def masks(left: Value, right: Value) -> tuple[Node, Node] | None:
    """Two sets of words as masks over one vocabulary; None unless one is Words and the other fits beside it."""
    if not isinstance(left.type, Words) and not isinstance(right.type, Words):
        return None
    ours, theirs = _words_of(left), _words_of(right)
    if ours is None or theirs is None:
        return None
    union = (*ours, *(word for word in theirs if word not in set(ours)))
    if isinstance(left.constant, tuple):  # keeps the column, and not the literal, as it is
        union = (*theirs, *(word for word in ours if word not in set(theirs)))
    if len(union) > MASK_BITS:
        return None
    return _over(left, union), _over(right, union)


def contains_word(mask: Value, word: Value) -> Node | None:
    """`contains` of Words with a string; None if `word` is no string."""
    assert isinstance(mask.type, Words)
    bits = {name: 1 << i for i, name in enumerate(mask.type.values)}
    if isinstance(word.constant, str):
        bit = bits.get(word.constant)
        return nodes.guarded([mask.sql], nodes.boolean(False)) if bit is None else _bit_set(mask.sql, bit)
    if isinstance(word.type, Word):
        tests = [
            (nodes.equal(word.sql, nodes.code(i)), bits[n])
            for i, n in enumerate(word.type.values)
            if n in bits
        ]
    elif word.type == STRING:
        tests = [(nodes.equal(word.sql, nodes.text(name)), bit) for name, bit in bits.items()]
    else:
        return None
    found = nodes.some(nodes.every([test, _bit_set(mask.sql, bit)]) for test, bit in tests)
    return nodes.guarded([mask.sql, word.sql], found)


def covers(left: Node, right: Node) -> Node:
    """Whether the mask `left` has every bit of `right`."""
    return nodes.equal(nodes.binary(exp.BitwiseAnd, left, right), right)


def overlaps(left: Node, right: Node) -> Node:
    """Whether two masks have a bit in common."""
    return nodes.binary(exp.NEQ, nodes.binary(exp.BitwiseAnd, left, right), nodes.code(0))


def _bit_set(mask: Node, bit: int) -> Node:
    return overlaps(mask, nodes.code(bit))


def _words_of(value: Value) -> tuple[str, ...] | None:
    if isinstance(value.type, Words):
        return value.type.values
    return value.constant if isinstance(value.constant, tuple) else None


def _over(value: Value, union: tuple[str, ...]) -> Node:
    """The mask of `value` with its words at their places in `union`."""
    places = {word: i for i, word in enumerate(union)}
    if isinstance(value.constant, tuple):
        return nodes.number(sum(1 << places[word] for word in value.constant))
    assert isinstance(value.type, Words)
    moved = [(1 << i, 1 << places[word]) for i, word in enumerate(value.type.values)]
    if all(old == new for old, new in moved):
        return value.sql
    parts = [nodes.when(_bit_set(value.sql, old), nodes.number(new), nodes.number(0)) for old, new in moved]
    found = parts[0]
    for part in parts[1:]:
        found = nodes.binary(exp.BitwiseOr, found, part)
    return nodes.guarded([value.sql], found)
