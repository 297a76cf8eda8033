"""What the plan needs of an engine, whichever runs it: relations by name, queries over them, rows back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

from clausewise.audit.relational.dialect import Dialect


class Engine(Protocol):
    """DuckDB in this process, or Spark; the tables of facts are small and are handed over whole."""

    dialect: Dialect
    name: str

    def put(self, name: str, table: pa.Table) -> None:
        """Let `name` stand for a table in memory; what it stood for before is let go."""

    def attach(self, name: str, parts: Sequence[Path]) -> None:
        """Let `name` stand for parts of the lake, with `day` and `source` from their folders."""

    def make(self, name: str, query: exp.Query) -> None:
        """Run a query once and keep its rows under `name`."""

    def rows(self, query: exp.Query) -> pa.Table:
        """The rows of a query."""
        ...

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """At most so many rows of a table, picked at random; the same seed picks the same."""
        ...

    def drop(self, names: Sequence[str]) -> None:
        """Let tables made by `make` go."""

    def close(self) -> None:
        """Let everything go."""
