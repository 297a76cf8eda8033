"""Ask, no, grant, ask again, yes, and the audit agrees; and who may not grant."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.conftest import Run

WHAT = "service:data-almanac"
GRANT = ("grant", "9.h", "--to", "ana.lopez", "--what", WHAT)
ASK = ("ask", "--as", "ana.lopez", "use_service", WHAT, "--at", "2026-10-21T09:00", "--json")


def line(at: datetime) -> str:
    """A proxy line of Ana's that shows the service in use."""
    url = "http://app.data-almanac.example/upload"
    return f"{at.timestamp():.3f} 900 10.10.1.9 TCP_MISS/200 90000 POST {url} ana.lopez HIER_DIRECT/198.51.100.7 -\n"


def found(run: Run, folder: Path, at: datetime) -> list[str]:
    """The norms that an audit of one such line calls violated."""
    log, table = folder / f"{at:%d%H}.log", folder / f"{at:%d%H}.csv"
    log.write_text(line(at), encoding="utf-8")
    status, out, _ = run("audit", log, "--csv", table)
    assert status == 0, out
    with table.open(encoding="utf-8", newline="") as stream:
        return [row["norm"] for row in csv.DictReader(stream)]


@pytest.mark.usefixtures("home")
def test_no_becomes_yes_through_a_permission_and_the_audit_agrees(run: Run, tmp_path: Path) -> None:
    before, after = datetime(2026, 10, 19, 17, tzinfo=UTC), datetime(2026, 10, 21, 17, tzinfo=UTC)
    first = json.loads(run(*ASK)[1])
    assert first["answer"] == "needs_permission"
    assert first["clauses"] == ["9.h"]
    assert found(run, tmp_path, after) == ["9.h/subscribe-or-use"]
    status, out, error = run(*GRANT, "--by", "james.okafor", "--until", "2026-12-18")
    assert (status, error) == (0, "")
    assert "james.okafor permits ana.lopez" in out
    assert json.loads(run(*ASK)[1])["answer"] == "allow"
    assert found(run, tmp_path, after) == []
    assert found(run, tmp_path, before) == ["9.h/subscribe-or-use"]  # it covers nothing before it was decided
    ended = (*ASK[:5], "--at", "2026-12-19T09:00", "--json")
    assert json.loads(run(*ended)[1])["answer"] == "needs_permission"


@pytest.mark.usefixtures("home")
def test_the_first_example_of_the_help_works(run: Run) -> None:
    question = ("ask", "--as", "ana.lopez", "take_offsite", "device:RCOE-1182")
    status, out, _ = run(*question)
    assert status == 0
    assert "9.c" in out
    ask = (*question, "--json")
    assert json.loads(run(*ask)[1])["grants_needed"] == ["9.c/permission"] or "9.c" in run(*ask)[1]
    permit = ("grant", "9.c", "--to", "ana.lopez", "--what", "device:RCOE-1182", "--by", "james.okafor")
    assert run(*permit, "--until", "2027-06-30")[0] == 0
    assert json.loads(run(*ask)[1])["answer"] == "allow"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "words, says",
    [
        ((*GRANT, "--by", "wei.chen", "--until", "2026-12-18"), "does not hold the office"),
        ((*GRANT[:3], "james.okafor", *GRANT[4:], "--by", "james.okafor", "--until", "2026-12-18"), "own request"),
        (("grant", "9.f", *GRANT[2:], "--by", "james.okafor", "--until", "2026-12-18"), "nobody may grant"),
        (("grant", "99", *GRANT[2:], "--by", "james.okafor", "--until", "2026-12-18"), "nobody may grant"),
        ((*GRANT, "--by", "james.okafor", "--until", "2026-10-01"), "lies before it begins"),
        ((*GRANT, "--by", "james.okafor", "--from", "2026-12-20", "--until", "2026-12-18"), "before it begins"),
        ((*GRANT, "--by", "james.okafor", "--until", "next week"), "not a time"),
        ((*GRANT, "--by", "no.body", "--until", "2026-12-18"), "nobody of that name"),
    ],
    ids=["office", "self", "none", "no clause", "past", "turned", "date", "stranger"],
)  # fmt: skip
def test_a_permission_that_nobody_could_give_is_refused(run: Run, words: tuple[str, ...], says: str) -> None:
    status, out, error = run(*words)
    assert (status, out) == (1, "")
    assert says in error
    assert json.loads(run(*ASK)[1])["answer"] == "needs_permission"


@pytest.mark.usefixtures("home")
def test_the_answer_for_a_machine_says_what_made_it(run: Run) -> None:
    answer = json.loads(run(*ASK)[1])
    assert answer["authority"] == {"9.h": "superintendent-or-designee"}
    assert answer["key"]["act"] == "use_service"
    assert all(len(answer["digests"][name]) == 64 for name in ("pack", "facts", "labels"))
    assert "ana.lopez" not in json.dumps(answer)


def test_without_facts_the_answer_is_for_any_employee_and_says_so(run: Run) -> None:
    status, out, _ = run("ask", "use_service", "service:dropbox", "--at", "2026-10-21T09:00")
    assert status == 0
    assert "9.f" in out
    assert "any employee" in out


def test_an_unknown_act_lists_the_acts(run: Run) -> None:
    status, out, _ = run("ask", "take_home", "device:RCOE-1182")
    assert status == 2
    assert "take_home: not an act" in out
    assert "take_offsite" in out
    assert run("ask")[0] == 0
    assert "device:NAME" in run("ask", "take_offsite")[1]


def test_a_question_leaves_no_trace(run: Run, home: Path) -> None:
    """Rule 19: nothing that was asked is stored, under a name or without one."""
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    assert run(*ASK)[0] == 0
    assert run(*ASK, "--json")[0] == 0
    after = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    kept = {path: at for path, at in after.items() if not path.name.endswith("-lock")}
    assert kept == {path: at for path, at in before.items() if not path.name.endswith("-lock")}
