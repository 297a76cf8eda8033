"""`clausewise audit`: judge log files clause by clause; people stay pseudonyms."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit import export, report, store
from clausewise.audit.page import page
from clausewise.audit.run import Audit, Inputs
from clausewise.cli import _inputs, _place
from clausewise.facts.snapshot import Facts
from clausewise.sources import SOURCES
from clausewise.sources.contract import Source
from clausewise.sources.mapped.parse import from_toml

EPILOG = """\
examples:
  clausewise audit access.log
  clausewise audit logs/*.log.gz --html findings.html --csv findings.csv
  clausewise audit signin.csv --mapping signin.toml
Without facts it judges what needs none, and says what it could not.
Twice the same log adds nothing. Names come only through `clausewise reveal`.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "audit",
        help="judge log files",
        description="Judge log files clause by clause. A finding is a reason for a person to look, never proof.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument(
        "logs", nargs="+", type=Path, metavar="LOG", help="a log file; .gz and .zst are read too"
    )
    sub.add_argument(
        "--format",
        default="",
        choices=["", *SOURCES],
        metavar="NAME",
        help="log format; found by looking if not given: " + ", ".join(SOURCES),
    )
    sub.add_argument("--option", default="", help="what a format needs, such as squid's logformat string")
    sub.add_argument("--mapping", type=Path, help="a TOML file that maps the columns of a CSV or JSON log")
    sub.add_argument(
        "--engine", choices=["cedar"], default="cedar", help="cedar: each distinct question to the PDP once"
    )
    sub.add_argument("--mine", action="store_true", help="aggregate only: no facts, no names, nothing kept")
    sub.add_argument("--html", type=Path, help="write the findings as one page")
    sub.add_argument("--csv", type=Path, help="write them as a table, with their ids")
    sub.add_argument("--parquet", type=Path, help="write them as typed columns")
    sub.add_argument("--ocsf", type=Path, help="OCSF 1.8 Compliance Findings, one JSON a line")
    sub.add_argument("--clause", default="", help="write only findings of this clause")
    sub.add_argument("--lang", choices=("en", "es"), default="en")
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Audit, print, write what was asked for; exit 0 also when there are findings."""
    for path in (args.html, args.csv, args.parquet, args.ocsf):
        if path and not path.absolute().parent.is_dir():
            raise ValueError(f"{path}: there is no such folder; make it first, or name a file elsewhere")
    office = _inputs.office(args.pack)
    sources, chosen = _sources(args)
    inputs = Inputs(
        pdp=office.pdp,
        facts=Facts.empty(office.pack.zone) if args.mine else office.facts,
        labels=office.labels,
        at=datetime.now(UTC),
        format=chosen,
        option=args.option,
        keep=not args.mine,
        sources=sources,
    )
    audit = Audit(inputs, _place.home())
    judge(audit, args.logs)
    if not args.mine:
        audit.keep()
    for line in report.lines_of(office.pack, audit.summary, audit.findings, most=0 if args.mine else 5):
        print(line)
    write(args, audit)
    return 0


def _sources(args: argparse.Namespace) -> tuple[Mapping[str, Source], str]:
    if args.mapping is None:
        return SOURCES, args.format
    try:
        text = args.mapping.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{args.mapping}: cannot be read; name a mapping in TOML, saved as UTF-8") from error
    source = from_toml(text, args.mapping.stem)
    return {**SOURCES, source.name: source}, source.name


def judge(audit: Audit, logs: list[Path]) -> None:
    """Run with progress, rate and elapsed time on standard error: one moving line, or lines without a terminal."""
    began, last, live = time.perf_counter(), [0.0], sys.stderr.isatty() and "NO_COLOR" not in os.environ
    done = set[str]()

    def show(name: str, read: int, total: int, lines: int) -> None:
        now = time.perf_counter() - began
        if (now - last[0] < (0.2 if live else 5.0) and read < total) or (name in done and not live):
            return
        if read >= total:
            done.add(name)
        last[0] = now
        share = 100 * read / total if total else 100.0
        text = (
            f"{now:6.1f} s  {lines:>11,} lines  {lines / max(now, 1e-9):>9,.0f}/s  {share:3.0f} % of {name}"
        )
        print(f"\r{text[:78]:<78}" if live else text, end="" if live else "\n", file=sys.stderr, flush=True)

    audit.run(logs, show)
    if live:
        print(file=sys.stderr)


def write(args: argparse.Namespace, audit: Audit) -> None:
    """Write each file that was asked for, with the clause filter applied, and name it."""
    pack = audit.inputs.pdp.pack
    clause = _place.clause_id(args.clause, pack) if args.clause else ""
    findings = [f for f in audit.findings if not clause or f.clause == clause]
    if args.html:
        quoted = {c: _place.quoted(pack, c) for c in pack.clauses}
        text = page(pack, audit.summary, findings, lang=args.lang, at=audit.inputs.at, quoted=quoted)
        store.write_text(args.html, text)
    if args.csv:
        store.write_text(args.csv, export.csv_text(findings))
    if args.parquet:
        store.write_parquet(args.parquet, findings)
    if args.ocsf:
        store.write_text(args.ocsf, "".join(f"{line}\n" for line in export.ocsf_lines(pack, findings)))
    for path in (args.html, args.csv, args.parquet, args.ocsf):
        if path:
            print(f"wrote {path}")
