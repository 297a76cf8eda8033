"""Measures how fast a native Squid log becomes columns, and rows of the lake, beside what others do with its lines.

Run `python benchmarks/bench_sources.py [--lists DIR]` (two million lines of `county_log`) or `--smoke` (5,000
lines). All rows are of one run. Both clocks are shown: on a machine on which others work, processor seconds are
the ones to trust. Starting the processes counts; making the log does not.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from clausewise.sources import SOURCES, store
from clausewise.sources.parallel import LogFile, Readers
from county_log import SquidText, make_office, write_log

SQUID = SOURCES["squid"]
TARGET = 1.2
"""Microseconds of processor time a line, from text to the lake's rows."""
_LINES = "read_csv(?, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false)"
_BARE = f"SELECT count(line) FROM {_LINES}"
_SPLIT = f"""
    CREATE OR REPLACE TEMP TABLE parsed AS
    SELECT replace(time, '.', '')::BIGINT * 1000 AS time, f[1]::BIGINT AS elapsed, f[2] AS client,
           split_part(f[3], '/', 2)::INT AS status, f[4]::BIGINT AS bytes, f[5] AS method, f[7] AS "user",
           split_part(split_part(split_part(f[6], '://', -1), '/', 1), ':', 1) AS host, f[8] AS way
    FROM (SELECT line[:14] AS time, string_split(ltrim(line[15:]), ' ') AS f FROM {_LINES})
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one way gave: lines or events, seconds by the wall and of all processors."""

    count: int
    seconds: float
    busy: float


def used() -> float:
    """Processor seconds of this process and of those that it started and that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def measure(way: Callable[[], int], rounds: int) -> Run:
    """The best of some rounds, by the processors' clock."""
    runs = []
    for _ in range(rounds):
        began, busy = time.perf_counter(), used()
        count = way()
        runs.append(Run(count, time.perf_counter() - began, used() - busy))
    return min(runs, key=lambda run: run.busy)


def alone(path: Path) -> int:
    """Columns of texts, read in this process."""
    return sum(step.batch.events for step in store.read(path, SQUID))


def together(path: Path, workers: int) -> int:
    """The same in several processes."""
    with Readers(workers) as readers:
        return sum(step.batch.events for _, step in readers.read([LogFile(path, SQUID)]))


def to_lake(path: Path, workers: int) -> int:
    """Rows of the lake: keys for people and hosts, made where the lines were read."""
    with Readers(workers, work="lake_rows:encoder", arguments={"pack": "ar4040"}) as readers:
        parts = (part for _, step in readers.read([LogFile(path, SQUID)]) for part in step.batch.parsed)
        return sum(part.table.num_rows for part in parts if part.cls == "http")


def command(path: Path, *words: str) -> int:
    """A program that reads the file and says nothing."""
    subprocess.run([*words, str(path)], check=True, stdout=subprocess.DEVNULL)
    return 0


def looped(path: Path) -> int:
    """What a short script does: split each line, take user and host; it checks and keeps nothing."""
    count = 0
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            fields = line.split()
            pair = fields[7], fields[6].split("://")[-1].split("/")[0].split(":")[0].lower()
            count += pair is not None
    return count


def in_duckdb(path: Path, threads: int, sql: str) -> int:
    """A query of DuckDB over the bare lines."""
    with duckdb.connect(config={"threads": threads}) as base:
        found = base.execute(sql, [str(path)]).fetchone()
        return int(found[0]) if found else 0


def show(name: str, run: Run, lines: int, against: Run) -> None:
    """Print one row of the table."""
    print(
        f"{name:<44} {run.seconds:7.3f} s {lines / run.seconds:>13,.0f} lines/s {run.busy:8.3f} s of processors "
        f"{run.busy / lines * 1e6:7.3f} us a line {run.busy / against.busy:7.2f} x"
    )


def ways(path: Path, workers: Sequence[int]) -> Iterator[tuple[str, Callable[[], int]]]:
    """Every way that is measured, by name; ours begin with `squid`."""
    yield "squid columns, this process", partial(alone, path)
    for number in workers:
        yield f"squid columns, {number} process(es)", partial(together, path, number)
    for number in workers:
        yield f"squid to lake rows, {number} process(es)", partial(to_lake, path, number)
    for number in workers:
        yield f"DuckDB bare lines, {number} thread(s)", partial(in_duckdb, path, number, _BARE)
        yield f"DuckDB string_split, {number} thread(s)", partial(in_duckdb, path, number, _SPLIT)
    yield "a plain loop (splits, checks nothing)", partial(looped, path)
    yield "wc -l", partial(command, path, "wc", "-l")
    yield "cat", partial(command, path, "cat")


def compare(path: Path, lines: int, rounds: int, workers: Sequence[int]) -> bool:
    """Measure every way and print the rows; tell whether no line went missing."""
    whole, first, lake = True, None, None
    for name, way in ways(path, workers):
        run = measure(way, rounds)
        first = first or run
        show(name, run, lines, first)
        if name.startswith("squid"):
            whole &= run.count == lines
            lake = run if "lake" in name else lake
    if lake:
        told = "met" if lake.busy / lines * 1e6 <= TARGET else "not met"
        print(
            f"target: {TARGET} us of processor time a line to lake rows with {workers[-1]} processes: {told}"
        )
    return whole


def main() -> int:
    """Print the figures; fail when lines went missing."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--smoke", action="store_true", help="5,000 lines, a second or two")
    options.add_argument("--lines", type=int, default=2_000_000)
    options.add_argument("--lists", type=Path, help="folder with ut1.tar.xz")
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    lines = 5_000 if chosen.smoke else chosen.lines
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "access.log")
        office = make_office(chosen.lists, hosts=2_000) if chosen.smoke else make_office(chosen.lists)
        with path.open("wb") as out:
            write_log(out, SquidText(office), lines)
        print(f"{lines:,} lines, {path.stat().st_size / 1e6:,.1f} MB; best of {chosen.rounds}")
        rounds, workers = (1, (2,)) if chosen.smoke else (chosen.rounds, (1, 2))
        return 0 if compare(path, lines, rounds, workers) else 1


if __name__ == "__main__":
    raise SystemExit(main())
