"""Reads Windows event logs in their own binary form, chunk by chunk; every record counts as one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, nothing
from clausewise.sources.json_lines import NOT_WATCHED
from clausewise.sources.rows import Collected, Line
from clausewise.sources.times import from_iso, zone_named
from clausewise.sources.windows_events import CLASSES, meaning
from clausewise.sources.windows_evtx.chunk import CHUNK, FILE_HEADER, MAGIC, end_of, places_of, records_of
from clausewise.sources.windows_record import WindowsEvent, device_name
from clausewise.sources.windows_xml_json import data_of, envelope

_UTC = zone_named("UTC")
_CUT = "the file ends inside this line"
_DAMAGED = "the record is damaged"


class Stage(NamedTuple):
    """How far a file is read: whether its header is behind us, and bytes to pass over before the next chunk."""

    begun: bool = False
    skip: int = 0


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`.

    A chunk is read as soon as all its records are there; what follows them in it holds nothing, and is
    passed over. `State.tail` is the begun chunk.
    """
    if state.skipping:
        return nothing(replace(state, offset=state.offset + len(block)))
    data, at, stage = state.tail + block, 0, state.memory or Stage()
    out, line = Collected(protected), state.line
    if not stage.begun:
        if not (data.startswith(MAGIC) or MAGIC.startswith(data)):
            return _refused(state, len(data))
        if len(data) >= FILE_HEADER:
            at, stage = FILE_HEADER, Stage(True)
    while stage.begun:
        passed = min(stage.skip, len(data) - at)
        at, stage = at + passed, Stage(True, stage.skip - passed)
        stop = end_of(data[at : at + CHUNK])
        if stage.skip or len(data) - at < stop:
            break
        line = _read(data[at : at + stop], line, state.offset + at, out)
        at, stage = at + stop, Stage(True, CHUNK - stop)
    after = replace(state, tail=data[at:], line=line, offset=state.offset + at, memory=stage)
    return _batch(out, line - state.line, after)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read the whole records of a chunk that the file ends in; the one it ends inside is a reject."""
    stage: Stage = state.memory or Stage()
    if state.skipping or not (state.tail or (stage.skip and cut_short)):
        return nothing(state)
    out, line = Collected(protected), state.line
    if stage.begun and not stage.skip:
        line = _read(state.tail, line, state.offset, out, whole=False)
    else:
        out.reject(Line(line + 1, state.offset, len(state.tail), ""), _CUT)
        line += 1
    ended = replace(state, tail=b"", line=line, offset=state.offset + len(state.tail))
    return _batch(out, line - state.line, ended)


def _refused(state: State, length: int) -> Batch:
    out = Collected(NOTHING_PROTECTED)
    out.reject(Line(1, 0, length, ""), "the file is no Windows event log: its first bytes are not ElfFile")
    return _batch(out, 1, replace(state, tail=b"", line=1, offset=state.offset + length, skipping=True))


def _read(chunk: bytes, line: int, base: int, out: Collected, whole: bool = True) -> int:
    """Put the records of a chunk that begins at byte `base` into `out`; give the number of the last one."""
    places = places_of(chunk, len(chunk))
    records = records_of(chunk, places, len(chunk))
    for place in places:
        line += 1
        where = Line(line, base + place.offset, place.length, "")
        event = records.get(place.number) if place.number is not None else None
        if event is not None:
            _put(event, where, out)
        else:
            last = not whole and place is places[-1]
            out.reject(where, _CUT if last else _DAMAGED)
    if not whole and not places and any(chunk):
        line += 1
        out.reject(Line(line, base, len(chunk), ""), _CUT)
    return line


def _put(event: Mapping[str, Any], line: Line, out: Collected) -> None:
    found = envelope(event)
    if found is None or found.number is None:
        out.reject(line, _DAMAGED)
        return
    put = meaning(found.provider, found.channel, found.number)
    if put is None:
        out.noise[NOT_WATCHED] += 1
        return
    time = from_iso(found.written or "", _UTC)
    put(WindowsEvent(time, device_name(found.computer), found.task, data_of(event)), line, out)


def _batch(out: Collected, lines: int, state: State) -> Batch:
    noise = {kind: count for kind, count in sorted(out.noise.items()) if count}
    return Batch(out.tables(), tuple(sorted(out.rejects)), noise, out.protected, lines, state, out.extra)


__all__ = ["MAGIC", "SOURCE"]

SOURCE = Source("windows_evtx", "Windows event log (EVTX, binary)", CLASSES, parse, finish)
