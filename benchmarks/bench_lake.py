"""Measures the second evaluator: from text and from the lake, beside Cedar row by row, a bare scan and `wc -l`.

Run `python benchmarks/bench_lake.py [--events 10000000] [--lines 2000000] [--lists DIR]`, or `--smoke`. The log is
that of `county_log`: at least 100,000 distinct hosts by a Zipf law, 1,300 people, 28 days, no line twice; all norms of
the pack, the sample county's facts and all list names are joined. Every run also judges its sample again; the time of
that is shown apart, because it does not grow with the log.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from clausewise.audit.lake.manifest import LogFile
from clausewise.audit.lake.store import Lake, Step, writing
from clausewise.audit.plan import lake as from_lake
from clausewise.audit.plan import text as from_text
from clausewise.audit.plan.duck import Duck
from clausewise.audit.plan.run import PlanAudit
from clausewise.audit.reading import Inputs
from clausewise.audit.store import pseudonym_key
from clausewise.cli import _inputs, sample
from county_lake import SOURCES, coded, tables
from county_log import SquidText, make_office, write_log

TEXT_TARGET, LAKE_TARGET = 1_000_000, 4_000_000


def main() -> int:
    """Print one table; exit 0 whether the targets are met or not."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--events", type=int, default=10_000_000)
    options.add_argument("--lines", type=int, default=2_000_000)
    options.add_argument("--lists", type=Path)
    options.add_argument("--smoke", action="store_true")
    args = options.parse_args()
    if args.smoke:
        args.events, args.lines = 20_000, 20_000
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_TMP")) as folder:
        os.environ["CLAUSEWISE_HOME"] = str(Path(folder) / "home")
        home = Path(folder) / "home"
        sample.make(home / "sample", 20_000)
        sample.settle(home / "sample")
        measure(home, args)
    return 0


def measure(home: Path, args: argparse.Namespace) -> None:
    """Make the log and the lake, judge both, and print what it took."""
    office = make_office(args.lists, 3_000) if args.smoke else make_office(args.lists)
    inputs = _all_inputs()
    log = home / "access.log"
    with log.open("wb") as out:
        write_log(out, SquidText(office), args.lines)
    fill(home, office, args.events)
    say("from text", args.lines, *text(inputs, home, log), TEXT_TARGET)
    began, busy = time.perf_counter(), time.process_time()
    subprocess.run(["wc", "-l", str(log)], check=True, capture_output=True)
    say("wc -l", args.lines, time.perf_counter() - began, time.process_time() - busy, 0.0, 0)
    say("from the lake", args.events, *lake(inputs, home), LAKE_TARGET)
    say("DuckDB's bare scan", args.events, *scan(home), 0.0, 0)
    say("Cedar row by row", *cedar(inputs), 0.0, 0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"most memory {peak:,.0f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def say(what: str, count: int, seconds: float, busy: float, again: float, target: int) -> None:
    """One line of the table."""
    rate = count / max(seconds, 1e-9)
    met = f"; target {target:,}: {'met' if rate >= target else 'not met'}" if target else ""
    apart = f"; judged again {again:.1f} s" if again else ""
    print(
        f"{what:<20} {count:>12,} {seconds:>8.2f} s {busy:>8.2f} s busy {rate:>12,.0f}/s{apart}{met}",
        flush=True,
    )


def _all_inputs() -> Inputs:
    office = _inputs.office()
    return Inputs(office.pdp, office.facts, office.labels, datetime(2026, 11, 30, tzinfo=UTC))


def fill(home: Path, office: object, events: int) -> None:
    """Write the events into the lake in one step."""
    held = coded(office, pseudonym_key(home))  # type: ignore[arg-type]
    with writing(home) as found:
        step = Step(found)
        for cls, _day, table in tables(held, events):
            step.add(cls, SOURCES[cls], table)
        step.name(zip(held.host.to_pylist(), office.hosts, strict=True))  # type: ignore[attr-defined]
        step.commit([_never_written(held.log, events)])


def _never_written(key: int, events: int) -> LogFile:
    """The log that the lake's rows would have come from: nobody wrote it, so nothing of it is judged again."""
    return LogFile(
        key=key, digest="0" * 64, name="never-written.log", path="/nowhere", size=0, source="squid", option="",
        tail=-1, first=None, last=None, lines=events, extra=0, events=events, rejects=0, noise=0, protected=0,
        added=events, imported_at="",
    )  # fmt: skip


def _timed(module: object, run: object) -> tuple[float, float, float]:
    """(wall, processor, judging again) seconds of one run; judging again is not in the first two."""
    spent = [0.0, 0.0]
    own = module.judge_again  # type: ignore[attr-defined]

    def again(*args: object, **named: object) -> object:
        began, busy = time.perf_counter(), time.process_time()
        try:
            return own(*args, **named)
        finally:
            spent[0] += time.perf_counter() - began
            spent[1] += time.process_time() - busy

    module.judge_again = again  # type: ignore[attr-defined]
    began, busy = time.perf_counter(), time.process_time()
    try:
        run()  # type: ignore[operator]
    finally:
        module.judge_again = own  # type: ignore[attr-defined]
    wall, used = time.perf_counter() - began, time.process_time() - busy
    return wall - spent[0], used - spent[1], spent[0]


def text(inputs: Inputs, home: Path, log: Path) -> tuple[float, float, float]:
    """An audit of the log as it lies."""
    return _timed(from_text, lambda: from_text.TextAudit(PlanAudit(inputs, home, Duck())).run([log]))


def lake(inputs: Inputs, home: Path) -> tuple[float, float, float]:
    """An audit of the whole lake."""
    return _timed(from_lake, lambda: from_lake.LakeAudit(PlanAudit(inputs, home, Duck()), Lake(home)).run())


def scan(home: Path) -> tuple[float, float]:
    """Reading the columns that an audit reads, and nothing else."""
    parts = [str(path) for cls in Lake(home).classes() for path in Lake(home).parts(cls)]
    query = "SELECT SUM(time), SUM(host), SUM(user), COUNT(outcome), SUM(ident) FROM read_parquet(?, union_by_name = true)"
    began, busy = time.perf_counter(), time.process_time()
    duckdb.connect().execute(query, [parts]).fetchall()
    return time.perf_counter() - began, time.process_time() - busy


def cedar(inputs: Inputs) -> tuple[int, float, float]:
    """The same policies put to Cedar for one event after another, each question built and asked afresh."""
    from clausewise.pdp.build import Builder

    builder, at = Builder(inputs.pdp, inputs.facts, inputs.labels), inputs.at
    people = [str(row["id"]) for row in inputs.facts.rows("staff")][:500]
    event = {"outcome": "reached", "choice": "page"}
    began, busy = time.perf_counter(), time.process_time()
    for number, person in enumerate(people):
        host = f"host-{number}.example"
        question = builder.question("visit_site", person, host, at, event=event)
        inputs.pdp.judge_afresh(question.key)
    return len(people), time.perf_counter() - began, time.process_time() - busy


if __name__ == "__main__":
    raise SystemExit(main())
