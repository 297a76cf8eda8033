"""Silence of a feed is never shown as clean: each feed cut in turn, for a while or for good (rule 17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.audit.feeds import (
    ABSENT,
    AUDITED,
    EPOCH,
    GAPS,
    HOUR,
    NO_LOG,
    NOT_AUDITED,
    PARTLY,
    STEADY,
    THIN,
    coverage,
    feeds,
    needed,
    period_of,
    spans,
    waiting,
)
from clausewise.model.law import Pack
from clausewise.pack import load_pack

ZONE = "America/Los_Angeles"
START = datetime(2026, 10, 5, tzinfo=ZoneInfo(ZONE))
WEEKS = 4
PERIOD = (START, START + timedelta(weeks=WEEKS))
Counts = dict[tuple[str, str, int], int]
PACK = load_pack("ar4040")
CLASSES = sorted({cls for clause in PACK.clauses.values() for cls in needed(PACK, clause)})


def hours(weeks: int = WEEKS, first: int = 7, last: int = 18) -> Iterator[int]:
    """Office hours, Monday to Friday, as hours since 1970."""
    for day in range(7 * weeks):
        on = START + timedelta(days=day)
        if on.weekday() < 5:
            for hour in range(first, last):
                yield (on.replace(hour=hour) - EPOCH) // HOUR


def office(*classes: str, weeks: int = WEEKS, source: str = "s") -> Counts:
    """A feed of each class with events in every office hour."""
    return {(source, cls, hour): 10 for cls in classes for hour in hours(weeks)}


def at(day: int, hour: int) -> int:
    """An hour of the county's time as hours since 1970."""
    return ((START + timedelta(days=day)).replace(hour=hour) - EPOCH) // HOUR


def clauses_needing(pack: Pack, cls: str) -> set[str]:
    return {clause.id for clause in pack.clauses.values() if cls in needed(pack, clause)}


def test_a_feed_that_speaks_whenever_it_usually_does_is_steady() -> None:
    (feed,) = feeds(office("http"), PERIOD, ZONE)
    assert (feed.state, feed.events, feed.hours) == (STEADY, 2200, 220)
    assert feed.gaps == feed.unsure == ()


def test_nights_and_weekends_are_quiet_and_no_gap() -> None:
    (feed,) = feeds(office("http"), PERIOD, ZONE)
    assert not feed.gaps
    around_the_clock: Counts = {("s", "dhcp", at(0, 0) + h): 1 for h in range(24 * 28 + 1)}
    del around_the_clock["s", "dhcp", at(12, 3)]
    (feed,) = feeds(around_the_clock, PERIOD, ZONE)
    assert [(span.start, span.hours) for span in feed.gaps] == [(START + timedelta(days=12, hours=3), 1)]


def test_silence_in_office_hours_is_a_gap_with_its_hours() -> None:
    counts = office("http")
    for hour in (9, 10, 11):
        del counts["s", "http", at(8, hour)]
    (feed,) = feeds(counts, PERIOD, ZONE)
    assert feed.state == GAPS
    (gap,) = feed.gaps
    assert (gap.start, gap.hours) == ((START + timedelta(days=8)).replace(hour=9), 3)


def test_a_feed_that_died_has_a_gap_to_the_end_of_the_period() -> None:
    counts = {key: n for key, n in office("http").items() if key[2] < at(15, 12)}
    (feed,) = feeds(counts, PERIOD, ZONE)
    assert feed.gaps[0].start == (START + timedelta(days=15)).replace(hour=12)
    assert feed.gaps[-1].end == (START + timedelta(days=25)).replace(hour=18)


def test_a_feed_known_from_before_and_silent_now_is_absent() -> None:
    before = {("s", "http", hour - 24 * 7 * 8): n for (_, _, hour), n in office("http").items()}
    (feed,) = feeds(before, PERIOD, ZONE)
    assert (feed.state, feed.events) == (ABSENT, 0)
    assert sum(span.hours for span in feed.gaps) == 220


def test_in_a_single_week_the_other_workdays_tell_and_of_the_weekend_nobody_can() -> None:
    counts = office("http", weeks=1)
    del counts["s", "http", at(2, 10)]
    (feed,) = feeds(counts, (START, START + timedelta(weeks=1)), ZONE)
    assert [(span.start, span.hours) for span in feed.gaps] == [(START + timedelta(days=2, hours=10), 1)]
    assert [span.hours for span in feed.unsure] == [48]


