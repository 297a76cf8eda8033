"""`clausewise sample`: the county that does not exist; build it, or score an audit of it against its key."""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit.findings import SELF_REPORTED, Finding, pseudonym
from clausewise.audit.plan.run import PlanAudit
from clausewise.audit.reading import Inputs
from clausewise.audit.store import pseudonym_key
from clausewise.cli import _inputs, _judging, _place
from clausewise.facts import publish
from clausewise.pack import load_pack
from clausewise.sample import build
from clausewise.sources import SOURCES
from clausewise.sources.mapped.parse import from_toml

WINDOW = "window:"
"""How the source of a finding begins that a count over time made."""
NAMES = {"hacking": "hacking_tools"}
"""Folders of the sample's own lists that are called otherwise than our category."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    top = commands.add_parser(
        "sample", help="the sample county: build, score", description="the sample county: build, score"
    )
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    make = inner.add_parser(
        "build", help="make Redbud County in a folder", description="make Redbud County in a folder"
    )
    make.add_argument("out", type=Path)
    make.add_argument("--lines", type=int, default=1_000_000)
    make.add_argument("--seed", type=int, default=4040)
    make.set_defaults(run=run_build)
    score = inner.add_parser(
        "score",
        help="audit the sample and compare with its key: misses and false findings",
        description="audit the sample and compare with its key: misses and false findings",
    )
    score.add_argument(
        "folder", type=Path, nargs="?", help="a built sample (default: built in the county's folder)"
    )
    score.add_argument("--lines", type=int, default=1_000_000)
    score.add_argument("--json", action="store_true")
    score.add_argument("--all", action="store_true", help="list every miss and false finding")
    score.set_defaults(run=run_score)


def run_build(args: argparse.Namespace) -> int:
    """Build with progress."""
    make(args.out, args.lines, args.seed)
    return 0


def make(out: Path, lines: int = 1_000_000, seed: int = 4040) -> None:
    """Build the sample county in `out`, with elapsed time on standard error."""
    began, live = time.perf_counter(), sys.stderr.isatty()

    def show(stage: str, done: int, total: int) -> None:
        if live:
            text = f"{time.perf_counter() - began:6.1f} s  {stage:<28} {done:>9,} of {total:,}"
            print(f"\r{text:<70}", end="", file=sys.stderr, flush=True)

    built = build(out, seed=seed, lines=lines, progress=show)
    start = "\r" if live else ""
    print(
        f"{start}Redbud County: {built.people:,} invented people, {built.proxy_lines:,} proxy lines, "
        f"{built.distinct_hosts:,} hosts in {time.perf_counter() - began:.1f} s",
        file=sys.stderr,
    )


def settle(folder: Path) -> None:
    """Take the sample's facts and lists in as the county's own."""
    publish.build(folder / "facts", _place.home(), at=datetime.now(UTC))
    lists = _inputs.lists_folder()
    lists.mkdir(parents=True, exist_ok=True)
    kinds = [found for kind in sorted((folder / "lists").iterdir()) for found in sorted(kind.iterdir())]
    for found in kinds:
        shutil.copyfile(found / "domains", lists / f"{NAMES.get(found.name, found.name)}.txt")
    _inputs.rebuild_labels(datetime.now(UTC))


def logs_of(folder: Path) -> list[Path]:
    """The logs of a built sample that the sources read without a mapping; the proxy's first."""
    logs = folder / "logs"
    proxy = sorted(logs.glob("proxy-*.log"))
    return [*proxy, *(p for p in sorted(logs.iterdir()) if p not in proxy and p.suffix != ".csv")]


def audit_sample(folder: Path) -> PlanAudit:
    """One audit over all feeds of a built and settled sample; every CSV has a mapping of the county's own."""
    office = _inputs.office()
    mapped = [
        from_toml(p.read_text(encoding="utf-8"), p.stem) for p in sorted((folder / "mappings").iterdir())
    ]
    tables = [folder / "logs" / f"{path.stem}.csv" for path in sorted((folder / "mappings").iterdir())]
    inputs = Inputs(
        pdp=office.pdp,
        facts=office.facts,
        labels=office.labels,
        at=datetime.now(UTC),
        sources={**SOURCES, **{source.name: source for source in mapped}},
        formats={table.name: source.name for table, source in zip(tables, mapped, strict=True)},
    )
    return _judging.text(inputs, [*logs_of(folder), *tables])


Row = tuple[str, str, str]
"""(norm, person or county, host or thing)."""


@dataclass(frozen=True, slots=True)
class Score:
    """One clause's score: how many of the known breaches were found, what was missed, what was wrongly found."""

    norm: str
    truth: int
    found: int
    missed: tuple[tuple[Row, str], ...]
    false: tuple[tuple[Row, str], ...]
    look_alikes: int


