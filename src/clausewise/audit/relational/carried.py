"""Whether the audit can run a pack's policies as they stand: each is compiled for every act it speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from clausewise.audit.relational.compiler import compile_policy
from clausewise.audit.relational.dialect import DUCKDB, SPARK, Dialect
from clausewise.audit.relational.scope import Columns
from clausewise.audit.relational.types import BOOL, LONG, Type, Value, Word, Words
from clausewise.model.law import Act, Attribute, Pack
from clausewise.pdp.tree import Policy


def column_type(attribute: Attribute) -> Type:
    """How the audit holds an attribute of a question.

    Raises:
        ValueError: it has more words than a mask has bits, or its type is not one of a pack's.
    """
    try:
        if attribute.type == "words":
            return Words(attribute.values)
    except ValueError as problem:
        raise ValueError(f"{attribute.path}: {problem}") from None
    if attribute.type == "word":
        return Word(attribute.values)
    known = {"flag": BOOL, "number": LONG}
    if attribute.type not in known:
        raise ValueError(
            f"{attribute.path}: type {attribute.type} is not known; use flag, word, words or number"
        )
    return known[attribute.type]


def columns_of(pack: Pack, act: Act, principal_type: str) -> Columns:
    """A column for every attribute that a policy about this act may read, named as its path; none is ever NULL.

    Raises:
        ValueError: as `column_type`.
    """
    variables = {"principal": "principal", "context": "context", act.resource: "resource"}
    values = {
        f"{variable}.{attribute.name}": Value(
            column_type(attribute), exp.column(attribute.name, table=variable, quoted=True)
        )
        for attribute in pack.attributes.values()
        if (variable := variables.get(attribute.owner)) is not None
        if variable != "context" or attribute.name in act.context
    }
    return Columns(principal_type, act.id, act.resource, values, frozenset(values))


def environments(pack: Pack, policy: Policy) -> Iterator[tuple[Act, str]]:
    """Every act and type of principal that the scope of a policy covers."""
    for act in pack.acts.values():
        for principal_type in act.principal:
            if policy.applies_to(act.id, principal_type, act.resource):
                yield act, principal_type


def carried(pack: Pack, policy: Policy, dialects: tuple[Dialect, ...] = (DUCKDB, SPARK)) -> tuple[str, ...]:
    """What keeps the audit from running a policy, as `place: problem; remedy`; empty if nothing does."""
    problems: dict[str, None] = {}
    for act, principal_type in environments(pack, policy):
        for dialect in dialects:
            try:
                compile_policy(policy, columns_of(pack, act, principal_type), dialect)
            except ValueError as problem:
                problems[str(problem)] = None
    return tuple(problems)
