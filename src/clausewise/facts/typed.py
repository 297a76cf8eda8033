"""Typed rows that still know where they were written, so that a later check can name the line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Typed:
    """One row: where it stands, and a value (None: unknown) for every column of its table.

    `broken` rows had a problem already: they only count as "this person exists", so that one mistake in a
    supervisor's row is not reported again for everyone who reports to her.
    """

    file: str
    line: int
    values: Mapping[str, object]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class TypedTable:
    """The rows of one table and the columns that the county gave."""

    rows: tuple[Typed, ...]
    columns: frozenset[str]


class Tables(Mapping[str, TypedTable]):
    """All tables that the county gave, by name."""

    __slots__ = ("_by_name",)

    def __init__(self, by_name: Mapping[str, TypedTable]) -> None:
        self._by_name = MappingProxyType(dict(sorted(by_name.items())))

    @classmethod
    def of(cls, rows: Mapping[str, list[Typed]], columns: Mapping[str, set[str]]) -> Tables:
        """Tables from rows and given columns by table name."""
        return cls({name: TypedTable(tuple(found), frozenset(columns[name])) for name, found in rows.items()})

    @classmethod
    def none(cls) -> Tables:
        """No tables at all."""
        return cls({})

    def __getitem__(self, name: str) -> TypedTable:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)
