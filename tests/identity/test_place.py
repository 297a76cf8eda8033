"""Away is said only of an address that the county's list of networks would know if it were the county's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clausewise.audit.identity.place import places
from clausewise.facts.snapshot import Facts
from facts.county import facts

LOW = int(datetime(2026, 9, 1, tzinfo=UTC).timestamp()) * 1_000_000
HIGH = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * 1_000_000
LISTED = facts(networks="cidr,profile,valid_from\n10.20.0.0/16,staff,\n198.51.100.7/32,personal,2026-10-01\n")


def where(address: str, known: Facts = LISTED) -> list[str]:
    """The places of an address in order of time."""
    return [str(place) for place in places(known, [address], LOW, HIGH)["place"].to_pylist()]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("10.20.4.17", "county"),
        ("203.0.113.9", "away"),
        ("192.168.1.5", "away"),
        ("2001:db8::1", "away"),
        ("127.0.0.1", "unknown"),
        ("169.254.3.4", "unknown"),
        ("0.0.0.0", "unknown"),
        ("fe80::1", "unknown"),
        ("LAPTOP-7", "unknown"),
    ],
)
def test_each_kind_of_address(address: str, place: str) -> None:
    assert where(address) == [place]


def test_a_place_that_is_assigned_is_not_away_from_that_day() -> None:
    assert where("198.51.100.7") == ["away", "county"]


def test_without_a_list_of_networks_nothing_is_away() -> None:
    assert where("203.0.113.9", Facts.empty()) == ["unknown"]
