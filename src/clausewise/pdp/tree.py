"""A policy as our own frozen values, so that nobody but `cedar.py` needs to know Cedar's library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """One parsed policy. `source` is its Cedar JSON form; the other fields are read off it once.

    `principals` and `resources` are the entity types of its scope (empty: any type); `actions` its acts.
    """

    id: str
    effect: str
    actions: frozenset[str]
    principals: frozenset[str]
    resources: frozenset[str]
    unknown_side: bool
    source: Json

    def applies_to(self, act: str, principal: str, resource: str) -> bool:
        """Whether the scope covers a question of this act and these types (Cedar alone cannot say)."""
        return (
            (not self.actions or act in self.actions)
            and (not self.principals or principal in self.principals)
            and (not self.resources or resource in self.resources)
        )

    def conditions(self) -> Iterator[tuple[str, Json]]:
        """(`when` or `unless`, expression) of each condition, in order."""
        for condition in self.source["conditions"]:
            yield condition["kind"], condition["body"]

    def reads(self) -> frozenset[str]:
        """Attribute paths that the conditions read, as `context.duty` or `resource.provided`."""
        return frozenset(path for _, body in self.conditions() for path in paths_in(body))


def paths_in(expression: object) -> Iterator[str]:
    """Every `variable.attribute` read anywhere in a Cedar JSON expression."""
    if isinstance(expression, dict):
        node = expression.get(".")
        if isinstance(node, dict) and "Var" in node.get("left", {}):
            yield f"{node['left']['Var']}.{node['attr']}"
        for value in expression.values():
            yield from paths_in(value)
    elif isinstance(expression, list):
        for value in expression:
            yield from paths_in(value)


def literals_in(expression: object) -> Iterator[object]:
    """Every literal value in a Cedar JSON expression."""
    if isinstance(expression, dict):
        if "Value" in expression:
            yield expression["Value"]
        for value in expression.values():
            yield from literals_in(value)
    elif isinstance(expression, list):
        for value in expression:
            yield from literals_in(value)


def parts(expression: Json, operator: str) -> list[Json]:
    """The operands of a chain of `&&` or `||`, left to right; one part if it is no such chain."""
    node = expression.get(operator)
    if not isinstance(node, dict):
        return [expression]
    return [*parts(node["left"], operator), *parts(node["right"], operator)]


def joined(operands: list[Json], operator: str) -> Json:
    """The chain of `operands` under `operator` (`&&` or `||`), folded to the right."""
    if len(operands) == 1:
        return operands[0]
    return {operator: {"left": operands[0], "right": joined(operands[1:], operator)}}


def scope_types(constraint: Json) -> frozenset[str]:
    """Entity types that a principal or resource constraint admits; empty for any."""
    if constraint.get("op") == "is":
        return frozenset({str(constraint["entity_type"])})
    return frozenset()


def scope_actions(constraint: Json) -> frozenset[str]:
    """Acts that an action constraint names; empty for any."""
    if "entities" in constraint:
        return frozenset(str(e["id"]) for e in constraint["entities"])
    if "entity" in constraint:
        return frozenset({str(constraint["entity"]["id"])})
    return frozenset()
