"""`clausewise grant`: write down a permission, if the one who gives it holds the office that the clause names."""

from __future__ import annotations

import argparse
import hashlib
from datetime import UTC, datetime

from clausewise.cli import _inputs, _place
from clausewise.cli.ask import moment
from clausewise.facts import publish
from clausewise.pdp.derive import office_for

EPILOG = """\
example:
  clausewise grant 9.c --to ana.lopez --what device:RCOE-1182 --by james.okafor --until 2026-12-18
A permission covers nothing before it was decided. The clause names who may decide; nobody decides for themselves.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "grant",
        help="record a written permission",
        description="Write down a permission, if the one who gives it holds the office that the clause names.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("clause", help="9.c")
    sub.add_argument("--to", required=True, help="who may")
    sub.add_argument(
        "--what", required=True, help="the thing, as noun:name, or * for anything the clause covers"
    )
    sub.add_argument("--by", required=True, help="who decided")
    sub.add_argument("--from", dest="since", default="", help="from when (default: now)")
    sub.add_argument("--until", required=True, help="last day, as 2026-12-18")
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the authority, then add the grant to the facts at once."""
    office, now = _inputs.office(args.pack), datetime.now(UTC).replace(microsecond=0)
    facts, pack = office.facts, office.pack
    clause_id = _place.clause_id(args.clause, pack)
    person, by = (_person(office, name, now) for name in (args.to, args.by))
    wanted = office_for(pack, clause_id)
    if clause_id in pack.clauses and not any(n.grantable for n in pack.clauses[clause_id].norms):
        wanted = None
    if wanted is None:
        raise ValueError(
            f"{clause_id}: nobody may grant this; clausewise pack show {args.clause} says what to do"
        )
    if person == by:
        raise ValueError(f"--by {by}: nobody decides on their own request; another holder of the office must")
    if not facts.holds(by, wanted, now):
        holders = ", ".join(facts.designation_holders(wanted, now)) or "nobody yet (designations.csv)"
        raise ValueError(
            f"--by {by}: does not hold the office that {clause_id} names ({wanted}); it is held by {holders}"
        )
    since = max(now, moment(args.since, pack.zone)) if args.since else now
    row = {
        "id": hashlib.sha256(f"{clause_id}|{person}|{args.what}|{now.isoformat()}".encode()).hexdigest()[:12],
        "clause": clause_id,
        "person": person,
        "what": args.what,
        "by": by,
        "decided_at": now,
        "valid_from": since,
        "valid_to": moment(args.until if "T" in args.until else f"{args.until}T23:59:59", pack.zone),
    }
    if row["valid_to"] <= since:
        raise ValueError(f"--until {args.until}: lies before it begins; give a later day")
    report = publish.add_row(_place.home(), "grants", row, at=now)
    print(f"{clause_id}: {by} permits {person}, {args.what}, until {args.until}; facts {report.digest[:12]}")
    return 0


def _person(office: _inputs.Office, name: str, at: datetime) -> str:
    found = office.facts.principal(name, at)
    if found is None:
        raise ValueError(f"{name}: nobody of that name on the staff list; clausewise facts show staff")
    return found
