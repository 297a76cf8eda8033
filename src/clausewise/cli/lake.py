"""`clausewise lake`: keep what logs said as columns, without names, for as long as it may be kept."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit.lake.compact import Compacted, compact
from clausewise.audit.lake.forget import store as desk
from clausewise.audit.lake.forget.paper import Due
from clausewise.audit.lake.forget.propose import Office, confirm, propose, summary
from clausewise.audit.lake.ingest import Imported, Importer, Inputs
from clausewise.audit.lake.logs.store import is_there
from clausewise.audit.lake.manifest import HOUR
from clausewise.audit.lake.status import Feed, feeds, runs
from clausewise.audit.lake.store import Lake, reading, writing
from clausewise.audit.timeline import moment
from clausewise.cli import _inputs, _place
from clausewise.facts import publish
from clausewise.pack import load_pack
from clausewise.sources import SOURCES
from clausewise.sources.contract import Source
from clausewise.sources.mapped.parse import from_toml

ABOUT = """\
The lake keeps what logs said, by class of event, UTC day and source: people as pseudonyms, no page addresses, no
file names, nothing of protected channels. The raw lines stay in the log files.
"""
EPILOG = """\
examples:
  clausewise lake import logs/*.log.gz
  clausewise lake status
  clausewise lake compact
  clausewise lake forget --propose --by wei.chen
Each of them has its own --help.
"""
IMPORT = """\
examples:
  clausewise lake import access.log access.log.1.gz
  clausewise lake import signin.csv --mapping signin.toml
The same file again, renamed, rotated or packed, adds nothing. A file that has grown adds its new lines, and an
export that overlaps an earlier one adds its new events: two lines are one event when they are equal to the byte
and in the same second, however many files they stand in; two equal lines of one file stay two. A stop at any
moment, even a power cut, leaves a file in the lake whole or not at all: give the same command again.
"""
FORGET = """\
examples:
  clausewise lake key wei.chen
  clausewise lake forget --propose --by wei.chen
  clausewise lake forget --confirm 3f2a9c0de1b45678 --by ana.lopez
Events are kept for the days of the pack's parameter log_days, or as $CLAUSEWISE_HOME/retention.toml says:
  default = 90
  [days]
  auth = 365
A hold in $CLAUSEWISE_HOME/holds.toml keeps events back whatever their age; `to` may be left out:
  [[hold]]
  name = "public records request 2026-31"
  classes = ["mail", "share"]      # or "all"
  persons = ["p-0123456789ab"]     # pseudonyms, or "all"
  from = 2026-03-01
  to = 2026-03-31
  by = "wei.chen"
  reason = "request of April 2"
A hold on persons keeps the events that name them under any name of the staff list; events that have only an
address or a device are kept by a hold on "all" persons.
One person proposes and another confirms within 14 days; what was destroyed is certified without its content.
"""
WORDS = {"events": "events", "rejects": "rejects", "noise": "comments and blanks", "protected": "protected"}
"""Where a line may end, in words."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    raw = argparse.RawDescriptionHelpFormatter
    top = commands.add_parser(
        "lake",
        help="keep logs as columns: import, status, compact, forget",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=raw,
    )
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    text = "bring log files in; what is known already adds nothing"
    sub = inner.add_parser("import", help=text, description=text, epilog=IMPORT, formatter_class=raw)
    sub.add_argument("logs", nargs="+", type=Path, metavar="LOG", help="a log file; .gz and .zst too")
    sub.add_argument(
        "--format",
        default="",
        choices=["", *SOURCES],
        metavar="NAME",
        help="log format; found by looking if not given: " + ", ".join(SOURCES),
    )
    sub.add_argument("--option", default="", help="what a format needs, such as squid's logformat string")
    sub.add_argument("--mapping", type=Path, help="a TOML file that maps the columns of a CSV or JSON log")
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run_import)
    text = "what the lake holds, by class and source, with its gaps, and the log files it knows"
    sub = inner.add_parser("status", help=text, description=text)
    sub.add_argument("--check", action="store_true", help="read every part and every log file to the end")
    sub.add_argument("--logs", action="store_true", help="list every log file, not only those to look at")
    sub.set_defaults(run=run_status)
    text = "make few ordered files of many small ones; what they hold stays the same"
    sub = inner.add_parser("compact", help=text, description=text)
    sub.set_defaults(run=run_compact)
    _add_forget(inner)


def _add_forget(inner: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "destroy what is kept no longer: one person proposes, another confirms"
    sub = inner.add_parser(
        "forget",
        help=text,
        description=text,
        epilog=FORGET,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("--propose", action="store_true", help="write and sign what is due; destroys nothing")
    which.add_argument("--confirm", metavar="PROPOSAL", help="id or file of a proposal: destroy what it says")
    sub.add_argument("--by", required=True, metavar="ID", help="who does it, as on the staff list")
    sub.add_argument("--key", type=Path, help="signing key; default: the one among the county's keys")
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run_forget)
    text = "make a person's signing key, which proposals and certificates are signed with"
    sub = inner.add_parser("key", help=text, description=text)
    sub.add_argument("person", metavar="ID", help="the person, as on the staff list")
    sub.add_argument("--key", type=Path, help="where to put it, such as a place only that person can read")
    sub.set_defaults(run=run_key)


def _waiting() -> None:
    print("another command is at work in the lake; waiting until it ends", file=sys.stderr, flush=True)


def run_import(args: argparse.Namespace) -> int:
    """Import each file, say what became of it; the sums of all at the end."""
    office = _inputs.office(args.pack)
    sources, chosen = _sources(args)
    inputs = Inputs(office.pack, office.facts, office.labels, datetime.now(UTC), chosen, args.option, sources)
    began, done, bad = time.perf_counter(), list[Imported](), 0
    with writing(_place.home(), _waiting) as lake:
        importer = Importer(lake, inputs, _place.home())
        for path in args.logs:
            try:
                done.append(importer.take(path, _progress(began)))
            except (ValueError, OSError) as error:  # the other files are none the worse for it
                print(error, file=sys.stderr)
                bad += 1
                continue
            for line in (_told(done[-1]), *done[-1].said):
                print(line)
    new = [one.log for one in done if one.log is not None and not one.again]
    lines, added = sum(log.lines for log in new), sum(log.added for log in new)
    print(f"{len(done)} files, {lines:,} lines, {added:,} new events, {time.perf_counter() - began:.1f} s")
    return 1 if bad else 0


def _sources(args: argparse.Namespace) -> tuple[Mapping[str, Source], str]:
    if args.mapping is None:
        return SOURCES, args.format
    try:
        text = args.mapping.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{args.mapping}: cannot be read; name a mapping in TOML, saved as UTF-8") from error
    source = from_toml(text, args.mapping.stem)
    return {**SOURCES, source.name: source}, source.name


def _told(one: Imported) -> str:
    """One file in one line."""
    log = one.log
    if log is None:
        return f"{one.path.name}: nothing"
    if one.again:
        same = f"the same as {log.name}, imported {log.imported_at[:10]} as {log.source}"
        return f"{one.path.name}: {same}; nothing added"
    known = log.events - log.added - one.gone
    parts = [f"{log.added:,} new events"]
    parts += [f"{count:,} {what}" for count, what in (
        (known, "known already"), (one.gone, "of days that were destroyed"), (log.rejects, "rejects"),
        (log.noise, "comments and blanks"), (log.protected, "protected"),
    ) if count > 0]  # fmt: skip
    grown = f", grown from {one.after.name}" if one.after is not None else ""
    return f"{one.path.name} ({log.source}{grown}): {log.lines:,} lines: {', '.join(parts)}"


def _progress(began: float) -> Callable[[str, int, int, int], None]:
    """Shows progress on standard error: one moving line, or one every five seconds without a terminal."""
    live, last = sys.stderr.isatty() and "NO_COLOR" not in os.environ, [0.0]

    def show(name: str, read: int, total: int, lines: int) -> None:
        now = time.perf_counter() - began
        if now - last[0] < (0.2 if live else 5.0):
            return
        last[0] = now
        share = 100 * read / total if total else 100.0
        text = f"{now:6.1f} s  {lines:>11,} lines  {share:3.0f} % of {name}"
        print(f"\r{text[:78]:<78}\r" if live else text, end="" if live else "\n", file=sys.stderr, flush=True)

    return show


def run_status(args: argparse.Namespace) -> int:
    """Feeds with their gaps, then log files; exit 1 when a check finds damage."""
    if not (_place.home() / "lake" / "manifest.json").exists():
        print("the lake is empty; clausewise lake import LOG...")
        return 0
    with reading(_place.home(), _waiting) as lake:
        held = lake.manifest
        print(
            f"{held.rows:,} events in {len(held.parts)} parts, {sum(p.bytes for p in held.parts) / 1e6:,.1f} MB"
        )
        for feed in feeds(lake):
            for line in _feed_lines(feed):
                print(line)
        for line in _log_lines(lake, args.check, every=args.logs):
            print(line)
        print("a day or hour that is not listed above was not audited, which is not the same as clean")
        bad = lake.damaged() if args.check else []
        for place in bad:
            print(f"{place}: damaged or missing; restore the lake's folder from your backup")
        for place in lake.strangers():
            print(f"{place}: not of this lake and not read; move it away")
    return 1 if bad else 0


def _feed_lines(feed: Feed) -> list[str]:
    """One class and source: counts, range, and the runs of hours in which nothing came."""
    first, last = (moment(hour * HOUR).strftime("%Y-%m-%d %H:00") for hour in (feed.first, feed.last))
    told = f"{feed.days:>5} days {feed.rows:>13,} events {feed.bytes / 1e6:>9,.1f} MB"
    lines = [f"{feed.cls:<9}{feed.source:<22}{told}  {first} to {last} UTC"]
    if feed.missing:
        lines.append(f"{'':9}not audited, no events on {len(feed.missing)} days: {runs(feed.missing)}")
    if feed.silent:
        lines.append(f"{'':9}silent for {feed.silent} hours of the other days")
    return lines


def _log_lines(lake: Lake, check: bool, *, every: bool) -> list[str]:
    """How many log files are known and what became of their lines; those with rejects or no longer there, or all."""
    logs = lake.logs().values()
    total = {name: sum(getattr(log, name) for log in logs) for name in ("lines", *WORDS)}
    said = ", ".join(f"{total[name]:,} {word}" for name, word in WORDS.items())
    lines = [f"{len(logs)} log files, {total['lines']:,} lines: {said}"]
    for log in sorted(logs, key=lambda log: (log.imported_at, log.name)):
        there = is_there(log, thoroughly=check)
        state = "" if there else "  (moved or changed: its raw lines cannot be shown)"
        odd = f", {log.rejects:,} rejects" if log.rejects else ""
        if every or odd or state:
            lines.append(
                f"  {log.imported_at[:10]}  {log.name} ({log.source}) {log.events:,} events{odd}{state}"
            )
    return lines


def run_compact(args: argparse.Namespace) -> int:
    """Put in order what is not, and say what it saved."""

    def show(one: Compacted) -> None:
        print(f"{one.cls} {one.day} {one.source}: {one.parts[0]} parts, {one.rows:,} events", file=sys.stderr)

    with writing(_place.home(), _waiting) as lake:
        done = compact(lake, show)
    if not done:
        print("everything is in order already")
        return 0
    before, after = (sum(one.bytes[i] for one in done) / 1e6 for i in (0, 1))
    print(
        f"{sum(one.parts[0] for one in done)} parts became {len(done)}, {before:,.1f} MB became {after:,.1f} MB"
    )
    return 0


def run_forget(args: argparse.Namespace) -> int:
    """Propose or confirm."""
    office = Office(_place.home(), load_pack(args.pack), publish.load(_place.home()))
    now = datetime.now(UTC)
    if args.propose:
        path, proposal = propose(office, by=args.by, at=now, key=args.key, waiting=_waiting)
        _print_due(proposal.parts, "would be destroyed")
        for kept in proposal.kept:
            if kept.events:
                print(f"hold {kept.hold}: keeps back {kept.events:,} events")
        print(f"wrote {path}")
        print(f"another person confirms it by {proposal.expires[:10]}: clausewise lake forget --confirm "
              f"{proposal.id} --by ID")  # fmt: skip
        return 0
    path, certificate = confirm(office, args.confirm, by=args.by, at=now, key=args.key, waiting=_waiting)
    _print_due(certificate.parts, "destroyed")
    print(f"wrote {path}")
    return 0


def _print_due(parts: tuple[Due, ...], what: str) -> None:
    for (cls, source), (days, goes, keeps) in summary(parts).items():
        held = f", {keeps:,} kept back by a hold" if keeps else ""
        print(f"{cls:<9}{source:<22}{days:>5} days {goes:>13,} events {what}{held}")


def run_key(args: argparse.Namespace) -> int:
    """Make the key of somebody on the staff list."""
    home = _place.home()
    facts = publish.load(home)
    person = facts.principal(args.person, datetime.now(UTC)) if facts.has("staff") else args.person
    if person is None:
        raise ValueError(f"{args.person}: nobody of that name on the staff list; clausewise facts show staff")
    print(f"wrote {desk.make_key(home, person, args.key)}")
    print("whoever can read that file can sign in that person's name; keep it where only they can")
    return 0
