"""One audit from log files to findings: read, enrich, judge, name by pseudonym, keep."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from clausewise.audit import store
from clausewise.audit.ahead import ahead
from clausewise.audit.enrich import Enricher, Events, Labels
from clausewise.audit.findings import (
    ADVICE,
    SELF_REPORTED,
    VIOLATED,
    WITHDRAWN,
    Finding,
    Place,
    Summary,
    event_identity,
    identity,
    key_text,
)
from clausewise.audit.judge import Hit, Judge
from clausewise.audit.known import blind_norms
from clausewise.audit.naming import Naming
from clausewise.audit.personal import PersonalDevices
from clausewise.audit.timeline import moment
from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Digests
from clausewise.pdp.build import Builder
from clausewise.pdp.engine import Pdp
from clausewise.sources import SOURCES, detect, protect
from clausewise.sources import store as logs
from clausewise.sources.contract import Batch, Parsed, Protected, Source, line_identity

Progress = Callable[[str, int, int, int], None]
"""Called with file name, bytes read, bytes in all, lines so far."""
DAY = 86_400_000_000
"""Microseconds."""
HEAD = 16 * 1024
"""Bytes of a log that its format is told by."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an audit judges with."""

    pdp: Pdp
    facts: Facts
    labels: Labels | None
    at: datetime
    format: str = ""
    option: str = ""
    sources: Mapping[str, Source] = field(default_factory=lambda: SOURCES)
    keep: bool = True
    formats: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of a log file, read and not judged yet; without `source` and `step` the file is empty."""

    path: Path
    source: Source | None
    digest: str
    first: bool
    step: logs.Step | None = None


class Audit:
    """One run over some log files. `findings` are this run's; nothing is kept before `keep`."""

    def __init__(self, inputs: Inputs, home: Path) -> None:
        self.inputs, self.home = inputs, home
        facts, pdp = inputs.facts, inputs.pdp
        self.enricher = Enricher(pdp.pack, facts, inputs.labels)
        blind = blind_norms(pdp, facts)
        assume = None if facts.has("staff") else "Employee"
        builder = Builder(pdp, facts, inputs.labels)
        self.judge = Judge(pdp, builder, self.enricher, skip=frozenset(b.norm for b in blind), assume=assume)
        self.summary = Summary(blind={b.norm: b.needs for b in blind})
        self.findings: list[Finding] = []
        self.digests = Digests(pdp.pack.digest, facts.digest, inputs.labels.digest if inputs.labels else "")
        self._norms = {norm.id: norm for norm in pdp.pack.norms()}
        key = store.pseudonym_key(home) if inputs.keep else b"aggregate only, no names"
        self.naming = Naming(key, pdp.pack, facts)
        self._occurrences: dict[tuple[str, bytes, int], int] = {}
        self._days = set[int]()
        self._said = set[str]()
        self._key_texts: dict[int, str] = {}
        self._ids = set[str]()
        self._files_read = set[str]()
        self._personal = PersonalDevices(facts)

    def run(self, paths: Sequence[Path], progress: Progress | None = None) -> Summary:
        """Judge every file; the summary's sums always match the lines read."""
        began = time.perf_counter()
        pieces, raw = ahead(self._pieces(paths)), None
        try:
            for piece in pieces:
                raw = self._take(piece, raw)
                if progress and piece.step:
                    progress(piece.path.name, piece.step.read, piece.step.total, self.summary.lines)
        finally:
            pieces.close()
            if raw:
                raw.close()
        self._sum_up(time.perf_counter() - began)
        if paths and not self.summary.lines:
            raise ValueError(f"{paths[0]}: the log is empty; give one in which something was written")
        return self.summary

    def _sum_up(self, seconds: float) -> None:
        """Carry the judge's counts over into the summary."""
        tally, summary = self.judge.tally, self.summary
        for name in (
            "judged",
            "not_governed",
            "never_personal",
            "nobody",
            "violated",
            "unknown",
            "satisfied",
            "set_aside",
            "seen",
        ):
            setattr(summary, name, getattr(tally, name))
        summary.questions = len(self.judge.keys)
        summary.days = [moment(day * DAY).date().isoformat() for day in sorted(self._days)]
        summary.said = sorted(self._said | self.naming.said)
        summary.seconds = seconds

    def _source(self, path: Path, head: bytes) -> Source:
        known = self.inputs.sources
        name = self.inputs.formats.get(path.name) or self.inputs.format or detect(head)
        if name is None or name not in known:
            named = ", ".join(known)
            raise ValueError(
                f"{path}: no known log format reads half of its first lines; name one with --format: {named}"
            )
        return known[name]

    def _pieces(self, paths: Sequence[Path]) -> Iterator[Piece]:
        """The blocks of every file in order; runs ahead of the judging and touches nothing that it changes."""
        protected = self._protected()
        for path in paths:
            head = logs.head(path, HEAD)
            if not head:
                yield Piece(path, None, "", True)
                continue
            source, digest, first = self._source(path, head), store.file_digest(path), True
            for step in logs.read(path, source, self.inputs.option, protected):
                yield Piece(path, source, digest, first, step)
                first = False

    def _take(self, piece: Piece, raw: store.RawLines | None) -> store.RawLines | None:
        """Judge one block; the raw lines of its file, opened at its first block."""
        path, source, step = piece.path, piece.source, piece.step
        if source is None or step is None:
            self._said.add(f"{path.name}: empty; nothing was judged, which is not the same as nothing found")
            return raw
        if raw is None or piece.first:
            if raw:
                raw.close()
            raw = store.RawLines(path)
            self._files_read.add(piece.digest)
            self.summary.files.append(f"{path.name} ({source.name})")
            self._occurrences.clear()  # an event's n-th occurrence counts within its file's own second
        self._count(path, step.batch)
        if step.truncated:
            self._said.add(step.truncated)
        for parsed in step.batch.parsed:
            if parsed.table.num_rows:
                self._judge(parsed, source.name, (path.name, piece.digest), raw)
        return raw

    def _protected(self) -> Protected:
        """The channels nobody may read about, from the facts (rule 3)."""
        rows = self.inputs.facts.rows("protected_channels")
        return protect((str(row.get("match")), str(row.get("value"))) for row in rows)

    def _count(self, path: Path, batch: Batch) -> None:
        summary = self.summary
        summary.lines += batch.lines
        summary.events += batch.events
        summary.rejects += len(batch.rejects)
        summary.noise += sum(batch.noise.values())
        summary.protected += batch.protected
        for reject in batch.rejects[: max(0, 5 - len(summary.first_rejects))]:
            summary.first_rejects.append(f"{path.name}:{reject.line}: {reject.reason}")

    def _judge(self, parsed: Parsed, source: str, file: tuple[str, str], raw: store.RawLines) -> None:
        """Judge one table; a class of which no act speaks is counted and looked at no further."""
        self._days |= _days_of(parsed.table["time"].to_numpy())
        if parsed.cls not in self.judge.classes:
            return
        events = self.enricher.events(parsed.cls, self._personal.strip(parsed.table))
        hits = list(self.judge.block(events))
        rows = sorted({int(row) for hit in hits for row in hit.rows})
        identities = {row: self._identity(events, row, source, raw) for row in rows}
        for hit in hits:
            for row, key in zip(hit.rows.tolist(), hit.keys.tolist(), strict=True):
                finding = self._finding(hit, events, row, key, source, file, identities[row])
                if finding.id not in self._ids:  # the same file under two names, or rotated, counts once
                    self._ids.add(finding.id)
                    self.findings.append(finding)

    def _identity(self, events: Events, row: int, source: str, raw: store.RawLines) -> str:
        digest = line_identity(raw.read(int(events.offset[row]), int(events.length[row])))
        second = int(events.time[row]) // 1_000_000
        seen = self._occurrences.get((source, digest, second), 0)
        self._occurrences[source, digest, second] = seen + 1
        return event_identity(source, digest, second, seen)

    def _finding(
        self, hit: Hit, events: Events, row: int, key: int, source: str, file: tuple[str, str], event: str
    ) -> Finding:
        """One finding. Before its feed is in force it has no person, no thing, and the day alone (rule 18)."""
        norm, when, naming = self._norms[hit.norm], int(events.time[row]), self.naming
        named = naming.allowed(source, events.cls, when)
        hidden = norm.finding == "person" and not named
        person = self._person(events, row, when) if norm.finding == "person" else ""
        text = events.text(hit.resource, row)
        host = events.text("host", row) if "host" in events.texts else ""
        noun = self.inputs.pdp.pack.acts[hit.act].resource
        status = ADVICE if hit.verdict == "advice" else VIOLATED
        if person and naming.self_reported(person, norm.clause, (text, host), when):
            status = SELF_REPORTED
        place = (0, 0) if hidden else (int(events.offset[row]), int(events.length[row]))
        return Finding(
            id=identity(self.inputs.pdp.pack.id, hit.norm, event),
            norm=hit.norm,
            clause=norm.clause,
            status=status,
            certainty=norm.certainty,
            subject=norm.finding,
            act=hit.act,
            person="" if hidden else naming.pseudonym(person),
            host="" if hidden else host,
            resource="" if hidden else naming.thing(noun, text, when, named=named),
            time=when if named else when // DAY * DAY,
            event="" if hidden else event,
            source=source,
            key=self._key_text(key),
            place=Place(*file, *place),
            digests=self.digests,
        )

    def _person(self, events: Events, row: int, when: int) -> str:
        return self.naming.person(self.enricher.users.names[int(events.user[row])], when)

    def _key_text(self, key: int) -> str:
        text = self._key_texts.get(key)
        if text is None:
            text = self._key_texts[key] = key_text(self.judge.keys[key])
        return text

    def keep(self) -> None:
        """Append what is new, and withdraw what these same files no longer show; twice adds nothing."""
        newest = store.newest_judgements(self.home)
        fresh = [f for f in self.findings if newest.get(f.id) != f.judgement_id()]
        gone = self._withdrawn()
        self.summary.new = len(fresh)
        self.summary.again = len(self.findings) - len(fresh)
        self.summary.withdrawn = len(gone)
        store.append(self.home, [*fresh, *gone])

    def _withdrawn(self) -> list[Finding]:
        """Kept findings from the files just read that are not violated any more, with the reason."""
        gone = []
        for finding in store.latest(store.load(self.home)):
            here = finding.place.file_digest in self._files_read and finding.id not in self._ids
            reason = _why(finding.digests, self.digests)
            if here and reason and finding.status != WITHDRAWN:
                gone.append(replace(finding, status=WITHDRAWN, digests=self.digests, reason=reason))
        return gone


def _days_of(times: np.ndarray) -> set[int]:
    """The days since 1970 that the events of a block fall on; every one between, where there are many."""
    if len(times) < 64:
        return set((times // DAY).tolist())
    return set(range(int(times.min()) // DAY, int(times.max()) // DAY + 1))


def _why(then: Digests, now: Digests) -> str:
    """Which inputs changed between two judgements; empty if none did."""
    changed = [name for name in ("pack", "facts", "labels") if getattr(then, name) != getattr(now, name)]
    return f"no longer violated: {' and '.join(changed)} changed" if changed else ""
