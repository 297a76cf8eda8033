"""Measures the first audit: proxy lines per second over a built sample, beside `wc -l` and a plain loop.

Run `python benchmarks/bench_audit.py` (a million lines, over 50,000 hosts) or `--smoke` (20,000 lines).
The target is 300,000 lines a second on two cores of a quiet machine; both clocks are shown, because a
machine on which others work is slower by the first and not by the second.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit.reading import Inputs
from clausewise.audit.run import Audit
from clausewise.cli import _inputs, sample
from clausewise.sources import store as logs_store

TARGET = 300_000


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run: what it counted, seconds by the wall and by the processor."""

    count: int
    seconds: float
    busy: float


def audited(inputs: Inputs, logs: list[Path], home: Path) -> tuple[Run, Audit]:
    """A first audit: nothing is remembered from an earlier one."""
    inputs.pdp.forget()
    began, busy = time.perf_counter(), time.process_time()
    audit = Audit(inputs, home)
    audit.run(logs)
    run = Run(audit.summary.lines, time.perf_counter() - began, time.process_time() - busy)
    return run, audit


def read_only(inputs: Inputs, logs: list[Path]) -> Run:
    """Reading the lines into columns and nothing else: what the judging comes on top of."""
    began, busy = time.perf_counter(), time.process_time()
    source = inputs.sources["squid"]
    lines = sum(step.batch.lines for path in logs for step in logs_store.read(path, source))
    return Run(lines, time.perf_counter() - began, time.process_time() - busy)


def looped(logs: list[Path]) -> Run:
    """What a short script does: split each line, take user and host, count pairs; it judges nothing."""
    began, busy = time.perf_counter(), time.process_time()
    pairs: Counter[tuple[str, str]] = Counter()
    for path in logs:
        with path.open(encoding="utf-8", errors="replace") as stream:
            for line in stream:
                fields = line.split()
                url = fields[6]
                host = url.split("://")[-1].split("/")[0].split(":")[0].lower()
                pairs[fields[7], host] += 1
    return Run(sum(pairs.values()), time.perf_counter() - began, time.process_time() - busy)


def counted(logs: list[Path]) -> float:
    """Seconds that `wc -l` takes."""
    began = time.perf_counter()
    subprocess.run(["wc", "-l", *map(str, logs)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def told(name: str, run: Run) -> None:
    """Print one row of the table."""
    print(
        f"{name:<24} {run.seconds:7.2f} s {run.count / run.seconds:>11,.0f} lines/s   "
        f"{run.busy:7.2f} s of the processors {run.count / run.busy:>11,.0f} lines/s"
    )


def measure(folder: Path, lines: int, rounds: int) -> int:
    """Build, settle, measure, print; 1 when lines were lost."""
    sample.make(folder / "sample", lines)
    sample.settle(folder / "sample")
    office = _inputs.office()
    inputs = Inputs(office.pdp, office.facts, office.labels, datetime.now(UTC))
    logs = [path for path in sorted((folder / "sample" / "logs").glob("proxy-*.log")) if path.stat().st_size]
    reference = min(counted(logs) for _ in range(3))
    runs = [audited(inputs, logs, folder) for _ in range(rounds)]
    best, audit = min((run for run, _ in runs), key=lambda run: run.seconds), runs[0][1]
    hosts = len(audit.enricher.hosts.names) - 1
    print(
        f"{best.count:,} proxy lines, {hosts:,} hosts, {audit.summary.questions} distinct questions, "
        f"{len(audit.findings):,} findings; best of {rounds}, {os.cpu_count()} cores"
    )
    told("first audit", best)
    told("  of which reading", read_only(inputs, logs))
    told("a plain loop (no law)", looped(logs))
    print(f"{'wc -l':<24} {reference:7.2f} s; the audit takes {best.seconds / reference:,.0f} times as long")
    print(
        f"target {TARGET:,} lines/s: {'met' if best.count / best.seconds >= TARGET else 'not met'} by the wall"
    )
    return 0 if audit.summary.sums() and best.count >= lines else 1


def main() -> int:
    """Read the options and measure in a folder that is gone afterwards."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--smoke", action="store_true", help="20,000 lines, a few seconds")
    options.add_argument("--lines", type=int, default=1_000_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CLAUSEWISE_HOME"] = folder
        return measure(
            Path(folder), 20_000 if chosen.smoke else chosen.lines, rounds=1 if chosen.smoke else 3
        )


if __name__ == "__main__":
    raise SystemExit(main())
