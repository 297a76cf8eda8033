"""The kept findings of this county and how each stands, and the options by which a command chooses among them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from clausewise.audit import store
from clausewise.audit.findings import PSEUDONYM, Finding, pseudonym
from clausewise.audit.naming import Naming
from clausewise.audit.selection import Selection
from clausewise.audit.standing import Standing, standings
from clausewise.audit.timeline import microseconds
from clausewise.cli import _place
from clausewise.facts import publish
from clausewise.facts.cell import CellError, moment
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest judgement of every kept finding, oldest finding first, with how it stands now."""

    home: Path
    facts: Facts
    findings: list[Finding]
    standing: Mapping[str, Standing]

    def mask(self, person: str) -> str:
        """A person's pseudonym."""
        return pseudonym(store.pseudonym_key(self.home), person)

    def named(self, finding: Finding) -> frozenset[str]:
        """The pseudonyms of all whom a finding is about: who acted, and whose thing it was."""
        return frozenset(p for p in (finding.person, finding.resource) if p.startswith(PSEUDONYM))


def kept(at: datetime, pack: Pack) -> Kept:
    """Read what this county kept."""
    home = _place.home()
    facts, findings = publish.load(home), store.latest(store.load(home))
    return Kept(home, facts, findings, stand(findings, facts, pack, home, at))


def stand(
    findings: Iterable[Finding], facts: Facts, pack: Pack, home: Path, at: datetime
) -> Mapping[str, Standing]:
    """How findings stand by the county's facts; a reason that holds somebody's name is left out."""
    naming = Naming(store.pseudonym_key(home), pack, facts)

    def hide(text: str) -> str:
        return text if naming.thing("Topic", text, microseconds(at), named=True) == text else "[…]"

    return standings(findings, facts, at, naming.pseudonym, hide)


def add_choice(sub: argparse.ArgumentParser) -> None:
    """The options that choose findings by clause and time."""
    sub.add_argument("--clause", default="", help="only this clause: 9.f, 9f or 9(f)")
    sub.add_argument("--since", default="", help="from this day or time on, the county's time: 2026-10-05")
    sub.add_argument("--until", default="", help="to the end of this day, or to this time")


def chosen(args: argparse.Namespace, pack: Pack) -> Selection:
    """What the options choose.

    Raises:
        ValueError: there is no such clause or norm, or a time cannot be read.
    """
    clause = _place.clause_id(args.clause, pack) if args.clause else ""
    if clause and clause not in pack.clauses:
        raise ValueError(f"--clause {args.clause}: no such clause; clausewise pack show lists them")
    norm = getattr(args, "norm", "")
    if norm:
        known_norm(norm, pack)
    since = typed_moment("--since", args.since, pack.zone, whole_day=False)
    until = typed_moment("--until", args.until, pack.zone, whole_day=True)
    if since and until and until <= since:
        raise ValueError(f"--until {args.until}: is not after --since {args.since}; swap the two")
    return Selection(clause, norm, getattr(args, "status", ""), since, until)


def known_norm(norm: str, pack: Pack) -> None:
    """Refuse a norm that the pack does not have, naming those that begin like it."""
    norms = [one.id for one in pack.norms()]
    if norm not in norms:
        near = [one for one in norms if one.partition("/")[0] == norm.partition("/")[0]]
        remedy = f"use one of {', '.join(near)}" if near else "clausewise pack show lists clauses and norms"
        raise ValueError(f"{norm}: no such norm; {remedy}")


def typed_moment(option: str, text: str, zone: str, *, whole_day: bool) -> datetime | None:
    """A day or a time as somebody typed it; None if nothing was typed."""
    if not text:
        return None
    try:
        return moment(text.replace("T", " "), ZoneInfo(zone), whole_day=whole_day)
    except CellError as error:
        raise ValueError(f"{option} {text}: {error.what}; {error.remedy}") from None
