"""The only place that writes the lake: parts come and go in whole steps, so that no stop leaves half of one.

A step writes its files under hidden names, notes in `step.json` which files it will add and take away, gives the
new ones their names, and then replaces the manifest, at which moment the step has happened. What a stop leaves
behind is put right when the lake is next opened for writing. Files that no step made are left alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clausewise.audit.lake.columns import LAKE
from clausewise.audit.lake.disk.store import (
    ALONE,
    HIDDEN,
    SHARED,
    digest,
    locked,
    settle,
    settled,
    write_whole,
)
from clausewise.audit.lake.manifest import DAY, HOUR, LogFile, Manifest, Names, Part
from clausewise.audit.timeline import moment

FOLDER: Final = "lake"
ROW_GROUP: Final = 512 * 1024
"""Rows that a reader can pass over at once."""
MOST: Final = 2 * ROW_GROUP
"""Rows of a part at most: one part is put in order within the memory of a small machine."""
HOSTS: Final = pa.schema([("key", pa.int64()), ("host", pa.string())])
RISING: Final = ("time", "offset", "ident")
"""Columns of which nearly every value is another: no dictionary helps."""
Partition = tuple[str, str, str]


def day_of(microseconds: int) -> str:
    """The UTC day (ISO) of a time."""
    return moment(microseconds // DAY * DAY).date().isoformat()


class Lake:
    """The lake as its manifest tells it at this moment; everything here only reads."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self.manifest = _read_manifest(self.folder)

    @property
    def digest(self) -> str:
        """sha256 (hex) over the manifest: two lakes with one digest hold the same."""
        return self.manifest.digest

    def classes(self) -> list[str]:
        """The classes of which there are events."""
        return sorted({part.cls for part in self.manifest.parts})

    def sources(self, cls: str) -> list[str]:
        """The sources that gave events of a class."""
        return sorted({part.source for part in self.manifest.parts if part.cls == cls})

    def chosen(self, cls: str, since: int | None = None, until: int | None = None) -> list[Part]:
        """The parts of a class that may hold events from `since` to before `until` (microseconds UTC)."""
        return [
            part
            for part in sorted(self.manifest.parts, key=lambda p: (p.day, p.source, p.low, p.name))
            if part.cls == cls
            and (since is None or part.high >= since)
            and (until is None or part.low < until)
        ]

    def parts(self, cls: str, since: int | None = None, until: int | None = None) -> list[Path]:
        """The files of `chosen`, by day, source and time."""
        return [self.folder / part.place for part in self.chosen(cls, since, until)]

    def table(self, part: Part, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of one part, in the columns of its class."""
        path = self.folder / part.place
        if not path.is_file():
            raise ValueError(f"{path}: the part is gone; restore the lake's folder from your backup")
        found = pq.ParquetFile(path).read(columns=list(columns) if columns else None)
        schema = LAKE[part.cls].schema
        kept = pa.schema([schema.field(name) for name in found.column_names])
        return pa.table(found.columns, schema=kept)

    def logs(self) -> Mapping[int, LogFile]:
        """The log files read so far, by key."""
        return self.manifest.logs

    def hosts(self) -> pa.Table:
        """The list of hosts: `key` and `host`."""
        tables = [pq.ParquetFile(self.folder / n.place).read() for n in self.manifest.names]
        return pa.concat_tables(tables) if tables else HOSTS.empty_table()

    def known_hosts(self) -> dict[int, str]:
        """The list of hosts by key."""
        table = self.hosts()
        return dict(zip(table["key"].to_pylist(), table["host"].to_pylist(), strict=True))

    def hours(self, cls: str, source: str) -> dict[int, int]:
        """Events by hour (since 1970 UTC) of one class and source; an hour without events is not there."""
        found: dict[int, int] = {}
        for part in self.manifest.parts:
            if part.cls == cls and part.source == source:
                for hour, count in part.hours.items():
                    found[hour] = found.get(hour, 0) + count
        return dict(sorted(found.items()))

    def damaged(self) -> list[str]:
        """Files of the lake that are missing or not what the manifest says, by place."""
        parts, names = self.manifest.parts, self.manifest.names
        wanted = {p.place: p.sha256 for p in parts} | {n.place: n.sha256 for n in names}
        return sorted(place for place, told in wanted.items() if digest(self.folder / place) != told)

    def strangers(self) -> list[str]:
        """Parquet files in the lake's folder that it does not know; nothing reads or deletes them."""
        known = _places(self.manifest)
        found = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.parquet"))
        return sorted(place for place in found if place not in known)


@contextmanager
def reading(home: Path, waiting: Callable[[], None] | None = None) -> Iterator[Lake]:
    """The lake, with no step happening until the end of the block; readers do not hinder each other.

    `waiting` is called once if a step is happening, and then waited for; without it that is an error.
    """
    with locked(home / FOLDER, SHARED, waiting):
        yield Lake(home)


@contextmanager
def writing(home: Path, waiting: Callable[[], None] | None = None) -> Iterator[Lake]:
    """The lake for one writer, what an earlier stop left behind put right. `waiting`: see `reading`.

    Raises:
        ValueError: another process reads or writes it, or it is damaged.
    """
    folder = home / FOLDER
    with locked(folder, ALONE, waiting):
        if not (folder / "manifest.json").exists():
            if any(folder.glob("*/day=*/source=*/part-*.parquet")):
                raise ValueError(
                    f"{folder}: events without manifest.json; restore the folder from your backup"
                )
            write_whole(folder / "manifest.json", Manifest().encode())
        _recover(folder)
        yield Lake(home)


def _read_manifest(folder: Path) -> Manifest:
    path = folder / "manifest.json"
    return Manifest.decode(path.read_bytes(), str(path)) if path.exists() else Manifest()


def _recover(folder: Path) -> None:
    """Finish a step that had happened, undo one that had not, and drop what was never named."""
    journal = folder / "step.json"
    if journal.exists():
        step = json.loads(journal.read_text(encoding="utf-8"))
        happened = _read_manifest(folder).step >= step["step"]
        for place in step["removes" if happened else "adds"]:
            (folder / place).unlink(missing_ok=True)
        journal.unlink()
    for path in folder.rglob(f"{HIDDEN}*"):
        path.unlink()


class Step:
    """One change of the lake that happens whole or not at all. Rows are written as they come, in parts.

    `rows` counts the new ones. Parts taken out must come back row by row, or `commit` refuses.
    """

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.rows = 0
        self.made: list[Part] = []
        self._back = self._lost = 0
        self._waiting: dict[Partition, list[pa.Table]] = {}
        self._count: dict[Partition, int] = {}
        self._removed: list[Part | Names] = []
        self._named: list[Names] = []
        self._moves: list[tuple[Path, Path]] = []
        self._serial = 0

    def add(self, cls: str, source: str, table: pa.Table) -> None:
        """Add new rows in the columns `LAKE[cls]`; each goes to the partition of its UTC day."""
        days = table["time"].to_numpy() // DAY
        distinct = np.unique(days).tolist()
        for day in distinct:
            some = table if len(distinct) == 1 else table.filter(pa.array(days == day))
            key = (cls, day_of(day * DAY), source)
            self._waiting.setdefault(key, []).append(some)
            self._count[key] = self._count.get(key, 0) + some.num_rows
        self.rows += table.num_rows
        while sum(self._count.values()) > MOST:
            self._flush(max(self._count, key=lambda key: self._count[key]))

    def put_back(self, partition: Partition, table: pa.Table, *, ordered: bool) -> None:
        """Add one part made of rows that `remove` takes out."""
        self._write(partition, table, ordered)
        self._back += table.num_rows

    def remove(self, part: Part) -> None:
        """Take a part out."""
        self._removed.append(part)

    def name(self, hosts: Iterable[tuple[int, str]], *, instead: bool = False) -> None:
        """Add to the list of hosts, or make it anew with `instead`."""
        if instead:
            self._removed += self.lake.manifest.names
        rows = sorted(hosts)
        if rows:
            keys, texts = zip(*rows, strict=True)
            table = pa.table([pa.array(keys, pa.int64()), pa.array(texts, pa.string())], schema=HOSTS)
            path = self._hidden(self.lake.folder / "names")
            pq.write_table(table, path, compression="zstd")
            digest = settled(path)
            named = Names(f"hosts-{digest[:24]}.parquet", digest, len(rows))
            self._named.append(named)
            self._moves.append((path, self.lake.folder / named.place))

    def paper(self, target: Path, data: bytes) -> None:
        """Write a file below the lake's folder that appears with this step."""
        path = self._hidden(target.parent)
        path.write_bytes(data)
        settled(path)
        self._moves.append((path, target))

    def commit(self, logs: Iterable[LogFile] = (), gone: Iterable[Partition] = ()) -> Manifest:
        """Make the step happen.

        Raises:
            ValueError: it would lose events; nothing has happened then.
        """
        while self._waiting:
            self._flush(min(self._waiting))
        before, folder = self.lake.manifest, self.lake.folder
        if sum(item.rows for item in self._removed if isinstance(item, Part)) != self._back + self._lost:
            raise ValueError(f"{folder}: the step would lose events; nothing was changed")
        out = {item.place for item in self._removed}
        after = Manifest(
            before.step + 1,
            (*(part for part in before.parts if part.place not in out), *self.made),
            {**before.logs, **{log.key: log for log in logs}},
            (*(names for names in before.names if names.place not in out), *self._named),
            before.gone | frozenset(gone),
        )
        _happen(folder, before, after, self._moves)
        self.lake.manifest = after
        return after

    def abort(self) -> None:
        """Drop what was written so far."""
        for path in self.lake.folder.rglob(f"{HIDDEN}*"):
            path.unlink()

    def _flush(self, key: Partition) -> None:
        """Write what waits for a partition; what is beyond one part waits on."""
        whole = pa.concat_tables(self._waiting.pop(key))
        del self._count[key]
        if whole.num_rows > MOST:
            rest = whole.slice(MOST)
            self._waiting[key], self._count[key] = [rest], rest.num_rows
        self._write(key, whole.slice(0, MOST), ordered=False)

    def _write(self, partition: Partition, table: pa.Table, ordered: bool) -> None:
        cls, day, source = partition
        path = self._hidden(self.lake.folder / cls / f"day={day}" / f"source={source}")
        pq.write_table(
            table,
            path,
            compression="zstd",
            row_group_size=ROW_GROUP,
            use_dictionary=[name for name in table.column_names if name not in RISING],
            column_encoding={
                "time": "DELTA_BINARY_PACKED",
                "offset": "DELTA_BINARY_PACKED",
                "ident": "PLAIN",
            },
        )
        digest, time = settled(path), table["time"].to_numpy()
        made = Part(
            cls, day, source, f"part-{digest[:24]}.parquet", digest, table.num_rows, path.stat().st_size,
            int(time.min()), int(time.max()), _counts(time // HOUR), _counts(table["log"].to_numpy()), ordered,
        )  # fmt: skip
        self.made.append(made)
        self._moves.append((path, self.lake.folder / made.place))

    def _hidden(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._serial += 1
        return folder / f"{HIDDEN}{self._serial:06d}"


def _counts(values: np.ndarray) -> dict[int, int]:
    found, counts = np.unique(values, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def destroy(
    step: Step,
    parts: Sequence[Part],
    held: Callable[[Part], pa.Table | None],
    paper: Callable[[Sequence[Part]], tuple[Path, bytes]],
) -> Manifest:
    """Destroy the events of `parts` but those that `held` gives back, and leave `paper` (rules 8 and 9).

    The only function that takes retained events out of the lake for good. `paper` is given the parts that take
    the place of the old ones. Hosts that no event names any more go too.
    """
    lake = step.lake
    for part in parts:
        step.remove(part)
        kept = held(part)
        count = kept.num_rows if kept is not None else 0
        step._lost += part.rows - count
        if kept is not None and count:
            step.put_back(part.partition, kept, ordered=part.ordered)
    step.paper(*paper(step.made))
    left = [lake.folder / p.place for p in lake.manifest.parts if p not in parts]
    used = hosts_of([*left, *(hidden for hidden, target in step._moves if target.name.startswith("part-"))])
    known = lake.known_hosts()
    step.name(((key, known[key]) for key in used & known.keys()), instead=True)
    return step.commit(gone={part.partition for part in parts})


def supersede(step: Step, log: int, offset: int) -> int:
    """Take out of the lake what was read of a half line, the last of a log file that has since gone on in it.

    The whole line is read in the same step. Returns the number of events taken out.
    """
    found = 0
    for part in [p for p in step.lake.manifest.parts if log in p.logs]:
        table = step.lake.table(part)
        half = pc.and_(pc.equal(table["log"], log), pc.equal(table["offset"], offset))
        count = int(pc.sum(half).as_py() or 0)
        if count:
            step.remove(part)
            if count < table.num_rows:
                step.put_back(part.partition, table.filter(pc.invert(half)), ordered=part.ordered)
            step._lost += count
            found += count
    return found


def hosts_of(files: Iterable[Path]) -> set[int]:
    """The host keys in some parts."""
    found = set[int]()
    for path in files:
        part = pq.ParquetFile(path)
        if "host" in part.schema_arrow.names:
            for batch in part.iter_batches(ROW_GROUP, columns=["host"]):
                found.update(pc.unique(batch["host"]).drop_null().to_pylist())
    return found


def _happen(folder: Path, before: Manifest, after: Manifest, moves: Sequence[tuple[Path, Path]]) -> None:
    """The moment of a step, in the order that a stop anywhere allows."""
    old, new = _places(before), _places(after)
    added = {target.relative_to(folder).as_posix() for _, target in moves} - old
    note = {"step": after.step, "adds": sorted(added), "removes": sorted(old - new)}
    write_whole(folder / "step.json", json.dumps(note).encode())
    for hidden, target in moves:
        os.replace(hidden, target)
    parents = {parent for _, target in moves for parent in target.parents if parent.is_relative_to(folder)}
    for parent in sorted(parents):  # a new folder's own name must last too
        settle(parent)
    write_whole(folder / "manifest.json", after.encode())
    for place in sorted(old - new):
        (folder / place).unlink(missing_ok=True)
        for parent in (folder / place).parents[:2]:
            with suppress(OSError):  # other files are in it
                os.rmdir(parent)
    (folder / "step.json").unlink()


def _places(manifest: Manifest) -> set[str]:
    return {part.place for part in manifest.parts} | {names.place for names in manifest.names}
