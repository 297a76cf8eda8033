"""What a build of the labels did, and why a host has a category, as values to show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from clausewise.labels.catalogue import ListSource
from clausewise.labels.web import Dropped, Hit, settle


@dataclass(frozen=True, slots=True)
class Provenance:
    """Why a host has a category: the list and the entry that say so.

    `effect` is `gives` for an entry that counts, `overruled` for one that a county line or a protected
    topic set aside, `clears` for the line that did, `dropped` for an entry a guard kept out.
    """

    list: str
    entry: str
    category: str
    licence: str
    retrieved: date | None
    effect: str = "gives"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that covers the host asked about, and the list it stands in (without its entries)."""

    source: ListSource
    entry: str
    depth: int

    @property
    def hit(self) -> Hit:
        """The entry as the rule of web.py sees it."""
        return Hit(self.source.bits, self.source.role, self.depth)


def account(found: Iterable[Found], dropped: Iterable[tuple[ListSource, Dropped]] = ()) -> list[Provenance]:
    """Say of every entry that covers a host what became of it; those that count come first."""
    rows = list(found)
    mask = settle([row.hit for row in rows])
    told = []
    for row in rows:
        if row.source.role in ("allow", "protect"):
            effect = "clears"
        else:
            effect = "gives" if row.source.bits & mask else "overruled"
        told.append(_row(row.source, row.entry, effect))
    told.extend(_row(source, drop.entry, "dropped") for source, drop in dropped)
    order = ("gives", "clears", "overruled", "dropped")
    return sorted(told, key=lambda row: (order.index(row.effect), row.category, row.list, row.entry))


def _row(source: ListSource, entry: str, effect: str) -> Provenance:
    return Provenance(source.id, entry, source.category, source.licence, source.retrieved, effect)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build read, kept and left out.  Counts are entries; `answer_bytes` is the file's size."""

    digest: str
    lists: Mapping[str, int]
    refused: Mapping[str, Mapping[str, int]]
    names: int
    exact: int
    dropped: tuple[Dropped, ...]
    popularity_guard: bool
    answer_bytes: int

    def says(self) -> tuple[str, ...]:
        """Lines for whoever ran the build: sizes, guards, and what is switched off."""
        public = sum(drop.guard == "public suffix" for drop in self.dropped)
        refused = sum(sum(reasons.values()) for reasons in self.refused.values())
        popular = f"{len(self.dropped) - public:,} entries left out"
        return (
            f"{len(self.lists)} lists, {sum(self.lists.values()):,} entries read, {refused:,} refused",
            f"{self.names:,} names and {self.exact:,} exact hosts kept, {self.answer_bytes:,} bytes",
            f"public suffix guard: {public:,} entries left out",
            f"popularity guard: {popular if self.popularity_guard else 'off; add a Tranco list to use it'}",
        )
