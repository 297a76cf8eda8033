"""Digests that name facts: equal facts have equal digests, whatever the order of rows or columns.

A value is written as canonical JSON; a table is the SHA-256 of its sorted row digests, which makes the order
of rows irrelevant and keeps two rows from running into one another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no blanks and times as UTC ISO text: equal values give equal bytes."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)
    return text.encode("utf-8", "surrogatepass")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} is not a fact")


def of_row(values: Mapping[str, object]) -> bytes:
    """The SHA-256 of one row; a column that says nothing does not count."""
    said = {name: value for name, value in values.items() if value is not None}
    return hashlib.sha256(canonical(said)).digest()


def of_table(name: str, rows: Iterable[Mapping[str, object]], columns: Iterable[str]) -> str:
    """The digest of a table: its name, which columns were given, and its rows in any order."""
    whole = hashlib.sha256(canonical([name, sorted(columns)]))
    for row in sorted(map(of_row, rows)):
        whole.update(row)
    return whole.hexdigest()


def of_snapshot(zone: str, tables: Mapping[str, str]) -> str:
    """The digest of a snapshot: the county's time zone and the digest of each table."""
    return hashlib.sha256(canonical({"zone": zone, "tables": dict(tables)})).hexdigest()
