"""Runs the same plan on Spark, when a county's or a state's logs outgrow one machine."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from clausewise.audit.relational.dialect import SPARK, Dialect

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS = {
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",  # day and source are texts
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "64",  # adaptive execution joins small ones
    "spark.sql.autoBroadcastJoinThreshold": "268435456",  # the tables of facts go whole to every worker
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",
}


class Spark:
    """A session on one master. Facts, lists and compiled norms go out with the queries; events stay where they are."""

    dialect: Dialect = SPARK
    name = "spark"

    def __init__(self, master: str, settings: dict[str, str] | None = None) -> None:
        """Connect to `master` (`local[2]`, `spark://host:7077`).

        Raises:
            ValueError: PySpark or Java is missing.
        """
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise ValueError(
                "--engine spark: PySpark is not installed; pip install 'clausewise[spark]' and Java 17"
            ) from error
        builder = SparkSession.builder.master(master).appName("clausewise audit")
        for name, value in {**SETTINGS, **(settings or {})}.items():
            builder = builder.config(name, value)
        self.session: SparkSession = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self._kept: dict[str, Any] = {}

    def put(self, name: str, table: pa.Table) -> None:
        """Let `name` stand for a table in memory; what it stood for before is let go."""
        self.session.createDataFrame(table).createOrReplaceTempView(name)

    def attach(self, name: str, parts: Sequence[Path]) -> None:
        """Let `name` stand for parts of the lake, with `day` and `source` from their folders."""
        folders = {str(path.parent.parent.parent) for path in parts}
        reader = self.session.read.option("basePath", commonpath(folders)).option("mergeSchema", "true")
        reader.parquet(*(str(path) for path in parts)).createOrReplaceTempView(name)

    def make(self, name: str, query: exp.Query) -> None:
        """Run a query once and keep its rows under `name`, in memory and beyond it on disk."""
        self.drop([name])
        found = self.session.sql(query.sql(dialect="spark")).persist()
        found.createOrReplaceTempView(name)
        self._kept[name] = found

    def rows(self, query: exp.Query) -> pa.Table:
        """The rows of a query."""
        return self.session.sql(query.sql(dialect="spark")).toArrow()

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """At most so many rows of a table, picked at random; the same seed picks the same."""
        found = self.session.sql(f"SELECT * FROM {name} ORDER BY rand({seed}) LIMIT {rows}")
        return found.toArrow()

    def drop(self, names: Sequence[str]) -> None:
        """Let tables made by `make` go."""
        for name in names:
            kept = self._kept.pop(name, None)
            if kept is not None:
                kept.unpersist()

    def close(self) -> None:
        """End the session."""
        self.session.stop()
