"""One row of an osquery result: its columns, what was done to it, on which device and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from clausewise.sources.json_lines import Made, word
from clausewise.sources.rows import whole


class Action(Enum):
    """What a result says of a row: it came, it went, or it was there."""

    ADDED = "added"
    REMOVED = "removed"
    PRESENT = "present"


class Result(NamedTuple):
    """What all rows of a line share: the device's name, the time (microseconds), whether it is a snapshot."""

    device: str | None
    time: int | None
    snapshot: bool


class Row(NamedTuple):
    """A row and what surrounds it."""

    result: Result
    action: Action
    columns: Mapping[str, Any]

    def text(self, *names: str) -> str | None:
        """Give the first filled column of these names."""
        for name in names:
            found = word(self.columns.get(name))
            if found is not None:
                return found
        return None

    def time_in(self, name: str) -> int | None:
        """Give a column of seconds since 1970 in microseconds; the result's own time when it is empty or 0."""
        seconds = whole(self.text(name))
        return seconds * 1_000_000 if seconds else self.result.time


Found = Made | str
"""The event that a row stands for, or the word of the noise that it is."""
Table = Callable[[Row], Found]
