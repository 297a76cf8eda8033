"""Holds the key that nobody generated: real lines, labelled by a reader, against what the law answers."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clausewise.audit.reading import Inputs
from clausewise.audit.run import Audit
from clausewise.facts.snapshot import Facts
from clausewise.labels import Labels, build_default
from clausewise.pack import load_pack
from clausewise.pdp.engine import Pdp
from labelled import report

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
VERDICTS = {"violated", "advice", "unknown", "none"}


@pytest.fixture(scope="module")
def judged() -> dict[report.Line, report.Answers]:
    return report.judged_by_law(AT)


def data_lines(file: str) -> list[int]:
    """Numbers of the lines of a log that are no header."""
    text = (report.HERE / file).read_text(encoding="utf-8")
    return [number for number, line in enumerate(text.splitlines(), 1) if not line.startswith("#")]


def test_every_line_is_labelled_with_a_reason() -> None:
    labelled = {(row["file"], int(row["line"])) for row in report.key()}
    assert labelled == {(file, number) for file in report.FILES for number in data_lines(file)}
    assert len(data_lines("zeek-dns.log")) + len(data_lines("zeek-ssl.log")) == 300
    norms = {norm.id for norm in load_pack("ar4040").norms()} | {"none"}
    for row in report.key():
        assert row["norm"] in norms, row
        assert row["verdict"] in VERDICTS, row
        assert (row["norm"] == "none") == (row["verdict"] == "none"), row
        assert len(row["reason"]) > 10, row
        assert row["decided_by"], row


def test_no_norm_is_labelled_twice_on_one_line() -> None:
    places = [(row["file"], row["line"], row["norm"]) for row in report.key()]
    assert len(places) == len(set(places))


def test_the_known_differences_are_all_there_are(judged: dict[report.Line, report.Answers]) -> None:
    """A change of pack, labels or audit that moves one line shows up here, whichever way it moves."""
    _, differ = report.compare(report.read_by_hand(), judged)
    assert differ == report.explained().keys()
    assert all(len(why) > 20 for why in report.explained().values())


def test_the_sums_match(judged: dict[report.Line, report.Answers]) -> None:
    """Whatever the reader or the law said of a norm is counted once: as agreed or as a difference."""
    reader = report.read_by_hand()
    agreed, differ = report.compare(reader, judged)
    said = sum(max(1, len({*answers, *judged.get(line, {})})) for line, answers in reader.items())
    assert sum(agreed.values()) + len(differ) == said


def test_an_audit_accounts_for_every_line_and_accuses_nobody(tmp_path: Path) -> None:
    """Without facts, and with nobody signed in, there is nothing to find: the reader found nothing either."""
    build_default(tmp_path, AT)
    pdp = Pdp(load_pack("ar4040"))
    inputs = Inputs(pdp, Facts.empty(pdp.pack.zone), Labels.open(tmp_path), AT, keep=False)
    audit = Audit(inputs, tmp_path)
    summary = audit.run([report.HERE / file for file in report.FILES])
    assert summary.sums()
    assert summary.rejects == 0
    assert audit.findings == []
    assert not [row for row in report.key() if row["verdict"] in ("violated", "advice")]


def test_the_report_runs_and_names_every_difference() -> None:
    done = subprocess.run(
        [sys.executable, str(report.HERE / "report.py")], capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for known in report.explained():
        assert f"{known.file}:{known.line}: {known.norm}:" in done.stdout
    assert "not explained yet" not in done.stdout


def test_a_moved_verdict_is_seen() -> None:
    reader = {("a", 1): {"9.f/provided": "unknown"}, ("a", 2): {}}
    law = {("a", 1): {"9.f/provided": "violated"}, ("a", 2): {"3/threat": "unknown"}}
    agreed, differ = report.compare(reader, law)
    assert agreed == {}
    assert {(d.line, d.norm, d.reader, d.software) for d in differ} == {
        (1, "9.f/provided", "unknown", "violated"),
        (2, "3/threat", "none", "unknown"),
    }
