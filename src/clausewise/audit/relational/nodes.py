"""The few SQL nodes of which every expression is built; constants fold here, so that what is sure stays short."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from sqlglot import exp

Node = exp.Expression
Kind = Callable[..., Node]
"""A class of nodes."""

SMALL = 64
"""Nodes that may be written twice; more are evaluated once (see `Dialect.choose`)."""


def null() -> Node:
    """NULL: an error, or something missing."""
    return exp.Null()


def boolean(value: bool) -> Node:
    return exp.Boolean(this=value)


def text(value: str) -> Node:
    return exp.Literal.string(value)


def number(value: int) -> Node:
    """A 64-bit integer: engines would read a short literal as 32 bits and overflow there."""
    return cast(exp.Literal.number(value), "BIGINT")


def code(value: int) -> Node:
    """A small integer beside a column, bare so that engines compare it while they scan."""
    return exp.Literal.number(value)


def cast(value: Node, to: str | exp.DataType) -> Node:
    return exp.Cast(this=value, to=exp.DataType.build(to))


def call(name: str, *arguments: Node) -> Node:
    return exp.Anonymous(this=name, expressions=list(arguments))


def operand(node: Node) -> Node:
    """`node`, in parentheses where an operator beside it could pull it apart."""
    loose = isinstance(node, (exp.Binary, exp.Unary, exp.In)) and not isinstance(node, exp.Paren)
    return exp.Paren(this=node) if loose else node


def binary(kind: Kind, left: Node, right: Node) -> Node:
    """`left kind right`."""
    return kind(this=operand(left), expression=operand(right))


def is_true(node: Node) -> bool:
    return isinstance(node, exp.Boolean) and bool(node.this)


def is_false(node: Node) -> bool:
    return isinstance(node, exp.Boolean) and not node.this


def is_null(node: Node) -> bool:
    return isinstance(node, exp.Null)


def is_constant(node: Node) -> bool:
    """Whether `node` is written as a constant that is not NULL."""
    if isinstance(node, (exp.Cast, exp.Neg)):
        return is_constant(node.this)
    return isinstance(node, (exp.Literal, exp.Boolean, exp.Placeholder))


def is_small(node: Node) -> bool:
    return len(list(islice(node.walk(), SMALL + 1))) <= SMALL


def negate(node: Node) -> Node:
    if isinstance(node, exp.Boolean):
        return boolean(not node.this)
    if is_null(node):
        return node
    if isinstance(node, exp.Not):
        return node.this.unnest()
    for kind, opposite in ((exp.EQ, exp.NEQ), (exp.NEQ, exp.EQ)):
        if isinstance(node, kind):
            return opposite(this=node.this, expression=node.expression)
    return exp.Not(this=operand(node))


def equal(left: Node, right: Node) -> Node:
    """`left = right` of one type; two string literals are compared here and now."""
    if isinstance(left, exp.Literal) and isinstance(right, exp.Literal):
        return boolean(left.this == right.this)
    return binary(exp.EQ, left, right)


def present(node: Node) -> Node:
    """`node IS NOT NULL`."""
    if is_null(node) or is_constant(node):
        return boolean(not is_null(node))
    return exp.Not(this=exp.Is(this=operand(node), expression=exp.Null()))


def among(node: Node, choices: Sequence[Node]) -> Node:
    """`node IN (choices)`; `choices` is not empty."""
    return (
        equal(node, choices[0])
        if len(choices) == 1
        else exp.In(this=operand(node), expressions=list(choices))
    )


def every(parts: Iterable[Node]) -> Node:
    """SQL's own AND: only for parts that cannot be NULL, or where NULL may count as false."""
    return _connected(exp.And, parts, boolean(True))


def some(parts: Iterable[Node]) -> Node:
    """SQL's own OR: only for parts that cannot be NULL, or where NULL may count as false."""
    return _connected(exp.Or, parts, boolean(False))


def _connected(kind: Kind, parts: Iterable[Node], neutral: exp.Expression) -> Node:
    found: Node | None = None
    for part in parts:
        if part == neutral:
            continue
        if isinstance(part, exp.Boolean):
            return part
        found = part if found is None else binary(kind, found, part)
    return neutral if found is None else found


def first_known(parts: Sequence[Node]) -> Node:
    """`coalesce` of the parts."""
    parts = [part for part in parts if not is_null(part)]
    if not parts:
        return null()
    return parts[0] if len(parts) == 1 else exp.Coalesce(this=parts[0], expressions=list(parts[1:]))


def when(condition: Node, value: Node, otherwise: Node | None = None) -> Node:
    """`CASE WHEN condition THEN value ELSE otherwise END`."""
    if is_true(condition):
        return value
    if is_false(condition):
        return otherwise or null()
    return exp.Case(ifs=[exp.If(this=condition, true=value)], default=otherwise)


def guarded(operands: Iterable[Node], value: Node) -> Node:
    """`value`, but NULL where any operand is NULL: what Cedar's strict operators do."""
    operands = list(operands)
    if any(is_null(node) for node in operands):
        return null()
    return when(every(present(node) for node in operands if not is_constant(node)), value)


def joined(parts: Sequence[Node]) -> Node:
    """The texts one after another; NULL if one is."""
    found = parts[0]
    for part in parts[1:]:
        found = exp.DPipe(this=operand(found), expression=operand(part))
    return found
