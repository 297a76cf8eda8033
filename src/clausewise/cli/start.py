"""`clausewise start`, what `./run` calls: make the sample county once, audit its logs, show the findings."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit import report, store
from clausewise.audit.page import page
from clausewise.audit.plan.run import PlanAudit
from clausewise.audit.reading import Inputs
from clausewise.cli import _inputs, _judging, _place, sample
from clausewise.facts import publish
from clausewise.facts.snapshot import Facts

NEXT = """\
Try next:
  {cw} ask --as ana.lopez take_offsite device:RCOE-1182      may Ana take her laptop home?
  {cw} grant 9.c --to ana.lopez --what device:RCOE-1182 --by james.okafor --until 2027-06-30
  {cw} pack show 9.f                                         one clause, as it is read and judged
  {cw} pack coverage                                         what shows each clause, and what does not yet
  {cw} facts template my-county                              your own staff list, devices, services
  ./run --mine access.log                                    your own proxy log, in aggregate, nothing kept\
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "start",
        help="what ./run does after installing: sample county, audit, findings",
        description="Make the sample county (once), judge its logs and write findings.html; or judge your own log.",
    )
    sub.add_argument(
        "--no-serve", action="store_true", help="stop after the audit (there is no office to serve yet)"
    )
    sub.add_argument("--listen", default="", help="kept for the office; ignored until there is one")
    sub.add_argument(
        "--mine", type=Path, metavar="FILE", help="audit your own log: aggregate, no names, nothing kept"
    )
    sub.add_argument("--lines", type=int, default=1_000_000, help="proxy lines of the sample county")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Judge the sample (once), or one's own log."""
    return _mine(args.mine) if args.mine else _sample(args.lines)


def _mine(log: Path) -> int:
    office = _inputs.office()
    inputs = Inputs(office.pdp, Facts.empty(office.pack.zone), office.labels, datetime.now(UTC), keep=False)
    audit = _judging.text(inputs, [log])
    print("\n".join(report.lines_of(office.pack, audit.summary, audit.findings, most=0)))
    print("nothing was kept, and no name was read")
    return 0


def _sample(lines: int) -> int:
    folder, home = _place.home() / "sample", _place.home()
    shown = home / "findings.html"
    if not (folder / ".whole").exists():
        sample.make(folder, lines)
        sample.settle(folder)
        (folder / ".whole").touch()
    if shown.exists() and publish.manifest(home) is not None:
        print((home / "findings.txt").read_text(encoding="utf-8"))
        print(f"judged already; the findings are in {shown}")
    else:
        audit = sample.audit_sample(folder)
        audit.keep()
        store.write_summary(home, audit.summary, audit.inputs.at)
        _write(audit, home)
        print((home / "findings.txt").read_text(encoding="utf-8"))
        print(f"wrote {shown}; open it in a browser")
    print()
    print(NEXT.format(cw=".venv/bin/clausewise"))
    return 0


def _write(audit: PlanAudit, home: Path) -> None:
    """The reports; the page last, since its being there says that all is done."""
    pack = audit.inputs.pdp.pack
    store.write_text(
        home / "findings.txt", "\n".join(report.lines_of(pack, audit.summary, audit.findings, most=3)) + "\n"
    )
    quoted = {c: _place.quoted(pack, c) for c in pack.clauses}
    text = page(pack, audit.summary, audit.findings, lang="en", at=audit.inputs.at, quoted=quoted)
    store.write_text(home / "findings.html", text)
