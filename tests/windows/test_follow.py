"""Logs that are followed make the same derived events as logs read at once, however they come in."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.audit.windows import store
from clausewise.audit.windows.partial import STATE
from clausewise.audit.windows.state import Follow, Kept
from clausewise.model.law import Window
from windows.events import HIGH, LOW, MINUTE, events
from windows.toy_windows import LIMIT_ROWS, TOYS, ZONE, found, state_of

LATENESS = 60 * MINUTE


def follow(window: Window, threshold: int, zone: str = ZONE, kept: Kept | None = None) -> Follow:
    return Follow({window.id: window}, {window.id: threshold}, zone, LATENESS, lambda _: LIMIT_ROWS, kept)


def told(tables: Iterable[pa.Table]) -> list[tuple[Any, ...]]:
    rows = [tuple(r.values()) for table in tables for r in table.drop_columns(["moment"]).to_pylist()]
    return sorted(rows, key=repr)


@pytest.mark.parametrize("window", TOYS, ids=lambda w: f"{w.id}-{w.finest}")
@settings(max_examples=10, deadline=None)
@given(
    happened=st.lists(st.tuples(events(), st.integers(0, 60)), max_size=40),
    cuts=st.lists(st.integers(1, 39), max_size=5),
    threshold=st.integers(0, 2),
    zone=st.sampled_from([ZONE, "Asia/Kathmandu"]),
)
def test_following_makes_what_one_batch_makes(
    tmp_path_factory: pytest.TempPathFactory,
    window: Window,
    happened: list[tuple[dict[str, Any], int]],
    cuts: list[int],
    threshold: int,
    zone: str,
) -> None:
    """Events come up to an hour late, in any pieces, and the process starts anew from disk between them."""
    folder = tmp_path_factory.getbasetemp() / f"follow-{window.id}".replace(":", "-")
    store.write(folder, Kept.nothing())
    arrived = sorted(
        ((event["time"] + late * MINUTE, event) for event, late in happened), key=lambda one: one[0]
    )
    edges = sorted({0, *(cut for cut in cuts if cut < len(arrived)), len(arrived)})
    said = []
    for begin, end in pairwise(edges):
        state = follow(window, threshold, zone, store.read(folder))
        assert state.add(state_of(window, [event for _, event in arrived[begin:end]], zone)) == 0
        said.append(state.closed(arrived[end - 1][0]))
        store.write(folder, state.kept({"read": end}))
    said.append(follow(window, threshold, zone, store.read(folder)).closed(None))
    batch = found(window, state_of(window, [event for event, _ in happened], zone), threshold, zone)
    assert told(said) == batch


def login(at: int, **more: Any) -> dict[str, Any]:
    return {
        "time": at,
        "person": 5,
        "owner": 5,
        "device": "d1",
        "kind": "login",
        "outcome": "reached",
        **more,
    }


BYTES = TOYS[2]


def test_an_hour_is_said_once_it_is_over_and_the_late_have_come() -> None:
    state, hour = follow(BYTES, 5), LOW - LOW % (60 * MINUTE)
    state.add(state_of(BYTES, [login(hour + MINUTE, bytes=4)]))
    assert state.closed(hour + 119 * MINUTE).num_rows == 0
    assert state.add(state_of(BYTES, [login(hour + 59 * MINUTE, bytes=4)])) == 0
    made = state.closed(hour + 120 * MINUTE).to_pylist()
    assert [(row["amount"], row["threshold"]) for row in made] == [(8, 5)]
    assert state.rows.num_rows == 0
    assert state.closed(hour + 500 * MINUTE).num_rows == 0


def test_what_comes_later_than_that_is_counted_and_left_out() -> None:
    state, hour = follow(BYTES, 5), LOW - LOW % (60 * MINUTE)
    state.add(state_of(BYTES, [login(hour + MINUTE, bytes=4)]))
    state.closed(hour + 120 * MINUTE)
    late = [
        login(hour + 2 * MINUTE, bytes=9),
        login(hour + 3 * MINUTE, bytes=9),
        login(hour + 61 * MINUTE, bytes=9),
    ]
    assert state.add(state_of(BYTES, late)) == 2
    assert [row["amount"] for row in state.closed(None).to_pylist()] == [9]


def test_what_is_closed_does_not_pile_up() -> None:
    """A year of mornings leaves a few rows, not a year of them."""
    for window in TOYS:
        state = follow(window, 1)
        for day in range(40):
            start = LOW + day * 24 * 60 * MINUTE
            kinds = ("login", "lock", "unlock", "report", "logout")
            rows = [login(start + n * MINUTE, kind=kind, bytes=1, src_ip="10.0.0.1", software="Draw",
                          words=("personal",), duty="on") for n, kind in enumerate(kinds)]  # fmt: skip
            state.add(Calendarless.state(window, rows))
            state.closed(start + 24 * 60 * MINUTE)
        assert state.rows.num_rows < 30, (window.id, state.rows.num_rows)


class Calendarless:
    """Partial states of days beyond the calendar of the other tests."""

    @staticmethod
    def state(window: Window, rows: list[dict[str, Any]]) -> pa.Table:
        shift = (
            max(0, rows[0]["time"] - (HIGH - 24 * 60 * MINUTE))
            // (7 * 24 * 60 * MINUTE)
            * (7 * 24 * 60 * MINUTE)
        )
        table = state_of(window, [{**row, "time": row["time"] - shift} for row in rows])
        for name in ("bucket", "moment", "first", "last"):
            place = table.schema.get_field_index(name)
            table = table.set_column(place, name, pa.compute.add(table[name], shift))
        return table.cast(STATE)


def test_a_broken_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / store.NAME).write_bytes(b"PAR1 not")
    with pytest.raises(ValueError, match="remove it, and the windows are counted anew"):
        store.read(tmp_path)


def test_nothing_written_is_the_beginning(tmp_path: Path) -> None:
    kept = store.read(tmp_path)
    assert (kept.rows.num_rows, kept.closed, kept.marks) == (0, {}, {})


WRITER = """
import sys
from pathlib import Path
from clausewise.audit.windows import store
from clausewise.audit.windows.partial import STATE
from clausewise.audit.windows.state import Kept
import pyarrow as pa
row = {name: 0 for name in STATE.names} | {"window_id": "w", "thing": "t", "member": "m", "edge": ""}
for number in range(1, 1_000_000):
    rows = pa.Table.from_pylist([{**row, "n": number, "moment": at} for at in range(200)], schema=STATE)
    store.write(Path(sys.argv[1]), Kept(rows, {"w": number}, {"read": number}))
    print(number, flush=True)
"""


def test_a_process_killed_while_it_writes_leaves_a_whole_state(tmp_path: Path) -> None:
    """State, closed buckets and marks are of one moment, and not before the last one that was reported written."""
    for wait in (0.0, 0.013, 0.031):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for _ in range(5):
            writer.stdout.readline()
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        reported = int((["5", *writer.communicate()[0].split()])[-1])
        kept = store.read(tmp_path)
        number = kept.marks["read"]
        assert isinstance(number, int)
        assert number in (reported, reported + 1)
        assert kept.closed == {"w": number}
        assert set(kept.rows["n"].to_pylist()) == {number}
        assert kept.rows.num_rows == 200
