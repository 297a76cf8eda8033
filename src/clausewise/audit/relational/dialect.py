"""What DuckDB and Spark write differently, in one place: the compiler builds for an engine and never translates."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from clausewise.audit.relational import nodes
from clausewise.audit.relational.nodes import Node, call, cast
from clausewise.audit.relational.types import (
    BOOL,
    DATETIME,
    DECIMAL,
    DURATION,
    LONG,
    RECORD,
    SetOf,
    Type,
    Word,
    Words,
)

ESCAPE = "!"
NUMBERS = (LONG, DECIMAL, DATETIME, DURATION)


class Dialect:
    """The engine-specific nodes. Sets are sorted lists without doubles and without NULL."""

    name: str
    """The engine's name in sqlglot, for `expression.sql(dialect.name)`."""
    wide: str
    """A type in which sums and products of two BIGINT are exact."""
    functions: dict[str, str]
    """The engine's names for what both have."""

    def _call(self, name: str, *arguments: Node) -> Node:
        return call(self.functions[name], *arguments)

    def column_type(self, of: Type) -> exp.DataType:
        """The SQL type of a column of this Cedar type."""
        if isinstance(of, SetOf):
            inner = self.column_type(of.element) if of.element else exp.DataType.build("VARCHAR")
            return exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[inner], nested=True)
        if of in (BOOL, RECORD):
            return exp.DataType.build("BOOLEAN")
        wide = of in NUMBERS or isinstance(of, (Word, Words))
        return exp.DataType.build("BIGINT" if wide else "VARCHAR")

    def map_type(self, of: Type) -> exp.DataType:
        """The SQL type of a map from text to values of this Cedar type."""
        inside = [exp.DataType.build("VARCHAR"), self.column_type(of)]
        return exp.DataType(this=exp.DataType.Type.MAP, expressions=inside, nested=True)

    # ---- numbers ---------------------------------------------------------------------------------------
    def arithmetic(self, operator: str, left: Node, right: Node) -> Node:
        """`+`, `-` or `*` of two BIGINT, which the wide type holds; NULL where it does not fit a BIGINT."""
        kinds: dict[str, nodes.Kind] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}
        exact = nodes.binary(kinds[operator], cast(left, self.wide), cast(right, self.wide))
        return exp.TryCast(this=exact, to=exp.DataType.build("BIGINT"), safe=True)

    def quotient(self, value: Node, by: int) -> Node:
        """`value / by`, truncated towards 0."""
        raise NotImplementedError

    def modulo(self, value: Node, by: int) -> Node:
        """The remainder that is never negative: `%` alone truncates in both engines."""
        once = nodes.binary(exp.Mod, value, nodes.number(by))
        shifted = nodes.binary(exp.Add, once, nodes.number(by))
        return nodes.binary(exp.Mod, shifted, nodes.number(by))

    # ---- choices ---------------------------------------------------------------------------------------
    def choose(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """One of two values of one type; NULL where the condition is.

        A condition of any size would have to stand in a CASE twice, and twice again at each level of nesting;
        so a large one is evaluated once and picks from a list.
        """
        if nodes.is_null(condition) or (nodes.is_null(then) and nodes.is_null(otherwise)):
            return nodes.null()
        if isinstance(condition, exp.Boolean):
            return then if condition.this else otherwise
        if nodes.is_small(condition):
            branches = [
                exp.If(this=condition, true=then),
                exp.If(this=nodes.negate(condition), true=otherwise),
            ]
            return exp.Case(ifs=branches)
        return self.pick(condition, then, otherwise)

    def pick(self, condition: Node, then: Node, otherwise: Node) -> Node:
        """As `choose`, with the condition written once."""
        raise NotImplementedError

    def chain(self, parts: Sequence[Node], stops_at: bool) -> Node:
        """`a && b && c` (stops at false) or `a || b || c` (stops at true), with Cedar's errors.

        The first part that is not the neutral value decides, and NULL decides too: SQL's own AND would let
        a false on the right hide an error on the left.
        """
        tail = parts[-1]
        branches: list[exp.Expression] = []
        for part in reversed(parts[:-1]):
            if isinstance(part, exp.Boolean) and bool(part.this) is not stops_at:
                continue
            if isinstance(part, (exp.Boolean, exp.Null)):
                branches, tail = [], part
            elif nodes.is_small(part):
                goes_on = exp.Is(this=nodes.operand(part), expression=nodes.boolean(not stops_at))
                branches.insert(0, exp.If(this=exp.Not(this=goes_on), true=part))
            else:
                rest = exp.Case(ifs=branches, default=tail) if branches else tail
                stop = nodes.boolean(stops_at)
                tail = self.choose(part, stop, rest) if stops_at else self.choose(part, rest, stop)
                branches = []
        return exp.Case(ifs=branches, default=tail) if branches else tail

    # ---- sets ------------------------------------------------------------------------------------------
    def make_set(self, elements: Sequence[Node], of: Type | None) -> Node:
        """The set of these elements, none of which is NULL."""
        made = cast(self._call("list", *elements), self.column_type(SetOf(of)))
        return self.as_set(made) if len(elements) > 1 else made

    def as_set(self, elements: Node) -> Node:
        """A list put in order, without doubles."""
        return self._call("sort", self._call("distinct", elements))

    def concatenated(self, lists: Sequence[Node]) -> Node:
        """The lists one after another."""
        found = lists[0]
        for part in lists[1:]:
            found = self._call("concat", found, part)
        return found

    def has(self, elements: Node, element: Node) -> Node:
        return self._call("has", elements, element)

    def has_any(self, left: Node, right: Node) -> Node:
        return self._call("has_any", left, right)

    def has_all(self, left: Node, right: Node) -> Node:
        raise NotImplementedError

    def is_empty(self, elements: Node) -> Node:
        return nodes.binary(exp.EQ, self._call("size", elements), nodes.code(0))

    def each(self, elements: Node, turn: Callable[[Node], Node]) -> Node:
        """The list of `turn(element)`."""
        argument = exp.to_identifier("element")
        body = exp.Lambda(this=turn(exp.Column(this=argument)), expressions=[argument])
        return self._call("each", elements, body)

    def as_text(self, elements: Node) -> Node:
        """A list of texts as one text."""
        return self._call("join", elements, nodes.text(""))

    def lookup(self, mapping: Node, key: Node) -> Node:
        """The value under a key of a MAP, NULL if there is none."""
        raise NotImplementedError

    # ---- text ------------------------------------------------------------------------------------------
    def length(self, value: Node) -> Node:
        """Code points of a text."""
        return call("LENGTH", value)

    def part(self, value: Node, start: int, length: int) -> Node:
        """`length` characters of a text, from the one numbered `start` (from 1)."""
        return call("SUBSTR", value, nodes.code(start), nodes.code(length))

    def like(self, value: Node, pattern: Sequence[str | None]) -> Node:
        """Cedar's `like`; None in the pattern is its `*`, a string is itself."""
        pieces = [p for p in pattern if p is not None]
        if None not in pattern:
            return nodes.equal(value, nodes.text("".join(pieces)))
        if len(pieces) == 1 and len(pattern) <= 3:
            ends = (pattern[0] is None, pattern[-1] is None)
            name = {(True, True): "contains", (True, False): "ends", (False, True): "starts"}[ends]
            return self._call(name, value, nodes.text(pieces[0]))
        written = "".join("%" if p is None else _escaped(p) for p in pattern)
        matched = exp.Like(this=nodes.operand(value), expression=nodes.text(written))
        return exp.Escape(this=matched, expression=nodes.text(ESCAPE)) if ESCAPE in written else matched


def _escaped(literal: str) -> str:
    return "".join(ESCAPE + c if c in ("%", "_", ESCAPE) else c for c in literal)


class DuckDb(Dialect):
    """DuckDB 2."""

    name = "duckdb"
    functions = {
        "list": "LIST_VALUE", "sort": "LIST_SORT", "distinct": "LIST_DISTINCT",
        "concat": "LIST_CONCAT", "has": "LIST_CONTAINS", "has_any": "LIST_HAS_ANY", "size": "LEN",
        "each": "LIST_TRANSFORM", "join": "ARRAY_TO_STRING", "contains": "CONTAINS", "starts": "STARTS_WITH",
        "ends": "ENDS_WITH",
    }  # fmt: skip
    # TRY(a * b) would do too, and falls to row by row at the first overflow; a failed TRY_CAST costs nothing.
    wide = "INT128"

    def quotient(self, value: Node, by: int) -> Node:
        return nodes.binary(exp.IntDiv, value, nodes.number(by))

    def pick(self, condition: Node, then: Node, otherwise: Node) -> Node:
        place = nodes.binary(exp.Add, nodes.code(1), cast(condition, "INT"))
        return call("LIST_EXTRACT", call("LIST_VALUE", otherwise, then), place)

    def has_all(self, left: Node, right: Node) -> Node:
        return call("LIST_HAS_ALL", left, right)

    def lookup(self, mapping: Node, key: Node) -> Node:
        return exp.Bracket(this=nodes.operand(mapping), expressions=[key])


class Spark(Dialect):
    """Spark 4, where ANSI mode makes plain arithmetic raise."""

    name = "spark"
    functions = {
        "list": "ARRAY", "sort": "ARRAY_SORT", "distinct": "ARRAY_DISTINCT",
        "concat": "CONCAT", "has": "ARRAY_CONTAINS", "has_any": "ARRAYS_OVERLAP", "size": "SIZE",
        "each": "TRANSFORM", "join": "ARRAY_JOIN", "contains": "CONTAINS", "starts": "STARTSWITH",
        "ends": "ENDSWITH",
    }  # fmt: skip
    # Spark 4.3 has TRY_MULTIPLY, and makes TRY_MULTIPLY(TRY_SUBTRACT(x, x), <overflow>) 0 instead of NULL.
    wide = "DECIMAL(19, 0)"

    def quotient(self, value: Node, by: int) -> Node:
        return cast(nodes.binary(exp.IntDiv, value, nodes.number(by)), "BIGINT")

    def pick(self, condition: Node, then: Node, otherwise: Node) -> Node:
        # From a map: an array under ANSI mode is taken to be NULL only where its elements are, also at no place.
        choices = call("MAP", nodes.boolean(True), then, nodes.boolean(False), otherwise)
        return call("TRY_ELEMENT_AT", choices, condition)

    def has_all(self, left: Node, right: Node) -> Node:
        return self.is_empty(call("ARRAY_EXCEPT", right, left))

    def lookup(self, mapping: Node, key: Node) -> Node:
        return call("TRY_ELEMENT_AT", mapping, key)


DUCKDB, SPARK = DuckDb(), Spark()
