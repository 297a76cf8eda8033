"""Lines that hold several records: each ends once, and what stands beside a protected one stays unread."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clausewise.audit.findings import Summary
from clausewise.sources.addresses import address
from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from clausewise.sources.json_lines import put_record, read_line
from clausewise.sources.rows import Collected, Line

LINE = Line(1, 0, 9, "")
SHARE = ("share", 5, {"target": "rep@union.example"})
ORDINARY = ("share", 5, {"target": "pat@mail.example"})
SHIELD = Protected(recipients=frozenset({"@union.example"}))


def ends(out: Collected) -> int:
    events = sum(len(rows) for rows in out.events.values())
    return events + len(out.rejects) + sum(out.noise.values()) + out.protected


def test_events_beyond_the_first_are_extra() -> None:
    out = Collected(NOTHING_PROTECTED)
    out.several(LINE, [ORDINARY, SHARE, ORDINARY])
    assert (len(out.events["share"]), out.extra, ends(out)) == (3, 2, 1 + out.extra)


def test_one_protected_event_hides_the_whole_record_once() -> None:
    out = Collected(SHIELD)
    out.several(LINE, [ORDINARY, SHARE, ORDINARY])
    assert (out.events, out.protected, out.extra) == ({}, 1, 0)


def test_one_unreadable_time_rejects_the_whole_record_once() -> None:
    out = Collected(NOTHING_PROTECTED)
    out.several(LINE, [ORDINARY, ("auth", None, {})])
    assert (out.events, len(out.rejects), out.extra) == ({}, 1, 0)


@pytest.mark.parametrize("made", [[], [ORDINARY], [ORDINARY, SHARE]])
@pytest.mark.parametrize("idle", [(), ("not-watched",), ("not-watched", "old-state")])
@pytest.mark.parametrize("shield", [NOTHING_PROTECTED, SHIELD])
def test_a_record_ends_once_for_each_part(made: list[Any], idle: tuple[str, ...], shield: Protected) -> None:
    out = Collected(shield)
    put_record(LINE, out, made, idle)
    assert ends(out) == 1 + out.extra


def read(text: str) -> tuple[list[Any], Collected]:
    out, seen = Collected(NOTHING_PROTECTED), []

    def put(record: dict[str, Any], line: Line, out: Collected) -> None:
        seen.append(record)
        out.noise["seen"] += 1

    read_line(Line(1, 0, len(text), text), out, "items", put)
    assert ends(out) == 1 + out.extra
    return seen, out


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('{"a": 1}', 1),
        ('{"a": 1},', 1),
        ('[{"a": 1},', 1),
        ('{"a": [1]}]', 1),
        ('[{"a": 1}, {"a": 2}]', 2),
        ('{"items": [{"a": 1}, {"a": 2}, {"a": 3}], "kind": "x"}', 3),
        ('  {"a": 1}  ', 1),
    ],
)
def test_records_and_pages_of_them(text: str, records: int) -> None:
    seen, out = read(text)
    assert (len(seen), out.rejects) == (records, [])


@pytest.mark.parametrize("text", ["[", "]", "]}", '], "next": "x"}', '{"kind": "k", "items": ['])
def test_brackets_of_a_page_are_noise(text: str) -> None:
    assert read(text)[1].noise == {"frame": 1}


@pytest.mark.parametrize("text", ["{", '"actor": {', "7", "null", '{"a": 1} {"a": 2}', "[" * 100_000])
def test_anything_else_is_rejected(text: str) -> None:
    seen, out = read(text)
    assert (seen, len(out.rejects)) == ([], 1)


def test_items_that_are_no_records_are_rejected_one_by_one() -> None:
    seen, out = read(json.dumps([{"a": 1}, 7, None]))
    assert (len(seen), len(out.rejects), out.extra) == (1, 2, 2)


def test_the_sums_of_an_audit_count_records() -> None:
    assert Summary(lines=2, extra=3, events=4, noise=1).sums()
    assert not Summary(lines=2, extra=2, events=4, noise=1).sums()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("198.51.100.7:50412", "198.51.100.7"),
        ("[2001:db8::9]:443", "2001:db8::9"),
        ("[2001:db8:0::9]", "2001:db8::9"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("<null>", None),
        ("RCOE-LT-0042", None),
        ("", None),
        (None, None),
    ],
)
def test_addresses(said: str | None, meant: str | None) -> None:
    assert address(said) == meant
