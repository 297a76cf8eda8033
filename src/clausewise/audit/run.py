"""One audit from log files to findings: read, enrich, judge, name by pseudonym, keep."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from clausewise.audit import store
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
    pseudonym,
)
from clausewise.audit.judge import Hit, Judge
from clausewise.audit.known import blind_norms
from clausewise.audit.timeline import moment
from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Digests
from clausewise.pdp.build import Builder
from clausewise.pdp.engine import Pdp
from clausewise.sources import SOURCES, detect
from clausewise.sources import store as logs
from clausewise.sources.contract import Batch, Protected, Source, line_identity

Progress = Callable[[str, int, int, int], None]
"""Called with file name, bytes read, bytes in all, lines so far."""


FEEDS = {"http": "proxy", "dns": "dns", "dhcp": "dhcp", "auth": "signin", "mail": "mail", "share": "sharing"}
"""Class of event to the id of its feed in the capability register; a source's own name counts as well."""


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
        self._zone = ZoneInfo(pdp.pack.zone)
        self._norms = {norm.id: norm for norm in pdp.pack.norms()}
        self._key = store.pseudonym_key(home) if inputs.keep else b"aggregate only, no names"
        self._occurrences: dict[tuple[str, bytes, int], int] = {}
        self._days = set[int]()
        self._said = set[str]()
        self._named: dict[tuple[str, int], str] = {}
        self._files_read = set[str]()
        self._since: dict[tuple[str, str], datetime | None] = {}
        self._reports = self._own_reports()
        self._window = timedelta(hours=int(str(pdp.pack.parameter("self_report_window_hours"))))

    def run(self, paths: Sequence[Path], progress: Progress | None = None) -> Summary:
        """Judge every file; the summary's sums always match the lines read."""
        began = time.perf_counter()
        for path in paths:
            self._file(path, progress)
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
        ):
            setattr(summary, name, getattr(tally, name))
        summary.questions = len(self.judge.keys)
        summary.days = [moment(day * 86_400_000_000).date().isoformat() for day in sorted(self._days)]
        summary.said = sorted(self._said)
        summary.seconds = time.perf_counter() - began
        return summary

    def _source(self, path: Path) -> Source:
        known = self.inputs.sources
        name = self.inputs.formats.get(path.name) or self.inputs.format or detect(logs.head(path))
        if name is None or name not in known:
            named = ", ".join(known)
            raise ValueError(
                f"{path}: no known log format reads half of its first lines; name one with --format: {named}"
            )
        return known[name]

    def _file(self, path: Path, progress: Progress | None) -> None:
        source = self._source(path)
        file = (path.name, store.file_digest(path))
        self._files_read.add(file[1])
        self.summary.files.append(f"{path.name} ({source.name})")
        self._occurrences.clear()  # an event's n-th occurrence counts within its file's own second
        raw = store.RawLines(path)
        try:
            for step in logs.read(path, source, self.inputs.option, self._protected()):
                batch = step.batch
                self._count(path, batch)
                if step.truncated:
                    self._said.add(step.truncated)
                for parsed in batch.parsed:
                    if parsed.table.num_rows:
                        self._events(self.enricher.events(parsed.cls, parsed.table), source.name, file, raw)
                if progress:
                    progress(path.name, step.read, step.total, self.summary.lines)
        finally:
            raw.close()

    def _protected(self) -> Protected:
        """The channels nobody may read about, from the facts (rule 3)."""
        found: dict[str, set[str]] = {"host": set(), "sender": set(), "recipient": set()}
        if self.inputs.facts.has("protected_channels"):
            for row in self.inputs.facts.rows("protected_channels"):
                found.setdefault(str(row.get("match")), set()).add(str(row.get("value")).lower())
        return Protected(frozenset(found["host"]), frozenset(found["sender"]), frozenset(found["recipient"]))

    def _count(self, path: Path, batch: Batch) -> None:
        summary = self.summary
        summary.lines += batch.lines
        summary.events += batch.events
        summary.rejects += len(batch.rejects)
        summary.noise += sum(batch.noise.values())
        summary.protected += batch.protected
        for reject in batch.rejects[: max(0, 5 - len(summary.first_rejects))]:
            summary.first_rejects.append(f"{path.name}:{reject.line}: {reject.reason}")

    def _events(self, events: Events, source: str, file: tuple[str, str], raw: store.RawLines) -> None:
        self._days.update(
            (events.time // 86_400_000_000).tolist() if len(events.time) < 64 else _days_of(events)
        )
        hits = list(self.judge.block(events))
        rows = sorted({int(row) for hit in hits for row in hit.rows})
        identities = {row: self._identity(events, row, source, raw) for row in rows}
        for hit in hits:
            for row, key in zip(hit.rows.tolist(), hit.keys.tolist(), strict=True):
                self.findings.append(self._finding(hit, events, row, key, source, file, identities[row]))

    def _identity(self, events: Events, row: int, source: str, raw: store.RawLines) -> str:
        digest = line_identity(raw.read(int(events.offset[row]), int(events.length[row])))
        second = int(events.time[row]) // 1_000_000
        seen = self._occurrences.get((source, digest, second), 0)
        self._occurrences[source, digest, second] = seen + 1
        return event_identity(source, digest, second, seen)

    def _finding(
        self, hit: Hit, events: Events, row: int, key: int, source: str, file: tuple[str, str], event: str
    ) -> Finding:
        norm, when = self._norms[hit.norm], int(events.time[row])
        named = self._may_name(source, events.cls, when)
        person = self._person(events, row, when) if norm.finding == "person" else ""
        resource = events.text(hit.resource, row)
        host = events.text("host", row) if "host" in events.texts else ""
        status = ADVICE if hit.verdict == "advice" else VIOLATED
        if person and self._self_reported(person, norm.clause, (resource, host), when):
            status = SELF_REPORTED
        return Finding(
            id=identity(self.inputs.pdp.pack.id, hit.norm, event),
            norm=hit.norm,
            clause=norm.clause,
            status=status,
            certainty=norm.certainty,
            subject=norm.finding,
            act=hit.act,
            person=self._pseudonym(person) if named else "",
            host=host if named or norm.finding != "person" else "",
            resource=resource if named or norm.finding != "person" else "",
            time=when if named else when // 86_400_000_000 * 86_400_000_000,
            event=event,
            source=source,
            key=self._key_text(key),
            place=Place(file[0], file[1], int(events.offset[row]), int(events.length[row])),
            digests=self.digests,
        )

    def _key_text(self, key: int) -> str:
        text = self._named.get(("key", key))
        if text is None:
            text = self._named["key", key] = key_text(self.judge.keys[key])
        return text

    def _person(self, events: Events, row: int, when: int) -> str:
        name = self.enricher.users.names[int(events.user[row])]
        return self.inputs.facts.principal(name, moment(when)) or name

    def _pseudonym(self, person: str) -> str:
        return pseudonym(self._key, person)

    def _may_name(self, source: str, cls: str, when: int) -> bool:
        """Whether this feed's entry in the capability register was in force (rule 18); else aggregate."""
        since = self._in_force_since(source, cls)
        if since is not None and since <= moment(when):
            return True
        self._said.add(
            f"feed {FEEDS.get(cls, cls)}: not in force in the capability register; "
            "its findings are aggregate, without names"
        )
        return False

    def _in_force_since(self, source: str, cls: str) -> datetime | None:
        """When the feed's entry begins; None without one, or without the two people who enable it."""
        if (source, cls) not in self._since:
            self._since[source, cls] = None
            for row in self.inputs.facts.rows("capabilities"):
                begins, two = row.get("in_force_from"), (row.get("enabled_by"), row.get("confirmed_by"))
                named = str(row.get("id")) in (source, FEEDS.get(cls, cls))
                if named and isinstance(begins, datetime) and all(two) and two[0] != two[1]:
                    self._since[source, cls] = begins
        return self._since[source, cls]

    def _self_reported(self, person: str, clause: str, things: tuple[str, str], when: int) -> bool:
        """A report of one's own act is shown as that and never as a violation (rule 16)."""
        at = moment(when)
        return any(
            of == clause and host in ("", *things) and abs(told - at) <= self._window
            for of, host, told in self._reports.get(person, ())
        )

    def _own_reports(self) -> dict[str, list[tuple[str, str, datetime]]]:
        """Self-reports by person: clause, host (empty for any) and time."""
        found: dict[str, list[tuple[str, str, datetime]]] = {}
        for row in self.inputs.facts.rows("self_reports"):
            at = row.get("at")
            if isinstance(at, datetime):
                report = (str(row.get("clause")), str(row.get("host") or "").lower(), at)
                found.setdefault(str(row.get("person")), []).append(report)
        return found

    def keep(self) -> None:
        """Append what is new, and withdraw what these same files no longer show; twice adds nothing."""
        known = store.known_judgements(self.home)
        fresh = [f for f in self.findings if f.judgement_id() not in known]
        gone = self._withdrawn(known)
        self.summary.new = len(fresh)
        self.summary.again = len(self.findings) - len(fresh)
        self.summary.withdrawn = len(gone)
        store.append(self.home, [*fresh, *gone])

    def _withdrawn(self, known: set[str]) -> list[Finding]:
        """Kept findings from the files just read that are not violated any more, with the reason."""
        files = self._files_read
        here = {finding.id for finding in self.findings}
        gone = []
        for finding in store.latest(store.load(self.home)):
            if finding.place.file_digest in files and finding.id not in here and finding.status != WITHDRAWN:
                reason = _why(finding.digests, self.digests)
                row = replace(finding, status=WITHDRAWN, digests=self.digests, reason=reason)
                if reason and row.judgement_id() not in known:
                    gone.append(row)
        return gone


def _days_of(events: Events) -> set[int]:
    low, high = int(events.time.min()), int(events.time.max())
    return set(range(low // 86_400_000_000, high // 86_400_000_000 + 1))


def _why(then: Digests, now: Digests) -> str:
    """Which inputs changed between two judgements; empty if none did."""
    changed = [name for name in ("pack", "facts", "labels") if getattr(then, name) != getattr(now, name)]
    return f"no longer violated: {' and '.join(changed)} changed" if changed else ""
