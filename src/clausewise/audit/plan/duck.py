"""Runs the plan in DuckDB, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from clausewise.audit.relational.dialect import DUCKDB, Dialect

MEMORY = "3GB"
"""More than this DuckDB puts on disk."""


class Duck:
    """One database in memory for one audit."""

    dialect: Dialect = DUCKDB
    name = "duckdb"

    def __init__(self, *, threads: int = 0, memory: str = MEMORY, spill: Path | None = None) -> None:
        self.connection = duckdb.connect(":memory:")
        self._set("memory_limit", memory)
        self._set("preserve_insertion_order", "false")
        if threads:
            self._set("threads", str(threads))
        if spill is not None:
            self._set("temp_directory", str(spill))

    def _set(self, name: str, value: str) -> None:
        self.connection.execute(f"SET {name} = '{value}'")

    def put(self, name: str, table: pa.Table) -> None:
        """Let `name` stand for a table in memory; what it stood for before is let go."""
        self.connection.register(name, table)

    def attach(self, name: str, parts: Sequence[Path]) -> None:
        """Let `name` stand for parts of the lake, with `day` and `source` from their folders."""
        files = ", ".join(f"'{_quoted(path)}'" for path in parts)
        self.connection.execute(
            f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{files}], hive_partitioning = true,"
            " hive_types = {'day': VARCHAR, 'source': VARCHAR}, union_by_name = true)"
        )

    def make(self, name: str, query: exp.Query) -> None:
        """Run a query once and keep its rows under `name`."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query.sql(dialect='duckdb')}")

    def rows(self, query: exp.Query) -> pa.Table:
        """The rows of a query."""
        return self.connection.sql(query.sql(dialect="duckdb")).to_arrow_table()

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """At most so many rows of a table, picked at random; the same seed picks the same."""
        query = f"SELECT * FROM {name} USING SAMPLE reservoir({rows} ROWS) REPEATABLE ({seed})"
        return self.connection.sql(query).to_arrow_table()

    def drop(self, names: Iterable[str]) -> None:
        """Let tables made by `make` go."""
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")

    def close(self) -> None:
        """Let everything go."""
        self.connection.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
