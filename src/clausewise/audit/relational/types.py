"""What a column can hold: Cedar's types, and the two closed vocabularies in which a county's facts are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlglot import exp

MASK_BITS = 62
"""Words in one bitmask column: a BIGINT has 63 bits beside its sign, and one is left free."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A type without parameters. `ENCODED` is a value of any type written out as text (see `algebra.encoded`)."""

    name: str


BOOL, LONG, STRING = Simple("Bool"), Simple("Long"), Simple("String")
DECIMAL, DATETIME, DURATION, IP = Simple("decimal"), Simple("datetime"), Simple("duration"), Simple("ipaddr")
RECORD, ENCODED = Simple("Record"), Simple("encoded")


@dataclass(frozen=True, slots=True)
class Word:
    """A string out of a closed vocabulary; the column holds its place in `values`, counted from 0."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A set of strings out of a closed vocabulary; the column holds a BIGINT, bit i set for `values[i]`.

    Raises:
        ValueError: more than 62 words.
    """

    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.values) > MASK_BITS:
            raise ValueError(f"{len(self.values)} words: more than {MASK_BITS} in one mask; use two columns")


@dataclass(frozen=True, slots=True)
class Entity:
    """A reference to an entity of type `name` ("" inside sets of several types); the column holds its key."""

    name: str


@dataclass(frozen=True, slots=True)
class SetOf:
    """A set; the column holds a sorted list without doubles or NULL. `element` is None if it is always empty."""

    element: Type | None


Type = Simple | Word | Words | Entity | SetOf


@dataclass(frozen=True, slots=True)
class Value:
    """A typed SQL expression. NULL says that Cedar would err here, or that the attribute is missing.

    A record has no column of its own: `sql` is TRUE where it is there, and `fields` holds the rest.
    `constant` is the string, or the strings of the set, if the policy itself says which.
    """

    type: Type
    sql: exp.Expression
    fields: Mapping[str, Alternatives] = field(default_factory=lambda: MappingProxyType({}))
    constant: str | tuple[str, ...] | None = None


Alternatives = tuple[Value, ...]
"""One value for each type that an expression can have; at most one of them is not NULL in any row.

`if c then 1 else "a"` has two; an expression that always errs has none.
"""
