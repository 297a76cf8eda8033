"""Random days of a small office for the window tests: few people and machines, so that things coincide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000
CHANGE = datetime(2026, 11, 1, 9, tzinfo=UTC)
"""The instant at which clocks in California went back from 2 to 1 in the morning."""
LOW = int((CHANGE - timedelta(days=9) - EPOCH).total_seconds()) * 1_000_000
HIGH = LOW + 20 * 24 * 60 * MINUTE


def moments() -> st.SearchStrategy[int]:
    """Times on the grid of half minutes in busy hours, some anywhere, some close to the change of clocks."""
    busy = st.builds(
        lambda day, tick, ms: LOW + day * 24 * 60 * MINUTE + tick * MINUTE // 2 + ms * 1000,
        st.integers(0, 19),
        st.integers(0, 120),
        st.sampled_from([0, 0, 1, 29_999]),
    )
    turn = int((CHANGE - EPOCH).total_seconds()) * 1_000_000
    return st.one_of(busy, st.integers(LOW, HIGH), st.integers(turn - 120 * MINUTE, turn + 120 * MINUTE))


def events() -> st.SearchStrategy[dict[str, Any]]:
    """One event with any of its fields unknown."""
    return st.fixed_dictionaries(
        {
            "time": moments(),
            "person": st.sampled_from([None, -7, 5, 5]),
            "owner": st.sampled_from([None, 5, 6]),
            "device": st.sampled_from([None, "d1", "d1", "d2", "d3"]),
            "src_ip": st.sampled_from([None, "10.0.0.1", "10.0.0.2", "10.0.0.3"]),
            "software": st.sampled_from([None, "Draw", "draw", "Write"]),
            "kind": st.sampled_from(
                [None, "login", "login", "lock", "unlock", "logout", "connect", "report", "other"]
            ),
            "outcome": st.sampled_from([None, "reached", "reached", "attempted"]),
            "duty": st.sampled_from(["on", "on", "off", "unknown"]),
            "purpose": st.sampled_from([None, "class", "work"]),
            "bytes": st.sampled_from([None, 0, 1, 10, 2**61]),
            "words": st.sampled_from([(), ("personal",), ("personal", "streaming")]),
        }
    )
