"""Reads the option of a log source, `key=value,key=value`, as in `--option zone=America/Los_Angeles,year=2026`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from clausewise.sources.contract import State
from clausewise.sources.times import Clock, zone_named

CLOCK_KEYS: Mapping[str, str] = {
    "until": "until=2026-10-05",
    "year": "year=2026",
    "zone": "zone=America/Los_Angeles",
}
"""The keys of a format whose times name no zone or no year, each with how it is written."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONES_APART = timedelta(days=2)  # where `until` ends in the last time zone of the earth


def read_options(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """Read `key=value,key=value`; `known` names the keys, each with an example of how it is written.

    Raises `ValueError` for an unknown key, a key without a value and a key given twice.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = (word.strip() for word in part.partition("="))
        if not name and not value:
            continue
        if name not in known:
            use = f"use {', '.join(sorted(known))}" if known else "this format takes none, leave it out"
            raise ValueError(f"option {name!r}: unknown here; {use}")
        if not value:
            raise ValueError(f"option {name}: it has no value; write it like {known[name]}")
        if name in found:
            raise ValueError(f"option {name}: given twice; give it once")
        found[name] = value
    return found


def read_clock(found: Mapping[str, str]) -> Clock:
    """Make the clock of `zone`, `year` and `until`; without a zone it is UTC. Raises `ValueError`."""
    zone = zone_named(found["zone"]) if "zone" in found else UTC
    year, until = found.get("year"), found.get("until")
    if year is not None and not (len(year) == 4 and year.isascii() and year.isdigit() and year >= "1970"):
        raise ValueError(f"option year={year}: not a year; write it like {CLOCK_KEYS['year']}")
    return Clock(zone, int(year) if year else None, _end_of(until) if until else None)


def start_with_clock(option: str) -> State:
    """Begin a file of a format whose times name no zone or year. Raises `ValueError`."""
    return State(option=read_clock(read_options(option, CLOCK_KEYS)))


def start_without_options(option: str) -> State:
    """Begin a file of a format that takes no option. Raises `ValueError` for any."""
    read_options(option, {})
    return State()


def _end_of(text: str) -> int:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError(f"option until={text}: not a date; write it like {CLOCK_KEYS['until']}") from error
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + _ZONES_APART
    return (end - _EPOCH) // timedelta(microseconds=1)
