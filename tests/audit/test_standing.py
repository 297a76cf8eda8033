"""How a finding stands: set apart with a reason and an end, never by its own subject, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clausewise.audit import export
from clausewise.audit.findings import ADVICE, REVIEW, SELF_REPORTED, WITHDRAWN, Finding, Place
from clausewise.audit.selection import Selection
from clausewise.audit.standing import DISPOSITIONED, OPEN, SUPPRESSED, Standing, counts, standings
from clausewise.audit.timeline import microseconds
from clausewise.facts.snapshot import Facts
from clausewise.facts.tables import TABLES
from clausewise.model.judgement import Digests

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def mask(person: str) -> str:
    return f"p-{person}" if person else ""


FINDING = Finding(
    id="f1", norm="9.f/provided", clause="9.f", status="violated", certainty="exact", subject="person",
    act="use_service", person=mask("ana"), resource="box", host="files.box.example",
    time=microseconds(NOW - WEEK), event="e1", source="squid", key="{}", place=Place("a.log", "d" * 64, 0, 10),
    digests=Digests("p"),
)  # fmt: skip


def facts(**tables: list[Mapping[str, object]]) -> Facts:
    """A snapshot of rows whose other columns are blank."""
    blank = {name: {c.name: None for c in TABLES[name].columns} for name in tables}
    rows = {name: [{**blank[name], **row} for row in found] for name, found in tables.items()}
    return Facts.of(rows, {name: [c.name for c in TABLES[name].columns] for name in tables})


def apart(**changes: object) -> Mapping[str, object]:
    """A suppression of the finding that holds now."""
    row = {
        "id": "s1", "norm": "9.f/provided", "thing": "box", "reason": "wrong owner", "by": "rosa",
        "decided_at": NOW - WEEK, "valid_from": NOW - WEEK, "valid_to": NOW + WEEK,
    }  # fmt: skip
    return row | changes


def settled(**changes: object) -> Mapping[str, object]:
    """A disposition of the finding."""
    row = {"finding": "f1", "outcome": "explained", "reason": "an outing", "by": "rosa", "decided_at": NOW}
    return row | changes


def of(finding: Finding, at: datetime = NOW, **tables: list[Mapping[str, object]]) -> Standing:
    """How one finding stands."""
    return standings([finding], facts(**tables), at, mask)[finding.id]


def test_a_finding_nobody_touched_is_open_or_as_it_was_judged() -> None:
    assert of(FINDING).state == OPEN
    assert of(replace(FINDING, status=ADVICE)).state == ADVICE
    assert of(replace(FINDING, status=REVIEW)).state == REVIEW
    assert of(replace(FINDING, status=SELF_REPORTED)).state == SELF_REPORTED


def test_set_apart_with_reason_who_and_end() -> None:
    found = of(FINDING, suppressions=[apart()])
    assert (found.state, found.reason, found.by) == (SUPPRESSED, "wrong owner", "p-rosa")
    assert found.until == NOW + WEEK


@pytest.mark.parametrize(
    "changes",
    [
        {"thing": "other"}, {"norm": "9.h/subscribe-or-use"}, {"thing": None, "host": "box.example"},
        {"thing": None, "person": "ben"}, {"person": "ben"}, {"thing": None},
    ],
    ids=["thing", "norm", "host", "person", "one of two", "nothing named"],
)  # fmt: skip
def test_what_is_not_meant_stays_open(changes: dict[str, object]) -> None:
    assert of(FINDING, suppressions=[apart(**changes)]).state == OPEN


@pytest.mark.parametrize(
    "changes",
    [
        {"thing": "service:BOX"},
        {"thing": None, "host": "files.box.example"},
        {"thing": None, "person": "ana"},
    ],
)
def test_thing_host_or_person_is_enough(changes: dict[str, object]) -> None:
    assert of(FINDING, suppressions=[apart(**changes)]).state == SUPPRESSED


def test_an_ended_suppression_shows_again_and_says_since_when() -> None:
    found = of(FINDING, NOW + 2 * WEEK, suppressions=[apart()])
    assert (found.state, found.ended) == (OPEN, NOW + WEEK)


def test_it_covers_nothing_before_it_was_decided() -> None:
    early = apart(valid_from=NOW - 4 * WEEK, decided_at=NOW + timedelta(hours=1))
    assert of(FINDING, suppressions=[early]).state == OPEN
    assert of(FINDING, suppressions=[apart(known_from=NOW + timedelta(hours=1))]).state == OPEN


def test_nobody_decides_about_themselves_whatever_the_row_says() -> None:
    assert of(FINDING, suppressions=[apart(by="ana")]).state == OPEN
    assert of(FINDING, dispositions=[settled(by="ana")]).state == OPEN
    owned = replace(FINDING, person=mask("ben"), resource=mask("ana"))
    assert of(owned, suppressions=[apart(by="ana", thing=None, person="ben")]).state == OPEN
    assert of(owned, dispositions=[settled(by="ana")]).state == OPEN


def test_the_newest_disposition_counts_and_goes_before_a_suppression() -> None:
    rows = [settled(decided_at=NOW - WEEK), settled(outcome="corrected", reason="moved to the drive")]
    found = of(FINDING, dispositions=rows, suppressions=[apart()])
    assert (found.state, found.outcome, found.reason) == (DISPOSITIONED, "corrected", "moved to the drive")
    assert of(FINDING, NOW - timedelta(days=1), dispositions=rows).outcome == "explained"


def test_a_disposition_of_another_finding_changes_nothing() -> None:
    assert of(FINDING, dispositions=[settled(finding="f2")]).state == OPEN


def test_a_withdrawn_finding_stays_withdrawn() -> None:
    gone = replace(FINDING, status=WITHDRAWN, reason="no longer violated: facts changed")
    assert of(gone, suppressions=[apart()], dispositions=[settled()]).state == WITHDRAWN


def test_nothing_is_lost_in_the_counts() -> None:
    findings = [
        FINDING,
        replace(FINDING, id="f2", resource="slack"),
        replace(FINDING, id="f3", status=WITHDRAWN),
    ]
    found = standings(findings, facts(suppressions=[apart()]), NOW, mask)
    assert counts(found) == {OPEN: 1, SUPPRESSED: 1, WITHDRAWN: 1}
    assert sum(counts(found).values()) == len(findings)


def test_it_survives_another_judgement_of_the_same_finding() -> None:
    again = replace(FINDING, digests=Digests("another pack"))
    assert of(again, suppressions=[apart()]).state == SUPPRESSED
    assert of(again, dispositions=[settled()]).state == DISPOSITIONED


def test_a_reason_that_may_not_be_shown_is_hidden() -> None:
    found = standings([FINDING], facts(suppressions=[apart()]), NOW, mask, lambda text: "[…]")
    assert found["f1"].reason == "[…]"


def test_the_table_says_how_each_stands_and_by_which_filters() -> None:
    standing = standings([FINDING], facts(suppressions=[apart()]), NOW, mask)
    selection = Selection(clause="9.f", state=SUPPRESSED, until=NOW)
    text = export.listed_csv(selection.of([FINDING], standing), standing, selection.says(), NOW)
    head, row = text.splitlines()
    assert head.endswith("standing_until,selection,made_at")
    assert "suppressed,,wrong owner,p-rosa" in row
    assert "clause=9.f state=suppressed until=2026-10-20" in row


def test_a_table_in_which_nothing_was_found_still_says_what_was_asked() -> None:
    assert "clause=3" in export.listed_csv([], {}, "clause=3", NOW).splitlines()[1]


@pytest.mark.parametrize(
    "selection, found",
    [
        (Selection(), 1), (Selection(clause="9.f"), 1), (Selection(clause="3"), 0), (Selection(norm="9.h/x"), 0),
        (Selection(state=OPEN), 1), (Selection(state=SUPPRESSED), 0), (Selection(since=NOW - WEEK), 1),
        (Selection(until=NOW - WEEK), 0), (Selection(since=NOW), 0),
    ],
)  # fmt: skip
def test_a_choice_lets_through_what_it_says(selection: Selection, found: int) -> None:
    assert len(selection.of([FINDING], standings([FINDING], facts(), NOW, mask))) == found
