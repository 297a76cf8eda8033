"""Reads log files block by block for an audit, and counts where every line of them ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from clausewise.audit import store
from clausewise.audit.enrich import Labels
from clausewise.audit.findings import Summary
from clausewise.facts.snapshot import Facts
from clausewise.pdp.engine import Pdp
from clausewise.sources import SOURCES, detect, protect
from clausewise.sources import store as logs
from clausewise.sources.contract import Protected, Source

HEAD = 16 * 1024
"""Bytes of a log that its format is told by."""
SHOWN_REJECTS = 5


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


class Reading:
    """The blocks of log files, and the counts of their lines in `summary`."""

    def __init__(self, inputs: Inputs, summary: Summary) -> None:
        self.inputs, self.summary = inputs, summary

    def source(self, path: Path, head: bytes) -> Source:
        """The format of a log file: as the county names it, as the command says, or by looking.

        Raises:
            ValueError: none reads half of its first lines.
        """
        known = self.inputs.sources
        name = self.inputs.formats.get(path.name) or self.inputs.format or detect(head)
        if name is None or name not in known:
            named = ", ".join(known)
            raise ValueError(
                f"{path}: no known log format reads half of its first lines; name one with --format: {named}"
            )
        return known[name]

    def pieces(self, paths: Sequence[Path]) -> Iterator[Piece]:
        """The blocks of every file in order; may run ahead of the judging and changes nothing."""
        protected = self.protected()
        for path in paths:
            head = logs.head(path, HEAD)
            if not head:
                yield Piece(path, None, "", True)
                continue
            source, digest, first = self.source(path, head), store.file_digest(path), True
            for step in logs.read(path, source, self.option(path, source), protected):
                yield Piece(path, source, digest, first, step)
                first = False

    def option(self, path: Path, source: Source) -> str:
        """What a file is read with (see `sources.store.option_for`)."""
        return logs.option_for(path, source, self.inputs.option, self.inputs.pdp.pack.zone)

    def classes(self, paths: Sequence[Path]) -> set[str]:
        """The classes of which these files may hold events."""
        heads = ((path, logs.head(path, HEAD)) for path in paths)
        return {cls for path, head in heads if head for cls in self.source(path, head).classes}

    def protected(self) -> Protected:
        """The channels nobody may read about, from the facts (rule 3)."""
        rows = self.inputs.facts.rows("protected_channels")
        return protect((str(row.get("match")), str(row.get("value"))) for row in rows)

    def count(self, piece: Piece) -> None:
        """Add one block's lines to the counts."""
        path, summary, step = piece.path, self.summary, piece.step
        if piece.source is None or step is None:
            said = f"{path.name}: empty; nothing was judged, which is not the same as nothing found"
            summary.said.append(said)
            return
        if piece.first:
            summary.files.append(f"{path.name} ({piece.source.name})")
        batch = step.batch
        summary.lines += batch.lines
        summary.events += batch.events
        summary.rejects += len(batch.rejects)
        summary.noise += sum(batch.noise.values())
        summary.protected += batch.protected
        summary.extra += batch.extra
        for reject in batch.rejects[: max(0, SHOWN_REJECTS - len(summary.first_rejects))]:
            summary.first_rejects.append(f"{path.name}:{reject.line}: {reject.reason}")
        if step.truncated:
            summary.said.append(step.truncated)
