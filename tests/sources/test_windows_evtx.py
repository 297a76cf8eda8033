"""EVTX files: chunks over block borders, damage that costs one record and no more, files that break off."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.sources import SOURCES, detect
from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from sources.evtx_sample import EVENTS
from sources.evtx_writer import CHUNK, FILE_HEADER, Event, write
from sources.feeding import cut_up, run, total
from sources.test_sources_all import SAMPLES, check

NAME = "windows_evtx"
FILE = write([EVENTS[:20], EVENTS[20:40], EVENTS[40:]])


def read(
    data: bytes, cuts: list[int] | None = None, protected: Protected = NOTHING_PROTECTED
) -> dict[str, Any]:
    batches = run(NAME, cut_up(data, cuts or []), protected)
    check(batches)
    found = total(batches)
    found["events"].sort(key=lambda event: event["line"])
    found["rejects"].sort()
    return found


def places(data: bytes) -> list[tuple[int, int]]:
    """Offset and length of each record, found by its magic alone."""
    found, at = [], data.find(b"**\0\0")
    while at >= 0:
        length = struct.unpack_from("<I", data, at + 4)[0]
        found.append((at, length))
        at = data.find(b"**\0\0", at + length)
    return found


def test_the_shipped_sample_is_the_invented_events() -> None:
    assert SAMPLES[NAME].read_bytes() == write([EVENTS])


def test_every_record_is_a_line_and_its_place_holds_its_bytes() -> None:
    found, there = read(FILE), places(FILE)
    assert found["lines"] == len(EVENTS) == len(there)
    for event in found["events"]:
        assert (event["offset"], event["length"]) == there[event["line"] - 1]
    assert len(found["events"]) == 38


def test_chunks_change_nothing_in_what_the_events_say() -> None:
    where = ("offset", "length")
    one, three = read(write([EVENTS]))["events"], read(FILE)["events"]
    for event in (*one, *three):
        for name in where:
            del event[name]
    assert one == three


@pytest.mark.parametrize("size", [1000, 4096, 65536, 65537, 100_000])
def test_blocks_end_anywhere(size: int) -> None:
    assert read(FILE, list(range(size, len(FILE), size))) == read(FILE)


def test_an_empty_log_and_chunks_made_ready_ahead_hold_nothing() -> None:
    assert read(write([[]]))["lines"] == 0
    assert read(FILE + b"\0" * CHUNK * 2) == read(FILE)
    assert read(b"")["lines"] == 0


def test_a_damaged_record_costs_itself_alone() -> None:
    whole, at = read(FILE), places(FILE)[6][0]
    for damage in (struct.pack("<4sI", b"**\0\0", 0xFFFFFFF0), b"\xff" * 8, b"\0" * 8):
        found = read(FILE[:at] + damage + FILE[at + 8 :])
        assert found["rejects"] == [(7, at, "the record is damaged")]
        assert found["events"] == [event for event in whole["events"] if event["line"] != 7]
    body = read(FILE[: at + 40] + b"\xff" * 30 + FILE[at + 70 :])
    assert body["rejects"][0] == (7, at, "the record is damaged")
    assert body["lines"] == whole["lines"]


def test_a_damaged_chunk_head_costs_nothing() -> None:
    whole = read(FILE)
    second = FILE_HEADER + CHUNK
    assert read(FILE[:second] + b"\xee" * 60 + FILE[second + 60 :]) == whole
    assert read(FILE[:8] + b"\xee" * 100 + FILE[108:]) == whole


def test_a_list_that_leads_back_to_itself_is_not_followed() -> None:
    """The library goes round for ever on this one: two shared texts that each name the other as the next."""
    data, texts = bytearray(FILE), 128
    one, other = (FILE.find(name.encode("utf-16-le")) - 8 for name in ("Event", "System"))
    struct.pack_into("<I", data, FILE_HEADER + texts, one - FILE_HEADER)
    struct.pack_into("<I", data, one, other - FILE_HEADER)
    assert read(bytes(data)) == read(FILE)
    struct.pack_into("<I", data, other, one - FILE_HEADER)
    assert read(bytes(data)) == read(FILE)


def test_a_dirty_log_is_read() -> None:
    dirty = bytearray(FILE)
    dirty[120] = 1  # the flag that Windows sets while it writes
    assert read(bytes(dirty)) == read(FILE)


def test_two_records_of_one_number_are_not_taken_for_each_other() -> None:
    (first, _), (second, _) = places(FILE)[:2]
    data = FILE[: second + 8] + FILE[first + 8 : first + 16] + FILE[second + 16 :]
    found = read(data)
    assert found["rejects"] == [(2, second, "the record is damaged")]
    assert found["events"][0]["line"] == 1


def test_a_file_that_breaks_off_keeps_its_whole_records() -> None:
    there = places(FILE)
    for number, (at, length) in enumerate(there):
        found = read(FILE[: at + length - 2])
        assert found["rejects"] == [(number + 1, at, "the file ends inside this line")]
        assert found["lines"] == number + 1
    at, length = there[-1]
    assert read(FILE[: at + length])["rejects"] == []


@pytest.mark.parametrize(("size", "lines"), [(3, 1), (100, 1), (FILE_HEADER, 0), (FILE_HEADER + 300, 1)])
def test_a_file_that_breaks_off_before_its_first_record(size: int, lines: int) -> None:
    found = read(FILE[:size])
    assert found["lines"] == lines
    assert [reject[2] for reject in found["rejects"]] == ["the file ends inside this line"] * lines


def test_another_file_is_refused_once() -> None:
    for data in (b"hello\n" * 100_000, b"ElfFile", b"ElfFilm\0" + b"\0" * 9000):
        assert read(data, [3, 9, 5000])["lines"] == 1


def test_detect_knows_it_by_its_first_bytes() -> None:
    idle = [Event("Some-Provider", "System", 1, "PC-1", "2026-10-05T15:00:00+00:00", {"a": "b\n"})] * 300
    assert detect(write([idle])[:CHUNK]) == NAME


def test_a_protected_name_leaves_nothing() -> None:
    sysmon = ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational")
    when = "2026-10-05T15:00:00+00:00"
    query = Event(
        *sysmon, 22, "CANARY", when, {"QueryName": "www.union.example", "QueryStatus": "0", "User": "canary"}
    )
    found = read(write([[query]]), protected=Protected(frozenset({"union.example"})))
    assert (found["protected"], found["events"]) == (1, [])
    assert "canary" not in json.dumps(found).lower()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mangled_chunks_never_raise_and_cuts_do_not_matter(data: st.DataObject) -> None:
    raw = bytearray(write([EVENTS[:12], EVENTS[12:18]]))
    used = places(bytes(raw))
    stop = used[11][0] + used[11][1]
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, stop) | st.integers(FILE_HEADER, FILE_HEADER + 600))
        piece = data.draw(
            st.binary(min_size=1, max_size=8) | st.sampled_from([b"\xff\xff\xff\xff", b"\0\0\0\0"])
        )
        raw[at : at + len(piece)] = piece
    cuts = data.draw(st.lists(st.integers(0, 10**6), max_size=4))
    assert read(bytes(raw)) == read(bytes(raw), cuts)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_bytes_lost_or_gained_never_raise(data: st.DataObject) -> None:
    raw = bytearray(FILE)
    at = data.draw(st.integers(0, len(raw)))
    raw[at : at + data.draw(st.integers(0, 70_000))] = data.draw(st.binary(max_size=300))
    cuts = data.draw(st.lists(st.integers(0, 10**6), max_size=4))
    assert read(bytes(raw)) == read(bytes(raw), cuts)


def test_a_record_is_not_read_alone() -> None:
    assert not SOURCES[NAME].alone  # it leans on the templates of its chunk
