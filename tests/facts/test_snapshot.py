"""A snapshot in memory: who, what and where, as of a time."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.facts import TABLES, Facts
from clausewise.facts.index import Row
from facts.county import AT, FILES, ZONE, facts, utc

COUNTY = facts(**FILES)
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def test_the_row_that_held_at_a_time() -> None:
    before = COUNTY.row("devices", "rcoe-1182", utc("2026-08-31 23:59"))
    after = COUNTY.row("devices", "RCOE-1182", utc("2026-09-01 00:00"))
    assert before is not None
    assert after is not None
    assert (before["assigned_to"], after["assigned_to"]) == ("ana.lopez", "Room 12")
    assert COUNTY.row("devices", "RCOE-1", AT) is None
    assert COUNTY.row("drives", "anything", AT) is None


def test_someone_who_left_is_still_known() -> None:
    row = COUNTY.row("staff", "rosa.kim", AT)
    assert row is not None
    assert row["end"] == utc("2026-07-01 00:00")  # the last day of work, 30 June, counts


def test_a_row_is_not_used_before_the_county_knew_it() -> None:
    late = facts(
        staff="id,name,site,valid_from,valid_to,known_from\n"
        "a,A,Old,,2026-03-01,2026-04-01\na,A,New,2026-03-01,,\n"
    )
    assert late.row("staff", "a", utc("2026-02-01")) is None
    assert late.row("staff", "a", utc("2026-05-01"))["site"] == "New"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("alopez", "ana.lopez"),
        ("ALopez", "ana.lopez"),
        ("ana.lopez", "ana.lopez"),
        ("Ana.Lopez@redbud.example", "ana.lopez"),
        ("frontdesk", None),
        ("nobody", None),
        ("ana.lopez@elsewhere.example", None),
    ],
)
def test_whose_name_it_is(name: str, who: str | None) -> None:
    assert COUNTY.principal(name, AT) == who


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("box.example", "box"),
        ("a.b.box.example.", "box"),
        ("pro.box.example", "boxpro"),
        ("x.pro.box.example", "box"),
        ("x.Teams.box.example", "boxpro"),
        ("mailbox.example", None),
        ("shared.example", None),
        ("example", None),
        ("", None),
    ],
)
def test_whose_host_it_is(host: str, service: str | None) -> None:
    assert COUNTY.service_of(host) == service


def test_lookup_by_values() -> None:
    assert [row["device"] for row in COUNTY.lookup("devices", "ip", "10.20.4.17", AT)] == ["RCOE-1182"]
    assert len(COUNTY.lookup("devices", "mac", "0200.5e10.1182", AT)) == 1
    assert len(COUNTY.lookup("devices", "encrypted", True, AT)) == 1
    assert COUNTY.lookup("devices", "ip", "10.20.4.18", AT) == ()


def test_every_row_with_a_value_whenever_it_held() -> None:
    assert [row["assigned_to"] for row in COUNTY.ever("devices", "ip", "10.20.4.17")] == [
        "ana.lopez",
        "Room 12",
    ]


def test_a_day_in_a_yes_or_no_column_says_yes_from_that_day() -> None:
    works = facts(works="work,registered\natlas,2026-02-17\nreader,no\n")
    assert works.row("works", "atlas", utc("2026-02-16 23:59")) is None
    assert works.row("works", "atlas", utc("2026-02-17"))["registered"] is True  # type: ignore[index]
    assert works.row("works", "reader", AT)["registered"] is False  # type: ignore[index]


def test_a_permission_covers_nothing_before_it_was_decided() -> None:
    assert COUNTY.grants("ana.lopez", utc("2026-03-01 12:00")) == ()
    (grant,) = COUNTY.grants("ana.lopez", utc("2026-03-02 10:00"))
    assert (grant["early"], grant["covers_from"]) == (True, grant["decided_at"])
    assert COUNTY.grants("ana.lopez", utc("2026-04-01 00:00")) == ()
    assert len(COUNTY.rows("grants", utc("2026-03-01 12:00"))) == 1  # the row itself is kept


def test_a_revoked_permission_covers_nothing_more() -> None:
    text = (
        FILES["grants"]
        .replace("valid_to\n", "valid_to,revoked_at\n")
        .replace("-04-01\n", "-04-01,2026-03-10\n")
    )
    county = facts(**FILES | {"grants": text})
    assert len(county.grants("ana.lopez", utc("2026-03-09 23:59"))) == 1
    assert county.grants("ana.lopez", utc("2026-03-10")) == ()
    assert utc("2026-03-10") in county.boundaries("grants", "g-1")


def test_offices_pass_from_one_person_to_the_next() -> None:
    office = "technology-services"
    assert COUNTY.designation_holders(office, utc("2026-06-30 23:59")) == ("rosa.kim",)
    assert COUNTY.designation_holders(office, utc("2026-07-01 00:00")) == ("ana.lopez",)
    assert COUNTY.holds("rosa.kim", office, utc("2026-06-30 23:59"))
    assert not COUNTY.holds("rosa.kim", office, utc("2026-07-01 00:00"))
    assert not COUNTY.holds("rosa.kim", "auditor", AT)


def test_the_narrowest_network_counts() -> None:
    assert COUNTY.network_of("10.20.4.9", AT)["profile"] == "students"  # type: ignore[index]
    assert COUNTY.network_of("10.20.5.9", AT)["profile"] == "staff"  # type: ignore[index]
    assert COUNTY.network_of("192.0.2.1", AT) is None
    assert COUNTY.network_of("printer", AT) is None


def test_boundaries_are_all_times_at_which_a_thing_changes() -> None:
    assert COUNTY.boundaries("devices", "rcoe-1182") == (utc("2026-09-01"),)
    assert COUNTY.boundaries("staff", "rosa.kim") == (utc("2010-01-04"), utc("2026-07-01"))
    assert COUNTY.boundaries("staff", "nobody") == ()
    assert utc("2026-03-02 10:00") in COUNTY.boundaries_where("grants", "person", "ana.lopez")


def test_no_facts_know_nothing() -> None:
    empty = Facts.empty()
    assert not any(empty.has(table) for table in TABLES)
    assert empty.row("staff", "a", AT) is None
    assert empty.rows("staff") == empty.lookup("accounts", "owner", "a", AT) == empty.grants("a", AT) == ()
    assert empty.principal("a", AT) is None
    assert empty.service_of("a.example") is None
    assert empty.duty("a", AT) == "unknown"
    assert empty.duty_boundaries("a", AT, AT + timedelta(days=30)) == []


def test_a_snapshot_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        COUNTY.digest = "x"
    with pytest.raises(TypeError):
        COUNTY.rows("staff")[0]["site"] = "x"  # type: ignore[index]


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        COUNTY.row("staff", "ana.lopez", datetime(2026, 1, 1))  # noqa: DTZ001


def test_an_empty_table_was_given_and_a_missing_one_was_not() -> None:
    none, empty = facts(), facts(services="service,provided\n")
    assert not none.has("services")
    assert empty.has("services")
    assert empty.has("services", "provided")
    assert not empty.has("services", "fee")
    assert none.digest != empty.digest


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_digest(chance: random.Random) -> None:
    shuffled = {}
    for name, text in FILES.items():
        heading, *rows = text.splitlines()
        chance.shuffle(rows)
        shuffled[name] = "\n".join([heading, *rows]) + "\n"
    items = list(shuffled.items())
    chance.shuffle(items)
    assert facts(**dict(items)).digest == COUNTY.digest


@given(st.sampled_from(sorted(FILES)))
def test_any_changed_row_changes_the_digest(table: str) -> None:
    *rows, _last = FILES[table].splitlines()
    assert facts(**FILES | {"grants": "id,clause,person,by,decided_at\n"}).digest != COUNTY.digest
    if table not in ("staff", "grants"):
        assert facts(**FILES | {table: "\n".join(rows) + "\n"}).digest != COUNTY.digest


_CUTS = st.lists(st.integers(0, 40), min_size=2, max_size=8, unique=True).map(sorted)


@given(st.dictionaries(st.sampled_from("abc"), _CUTS), st.integers(-1, 41), st.data())
def test_as_of_lookup_equals_a_plain_search(
    cuts: dict[str, list[int]], day: int, data: st.DataObject
) -> None:
    blank = {column.name: None for column in TABLES["staff"].columns}
    rows: list[Row] = []
    for who, days in cuts.items():
        for start, end in itertools.pairwise(days):
            known = data.draw(st.one_of(st.none(), st.integers(0, 40)))
            if data.draw(st.booleans()):
                rows.append({**blank, "id": who, "mail": f"{who}@x.example", "valid_from": _on(start),
                             "valid_to": _on(end), "known_from": None if known is None else _on(known)})  # fmt: skip
    county = Facts.of({"staff": rows}, {"staff": ["id"]}, ZONE)
    at = _on(day)
    for who in "abc":
        expected = [row for row in rows if row["id"] == who and _held(row, at)]
        found = county.row("staff", who, at)
        assert ([] if found is None else [dict(found)]) == expected
        assert [dict(row) for row in county.lookup("staff", "mail", f"{who}@X.example", at)] == expected
    assert [dict(row) for row in county.rows("staff", at)] == [row for row in rows if _held(row, at)]


def _on(day: int) -> datetime:
    return DAY + timedelta(days=day)


def _held(row: Row, at: datetime) -> bool:
    return (
        row["valid_from"] <= at < row["valid_to"]  # type: ignore[operator]
        and (row["known_from"] is None or row["known_from"] <= at)  # type: ignore[operator]
    )
