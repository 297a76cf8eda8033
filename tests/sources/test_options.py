"""The option of a log source: `key=value,key=value`, with every mistake told by its remedy."""

from __future__ import annotations

from datetime import UTC

import pytest

from clausewise.sources import SOURCES
from clausewise.sources.options import CLOCK_KEYS, read_clock, read_options


def test_pairs_are_read_with_blanks_around_them() -> None:
    found = read_options(" zone = America/Los_Angeles , year=2026,", CLOCK_KEYS)
    assert found == {"zone": "America/Los_Angeles", "year": "2026"}
    assert read_options("", CLOCK_KEYS) == {}


def test_nothing_named_is_utc_without_a_year() -> None:
    assert read_clock({}) == (UTC, None, None)


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("yaer=2026", "option 'yaer': unknown here; use until, year, zone"),
        ("2026", "option '2026': unknown here; use until, year, zone"),
        ("year", "option year: it has no value; write it like year=2026"),
        ("year=2026,year=2027", "option year: given twice; give it once"),
        ("year=26", "option year=26: not a year; write it like year=2026"),
        ("until=yesterday", "option until=yesterday: not a date; write it like until=2026-10-05"),
        ("zone=Redbud/County", "zone 'Redbud/County': no such time zone; write it like America/Los_Angeles"),
    ],
)
@pytest.mark.parametrize("name", ["postfix", "freeradius", "isc_dhcp", "dnsdist", "syslog"])
def test_a_mistake_is_told_with_its_remedy(name: str, option: str, told: str) -> None:
    assert SOURCES[name].zone
    with pytest.raises(ValueError, match=r"option|zone") as caught:
        SOURCES[name].start(option)
    assert str(caught.value) == told


def test_a_format_without_options_refuses_them() -> None:
    with pytest.raises(ValueError, match="option 'year': unknown here; this format takes none, leave it out"):
        SOURCES["isc_dhcp_leases"].start("year=2026")
