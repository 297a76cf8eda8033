"""The windows of the shipped packs: what they may show, whom they name, and how the law judges what they make."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from clausewise.audit.lake.columns import LAKE
from clausewise.audit.windows.calendar import Calendar
from clausewise.audit.windows.derive import DERIVED, derived
from clausewise.audit.windows.events import (
    WindowEvent,
    event_columns,
    event_fields,
    principal_of,
    resource_text,
)
from clausewise.audit.windows.limits import limits_of
from clausewise.audit.windows.measure import UNITS, person_field, threshold_of, unit_of, windows_of
from clausewise.audit.windows.partial import STATE, partial
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack, Window
from clausewise.model.words import JudgedBy
from clausewise.pack import find_pack, load_pack
from clausewise.pdp.build import Builder
from clausewise.pdp.engine import Pdp
from facts.county import facts

NAMES = sorted(p.name for p in find_pack("ar4040").parent.iterdir() if (p / "pack.toml").is_file())
PACKS = {name: load_pack(name) for name in NAMES}
ALL = [(name, window) for name in NAMES for window in windows_of(PACKS[name])]
OWN = [window for name, window in ALL if name == "ar4040"]
ADDED = {"person", "owner", "place", "device_owner", "assigned", "duty", "purpose", "choice", "categories"}
"""Fields that the plan joins to the columns of the lake."""
MONDAY = datetime(2026, 10, 5, 18, tzinfo=UTC)
"""Eleven in the morning: duty time by the schedule below."""
MOMENT = int(MONDAY.timestamp()) * 1_000_000


def names(windows: list[Window]) -> list[str]:
    return [window.id for window in windows]


def conditions(window: Window) -> list[tuple[object, ...]]:
    return [*window.where, *window.exempt, *(one for edge in window.edges.values() for one in edge)]


@pytest.mark.parametrize(("name", "window"), ALL, ids=lambda one: one if isinstance(one, str) else one.id)
def test_what_a_window_names_exists(name: str, window: Window) -> None:
    pack = PACKS[name]
    norm = pack.norm(window.norm)
    assert norm.judged_by is JudgedBy.POLICY
    assert window.act in norm.acts
    assert set(window.told) <= set(pack.registers["designations"])
    threshold_of(window, pack)
    known = {column for cls in window.classes for column in LAKE[cls].schema.names} | ADDED
    column = window.measure.partition(":")[2]
    assert {str(one[0]) for one in conditions(window)} | set(window.group_by) | ({column} - {""}) <= known
    read = {
        s.partition(":")[2] for a in pack.attributes.values() for s in a.sources if s.startswith("event:")
    }
    assert set(window.event) <= read | {"licence_left"}, (
        "an event field that no attribute reads changes nothing"
    )


def test_every_window_has_an_id_of_its_own() -> None:
    assert len(set(names(OWN))) == len(OWN)


@pytest.mark.parametrize("window", [w for _, w in ALL if w.act == "use_personally"], ids=lambda w: w.id)
def test_personal_use_shows_a_person_and_a_day_or_week_and_nothing_else(window: Window) -> None:
    """Rule 2 and 18.b: no host, no page, no hour."""
    assert window.group_by == ("person",)
    assert not window.hosts_shown
    assert UNITS.index(window.finest) >= UNITS.index("day")
    assert window.finest == "week" if unit_of(window) == "week" else window.finest == "day"


@pytest.mark.parametrize("window", [w for _, w in ALL], ids=lambda w: w.id)
def test_no_window_claims_time_that_somebody_spent(window: Window) -> None:
    for words in window.says.values():
        assert not re.search(
            r"time spent|spent|hours of|tiempo dedicado|pas[oó] el tiempo", words, re.IGNORECASE
        )


@pytest.mark.parametrize("window", [w for _, w in ALL], ids=lambda w: w.id)
def test_a_window_that_can_name_an_employee_waits_for_the_capability_register(window: Window) -> None:
    """Rule 18."""
    assert bool(window.needs_capability) or not person_field(window)


@pytest.mark.parametrize("window", OWN, ids=lambda w: w.id)
def test_every_window_runs_and_finds_nothing_in_nothing(window: Window) -> None:
    days = Calendar("America/Los_Angeles", MOMENT, MOMENT)
    with duckdb.connect() as database:
        schema = LAKE[window.classes[0]].schema
        database.register("lake", schema.empty_table())
        columns = {name: exp.column(name, table="e") for name in schema.names}
        state = partial(window, exp.to_table("lake").as_("e"), columns, lambda _: exp.false(), days)
        database.register("state", database.sql(state.sql(dialect="duckdb")).to_arrow_table().cast(STATE))
        database.register("limits", limits_of(replace(window, compare="software.licences"), Facts.empty()))
        query = derived(window, exp.to_table("state"), days, 0, limits=exp.to_table("limits"))
        assert database.sql(query.sql(dialect="duckdb")).to_arrow_table().cast(DERIVED).num_rows == 0


COUNTY: dict[str, str] = {
    "staff": "id,name,mail,educator\nana,Ana,ana@redbud.example,no\nteo,Teo,teo@redbud.example,yes\n"
    "rosa,Rosa,rosa@redbud.example,no\n",
    "accounts": "account,owner,kind\nana,ana,personal\n",
    "devices": "device,owner,assigned_to\nRCOE-1,county,ana\nRCOE-2,county,teo\n",
    "software": "title,licences\nDraw Studio,40\nWrite,\n",
    "schedules": "who,weekday,start,end\ndefault,mon,08:00,17:00\n",
    "designations": "person,office,valid_from\nrosa,superintendent-or-designee,2020-01-01\n",
    "grants": "id,clause,person,what,by,decided_at,valid_from\ng1,9.c,teo,device:RCOE-2,rosa,2026-09-01,2026-09-01\n",
}


def judged(
    window_id: str, person: str | None, thing: str | None = None, county: dict[str, str] = COUNTY
) -> str:
    """The verdict of a window's own norm on the event that it makes."""
    pack = told_of_licences(PACKS["ar4040"])
    window = next(w for w in windows_of(pack) if w.id == window_id)
    event = WindowEvent(window.id, 1 if person else None, thing, MOMENT, MOMENT, MOMENT, 9, 3)
    pdp = Pdp(pack)
    question = Builder(pdp, facts(**county), None).question(
        window.act,
        person,
        resource_text(window, pack, event, person),
        MONDAY,
        event=event_fields(window),
        assume=principal_of(window, pack),
    )
    return str(dict(pdp.outcome(question.key).verdicts).get(window.norm, "not governed"))


