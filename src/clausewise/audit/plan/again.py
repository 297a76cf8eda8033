"""Judges a sample again from the raw lines, by the builder of single questions and Cedar, and stops on any difference.

Nothing that the plan computed is used for it but the place of the line: so both builders and both evaluators
are under test in every audit, not only in ours.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clausewise.audit import store
from clausewise.audit.enrich import Enricher
from clausewise.audit.judge import Judge
from clausewise.audit.personal import PersonalDevices
from clausewise.audit.plan.judge import Found, Packed
from clausewise.audit.plan.run import FINDINGS, PlanAudit
from clausewise.audit.plan.verdicts import same
from clausewise.model.judgement import Key, Outcome, key_to_json
from clausewise.sources import store as logs
from clausewise.sources.contract import Parsed, Protected, Source

QUESTIONS = 1_000
"""How many events picked at random are judged again unless somebody asks for more."""


class Disagreement(ValueError):
    """The two evaluators differ; the message is the smallest example: a place, a question, what each said."""


@dataclass(frozen=True, slots=True)
class RawLog:
    """A log file as it still lies on disk, and how it is read."""

    path: Path
    source: Source
    option: str


OpenLog = Callable[[int], RawLog | None]
"""Gives the log file of a key; None where it is gone or no longer the same."""


@dataclass(frozen=True, slots=True)
class Task:
    """One event to be judged again: where its line is, and what the plan made of it."""

    offset: int
    length: int
    ptype: str
    period: int
    packed: Packed


@dataclass(slots=True)
class Checked:
    """How many events were judged again, and how many could not be because their log is gone."""

    events: int = 0
    gone: int = 0
    logs_gone: set[int] = field(default_factory=set)


class Again:
    """Re-judges events of one audit. Holds an enricher, a builder and a judge of its own."""

    def __init__(self, audit: PlanAudit, open_log: OpenLog, protected: Protected) -> None:
        self.audit, self.open_log, self.protected = audit, open_log, protected
        inputs = audit.inputs
        enricher = Enricher(inputs.pdp.pack, inputs.facts, inputs.labels)
        world = audit.world
        self.judge = Judge(inputs.pdp, audit.builder, enricher, skip=frozenset(), assume=world.assume)
        self.personal = PersonalDevices(inputs.facts)
        self._cedar: dict[Key, Outcome] = {}
        self.checked = Checked()

    def run(self, found: Sequence[Found], most: int, seed: int = 4040) -> None:
        """Judge again at most `most` events of `found`, picked at random.

        Raises:
            Disagreement: on the first difference.
        """
        picks = [(number, row) for number, one in enumerate(found) for row in range(one.rows.num_rows)]
        if len(picks) > most:
            picks = random.Random(seed).sample(picks, most)
        chosen: dict[int, list[int]] = {}
        for number, row in picks:
            chosen.setdefault(number, []).append(row)
        by_log: dict[int, list[tuple[Found, Task]]] = {}
        for number, rows in sorted(chosen.items()):
            for log, task in self._tasks(found[number], rows):
                by_log.setdefault(log, []).append((found[number], task))
        for log, tasks in by_log.items():
            self._log(log, tasks)

    def _tasks(self, found: Found, rows: list[int]) -> Iterator[tuple[int, Task]]:
        for row in found.rows.take(pa.array(sorted(rows))).to_pylist():
            packed = tuple(int(row[name]) for name in found.plan.columns)
            ptype = self.audit.world.ptypes[row["ptype"]]
            yield row["log"], Task(row["offset"], row["length"], ptype, row["period"], packed)

    def _log(self, log: int, tasks: list[tuple[Found, Task]]) -> None:
        """Read the raw lines of one log again and compare every event on them."""
        raw = self.open_log(log)
        if raw is None:
            self.checked.gone += len(tasks)
            self.checked.logs_gone.add(log)
            return
        places = {(task.offset, task.length) for _, task in tasks}
        for parsed in self._parsed(raw, places):
            here = [(found, task) for found, task in tasks if found.cls == parsed.cls]
            self._compare(raw, parsed, here)

    def _parsed(self, raw: RawLog, places: set[tuple[int, int]]) -> Iterator[Parsed]:
        """The events on these lines, read by the source's own parser from the raw bytes."""
        tables: dict[str, list[pa.Table]] = {}
        wanted = pa.array(sorted(offset for offset, _ in places), pa.int64())
        batches = _lines_alone(raw, sorted(places), self.protected) if raw.source.alone else (
            step.batch.parsed for step in logs.read(raw.path, raw.source, raw.option, self.protected)
        )  # fmt: skip
        for batch in batches:
            for parsed in batch:
                here = parsed.table.filter(pc.is_in(parsed.table["offset"], wanted))
                tables.setdefault(parsed.cls, []).append(here)
        for cls, parts in tables.items():
            yield Parsed(cls, pa.concat_tables(parts))

    def _compare(self, raw: RawLog, parsed: Parsed, tasks: list[tuple[Found, Task]]) -> None:
        if not tasks:
            return
        events = self.judge.enricher.events(parsed.cls, self.personal.strip(parsed.table))
        for of_rule in _by_rule(tasks).values():
            wanted = np.array([task.offset for _, task in of_rule], dtype=np.int64)
            rows = np.nonzero(np.isin(events.offset, wanted))[0]
            found = of_rule[0][0]
            met, keys = self.judge.keys_at(found.plan.act, found.rule.rule, events, rows)
            by_offset: dict[int, set[Key]] = {}
            for row, key in zip(met.tolist(), keys, strict=True):
                by_offset.setdefault(int(events.offset[row]), set()).add(key)
            for one, task in of_rule:
                self._same(raw, one, task, by_offset.get(task.offset, set()))

    def _same(self, raw: RawLog, found: Found, task: Task, keys: set[Key]) -> None:
        """Hold one event's key and outcome against what the single path says."""
        self.checked.events += 1
        relational = self.audit.relational
        key = relational.verdicts(found.plan, task.ptype, task.period).key(task.packed)
        place = f"{raw.path.name}: byte {task.offset}: act {found.plan.act.id}"
        if key not in keys:
            raise Disagreement(f"{place}: {_keys_differ(key, keys)}{REMEDY}")
        cedar = self._cedar.get(key)
        if cedar is None:
            cedar = self._cedar[key] = self.audit.inputs.pdp.judge_afresh(key)
        mine = relational.outcomes[found.plan.act.id, task.ptype, task.period, task.packed]
        if not same(mine, cedar):
            raise Disagreement(f"{place}: {_outcomes_differ(key, mine, cedar)}{REMEDY}")


