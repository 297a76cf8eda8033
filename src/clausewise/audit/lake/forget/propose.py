"""The two calls by which events are destroyed: one person proposes, another confirms (rules 8 and 9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clausewise.audit import store as audit_store
from clausewise.audit.lake.forget import store as desk
from clausewise.audit.lake.forget.due import Holds
from clausewise.audit.lake.forget.paper import LIFE_DAYS, Certificate, Due, Kept, Proposal, digest_of
from clausewise.audit.lake.forget.rules import Rules, rules
from clausewise.audit.lake.manifest import Part
from clausewise.audit.lake.store import Lake, Step, destroy, reading, writing
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack


@dataclass(frozen=True, slots=True)
class Office:
    """What a destruction is judged with: the county's folder, its law and its lists of people."""

    home: Path
    pack: Pack
    facts: Facts

    def rules(self) -> Rules:
        """Retention and holds as they stand now."""
        texts = (desk.text_of(self.home, name) for name in ("retention.toml", "holds.toml"))
        return rules(self.pack, *texts)

    def person(self, name: str, at: datetime) -> str:
        """The id of a person who acts; with a staff list it must be on it. Raises ValueError."""
        if not self.facts.has("staff"):
            return name.strip()
        found = self.facts.principal(name, at)
        if found is None:
            raise ValueError(
                f"--by {name}: nobody of that name on the staff list; clausewise facts show staff"
            )
        return found


def propose(
    office: Office,
    *,
    by: str,
    at: datetime,
    key: Path | None = None,
    waiting: Callable[[], None] | None = None,
) -> tuple[Path, Proposal]:
    """Write and sign what would be destroyed at `at`; nothing is destroyed. `key`: the signing key of `by`.

    Raises:
        ValueError: nothing is due, everything due is held, or `by` is nobody or has no key.
    """
    person = office.person(by, at)
    signing = desk.signing_key(office.home, person, key)
    now = office.rules()
    holds = Holds(now, office.facts, audit_store.pseudonym_key(office.home))
    with reading(office.home, waiting) as lake:
        chosen = list(holds.due(lake, at))
    kept = Counter[str]()
    for one in chosen:
        kept.update(one.by_hold)
    going = tuple(one.due for one in chosen if one.due.destroy)
    if not going:
        what = "everything that is due is held back" if chosen else "nothing is due"
        raise ValueError(f"{office.home}: {what}; clausewise lake status shows the days there are")
    proposal = Proposal(
        at=at.astimezone(UTC).isoformat(),
        expires=(at.astimezone(UTC) + timedelta(days=LIFE_DAYS)).isoformat(),
        by=person,
        retention={cls: now.retention.days[cls] for cls in sorted({due.cls for due in going})},
        parts=going,
        kept=tuple(Kept(hold.name, hold.digest, kept[hold.name]) for hold in now.holds),
    )
    data = desk.signed(proposal.row(), signing)
    return desk.file_paper(office.home, f"proposal-{proposal.id}.json", data), proposal


def confirm(
    office: Office,
    proposal: Path | str,
    *,
    by: str,
    at: datetime,
    key: Path | None = None,
    waiting: Callable[[], None] | None = None,
) -> tuple[Path, Certificate]:
    """Destroy what a proposal (its file or id) says and leave a signed certificate. `by` is not who proposed.

    Raises:
        ValueError: it is the same person or key, the proposal was changed, is too old or was carried out, or
            holds, retention or the lake are not what they were; nothing is destroyed then.
    """
    person = office.person(by, at)
    path = _path(office.home, proposal)
    told = _read(office, path, at)
    signing = desk.signing_key(office.home, person, key)
    same_key = signing.public_key() == desk.public_key(office.home, told.by)
    if same_key or person.casefold() == office.person(told.by, at).casefold():
        raise ValueError(f"--by {by}: proposed this already; another person must confirm it")
    holds = Holds(office.rules(), office.facts, audit_store.pseudonym_key(office.home))
    with writing(office.home, waiting) as lake:
        parts = _agreed(lake, told, holds, path, at)
        step = Step(lake)
        try:
            return _carry_out(office, step, parts, holds, told, (person, signing), at)
        except BaseException:
            step.abort()
            raise


def _path(home: Path, proposal: Path | str) -> Path:
    named = desk.papers(home) / f"proposal-{proposal}.json"
    return named if named.is_file() else Path(proposal)


def _read(office: Office, path: Path, at: datetime) -> Proposal:
    row = desk.read_paper(office.home, path, "by")
    try:
        told = Proposal.of_row(row)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: is not a proposal; name one of {desk.papers(office.home)}") from error
    if (desk.papers(office.home) / f"certificate-{told.id}.json").exists():
        raise ValueError(f"{path}: was carried out already; see certificate-{told.id}.json")
    if at > datetime.fromisoformat(told.expires):
        raise ValueError(f"{path}: expired {told.expires[:10]}; propose again")
    if at < datetime.fromisoformat(told.at):
        raise ValueError(f"{path}: is dated after this moment; check the clock of this machine")
    return told


def _agreed(lake: Lake, told: Proposal, holds: Holds, path: Path, at: datetime) -> list[Part]:
    """The parts of a proposal, if all is still as it was when it was made."""
    then = {kept.hold: kept.digest for kept in told.kept}
    now = {hold.name: hold.digest for hold in holds.rules.holds}
    changed = sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name))
    if changed:
        raise ValueError(f"{path}: the hold {changed[0]} was added, changed or lifted since; propose again")
    current = {one.due: one.part for one in holds.due(lake, at)}
    parts = [current[due] for due in told.parts if due in current]
    if len(parts) != len(told.parts):
        raise ValueError(f"{path}: retention or the lake changed since; propose again")
    return parts


def _carry_out(
    office: Office,
    step: Step,
    parts: list[Part],
    holds: Holds,
    told: Proposal,
    signer: tuple[str, Ed25519PrivateKey],
    at: datetime,
) -> tuple[Path, Certificate]:
    """Destroy, with the certificate as part of the same step."""
    made: list[Certificate] = []
    target = desk.papers(office.home) / f"certificate-{told.id}.json"

    def held(part: Part) -> pa.Table | None:
        return holds.held(step.lake, part)

    def paper(instead: Sequence[Part]) -> tuple[Path, bytes]:
        made.append(
            Certificate(
                at=at.astimezone(UTC).isoformat(),
                proposal=told.id,
                proposal_digest=digest_of(told.row()),
                proposed_by=told.by,
                confirmed_by=signer[0],
                retention=told.retention,
                parts=told.parts,
                replaced=tuple(part.sha256 for part in instead),
            )
        )
        return target, desk.signed(made[0].row(), signer[1])

    destroy(step, parts, held, paper)
    return target, made[0]


def summary(parts: Sequence[Due]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(days, events that go, events kept back) by class and source."""
    days: dict[tuple[str, str], set[str]] = {}
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for due in parts:
        key = (due.cls, due.source)
        days.setdefault(key, set()).add(due.day)
        goes, keeps = counts.get(key, (0, 0))
        counts[key] = (goes + due.destroy, keeps + due.keep)
    return {key: (len(days[key]), *counts[key]) for key in sorted(counts)}
