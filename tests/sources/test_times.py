"""Times that name no zone or no year: the hour that comes twice, the hour that is skipped, New Year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.sources.times import Clock, LocalClock

PACIFIC = ZoneInfo("America/Los_Angeles")


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def utc(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def readings(clock: Clock, texts: list[str], year: int | None = None) -> list[str]:
    """Read `10-05 10:11:12` lines in their order; give UTC times, `-` for what cannot be read."""
    reader, found = LocalClock(clock), []
    for text in texts:
        month, day = int(text[:2]), int(text[3:5])
        time = reader.read(year, month, day, int(text[6:8]), int(text[9:11]), int(text[12:14]))
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time or 0)
        found.append("-" if time is None else f"{moment:%Y-%m-%d %H:%M:%S}")
    return found


def test_the_repeated_hour_is_its_second_coming_once_times_go_back() -> None:
    texts = ["11-01 00:59:59", "11-01 01:30:00", "11-01 01:28:00", "11-01 01:59:59"]
    texts += ["11-01 01:00:00", "11-01 01:30:00", "11-01 01:28:00", "11-01 02:00:00", "11-01 01:58:00"]
    assert readings(Clock(PACIFIC), texts, 2026) == [
        "2026-11-01 07:59:59",
        "2026-11-01 08:30:00",
        "2026-11-01 08:28:00",  # two minutes late, not the second coming
        "2026-11-01 08:59:59",
        "2026-11-01 09:00:00",
        "2026-11-01 09:30:00",
        "2026-11-01 09:28:00",
        "2026-11-01 10:00:00",
        "2026-11-01 09:58:00",  # a late line of the second coming
    ]


def test_a_file_that_begins_in_the_repeated_hour_takes_its_first_coming() -> None:
    assert readings(Clock(PACIFIC), ["11-01 01:30:00"], 2026) == ["2026-11-01 08:30:00"]


def test_the_skipped_hour_is_read_with_the_offset_before_it() -> None:
    texts = ["03-08 01:59:59", "03-08 02:30:00", "03-08 03:00:00"]
    assert readings(Clock(PACIFIC), texts, 2026) == [
        "2026-03-08 09:59:59",
        "2026-03-08 10:30:00",  # 02:30 at UTC-8, though clocks showed 03:30 then
        "2026-03-08 10:00:00",
    ]


def test_new_year_moves_forward_and_late_lines_stay_in_the_old_year() -> None:
    texts = ["12-31 23:59:58", "01-01 00:00:01", "12-31 23:58:00", "01-01 00:00:02", "02-29 00:00:00"]
    assert readings(Clock(UTC, 2027), texts) == [
        "2027-12-31 23:59:58",
        "2028-01-01 00:00:01",
        "2027-12-31 23:58:00",
        "2028-01-01 00:00:02",
        "2028-02-29 00:00:00",
    ]


def test_new_year_is_that_of_the_zone() -> None:
    texts = ["12-31 23:30:00", "01-01 00:30:00"]
    assert readings(Clock(PACIFIC, 2026), texts) == ["2027-01-01 07:30:00", "2027-01-01 08:30:00"]


def test_lines_of_other_days_stay_in_their_year() -> None:
    texts = ["10-05 10:00:00", "10-02 10:00:00", "07-01 10:00:00", "10-05 10:00:01"]
    assert [text[:4] for text in readings(Clock(UTC, 2026), texts)] == ["2026"] * 4


def test_one_line_of_a_wrong_clock_moves_no_other_line() -> None:
    texts = ["10-05 10:00:00", "01-01 00:00:05", "10-05 10:00:20", "10-06 10:00:00", "01-02 00:00:00"]
    assert [text[:4] for text in readings(Clock(UTC, 2026), texts)] == [
        "2026",
        "2027",
        "2026",
        "2026",
        "2027",
    ]


def test_a_year_that_passes_line_by_line_goes_on() -> None:
    texts = [f"{month:02}-15 12:00:00" for month in (*range(7, 13), *range(1, 13), *range(1, 13))]
    years = [int(text[:4]) for text in readings(Clock(UTC, 2026), texts)]
    assert years == [2026] * 6 + [2027] * 12 + [2028] * 12


@pytest.mark.parametrize(
    ("text", "until", "year"),
    [
        ("10-05 10:00:00", "2026-10-05 11:00", "2026"),
        ("10-06 01:00:00", "2026-10-05 23:00", "2025"),
        ("12-31 10:00:00", "2026-01-03 00:00", "2025"),
        ("02-29 10:00:00", "2026-01-03 00:00", "2024"),
    ],
)
def test_until_gives_the_first_line_its_last_possible_year(text: str, until: str, year: str) -> None:
    assert readings(Clock(UTC, None, utc(until)), [text])[0][:4] == year


def test_without_year_nothing_is_guessed() -> None:
    assert readings(Clock(UTC), ["10-05 10:00:00"]) == ["-"]
    assert not LocalClock(Clock(UTC)).knows_year


@pytest.mark.parametrize("text", ["02-30 00:00:00", "13-01 00:00:00", "00-01 00:00:00", "10-05 24:00:00"])
def test_no_such_time(text: str) -> None:
    assert readings(Clock(PACIFIC, 2026), [text]) == ["-"]


def test_a_leap_second_is_the_second_after() -> None:
    assert readings(Clock(UTC, 2016), ["12-31 23:59:60", "12-31 23:59:61"]) == ["2017-01-01 00:00:00", "-"]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["2026-10-31T20:00", "2026-12-31T12:00", "2027-03-13T20:00"]),
    st.lists(st.integers(0, 50 * 60), min_size=40, max_size=80),
    st.integers(0, 80),
)
def test_moments_come_back_from_what_a_clock_on_the_wall_showed(
    begins: str, steps: list[int], cut: int
) -> None:
    """Any log with a line every 50 minutes is read without an error, wherever it is cut into blocks."""
    moment = datetime.fromisoformat(begins).replace(tzinfo=PACIFIC).astimezone(UTC)
    clock = Clock(PACIFIC, moment.astimezone(PACIFIC).year)
    reader = LocalClock(clock)
    for number, step in enumerate(steps):
        moment += timedelta(seconds=step)
        shown = moment.astimezone(PACIFIC)
        if number == cut:
            reader = LocalClock(clock, reader.seen)
        found = reader.read(None, shown.month, shown.day, shown.hour, shown.minute, shown.second)
        assert found == micros(moment)
