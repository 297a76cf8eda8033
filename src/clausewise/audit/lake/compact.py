"""Makes few ordered parts of many small ones; what the lake holds stays the same to the last event.

Every class is ordered by time, then by log file and place. Windows read events in that order, a reader that wants
some hours passes over the other row groups by their statistics, and a day of proxy events came out a tenth smaller
than ordered by host or by user (whose joins are by hash and need no order).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import pyarrow as pa

from clausewise.audit.lake.manifest import Part
from clausewise.audit.lake.store import MOST, Lake, Step

ORDER: Final = ("time", "log", "offset", "ident", "nth")
"""The columns that rows are ordered by; no two rows of a class have all of them alike but events of one line."""
NAMES: Final = 16
"""Files of the list of hosts beyond which they become one."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What was done to one day of one source: parts and bytes before and after, and its events."""

    cls: str
    day: str
    source: str
    parts: tuple[int, int]
    bytes: tuple[int, int]
    rows: int


def compact(lake: Lake, progress: Callable[[Compacted], None] | None = None) -> list[Compacted]:
    """Put every partition in order that is not; one step each, so that a stop loses at most the begun one.

    `lake` is held for writing (`store.writing`).
    """
    done = []
    for group in list(_groups(lake)):
        done.append(_merge(lake, group))
        if progress:
            progress(done[-1])
    if len(lake.manifest.names) > NAMES:
        step = Step(lake)
        step.name(lake.known_hosts().items(), instead=True)
        step.commit()
    return done


def _groups(lake: Lake) -> Iterator[list[Part]]:
    """The parts that are to become one: neighbours in time of one partition, as many as one part may hold."""
    parts = sorted(lake.manifest.parts, key=lambda part: (part.partition, part.low, part.name))
    for _, of_one in groupby(parts, key=lambda part: part.partition):
        group: list[Part] = []
        for part in of_one:
            if group and sum(p.rows for p in group) + part.rows > MOST:
                yield from _worth([group])
                group = []
            group.append(part)
        yield from _worth([group])


def _worth(groups: list[list[Part]]) -> Iterator[list[Part]]:
    """Those groups that are not one ordered part already."""
    for group in groups:
        if len(group) > 1 or not group[0].ordered:
            yield group


def _merge(lake: Lake, group: list[Part]) -> Compacted:
    """One step: some parts of one partition become one."""
    step = Step(lake)
    try:
        table = pa.concat_tables([lake.table(part) for part in group])
        for part in group:
            step.remove(part)
        step.put_back(
            group[0].partition, table.sort_by([(name, "ascending") for name in ORDER]), ordered=True
        )
        made = step.made[0]
        step.commit()
    except BaseException:
        step.abort()
        raise
    sizes = (sum(part.bytes for part in group), made.bytes)
    return Compacted(*group[0].partition, (len(group), 1), sizes, made.rows)
