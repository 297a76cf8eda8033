"""dnsdist: its own time stamp, whose second number is nanoseconds, and protected names."""

from __future__ import annotations

import pytest

from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from sources.feeding import run, total


@pytest.mark.parametrize(
    ("stamp", "micros"), [("0", 0), ("5", 0), ("1000", 1), ("50000000", 50_000), ("999999999", 999_999)]
)
def test_nanoseconds_have_no_leading_zeros(stamp: str, micros: int) -> None:
    line = f"[1791212400.{stamp}] Packet from 10.0.0.1:53 for a.test. A with id 1\n"
    found = total(run("dnsdist", [line.encode()], NOTHING_PROTECTED))
    assert [event["time"] for event in found["events"]] == [1_791_212_400_000_000 + micros]


@pytest.mark.parametrize(
    "stamp", ["[1791212400.5] ", "", "2026-10-05T08:00:00Z dns1 dnsdist[1]: ", "Oct  5 08:00:00 d dnsdist: "]
)
def test_a_protected_name_is_a_count_even_where_no_time_can_be_read(stamp: str) -> None:
    line = f"{stamp}Packet from 10.0.0.1:53 for www.union.example. A with id 1\n"
    found = total(run("dnsdist", [line.encode()], Protected(hosts=frozenset({"union.example"}))))
    assert (found["events"], found["rejects"], found["noise"], found["protected"]) == ([], [], {}, 1)
