"""Tells which events the lake holds already, so that the same line read from two files is one event."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from clausewise.audit.lake.manifest import Part
from clausewise.audit.lake.occurrences import marks_of
from clausewise.audit.lake.store import Lake

SECOND = 1_000_000
"""Microseconds."""
MOST = 24_000_000
"""Events whose identities (16 bytes each) are held at once."""
_ODD = np.uint64(0xD1B54A32D192ED03)
"""Spreads the number of the occurrence over all 64 bits."""


@dataclass(frozen=True, slots=True)
class Identities:
    """The events of one part, by rising mark, and the second of each."""

    marks: np.ndarray
    seconds: np.ndarray


class Known:
    """Compares events with those of the lake by source, identity of the line and n-th occurrence in its second."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._held: OrderedDict[str, Identities] = OrderedDict()

    def new(self, cls: str, source: str, table: pa.Table) -> pa.Table:
        """The rows of `table` (columns `LAKE[cls]`) that are not in the lake."""
        if not table.num_rows:
            return table
        marks, seconds = _marks(table)
        low, high = int(seconds.min()), int(seconds.max())
        old = np.zeros(table.num_rows, bool)
        for part in self._lake.chosen(cls, low * SECOND, (high + 1) * SECOND):
            if part.source == source:
                held = self._identities(part)
                at = np.minimum(np.searchsorted(held.marks, marks), len(held.marks) - 1)
                old |= (held.marks[at] == marks) & (held.seconds[at] == seconds)
        return table.filter(pa.array(~old)) if old.any() else table

    def _identities(self, part: Part) -> Identities:
        found = self._held.pop(part.place, None)
        if found is None:
            marks, seconds = _marks(self._lake.table(part, ["time", "ident", "nth"]))
            order = np.argsort(marks, kind="stable")
            found = Identities(marks[order], seconds[order])
        self._held[part.place] = found
        while len(self._held) > 1 and sum(len(held.marks) for held in self._held.values()) > MOST:
            self._held.popitem(last=False)
        return found


def _marks(table: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """(mark, second) of each row."""
    seconds = table["time"].to_numpy() // SECOND
    nth = table["nth"].to_numpy().astype(np.uint64)
    return marks_of(table["ident"].to_numpy(), seconds) ^ (nth * _ODD), seconds