def told_of_licences(pack: Pack) -> Pack:
    """The law with the count of installs asked before the register, as `attributes.toml` has to say it."""
    left = pack.attributes["Software.licence_left"]
    rest = tuple(source for source in left.sources if source != "event:licence_left")
    asked = replace(left, sources=("event:licence_left", *rest))
    return replace(pack, attributes={**pack.attributes, asked.path: asked})


@pytest.mark.parametrize(
    ("window", "person", "thing", "verdict"),
    [
        ("personal-visits-week", "ana", None, "violated"),
        ("personal-bytes-week", "ana", None, "violated"),
        ("personal-bytes-hour", "ana", None, "violated"),
        ("streaming-bytes-hour", "ana", None, "violated"),
        ("streaming-bytes-hour", "teo", None, "indeterminate"),
        ("overlapping-sign-ins", "ana", None, "indeterminate"),
        ("overlapping-sessions", "ana", None, "indeterminate"),
        ("many-accounts-on-one-device", None, "RCOE-1", "indeterminate"),
        ("open-session-idle", "ana", "RCOE-1", "violated"),
        ("county-device-away", "ana", "RCOE-1", "violated"),
        ("county-device-away", "teo", "RCOE-2", "satisfied"),
        ("county-device-away", None, "RCOE-1", "not governed"),
        ("county-device-away", "ana", "HOME-PC", "indeterminate"),
        ("installs-over-licences", None, "Draw Studio", "violated"),
        ("encryption-not-reported", None, "RCOE-1", "indeterminate"),
        ("mailbox-over-size", "ana", None, "violated"),
    ],
)
def test_the_law_judges_what_a_window_makes(
    window: str, person: str | None, thing: str | None, verdict: str
) -> None:
    assert judged(window, person, thing) == verdict


def test_silence_about_a_disk_is_never_called_unencrypted() -> None:
    for told in ("", "yes", "no"):
        county = {**COUNTY, "devices": f"device,owner,assigned_to,encrypted\nRCOE-1,county,ana,{told}\n"}
        assert judged("encryption-not-reported", None, "RCOE-1", county) != "violated"


def test_every_window_is_judged_here() -> None:
    cases: list[Any] = test_the_law_judges_what_a_window_makes.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {case[0] for case in cases} == set(names(OWN))


def test_the_fields_of_a_derived_event_are_columns_too() -> None:
    window = next(w for w in OWN if w.id == "personal-visits-week")
    assert event_fields(window) == {"duty": "on", "outcome": "reached", "choice": "page"}
    assert {n: c.sql() for n, c in event_columns(window).items()}["duty"] == "'on'"
    flags = event_columns(next(w for w in OWN if w.id == "mailbox-over-size"))
    assert flags["over_limit"].sql() == "TRUE"


def test_licences_are_those_held_then() -> None:
    window = next(w for w in OWN if w.id == "installs-over-licences")
    changed = facts(
        software="title,licences,valid_from,valid_to\nDraw,5,,2026-10-01\nDraw,9,2026-10-01,\nFree,,,\n"
    )
    rows = limits_of(window, changed).to_pylist()
    assert [(r["thing"], r["amount"]) for r in rows if r["since"] <= MOMENT < r["until"]] == [("Draw", 9)]
    with pytest.raises(ValueError, match=r"no fact `software.seats`; write compare"):
        limits_of(replace(window, compare="software.seats"), changed)
