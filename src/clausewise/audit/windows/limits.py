"""The numbers of the facts that a window compares with, such as the licences held for a title."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from clausewise.audit.timeline import microseconds
from clausewise.audit.windows.calendar import LAST
from clausewise.audit.windows.derive import LIMITS
from clausewise.facts.snapshot import Facts
from clausewise.facts.tables import TABLES
from clausewise.model.law import Window


def limits_of(window: Window, facts: Facts) -> pa.Table:
    """The number of each thing over time, for a window with `compare`; none where the facts do not say.

    Raises:
        ValueError: `compare` names no column of a fact table.
    """
    table, _, column = window.compare.partition(".")
    spec = TABLES.get(table)
    if spec is None or spec.column(column) is None:
        raise ValueError(f'window `{window.id}`: no fact `{window.compare}`; write compare = "TABLE.COLUMN"')
    rows = []
    for row in facts.rows(table):
        if isinstance(row[column], int):
            begins = [t for name in ("valid_from", "known_from") if isinstance(t := row[name], datetime)]
            ends = row["valid_to"]
            rows.append(
                {
                    "thing": str(row[spec.key[0]]),
                    "since": max((microseconds(t) for t in begins), default=0),
                    "until": microseconds(ends) if isinstance(ends, datetime) else LAST,
                    "amount": row[column],
                }
            )
    return pa.Table.from_pylist(rows, schema=LIMITS)
