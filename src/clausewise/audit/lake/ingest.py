"""Brings log files into the lake, each as one step: what is known already adds nothing, what is new adds once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from clausewise.audit import store as audit_store
from clausewise.audit.ahead import ahead
from clausewise.audit.enrich import Labels
from clausewise.audit.lake.encode import Encoder
from clausewise.audit.lake.keys import Keys, log_key
from clausewise.audit.lake.known import Known
from clausewise.audit.lake.logs.store import Content, RawLines, content, stamp
from clausewise.audit.lake.manifest import DAY, LogFile
from clausewise.audit.lake.store import Lake, Step, day_of, supersede
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack
from clausewise.sources import SOURCES, detect, protect
from clausewise.sources import store as sources
from clausewise.sources.contract import Parsed, Source

Progress = Callable[[str, int, int, int], None]
"""Called with file name, bytes read, bytes in all, lines so far."""
HEAD: Final = 16 * 1024
"""Bytes of a log that its format is told by."""
END: Final = 2_932_897 * DAY
"""The first time that has no date: the year 10000, in microseconds since 1970 UTC."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an import reads with: the law, the county's lists, the labels, and what is said of the logs."""

    pack: Pack
    facts: Facts
    labels: Labels | None
    at: datetime
    format: str = ""
    option: str = ""
    sources: Mapping[str, Source] = field(default_factory=lambda: SOURCES)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file. `again`: it was known and added nothing. `after` is the known file that it goes on
    from. `gone` events fell on days that were destroyed and stay so. `log` is None for an empty file.
    """

    path: Path
    log: LogFile | None
    again: bool = False
    after: LogFile | None = None
    gone: int = 0
    said: tuple[str, ...] = ()


@dataclass(slots=True)
class Count:
    """Where the lines of one file ended so far, and between which times its events lie."""

    lines: int = 0
    extra: int = 0
    events: int = 0
    rejects: int = 0
    noise: int = 0
    protected: int = 0
    gone: int = 0
    first: int | None = None
    last: int | None = None
    said: list[str] = field(default_factory=list)

    def batch(self, step: sources.Step) -> None:
        """Count one block."""
        self.lines += step.batch.lines
        self.extra += step.batch.extra
        self.events += step.batch.events
        self.rejects += len(step.batch.rejects)
        self.noise += sum(step.batch.noise.values())
        self.protected += step.batch.protected
        if step.truncated:
            self.said.append(step.truncated)

    def times(self, table: pa.Table) -> None:
        """Widen the times by those of a table."""
        span = pc.min_max(table["time"]).as_py()
        if span["min"] is not None:
            self.first = span["min"] if self.first is None else min(self.first, span["min"])
            self.last = span["max"] if self.last is None else max(self.last, span["max"])


class Importer:
    """Imports files into a lake that is held for writing, one after the other."""

    def __init__(self, lake: Lake, inputs: Inputs, home: Path) -> None:
        self.lake, self.inputs = lake, inputs
        self._keys = Keys(audit_store.pseudonym_key(home), lake.known_hosts())
        self._encoder = Encoder(inputs.pack, inputs.facts, inputs.labels, self._keys)
        self._known = Known(lake)
        self._unlisted: dict[int, str] = {}
        rows = inputs.facts.rows("protected_channels")
        self._protected = protect((str(row.get("match")), str(row.get("value"))) for row in rows)

    def take(self, path: Path, progress: Progress | None = None) -> Imported:
        """Import one file, whole or not at all.

        Raises:
            ValueError: no format reads it, or somebody wrote to it meanwhile.
        """
        head = sources.head(path, HEAD)
        if not head:
            return Imported(path, None, said=(f"{path}: empty; nothing was imported",))
        logs, before = self.lake.logs(), stamp(path)
        held = content(path, [log.size for log in logs.values()])
        same = logs.get(log_key(held.digest))
        if same is not None and same.digest != held.digest:
            raise ValueError(f"{path}: has the same key as {same.name}; it cannot be imported beside it")
        if same is not None and same.events:
            return self._again(path, same)
        source = self._source(path, head)
        after = _beginning(logs, held, source.name)
        step, count = Step(self.lake), Count()
        try:
            if after is not None and after.tail >= 0 and _goes_on(path, after):
                supersede(step, after.key, after.tail)
            used = self._stream(path, source, log_key(held.digest), step, count, progress)
            if stamp(path) != before:
                raise ValueError(
                    f"{path}: was written to while it was read; import a copy, or try again later"
                )
            log = self._entry(path, source, held, count, step.rows)
            step.name((key, self._unlisted[key]) for key in used)
            step.commit([log])
        except BaseException:
            step.abort()
            raise
        for key in used:
            del self._unlisted[key]
        return Imported(path, log, after=after, gone=count.gone, said=tuple(count.said))

    def _again(self, path: Path, same: LogFile) -> Imported:
        """The same content once more: nothing is added; where the first file is gone, its lines are found here."""
        if not Path(same.path).is_file():
            same = replace(same, path=str(path.absolute()), name=path.name)
            Step(self.lake).commit([same])
        return Imported(path, same, again=True)

    def _source(self, path: Path, head: bytes) -> Source:
        known = self.inputs.sources
        name = self.inputs.format or detect(head)
        if name is None or name not in known:
            named = ", ".join(known)
            raise ValueError(
                f"{path}: no known log format reads half of its first lines; name one with --format: {named}"
            )
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name}: a source needs a name of letters, digits, . _ -; rename the mapping")
        return known[name]

    def _stream(
        self, path: Path, source: Source, key: int, step: Step, count: Count, progress: Progress | None
    ) -> set[int]:
        """Read a file block by block into the step; the keys of hosts that are new to the lake's list."""
        used = set[int]()
        self._encoder.begin()
        blocks = ahead(sources.read(path, source, self._option(path, source), self._protected))
        try:
            with RawLines(path) as raw:
                for block in blocks:
                    count.batch(block)
                    for parsed in block.batch.parsed:
                        rows = self._encoder.encode(
                            parsed.cls, _dated(parsed, count), key, source.name, raw.read
                        )
                        rows = self._known.new(
                            parsed.cls, source.name, self._stays(parsed.cls, source.name, rows, count)
                        )
                        used |= self._new_hosts(rows)
                        if rows.num_rows:
                            step.add(parsed.cls, source.name, rows)
                    if progress:
                        progress(path.name, block.read, block.total, count.lines)
        finally:
            blocks.close()
        return used

    def _stays(self, cls: str, source: str, rows: pa.Table, count: Count) -> pa.Table:
        """The rows of days of which nothing was destroyed: what is destroyed does not come back by the side door."""
        gone = {day for of, day, by in self.lake.manifest.gone if (of, by) == (cls, source)}
        if not gone or not rows.num_rows:
            return rows
        days = pc.divide(rows["time"], DAY)
        lost = [day for day in pc.unique(days).to_pylist() if day_of(day * DAY) in gone]
        stay = rows.filter(pc.invert(pc.is_in(days, pa.array(lost, pa.int64()))))
        count.gone += rows.num_rows - stay.num_rows
        return stay

    def _new_hosts(self, rows: pa.Table) -> set[int]:
        """Keys of hosts in `rows` that the lake does not list yet."""
        self._unlisted.update(self._keys.taken())
        if not self._unlisted or "host" not in rows.column_names:
            return set()
        return self._unlisted.keys() & set(pc.unique(rows["host"]).to_pylist())

    def _option(self, path: Path, source: Source) -> str:
        return sources.option_for(path, source, self.inputs.option, self.inputs.pack.zone)

    def _entry(self, path: Path, source: Source, held: Content, count: Count, added: int) -> LogFile:
        return LogFile(
            key=log_key(held.digest),
            digest=held.digest,
            name=path.name,
            path=str(path.absolute()),
            size=held.size,
            source=source.name,
            option=self._option(path, source),
            tail=held.tail,
            first=count.first,
            last=count.last,
            lines=count.lines,
            extra=count.extra,
            events=count.events,
            rejects=count.rejects,
            noise=count.noise,
            protected=count.protected,
            added=added,
            imported_at=self.inputs.at.astimezone(UTC).isoformat(),
        )


def _beginning(logs: Mapping[int, LogFile], held: Content, source: str) -> LogFile | None:
    """The longest known file of the same source that this one begins with."""
    known = [
        log
        for log in logs.values()
        if log.source == source and log.size < held.size and held.beginnings.get(log.size) == log.digest
    ]
    return max(known, key=lambda log: log.size, default=None)


def _goes_on(path: Path, after: LogFile) -> bool:
    """Whether the last line of a known file goes on in the file that begins with it, and was half a line then."""
    with RawLines(path) as raw:
        return not raw.read(after.size, 2).startswith((b"\n", b"\r\n"))


def _dated(parsed: Parsed, count: Count) -> pa.Table:
    """The events whose time has a date; the others are rejects."""
    time = parsed.table["time"]
    fine = pc.and_(pc.greater_equal(time, 0), pc.less(time, END))
    table = parsed.table if pc.all(fine).as_py() in (True, None) else parsed.table.filter(fine)
    odd = parsed.table.num_rows - table.num_rows
    count.events -= odd
    count.rejects += odd
    count.times(table)
    return table
