"""Audits log files as they lie, without a lake: reads them in blocks, and judges a slab of blocks at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from clausewise.audit import store
from clausewise.audit.ahead import ahead
from clausewise.audit.findings import Summary, event_identity
from clausewise.audit.lake.encode import Encoder
from clausewise.audit.lake.keys import Keys, log_key
from clausewise.audit.plan.again import RawLog, judge_again
from clausewise.audit.plan.gather import Row
from clausewise.audit.plan.run import EVENTS, SLAB, PlanAudit, span_of, with_source
from clausewise.audit.reading import Piece, Reading
from clausewise.sources.contract import line_identity

Progress = Callable[[str, int, int, int], None]
"""Called with file name, bytes read, bytes in all, lines so far."""


@dataclass(slots=True)
class Waiting:
    """Encoded blocks of one class that wait for their slab to be full."""

    tables: list[pa.Table] = field(default_factory=list)
    rows: int = 0


class TextAudit:
    """Feeds log files to the second evaluator."""

    def __init__(self, audit: PlanAudit, *, slab: int = SLAB) -> None:
        self.audit, self.slab = audit, slab
        inputs = audit.inputs
        self.keys = Keys(audit.secret)
        self.encoder = Encoder(inputs.pdp.pack, inputs.facts, inputs.labels, self.keys)
        self.reading = Reading(inputs, audit.summary)
        self._waiting: dict[str, Waiting] = {}
        self._places: dict[tuple[int, str, bytes, int], dict[int, int]] = {}
        self._raw: dict[int, store.RawLines] = {}
        self._read: dict[int, RawLog] = {}

    def run(self, paths: Sequence[Path], progress: Progress | None = None) -> Summary:
        """Judge every file; the summary's sums always match the lines read."""
        self.audit.expect(self.reading.classes(paths))
        pieces = ahead(self._encoded(paths))
        try:
            for piece, tables in pieces:
                self._take(piece, tables)
                if progress and piece.step:
                    progress(piece.path.name, piece.step.read, piece.step.total, self.audit.summary.lines)
            for cls in list(self._waiting):
                self._judge(cls)
            self.audit.finish_windows()
            judge_again(self.audit, self._read.get, self.reading.protected())
        finally:
            pieces.close()
            for raw in self._raw.values():
                raw.close()
        summary = self.audit.finish()
        if paths and not summary.lines:
            raise ValueError(f"{paths[0]}: the log is empty; give one in which something was written")
        return summary

    def _encoded(self, paths: Sequence[Path]) -> Iterator[tuple[Piece, list[tuple[str, pa.Table]]]]:
        """The blocks of every file in order, encoded; runs ahead of the judging."""
        for piece in self.reading.pieces(paths):
            tables = []
            if piece.source is not None and piece.step is not None:
                log = log_key(piece.digest)
                for parsed in piece.step.batch.parsed:
                    table = self.encoder.encode(parsed.cls, parsed.table, log, piece.source.name, None)
                    tables.append((parsed.cls, with_source(table, piece.source.name)))
            yield piece, tables

    def _take(self, piece: Piece, tables: list[tuple[str, pa.Table]]) -> None:
        self.reading.count(piece)
        if piece.source is None:
            return
        log = log_key(piece.digest)
        self.audit.logs.files[log] = (piece.path.name, piece.digest)
        self._read[log] = RawLog(piece.path, piece.source, self.reading.option(piece.path, piece.source))
        for cls, table in tables:
            if table.num_rows:
                self.audit.count_hours(cls, piece.source.name, table["time"].to_numpy())
                waiting = self._waiting.setdefault(cls, Waiting())
                waiting.tables.append(table)
                waiting.rows += table.num_rows
                if waiting.rows >= self.slab:
                    self._judge(cls)

    def _judge(self, cls: str) -> None:
        """Judge the blocks of a class that wait."""
        waiting = self._waiting.pop(cls, None)
        if waiting is None:
            return
        self.audit.world.hosts.learn(dict(self.keys.taken()))
        self.audit.engine.put(EVENTS, pa.concat_tables(waiting.tables))
        low, high = span_of(waiting.tables)
        self.audit.slab(cls, EVENTS, low, high, self._identify)

    def _identify(self, row: Row) -> str:
        """The identity of an event, read off its raw line."""
        log, when, source = int(str(row["log"])), int(str(row["time"])), str(row["source"])
        offset, length = int(str(row["offset"])), int(str(row["length"]))
        digest = line_identity(self.raw(log).read(offset, length))
        second = when // 1_000_000
        place = (log, source, digest, second)
        known = self._places.setdefault(place, {})
        return event_identity(source, digest, second, known.setdefault(offset, len(known)))

    def raw(self, log: int) -> store.RawLines:
        """The raw lines of a log file of this audit."""
        found = self._raw.get(log)
        if found is None:
            found = self._raw[log] = store.RawLines(self._read[log].path)
        return found
