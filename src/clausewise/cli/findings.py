"""`clausewise findings`: the kept findings and how they stand; set some apart for a time, or settle one."""

from __future__ import annotations

import argparse
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from clausewise.audit import export, store
from clausewise.audit.findings import Finding
from clausewise.audit.standing import OUTCOMES, STATES, Standing, counts
from clausewise.audit.timeline import moment
from clausewise.cli import _chosen, _place
from clausewise.facts import publish
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack
from clausewise.pack import load_pack

MOST = 40
SECOND = timedelta(seconds=1)
"""The last day of what ends at midnight is the day before."""
EPILOG = """\
examples:
  clausewise findings list --clause 9f --since 2026-10-05 --csv week.csv
  clausewise findings suppress 9.f/provided --host cdn.files.example --reason "wrong owner in the list" \\
      --by wei.chen --until 2026-12-18
  clausewise findings dispose 52fa explained --reason "the class was on an outing" --by wei.chen
Nothing is deleted: what is set apart is counted and listed apart, and comes back when its time is over.
Nobody decides on a finding about themselves.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    style = argparse.RawDescriptionHelpFormatter
    top = commands.add_parser(
        "findings",
        help="the kept findings: list, set apart, settle",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=style,
    )
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    text = "the kept findings and how each stands"
    listing = inner.add_parser("list", help=text, description=text)
    _chosen.add_choice(listing)
    listing.add_argument("--norm", default="", help="only this norm: 9.f/provided")
    listing.add_argument(
        "--status", default="", choices=["", *STATES], metavar="STATUS", help=", ".join(STATES)
    )
    listing.add_argument("--csv", type=Path, help="write them as a table, with the filters that were applied")
    listing.add_argument("--pack", default="ar4040")
    listing.set_defaults(run=run_list)
    text = "set findings of a norm apart for a time: about a person, a host or a thing"
    apart = inner.add_parser("suppress", help=text, description=text)
    apart.add_argument("norm", help="9.f/provided")
    apart.add_argument("--person", default="", help="only about this person")
    apart.add_argument("--host", default="", help="only this very host")
    apart.add_argument("--thing", default="", help="only this service, device, program ...")
    apart.add_argument("--until", required=True, help="last day, at most a year away: 2026-12-18")
    _decision(apart)
    apart.set_defaults(run=run_suppress)
    text = "write down what came of one finding"
    settle = inner.add_parser("dispose", help=text, description=text)
    settle.add_argument("finding", help="id of a finding, or its beginning")
    settle.add_argument("outcome", choices=OUTCOMES)
    _decision(settle)
    settle.set_defaults(run=run_dispose)


def _decision(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--reason", required=True, help="why, in a sentence that names nobody")
    sub.add_argument("--by", required=True, help="who decides: id, account or mail of the staff list")
    sub.add_argument("--pack", default="ar4040")


def run_list(args: argparse.Namespace) -> int:
    """Print or write the findings that are meant."""
    pack, now = load_pack(args.pack), datetime.now(UTC).replace(microsecond=0)
    selection, kept = _chosen.chosen(args, pack), _chosen.kept(now, pack)
    if args.csv and not args.csv.absolute().parent.is_dir():
        raise ValueError(f"{args.csv}: there is no such folder; make it first, or name a file elsewhere")
    found = selection.of(kept.findings, kept.standing)
    if args.csv:
        text = export.listed_csv(found, kept.standing, selection.says(), now)
        store.write_text(args.csv, text)
        print(f"wrote {args.csv}: {_count(len(found), selection.says())}")
        return 0
    for finding in found[-MOST:]:
        print(_line(finding, kept.standing[finding.id], pack))
    if len(found) > MOST:
        print(f"the newest {MOST} of {len(found):,}; all of them with --csv FILE")
    print(_count(len(found), selection.says()))
    stand = counts({f.id: kept.standing[f.id] for f in found})
    print(", ".join(f"{count:,} {state}" for state, count in stand.items()) or "no findings")
    return 0


def _count(number: int, says: str) -> str:
    return f"{number:,} findings" + (f" ({says})" if says else "")


def _line(finding: Finding, stands: Standing, pack: Pack) -> str:
    zone = ZoneInfo(pack.zone)
    when = moment(finding.time).astimezone(zone)
    state = stands.outcome or stands.state
    until = f" until {(stands.until - SECOND).astimezone(zone):%Y-%m-%d}" if stands.until else ""
    back = (
        f", was set apart until {(stands.ended - SECOND).astimezone(zone):%Y-%m-%d}" if stands.ended else ""
    )
    who = finding.person or finding.subject
    return f"{finding.id[:12]}  {when:%Y-%m-%d %H:%M}  {finding.norm:<22} {who:<14} {finding.resource}  [{state}{until}{back}]"


def run_suppress(args: argparse.Namespace) -> int:
    """Add one suppression to the facts, and say what it sets apart now."""
    pack, now = load_pack(args.pack), datetime.now(UTC).replace(microsecond=0)
    _chosen.known_norm(args.norm, pack)
    facts = publish.load(_place.home())
    by = _decider(args, facts, now)
    person = _person(facts, "--person", args.person, now) if args.person else ""
    until = _chosen.typed_moment("--until", args.until, pack.zone, whole_day=True)
    if until is None or until <= now:
        raise ValueError(f"--until {args.until}: has passed; give a later day")
    asked = f"{args.norm}|{person}|{args.host}|{args.thing}|{now.isoformat()}"
    row = {
        "id": hashlib.sha256(asked.encode()).hexdigest()[:12],
        "norm": args.norm,
        "person": person,
        "host": args.host,
        "thing": args.thing,
        "reason": args.reason,
        "by": by,
        "decided_at": now,
        "valid_from": now,
        "valid_to": until,
    }
    before = counts(_chosen.kept(now, pack).standing)
    report = publish.add_row(_place.home(), "suppressions", row, at=now)
    after = counts(_chosen.kept(now, pack).standing)
    more = after.get("suppressed", 0) - before.get("suppressed", 0)
    print(
        f"{row['id']}: {more:,} kept findings of {args.norm} are set apart until {args.until}; new ones too"
    )
    print(f"facts {report.digest[:12]}; they are counted and listed apart, and come back after that day")
    return 0


def run_dispose(args: argparse.Namespace) -> int:
    """Write down what came of one finding."""
    pack, now = load_pack(args.pack), datetime.now(UTC).replace(microsecond=0)
    kept = _chosen.kept(now, pack)
    by = _decider(args, kept.facts, now)
    matching = [f for f in kept.findings if f.id.startswith(args.finding)]
    if len(matching) != 1:
        what = "no finding begins" if not matching else f"{len(matching)} findings begin"
        raise ValueError(
            f"{args.finding}: {what} with that; clausewise findings list --csv FILE lists the ids"
        )
    finding = matching[0]
    if kept.mask(by) in kept.named(finding):
        raise ValueError(f"--by {by}: nobody decides on a finding about themselves; another person must")
    row = {"finding": finding.id, "outcome": args.outcome, "reason": args.reason, "by": by, "decided_at": now}
    report = publish.add_row(_place.home(), "dispositions", row, at=now)
    print(f"{finding.norm} {finding.id[:12]}: {args.outcome}; facts {report.digest[:12]}")
    return 0


def _decider(args: argparse.Namespace, facts: Facts, at: datetime) -> str:
    """Who decides; refused where the reason says too little."""
    if len(args.reason.split()) < 2:
        raise ValueError("--reason: says too little; write why in a sentence")
    return _person(facts, "--by", args.by, at)


def _person(facts: Facts, option: str, name: str, at: datetime) -> str:
    found = facts.principal(name, at)
    if found is None:
        raise ValueError(
            f"{option} {name}: nobody of that name on the staff list; clausewise facts show staff"
        )
    return found
