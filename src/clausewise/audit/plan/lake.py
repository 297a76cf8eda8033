"""Audits the lake: a slab of its parts at a time, class by class, with the log files at hand for judging again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from clausewise.audit.findings import Summary
from clausewise.audit.lake.logs.store import is_there
from clausewise.audit.lake.manifest import Part
from clausewise.audit.lake.store import Lake
from clausewise.audit.plan.again import RawLog, judge_again
from clausewise.audit.plan.run import EVENTS, SLAB, PlanAudit
from clausewise.audit.reading import Reading

Progress = Callable[[str, int, int, int], None]
"""Called with the class, events judged of it, events of it in all, events so far."""


class LakeAudit:
    """Feeds the lake to the second evaluator."""

    def __init__(self, audit: PlanAudit, lake: Lake, *, slab: int = SLAB) -> None:
        self.audit, self.lake, self.slab = audit, lake, slab

    def run(
        self, since: int | None = None, until: int | None = None, progress: Progress | None = None
    ) -> Summary:
        """Judge the events from `since` to before `until` (microseconds UTC; the whole lake without them).

        Parts are taken whole: a part that the time begins or ends in is judged whole.
        """
        audit, lake = self.audit, self.lake
        audit.world.hosts.learn(lake.known_hosts())
        for key, log in lake.logs().items():
            audit.logs.files[key] = (log.name, log.digest)
        audit.expect(lake.classes())
        before = 0
        for cls in lake.classes():
            chosen = lake.chosen(cls, since, until)
            total, done = sum(part.rows for part in chosen), 0
            for parts in _slabs(chosen, self.slab):
                self._judge(cls, parts)
                done += sum(part.rows for part in parts)
                if progress:
                    progress(cls, done, total, before + done)
            before += total
        self._count()
        audit.finish_windows()
        judge_again(audit, self._open, Reading(audit.inputs, audit.summary).protected())
        return audit.finish()

    def _judge(self, cls: str, parts: list[Part]) -> None:
        for part in parts:
            for hour, count in part.hours.items():
                key = (part.source, cls, hour)
                self.audit.summary.hours[key] = self.audit.summary.hours.get(key, 0) + count
        self.audit.engine.attach(EVENTS, [self.lake.folder / part.place for part in parts])
        low, high = min(part.low for part in parts), max(part.high for part in parts)
        self.audit.slab(cls, EVENTS, low, high)

    def _count(self) -> None:
        """Where the lines of the log files ended when they were imported."""
        summary = self.audit.summary
        for log in self.lake.logs().values():
            summary.files.append(f"{log.name} ({log.source})")
            for name in ("lines", "extra", "events", "rejects", "noise", "protected"):
                setattr(summary, name, getattr(summary, name) + getattr(log, name))

    def _open(self, key: int) -> RawLog | None:
        """A log file that was imported, while it is still where it was with its content."""
        log = self.lake.logs().get(key)
        source = self.audit.inputs.sources.get(log.source) if log else None
        if log is None or source is None or not is_there(log):
            return None
        return RawLog(Path(log.path), source, log.option)


def _slabs(parts: list[Part], most: int) -> Iterator[list[Part]]:
    """Parts in order, so many together that a slab has no more than `most` events where that can be."""
    slab: list[Part] = []
    rows = 0
    for part in parts:
        if slab and rows + part.rows > most:
            yield slab
            slab, rows = [], 0
        slab.append(part)
        rows += part.rows
    if slab:
        yield slab
