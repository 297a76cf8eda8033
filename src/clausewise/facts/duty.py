"""Duty time: whether a person was at work at a moment, by the work schedules that the county handed in.

A person's own schedule counts before the site's, and the site's before the county's default. Breaks are off.
Schedules are written in local wall time, so a working day in the week that clocks change is still 8 to 5.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from .index import END_OF_TIME, AsOf, Row, Values, moment
from .tables import WEEKDAYS

Duty = Literal["on", "off", "unknown"]
Interval = tuple[datetime, datetime]  # UTC, the end excluded

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_REMEMBERED = 50_000  # person-days; about 10 MB


class Schedules:
    """All work schedules of a snapshot; `staff` tells at which site a person worked when."""

    __slots__ = ("_by_who", "_days", "_staff", "_zone")

    def __init__(self, rows: Iterable[Row], zone: ZoneInfo, staff: AsOf) -> None:
        self._by_who = Values(rows, "who")
        self._zone = zone
        self._staff = staff
        self._days: dict[tuple[date, tuple[int, ...]], tuple[Interval, ...]] = {}

    def duty(self, person: str, at: datetime) -> Duty:
        """Whether the person was on duty; "unknown" when no schedule speaks of the person."""
        rows = self._rows(person, at)
        if not rows:
            return "unknown"
        today = at.astimezone(self._zone).date()
        # yesterday too: a night shift goes on after midnight
        for day in (today, today - _DAY):
            for start, end in self._work(rows, day):
                if start <= at < end:
                    return "on"
        return "off"

    def boundaries(self, person: str, start: datetime, end: datetime) -> list[datetime]:
        """The times after `start`, up to and including `end`, at which the person's duty changes, in order."""
        person_rows = self._staff.every(person)
        sites = (f"site:{row['site']}" for row in person_rows if row["site"])
        rows = [row for who in (person, *sites, "default") for row in self._by_who.every(who)]
        found = {
            moment(row, name, END_OF_TIME)
            for row in (*rows, *person_rows)
            for name in ("valid_from", "valid_to", "known_from")
        }
        day, last = start.astimezone(self._zone).date() - _DAY, end.astimezone(self._zone).date()
        while day <= last:
            for row in rows:
                if row["weekday"] == WEEKDAYS[day.weekday()]:
                    found.update(edge for interval in self._work((row,), day) for edge in interval)
            day += _DAY
        within = sorted(one for one in found if start < one <= end)
        return [one for one in within if self.duty(person, one) != self.duty(person, one - _INSTANT)]

    def kind(self, person: str, start: datetime, end: datetime) -> tuple[int, ...] | None:
        """The same value for people whose duty is the same; None if a row begins or ends in between."""
        person_rows = self._staff.every(person)
        sites = (f"site:{row['site']}" for row in person_rows if row["site"])
        rows = [row for who in (person, *sites, "default") for row in self._by_who.every(who)]
        turns = (
            moment(row, name, END_OF_TIME)
            for row in (*rows, *person_rows)
            for name in ("valid_from", "valid_to", "known_from")
        )
        if any(start < turn <= end for turn in turns):
            return None
        return tuple(map(id, self._rows(person, start)))

    def _rows(self, person: str, at: datetime) -> tuple[Row, ...]:
        rows = self._by_who.at(person, at)
        if not rows and (known := self._staff.at(person, at)) and known["site"]:
            rows = self._by_who.at(f"site:{known['site']}", at)
        return rows or self._by_who.at("default", at)

    def _work(self, rows: tuple[Row, ...], day: date) -> tuple[Interval, ...]:
        """The working intervals that begin on a local day, breaks taken out."""
        key = (day, tuple(map(id, rows)))
        known = self._days.get(key)
        if known is None:
            if len(self._days) >= _REMEMBERED:
                self._days.clear()
            known = tuple(
                interval
                for row in rows
                if row["weekday"] == WEEKDAYS[day.weekday()] and row["start"] is not None
                for interval in _without_breaks(row, day, self._zone)
            )
            self._days[key] = known
        return known


def _without_breaks(row: Row, day: date, zone: ZoneInfo) -> Iterable[Interval]:
    begin, end = str(row["start"]), str(row["end"])
    breaks = row["breaks"]
    at = _first(day, begin, begin, zone)
    finish = _last(day, end, begin, zone)
    for pause in sorted(
        breaks if isinstance(breaks, tuple) else (), key=lambda span: (span[:5] < begin, span)
    ):
        off = max(_first(day, pause[:5], begin, zone), at)
        on = _last(day, pause[6:], begin, zone)
        if on <= off or off >= finish:
            continue
        if at < off:
            yield at, off
        at = on
    if at < finish:
        yield at, finish


def _first(day: date, wall: str, begin: str, zone: ZoneInfo) -> datetime:
    """When a clock time of a shift that begins at `begin` on `day` comes first, in UTC."""
    return _local(day, wall, begin).replace(tzinfo=zone).astimezone(UTC)


def _last(day: date, wall: str, begin: str, zone: ZoneInfo) -> datetime:
    """When it comes last: a shift or break that ends in the hour that comes twice ends in the second.

    Of an hour that clocks skip, both readings are off by the skipped hour; the later one keeps its length.
    """
    local = _local(day, wall, begin)
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def _local(day: date, wall: str, begin: str) -> datetime:
    """Local "HH:MM" without its zone; clock times earlier than the shift's beginning are the next day's."""
    next_day = day + _DAY if wall < begin else day
    return datetime.combine(next_day, time(int(wall[:2]), int(wall[3:])))
