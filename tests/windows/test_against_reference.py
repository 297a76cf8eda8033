"""What the database makes of a window equals what a slow, obvious count makes of it, in any number of pieces."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.model.law import Window
from windows.events import HIGH, LOW, events
from windows.reference import expected, start
from windows.toy_windows import CALENDARS, LICENCES, TOYS, found, merge, state_of

ZONES = tuple(CALENDARS)
SMALL = settings(max_examples=30, deadline=None)


def in_order(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=repr)


@pytest.mark.parametrize("window", TOYS, ids=lambda w: f"{w.id}-{w.finest}")
@SMALL
@given(
    happened=st.lists(events(), max_size=60),
    threshold=st.integers(0, 3),
    zone=st.sampled_from(ZONES),
)
def test_the_database_counts_as_the_reference(
    window: Window, happened: list[dict[str, Any]], threshold: int, zone: str
) -> None:
    made = found(window, state_of(window, happened, zone), threshold, zone)
    slow = expected(window, happened, ZoneInfo(zone), threshold, LICENCES)
    assert made == in_order([(*row[:5], min(row[5], 2**63 - 1), row[6]) for row in slow])


@pytest.mark.parametrize("window", TOYS, ids=lambda w: f"{w.id}-{w.finest}")
@SMALL
@given(
    happened=st.lists(st.tuples(events(), st.integers(0, 3)), max_size=60),
    threshold=st.integers(0, 2),
)
def test_partial_states_of_any_pieces_make_the_state_of_all(
    window: Window, happened: list[tuple[dict[str, Any], int]], threshold: int
) -> None:
    pieces = [[event for event, piece in happened if piece == number] for number in range(4)]
    together = merge(window, [state_of(window, piece) for piece in pieces])
    whole = state_of(window, [event for event, _ in happened])
    assert in_order([tuple(r.values()) for r in together.to_pylist()]) == in_order(
        [tuple(r.values()) for r in whole.to_pylist()]
    )
    assert found(window, together, threshold) == found(window, whole, threshold)


@settings(max_examples=200, deadline=None)
@given(
    at=st.integers(LOW, HIGH),
    unit=st.sampled_from(["time", "hour", "day", "week"]),
    zone=st.sampled_from(ZONES),
)
def test_buckets_begin_at_or_before_and_end_after(at: int, unit: str, zone: str) -> None:
    days = CALENDARS[zone]
    begin = days.start_of(at, unit)
    assert begin == start(at, unit, ZoneInfo(zone))
    assert begin <= at
    assert unit == "time" or at < days.end_of(begin, unit) == days.start_of(days.end_of(begin, unit), unit)
