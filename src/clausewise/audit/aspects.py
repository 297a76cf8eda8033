"""Reads off a finding whether the act happened or was only tried, and whether a person or a page chose it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from clausewise.audit.findings import Finding
from clausewise.model.judgement import key_from_json
from clausewise.pdp.engine import Pdp

OUTCOMES = ("reached", "attempted", "unknown")
CHOICES = ("page", "embedded", "unknown")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Aspect:
    """`outcome` is one of OUTCOMES, `choice` one of CHOICES; `unknown` also where no log of the act tells it."""

    outcome: str = UNKNOWN
    choice: str = UNKNOWN


class Aspects:
    """The aspects of findings, each distinct question read once."""

    def __init__(self, pdp: Pdp) -> None:
        self.pdp = pdp
        self._known: dict[tuple[str, str], Aspect] = {}

    def of(self, finding: Finding) -> Aspect:
        """The aspects of one finding; unknown where another law judged it, whose key cannot be read here."""
        asked = finding.key, finding.digests.pack
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = self._read(finding)
        return known

    def _read(self, finding: Finding) -> Aspect:
        if finding.digests.pack != self.pdp.pack.digest:
            return Aspect()
        key = key_from_json(json.loads(finding.key))
        values = dict(zip(self.pdp.reads(key.act, key.principal_type, key.period), key.values, strict=True))
        outcome, choice = (str(values.get(f"context.{name}", UNKNOWN)) for name in ("outcome", "choice"))
        return Aspect(outcome if outcome in OUTCOMES else UNKNOWN, choice if choice in CHOICES else UNKNOWN)

    def count(self, findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
        """How many findings have each pair of outcome and choice."""
        return Counter((a.outcome, a.choice) for a in map(self.of, findings))
