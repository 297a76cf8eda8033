"""Cedar's extension functions over decimals, dates, durations and addresses, each as a SQL expression."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlglot import exp

from clausewise.audit.relational import literals, nodes
from clausewise.audit.relational.algebra import lift
from clausewise.audit.relational.dialect import Dialect
from clausewise.audit.relational.nodes import Node
from clausewise.audit.relational.scope import Uncompilable
from clausewise.audit.relational.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    IP,
    LONG,
    STRING,
    Alternatives,
    Type,
    Value,
    Word,
)

CONSTRUCTED = {"decimal": DECIMAL, "datetime": DATETIME, "duration": DURATION, "ip": IP}
COMPARISONS: dict[str, nodes.Kind] = {
    "lessThan": exp.LT, "lessThanOrEqual": exp.LTE, "greaterThan": exp.GT, "greaterThanOrEqual": exp.GTE,
}  # fmt: skip
SPANS = {"toDays": 86_400_000, "toHours": 3_600_000, "toMinutes": 60_000, "toSeconds": 1000}
LOOPBACK = ("127.0.0.0/8", "::1/128")
MULTICAST = ("224.0.0.0/4", "ff00::/8")

Method = tuple[tuple[Type, ...], Type, Callable[..., Node]]
"""Types of the operands, type of the result, and how to build it."""


def construct(name: str, arguments: list[Alternatives]) -> Alternatives:
    """`decimal("1.5")` and its like; a text that Cedar would not read is an error.

    Raises:
        Uncompilable: the text is not written in the policy.
    """
    if len(arguments) != 1:
        return ()
    found: list[Value] = []
    for value in arguments[0]:
        if isinstance(value.constant, str):
            found += constant(CONSTRUCTED[name], name, value.constant)
        elif value.type == STRING or isinstance(value.type, Word):
            raise Uncompilable(f"`{name}` of a computed text; write the text in the policy")
    return tuple(found)


def constant(of: Type, constructor: str, written: str) -> Alternatives:
    """The value that a constructor reads from a text; nothing if it reads none."""
    try:
        read = literals.READERS[constructor](written)
    except ValueError:
        return ()
    return (Value(of, nodes.text(read) if isinstance(read, str) else nodes.number(read)),)


def invoke(dialect: Dialect, name: str, arguments: list[Alternatives]) -> Alternatives:
    """A method with its receiver first; a wrong number or type of operands is an error."""

    def one(*values: Value) -> Iterable[Value]:
        if tuple(value.type for value in values) == operands:
            yield Value(result, build(*(value.sql for value in values)))

    operands, result, build = methods(dialect)[name]
    return lift(one, *arguments) if len(arguments) == len(operands) else ()


def methods(dialect: Dialect) -> dict[str, Method]:
    """Every method by name."""

    def span(unit: int) -> Callable[[Node], Node]:
        return lambda value: dialect.quotient(value, unit)

    def compared(kind: nodes.Kind) -> Callable[[Node, Node], Node]:
        return lambda left, right: nodes.binary(kind, left, right)

    def to_time(value: Node) -> Node:
        return dialect.modulo(value, literals.DAY)

    def inside_any(*networks: str) -> Callable[[Node], Node]:
        ranges = [nodes.text(literals.ip(network)) for network in networks]
        return lambda value: nodes.some(_inside(dialect, value, network) for network in ranges)

    return {
        **{name: ((DECIMAL, DECIMAL), BOOL, compared(kind)) for name, kind in COMPARISONS.items()},
        "offset": ((DATETIME, DURATION), DATETIME, lambda a, b: dialect.arithmetic("+", a, b)),
        "durationSince": ((DATETIME, DATETIME), DURATION, lambda a, b: dialect.arithmetic("-", a, b)),
        # Down to midnight also before 1970; `x - x % day` would go up there.
        "toDate": ((DATETIME,), DATETIME, lambda v: dialect.arithmetic("-", v, to_time(v))),
        "toTime": ((DATETIME,), DURATION, to_time),
        "toMilliseconds": ((DURATION,), LONG, lambda v: v),
        **{name: ((DURATION,), LONG, span(unit)) for name, unit in SPANS.items()},
        "isIpv4": ((IP,), BOOL, lambda v: nodes.binary(exp.EQ, dialect.part(v, 1, 1), nodes.text("4"))),
        "isIpv6": ((IP,), BOOL, lambda v: nodes.binary(exp.EQ, dialect.part(v, 1, 1), nodes.text("6"))),
        "isLoopback": ((IP,), BOOL, inside_any(*LOOPBACK)),
        "isMulticast": ((IP,), BOOL, inside_any(*MULTICAST)),
        "isInRange": ((IP, IP), BOOL, lambda a, b: _inside(dialect, a, b)),
    }


def _inside(dialect: Dialect, value: Node, network: Node) -> Node:
    """Whether one range of addresses lies within another (for the places in the text see `literals.ip`)."""

    def compared(kind: nodes.Kind, start: int, length: int) -> Node:
        return nodes.binary(kind, dialect.part(value, start, length), dialect.part(network, start, length))

    return nodes.every([compared(exp.EQ, 1, 1), compared(exp.GTE, 37, 32), compared(exp.LTE, 69, 32)])


METHODS = (
    *COMPARISONS, "offset", "durationSince", "toDate", "toTime", "toMilliseconds", *SPANS,
    "isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange",
)  # fmt: skip
