"""From a county's sheets of text to typed rows, with every problem found in one go.

Two passes: each sheet by itself (headings, cells, required values), then all together (who refers to whom,
which rows stand for the same thing at the same time). Pure: no file is opened and no clock is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from .agree import cross_check
from .cell import CellError, read_cell
from .problem import Problem
from .sheet import Line, Sheet
from .tables import PERIOD_NAMES, TABLES, Column, Kind, Table, nearest
from .typed import Tables, Typed

# Columns that say nothing about the world when they are left out: nobody needs to be told they are unknown.
_QUIET: Final = PERIOD_NAMES | {"id", "name", "end", "kind", "custodian", "revoked_at", "suspended_to"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out: typed tables, every problem, what is unknown, and notices of facts kept but cut."""

    tables: Tables
    problems: tuple[Problem, ...]
    unknown: tuple[str, ...]
    notices: tuple[str, ...]


def read(sheets: Iterable[Sheet], zone: ZoneInfo, *, known: Tables | None = None) -> Reading:
    """Read sheets and check them together, on top of `known` rows that were read before.

    Equal rows of one table that come from different files count once: an addition made at the desk may
    later also stand in the county's own export.
    """
    problems: list[Problem] = []
    rows: dict[str, list[Typed]] = {
        name: list(table.rows) for name, table in (known or Tables.none()).items()
    }
    columns: dict[str, set[str]] = {
        name: set(table.columns) for name, table in (known or Tables.none()).items()
    }
    for sheet in sheets:
        given, typed = _read_sheet(TABLES[sheet.table], sheet, zone, problems)
        columns.setdefault(sheet.table, set()).update(given)
        rows.setdefault(sheet.table, []).extend(typed)
    tables = Tables.of(rows, columns)
    checked, notices = cross_check(tables, problems)
    return Reading(checked, tuple(sorted(set(problems))), unknowns(checked), tuple(notices))


def unknowns(tables: Tables) -> tuple[str, ...]:
    """What the county left out and is therefore unknown: one line for tables, one for each table's columns."""
    lines = []
    absent = [name for name in TABLES if name not in tables]
    if absent:
        lines.append("tables not given, so what they would say is unknown: " + ", ".join(absent))
    for name, table in tables.items():
        spec = TABLES[name]
        missing = [c.name for c in spec.columns if c.name not in table.columns and c.name not in _QUIET]
        if missing:
            lines.append(f"{name}: columns not given, so unknown: {', '.join(missing)}")
    return tuple(lines)


def _read_sheet(
    spec: Table, sheet: Sheet, zone: ZoneInfo, problems: list[Problem]
) -> tuple[set[str], list[Typed]]:
    if not sheet.heading.cells:
        remedy = f"write a heading such as {','.join(c.name for c in spec.columns[:5])}"
        problems.append(Problem(sheet.file, 0, "is empty", remedy))
        return set(), []
    layout = _heading(spec, sheet, problems)
    typed = [_row(spec, sheet.file, line, layout, zone, problems) for line in sheet.rows]
    return layout.names, typed


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: Mapping[int, Column]  # by place in a row, from 0
    width: int  # cells in the heading

    @property
    def names(self) -> set[str]:
        return {column.name for column in self.columns.values()}


def _heading(spec: Table, sheet: Sheet, problems: list[Problem]) -> _Layout:
    """Which column stands at which place; refuses unknown, doubled and missing headings."""
    layout: dict[int, Column] = {}
    file, number = sheet.file, sheet.heading.number
    names = [column.name for column in spec.columns]
    for place, text in enumerate(sheet.heading.cells):
        name = "_".join(text.casefold().split())
        column = spec.column(name)
        if column is None:
            if text or any(place < len(row.cells) and row.cells[place] for row in sheet.rows):
                what = f"`{text}` is not a column of {spec.name}"
                problems.append(Problem(file, number, what, nearest(name, names)))
        elif column in layout.values():
            problems.append(Problem(file, number, f"column `{name}` stands twice", "remove one of the two"))
        else:
            layout[place] = column
    given = {column.name for column in layout.values()}
    for column in spec.columns:
        if column.required and column.name not in given:
            remedy = f"add it; it holds {column.says}"
            problems.append(Problem(file, number, f"column `{column.name}` is missing", remedy))
    if spec.name == "staff" and not given & {"id", "mail"}:
        problems.append(Problem(file, number, "has neither `id` nor `mail`", "add one to tell people apart"))
    return _Layout(layout, len(sheet.heading.cells))


def _row(
    spec: Table, file: str, line: Line, layout: _Layout, zone: ZoneInfo, problems: list[Problem]
) -> Typed:
    """One typed row; it is marked broken when it added a problem."""
    found: list[Problem] = []
    values: dict[str, object] = {column.name: column.default or None for column in spec.columns}
    if any(line.cells[layout.width :]):
        remedy = "remove it, or put the cell that holds the separator in quotation marks"
        found.append(Problem(file, line.number, "has more cells than the heading", remedy))
    for place, column in layout.columns.items():
        text = line.cells[place] if place < len(line.cells) else ""
        try:
            values[column.name] = read_cell(column, text or column.default, zone)
        except CellError as error:
            found.append(Problem(file, line.number, error.what, error.remedy))
            continue
        if column.required and values[column.name] is None:
            found.append(Problem(file, line.number, f"`{column.name}` is blank", f"write {column.says}"))
    if spec.name == "staff" and layout.names & {"id", "mail"}:
        found += _name_person(file, line, values)
    _hold_since(spec, values)
    found += () if found else _backwards(spec, file, line, values)
    problems.extend(found)
    return Typed(file, line.number, values, broken=bool(found))


def _hold_since(spec: Table, values: dict[str, object]) -> None:
    """A date in a yes/no column says yes from that day on: before it, the row does not hold."""
    for column in spec.columns:
        value = values[column.name]
        if column.kind is Kind.SINCE and isinstance(value, datetime):
            values[column.name] = True
            values["valid_from"] = values["valid_from"] or value


def _name_person(file: str, line: Line, values: dict[str, object]) -> Iterable[Problem]:
    """Give a person without an id the part of the mail address before the @."""
    if values["id"] is None:
        if values["mail"] is None:
            yield Problem(
                file, line.number, "has neither id nor mail", "write one of them to tell people apart"
            )
            return
        values["id"] = str(values["mail"]).partition("@")[0]


def _backwards(spec: Table, file: str, line: Line, values: Mapping[str, object]) -> Iterable[Problem]:
    for first, last in spec.spans:
        start, end = values.get(first), values.get(last)
        if start is not None and end is not None and end <= start:  # type: ignore[operator]
            remedy = "swap the two dates or correct one"
            yield Problem(file, line.number, f"`{last}` is not after `{first}`", remedy)
    if spec.name != "schedules":
        return
    start, end = values.get("start"), values.get("end")
    if (start is None) != (end is None):
        yield Problem(
            file, line.number, "has only one of `start` and `end`", "write both, or neither for a day off"
        )
    elif start is not None and start == end:
        yield Problem(file, line.number, "`start` and `end` are the same", "leave both blank for a day off")