def run_score(args: argparse.Namespace) -> int:
    """Exit 1 when a miss is not explained by the key itself, or anything innocent was found."""
    folder = args.folder or _place.home() / "sample"
    if not (folder / "truth.csv").is_file():
        make(folder, args.lines)
    settle(folder)
    findings = audit_sample(folder).findings
    scores = [*score(folder, findings), *score_windows(folder, findings)]
    if args.json:
        print(json.dumps([s.__getstate__() for s in scores], default=str, indent=1))
    bad = 0
    for one in scores:
        unexplained = [m for m in one.missed if not explained(m)]
        bad += len(unexplained) + len(one.false)
        print(
            f"{one.norm:<22} {one.found:>3} of {one.truth:<3} found, {len(one.missed) - len(unexplained)} missed that no "
            f"list names, {len(unexplained)} missed, {len(one.false)} false among {one.look_alikes} look-alikes"
        )
        rows = [("missed", m) for m in one.missed] + [("false", f) for f in one.false]
        for kind, (row, why) in rows if args.all else rows[:4]:
            print(f"    {kind}: {row[1] or 'nobody'} {row[2]}: {why}")
    print("every breach found or explained, nothing innocent found" if not bad else f"{bad} to look at")
    return 1 if bad else 0


def explained(missed: tuple[Row, str]) -> bool:
    """Whether the key itself says why nobody could have found this: no list names the host."""
    return "on no list" in missed[1]


def score(folder: Path, findings: list[Finding]) -> list[Score]:
    """Compare findings with the sample's key, norm by norm."""
    names = _names(folder)
    known = {f.norm for f in findings} | {n.id for n in load_pack("ar4040").norms()}
    truth, alike = (_key(folder / name, known) for name in ("truth.csv", "lookalikes.csv"))
    found: dict[Row, str] = {}
    findings = [f for f in findings if not f.source.startswith(WINDOW)]
    for finding in findings:
        if finding.status == SELF_REPORTED:
            continue
        who = _who(finding, names)
        resource = names.get(finding.resource, finding.resource)
        for thing in {finding.host or resource, resource}:
            found[finding.norm, who, thing] = resource
    scores = []
    for norm in sorted({row[0] for row in truth}):
        wanted = {row: why for row, why in truth.items() if row[0] == norm}
        hits = {row for row in wanted if _same(row) & found.keys()}
        claimed = {alias for row in wanted for alias in _same(row)}
        false = {
            row: alike.get(row, "not in the key")
            for row in _hosts_only(norm, found, findings, names)
            if row not in claimed
        }
        scores.append(
            Score(
                norm,
                len(wanted),
                len(hits),
                tuple((row, why) for row, why in wanted.items() if row not in hits),
                tuple(sorted(false.items())),
                sum(row[0] == norm for row in alike),
            )
        )
    return scores


def score_windows(folder: Path, findings: list[Finding]) -> list[Score]:
    """Compare what counts over time found with the key of windows: a norm with a person, or else with a thing."""
    names = _names(folder)
    known = {f.norm for f in findings} | {n.id for n in load_pack("ar4040").norms()}
    truth, alike = (_key(folder / name, known) for name in ("windows.csv", "lookalikes.csv"))
    shown = {
        (f.norm, names.get(f.person, f.person), names.get(f.resource, f.resource).lower())
        for f in findings
        if f.source.startswith(WINDOW)
    }
    scores = []
    for norm in sorted({row[0] for row in (*truth, *shown)}):
        wanted = {row: why for row, why in truth.items() if row[0] == norm}
        here = {row for row in shown if row[0] == norm}
        hits = {row for row in wanted if any(_alike(row, one) for one in here)}
        false = {
            one: alike.get(one, "not in the key") for one in here if not any(_alike(r, one) for r in wanted)
        }
        missed = tuple((row, why) for row, why in wanted.items() if row not in hits)
        alikes = sum(row[0] == norm for row in alike)
        scores.append(
            Score(f"{norm} (over time)", len(wanted), len(hits), missed, tuple(sorted(false.items())), alikes)
        )
    return scores


def _alike(row: Row, shown: Row) -> bool:
    """Whether a finding stands for a row of the key: the same person, or the same thing where it names nobody."""
    return row[1] == shown[1] if row[1] and shown[1] else row[2].lower() == shown[2]


def _same(row: Row) -> set[Row]:
    """The rows that stand for the same breach: a finding about the county or a device names no person."""
    norm, _, thing = row
    return {row, (norm, "", thing)}


def _who(finding: Finding, names: Mapping[str, str]) -> str:
    return "county" if finding.clause == "3.b" else names.get(finding.person, finding.person)


def _hosts_only(
    norm: str, found: Mapping[Row, str], findings: list[Finding], names: Mapping[str, str]
) -> set[Row]:
    """The findings of a norm, each once, by host where there is one."""
    rows = set()
    for f in findings:
        if f.norm == norm and f.status != SELF_REPORTED:
            rows.add((norm, _who(f, names), f.host or names.get(f.resource, f.resource)))
    return rows


def _key(path: Path, norms: set[str]) -> dict[Row, str]:
    """The rows of a key; a hint that is no norm's id stands for its clause's only norm."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    hints = {r["clause_norm_hint"] for r in rows}
    norm = {hint: hint if hint in norms else hint.split("/")[0] for hint in hints}
    return {(norm[r["clause_norm_hint"]], r["person"], r["host_or_thing"]): r["why"] for r in rows}


def _names(folder: Path) -> dict[str, str]:
    """Pseudonym to person or account, for scoring the invented county only."""
    key, names = pseudonym_key(_place.home()), dict[str, str]()
    for table, column in (("accounts", "account"), ("staff", "id")):
        with (folder / "facts" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            names |= {pseudonym(key, row[column]): row[column] for row in csv.DictReader(stream)}
    return names