def judge_again(
    audit: PlanAudit,
    open_log: OpenLog,
    protected: Protected,
    *,
    questions: int = QUESTIONS,
    findings: int = FINDINGS,
) -> Checked:
    """Judge a random sample of an audit's questions and its findings again; the summary says how many.

    Raises:
        Disagreement: on the first difference; nothing of this audit should then be kept.
    """
    again = Again(audit, open_log, protected)
    again.run(audit.relational.samples, questions)
    again.run(audit.hits, findings)
    checked = again.checked
    audit.summary.rejudged = checked.events
    if checked.gone:
        audit.summary.said.append(
            f"{checked.gone:,} of the sampled events could not be judged again: {len(checked.logs_gone):,} log "
            "files are gone or no longer the same"
        )
    return checked


REMEDY = "; nothing was kept: judge with --engine cedar, and report this example"


def _by_rule(tasks: list[tuple[Found, Task]]) -> Mapping[int, list[tuple[Found, Task]]]:
    groups: dict[int, list[tuple[Found, Task]]] = {}
    for found, task in tasks:
        groups.setdefault(found.rule.number, []).append((found, task))
    return groups


def _lines_alone(
    raw: RawLog, places: Sequence[tuple[int, int]], protected: Protected
) -> Iterator[tuple[Parsed, ...]]:
    """Parse single lines without those between them; offsets are those of the file again."""
    lines = store.RawLines(raw.path)
    try:
        texts = [lines.read(offset, length) for offset, length in places]
    finally:
        lines.close()
    state = raw.source.start(raw.option)
    begun = raw.source.parse(b"".join(text + b"\n" for text in texts), state, protected)
    ended = raw.source.finish(begun.state, protected, False)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    origin = np.array([offset for offset, _ in places], dtype=np.int64)
    for batch in (begun, ended):
        moved = []
        for parsed in batch.parsed:
            at = np.searchsorted(starts, parsed.table["offset"].to_numpy(), side="right") - 1
            column = parsed.table.column_names.index("offset")
            table = parsed.table.set_column(column, "offset", pa.array(origin[at]))
            moved.append(Parsed(parsed.cls, table))
        yield tuple(moved)


def _keys_differ(key: Key, keys: set[Key]) -> str:
    if not keys:
        return f"the plan asked {key_to_json(key)}, the single path asks nothing of this line"
    return f"the plan asked {key_to_json(key)}, the single path asks {[key_to_json(k) for k in keys]}"


def _outcomes_differ(key: Key, mine: Outcome, cedar: Outcome) -> str:
    theirs = dict(cedar.verdicts)
    norms = [f"{n} {v} against Cedar's {theirs.get(n)}" for n, v in mine.verdicts if theirs.get(n) != v]
    rest = f"{mine.answer} {mine.floors} {mine.set_aside} against {cedar.answer} {cedar.floors} {cedar.set_aside}"
    return f"question {key_to_json(key)}: {'; '.join(norms) or rest}"
