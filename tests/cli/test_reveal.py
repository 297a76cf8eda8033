"""The only way from a finding to a name: a purpose, a reason, a record; never for the one it is about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.county import County
from clausewise.audit.findings import Finding, pseudonym
from clausewise.audit.run import Audit
from clausewise.audit.store import append, pseudonym_key
from cli.conftest import Run

WHY = ("--purpose", "cybersecurity", "--reason", "malware seen on this machine")


@pytest.fixture
def kept(county: County, home: Path) -> Audit:
    """The county's findings, kept in this test's home."""
    audit = county.audit(home)
    append(home, audit.findings)
    return audit


def one(audit: Audit, norm: str) -> Finding:
    """The first finding of a norm."""
    return next(f for f in audit.findings if f.norm == norm)


def name_of(home: Path, audit: Audit, masked: str) -> str:
    """The id behind a pseudonym."""
    key, staff = pseudonym_key(home), audit.inputs.facts.rows("staff")
    return next(str(row["id"]) for row in staff if pseudonym(key, str(row["id"])) == masked)


def test_a_look_shows_the_name_and_is_recorded_without_it(run: Run, kept: Audit, home: Path) -> None:
    finding = one(kept, "9.f/provided")
    person = name_of(home, kept, finding.person)
    status, out, error = run("reveal", finding.id, *WHY, "--by", "wei.chen")
    assert (status, error) == (0, "")
    assert person in out
    record, words = sorted((home / "records").iterdir(), key=lambda path: path.name.endswith(".words.json"))
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (record, words))
    written = json.loads(record.read_text(encoding="utf-8"))
    assert written["by"] == "wei.chen"
    assert written["purpose"] == "cybersecurity"
    assert written["person"] == finding.person
    assert person not in record.read_text(encoding="utf-8")
    assert "malware" not in record.read_text(encoding="utf-8")
    assert json.loads(words.read_text(encoding="utf-8")) == {"reason": WHY[3]}


def test_the_owner_of_an_account_left_open_is_named_too(run: Run, kept: Audit, home: Path) -> None:
    finding = one(kept, "7.c")
    assert finding.person == ""
    status, out, _ = run("reveal", finding.id, *WHY, "--by", "wei.chen")
    assert status == 0
    assert name_of(home, kept, finding.resource) in out


@pytest.mark.parametrize("left_out", ["--purpose", "--reason", "--by"])
def test_purpose_reason_and_who_are_required(run: Run, kept: Audit, home: Path, left_out: str) -> None:
    words = {"--purpose": "safety", "--reason": "a threat was seen", "--by": "wei.chen"}
    given = [part for name, value in words.items() if name != left_out for part in (name, value)]
    status, out, error = run("reveal", one(kept, "3/explicit").id, *given)
    assert (status, out) == (2, "")
    assert left_out in error
    assert not (home / "records").exists()


def test_refused_looks_leave_no_name_and_no_record(run: Run, kept: Audit, home: Path) -> None:
    finding = one(kept, "9.f/provided")
    subject = name_of(home, kept, finding.person)
    nobody = one(kept, "9.d")
    for words, says in (
        ((finding.id, *WHY, "--by", subject), "they are the subject"),
        ((finding.id, *WHY[:3], "because", "--by", "wei.chen"), "says too little"),
        ((finding.id, *WHY, "--by", "no.body"), "nobody of that name"),
        (("zzzz", *WHY, "--by", "wei.chen"), "no finding"),
        ((nobody.id, *WHY, "--by", "wei.chen"), "names nobody"),
    ):
        status, out, error = run("reveal", *words)
        assert (status, out) == (1, "")
        assert says in error
    status, _, error = run("reveal", finding.id, "--purpose", "curiosity", *WHY[2:], "--by", "wei.chen")
    assert status == 2
    assert "curiosity" in error
    assert not (home / "records").exists()
