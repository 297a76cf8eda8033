"""`clausewise reveal`: the only way from a finding to a name, with a purpose, a reason and a record of the look."""

from __future__ import annotations

import argparse
import hashlib
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit import store
from clausewise.audit.findings import PSEUDONYM, Finding, pseudonym
from clausewise.cli import _place
from clausewise.facts import publish

PURPOSES = ("protect-technology", "safety", "cybersecurity")
"""The purposes for which clause 4 lets the county look; no other is accepted."""
EPILOG = """\
example:
  clausewise reveal 3f2a --purpose cybersecurity --reason "malware on RCOE-0412" --by wei.chen
A record of every look is written; the employee can read it.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "reveal",
        help="the name behind a finding, recorded",
        description="Show the name behind one finding, for a purpose and a reason; the look is recorded first.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("finding", help="id of a finding, or its beginning")
    sub.add_argument("--purpose", required=True, choices=PURPOSES)
    sub.add_argument("--reason", required=True, help="why this look is needed, in a sentence")
    sub.add_argument("--by", required=True, help="who looks: id, account or mail of the staff list")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the record first, then show the name; refuse where there is nothing to show.

    Where the thing is another person's account, its owner is named after who used it.
    """
    home, now = _place.home(), datetime.now(UTC)
    facts = publish.load(home)
    by = facts.principal(args.by, now)
    if by is None:
        raise ValueError(
            f"--by {args.by}: nobody of that name on the staff list; clausewise facts show staff"
        )
    if len(args.reason.split()) < 2:
        raise ValueError("--reason: says too little; write why this look is needed")
    finding = _one(home, args.finding)
    key = store.pseudonym_key(home)
    staff = {pseudonym(key, str(row["id"])): str(row["id"]) for row in facts.rows("staff")}
    meant = [p for p in (finding.person, finding.resource) if p.startswith(PSEUDONYM)]
    names = [staff[p] for p in meant if p in staff]
    if by in names:
        raise ValueError(f"--by {by}: nobody looks into a matter in which they are the subject")
    record = {
        "type": "look",
        "at": now.isoformat(),
        "by": by,
        "purpose": args.purpose,
        "reason_digest": hashlib.sha256(args.reason.encode()).hexdigest(),
        "finding": finding.id,
        "clause": finding.clause,
        "person": " ".join(meant),
        "outcome": "shown" if names else "not on the staff list",
        "source": "command line",
    }
    path = store.write_record(home, record, {"reason": args.reason})
    thing = "" if finding.resource.startswith(PSEUDONYM) else f" {finding.resource}"
    print(f"{finding.norm}{thing}: {', '.join(names) or 'a user who is not on the staff list'}")
    print(f"recorded as {path.name}")
    return 0


def _one(home: Path, begins: str) -> Finding:
    """The kept finding whose id begins so; refused where there is none, several, or nobody is named."""
    matching = [f for f in store.latest(store.load(home)) if f.id.startswith(begins)]
    if len(matching) != 1:
        what = "no finding" if not matching else f"{len(matching)} findings"
        raise ValueError(f"{begins}: {what} begin with that; clausewise audit ... --csv FILE lists the ids")
    if not matching[0].person and not matching[0].resource.startswith(PSEUDONYM):
        raise ValueError(
            f"{begins}: names nobody; it is about a {matching[0].subject}, or was made before naming was in force"
        )
    return matching[0]
