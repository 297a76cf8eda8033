"""Deadlines: counted from the trigger, ended by the county's midnight, and true on the days clocks change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.clocks import Bound, Calendar, Clock, State, Unit, due, in_force, state, told

ZONE = ZoneInfo("America/Los_Angeles")
THANKSGIVING = frozenset({date(2026, 11, 26), date(2026, 11, 27)})
OFFICE = Calendar(ZONE, THANKSGIVING)
CLOCK = Clock("return", "the tool is lent", 3, Unit.DAY, ("keeper", "council"), "TR 1, 1", verified=True)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def counted(limit: int, unit: Unit, *, roll: bool = False) -> Clock:
    return replace(CLOCK, limit=limit, unit=unit, roll=roll)


moments = st.integers(0, 13 * 365 * 24 * 60).map(
    lambda minutes: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
limits = st.integers(0, 60)
calendars = st.builds(
    Calendar,
    st.sampled_from([ZONE, ZoneInfo("UTC"), ZoneInfo("America/Santiago"), ZoneInfo("Australia/Lord_Howe")]),
    st.frozensets(st.dates(date(2019, 1, 1), date(2032, 1, 1)), max_size=40),
)
clocks = st.builds(counted, limits, st.sampled_from(Unit))
day_clocks = st.builds(
    counted, limits, st.sampled_from([Unit.DAY, Unit.BUSINESS_DAY, Unit.WEEK, Unit.YEAR]), roll=st.booleans()
)


@pytest.mark.parametrize(
    "limit, unit, begun, ends",
    [
        (0, Unit.HOUR, "2026-10-05T09:00", "2026-10-05T09:00"),
        (0, Unit.DAY, "2026-10-05T09:00", "2026-10-05T09:00"),
        (36, Unit.HOUR, "2026-10-05T09:00", "2026-10-06T21:00"),
        (3, Unit.DAY, "2026-10-05T09:00", "2026-10-09T00:00"),
        (3, Unit.DAY, "2026-10-05T23:59", "2026-10-09T00:00"),
        (1, Unit.WEEK, "2026-10-05T09:00", "2026-10-13T00:00"),
        (1, Unit.BUSINESS_DAY, "2026-10-09T16:00", "2026-10-13T00:00"),
        (3, Unit.BUSINESS_DAY, "2026-11-25T15:00", "2026-12-03T00:00"),
        (1, Unit.YEAR, "2028-02-29T12:00", "2029-03-01T00:00"),
        (4, Unit.YEAR, "2028-02-29T12:00", "2032-03-01T00:00"),
    ],
)
def test_each_unit_ends_where_a_calendar_on_the_wall_says(
    limit: int, unit: Unit, begun: str, ends: str
) -> None:
    assert due(counted(limit, unit), local(begun), OFFICE) == local(ends)


def test_a_limit_that_rolls_ends_with_the_next_day_the_office_is_open() -> None:
    """Three days after Monday the 23rd is Thanksgiving: Friday is closed too, so Monday the 30th."""
    begun = local("2026-11-23T09:00")
    assert due(counted(3, Unit.DAY), begun, OFFICE) == local("2026-11-27T00:00")
    assert due(counted(3, Unit.DAY, roll=True), begun, OFFICE) == local("2026-12-01T00:00")


def test_hours_pass_at_the_same_pace_when_the_wall_clock_jumps() -> None:
    """24 hours from Saturday noon end at 11 in November and at 13 in March."""
    day = counted(24, Unit.HOUR)
    assert due(day, local("2026-10-31T12:00"), OFFICE) == local("2026-11-01T11:00")
    assert due(day, local("2027-03-13T12:00"), OFFICE) == local("2027-03-14T13:00")


def test_a_day_ends_at_midnight_also_when_it_has_23_or_25_hours() -> None:
    for day, hours in ((date(2027, 3, 14), 23), (date(2026, 11, 1), 25), (date(2026, 10, 5), 24)):
        begins = OFFICE.end_of(day - timedelta(days=1))
        assert OFFICE.end_of(day) - begins == timedelta(hours=hours)
        assert OFFICE.end_of(day).astimezone(ZONE).time().isoformat() == "00:00:00"


def test_what_was_triggered_outside_the_law_s_days_has_no_deadline() -> None:
    clock = replace(CLOCK, since=date(2026, 1, 1), until=date(2026, 12, 31))
    assert due(clock, local("2025-12-31T23:59"), OFFICE) is None
    assert due(clock, local("2026-01-01T00:00"), OFFICE) is not None
    assert due(clock, local("2026-12-31T23:59"), OFFICE) is not None
    assert due(clock, local("2027-01-01T00:00"), OFFICE) is None
    assert state(clock, local("2027-01-01T00:00"), OFFICE, local("2027-02-01T00:00")) is None
    assert not in_force(clock, local("2027-01-01T00:00"), OFFICE)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without its zone"):
        due(CLOCK, local("2026-10-05T09:00").replace(tzinfo=None), OFFICE)


@pytest.mark.parametrize(
    "now, done, stands",
    [
        ("2026-10-05T09:00", None, State.WAITING),
        ("2026-10-07T09:00", None, State.WAITING),
        ("2026-10-08T12:00", None, State.DUE_SOON),
        ("2026-10-09T00:00", None, State.DUE_SOON),
        ("2026-10-09T00:01", None, State.OVERDUE),
        ("2026-10-20T00:00", "2026-10-09T00:00", State.MET),
        ("2026-10-20T00:00", "2026-10-09T00:01", State.MET_LATE),
        ("2026-10-20T00:00", "2026-10-21T00:00", State.OVERDUE),
    ],
)
def test_how_a_three_day_deadline_stands(now: str, done: str | None, stands: State) -> None:
    found = state(CLOCK, local("2026-10-05T09:00"), OFFICE, local(now), local(done) if done else None)
    assert found is stands


def test_at_once_is_over_the_moment_it_begins() -> None:
    clock, begun = counted(0, Unit.DAY), local("2026-10-05T09:00")
    assert state(clock, begun, OFFICE, begun) is State.DUE_SOON
    assert state(clock, begun, OFFICE, begun + timedelta(seconds=1)) is State.OVERDUE
    assert state(clock, begun, OFFICE, begun - timedelta(hours=1)) is State.WAITING


@pytest.mark.parametrize(
    "now, done, stands",
    [
        ("2026-10-08T23:59", None, State.WAITING),
        ("2026-10-09T00:00", None, State.MET),
        ("2026-10-20T00:00", "2026-10-08T23:59", State.TOO_EARLY),
        ("2026-10-20T00:00", "2026-10-09T00:00", State.MET),
    ],
)
def test_a_waiting_time_is_broken_only_by_haste(now: str, done: str | None, stands: State) -> None:
    clock = replace(CLOCK, bound=Bound.EARLIEST)
    found = state(clock, local("2026-10-05T09:00"), OFFICE, local(now), local(done) if done else None)
    assert found is stands


def test_the_offices_are_told_in_the_order_of_the_pack() -> None:
    assert told(CLOCK) == ("keeper", "council")


def test_a_clock_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        CLOCK.limit = 99  # type: ignore[misc]


@given(st.one_of(clocks, day_clocks), moments, st.timedeltas(timedelta(0), timedelta(days=90)), calendars)
def test_a_later_trigger_is_never_due_sooner(
    clock: Clock, begun: datetime, later: timedelta, calendar: Calendar
) -> None:
    first, second = due(clock, begun, calendar), due(clock, begun + later, calendar)
    assert first is not None
    assert second is not None
    assert begun <= first <= second


@given(limits, moments, calendars)
def test_business_days_are_never_shorter_than_calendar_days(
    limit: int, begun: datetime, calendar: Calendar
) -> None:
    plain = due(counted(limit, Unit.DAY), begun, calendar)
    business = due(counted(limit, Unit.BUSINESS_DAY), begun, calendar)
    assert plain is not None
    assert business is not None
    assert plain <= business


@given(day_clocks, moments, calendars)
def test_rolling_moves_a_deadline_to_an_open_day_and_never_forward_past_one(
    clock: Clock, begun: datetime, calendar: Calendar
) -> None:
    plain = due(replace(clock, roll=False), begun, calendar)
    rolled = due(replace(clock, roll=True), begun, calendar)
    assert plain is not None
    assert rolled is not None
    if clock.limit == 0:
        assert rolled == plain == begun
        return
    last = calendar.day_of(rolled - timedelta(seconds=1))
    assert calendar.is_business_day(last)
    day = calendar.day_of(plain - timedelta(seconds=1))
    while day < last:
        assert not calendar.is_business_day(day)
        day += timedelta(days=1)


@given(day_clocks, moments, calendars)
def test_a_deadline_in_days_ends_with_a_local_day(clock: Clock, begun: datetime, calendar: Calendar) -> None:
    end = due(replace(clock, limit=clock.limit + 1), begun, calendar)
    assert end is not None
    assert calendar.day_of(end) == calendar.day_of(end - timedelta(seconds=1)) + timedelta(days=1)


@given(clocks, moments, st.timedeltas(timedelta(0), timedelta(days=400)), st.data())
def test_a_deadline_only_ever_moves_on(
    clock: Clock, begun: datetime, later: timedelta, data: st.DataObject
) -> None:
    """Waiting, then due soon, then overdue; and doing it settles the matter for good."""
    order = [State.WAITING, State.DUE_SOON, State.OVERDUE]
    now = begun + data.draw(st.timedeltas(timedelta(0), timedelta(days=400)))
    first, second = state(clock, begun, OFFICE, now), state(clock, begun, OFFICE, now + later)
    assert first is not None
    assert second is not None
    assert order.index(first) <= order.index(second)
    done = state(clock, begun, OFFICE, now, done_at=now)
    assert done is (State.MET_LATE if first is State.OVERDUE else State.MET)
    assert state(clock, begun, OFFICE, now + later, done_at=now) is done
