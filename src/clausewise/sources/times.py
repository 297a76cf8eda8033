"""Reads the time spellings of logs into microseconds since 1970-01-01 UTC. Reads no clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECONDS = re.compile(r"([0-9]{1,11})(?:\.([0-9]{1,9}))?")
_CLF = re.compile(
    r"([0-9]{2})/([A-Z][a-z]{2})/([0-9]{4}):([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})"
)
_MONTHS = {name: k for k, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
_ISO = re.compile(
    r"([0-9]{4})[-/]([0-9]{2})[-/]([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))?"
    r" ?(Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?"
)
_US = re.compile(
    r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})[ ,]+([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?: ?([AaPp])[Mm])?"
)

_DAY = 86_400_000_000
_LATE = 300_000_000
_HALF_YEAR = 183 * _DAY
_LAST_YEAR = 9990  # beyond it a time zone's offset may leave the calendar


class Clock(NamedTuple):
    """What is known of times that name no zone or year.

    `zone` is the zone they are in, `year` the year of the file's first line, `until` a moment
    (microseconds since 1970 UTC) that no line of the file lies beyond.
    """

    zone: tzinfo = UTC
    year: int | None = None
    until: int | None = None


class Seen(NamedTuple):
    """The last reading of a file, and the last one before its latest move into a new year (microseconds)."""

    last: int | None = None
    before: int | None = None


class LocalClock:
    """Reads times that name no zone, and perhaps no year, in the order in which a file has them.

    Clocks that went back: an hour that comes twice is its first coming, until the times go back by more
    than five minutes; from then on its second. An hour that was skipped is read with the offset before it.

    Years: the first line has the year of the option, or the last year in which it is not later than
    `until`; a time half a year or more behind the one before it (December to January) begins a new year.
    A single line from a wrong clock is read as it stands; the lines after it find back to their year.
    """

    def __init__(self, clock: Clock, seen: Seen | None = None) -> None:
        self._clock, self._zone = clock, clock.zone
        self._last, self._before = seen or Seen()

    @property
    def seen(self) -> Seen:
        """What the reader of the next block begins with."""
        return Seen(self._last, self._before)

    @property
    def knows_year(self) -> bool:
        """Tell whether a time without a year can be read."""
        return self._last is not None or self._clock.year is not None or self._clock.until is not None

    def read(self, year: int | None, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
        """Give the moment in microseconds since 1970 UTC; None when there is no such time."""
        if second > 60 or (year is not None and not 1900 <= year <= _LAST_YEAR):
            return None
        rest = (month, day, hour, minute)
        both = self._in_some_year(rest) if year is None else _minute(self._zone, year, *rest)
        if both is None:
            return None
        first, again = both[0] + second * 1_000_000, both[1] + second * 1_000_000
        last = self._last
        twice = again > first and last is not None and first < last - _LATE
        self._last = again if twice and last is not None and again >= last - (again - first) else first
        return self._last

    def _in_some_year(self, rest: tuple[int, int, int, int]) -> tuple[int, int] | None:
        last = self._last
        if last is None:
            return self._in_first_year(rest)
        year = (_EPOCH + last * _MICROSECOND).astimezone(self._zone).year
        here, ahead = _minute(self._zone, year, *rest), _minute(self._zone, year + 1, *rest)
        if ahead and year < _LAST_YEAR and (here[0] if here else ahead[0] - 365 * _DAY) < last - _HALF_YEAR:
            self._before = last
            return ahead
        if here and self._before is not None and here[0] > last + _HALF_YEAR // 2:
            behind = _minute(self._zone, year - 1, *rest)
            return behind if behind and behind[0] >= self._before - _DAY else here
        return here

    def _in_first_year(self, rest: tuple[int, int, int, int]) -> tuple[int, int] | None:
        if self._clock.year is not None:
            return _minute(self._zone, self._clock.year, *rest)
        until = self._clock.until
        if until is None:
            return None
        year = (_EPOCH + until * _MICROSECOND).year
        for back in range(9):  # February 29th may be eight years ago
            found = _minute(self._zone, year - back, *rest)
            if found and found[0] <= until:
                return found
        return None


@lru_cache(maxsize=1 << 12)  # a busy log has many lines in a minute
def _minute(zone: tzinfo, year: int, month: int, day: int, hour: int, minute: int) -> tuple[int, int] | None:
    """Give both readings of a minute; they differ where clocks were changed."""
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=zone)
        first = (moment - _EPOCH) // _MICROSECOND
        return first, (moment.replace(fold=1) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None


def month_named(name: str) -> int:
    """Give the month of `Jan` to `Dec`, 0 for anything else."""
    return _MONTHS.get(name, 0)


def zone_named(name: str) -> tzinfo:
    """Give a time zone by its IANA name. Raises `ValueError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"zone {name!r}: no such time zone; write it like America/Los_Angeles") from error


def from_seconds(text: str) -> int | None:
    """Read `1286536308.779`, seconds since 1970, to the microsecond."""
    found = _SECONDS.fullmatch(text)
    return int(found[1]) * 1_000_000 + _fraction(found[2]) if found else None


@lru_cache(maxsize=1 << 12)  # a busy proxy writes many lines in one second
def from_common_log(text: str) -> int | None:
    """Read `08/Oct/2010:11:41:48 +0530`, as web servers write it."""
    found = _CLF.fullmatch(text)
    month = _MONTHS.get(found[2]) if found else None
    if not found or not month:
        return None
    day, year, hour, minute, second = (int(found[k]) for k in (1, 3, 4, 5, 6))
    return _micros(year, month, day, hour, minute, second, _shift(found[7], found[8], found[9]))


def from_iso(text: str, zone: tzinfo) -> int | None:
    """Read `2024-03-07T10:15:00.123Z` and its kin; `zone` holds where the text names none."""
    found = _ISO.fullmatch(text.strip())
    if not found:
        return None
    said = found[8]
    if said and said[0] in "+-":
        zone = _shift(said[0], said[1:3], said[-2:]) or zone
    elif said:
        zone = UTC
    year, month, day, hour, minute, second = (int(found[k]) for k in range(1, 7))
    micros = _micros(year, month, day, hour, minute, second, zone)
    return None if micros is None else micros + _fraction(found[7])


def from_us(text: str, zone: tzinfo) -> int | None:
    """Read `3/7/2024 2:15:00 PM`, as spreadsheets in the United States write it."""
    found = _US.fullmatch(text.strip())
    if not found:
        return None
    month, day, year, hour, minute, second = (int(found[k]) for k in range(1, 7))
    if found[7]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[7] in "Pp" else 0)
    return _micros(year, month, day, hour, minute, second, zone)


def _fraction(digits: str | None) -> int:
    return int((digits or "0")[:6].ljust(6, "0"))


def _shift(sign: str, hours: str, minutes: str) -> tzinfo | None:
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-size if sign == "-" else size) if size < timedelta(hours=24) else None


def _micros(
    year: int, month: int, day: int, hour: int, minute: int, second: int, zone: tzinfo | None
) -> int | None:
    if zone is None:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
        leap = 1_000_000 if second == 60 else 0
        return (moment - _EPOCH) // _MICROSECOND + leap if second <= 60 else None
    except (ValueError, OverflowError):
        return None
