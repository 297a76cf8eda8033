"""One audit from log files to findings: read, enrich, judge, name by pseudonym, keep."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from clausewise.audit import store
from clausewise.audit.ahead import ahead
from clausewise.audit.enrich import Enricher, Events
from clausewise.audit.findings import Finding, Place, Summary, event_identity, key_text
from clausewise.audit.judge import Hit, Judge
from clausewise.audit.keeping import keep
from clausewise.audit.known import blind_norms
from clausewise.audit.making import DAY, Maker, Seen
from clausewise.audit.naming import Naming
from clausewise.audit.personal import PersonalDevices
from clausewise.audit.reading import Inputs, Piece, Reading
from clausewise.audit.timeline import moment
from clausewise.model.judgement import Digests
from clausewise.pdp.build import Builder
from clausewise.sources.contract import Parsed, line_identity

Progress = Callable[[str, int, int, int], None]
"""Called with file name, bytes read, bytes in all, lines so far."""
HEAD = 16 * 1024
"""Bytes of a log that its format is told by."""


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
        self.reading = Reading(inputs, self.summary)
        self.findings: list[Finding] = []
        self.digests = Digests(pdp.pack.digest, facts.digest, inputs.labels.digest if inputs.labels else "")
        key = store.pseudonym_key(home) if inputs.keep else b"aggregate only, no names"
        self.naming = Naming(key, pdp.pack, facts)
        self.maker = Maker(pdp.pack, self.naming, self.digests)
        self._occurrences: dict[tuple[str, bytes, int], int] = {}
        self._days = set[int]()
        self._key_texts: dict[int, str] = {}
        self._ids = set[str]()
        self._files_read = set[str]()
        self._personal = PersonalDevices(facts)

    def run(self, paths: Sequence[Path], progress: Progress | None = None) -> Summary:
        """Judge every file; the summary's sums always match the lines read."""
        began = time.perf_counter()
        pieces, raw = ahead(self.reading.pieces(paths)), None
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
        summary.said = sorted({*summary.said, *self.naming.said})
        summary.seconds = seconds

    def _take(self, piece: Piece, raw: store.RawLines | None) -> store.RawLines | None:
        """Judge one block; the raw lines of its file, opened at its first block."""
        self.reading.count(piece)
        path, source, step = piece.path, piece.source, piece.step
        if source is None or step is None:
            return raw
        if raw is None or piece.first:
            if raw:
                raw.close()
            raw = store.RawLines(path)
            self._files_read.add(piece.digest)
            self._occurrences.clear()  # an event's n-th occurrence counts within its file's own second
        for parsed in step.batch.parsed:
            if parsed.table.num_rows:
                self._judge(parsed, source.name, (path.name, piece.digest), raw)
        return raw

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
        self,
        hit: Hit,
        events: Events,
        row: int,
        key: int,
        source: str,
        file: tuple[str, str],
        event: str,
    ) -> Finding:
        """One finding of one row."""
        when = int(events.time[row])
        about_person = self.maker.about_person(hit.norm)
        return self.maker.make(
            Seen(
                norm=hit.norm,
                verdict=hit.verdict,
                act=hit.act,
                source=source,
                cls=events.cls,
                time=when,
                person=self._person(events, row, when) if about_person else "",
                resource=events.text(hit.resource, row),
                host=events.text("host", row) if "host" in events.texts else "",
                key=self._key_text(key),
                place=Place(*file, int(events.offset[row]), int(events.length[row])),
                event=event,
            )
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
        keep(self.home, self.findings, self.summary, self.digests, self._files_read)


def _days_of(times: np.ndarray) -> set[int]:
    """The days since 1970 that the events of a block fall on; every one between, where there are many."""
    if len(times) < 64:
        return set((times // DAY).tolist())
    return set(range(int(times.min()) // DAY, int(times.max()) // DAY + 1))
