"""Reads a vendor's export (CSV, JSON lines, `key=value` lines) by a mapping declared in TOML."""

from __future__ import annotations

import csv
import io
from typing import Any, NamedTuple

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.mapped.mapping import Layout, read_mapping
from clausewise.sources.mapped.values import json_of, matches, pairs_of, read_columns, read_time
from clausewise.sources.rows import Collected, Line, Reader, both, end_with, parse_with

MOST_LINES = 200
"""Lines that one CSV record may span; beyond that its quote counts as never closed."""


class Memory(NamedTuple):
    """What a file's reader keeps: the header's names, and the lines of a record not yet complete."""

    header: tuple[str, ...] = ()
    held: tuple[Line, ...] = ()
    open: bool = False


class MappedReader:
    """Reads rows in the form that the mapping names."""

    def __init__(self, layout: Layout, memory: Memory) -> None:
        self._layout = layout
        self._header, self._held, self._open = memory.header or layout.header, list(memory.held), memory.open

    @property
    def memory(self) -> Memory:
        """What the next block's reader begins with."""
        return Memory(self._header, tuple(self._held), self._open)

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`, or hold it until its record is complete."""
        if not self._held and not line.text.strip():
            out.noise["blank"] += 1
        elif self._layout.form == "csv":
            self._hold(line, out)
        elif self._layout.form == "json":
            row = json_of(line.text)
            if row is None:
                out.reject(line, "the line is no JSON object")
            else:
                self._put(row, line, out)
        else:
            self._put(pairs_of(line.text), line, out)

    def end(self, out: Collected) -> None:
        """Reject a record whose quote was never closed."""
        self._give_up(out)

    def _hold(self, line: Line, out: Collected) -> None:
        self._held.append(line)
        if line.text.count('"') % 2:
            self._open = not self._open
        if not self._open:
            held, self._held = self._held, []
            self._read_csv(held, out)
        elif len(self._held) >= MOST_LINES:
            self._give_up(out)

    def _give_up(self, out: Collected) -> None:
        if self._held:
            out.reject(self._held[0], "a quote in this line is never closed")
            out.noise["continuation"] += len(self._held) - 1
        self._held, self._open = [], False

    def _read_csv(self, held: list[Line], out: Collected) -> None:
        start, last = held[0], held[-1]
        if len(held) > 1:
            out.noise["continuation"] += len(held) - 1
        text = "\n".join(line.text for line in held)
        line = Line(start.number, start.offset, last.offset + last.length - start.offset, text)
        values = _split(text)
        if values is None:
            out.reject(line, "the line is no CSV")
            return
        begins = not self._header
        self._header = self._header or tuple(values)
        if missing := [name for name in self._layout.needs if name not in self._header]:
            out.reject(line, f"the header lacks {', '.join(missing)}")
        elif begins or tuple(values) == self._header:
            out.noise["header"] += 1
        elif len(values) > len(self._header) and not self._layout.header:
            out.reject(line, f"{len(values)} fields where the header names {len(self._header)}")
        else:
            self._put(dict(zip(self._header, values, strict=False)), line, out)

    def _put(self, row: dict[str, Any], line: Line, out: Collected) -> None:
        for name in self._layout.nested:
            inner = row.get(name)
            if isinstance(inner, str) and inner:
                row[name] = json_of(inner)
                if row[name] is None:
                    out.reject(line, f"{name} holds no JSON object")
                    return
        record = next((record for record in self._layout.records if matches(row, record)), None)
        if record is None:
            self._put_other(row, line, out)
            return
        values = read_columns(row, record)
        if record.cls in ("http", "dns", "tls") and values.get("host") is None:
            out.reject(line, "the host cannot be read")
            return
        out.event(record.cls, line, read_time(row, record.time, record.zone), values)

    def _put_other(self, row: dict[str, Any], line: Line, out: Collected) -> None:
        """A row that no record takes: noise if it looks like this vendor's, else a reject."""
        if self._layout.needs and not all(row.get(name.partition(".")[0]) for name in self._layout.needs):
            out.reject(line, "the line lacks the fields that this format always has")
        else:
            out.noise["other-operation"] += 1


def _split(text: str) -> list[str] | None:
    if '"' not in text:
        return text.split(",")
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def begin(memory: Memory | None, option: Layout) -> Reader:
    """Give the reader of a block."""
    return MappedReader(option, memory or Memory())


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end, and what is still held back."""
    last = finish_with(parse, state, protected, cut_short)
    return both(last, end_with(begin, last.state, protected))


def from_toml(text: str, name: str) -> Source:
    """Make a source of a mapping. Raises `MappingError` with place, problem and remedy."""
    layout = read_mapping(text, name)
    classes = tuple(sorted({record.cls for record in layout.records}))
    return Source(layout.name, layout.title, classes, parse, finish, lambda option: State(option=layout))
