"""Chooses findings by clause, norm, standing and time, and says the choice in words that go into the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clausewise.audit.findings import Finding
from clausewise.audit.standing import Standing
from clausewise.audit.timeline import microseconds


@dataclass(frozen=True, slots=True)
class Selection:
    """Which findings are wanted; what is empty or None lets everything through. `until` is excluded."""

    clause: str = ""
    norm: str = ""
    state: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def of(self, findings: Iterable[Finding], standing: Mapping[str, Standing]) -> list[Finding]:
        """The findings that are meant, in their order."""
        low = microseconds(self.since) if self.since else None
        high = microseconds(self.until) if self.until else None
        return [
            f
            for f in findings
            if (not self.clause or f.clause == self.clause)
            and (not self.norm or f.norm == self.norm)
            and (not self.state or standing[f.id].state == self.state)
            and (low is None or f.time >= low)
            and (high is None or f.time < high)
        ]

    def says(self) -> str:
        """The choice as `clause=9.f since=2026-10-05T07:00:00+00:00`; empty when everything was wanted."""
        named = {name: getattr(self, name) for name in ("clause", "norm", "state", "since", "until")}
        words = {n: v.isoformat() if isinstance(v, datetime) else v for n, v in named.items() if v}
        return " ".join(f"{name}={word}" for name, word in words.items())
