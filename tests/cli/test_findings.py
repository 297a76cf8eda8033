"""Findings are listed with how they stand, set apart for a time and settled; never by whom they are about."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from audit.county import County
from clausewise.audit.findings import Finding, pseudonym
from clausewise.audit.run import Audit
from clausewise.audit.store import append, pseudonym_key
from clausewise.cli import findings
from clausewise.facts import publish
from cli.conftest import Clock, Run

SAID = ("--reason", "the list has the wrong owner", "--by", "wei.chen")


@pytest.fixture
def kept(county: County, home: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    """The county's findings, kept in this test's home; the clock stands still."""
    monkeypatch.setattr(findings, "datetime", Clock)
    audit = county.audit(home)
    append(home, audit.findings)
    return audit


def first(audit: Audit, norm: str) -> Finding:
    """The first finding of a norm."""
    return next(f for f in audit.findings if f.norm == norm)


def rows(run: Run, path: Path, *choice: str) -> list[dict[str, str]]:
    """What `findings list --csv` writes."""
    status, _, error = run("findings", "list", *choice, "--csv", path)
    assert (status, error) == (0, ""), error
    with path.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["id"]]


def test_the_list_says_how_many_there_are_and_how_they_stand(run: Run, kept: Audit) -> None:
    mine = [f for f in kept.findings if f.clause == "9.f"]
    _, out, _ = run("findings", "list", "--clause", "9(f)")
    assert out.splitlines()[-2:] == [f"{len(mine):,} findings (clause=9.f)", f"{len(mine):,} open"]


def test_the_table_holds_what_the_filters_let_through(run: Run, kept: Audit, tmp_path: Path) -> None:
    found = rows(
        run, tmp_path / "a.csv", "--norm", "3/explicit", "--since", "2026-10-07", "--until", "2026-10-09"
    )
    assert found
    assert {row["norm"] for row in found} == {"3/explicit"}
    assert all("2026-10-07T07:00" <= row["time"] < "2026-10-10T07:00" for row in found)
    everything = [f for f in kept.findings if f.norm == "3/explicit"]
    assert len(found) < len(everything)


def test_set_apart_is_counted_apart_and_nothing_is_deleted(
    run: Run, kept: Audit, home: Path, tmp_path: Path
) -> None:
    finding = first(kept, "9.f/provided")
    same = [f for f in kept.findings if (f.norm, f.resource) == (finding.norm, finding.resource)]
    status, out, error = run(
        "findings", "suppress", finding.norm, "--thing", finding.resource, "--until", "2026-12-18", *SAID
    )  # fmt: skip
    assert (status, error) == (0, "")
    assert f"{len(same)} kept findings" in out
    apart = rows(run, tmp_path / "a.csv", "--status", "suppressed")
    assert {row["id"] for row in apart} == {f.id for f in same}
    assert {row["standing_reason"] for row in apart} == {SAID[1]}
    assert {row["standing_until"] for row in apart} == {"2026-12-19T08:00:00+00:00"}
    assert len(rows(run, tmp_path / "b.csv")) == len(kept.findings)
    assert publish.load(home).rows("suppressions")[0]["by"] == "wei.chen"


def test_one_finding_is_settled_with_its_reason(run: Run, kept: Audit, tmp_path: Path) -> None:
    finding = first(kept, "3/explicit")
    status, out, _ = run("findings", "dispose", finding.id[:16], "explained", *SAID)
    assert (status, finding.norm in out) == (0, True)
    (row,) = rows(run, tmp_path / "a.csv", "--status", "dispositioned")
    assert (row["id"], row["outcome"], row["standing_reason"]) == (finding.id, "explained", SAID[1])
    assert row["standing_by"].startswith("p-")


def test_a_reason_that_names_somebody_is_not_shown(run: Run, kept: Audit, tmp_path: Path) -> None:
    finding = first(kept, "3/explicit")
    run(
        "findings",
        "dispose",
        finding.id,
        "explained",
        "--reason",
        "ask wei.chen about it",
        "--by",
        "wei.chen",
    )
    (row,) = rows(run, tmp_path / "a.csv", "--status", "dispositioned")
    assert row["standing_reason"] == "[…]"


def test_nobody_decides_about_themselves(run: Run, kept: Audit, home: Path) -> None:
    finding = first(kept, "9.f/provided")
    key = pseudonym_key(home)
    staff = [str(row["id"]) for row in kept.inputs.facts.rows("staff")]
    subject = next(person for person in staff if pseudonym(key, person) == finding.person)
    by = ("--reason", "it was nothing", "--by", subject)
    for words, says in (
        (("dispose", finding.id, "no-concern", *by), "about themselves"),
        (("suppress", finding.norm, "--person", subject, "--until", "2026-12-18", *by), "about themselves"),
    ):
        status, out, error = run("findings", *words)
        assert (status, out) == (1, "")
        assert says in error
    facts = publish.load(home)
    assert not facts.rows("suppressions")
    assert not facts.rows("dispositions")


@pytest.mark.parametrize(
    "words, says",
    [
        (("suppress", "9.f/provided", "--until", "2026-12-18", *SAID), "would set apart every finding"),
        (("suppress", "9.f/other", "--thing", "box", "--until", "2026-12-18", *SAID), "no such norm"),
        (("suppress", "9.f/provided", "--thing", "box", "--until", "2026-10-01", *SAID), "has passed"),
        (("suppress", "9.f/provided", "--thing", "box", "--until", "2028-01-01", *SAID), "longer than a year"),
        (("suppress", "9.f/provided", "--thing", "box", "--until", "2026-12-18", "--reason", "because", *SAID[2:]), "says too little"),
        (("dispose", "zz", "explained", *SAID), "no finding begins"),
        (("list", "--clause", "99"), "no such clause"),
        (("list", "--since", "2026-10-09", "--until", "2026-10-07"), "is not after"),
    ],
)  # fmt: skip
def test_what_is_refused_says_why(run: Run, kept: Audit, words: tuple[str, ...], says: str) -> None:
    status, out, error = run("findings", *words)
    assert (status, out) == (1, "")
    assert says in error
