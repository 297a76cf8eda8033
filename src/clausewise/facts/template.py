"""Empty tables for a county to fill in: the heading, and one example that is switched off by a leading #."""

from __future__ import annotations

import csv
import io

from .tables import TABLES, Table


def templates() -> dict[str, str]:
    """File name -> CSV text, one for each table."""
    return {f"{table.name}.csv": template_of(table) for table in TABLES.values()}


def template_of(table: Table) -> str:
    """One table's heading and example. Remove the `# ` and the example is a valid row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    example = [column.example for column in table.columns]
    writer.writerow(["# " + example[0], *example[1:]])
    return out.getvalue()
