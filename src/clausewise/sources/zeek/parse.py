"""Reads logs of the Zeek network monitor, as tables with a header or as JSON: conn, dhcp, dns, http, smtp, ssl."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.rows import Collected, Line, Reader, parse_with
from clausewise.sources.zeek.records import PUT, READ, kind_of, unescape

_TABLES = ("conn", "dhcp", "dns", "http", "smtp", "ssl")


class Header(NamedTuple):
    """What the `#` lines of a table say."""

    separator: str = "\t"
    unset: str = "-"
    empty: str = "(empty)"
    path: str = ""
    fields: tuple[str, ...] = ()


class ZeekReader:
    """Reads tables by their header and JSON lines by their keys."""

    def __init__(self, header: Header) -> None:
        self.memory = header
        self._places: tuple[tuple[str, int], ...] = ()
        self._places_of: tuple[str, ...] | None = None

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        text = line.text
        if not text.strip(" \t"):
            out.noise["blank"] += 1
        elif text.startswith("#"):
            self._read_header(text)
            out.noise["header"] += 1
        elif text.startswith("{"):
            _read_json(line, out)
        else:
            self._read_row(line, out)

    def end(self, out: Collected) -> None:
        """Nothing is held back."""

    def _read_header(self, text: str) -> None:
        header = self.memory
        if text.startswith("#separator"):
            # A new table begins: nothing of the one before it holds any longer.
            self.memory = Header(separator=unescape(text[len("#separator") :].strip()) or "\t")
            return
        name, _, rest = text.partition(header.separator)
        values = rest.split(header.separator)
        if name == "#fields":
            self.memory = header._replace(fields=tuple(values))
        elif name == "#path":
            self.memory = header._replace(path=values[0])
        elif name == "#unset_field":
            self.memory = header._replace(unset=values[0])
        elif name == "#empty_field":
            self.memory = header._replace(empty=values[0])

    def _read_row(self, line: Line, out: Collected) -> None:
        header = self.memory
        if not header.fields:
            out.reject(line, "no #fields line stands before this line")
            return
        values = line.text.split(header.separator)
        if len(values) != len(header.fields):
            out.reject(line, f"{len(values)} fields where the header names {len(header.fields)}")
            return
        if self._places_of is not header.fields:
            self._places_of = header.fields
            self._places = tuple((name, at) for at, name in enumerate(header.fields) if name in READ)
        none = (header.unset, header.empty)
        record = {name: values[at] for name, at in self._places if values[at] not in none}
        if "\\x" in line.text:
            record = {name: unescape(value) for name, value in record.items()}
        _put(header.path or kind_of(record), record, line, out)


def _read_json(line: Line, out: Collected) -> None:
    try:
        found = json.loads(line.text)
    except (ValueError, RecursionError):
        out.reject(line, "the line is no JSON")
        return
    if not isinstance(found, dict):
        out.reject(line, "the line is no JSON object")
        return
    record = {name: _word(value) for name, value in found.items() if name in READ and value is not None}
    _put(record.get("_path") or kind_of(record), record, line, out)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, float):
        return f"{value:.6f}"
    if not isinstance(value, str):
        return json.dumps(value)
    # JSON may name half of a surrogate pair, which no column can hold.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _put(kind: str, record: Mapping[str, str], line: Line, out: Collected) -> None:
    put = PUT.get(kind)
    if put is None:
        out.reject(line, f"this reader takes {', '.join(_TABLES)} logs, not this one")
    else:
        put(record, line, out)


def begin(memory: Header | None, option: object) -> Reader:
    """Give the reader of a block."""
    return ZeekReader(memory or Header())


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "zeek",
    "Zeek network monitor (conn, dhcp, dns, http, smtp, ssl)",
    ("conn", "dhcp", "dns", "http", "mail", "tls"),
    parse,
    finish,
)
