"""The two papers of a destruction: the proposal that one person signs, the certificate that another leaves.

Neither holds content: no person whom an event is about, no host, no address; only counts, days and digests.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

LIFE_DAYS: Final = 14
"""Days after which a proposal can no longer be confirmed."""


@dataclass(frozen=True, slots=True)
class Due:
    """One part whose class, day and source are due: its digest, its events, how many go and how many are held."""

    cls: str
    day: str
    source: str
    sha256: str
    rows: int
    destroy: int
    keep: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What one hold keeps back of all that is due: its name, its digest, the number of events."""

    hold: str
    digest: str
    events: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person proposes to destroy, under which retention (days by class) and which holds."""

    at: str
    expires: str
    by: str
    retention: Mapping[str, int]
    parts: tuple[Due, ...]
    kept: tuple[Kept, ...]

    @property
    def events(self) -> int:
        """Events that would be destroyed."""
        return sum(part.destroy for part in self.parts)

    @property
    def id(self) -> str:
        """16 hex digits of the digest."""
        return digest_of(self.row())[:16]

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return {"type": "proposal", **asdict(self)}

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Proposal:
        """The inverse of `row`. Raises KeyError or TypeError for something else."""
        told = {f.name: row[f.name] for f in fields(cls)}
        told["parts"] = tuple(Due(**part) for part in told["parts"])
        told["kept"] = tuple(Kept(**kept) for kept in told["kept"])
        return cls(**told)


@dataclass(frozen=True, slots=True)
class Certificate:
    """That it was done: when, on whose proposal, confirmed by whom, what went and what a hold kept back.

    `replaced` are the digests of the parts that hold what was kept back.
    """

    at: str
    proposal: str
    proposal_digest: str
    proposed_by: str
    confirmed_by: str
    retention: Mapping[str, int]
    parts: tuple[Due, ...]
    replaced: tuple[str, ...]

    @property
    def events(self) -> int:
        """Events that were destroyed."""
        return sum(part.destroy for part in self.parts)

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return {"type": "certificate", **asdict(self), "destroyed": self.events}


def canonical(row: Mapping[str, Any]) -> bytes:
    """The one spelling of a paper, which is what its signature is over."""
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def digest_of(row: Mapping[str, Any]) -> str:
    """sha256 (hex) of a paper."""
    return hashlib.sha256(canonical(row)).hexdigest()
