"""Hours, days and weeks as integers: where each begins and ends, in the county's zone, over changes of clocks.

Hours are clock hours of UTC. Days begin at local midnight and weeks on Monday (ISO 8601). A day whose
midnight the clocks skip begins with the first instant it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp, parse_one

from clausewise.audit.timeline import microseconds, moment
from clausewise.audit.windows.measure import DAY, HOUR

MONDAY = 4 * DAY
"""Local time of the first Monday after the beginning of 1970."""
WEEK = 7 * DAY
LAST = 2**62
"""A time after all others."""


class Calendar:
    """Buckets of time for events between `low` and `high` (microseconds since 1970 UTC, not negative)."""

    def __init__(self, zone: ZoneInfo | str, low: int, high: int) -> None:
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        low, high = max(low - 2 * WEEK, 0), high + 2 * WEEK
        self._base = self._offset(low)
        self._turns = tuple(self._changes(low, high))

    def start(self, at: exp.Expr, unit: str) -> exp.Expr:
        """The bucket of `unit` that begins at or before `at`, as an expression over integers."""
        if unit == "time":
            return at.copy()
        if unit == "hour":
            return parse_one(f"({_sql(at)}) - ({_sql(at)}) % {HOUR}", dialect="duckdb")
        local = f"({_sql(at)} + {self._case(_sql(at), 0)})"
        length, origin = (WEEK, MONDAY) if unit == "week" else (DAY, 0)
        begin = f"({local} - ({local} - {origin}) % {length})"
        return parse_one(f"{begin} - {self._case(begin, 1)}", dialect="duckdb")

    def start_of(self, at: int, unit: str) -> int:
        """As `start`, of one moment."""
        if unit == "time" or at >= LAST:
            return at
        if unit == "hour":
            return at - at % HOUR
        day = moment(at).astimezone(self.zone).date()
        return self._midnight(day - timedelta(days=day.weekday()) if unit == "week" else day)

    def end_of(self, start: int, unit: str) -> int:
        """Where the bucket ends that begins at `start`; the end is not part of it."""
        if unit == "time":
            return start
        if unit == "hour":
            return start + HOUR
        day = moment(start).astimezone(self.zone).date()
        return self._midnight(day + timedelta(days=7 if unit == "week" else 1))

    def _midnight(self, day: date) -> int:
        return microseconds(datetime.combine(day, time(), self.zone).astimezone(UTC))

    def _offset(self, at: int) -> int:
        offset = moment(at).astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset // timedelta(microseconds=1)

    def _changes(self, low: int, high: int) -> Iterator[tuple[int, int, int]]:
        """(when, when as local time, offset after) of every change of clocks, the last one first."""
        found = []
        for day in range(low, high, DAY):
            before, after = self._offset(day), self._offset(day + DAY)
            if before != after:
                since, until = day, day + DAY
                while until - since > 1:
                    half = (since + until) // 2
                    since, until = (half, until) if self._offset(half) == before else (since, half)
                found.append((until, until + max(before, after), after))
        yield from reversed(found)

    def _case(self, at: str, side: int) -> str:
        """The zone's offset at `at`, which is UTC (side 0) or local time (side 1)."""
        if not self._turns:
            return f"({self._base})"
        cases = " ".join(f"WHEN {at} >= {turn[side]} THEN {turn[2]}" for turn in self._turns)
        return f"(CASE {cases} ELSE {self._base} END)"


def _sql(at: exp.Expr) -> str:
    return at.sql(dialect="duckdb")
