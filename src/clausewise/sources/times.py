"""Reads the time spellings of logs into microseconds since 1970-01-01 UTC. Reads no clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
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
