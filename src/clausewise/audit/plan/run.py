"""One audit by the second evaluator: from log files, or from the lake, to the same findings as the first."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clausewise.audit import store
from clausewise.audit.enrich import Enricher
from clausewise.audit.findings import Finding, Summary
from clausewise.audit.keeping import keep
from clausewise.audit.known import blind_norms
from clausewise.audit.making import DAY, Maker
from clausewise.audit.naming import Naming
from clausewise.audit.plan.counting import Windows
from clausewise.audit.plan.engine import Engine
from clausewise.audit.plan.gather import Gather, LogFile, Row
from clausewise.audit.plan.judge import Found, Relational
from clausewise.audit.plan.world import World
from clausewise.audit.reading import Inputs
from clausewise.audit.timeline import moment
from clausewise.model.judgement import Digests
from clausewise.pdp.build import Builder

SLAB = 4_000_000
"""Events judged at a time: what is held in memory stays below a gigabyte."""
EVENTS = "events"
SAMPLED = 200
"""Events of each rule and slab from which those that are judged again are picked."""
FINDINGS = 10_000
"""Findings of which all are judged again."""
HOUR = 3_600_000_000
"""Microseconds."""
TALLIES = ("judged", "not_governed", "never_personal", "nobody", "violated", "unknown", "satisfied",
           "set_aside", "seen")  # fmt: skip


@dataclass(slots=True)
class Logs:
    """The log files of one audit by the lake's key of each: name and digest, and how to read a raw line again."""

    files: dict[int, LogFile] = field(default_factory=dict)


class PlanAudit:
    """One run of the second evaluator. `findings` are this run's; nothing is kept before `keep`."""

    def __init__(self, inputs: Inputs, home: Path, engine: Engine) -> None:
        self.inputs, self.home, self.engine = inputs, home, engine
        facts, pdp = inputs.facts, inputs.pdp
        self.secret = store.pseudonym_key(home) if inputs.keep else b"aggregate only, no names"
        self.builder = Builder(pdp, facts, inputs.labels)
        self.enricher = Enricher(pdp.pack, facts, inputs.labels)
        self.world = World(pdp, self.builder, self.enricher, self.secret)
        blind = blind_norms(pdp, facts)
        self.relational = Relational(self.world, engine, frozenset(b.norm for b in blind))
        self.digests = Digests(pdp.pack.digest, facts.digest, inputs.labels.digest if inputs.labels else "")
        self.naming = Naming(self.secret, pdp.pack, facts)
        self.logs = Logs()
        self.gather = Gather(self.relational, Maker(pdp.pack, self.naming, self.digests), self.logs.files)
        self.summary = Summary(blind={b.norm: b.needs for b in blind}, engine=engine.name)
        self.findings: list[Finding] = []
        self.hits: list[Found] = []
        self.windows: Windows | None = None
        self._ids: set[str] = set()
        self._began = time.perf_counter()

    def expect(self, classes: Collection[str]) -> None:
        """Say of which classes there will be events, so that the windows that need others wait and say so."""
        self.windows = Windows(self.world, self.engine, self.relational, classes)
        self.summary.waiting = dict(self.windows.waiting)

    def slab(
        self,
        cls: str,
        relation: str,
        low: int,
        high: int,
        identify: Callable[[Row], str] | None = None,
    ) -> None:
        """Judge the events of one relation and gather their findings; an event that was met before adds nothing."""
        windows = self.windows
        if windows is not None:
            windows.slab(cls, relation, low, high)

        def then(candidates: str) -> None:
            if windows is not None:
                windows.candidates(cls, candidates, low, high)

        for found in self.relational.slab(cls, relation, sample=SAMPLED, then=then):
            if sum(one.rows.num_rows for one in self.hits) < FINDINGS:
                self.hits.append(found)
            for finding in self.gather.of(found, identify):
                self._add(finding)

    def finish_windows(self) -> None:
        """Judge the events that the windows make of everything counted."""
        if self.windows is None:
            return
        for judged in self.windows.judged():
            counts, norm = self.summary.windows, judged.window.norm
            verdict = self.relational.verdict_of(norm, judged.outcome)
            if verdict:
                counts[judged.window.id] = counts.get(judged.window.id, 0) + 1
                self._add(self.gather.of_window(judged, norm, verdict))

    def _add(self, finding: Finding) -> None:
        if finding.id not in self._ids:
            self._ids.add(finding.id)
            self.findings.append(finding)

    def count_hours(self, cls: str, source: str, times: np.ndarray) -> None:
        """Count events by hour, so that a silent feed shows as not audited."""
        hours, counts = np.unique(times // HOUR, return_counts=True)
        for hour, count in zip(hours.tolist(), counts.tolist(), strict=True):
            key = (source, cls, hour)
            self.summary.hours[key] = self.summary.hours.get(key, 0) + count

    def finish(self) -> Summary:
        """Carry the counts over into the summary."""
        summary, tally = self.summary, self.relational.tally
        for name in TALLIES:
            setattr(summary, name, getattr(tally, name))
        summary.questions = len(self.relational.outcomes)
        days = sorted({hour * HOUR // DAY for _, _, hour in summary.hours})
        summary.days = [moment(day * DAY).date().isoformat() for day in days]
        summary.said = sorted({*summary.said, *self.naming.said})
        summary.seconds = time.perf_counter() - self._began
        return summary

    def keep(self) -> None:
        """Append what is new, and withdraw what these same files no longer show; twice adds nothing."""
        digests = {digest for _, digest in self.logs.files.values()}
        keep(self.home, self.findings, self.summary, self.digests, digests)


def with_source(table: pa.Table, source: str) -> pa.Table:
    """A table of the lake's columns with the source that the lake keeps in its folders."""
    column = pa.repeat(pa.scalar(source, pa.string()), table.num_rows)
    return table.append_column("source", column)


def span_of(tables: Sequence[pa.Table]) -> tuple[int, int]:
    """First and last time of some tables."""
    found = [pc.min_max(table["time"]).as_py() for table in tables]
    return min(one["min"] for one in found), max(one["max"] for one in found)
