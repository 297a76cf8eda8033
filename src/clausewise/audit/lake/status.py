"""What the lake holds of each class and source, and when it heard nothing: silence is not the same as clean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clausewise.audit.lake.store import Lake


@dataclass(frozen=True, slots=True)
class Feed:
    """One class and source. `first` and `last` are its first and last hour with events (since 1970 UTC).

    `missing` are the UTC days between them without any event, `silent` the number of hours without any on the
    other days between them.
    """

    cls: str
    source: str
    days: int
    rows: int
    bytes: int
    first: int
    last: int
    missing: tuple[date, ...]
    silent: int


def feeds(lake: Lake) -> list[Feed]:
    """Every class and source that the lake has events of."""
    found = []
    for cls in lake.classes():
        for source in lake.sources(cls):
            parts = [part for part in lake.chosen(cls) if part.source == source]
            hours = lake.hours(cls, source)
            first, last = min(hours), max(hours)
            heard = {hour // 24 for hour in hours}
            missing = [day for day in range(first // 24, last // 24 + 1) if day not in heard]
            silent = last - first + 1 - len(hours) - 24 * len(missing)
            size, rows = sum(part.bytes for part in parts), sum(part.rows for part in parts)
            days = tuple(date(1970, 1, 1) + timedelta(days=day) for day in missing)
            found.append(Feed(cls, source, len(heard), rows, size, first, last, days, silent))
    return found


def runs(days: Sequence[date], most: int = 6) -> str:
    """Days in words, neighbours joined: `2026-01-03 to 2026-01-05, 2026-01-09`."""
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and day - spans[-1][1] == timedelta(days=1):
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    told = [str(a) if a == b else f"{a} to {b}" for a, b in spans[:most]]
    more = len(spans) - most
    return ", ".join(told) + (f" and {more} more times" if more > 0 else "")
