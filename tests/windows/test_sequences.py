"""Sessions and silences told as stories: what counts, and what the innocent reading leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from clausewise.model.law import Window
from windows.events import LOW, MINUTE
from windows.toy_windows import TOYS, found, state_of

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
EIGHT = LOW + 6 * HOUR
"""Eight in the morning in California, nine days before clocks change."""
IDLE, OVERLAP, SILENCE = (
    next(w for w in TOYS if w.measure.startswith(kind)) for kind in ("idle", "overlap", "silence")
)


def at(hour: float, kind: str | None, device: str | None = "d1", **more: Any) -> dict[str, Any]:
    """Something that person 5 does at an hour of the day (8 is eight o'clock)."""
    time = EIGHT + round((hour - 8) * HOUR)
    return {
        "time": time,
        "person": 5,
        "owner": 5,
        "kind": kind,
        "device": device,
        "outcome": "reached",
        **more,
    }


def amounts(window: Window, threshold: int, *events: dict[str, Any]) -> list[int]:
    return [row[5] for row in found(window, state_of(window, events), threshold)]


def test_the_clock_of_these_stories_is_right() -> None:
    (row,) = found(IDLE, state_of(IDLE, [at(8, "login"), at(9, "lock")]), 15)
    assert row == (IDLE.id, 5, "d1", EIGHT, EIGHT + HOUR, 60, 15)


@pytest.mark.parametrize(
    ("story", "events", "made"),
    [
        ("locked after an hour of nothing", [at(8, "login"), at(9, "lock")], [60]),
        ("locked within the idle time", [at(8, "login"), at(8.25, "lock")], []),
        ("locked a little after it, by the device", [at(8, "login"), at(8.26, "lock")], []),
        (
            "busy all the time",
            [at(8, "login"), *(at(8 + n / 6, "other") for n in range(1, 6)), at(9, "lock")],
            [],
        ),
        ("busy elsewhere", [at(8, "login"), at(8.2, None, None), at(8.4, None, None), at(8.6, "lock")], []),
        ("somebody else was busy", [at(8, "login"), at(8.5, None, None, person=-7), at(9, "lock")], [60]),
        ("no lock ever seen on this device", [at(8, "login"), at(9, "logout")], []),
        ("unlocked later: it was locked unseen", [at(8, "login"), at(9, "unlock")], []),
        ("signed in again: it was closed unseen", [at(8, "lock"), at(8.1, "unlock"), at(9, "login")], []),
        ("nothing after it: nobody knows", [at(8, "lock"), at(8.1, "unlock")], []),
        ("locked meanwhile", [at(8, "login"), at(8.1, "lock"), at(12, "unlock"), at(12.1, "lock")], []),
        ("a refused sign-in opens nothing", [at(8, "login", outcome="attempted"), at(9, "lock")], []),
        (
            "two gaps in a day are one event",
            [at(8, "login"), at(9, "lock"), at(10, "unlock"), at(12, "lock")],
            [120],
        ),
        ("over midnight", [at(20, "login"), at(33, "lock")], [780]),
    ],
)
def test_a_session_left_open(story: str, events: list[dict[str, Any]], made: list[int]) -> None:
    assert amounts(IDLE, 15, *events) == made, story


@pytest.mark.parametrize(
    ("story", "events", "made"),
    [
        ("two at once", [at(8, "login"), at(9, "login", "d2"), at(10, "lock")], [2]),
        ("one after the other", [at(8, "login"), at(8.5, "logout"), at(9, "login", "d2"), at(10, "logout", "d2")], []),
        ("the first was locked", [at(8, "login"), at(8.5, "lock"), at(9, "login", "d2"), at(10, "unlock")], []),
        ("nobody knows how the first ended", [at(8, "login"), at(9, "login", "d2"), at(10, "login")], []),
        ("the same device twice", [at(8, "login"), at(9, "login"), at(10, "lock")], []),
        ("three at once", [at(8, "login"), at(8.5, "login", "d2"), at(9, "login", "d3"), at(10, "lock"),
                           at(10, "lock", "d2")], [3]),
        ("the end lies after midnight", [at(17, "login"), at(18, "login", "d2"), at(32, "lock")], []),
        ("another account", [at(8, "login"), at(9, "login", "d2", owner=6), at(10, "lock")], []),
    ],
)  # fmt: skip
def test_sessions_at_the_same_time(story: str, events: list[dict[str, Any]], made: list[int]) -> None:
    assert amounts(OVERLAP, 2, *events) == made, story


@pytest.mark.parametrize(
    ("story", "events", "made"),
    [
        ("reported last month", [at(8, "report"), at(8 + 24 * 9, "login")], [9]),
        (
            "reported later on the same day",
            [at(8, "report"), at(8 + 24 * 9, "login"), at(10 + 24 * 9, "report")],
            [],
        ),
        ("never, since it was first seen", [at(8, "other"), at(8 + 24 * 9, "login")], [9]),
        ("seen for the first time today", [at(8, "login")], []),
        ("not used", [at(8, "report"), at(8 + 24 * 9, "other")], []),
    ],
)
def test_a_device_that_fell_silent(story: str, events: list[dict[str, Any]], made: list[int]) -> None:
    assert amounts(SILENCE, 5, *events) == made, story


SLIDING = next(w for w in TOYS if w.timespan == "10m")


@pytest.mark.parametrize(
    ("story", "minutes", "made"),
    [
        ("two addresses at once", [(0, "a"), (0, "b")], [2]),
        ("just within ten minutes", [(0, "a"), (9.99, "b")], [2]),
        ("ten minutes apart is no longer within", [(0, "a"), (10, "b")], []),
        ("the same address again", [(0, "a"), (5, "a")], []),
        ("windows that overlap are one event", [(0, "a"), (5, "b"), (10, "c"), (14, "a"), (19, "b")], [3]),
        ("ten minutes of rest make two events", [(0, "a"), (5, "b"), (15, "a"), (16, "b")], [2, 2]),
        ("no address known", [(0, "a"), (1, None)], []),
    ],
)
def test_addresses_within_minutes(
    story: str, minutes: list[tuple[float, str | None]], made: list[int]
) -> None:
    events = [at(8 + minute / 60, "login", src_ip=address) for minute, address in minutes]
    assert amounts(SLIDING, 2, *events) == made, story
