"""Counts a clock from its trigger: when it is due, how things stand, who is told. Nothing here reads the time."""

from __future__ import annotations

import calendar as months
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from clausewise.clocks.calendar import Calendar
from clausewise.clocks.clock import Bound, Clock, Unit

SOON = 4
"""A deadline is due soon in the last quarter of its time."""


class State(StrEnum):
    """How a deadline stands. The first five belong to every deadline, the last to waiting times alone."""

    WAITING = "waiting"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met-late"
    TOO_EARLY = "too-early"


def in_force(clock: Clock, triggered_at: datetime, calendar: Calendar) -> bool:
    """Whether the law behind a clock stood on the local day of its trigger (first and last day included)."""
    return clock.since <= calendar.day_of(triggered_at) <= clock.until


def due(clock: Clock, triggered_at: datetime, calendar: Calendar) -> datetime | None:
    """When a clock that was triggered at `triggered_at` (aware) runs out, in UTC; None if not in force then.

    At once is the instant of the trigger; hours are hours that pass. Days, business days, weeks and years
    leave out the day of the trigger and end with the last day, at midnight on the county's wall.
    """
    if not in_force(clock, triggered_at, calendar):
        return None
    if clock.limit == 0:
        return triggered_at.astimezone(UTC)
    if clock.unit is Unit.HOUR:
        return triggered_at.astimezone(UTC) + timedelta(hours=clock.limit)
    day = _last_day(clock, calendar.day_of(triggered_at), calendar)
    return calendar.end_of(calendar.rolled(day) if clock.roll else day)


def _last_day(clock: Clock, day: date, calendar: Calendar) -> date:
    if clock.unit is Unit.BUSINESS_DAY:
        return calendar.business_days_after(day, clock.limit)
    if clock.unit is Unit.YEAR:
        year = day.year + clock.limit
        # February 29 has no other day of its name in most years: its year ends with February.
        return day.replace(year=year, day=min(day.day, months.monthrange(year, day.month)[1]))
    return day + timedelta(days=clock.limit * (7 if clock.unit is Unit.WEEK else 1))


def state(
    clock: Clock,
    triggered_at: datetime,
    calendar: Calendar,
    now: datetime,
    done_at: datetime | None = None,
) -> State | None:
    """How things stand at `now`; None if the clock was not in force when it was triggered.

    What is done at the very instant it is due is in time. A `done_at` after `now` has not happened yet.
    """
    end = due(clock, triggered_at, calendar)
    if end is None:
        return None
    if done_at is not None and done_at > now:
        done_at = None
    if clock.bound is Bound.EARLIEST:
        return _waiting_time(end, now, done_at)
    if done_at is not None:
        return State.MET if done_at <= end else State.MET_LATE
    if now > end:
        return State.OVERDUE
    soon = now >= triggered_at and (end - now) * SOON <= end - triggered_at
    return State.DUE_SOON if soon else State.WAITING


def _waiting_time(end: datetime, now: datetime, done_at: datetime | None) -> State:
    if done_at is not None and done_at < end:
        return State.TOO_EARLY
    return State.WAITING if now < end else State.MET


def told(clock: Clock) -> tuple[str, ...]:
    """Ids of the offices that are told, in the order of the pack."""
    return clock.told
