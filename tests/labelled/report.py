"""Compares what the law answers with what a careful reader wrote down for 421 real log lines.

Neither log names a person, so an audit finds nothing in them, rightly. To compare at all, each line is put
as one question that an audit of a signed-in proxy log would put: the host of the line, reached by an
employee of whom nothing else is known. What the audit cannot judge without facts counts as `unknown`.

Run it: python tests/labelled/report.py
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from clausewise.audit.enrich import Enricher
from clausewise.audit.judge import Judge
from clausewise.audit.known import blind_norms
from clausewise.facts.snapshot import Facts
from clausewise.labels import Labels, build_default
from clausewise.pack import load_pack
from clausewise.pdp.build import Builder
from clausewise.pdp.engine import Pdp
from clausewise.sources import SOURCES
from clausewise.sources import store as logs
from clausewise.sources.contract import SCHEMAS

HERE = Path(__file__).resolve().parent
FILES: Mapping[str, str] = {
    "squid-office-2010.log": "squid",
    "zeek-dns.log": "zeek",
    "zeek-ssl.log": "zeek",
}
"""File to the source that reads it."""

Line = tuple[str, int]
Answers = Mapping[str, str]
"""Norm to `violated`, `advice` or `unknown`; a norm that is silent or satisfied is absent."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One norm of one line on which reader and software do not say the same."""

    file: str
    line: int
    norm: str
    reader: str
    software: str


def key() -> list[dict[str, str]]:
    """The rows of labels.csv: file, line, norm, verdict, reason, decided_by."""
    return _rows("labels.csv")


def explained() -> dict[Difference, str]:
    """The differences that are known, each with its explanation."""
    return {
        Difference(row["file"], int(row["line"]), row["norm"], row["reader"], row["software"]): row["why"]
        for row in _rows("differences.csv")
    }


def read_by_hand() -> dict[Line, Answers]:
    """What the reader wrote for each line; a line with nothing to say has no norm."""
    found: dict[Line, dict[str, str]] = {}
    for row in key():
        norms = found.setdefault((row["file"], int(row["line"])), {})
        if row["norm"] != "none":
            norms[row["norm"]] = row["verdict"]
    return dict(found)


def judged_by_law(at: datetime) -> dict[Line, Answers]:
    """What the law answers for each line; labels are those that the project ships."""
    with tempfile.TemporaryDirectory() as folder:
        build_default(Path(folder), at)
        labels = Labels.open(Path(folder))
        pdp = Pdp(load_pack("ar4040"))
        facts = Facts.empty(pdp.pack.zone)
        enricher = Enricher(pdp.pack, facts, labels)
        builder = Builder(pdp, facts, labels)
        blind = frozenset(b.norm for b in blind_norms(pdp, facts))
        return {
            (file, number): _answers(
                Judge(pdp, builder, enricher, skip=frozenset(), assume="Employee"), blind, row
            )
            for file in FILES
            for number, row in events(file)
        }


def events(file: str) -> Iterator[tuple[int, pa.Table]]:
    """Each event of a file as a one-row table of class http: seen by a proxy, asked by one employee."""
    for step in logs.read(HERE / file, SOURCES[FILES[file]]):
        for parsed in step.batch.parsed:
            for row in parsed.table.to_pylist():
                if row["host"]:
                    yield row["line"], _as_seen_by_proxy(parsed.cls, row)


def _as_seen_by_proxy(cls: str, row: Mapping[str, object]) -> pa.Table:
    """A lookup or handshake shows a host and nothing more, so it stands for one small page that was reached."""
    seen = dict(row) if cls == "http" else {
        name: row.get(name) for name in ("time", "line", "offset", "length", "src_ip", "host")
    } | {"method": "GET", "status": 200, "outcome": "reached", "path": "/", "tunnel": False}  # fmt: skip
    seen["user"] = "employee"
    return pa.Table.from_pylist([seen], schema=SCHEMAS["http"])


def _answers(judge: Judge, blind: frozenset[str], row: pa.Table) -> Answers:
    found: dict[str, str] = {}
    for hit in judge.block(judge.enricher.events("http", row)):
        found[hit.norm] = hit.verdict
    for norm in judge.tally.unknown:
        found[norm] = "unknown"
    return {norm: "unknown" if norm in blind else verdict for norm, verdict in found.items()}


def compare(
    reader: Mapping[Line, Answers], law: Mapping[Line, Answers]
) -> tuple[dict[str, int], set[Difference]]:
    """How often both said the same, per norm, and every place where they did not."""
    agreed: dict[str, int] = {}
    differ = set[Difference]()
    for (file, line), said in reader.items():
        answered = law.get((file, line), {})
        for norm in {*said, *answered}:
            one, other = said.get(norm, "none"), answered.get(norm, "none")
            if one == other:
                agreed[norm] = agreed.get(norm, 0) + 1
            else:
                differ.add(Difference(file, line, norm, one, other))
        if not said and not answered:
            agreed["none"] = agreed.get("none", 0) + 1
    return agreed, differ


def table(agreed: Mapping[str, int], differ: set[Difference], why: Mapping[Difference, str]) -> Iterator[str]:
    """The report: a row per norm, then each difference with its explanation."""
    yield f"{'norm':<22} {'agreed':>7} {'missed':>7} {'false':>7} {'other':>7}"
    for norm in sorted({*agreed, *(d.norm for d in differ)}):
        here = [d for d in differ if d.norm == norm]
        missed = sum(d.software == "none" for d in here)
        false = sum(d.reader == "none" for d in here)
        yield f"{norm:<22} {agreed.get(norm, 0):>7} {missed:>7} {false:>7} {len(here) - missed - false:>7}"
    yield ""
    for d in sorted(differ):
        said = f"{d.file}:{d.line}: {d.norm}: reader {d.reader}, software {d.software}"
        yield f"{said}; {why.get(d, 'not explained yet')}"


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> int:
    """Print the report; exit 1 if a difference is not explained or an explained one is gone."""
    agreed, differ = compare(read_by_hand(), judged_by_law(datetime.now(UTC)))
    why = explained()
    sys.stdout.writelines(f"{line}\n" for line in table(agreed, differ, why))
    for gone in sorted(why.keys() - differ):
        print(
            f"{gone.file}:{gone.line}: {gone.norm}: a known difference is gone; take it out of differences.csv"
        )
    return 0 if differ == why.keys() else 1


if __name__ == "__main__":
    raise SystemExit(main())
