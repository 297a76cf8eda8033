"""Turns a Cedar policy into one SQL expression: true where it holds, false where not, NULL where it would err."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from clausewise.audit.relational import algebra, nodes
from clausewise.audit.relational.dialect import Dialect
from clausewise.audit.relational.expressions import Expressions, Path, operands_of
from clausewise.audit.relational.nodes import Node
from clausewise.audit.relational.scope import Scope, Uncompilable
from clausewise.audit.relational.types import Entity, Value
from clausewise.pdp.tree import Json, Policy


@dataclass(frozen=True, slots=True)
class Atom:
    """One condition of a policy. They are tried in order: `scope` and `when` atoms must be true and `unless`
    atoms false for the policy to hold, and the first that is otherwise, or NULL, decides.

    `sql` is the condition as it is written, before an `unless` negates it; `source` is its tree, at `path`.
    """

    kind: str
    path: Path
    source: Json
    sql: exp.Expression

    def wanted(self) -> exp.Expression:
        """What must be true for the policy to hold."""
        return nodes.negate(self.sql) if self.kind == "unless" else self.sql


def compile_policy(policy: Policy, scope: Scope, dialect: Dialect) -> exp.Expression:
    """The policy as a nullable boolean over the columns of `scope`.

    Raises:
        Uncompilable: names the policy, what is in the way, and what to do.
    """
    wanted = [atom.wanted() for atom in atoms(policy, scope, dialect)]
    return dialect.chain(wanted or [nodes.boolean(True)], stops_at=False).copy()


def atoms(policy: Policy, scope: Scope, dialect: Dialect) -> tuple[Atom, ...]:
    """The conditions of a policy in the order in which Cedar tries them.

    `when` is split at `&&` and `unless` at `||`; of the scope only what the environment does not settle appears.

    Raises:
        Uncompilable: as `compile_policy`.
    """
    return _atoms(policy, Expressions(scope, dialect))


def _atoms(policy: Policy, expressions: Expressions) -> tuple[Atom, ...]:
    try:
        found = (*_scope_atoms(policy, expressions), *_condition_atoms(policy, expressions))
    except Uncompilable as problem:
        raise Uncompilable(f"{policy.id}: {problem}") from None
    for atom in found:
        if (held := atom.sql.find(exp.Placeholder)) is not None:
            raise Uncompilable(
                f"{policy.id}: `{held.this}` has no key in these columns; compare an attribute"
            )
    return found


def _scope_atoms(policy: Policy, expressions: Expressions) -> Iterable[Atom]:
    for name in ("principal", "action", "resource"):
        constraint = policy.source[name]
        sql = _constraint(expressions, expressions.scope.variable(name), constraint)
        if not nodes.is_true(sql):
            yield Atom("scope", (name,), constraint, sql)


def _constraint(expressions: Expressions, value: Value, constraint: Json) -> Node:
    """A constraint of the scope as a condition; it never errs."""
    match constraint:
        case {"op": "All"}:
            return nodes.boolean(True)
        case {"slot": slot} | {"in": {"slot": slot}}:
            raise Uncompilable(f"the slot {slot} is open; link the template first")
        case {"op": "==", "entity": entity}:
            return algebra.equal(expressions.dialect, value, expressions.named(entity))
        case {"op": "in", "entity": entity}:
            return expressions.inside(value, [expressions.named(entity)])
        case {"op": "in", "entities": entities}:
            return expressions.inside(value, [expressions.named(entity) for entity in entities])
        case {"op": "is", "entity_type": kind, **within}:
            if value.type != Entity(kind):
                return nodes.boolean(False)
            groups = [expressions.named(within["in"]["entity"])] if "in" in within else []
            return expressions.inside(value, groups) if groups else nodes.boolean(True)
    raise Uncompilable(f"`{constraint.get('op')}` in the scope is not known; write it as a condition")


def _condition_atoms(policy: Policy, expressions: Expressions) -> Iterable[Atom]:
    for number, (kind, body) in enumerate(policy.conditions()):
        # unless { a || b } is !(a || b), which is !a && !b, errors included.
        operator = "&&" if kind == "when" else "||"
        for path, node in operands_of(body, operator, ("conditions", number, "body")):
            yield Atom(kind, path, node, expressions.boolean(node))


def necessary(policy: Policy, scope: Scope, dialect: Dialect) -> exp.Expression | None:
    """A condition that is true of every row for which the policy holds or errs, for use in a scan; None for all.

    Plain AND over the conditions that can never be NULL; of the first that can, that it is not false. What
    stands behind that one may be false in a row where the policy errs, so it may not narrow the scan. Any part
    of the AND may be left out, for one where its columns come from a later join.
    """
    kept = []
    for atom in _atoms(policy, _PlainExpressions(scope, dialect)):
        wanted = atom.wanted()
        if not _never_null(wanted, scope):
            if not nodes.is_null(wanted):
                false = exp.Is(this=nodes.operand(wanted), expression=nodes.boolean(False))
                kept.append(nodes.negate(false))
            break
        kept.append(wanted)
    found = nodes.every(kept)
    return None if nodes.is_true(found) else found.copy()


NEVER_NULL_OVER = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.And, exp.Or, exp.Not, exp.Paren, exp.In, exp.Literal,
    exp.Boolean, exp.BitwiseAnd, exp.Cast, exp.DataType,
)  # fmt: skip


class _PlainExpressions(Expressions):
    """Writes a chain that cannot err as plain AND or OR, which engines can use while they read a file."""

    def chained(self, parts: list[Node], operator: str) -> Node:
        if not all(_never_null(part, self.scope) for part in parts):
            return super().chained(parts, operator)
        return nodes.some(parts) if operator == "||" else nodes.every(parts)


def _never_null(node: Node, scope: Scope) -> bool:
    """Read off the built expression itself: operators that make no NULL of their own, over sure columns."""
    return all(
        scope.never_null(part) if isinstance(part, exp.Column) else isinstance(part, NEVER_NULL_OVER)
        for part in node.walk(prune=lambda n: isinstance(n, exp.Column))
    )
