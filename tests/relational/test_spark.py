"""The same random policies through Spark; these tests need pyspark and Java, and are skipped without them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest

from clausewise.audit.relational import SPARK
from clausewise.audit.relational.entities import Table
from relational.closed import Question, compare, compare_drawn, environments_of
from relational.drawing import Drawing, Maker
from relational.judges import Engine, Tally, compare_world

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("java") is None, reason="Spark needs java on the path: apt install default-jre"
    ),
]
SUMS: dict[str, Maker] = {"bool": Drawing.ordered, "long": Drawing.counted}
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
}


@pytest.fixture(autouse=True)
def no_network() -> None:
    """Spark's two halves talk over this machine's loopback; a room without network lets them."""


@pytest.fixture(scope="module")
def in_spark() -> Iterator[Engine]:
    """An engine for the comparisons: one Spark session on this machine."""
    sql = pytest.importorskip("pyspark.sql", reason="pip install pyspark, then run these tests again")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder: Any = sql.SparkSession.builder.master("local[1]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")

    def run(tables: Sequence[Table], query: str) -> list[tuple[bool | None, ...]]:
        for table in tables:
            frame = session.createDataFrame(list(table.rows), table.declared(SPARK))
            frame.createOrReplaceTempView(table.name)
        return [tuple(row)[:-1] for row in session.sql(query).collect()]

    yield run
    session.stop()


def test_random_policies_agree_on_spark(in_spark: Engine) -> None:
    tally = Tally()
    for seed in range(40):
        compare_world(seed, tally, engine=in_spark, dialect=SPARK)
    assert tally.verdicts > 5_000
    assert not tally.differences, tally.first


def test_random_policies_over_a_packs_words_agree_on_spark(in_spark: Engine) -> None:
    tally = Tally()
    for seed in range(40):
        compare_drawn(seed, tally, engine=in_spark, dialect=SPARK)
    assert not tally.differences, tally.first


def test_arithmetic_agrees_on_spark(in_spark: Engine) -> None:
    tally = Tally()
    for seed in range(20):
        compare_world(seed, tally, engine=in_spark, dialect=SPARK, favoured=SUMS)
    assert not tally.differences, tally.first


def test_a_packs_policies_agree_on_spark(in_spark: Engine) -> None:
    tally = Tally()
    for number, (columns, policies) in enumerate(environments_of("ar4040")):
        chance = Random(number)
        questions = [Question(chance, columns) for _ in range(10)]
        compare(columns, policies, questions, tally, dialect=SPARK, engine=in_spark)
    assert not tally.differences, tally.first
