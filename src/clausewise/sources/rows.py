"""Reads formats line by line: collects events, rejects and noise, and makes columns of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

import pyarrow as pa

from clausewise.sources.contract import SCHEMAS, Batch, Parsed, Protected, Reject, State, nothing
from clausewise.sources.lines import cut, texts

_BIGGEST = 2**63 - 1
_NO_TIME = "the time cannot be read"


class Line(NamedTuple):
    """One line: its 1-based number, byte offset, bytes without the line end, and text."""

    number: int
    offset: int
    length: int
    text: str


@dataclass(slots=True)
class Collected:
    """What the lines of one block gave so far."""

    protected_names: Protected
    events: dict[str, list[tuple[int, Line, Mapping[str, Any]]]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    noise: Counter[str] = field(default_factory=Counter)
    protected: int = 0
    extra: int = 0  # records beyond the first of their line; whoever puts such a one in adds 1

    def event(self, cls: str, line: Line, time: int | None, values: Mapping[str, Any]) -> None:
        """Add an event; a missing column is null.

        A protected host, sender or recipient adds 1 to a total instead; then an unreadable time rejects.
        """
        if self.shields(cls, values):
            self.protected += 1
            return
        if time is None or not _fits(time):
            self.reject(line, _NO_TIME)
            return
        if self.protected_names.host(values.get("referrer_host")):
            values = {**values, "referrer_host": None}
        self.events.setdefault(cls, []).append((time, line, values))

    def several(self, line: Line, events: Sequence[tuple[str, int | None, Mapping[str, Any]]]) -> None:
        """Add the events (class, time, values) of one record, at least one, and count those beyond the first.

        One protected event makes the whole record protected, once: the others would tell of it. One
        unreadable time rejects the whole record, once.
        """
        if len(events) == 1:
            cls, time, values = events[0]
            self.event(cls, line, time, values)
        elif any(self.shields(cls, values) for cls, _, values in events):
            self.protected += 1
        elif not all(_fits(time) for _, time, _ in events):
            self.reject(line, _NO_TIME)
        else:
            for cls, time, values in events:
                self.event(cls, line, time, values)
            self.extra += len(events) - 1

    def shields(self, cls: str, values: Mapping[str, Any]) -> bool:
        """Tell whether host, sender or recipient (of a share: its target) is protected."""
        named = self.protected_names
        to = values.get("target") if cls == "share" else values.get("recipient")
        return named.host(values.get("host")) or named.mail(values.get("sender"), to)

    def reject(self, line: Line, reason: str, host: str | None = None) -> None:
        """Add a reject, unless the line's host is known and protected."""
        if self.protected_names.host(host):
            self.protected += 1
        else:
            self.rejects.append(Reject(line.number, line.offset, reason))

    def tables(self) -> tuple[Parsed, ...]:
        """Make one table per class, classes in order of name."""
        return tuple(Parsed(cls, _table(cls, self.events[cls])) for cls in sorted(self.events))


def _fits(time: int | None) -> bool:
    return time is not None and -_BIGGEST <= time <= _BIGGEST


def _table(cls: str, events: list[tuple[int, Line, Mapping[str, Any]]]) -> pa.Table:
    schema, values = SCHEMAS[cls], [values for _, _, values in events]
    columns: dict[str, list[Any]] = {
        "time": [time for time, _, _ in events],
        "line": [line.number for _, line, _ in events],
        "offset": [line.offset for _, line, _ in events],
        "length": [line.length for _, line, _ in events],
    }
    for name in schema.names[len(columns) :]:
        columns[name] = [row.get(name) for row in values]
    if "subject" in columns:
        columns["subject"] = [None] * len(events)  # what a mail is about is never kept
    return pa.table(columns, schema=schema)


class Reader(Protocol):
    """Reads the lines of one block; `memory` is what the next block's reader begins with."""

    @property
    def memory(self) -> Any:
        """What the next block's reader begins with."""

    def read(self, line: Line, out: Collected) -> None:
        """Put the line into `out`, once."""

    def end(self, out: Collected) -> None:
        """Put lines that are still held back into `out`: the file has ended."""


Begin = Callable[[Any, Any], Reader]


def parse_with(begin: Begin, block: bytes, state: State, protected: Protected) -> Batch:
    """Read one block line by line. `begin(memory, option)` gives the reader."""
    found = cut(block, state)
    if not found.lines:
        return nothing(found.state)
    reader, out = begin(state.memory, state.option), Collected(protected)
    for number, offset, length, text in texts(found):
        reader.read(Line(number, offset, length, text), out)
    out.rejects += found.rejects
    return _batch(out, found.lines, replace(found.state, memory=reader.memory))


def end_with(begin: Begin, state: State, protected: Protected) -> Batch:
    """Let the reader put out what it holds back at the end of a file."""
    reader, out = begin(state.memory, state.option), Collected(protected)
    reader.end(out)
    return _batch(out, 0, replace(state, memory=reader.memory))


def _batch(out: Collected, lines: int, state: State) -> Batch:
    noise = {kind: count for kind, count in sorted(out.noise.items()) if count}
    return Batch(out.tables(), tuple(sorted(out.rejects)), noise, out.protected, lines, state, out.extra)


def both(first: Batch, second: Batch) -> Batch:
    """Join two batches of one file into one."""
    noise = Counter(first.noise)
    noise.update(second.noise)
    return Batch(
        first.parsed + second.parsed,
        first.rejects + second.rejects,
        dict(noise),
        first.protected + second.protected,
        first.lines + second.lines,
        second.state,
        first.extra + second.extra,
    )


def whole(text: str | None) -> int | None:
    """Read a non-negative number of at most 18 digits; None for anything else."""
    if text and len(text) <= 18 and text.isascii() and text.isdigit():
        return int(text)
    return None


def short(text: str | None, least: int = 0, most: int = 2**31 - 1) -> int | None:
    """Read a non-negative number that fits a 32-bit column; None for anything else."""
    value = whole(text)
    return value if value is not None and least <= value <= most else None
