"""A finding: one norm, one event, the key that was judged and the digests that let anyone judge it again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from clausewise.model.judgement import Digests, Key, Outcome, finding_id, key_from_json, key_to_json
from clausewise.pdp.engine import Pdp

VIOLATED, ADVICE, SELF_REPORTED, WITHDRAWN = "violated", "advice", "self-reported", "withdrawn"
REVIEW = "review"
"""Status of a count over time that only people can judge: it shows where to look, and says nothing against anybody."""
PSEUDONYM = "p-"
"""How every pseudonym begins."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the raw line stands: file name and digest (sha256 hex), byte offset in the unpacked file, length."""

    file: str
    file_digest: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement of a finding. `person` is a keyed pseudonym or empty; `resource` a host or a thing, and
    its owner's pseudonym where the name of the thing would name a person (an account, a mailbox).

    `time` and `judged` (when this judgement was made; 0 where nobody wrote it down) are microseconds since
    1970 UTC. Until the feed's entry in the capability register is in force a
    finding about a person is aggregate: its day, without person, thing, event or place of the line (rule 18).
    """

    id: str
    norm: str
    clause: str
    status: str
    certainty: str
    subject: str
    act: str
    person: str
    resource: str
    host: str
    time: int
    event: str
    source: str
    key: str
    place: Place
    digests: Digests
    reason: str = ""
    judged: int = 0

    def row(self) -> dict[str, object]:
        """The finding as one flat row of plain values."""
        flat = asdict(self)
        place, digests = flat.pop("place"), flat.pop("digests")
        return (
            flat
            | {f"place_{k}": v for k, v in place.items()}
            | {f"{k}_digest": v for k, v in digests.items()}
        )

    @classmethod
    def of_row(cls, row: Mapping[str, object]) -> Finding:
        """The inverse of `row`."""
        place = {k[6:]: v for k, v in row.items() if k.startswith("place_")}
        digests = {
            k.removesuffix("_digest"): v
            for k, v in row.items()
            if k in ("pack_digest", "facts_digest", "labels_digest")
        }
        rest = {
            k: v
            for k, v in row.items()
            if not k.startswith("place_") and k not in ("pack_digest", "facts_digest", "labels_digest")
        }
        return cls(place=Place(**place), digests=Digests(**digests), **rest)  # type: ignore[arg-type]

    def judgement_id(self) -> str:
        """Finding and digests: auditing again with the same inputs makes the same one."""
        d = self.digests
        return f"{self.id}|{d.pack}|{d.facts}|{d.labels}|{self.status}"


def pseudonym(key: bytes, person: str) -> str:
    """A person's keyed pseudonym (HMAC-SHA256, 48 bits): the same person has the same one in this county."""
    if not person:
        return ""
    return PSEUDONYM + hmac.new(key, person.strip().casefold().encode(), hashlib.sha256).hexdigest()[:12]


def event_identity(source: str, digest: bytes, second: int, occurrence: int) -> str:
    """The identity of an event: source, 8 bytes of the raw line's digest, its n-th occurrence in that second."""
    return f"{source}:{digest[:8].hex()}:{second}:{occurrence}"


def key_text(key: Key) -> str:
    """A question's key as one line of JSON."""
    return json.dumps(key_to_json(key), separators=(",", ":"), ensure_ascii=False)


def replay(finding: Finding, pdp: Pdp) -> Outcome:
    """Judge a finding again from what it carries: its key, under the pack that `pdp` holds.

    Raises:
        ValueError: the pack is not the one that the finding names.
    """
    if pdp.pack.digest != finding.digests.pack:
        raise ValueError(
            f"finding {finding.id}: judged by another pack; load the pack with digest {finding.digests.pack}"
        )
    return pdp.judge_afresh(key_from_json(json.loads(finding.key)))


def identity(regulation: str, norm: str, event: str) -> str:
    """The id of a finding (see `model.judgement.finding_id`)."""
    return finding_id(regulation, norm, event)


@dataclass(slots=True)
class Summary:
    """What one audit did: lines and where they ended, counts per norm, what could not be judged.

    `hours` counts events by (source, class of event, hours since 1970 UTC), from which `feeds` tells the gaps;
    `windows` counts what each window found, `waiting` says why one did not run; `rejudged` is how many
    judgements a second evaluator repeated; `standing` counts findings by how they stand with people;
    `peak_bytes` is the most memory the process held.
    """

    lines: int = 0
    events: int = 0
    rejects: int = 0
    noise: int = 0
    protected: int = 0
    extra: int = 0
    judged: int = 0
    not_governed: int = 0
    never_personal: int = 0
    nobody: int = 0
    questions: int = 0
    seconds: float = 0.0
    files: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    first_rejects: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    violated: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    satisfied: dict[str, int] = field(default_factory=dict)
    set_aside: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    blind: dict[str, tuple[str, ...]] = field(default_factory=dict)
    new: int = 0
    again: int = 0
    withdrawn: int = 0
    engine: str = "cedar"
    peak_bytes: int = 0
    rejudged: int = 0
    hours: dict[tuple[str, str, int], int] = field(default_factory=dict)
    windows: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    standing: dict[str, int] = field(default_factory=dict)

    def sums(self) -> bool:
        """Whether every record of every line ended as event, reject, declared noise or protected."""
        return self.lines + self.extra == self.events + self.rejects + self.noise + self.protected


def by_norm(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings grouped by norm id."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.norm, []).append(finding)
    return groups
