"""Reads osquery's results log: JSON lines in the event, the batch and the snapshot form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.json_lines import NOT_WATCHED, Made, put_record, read_line, word
from clausewise.sources.osquery_results.row import Action, Result, Row
from clausewise.sources.osquery_results.tables import table_of
from clausewise.sources.rows import Collected, Line, Reader, parse_with, whole


class OsqueryReader:
    """Reads one result a line. Nothing is kept from line to line."""

    memory = None

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        read_line(line, out, "results", put_result)

    def end(self, out: Collected) -> None:
        """Nothing is held back."""


def put_result(record: dict[str, Any], line: Line, out: Collected) -> None:
    """Put the rows of one result into `out`."""
    name = word(record.get("name"))
    if name is None:
        if "severity" in record and "filename" in record:
            out.noise["status"] += 1  # what osquery logs about itself
        else:
            out.reject(line, "the record is no result of a query (no name)")
        return
    rows = list(_rows(record))
    if not rows and not _empty(record):
        out.reject(line, "the result has no columns, snapshot or diffResults")
        return
    result = _result(record)
    made: list[Made] = []
    idle: list[str] = []
    for action, columns in rows:
        meaning = table_of(name, columns)
        found = meaning(Row(result, action, columns)) if meaning else NOT_WATCHED
        if isinstance(found, str):
            idle.append(found)
        else:
            made.append(found)
    put_record(line, out, made, idle)


def _rows(record: dict[str, Any]) -> Iterator[tuple[Action, dict[str, Any]]]:
    """Give each row with what was done to it.

    The first answer of an epoch (counter 0) lists all there is, so its rows are present, not new.
    https://osquery.readthedocs.io/en/stable/deployment/logging/
    """
    first = str(record.get("counter")) == "0"
    added = Action.PRESENT if first else Action.ADDED
    columns, snapshot, batch = record.get("columns"), record.get("snapshot"), record.get("diffResults")
    if isinstance(columns, dict):
        yield Action.REMOVED if record.get("action") == "removed" else added, columns
    listed: list[tuple[Action, Any]] = [(Action.PRESENT, snapshot)]
    if isinstance(batch, dict):
        listed += [(added, batch.get("added")), (Action.REMOVED, batch.get("removed"))]
    for action, rows in listed:
        for row in rows if isinstance(rows, list) else ():
            yield action, row if isinstance(row, dict) else {}


def _empty(record: dict[str, Any]) -> bool:
    batch = record.get("diffResults")
    sides = batch.values() if isinstance(batch, dict) else ()
    # A query without an answer is written as an empty list, or as an empty string.
    return record.get("snapshot") in ([], "") or batch == "" or any(side in ([], "") for side in sides)


def _result(record: dict[str, Any]) -> Result:
    decorations = record.get("decorations")
    host = word(decorations.get("hostname")) if isinstance(decorations, dict) else None
    device = host or word(record.get("hostIdentifier")) or word(record.get("hostname"))
    seconds = whole(word(record.get("unixTime")))
    return Result(
        device, None if seconds is None else seconds * 1_000_000, record.get("action") == "snapshot"
    )


def begin(memory: object, option: object) -> Reader:
    """Give the reader of a block."""
    return OsqueryReader()


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "osquery_results",
    "osquery, results log (event, batch and snapshot form)",
    ("auth", "device", "process", "software"),
    parse,
    finish,
    alone=True,
)
