"""Texts of decimals, dates, durations and addresses are read exactly where Cedar reads them, to the same value."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.audit.relational import literals
from clausewise.pdp.cedar import parse
from relational.judges import cedar

REQUEST: dict[str, Any] = {
    "principal": {"type": "User", "id": "u"},
    "action": {"type": "Action", "id": "a"},
    "resource": {"type": "File", "id": "f"},
    "context": {},
}
CASES = {
    "decimal": [
        "1.0", "-0.0", "1", "1.", ".5", "1.12345", "00001.5", "+1.0", " 1.0", "1.0 ", "1e2.0", "-1.5", "--1.0",
        "922337203685477.5807", "922337203685477.5808", "-922337203685477.5808", "-922337203685477.5809", "１.0", "",
    ],
    "datetime": [
        "2024-02-29", "2023-02-29", "0000-01-01", "0000-02-29", "9999-12-31", "10000-01-01", "2024-1-01", "2024-01-01T",
        "2024-01-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z", "2024-01-01T00:00:00", "-0001-01-01",
        "2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00.123Z", "2024-01-01T00:00:00.123+0530", "2024-01-01t00:00:00z",
        "2024-01-01T00:00:00+2400", "2024-01-01T00:00:00-2359", "2024-01-01T00:00:00+0060", "2024-00-01", "2024-01-00",
        "2024-01-01T00:00:00+05:30", "1969-12-31T23:59:59.999-0001", "9999-12-31T23:59:59.999-2359", "2024-04-31",
    ],
    "duration": [
        "1d", "1d2h3m4s5ms", "-1d", "1h1d", "", "-", "1", "1D", "0ms", "00012h", "1d1d", "+1d", "1.5h", "1ms2s",
        "9223372036854775807ms", "-9223372036854775808ms", "9223372036854775808ms", "106751991167d", "106751991168d",
        "106751991167d25h", "99999999999999999999999d", "5m5ms", " 1d",
    ],
    "ip": [
        "10.0.0.1", "10.0.0.1/8", "10.0.0.1/33", "10.0.0.1/08", "10.0.0.01", "10.0.0", "::", "::1/128", "::1/129", "1::2::3",
        "::ffff:1.2.3.4", "fe80::1%eth0", "10.0.0.1/", "/8", "10.0.0.1/+8", "10.0.0.1 ", "ABCD::EF", "0.0.0.0/0", "::/00",
        "10.0.0.1/255.0.0.0", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "01234::1", "0:0:0:0:0:0:0:1/64", "256.1.1.1", "",
    ],
}  # fmt: skip
SAME = {
    "decimal": 'decimal("{}") == decimal("{}")',
    "datetime": 'datetime("{}") == datetime("1970-01-01").offset(duration("{}"))',
    "duration": 'duration("{}") == duration("{}")',
}


def asked(condition: str) -> bool | None:
    """What Cedar says of a condition."""
    ((verdict,),) = cedar(
        parse(f"forbid(principal, action, resource) when {{ {condition} }};", "p"), [REQUEST], []
    )
    return verdict


def read(kind: str, text: str) -> int | str | None:
    """What we read; None for an error."""
    try:
        return literals.READERS[kind](text)
    except ValueError:
        return None


def written(kind: str, value: int) -> str:
    """A number as a text that Cedar reads."""
    if kind != "decimal":
        return f"{value}ms"
    return f"{'-' if value < 0 else ''}{abs(value) // 10_000}.{abs(value) % 10_000:04}"


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in CASES.items() for text in texts])
def test_a_text_is_read_as_cedar_reads_it(kind: str, text: str) -> None:
    ours = read(kind, text)
    assert (ours is None) == (asked(f'{kind}("{text}") == {kind}("{text}")') is None)
    if isinstance(ours, int):
        assert asked(SAME[kind].format(text, written(kind, ours))) is True


@given(st.from_regex(literals.DURATION, fullmatch=True))
def test_durations_of_any_size(text: str) -> None:
    ours = read("duration", text)
    theirs = asked(f'duration("{text}") == duration("{text}")')
    assert (ours is None) == (theirs is None)


@given(st.datetimes(), st.integers(-23, 23))
def test_any_time_in_any_zone(when: datetime, hours: int) -> None:
    stamp = when.replace(microsecond=0).isoformat()
    text = f"{stamp}.{when.microsecond // 1000:03}{'-' if hours < 0 else '+'}{abs(hours):02}15"
    ours = read("datetime", text)
    assert isinstance(ours, int)
    assert asked(SAME["datetime"].format(text, written("datetime", ours))) is True
