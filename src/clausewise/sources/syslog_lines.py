"""Reads what stands before the message of a syslog line: the time, the host and the program.

Three forms, each with or without `<34>` before it: RFC 3164 (`Oct  5 10:11:12 host program[7]: text`, no
year and no zone), the same with an ISO 8601 time (the default of rsyslog since Debian 12), and RFC 5424.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from clausewise.sources.rows import Collected, Line
from clausewise.sources.times import Clock, LocalClock, Seen, from_iso, month_named, zone_named

NO_YEAR = "the time names no year; give --option year=2026"
NO_TIME = "the time cannot be read"

_TAG = r"(?:([^\s:\[]{1,128})(?:\[[^\]\s]{0,64}\])?:(?: |$))?(.*)"
_TRADITIONAL = re.compile(
    r"([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) (?:([0-9]{4}) )?([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r" ([^\s:]{1,255}) " + _TAG,
    re.DOTALL,
)
_STAMP = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_ISO = re.compile(_STAMP + r" (\S{1,255}) " + _TAG, re.DOTALL)
_NEW = re.compile(
    r"1 (?:-|" + _STAMP + r") (\S{1,255}) (\S{1,128}) \S{1,128} \S{1,64} "
    r'(?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*+")*+\])++)(?: (?:\ufeff)?(.*))?',
    re.DOTALL,
)
_PRIORITY = re.compile(r"<[0-9]{1,3}>")
_UTC = zone_named("UTC")


class Message(NamedTuple):
    """One syslog line. `time` is in microseconds since 1970 UTC; where it is None, `problem` says why."""

    time: int | None
    host: str
    program: str
    text: str
    problem: str = NO_TIME


class Prefixes:
    """Reads the prefixes of a file's lines in their order; `seen` is what the next block begins with."""

    def __init__(self, clock: Clock, seen: Seen | None) -> None:
        self._clock = LocalClock(clock, seen)
        self._stamp: tuple[Any, ...] = ()
        self._time: int | None = None

    @property
    def seen(self) -> Seen:
        """What the reader of the next block begins with."""
        return self._clock.seen

    def read(self, text: str) -> Message | None:
        """Split a line; None when it is no syslog line."""
        if text.startswith("<"):
            found = _PRIORITY.match(text)
            text = text[found.end() :] if found else text
        if text[:1].isalpha():
            return self._read_traditional(text)
        if text.startswith("1 "):
            return self._read_new(text)
        found = _ISO.fullmatch(text)
        if not found:
            return None
        *stamp, host, program, rest = found.groups()
        return Message(self._iso(stamp), host, program or "", rest)

    def _read_traditional(self, text: str) -> Message | None:
        found = _TRADITIONAL.fullmatch(text)
        if not found:
            return None
        *stamp, fraction, host, program, rest = found.groups()
        if not stamp[2] and not self._clock.knows_year:
            return Message(None, host, program or "", rest, NO_YEAR)
        return Message(self._local(tuple(stamp), fraction), host, program or "", rest)

    def _read_new(self, text: str) -> Message | None:
        found = _NEW.fullmatch(text)
        if not found:
            return None
        *stamp, host, program, rest = found.groups()
        return Message(self._iso(stamp) if stamp[0] else None, host, program, rest or "")

    def _iso(self, stamp: list[str | None]) -> int | None:
        day, hour, minute, second, fraction, zone = stamp
        if zone is None:
            year, month, day_of = str(day).split("-")
            # In the order of the traditional form, so that both are remembered alike.
            return self._local((int(month), day_of, year, hour, minute, second), fraction)
        began = _minute(f"{day} {hour}:{minute}:00{zone}")
        if began is None or int(second or 0) > 60:
            return None
        return began + int(second or 0) * 1_000_000 + _fraction(fraction)

    def _local(self, stamp: tuple[Any, ...], fraction: str | None) -> int | None:
        # The same second again is the same moment: a busy log has hundreds of lines in one.
        if stamp != self._stamp:
            month, day, year, *clock = stamp
            month = month if isinstance(month, int) else month_named(month)
            hour, minute, second = (int(part) for part in clock)
            self._stamp = stamp
            self._time = self._clock.read(int(year) if year else None, month, int(day), hour, minute, second)
        return None if self._time is None else self._time + _fraction(fraction)


@lru_cache(maxsize=1 << 12)
def _minute(text: str) -> int | None:
    return from_iso(text, _UTC)


def _fraction(digits: str | None) -> int:
    return int(digits[:6].ljust(6, "0")) if digits else 0


def put(cls: str, message: Message, line: Line, out: Collected, values: Mapping[str, Any]) -> None:
    """Put an event into `out`; a time that cannot be read rejects it with the reason of its line."""
    if message.time is None and not out.shields(cls, values):
        out.reject(line, message.problem)
    else:
        out.event(cls, line, message.time, values)
