"""Duty time by work schedules, through breaks, nights and the days that clocks change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facts.county import facts, utc

WEEK = "mon tue wed thu fri".split()
STAFF = (
    "id,name,site,valid_from,valid_to\nana,Ana,Spring,,2026-10-12\nana,Ana,Autumn,2026-10-12,\nben,Ben,,,\n"
)
STAFF += "night,Nia,,,\ncy,Cy,,,\n"
SCHEDULES = (
    "who,weekday,start,end,breaks,valid_from,valid_to\n"
    + "".join(f"default,{day},08:00,17:00,12:00-13:00 10:00-10:15,,\n" for day in WEEK)
    + "site:Spring,mon,07:00,15:00,,,\n"
    + "ben,tue,09:00,12:00,,,2026-10-20\n"
    + "ben,wed,,,,,\n"
    + "".join(f"night,{day},22:00,06:00,01:30-02:00,,\n" for day in ("sat", "sun"))
)
COUNTY = facts(staff=STAFF, schedules=SCHEDULES)


@pytest.mark.parametrize(
    ("who", "at", "duty"),
    [
        ("cy", "2026-10-05 07:59", "off"),
        ("cy", "2026-10-05 08:00", "on"),
        ("cy", "2026-10-05 10:05", "off"),
        ("cy", "2026-10-05 12:30", "off"),
        ("cy", "2026-10-05 13:00", "on"),
        ("cy", "2026-10-05 17:00", "off"),
        ("cy", "2026-10-04 10:30", "off"),
        ("ana", "2026-10-05 07:30", "on"),
        ("ana", "2026-10-06 09:00", "off"),
        ("ana", "2026-10-12 07:30", "off"),
        ("ana", "2026-10-13 09:00", "on"),
        ("ben", "2026-10-06 09:00", "on"),
        ("ben", "2026-10-07 09:00", "off"),
        ("ben", "2026-10-20 09:00", "off"),
        ("night", "2026-10-03 23:00", "on"),
        ("night", "2026-10-04 05:59", "on"),
        ("night", "2026-10-04 01:45", "off"),
        ("night", "2026-10-04 06:00", "off"),
        ("unheard.of", "2026-10-05 08:00", "on"),
    ],
)
def test_duty(who: str, at: str, duty: str) -> None:
    assert COUNTY.duty(who, utc(at)) == duty


def test_without_a_schedule_that_speaks_of_the_person_duty_is_unknown() -> None:
    own = facts(staff=STAFF, schedules="who,weekday,start,end\nben,mon,08:00,12:00\n")
    assert own.duty("cy", utc("2026-10-05 09:00")) == "unknown"
    assert own.duty("ben", utc("2026-10-05 09:00")) == "on"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-06", 16), ("2026-03-09", 15), ("2026-11-02", 16)])
def test_eight_o_clock_is_local_before_and_after_clocks_change(day: str, hours: int) -> None:
    eight = utc(f"{day} 08:00")
    assert eight.hour == hours  # in UTC it moves
    assert COUNTY.duty("cy", eight) == "on"
    assert COUNTY.duty("cy", eight - timedelta(microseconds=1)) == "off"


@pytest.mark.parametrize(("day", "hours"), [("2026-10-17", 7.5), ("2026-03-07", 6.5), ("2026-10-31", 8.5)])
def test_a_night_in_which_clocks_change_is_an_hour_shorter_or_longer(day: str, hours: float) -> None:
    start = utc(f"{day} 21:00")
    edges = COUNTY.duty_boundaries("night", start, start + timedelta(hours=14))
    on = sum((end - begin).total_seconds() for begin, end in zip(edges[::2], edges[1::2], strict=True))
    # 22:00 to 06:00 less the half hour of break, which is an hour and a half when 01:30 comes twice
    assert on / 3600 == (hours - 1 if day == "2026-10-31" else hours)


@settings(max_examples=40)
@given(st.sampled_from(["ana", "ben", "cy", "night"]), st.integers(0, 24 * 60), st.integers(1, 72 * 60))
def test_boundaries_are_exactly_where_duty_changes(who: str, first: int, minutes: int) -> None:
    start = utc("2026-10-10 00:00") + timedelta(minutes=first)
    end = start + timedelta(minutes=minutes)
    edges = COUNTY.duty_boundaries(who, start, end)
    step = timedelta(minutes=5)
    at, expected = start - timedelta(minutes=first % 5) + step, []
    while at <= end:
        before = max(at - timedelta(microseconds=1), start)
        if COUNTY.duty(who, at) != COUNTY.duty(who, before):
            expected.append(at)
        at += step
    assert edges == expected
