"""Questions from facts, events and words: who knows first, what stands when nobody does, and as of when."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Question, Value
from clausewise.model.words import Answer
from clausewise.pdp.build import Builder, NeedsMore
from facts.county import facts
from pdp.keys import engine

PDP = engine("toy")
ZONE = ZoneInfo("America/Los_Angeles")
STAFF = """\
id,name,mail,kind,site,start,end,account
mara,Mara Vale,mara@hollow.example,employee,Shed,2020-01-06,2026-10-31,mvale
tomas,Tomas Reed,tomas@hollow.example,employee,Shed,2020-01-06,,treed
ines,Ines Poole,ines@hollow.example,board,,,,
pia,Pia Lund,pia@hollow.example,student,,,,
gil,Gil Marsh,gil@hollow.example,guest,,,,
"""
ACCOUNTS = """\
account,owner,kind,suspended_from,suspended_to
mvale,mara,personal,,
treed,tomas,personal,2026-10-05 12:00,2026-11-01
"""
DEVICES = "device,owner\nsaw,county\nrasp,personal\nrake,\n"
SCHEDULES = "who,weekday,start,end,breaks\ndefault,sun,00:30,04:00,\ndefault,mon,08:00,16:30,12:00-12:30\n"
FULL = facts(staff=STAFF, accounts=ACCOUNTS, devices=DEVICES, schedules=SCHEDULES)
AT = datetime(2026, 10, 5, 10, tzinfo=ZONE)


def local(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE, fold=fold)


def values(question: Question) -> dict[str, Value]:
    """The key by attribute, as `owner`, `duty`."""
    key = question.key
    reads = PDP.reads(key.act, key.principal_type, key.period)
    return {path.partition(".")[2]: value for path, value in zip(reads, key.values, strict=True)}


def built(
    person: str | None = "mara",
    tool: str = "saw",
    at: datetime = AT,
    known: Facts = FULL,
    event: dict[str, object] | None = None,
    said: dict[str, object] | None = None,
    assume: str | None = None,
) -> dict[str, Value]:
    builder = Builder(PDP, known, None)
    question = builder.question(
        "take_tool", person, tool, at, event=event or {}, said=said or {}, assume=assume
    )
    return values(question)


def test_without_any_facts_everything_is_what_the_pack_says_of_the_unknown() -> None:
    found = built(known=Facts.empty(), assume="Employee")
    for path in PDP.reads("take_tool", "Employee", 1):
        variable, name = path.split(".")
        owner = "Tool" if variable == "resource" else variable
        assert found[name] == PDP.pack.attributes[f"{owner}.{name}"].unknown, path


@pytest.mark.parametrize(
    "event, said, tool, owner",
    [
        ({"owner": "personal"}, {"owner": "unknown"}, "saw", "personal"),
        ({}, {"owner": "personal"}, "saw", "county"),
        ({}, {"owner": "personal"}, "rake", "personal"),
        ({}, {"owner": "personal"}, "not on the list", "personal"),
        ({}, {}, "rake", "unknown"),
        ({"owner": "somebody's"}, {}, "saw", "county"),
        ({"owner": "somebody's"}, {"owner": "nobody's"}, "rake", "unknown"),
        ({}, {}, "SAW", "county"),
    ],
)
def test_sources_are_asked_in_the_order_the_pack_names(
    event: dict[str, object], said: dict[str, object], tool: str, owner: str
) -> None:
    """Event, fact, said; a source that does not know, or uses a word of its own, leaves it to the next."""
    assert built(tool=tool, event=event, said=said)["owner"] == owner


def test_what_was_said_counts_first_where_the_pack_says_so() -> None:
    assert built(event={"gloves": True}, said={"gloves": "no"})["gloves"] is False
    assert built(event={"gloves": True})["gloves"] is True
    assert built(said={"gloves": "yes"})["gloves"] is True


def test_a_set_of_words_can_be_said_in_one_text() -> None:
    assert built(said={"kinds": "blade, motor"})["kinds"] == {"blade", "motor"}
    assert built(said={"kinds": ""})["kinds"] == frozenset()
    assert built(said={"weight": "12"})["weight"] == 12


def test_what_facts_know_of_a_person_cannot_be_talked_away() -> None:
    """Neither duty nor standing lists `said` among its sources."""
    told: dict[str, object] = {"status": "active", "duty": "off", "granted": "1"}
    found = built("tomas", at=local("2026-10-05T12:40"), said=told)
    assert (found["status"], found["duty"], found["granted"]) == ("suspended", "on", frozenset())


def test_a_guided_question_asks_once_for_what_only_the_asker_knows() -> None:
    builder = Builder(PDP, FULL, None)
    with pytest.raises(NeedsMore, match="purpose: not known; say one of repair, fire") as more:
        builder.question("take_tool", "mara", "saw", AT, guided=True)
    assert more.value.attribute.name == "purpose"
    for told in ({"said": {"purpose": "unknown"}}, {"event": {"purpose": "repair"}}):
        builder.question("take_tool", "mara", "saw", AT, guided=True, **told)  # type: ignore[arg-type]
    assert values(builder.question("take_tool", "mara", "saw", AT))["purpose"] == "unknown"


@pytest.mark.parametrize(
    "person, kind",
    [
        ("mara", "Employee"),
        ("ines", "AccountHolder"),
        ("pia", "Other"),
        ("gil", "Other"),
        ("nobody", "Other"),
        (None, "Other"),
    ],
)
def test_who_is_inside_the_regulation(person: str | None, kind: str) -> None:
    builder = Builder(PDP, FULL, None)
    question = builder.question("take_tool", person, "saw", AT)
    assert question.key.principal_type == kind
    answer = PDP.outcome(question.key).answer
    assert (answer is Answer.NOT_GOVERNED) is (kind == "Other")


@pytest.mark.parametrize(
    "person, at, status",
    [
        ("mara", local("2020-01-05T23:59"), "separated"),
        ("mara", local("2020-01-06T00:00"), "active"),
        ("mara", local("2026-10-31T23:59"), "active"),
        ("mara", local("2026-11-01T00:00"), "separated"),
        ("tomas", local("2026-10-05T11:59"), "active"),
        ("tomas", local("2026-10-05T12:00"), "suspended"),
        # The day of November 1 has 25 hours and the suspension ends with all of them.
        ("tomas", local("2026-11-01T23:59"), "suspended"),
        ("tomas", local("2026-11-02T00:00"), "active"),
    ],
)
def test_standing_changes_with_the_county_s_midnight(person: str, at: datetime, status: str) -> None:
    assert built(person, at=at)["status"] == status
    assert built(person, at=at.astimezone(UTC))["status"] == status, "the same moment in another zone"


@pytest.mark.parametrize(
    "at, duty",
    [
        (local("2026-10-05T07:59"), "off"),
        (local("2026-10-05T08:00"), "on"),
        (local("2026-10-05T12:15"), "off"),
        (local("2026-10-05T16:30"), "off"),
        (local("2026-11-01T00:29"), "off"),
        (local("2026-11-01T01:30", fold=0), "on"),
        (local("2026-11-01T01:30", fold=1), "on"),
        (local("2026-11-01T03:59"), "on"),
        (local("2026-11-01T04:00"), "off"),
        (local("2027-03-14T03:30"), "on"),
        (local("2027-03-14T04:00"), "off"),
    ],
)
def test_duty_follows_the_wall_clock_also_when_it_jumps(at: datetime, duty: str) -> None:
    assert built("tomas", at=at.astimezone(UTC))["duty"] == duty


def test_duty_is_unknown_without_a_schedule() -> None:
    assert built(known=facts(staff=STAFF))["duty"] == "unknown"


def test_a_question_names_the_person_the_thing_and_the_time() -> None:
    question = Builder(PDP, FULL, None).question("take_tool", "mara", "saw", AT)
    assert (question.principal, question.resource, question.at) == ("mara", "saw", AT)
    assert question.key.period == PDP.period(AT)


def test_an_act_that_the_pack_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError, match="juggle"):
        Builder(PDP, FULL, None).question("juggle", "mara", "saw", AT)
