"""FreeRADIUS files: records over several lines and block cuts, counters, passwords that are never kept."""

from __future__ import annotations

from typing import Any

import pytest

from clausewise.sources import SOURCES
from clausewise.sources.contract import NOTHING_PROTECTED
from sources.feeding import cut_up, run, total

CANARY = "canary-word"
RECORD = (
    "Sun Nov  1 01:30:00 2026\n"
    '\tAcct-Status-Type = Stop\n\tUser-Name = "ana.lopez"\n\tUser-Password = "canary-word"\n'
    "\tAcct-Input-Octets = 5\n\tAcct-Input-Gigawords = 1\n\tAcct-Output-Octets = 7\n\n"
)


def read(text: str, option: str = "", cuts: tuple[int, ...] = ()) -> Any:
    return total(run("freeradius", cut_up(text.encode(), list(cuts)), NOTHING_PROTECTED, option))


def test_a_record_is_one_event_wherever_the_file_is_cut() -> None:
    whole = read(RECORD * 3)
    assert [(e["line"], e["length"], e["bytes"]) for e in whole["events"]] == [
        (1, len(RECORD) - 2, (1 << 32) + 12),
        (9, len(RECORD) - 2, (1 << 32) + 12),
        (17, len(RECORD) - 2, (1 << 32) + 12),
    ]
    for cut in range(len(RECORD) * 3):
        assert read(RECORD * 3, cuts=(cut,)) == whole


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("\tTimestamp = 1793525400\n", 1_793_525_400),
        ('\tEvent-Timestamp = "Nov  1 2026 01:30:00 PDT"\n\tTimestamp = 1\n', 1_793_521_800),
        ('\tEvent-Timestamp = "Nov  1 2026 01:30:00 PST"\n\tTimestamp = 1\n', 1_793_525_400),
        ('\tEvent-Timestamp = "Nov  1 2026 01:30:00 CEST"\n\tTimestamp = 2\n', 2),
        ('\tEvent-Timestamp = "Nov  1 2026 09:30:00 UTC"\n', 1_793_525_400),
        ("\tEvent-Timestamp = 1793525400\n", 1_793_525_400),
        ("", 1_793_521_800),
    ],
)
def test_the_time_is_the_events_own_then_the_servers_then_the_blocks(said: str, time: int) -> None:
    text = RECORD.replace("\tAcct-Input-Octets = 5\n", said)
    events = read(text, "zone=America/Los_Angeles")["events"]
    assert [event["time"] for event in events] == [time * 1_000_000]


def test_a_file_cut_short_gives_no_event_of_its_last_record() -> None:
    source = SOURCES["freeradius"]
    begun = source.parse(RECORD.encode()[:-20], source.start(""), NOTHING_PROTECTED)
    ended = source.finish(begun.state, NOTHING_PROTECTED, True)
    assert ended.events == 0
    assert [reject.reason for reject in ended.rejects] == [
        "the file ends inside this line",
        "the file ends inside this record",
    ]
    assert sum(begun.noise.values()) + len(ended.rejects) == begun.lines + ended.lines


@pytest.mark.parametrize(
    "name",
    [
        f"ana.lopez/{CANARY}",
        f"ana.lopez/{CANARY}] (from client {CANARY} port 0 cli {CANARY}) x",
        f"ana.lopez/a/{CANARY}",
        f"ana.lopez/]: [{CANARY}",
        f"host/pc.redbud.example/{CANARY}",
        f"/{CANARY}",
    ],
)
@pytest.mark.parametrize("result", ["Login OK", "Login incorrect (mschap: wrong)", "(7) Login incorrect"])
@pytest.mark.parametrize(
    "before", ["Mon Oct  5 09:01:00 2026 : Auth: ", "2026-10-05T09:01:00Z r radiusd[1]: "]
)
def test_a_password_in_the_log_is_never_kept(before: str, result: str, name: str) -> None:
    text = f"{before}{result}: [{name}] (from client ap port 0 cli 00-00-5E-00-53-01)\n"
    batches = run("freeradius", [text.encode()], NOTHING_PROTECTED)
    assert CANARY not in repr([(batch.state, total([batch])) for batch in batches])
    events = total(batches)["events"]
    assert [(e["user"] or "", e["device"], e["mac"]) for e in events] == [
        ("ana.lopez" if name.startswith("ana") else "", "ap", "00:00:5e:00:53:01")
    ]


def test_a_password_in_a_record_is_never_kept() -> None:
    batches = run("freeradius", [RECORD.encode()[:-1], b"\n"], NOTHING_PROTECTED)
    assert CANARY not in repr([(batch.state, total([batch])) for batch in batches])