@pytest.mark.parametrize(
    "spoken", [[at(1, 9)], [at(1, 9), at(9, 15), at(20, 11)], [at(d, 9 + d % 5) for d in range(20)]]
)
def test_a_feed_that_speaks_at_no_hour_usually_is_too_thin_to_tell(spoken: list[int]) -> None:
    (feed,) = feeds({("s", "file", hour): 3 for hour in spoken}, PERIOD, ZONE)
    assert feed.state == THIN
    assert feed.gaps == ()


def test_weeks_before_the_period_tell_what_is_usual_in_it() -> None:
    counts = office("http")
    del counts["s", "http", at(23, 10)]
    last = (START + timedelta(weeks=3), PERIOD[1])
    (feed,) = feeds(counts, last, ZONE)
    assert feed.state == GAPS
    assert [span.hours for span in feed.gaps] == [1]


def test_the_hour_that_clocks_skip_or_repeat_makes_no_gap() -> None:
    start = datetime(2026, 10, 12, tzinfo=ZoneInfo(ZONE))  # November 1 ends summer time
    low = (start - EPOCH) // HOUR
    counts: Counts = {("s", "dns", low + hour): 1 for hour in range(24 * 28 + 1)}
    (feed,) = feeds(counts, (start, start + timedelta(weeks=4)), ZONE)
    assert feed.state == STEADY


@pytest.mark.parametrize("cut", CLASSES)
def test_each_feed_cut_in_turn_is_never_clean(cut: str) -> None:
    whole = {one.clause: one for one in coverage(PACK, feeds(office(*CLASSES), PERIOD, ZONE))}
    assert all(one.state == AUDITED for one in whole.values() if one.needed)
    rest = office(*(cls for cls in CLASSES if cls != cut))
    for one in coverage(PACK, feeds(rest, PERIOD, ZONE)):
        if one.clause in clauses_needing(PACK, cut):
            assert cut in one.missing
            assert one.state == (NOT_AUDITED if one.needed == (cut,) else PARTLY)
        else:
            assert one == whole[one.clause]


@pytest.mark.parametrize("cut", CLASSES)
def test_each_feed_cut_for_an_hour_says_which_hour(cut: str) -> None:
    counts = office(*CLASSES)
    del counts["s", cut, at(9, 14)]
    for one in coverage(PACK, feeds(counts, PERIOD, ZONE)):
        if one.clause in clauses_needing(PACK, cut):
            assert one.state == PARTLY
            assert [span.start for span in one.gaps[cut]] == [(START + timedelta(days=9)).replace(hour=14)]
        elif one.needed:
            assert one.state == AUDITED


def test_one_of_two_proxies_that_falls_silent_is_not_covered_by_the_other() -> None:
    old = {("north", "http", hour - 24 * 7 * 8): 5 for hour in hours()}
    counts = office(*CLASSES) | old
    states = {one.clause: one.state for one in coverage(PACK, feeds(counts, PERIOD, ZONE))}
    assert {states[clause] for clause in clauses_needing(PACK, "http")} == {PARTLY}


def test_without_any_feed_nothing_is_audited() -> None:
    for one in coverage(PACK, ()):
        assert one.state == (NOT_AUDITED if one.needed else NO_LOG)
    assert period_of({}) is None


def test_a_norm_waits_for_the_feed_that_would_show_it() -> None:
    found = coverage(PACK, feeds(office("dhcp"), PERIOD, ZONE))
    waits = dict(waiting(PACK, found))
    assert "9.d" not in waits
    assert waits["3/explicit"] == ("http",)


@given(st.sets(st.integers(0, 24 * 7 * 6), min_size=1))
def test_every_silent_hour_is_quiet_a_gap_or_unsure_and_never_two_of_them(spoken: set[int]) -> None:
    low = (START - EPOCH) // HOUR
    counts = {("s", "http", low + hour): 1 for hour in spoken}
    (feed,) = feeds(counts, (START, START + timedelta(weeks=6)), ZONE)
    lost, unsure = (
        {(span.start - EPOCH) // HOUR + n for span in some for n in range(span.hours)}
        for some in (feed.gaps, feed.unsure)
    )
    assert not lost & unsure
    assert not (lost | unsure) & {low + hour for hour in spoken}
    assert feed.state != STEADY or not (lost or unsure)


@given(st.sets(st.integers(400_000, 400_200)))
def test_stretches_hold_exactly_the_hours(some: set[int]) -> None:
    found = spans(some)
    assert {(s.start - EPOCH) // HOUR + n for s in found for n in range(s.hours)} == some
    assert all(one.end < other.start for one, other in pairwise(found))
