"""What a window measures and over which time, read from the few words of its file."""

from __future__ import annotations

from dataclasses import dataclass

from clausewise.model.law import Pack, Window
from clausewise.pack.windows import PEOPLE

MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
"""Microseconds."""
UNITS = ("time", "hour", "day", "week")
"""Units of time from the shortest to the longest."""
SPANS = {"1h": "hour", "1d": "day", "1w": "week"}
SEQUENCES = frozenset({"idle", "overlap", "silence"})
SESSION_EDGES = ("close", "lock", "unlock", "open")


@dataclass(frozen=True, slots=True)
class Measure:
    """`kind` is count, sum, max, distinct, sliding, idle, overlap or silence; `column` the field it looks at.

    `span` is the length in microseconds of a sliding window, else 0.
    """

    kind: str
    column: str
    span: int = 0


def measure_of(window: Window) -> Measure:
    """The measure of a window; a distinct count over minutes is a sliding one."""
    kind, _, column = window.measure.partition(":")
    if window.timespan not in SPANS:
        return Measure("sliding", column, int(window.timespan.removesuffix("m")) * MINUTE)
    return Measure(kind, column)


def unit_of(window: Window) -> str:
    """The unit of time that one count of this window covers; runs of a sliding window are cut at midnight."""
    return SPANS.get(window.timespan, "day")


def closing_unit(window: Window) -> str:
    """The unit that has to be over before anything of the window is said: the longer of counted and shown."""
    return max(unit_of(window), window.finest, key=UNITS.index)


def person_field(window: Window) -> str:
    """The field that groups by a person: `person`, `owner`, or empty."""
    return next((name for name in window.group_by if name in PEOPLE), "")


def thing_field(window: Window) -> str:
    """The field that groups by a thing, or empty."""
    return next((name for name in window.group_by if name not in PEOPLE), "")


def threshold_of(window: Window, pack: Pack) -> int:
    """The county's number for this window; for a window that compares, what is let pass above the fact."""
    return int(str(pack.parameter(window.threshold_parameter)))


def windows_of(pack: Pack) -> tuple[Window, ...]:
    """Every window of the pack in printed order, without those whose norm is disabled."""
    return tuple(w for c in pack.clauses.values() for w in c.windows if w.norm not in pack.disabled)
