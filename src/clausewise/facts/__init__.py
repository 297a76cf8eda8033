"""Facts: what a county knew about its people, devices, services and permissions, from when to when.

The county's own lists come in as CSV or XLSX (`publish.build`), every mistake is named with its line and
remedy, and out comes a signed snapshot that never changes (`Facts`). Clauses are judged on snapshots only.
"""

from __future__ import annotations

from .index import Row
from .problem import FactsError, Problem
from .snapshot import DEFAULT_ZONE, Facts
from .tables import TABLES, Column, Kind, Table

__all__ = ["DEFAULT_ZONE", "TABLES", "Column", "Facts", "FactsError", "Kind", "Problem", "Row", "Table"]
