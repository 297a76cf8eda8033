"""The command that shows what stands behind a finding: in both languages, for a machine, and without a name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.county import County
from clausewise.audit.run import Audit
from clausewise.audit.store import append
from clausewise.cli._explain_terms import ANSWERS, SAY, SOURCES, STATUS, VERDICTS, WHY
from cli.conftest import Run


@pytest.fixture
def kept(county: County, home: Path) -> Audit:
    """The county's findings, kept in this test's home."""
    audit = county.audit(home)
    append(home, audit.findings)
    return audit


def one(audit: Audit, norm: str) -> str:
    """The id of the first finding of a norm."""
    return next(f for f in audit.findings if f.norm == norm).id


def test_it_says_why_and_what_would_do(run: Run, kept: Audit) -> None:
    status, out, error = run("explain", one(kept, "9.f/provided"))
    assert (status, error) == (0, "")
    for line in (
        "* whether the county provides it: no  (from the county's facts: services.provided)",
        "false> | unless { resource.provided };",
        "whether the county provides it: yes → met",
        "No permission can excuse this norm.",
        "only through clausewise reveal",
        kept.inputs.facts.digest,
    ):
        assert line in " ".join(out.split()) or line in out, line


def test_it_says_how_the_finding_stands(run: Run, kept: Audit) -> None:
    finding = one(kept, "9.f/provided")
    assert "Stands as: open" in run("explain", finding)[1]
    run("findings", "dispose", finding, "explained", "--reason", "a list was wrong", "--by", "wei.chen")
    assert "Stands as: explained: a list was wrong" in run("explain", finding)[1]
    assert json.loads(run("explain", finding, "--json")[1])["standing"]["outcome"] == "explained"


def test_it_speaks_spanish(run: Run, kept: Audit) -> None:
    _, out, _ = run("explain", one(kept, "3/explicit"), "--lang", "es")
    assert "LO QUE LO HABRÍA HECHO LÍCITO" in out
    assert "cierto> | when" in out
    assert "THE " not in out


def test_a_permission_names_the_office_and_how_to_ask(run: Run, kept: Audit) -> None:
    _, out, _ = run("explain", one(kept, "9.h/subscribe-or-use"))
    said = " ".join(out.split())
    assert "A written permission given beforehand, by: County Superintendent or designee" in said
    assert "→ Ask before the first use." in said


@pytest.mark.parametrize("lang", ["en", "es"])
def test_no_explanation_names_a_person(run: Run, kept: Audit, lang: str) -> None:
    people = [str(row["id"]) for row in kept.inputs.facts.rows("staff")]
    for norm in sorted({f.norm for f in kept.findings}):
        for form in ((), ("--json",)):
            status, out, _ = run("explain", one(kept, norm), "--lang", lang, *form)
            assert status == 0
            assert not [person for person in people if person in out], norm


def test_for_a_machine_it_is_the_same(run: Run, kept: Audit) -> None:
    finding = one(kept, "3/explicit")
    _, out, _ = run("explain", finding, "--json")
    told = json.loads(out)
    assert told["finding"]["id"] == finding
    plain = told["policy"]["sides"][0]
    assert [part["mark"] for part in plain["parts"]] == ["true", "true", "true"]
    assert told["same"] == {"pack": True, "facts": True, "labels": True}
    assert {row["category"] for row in told["lists"]} >= {"adult"}


@pytest.mark.parametrize("typed, says", [("zzzz", "no finding begins"), ("", "findings begin with that")])
def test_one_finding_must_be_meant(run: Run, kept: Audit, typed: str, says: str) -> None:
    status, out, error = run("explain", typed)
    assert (status, out) == (1, "")
    assert says in error


def test_every_word_stands_in_both_languages() -> None:
    for terms in (SAY, STATUS, SOURCES, WHY, VERDICTS, ANSWERS):
        for name, said in terms.items():
            assert set(said) == {"en", "es"}, name
            assert all(said.values()), name
