"""What changed between two snapshots: rows added, removed and changed, table by table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .agree import row_key
from .digest import of_row
from .index import Row
from .snapshot import Facts
from .tables import TABLES


@dataclass(frozen=True, slots=True)
class Change:
    """A row that stands in both snapshots, under its key, and the columns that differ."""

    key: str
    before: Row
    after: Row
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableDiff:
    """The difference in one table. Rows are those of the snapshots themselves."""

    table: str
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Change, ...]


def diff(a: Facts, b: Facts) -> tuple[TableDiff, ...]:
    """What it takes to get from snapshot `a` to `b`; tables without a difference are left out.

    A removed and an added row of one key are one change when each snapshot has a single such row left, or
    when both begin at the same time.
    """
    found = (_table(name, a.rows(name), b.rows(name)) for name in TABLES)
    return tuple(one for one in found if one.added or one.removed or one.changed)


def _table(name: str, before: Iterable[Row], after: Iterable[Row]) -> TableDiff:
    removed, added = _only(before, after), _only(after, before)
    changed = [
        pair for match_start in (True, False) for pair in _pair(name, removed, added, match_start=match_start)
    ]
    return TableDiff(name, tuple(added), tuple(removed), tuple(changed))


def _only(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """The rows that the others do not have, as often as they do not have them."""
    have = Counter(map(of_row, others))
    left = []
    for row in rows:
        name = of_row(row)
        have[name] -= 1
        if have[name] < 0:
            left.append(row)
    return left


def _pair(name: str, removed: list[Row], added: list[Row], *, match_start: bool) -> list[Change]:
    """Take pairs that are one row before and after a change out of both lists."""

    def under(rows: Iterable[Row]) -> dict[object, list[Row]]:
        found: defaultdict[object, list[Row]] = defaultdict(list)
        for row in rows:
            key = row_key(TABLES[name], row).casefold()
            found[(key, row["valid_from"]) if match_start else key].append(row)
        return found

    old, new = under(removed), under(added)
    changes = []
    for key, rows in old.items():
        if len(rows) == 1 and len(new.get(key, ())) == 1:
            before, after = rows[0], new[key][0]
            columns = tuple(column for column in before if before[column] != after[column])
            changes.append(Change(row_key(TABLES[name], after), before, after, columns))
            removed.remove(before)
            added.remove(after)
    return changes
