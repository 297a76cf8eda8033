"""Turns the conditions of a log rule, as `acts/` writes them, into expressions over an event's fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlglot import exp

from clausewise.audit.plan.fields import Fields

Condition = tuple[object, ...]
FALSE = exp.false()


class Conditions:
    """Knows the fields of a class, the bits of the regulation's words and the county's numbers.

    `hosts` is the relation whose column `mask` holds the categories of an event's host.
    """

    def __init__(
        self,
        fields: Fields,
        words_bits: Callable[[list[str]], int],
        number: Callable[[str], int],
        hosts: str = "h",
    ) -> None:
        self.fields, self.words_bits, self.number, self.hosts = fields, words_bits, number, hosts

    def all_of(self, when: Iterable[Condition]) -> exp.Expr:
        """Every condition of a rule; a field that the class does not have is never met."""
        parts = [self.one(condition) for condition in when]
        return exp.and_(*parts) if parts else exp.true()

    def one(self, condition: Condition) -> exp.Expr:
        """One condition `[field, operator, value]`. It is never unknown: a missing field does not meet it."""
        name, operator, *rest = condition
        field = self.fields.get(str(name))
        if field is None:
            return FALSE.copy()
        if operator in ("has_any", "has_none"):
            return self._has(rest, any_of=operator == "has_any")
        if operator in ("present", "absent"):
            return self._present(str(name), field, operator == "present")
        if operator == "at_least":
            least = rest[0]
            bound = self.number(least) if isinstance(least, str) else int(str(least))
            return exp.GTE(this=_whole(field), expression=exp.Literal.number(bound))
        return self._among(field, rest[0] if rest else None)

    def _has(self, rest: list[object], *, any_of: bool) -> exp.Expr:
        wanted = rest[0] if rest and isinstance(rest[0], list | tuple) else rest
        bits = exp.Literal.number(self.words_bits([str(word) for word in wanted]))
        mask = exp.func("COALESCE", exp.column("mask", self.hosts), exp.Literal.number(0))
        both = exp.paren(exp.BitwiseAnd(this=mask, expression=bits))
        zero = exp.Literal.number(0)
        return exp.NEQ(this=both, expression=zero) if any_of else exp.EQ(this=both, expression=zero)

    def _present(self, name: str, field: exp.Expr, wanted: bool) -> exp.Expr:
        if name in self.fields.flags:
            return _false_if_unknown(field if wanted else exp.not_(exp.paren(field.copy())))
        there = exp.Is(this=exp.paren(field.copy()), expression=exp.null())
        return exp.not_(there) if wanted else there

    def _among(self, field: exp.Expr, value: object) -> exp.Expr:
        wanted = value if isinstance(value, list | tuple) else [value]
        literals = [exp.convert(one) for one in wanted]
        test = exp.In(this=exp.paren(field.copy()), expressions=literals)
        return _false_if_unknown(test)


def _false_if_unknown(test: exp.Expr) -> exp.Expr:
    return exp.func("COALESCE", test.copy(), exp.false())


def _whole(field: exp.Expr) -> exp.Expr:
    return exp.func("COALESCE", field.copy(), exp.Literal.number(0))
