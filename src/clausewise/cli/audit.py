"""`clausewise audit`: judge log files, or the whole lake, clause by clause; people stay pseudonyms."""

from __future__ import annotations

import argparse
import resource
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit import export, report, store
from clausewise.audit.findings import Finding
from clausewise.audit.page import page
from clausewise.audit.plan.run import PlanAudit
from clausewise.audit.reading import Inputs
from clausewise.audit.run import Audit
from clausewise.cli import _inputs, _judging, _place
from clausewise.facts.snapshot import Facts
from clausewise.sources import SOURCES
from clausewise.sources.contract import Source
from clausewise.sources.mapped.parse import from_toml

EPILOG = """\
examples:
  clausewise audit access.log
  clausewise audit logs/*.log.gz --html findings.html --csv findings.csv
  clausewise audit signin.csv --mapping signin.toml
  clausewise lake import logs/*; clausewise audit
  clausewise audit --since 2026-10-01 --until 2026-11-01
  clausewise audit --what-if packs/our-draft
Without a log it judges the lake. Without facts it judges what needs none, and says what it could not.
Twice the same log adds nothing. Names come only through `clausewise reveal`.
Every audit judges a sample of its questions, and its findings, again from the raw lines with the policy
engine itself, and stops with an example if the two differ.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "audit",
        help="judge log files or the lake",
        description="Judge logs clause by clause. A finding is a reason for a person to look, never proof.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument(
        "logs",
        nargs="*",
        type=Path,
        metavar="LOG",
        help="a log file; .gz and .zst are read too; none: the lake",
    )
    _reading(sub)
    _judging_options(sub)
    _writing(sub)
    sub.set_defaults(run=run)


def _reading(sub: argparse.ArgumentParser) -> None:
    """What is read, and how."""
    sub.add_argument(
        "--format",
        default="",
        choices=["", *SOURCES],
        metavar="NAME",
        help="log format; found by looking if not given: " + ", ".join(SOURCES),
    )
    sub.add_argument("--option", default="", help="what a format needs: squid's logformat, zone=…, year=…")
    sub.add_argument("--mapping", type=Path, help="a TOML file that maps the columns of a CSV or JSON log")
    sub.add_argument("--since", type=_place.day, help="of the lake: from this day on (county time)")
    sub.add_argument("--until", type=_place.day, help="of the lake: up to the end of the day before this one")
    sub.add_argument("--mine", action="store_true", help="aggregate only: no facts, no names, nothing kept")


def _judging_options(sub: argparse.ArgumentParser) -> None:
    """Who judges, and by which law."""
    sub.add_argument(
        "--engine",
        choices=["duckdb", "spark", "cedar"],
        default="duckdb",
        help="duckdb: the compiled norms in this process; spark: the same on a cluster, over the lake; "
        "cedar: each distinct question to the policy engine once",
    )
    sub.add_argument(
        "--master", default="local[*]", help="address of the Spark master, such as spark://host:7077"
    )
    sub.add_argument("--pack", default="ar4040", help="id or folder of the law to judge by")
    sub.add_argument(
        "--what-if",
        metavar="PACK",
        default="",
        help="which findings another pack would add or remove; keeps nothing",
    )


def _writing(sub: argparse.ArgumentParser) -> None:
    """What is written down beside what is kept."""
    sub.add_argument("--html", type=Path, help="write the findings as one page")
    sub.add_argument("--csv", type=Path, help="write them as a table, with their ids")
    sub.add_argument("--parquet", type=Path, help="write them as typed columns")
    sub.add_argument("--ocsf", type=Path, help="OCSF 1.8 Compliance Findings, one JSON a line")
    sub.add_argument("--clause", default="", help="write only findings of this clause")
    sub.add_argument("--lang", choices=("en", "es"), default="en")


def run(args: argparse.Namespace) -> int:
    """Audit, print, write what was asked for; exit 0 also when there are findings."""
    for path in (args.html, args.csv, args.parquet, args.ocsf):
        if path and not path.absolute().parent.is_dir():
            raise ValueError(f"{path}: there is no such folder; make it first, or name a file elsewhere")
    inputs = _audit_inputs(args)
    if args.what_if:
        return _what_if(args, inputs)
    audit = _judged(args, inputs)
    audit.summary.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    if not args.mine:
        audit.keep()
        store.write_summary(_place.home(), audit.summary, inputs.at)
    pack = inputs.pdp.pack
    for line in report.lines_of(pack, audit.summary, audit.findings, most=0 if args.mine else 5):
        print(line)
    write(args, audit)
    return 0


def _audit_inputs(args: argparse.Namespace) -> Inputs:
    office = _inputs.office(args.pack)
    sources, chosen = _sources(args)
    return Inputs(
        pdp=office.pdp,
        facts=Facts.empty(office.pack.zone) if args.mine else office.facts,
        labels=office.labels,
        at=datetime.now(UTC),
        format=chosen,
        option=args.option,
        keep=not args.mine,
        sources=sources,
    )


def _judged(args: argparse.Namespace, inputs: Inputs) -> Audit | PlanAudit:
    if args.logs and args.engine == "spark":
        raise ValueError(
            "--engine spark: judges the lake; run clausewise lake import first, and name no log here"
        )
    if not args.logs:
        if args.engine == "cedar":
            raise ValueError(
                "--engine cedar: judges log files; name one, or judge the lake with --engine duckdb"
            )
        return _judging.lake(inputs, args.engine, args.master, args.since, args.until)
    if args.engine == "cedar":
        audit = Audit(inputs, _place.home())
        _judging.cedar(audit, args.logs)
        return audit
    return _judging.text(inputs, args.logs)


def _what_if(args: argparse.Namespace, inputs: Inputs) -> int:
    """Judge the lake, or these logs, by both packs and show what would change; nothing is kept."""
    from clausewise.review import what_if

    other = _audit_inputs(argparse.Namespace(**{**vars(args), "pack": args.what_if}))
    now, then = _judged(args, inputs), _judged(args, other)
    changes = what_if.compare(now.findings, then.findings, inputs.pdp.pack, other.pdp.pack)
    for line in what_if.lines_of(changes):
        print(line)
    if args.csv:
        store.write_text(args.csv, what_if.csv_text(changes))
        print(f"wrote {args.csv}")
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


def write(args: argparse.Namespace, audit: Audit | PlanAudit) -> None:
    """Write each file that was asked for, with the clause filter applied, and name it."""
    pack = audit.inputs.pdp.pack
    clause = _place.clause_id(args.clause, pack) if args.clause else ""
    findings: Sequence[Finding] = [f for f in audit.findings if not clause or f.clause == clause]
    if args.html:
        quoted = {c: _place.quoted(pack, c) for c in pack.clauses}
        text = page(pack, audit.summary, list(findings), lang=args.lang, at=audit.inputs.at, quoted=quoted)
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
