"""Reads the unified audit log of Microsoft 365: a CSV export with a column AuditData, JSON lines, or pages."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, NamedTuple

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.json_lines import put_record, read_line
from clausewise.sources.m365_audit.records import meaning, time_of
from clausewise.sources.rows import Collected, Line, Reader, both, end_with, parse_with

MOST_LINES = 500
"""Lines that one CSV record may span; beyond that its quote counts as never closed."""
COLUMN = "AuditData"


class Memory(NamedTuple):
    """What is kept between blocks: where the header names AuditData, and the lines of a begun CSV record."""

    column: int = -1
    held: tuple[Line, ...] = ()
    open: bool = False


class M365Reader:
    """Tells by its first character whether a line is JSON or CSV."""

    def __init__(self, memory: Memory) -> None:
        self._column, self._held, self._open = memory.column, list(memory.held), memory.open

    @property
    def memory(self) -> Memory:
        """What the next block's reader begins with."""
        return Memory(self._column, tuple(self._held), self._open)

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`, or hold it until its CSV record is complete."""
        if self._held:
            self._hold(line, out)
        elif not line.text or line.text[0] in "{[] \t":
            read_line(line, out, "value", put_audit)
        elif self._column < 0 and line.text.startswith("#TYPE"):
            out.noise["header"] += 1  # PowerShell's Export-Csv writes the type of its rows above the header
        else:
            self._hold(line, out)

    def end(self, out: Collected) -> None:
        """Reject a CSV record whose quote was never closed."""
        self._give_up(out)

    def _hold(self, line: Line, out: Collected) -> None:
        self._held.append(line)
        if line.text.count('"') % 2:
            self._open = not self._open
        if not self._open:
            held, self._held = self._held, []
            self._read_row(held, out)
        elif len(self._held) >= MOST_LINES:
            self._give_up(out)

    def _give_up(self, out: Collected) -> None:
        if self._held:
            out.reject(self._held[0], "a quote in this line is never closed")
            out.noise["continuation"] += len(self._held) - 1
        self._held, self._open = [], False

    def _read_row(self, held: list[Line], out: Collected) -> None:
        start, last = held[0], held[-1]
        out.noise["continuation"] += len(held) - 1
        text = "\n".join(line.text for line in held)
        line = Line(start.number, start.offset, last.offset + last.length - start.offset, text)
        values = _split(text)
        if values is None:
            out.reject(line, "the line is no CSV")
        elif COLUMN in values:
            self._column = values.index(COLUMN)
            out.noise["header"] += 1
        elif self._column < 0:
            out.reject(line, "no header line with a column AuditData stands before this line")
        elif len(values) <= self._column:
            out.reject(line, "the row ends before its AuditData")
        else:
            _put_cell(values[self._column], line, out)


def _split(text: str) -> list[str] | None:
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _put_cell(text: str, line: Line, out: Collected) -> None:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    if isinstance(record, dict):
        put_audit(record, line, out)
    else:
        out.reject(line, "AuditData holds no whole JSON record; export again and open it in no spreadsheet")


def put_audit(record: dict[str, Any], line: Line, out: Collected) -> None:
    """Put one audit record into `out`."""
    if not isinstance(record.get("Operation"), str) or "CreationTime" not in record:
        out.reject(line, "the record is no audit record (no Operation or no CreationTime)")
        return
    found = meaning(record)
    if isinstance(found, str):
        put_record(line, out, (), (found,))
    else:
        time = time_of(record)
        put_record(line, out, [(cls, time, values) for cls, values in found])


def begin(memory: Memory | None, option: object) -> Reader:
    """Give the reader of a block."""
    return M365Reader(memory or Memory())


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end, and what is still held back."""
    last = finish_with(parse, state, protected, cut_short)
    return both(last, end_with(begin, last.state, protected))


SOURCE = Source(
    "m365_audit",
    "Microsoft 365, unified audit log (CSV export or JSON)",
    ("admin", "auth", "mailbox", "share"),
    parse,
    finish,
)
