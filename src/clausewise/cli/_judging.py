"""Runs the evaluators for the commands, with progress, rate and elapsed time on standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

from clausewise.audit.lake.store import Lake
from clausewise.audit.plan.duck import Duck
from clausewise.audit.plan.engine import Engine
from clausewise.audit.plan.lake import LakeAudit
from clausewise.audit.plan.run import PlanAudit
from clausewise.audit.plan.text import TextAudit
from clausewise.audit.reading import Inputs
from clausewise.audit.run import Audit
from clausewise.audit.timeline import microseconds
from clausewise.cli import _place

Show = Callable[[str, int, int, int], None]


def shown(unit: str = "lines") -> tuple[Show, Callable[[], None]]:
    """Progress for a run: one moving line, or a line now and then without a terminal; and how to end it."""
    began, last, live = time.perf_counter(), [0.0], sys.stderr.isatty() and "NO_COLOR" not in os.environ
    done = set[str]()

    def show(name: str, read: int, total: int, count: int) -> None:
        now = time.perf_counter() - began
        if (now - last[0] < (0.2 if live else 5.0) and read < total) or (name in done and not live):
            return
        if read >= total:
            done.add(name)
        last[0] = now
        share = 100 * read / total if total else 100.0
        rate = count / max(now, 1e-9)
        text = f"{now:6.1f} s  {count:>11,} {unit}  {rate:>9,.0f}/s  {share:3.0f} % of {name}"
        print(f"\r{text[:78]:<78}" if live else text, end="" if live else "\n", file=sys.stderr, flush=True)

    def end() -> None:
        if live:
            print(file=sys.stderr)

    return show, end


def cedar(audit: Audit, logs: Sequence[Path]) -> None:
    """The first audit: each distinct question to the policy engine once."""
    show, end = shown()
    audit.run(logs, show)
    end()


def text(inputs: Inputs, logs: Sequence[Path]) -> PlanAudit:
    """The compiled norms over log files as they lie."""
    show, end = shown()
    engine = Duck(spill=_spill())
    try:
        audit = PlanAudit(inputs, _place.home(), engine)
        TextAudit(audit).run(logs, show)
    finally:
        engine.close()
    end()
    return audit


def lake(inputs: Inputs, engine: str, master: str, since: date | None, until: date | None) -> PlanAudit:
    """The compiled norms over the lake.

    Raises:
        ValueError: the lake is empty.
    """
    home = _place.home()
    found = Lake(home)
    if not found.manifest.parts:
        raise ValueError(
            f"{found.folder}: the lake is empty; run clausewise lake import LOG, or name a log here"
        )
    show, end = shown("events")
    zone = ZoneInfo(inputs.pdp.pack.zone)
    runs = _engine(engine, master)
    try:
        audit = PlanAudit(inputs, home, runs)
        LakeAudit(audit, found).run(_moment(since, zone), _moment(until, zone), show)
    finally:
        runs.close()
    end()
    return audit


def _engine(name: str, master: str) -> Engine:
    if name == "duckdb":
        return Duck(spill=_spill())
    from clausewise.audit.plan.spark import Spark

    return Spark(master)


def _spill() -> Path:
    """Where DuckDB puts what does not fit into memory: inside the county's own folder."""
    folder = _place.home() / "spill"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _moment(day: date | None, zone: ZoneInfo) -> int | None:
    return microseconds(datetime.combine(day, clock(), zone)) if day else None
