"""`clausewise facts`: take in the county's lists of people, devices and services as a signed snapshot."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from clausewise.cli import _place
from clausewise.facts import publish
from clausewise.facts.diff import diff


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    top = commands.add_parser(
        "facts",
        help="the county's people, devices, services: template, check, build, show, diff",
        description="Take in the county's lists as a signed snapshot. Begin with: clausewise facts template DIR",
    )
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, run, text in (
        ("template", run_template, "write an empty CSV with an example for each table"),
        ("check", run_check, "every mistake in a folder of CSV or XLSX files, with its line and remedy"),
        ("build", run_build, "make a signed snapshot of a folder of CSV or XLSX files"),
    ):
        sub = inner.add_parser(name, help=text, description=text)
        sub.add_argument("directory", type=Path)
        sub.add_argument("--zone", default="America/Los_Angeles", help="time zone of the times in the files")
        sub.set_defaults(run=run)
    text = "what the current snapshot holds; with a table, its rows"
    show = inner.add_parser("show", help=text, description=text)
    show.add_argument("table", nargs="?")
    show.set_defaults(run=run_show)
    text = "what changed between two snapshots, by the beginning of their digests"
    two = inner.add_parser("diff", help=text, description=text)
    two.add_argument("old")
    two.add_argument("new", nargs="?", default="")
    two.set_defaults(run=run_diff)


def run_template(args: argparse.Namespace) -> int:
    """Write the templates that are not there yet."""
    written = publish.template(args.directory)
    for path in written:
        print(path)
    print(
        "fill in what you have; staff.csv with id, name, mail, site, supervisor, start, end is enough to begin"
        if written
        else "every template is there already"
    )
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Print all problems."""
    problems = publish.check(args.directory, _place.home(), zone=args.zone)
    for problem in problems:
        print(problem)
    print("no problems" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


def run_build(args: argparse.Namespace) -> int:
    """Build and say what was unknown, once."""
    report = publish.build(args.directory, _place.home(), at=datetime.now(UTC), zone=args.zone)
    for table, count in report.rows.items():
        print(f"{table:<20} {count:>7}")
    for line in (*report.unknown, *report.notices):
        print(line)
    print(f"snapshot {report.digest[:16]} {'is new' if report.changed else 'is unchanged'}")
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Tables and counts, or the rows of one table."""
    facts = publish.load(_place.home())
    if not facts.tables:
        print("no facts yet; clausewise facts template DIR, fill in, clausewise facts build DIR")
        return 0
    if args.table:
        for row in facts.rows(args.table):
            print("  ".join(f"{k}={v}" for k, v in row.items() if v not in (None, "")))
        return 0
    print(f"snapshot {facts.digest}")
    for table in facts.tables:
        print(f"{table:<20} {len(facts.rows(table)):>7}")
    return 0


def run_diff(args: argparse.Namespace) -> int:
    """Added, removed and changed rows per table."""
    old, new = publish.load(_place.home(), args.old), publish.load(_place.home(), args.new)
    for table in diff(old, new):
        print(
            f"{table.table}: {len(table.added)} added, {len(table.removed)} removed, {len(table.changed)} changed"
        )
    return 0
