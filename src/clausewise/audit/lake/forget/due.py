"""Finds what is due, and which of its events a hold keeps back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from clausewise.audit.findings import pseudonym
from clausewise.audit.lake.columns import LAKE
from clausewise.audit.lake.forget.paper import Due
from clausewise.audit.lake.forget.rules import Hold, Rules
from clausewise.audit.lake.keys import person_key, pseudonym_of
from clausewise.audit.lake.manifest import Part
from clausewise.audit.lake.store import Lake
from clausewise.facts.snapshot import Facts

_LOST = 16
"""Bits of a person's key that its printed pseudonym does not show."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part that is due, what would go of it, and how many of its events each hold keeps back."""

    part: Part
    due: Due
    by_hold: Mapping[str, int]


class Holds:
    """The holds with the keys of the persons they name, under every name that the staff list has for each."""

    def __init__(self, rules: Rules, facts: Facts, secret: bytes) -> None:
        self.rules = rules
        wanted = {p for hold in rules.holds for p in hold.persons or ()}
        known = _people(facts, secret) if wanted else []
        self._shown = {
            hold.name: _shown(hold.persons, known) for hold in rules.holds if hold.persons is not None
        }

    def due(self, lake: Lake, at: datetime) -> Iterator[Chosen]:
        """The parts that are due at `at`, by class, day and source."""
        parts = sorted(lake.manifest.parts, key=lambda part: (part.partition, part.low, part.name))
        for part in parts:
            if self.rules.retention.due(part, at):
                masks = self._masks(lake, part)
                keep = int(np.logical_or.reduce(list(masks.values())).sum()) if masks else 0
                told = Due(*part.partition, part.sha256, part.rows, part.rows - keep, keep)
                yield Chosen(part, told, {name: int(mask.sum()) for name, mask in masks.items()})

    def held(self, lake: Lake, part: Part) -> pa.Table | None:
        """The rows of a part that a hold keeps back; None if there are none."""
        masks = self._masks(lake, part)
        if not masks:
            return None
        return lake.table(part).filter(pa.array(np.logical_or.reduce(list(masks.values()))))

    def _masks(self, lake: Lake, part: Part) -> dict[str, np.ndarray]:
        """For each hold that touches the part, which of its rows it keeps back."""
        touching = [hold for hold in self.rules.holds if hold.touches(part)]
        if not touching:
            return {}
        columns = ["time", *sorted(LAKE[part.cls].persons)]
        table = lake.table(part, columns)
        return {hold.name: self._mask(hold, table) for hold in touching}

    def _mask(self, hold: Hold, table: pa.Table) -> np.ndarray:
        time = table["time"].to_numpy()
        found: np.ndarray = time >= hold.start
        if hold.end is not None:
            found = found & (time < hold.end)
        if hold.persons is None:
            return found
        names = np.zeros(len(found), bool)
        for column in table.column_names[1:]:
            keys = table[column]
            shown = keys.fill_null(0).to_numpy() >> _LOST
            there = keys.is_valid().to_numpy()
            names |= np.isin(shown, self._shown[hold.name]) & there
        return found & names


def _people(facts: Facts, secret: bytes) -> list[tuple[frozenset[str], frozenset[int]]]:
    """Each person's pseudonyms, and the keys of every name a log may call them by."""
    names: dict[str, set[str]] = {}
    for row in facts.rows("staff") if facts.has("staff") else ():
        said = {str(row[column]) for column in ("id", "account", "mail") if row.get(column)}
        names.setdefault(str(row["id"]), set()).update(said)
    for row in facts.rows("accounts") if facts.has("accounts") else ():
        if row.get("owner"):
            names.setdefault(str(row["owner"]), {str(row["owner"])}).add(str(row["account"]))
    found = []
    for person, said in names.items():
        keys = frozenset(person_key(secret, name) for name in said)
        shown = {pseudonym_of(key) for key in keys} | {pseudonym(secret, person)}
        found.append((frozenset(shown), keys))
    return found


def _shown(persons: Collection[str], people: Collection[tuple[frozenset[str], frozenset[int]]]) -> np.ndarray:
    """The upper bits of the keys of some persons, given by pseudonym."""
    keys = {key for shown, of in people if not shown.isdisjoint(persons) for key in of}
    said = {int.from_bytes(bytes.fromhex(p[2:] + "0000"), "big", signed=True) for p in persons}
    return np.array(sorted({key >> _LOST for key in keys | said}), dtype=np.int64)
