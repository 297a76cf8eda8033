"""The tests of the tests: each of these faults, put into the compiler, is found by the comparison with Cedar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from clausewise.audit.relational import algebra, compiler, dialect, expressions, nodes, vocabulary
from clausewise.audit.relational.compiler import Atom
from clausewise.audit.relational.dialect import Dialect, DuckDb
from clausewise.audit.relational.expressions import Expressions
from clausewise.audit.relational.nodes import Node
from clausewise.audit.relational.types import BOOL, LONG, SetOf, Value, Words
from relational.closed import compare_drawn
from relational.drawing import Drawing, Kind, Maker
from relational.judges import Tally, compare_world

Patch = Callable[[pytest.MonkeyPatch], None]
ENOUGH = 400
"""Seeds that a fault gets before we say that it is not found."""


def found(compare: Callable[[int], Tally]) -> bool:
    """Whether a comparison shows a difference, or the engine stops at a number out of range."""
    try:
        return any(compare(seed).differences for seed in range(ENOUGH))
    except duckdb.OutOfRangeException:
        return True


def plain_and_or(patch: pytest.MonkeyPatch) -> None:
    def chain(self: Dialect, parts: Sequence[Node], stops_at: bool) -> Node:
        return nodes.some(parts) if stops_at else nodes.every(parts)

    patch.setattr(Dialect, "chain", chain)


def overflow_goes_on(patch: pytest.MonkeyPatch) -> None:
    arithmetic = DuckDb.arithmetic

    def to_zero(self: DuckDb, operator: str, left: Node, right: Node) -> Node:
        known = nodes.first_known([arithmetic(self, operator, left, right), nodes.number(0)])
        return nodes.guarded([left, right], known)

    patch.setattr(DuckDb, "arithmetic", to_zero)


def strict_operators_are_lazy(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nodes, "guarded", lambda operands, value: value)


def in_is_not_reflexive(patch: pytest.MonkeyPatch) -> None:
    def inside(self: Expressions, value: Value, groups: Iterable[Value]) -> Node:
        above = self.scope.ancestors(value)
        tests = [self.dialect.has(above, group.sql) for group in groups] if above is not None else []
        return nodes.some(nodes.first_known([test, nodes.boolean(False)]) for test in tests)

    patch.setattr(Expressions, "inside", inside)


def else_on_error(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Dialect, "choose", lambda self, c, a, b: exp.Case(ifs=[exp.If(this=c, true=a)], default=b))


def sets_as_written(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Dialect, "as_set", lambda self, elements: elements)


def times_truncate(patch: pytest.MonkeyPatch) -> None:
    def modulo(self: Dialect, value: Node, by: int) -> Node:
        return nodes.binary(exp.Mod, value, nodes.number(by))

    patch.setattr(Dialect, "modulo", modulo)


def errors_are_false(patch: pytest.MonkeyPatch) -> None:
    wanted = Atom.wanted
    patch.setattr(Atom, "wanted", lambda self: nodes.first_known([wanted(self), nodes.boolean(False)]))


def unless_is_when(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Atom, "wanted", lambda self: self.sql)


def bits_are_off_by_one(patch: pytest.MonkeyPatch) -> None:
    bit_set = vocabulary._bit_set
    patch.setattr(vocabulary, "_bit_set", lambda mask, bit: bit_set(mask, bit << 1))


def unknown_words_are_false(patch: pytest.MonkeyPatch) -> None:
    chosen = vocabulary.chosen
    patch.setattr(vocabulary, "chosen", lambda *a: nodes.first_known([chosen(*a), nodes.boolean(False)]))


def masks_are_not_moved(patch: pytest.MonkeyPatch) -> None:
    over = vocabulary._over

    def unmoved(value: Value, union: tuple[str, ...]) -> Node:
        return value.sql if isinstance(value.type, Words) else over(value, union)

    patch.setattr(vocabulary, "_over", unmoved)


def like_does_not_escape(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dialect, "_escaped", lambda literal: literal)


def minus_as_sql_has_it(patch: pytest.MonkeyPatch) -> None:
    def negative(self: Expressions, _: str, operands: dict[str, Any]) -> tuple[Value, ...]:
        value = algebra.only(self.compiled(operands["arg"]), LONG)
        return (Value(LONG, nodes.binary(exp.Mul, value, nodes.number(-1))),)

    patch.setitem(expressions.OPERATORS, "neg", negative)


def strangers_are_in_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expressions, "_surely", lambda test: test)


def records_compare_what_both_have(patch: pytest.MonkeyPatch) -> None:
    same = algebra._same_field

    def lenient(d: Dialect, left: Sequence[Value], right: Sequence[Value]) -> Node:
        return nodes.some([same(d, tuple(left), tuple(right)), nodes.negate(algebra.exists(tuple(left)))])

    patch.setattr(algebra, "_same_field", lenient)


def types_do_not_matter(patch: pytest.MonkeyPatch) -> None:
    equal = algebra.equal

    def strict(d: Dialect, left: Value, right: Value) -> Node:
        return nodes.null() if left.type != right.type else equal(d, left, right)

    patch.setattr(algebra, "equal", strict)


def an_empty_set_holds_something(patch: pytest.MonkeyPatch) -> None:
    def never(d: Dialect, group: Value) -> Iterable[Value]:
        if isinstance(group.type, Words | SetOf):
            yield Value(BOOL, nodes.guarded([group.sql], nodes.boolean(False)))

    patch.setattr(algebra, "is_empty", never)


def quotients_floor(patch: pytest.MonkeyPatch) -> None:
    def floor(self: Dialect, value: Node, by: int) -> Node:
        down = nodes.binary(exp.Sub, value, self.modulo(value, by))
        return nodes.binary(exp.IntDiv, down, nodes.number(by))

    patch.setattr(DuckDb, "quotient", floor)


def the_scope_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(compiler, "_scope_atoms", lambda policy, expressions: ())


def every_action_is_the_same(patch: pytest.MonkeyPatch) -> None:
    constraint = compiler._constraint

    def lenient(walk: Expressions, value: Value, wanted: dict[str, Any]) -> Node:
        of_an_action = value.sql == walk.scope.variable("action").sql
        return nodes.boolean(True) if of_an_action else constraint(walk, value, wanted)

    patch.setattr(compiler, "_constraint", lenient)


def _about(operator: str, kind: Kind) -> Maker:
    return lambda drawing, _, depth: drawing.pair(operator, kind, kind, depth)


COMMON_FAULTS = (
    plain_and_or, strict_operators_are_lazy, else_on_error, errors_are_false, unless_is_when, types_do_not_matter,
    the_scope_is_not_looked_at, every_action_is_the_same,
)  # fmt: skip
# A fault in a rare operator is looked for among policies that favour it.
RARE_FAULTS: tuple[tuple[Patch, dict[Kind, Maker]], ...] = (
    (overflow_goes_on, {"bool": _about("<", "long"), "long": Drawing.counted}),
    (in_is_not_reflexive, {"bool": Drawing.inside}),
    (sets_as_written, {"bool": _about("==", "set long")}),
    (times_truncate, {"bool": _about("==", "duration"), "duration": Drawing.lasting}),
    (like_does_not_escape, {"bool": Drawing.liked}),
    (minus_as_sql_has_it, {"bool": _about("==", "long"), "long": Drawing.counted}),
    (strangers_are_in_nothing, {"bool": Drawing.inside}),
    (records_compare_what_both_have, {"bool": _about("==", "record Pair")}),
    (quotients_floor, {"bool": _about("<=", "long"), "long": Drawing.measured}),
)
CLOSED_FAULTS = (
    plain_and_or, bits_are_off_by_one, unknown_words_are_false, masks_are_not_moved, an_empty_set_holds_something,
    strict_operators_are_lazy, unless_is_when,
)  # fmt: skip


@pytest.mark.parametrize("fault", COMMON_FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found_in_random_worlds(fault: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    assert found(lambda seed: compare_world(seed, Tally()))


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "favoured"), RARE_FAULTS, ids=[f.__name__ for f, _ in RARE_FAULTS])
def test_a_fault_in_a_rare_operator_is_found_among_policies_that_favour_it(
    fault: Patch, favoured: dict[Kind, Maker], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    assert found(lambda seed: compare_world(seed, Tally(), favoured=favoured))


@pytest.mark.slow
@pytest.mark.parametrize("favoured", [f for _, f in RARE_FAULTS], ids="-".join)
def test_without_a_fault_the_same_policies_agree(favoured: dict[Kind, Maker]) -> None:
    tally = Tally()
    for seed in range(8):
        compare_world(seed, tally, favoured=favoured)
    assert not tally.differences, tally.first


@pytest.mark.parametrize("fault", CLOSED_FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_is_found_over_a_packs_words(fault: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    assert found(lambda seed: compare_drawn(seed, Tally()))
