"""What the command line does with facts: check a county's files, build, load, compare, add one row.

`home` is $CLAUSEWISE_HOME. A row added at the desk, such as a permission, is kept in `facts/additions` and
merged into every later build, until the county's own export says the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import store
from .diff import TableDiff, diff
from .manifest import Manifest
from .problem import FactsError, Problem, refuse
from .read import Reading, read
from .sheet import Line, Sheet, from_csv
from .snapshot import DEFAULT_ZONE, Facts
from .tables import TABLES, nearest
from .template import templates
from .typed import Tables, Typed

__all__ = ["BuildReport", "TableDiff", "add_row", "build", "check", "diff", "load", "manifest", "template"]

_ADDITIONS = "additions/"
_CURRENT = "the current snapshot"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made. `changed` is False when the facts were the current ones already.

    `rows` counts rows by table. Two kinds of lines to show: `unknown`, what was not handed in, and
    `notices`, permissions that will be cut because they begin before they were decided.
    """

    digest: str
    directory: Path
    built_at: datetime
    previous: str | None
    changed: bool
    rows: Mapping[str, int]
    unknown: tuple[str, ...]
    notices: tuple[str, ...]


def build(
    directory: Path | str, home: Path | str, *, at: datetime, zone: ZoneInfo | str = DEFAULT_ZONE
) -> BuildReport:
    """Read a county's files and additions and make a signed snapshot the current one.

    Raises FactsError with every problem; nothing is written then. `at` is the time of the build.
    """
    home, place = Path(home), _zone(zone)
    with store.locked(home):
        handed, reading = _read(Path(directory), home, place)
        return _publish(home, reading, handed.sources, place, at)


def check(
    directory: Path | str, home: Path | str | None = None, *, zone: ZoneInfo | str = DEFAULT_ZONE
) -> list[str]:
    """Every problem that would keep `build` from making a snapshot, one line each; empty when it would."""
    try:
        _read(Path(directory), Path(home) if home else None, _zone(zone))
    except FactsError as error:
        return [str(problem) for problem in error.problems]
    return []


def load(home: Path | str, snapshot: str = "") -> Facts:
    """The current snapshot, or the one whose digest begins with `snapshot`; no facts before the first build.

    Raises FactsError, naming the table, when anything was changed since it was signed.
    """
    home = Path(home)
    directory = _find(home, snapshot) if snapshot else store.current_directory(home)
    if directory is None:
        return Facts.empty()
    return store.read_snapshot(directory, store.public_key(home))


def manifest(home: Path | str) -> Manifest | None:
    """The signed manifest of the current snapshot; None before the first build. Raises FactsError."""
    directory = store.current_directory(Path(home))
    return store.read_manifest(directory, store.public_key(Path(home))) if directory else None


def template(directory: Path | str) -> list[Path]:
    """Write an empty CSV with an example for each table; a file that exists is left alone. Returns the new ones."""
    written = []
    for name, text in templates().items():
        path = Path(directory) / name
        if not path.exists():
            store.write_whole(path, text.encode(), mode=0o644)
            written.append(path)
    return written


def add_row(home: Path | str, table: str, row: Mapping[str, object], *, at: datetime) -> BuildReport:
    """Add one row to the current facts and publish them at once; the row stays through every later build.

    Values are as a person would type them, or typed (bool, aware datetime, a sequence of text). Raises
    FactsError when the row is wrong or does not agree with the facts; nothing is written then.
    """
    home = Path(home)
    if table not in TABLES:
        raise refuse(table, "is not a table of facts", nearest(table, TABLES))
    spec = TABLES[table]
    with store.locked(home):
        kept = _addition(home, table)
        heading = Line(1, tuple(column.name for column in spec.columns))
        extra = tuple(name for name in row if name not in heading.cells)
        # an unknown name becomes an unknown heading, so that the reader refuses it with its remedy
        cells = tuple(_typed_in(row.get(name)) for name in (*heading.cells, *extra))
        line = Line(len(kept.rows) + 2, cells)
        sheet = Sheet(table, f"{_ADDITIONS}{table}.csv", Line(1, heading.cells + extra), (line,))
        before = load(home)
        reading = _sound(read([sheet], before.zone, known=_typed(before)))
        old = [_arrange(kept, one, heading.cells) for one in kept.rows]
        if cells not in old:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([heading.cells, *old, cells])
            store.write_whole(home / "facts" / _ADDITIONS / f"{table}.csv", text.getvalue().encode())
        current = store.current_manifest(home)
        return _publish(home, reading, current.sources if current else {}, before.zone, at)


def _read(directory: Path, home: Path | None, zone: ZoneInfo) -> tuple[store.HandedIn, Reading]:
    handed = store.read_directory(directory)
    if not handed.sheets and not handed.problems:
        what = "holds no table of facts"
        raise refuse(str(directory), what, "make one with `clausewise facts template DIR`")
    sheets, problems = list(handed.sheets), list(handed.problems)
    if home and (home / "facts" / _ADDITIONS).is_dir():
        added = store.read_directory(home / "facts" / _ADDITIONS, prefix=_ADDITIONS)
        sheets += added.sheets
        problems += added.problems
    return handed, _sound(read(sheets, zone), problems)


def _sound(reading: Reading, others: list[Problem] | None = None) -> Reading:
    problems = sorted({*reading.problems, *(others or ())})
    if problems:
        raise FactsError(problems)
    return reading


def _publish(
    home: Path, reading: Reading, sources: Mapping[str, str], zone: ZoneInfo, at: datetime
) -> BuildReport:
    tables = {name: [row.values for row in table.rows] for name, table in reading.tables.items()}
    columns = {name: table.columns for name, table in reading.tables.items()}
    facts = Facts.of(tables, columns, zone)
    rows = {name: len(found) for name, found in tables.items()}
    before, directory = _intact(home)
    if before and directory and before.digest == facts.digest:
        return BuildReport(
            facts.digest,
            directory,
            before.built_at,
            before.previous,
            False,
            rows,
            reading.unknown,
            reading.notices,
        )
    written = store.write_snapshot(home, facts, sources, at=at)
    previous = before.digest if before else None
    return BuildReport(
        facts.digest, written, at.astimezone(UTC), previous, True, rows, reading.unknown, reading.notices
    )


def _intact(home: Path) -> tuple[Manifest | None, Path | None]:
    """The current snapshot if all of it can be trusted: a damaged one is replaced even by equal facts."""
    try:
        directory = store.current_directory(home)
        if directory is None:
            return None, None
        store.read_snapshot(directory, store.public_key(home))
        return store.read_manifest(directory, store.public_key(home)), directory
    except FactsError:
        return None, None


def _typed(facts: Facts) -> Tables:
    """A snapshot's rows as the reader has them, so that a new row can be checked against them."""
    rows, columns = {}, {}
    for table in facts.tables:
        names = [column.name for column in TABLES[table].columns]
        rows[table] = [Typed(_CURRENT, 0, {name: row[name] for name in names}) for row in facts.rows(table)]
        columns[table] = set(facts.columns(table))
    return Tables.of(rows, columns)


def _addition(home: Path, table: str) -> Sheet:
    data = store.read_if_there(home / "facts" / _ADDITIONS / f"{table}.csv")
    sheet, problems = from_csv(table, f"{_ADDITIONS}{table}.csv", data)
    if problems:
        raise FactsError(problems)
    return sheet


def _arrange(sheet: Sheet, line: Line, names: tuple[str, ...]) -> tuple[str, ...]:
    """A line's cells in the order of `names`; an earlier version may have had fewer columns."""
    cells = dict(zip(sheet.heading.cells, line.cells, strict=False))
    return tuple(cells.get(name, "") for name in names)


def _typed_in(value: object) -> str:
    """A value as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, tuple | list):
        return " ".join(map(str, value))
    return str(value).strip()


def _zone(zone: ZoneInfo | str) -> ZoneInfo:
    try:
        return ZoneInfo(zone) if isinstance(zone, str) else zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse(f"zone `{zone}`", "is not a time zone", "write it as America/Los_Angeles") from None


def _find(home: Path, digest: str) -> Path:
    key = store.public_key(home)
    for directory in reversed(store.directories(home)):
        if store.read_manifest(directory, key).digest.startswith(digest):
            return directory
    raise refuse(
        digest, "no snapshot has a digest that begins so", "see `clausewise facts show` for those kept"
    )
