"""Reads Windows events from JSON lines: evtx_dump, Winlogbeat, NXLog, Microsoft Sentinel."""

from __future__ import annotations

import json
from datetime import tzinfo
from typing import Any

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.json_lines import NOT_WATCHED
from clausewise.sources.options import CLOCK_KEYS, read_options
from clausewise.sources.rows import Collected, Line, Reader, parse_with
from clausewise.sources.times import zone_named
from clausewise.sources.windows_events import CLASSES, meaning
from clausewise.sources.windows_json.shapes import data_in, shape_of, time_of
from clausewise.sources.windows_record import WindowsEvent, device_name


class WindowsJsonReader:
    """Reads one event a line; lines do not lean on each other."""

    def __init__(self, zone: tzinfo | None) -> None:
        self.memory: Any = None
        self._zone = zone

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        if not line.text.strip():
            out.noise["blank"] += 1
            return
        try:
            record = json.loads(line.text)
        except (ValueError, RecursionError):
            out.reject(line, "the line is no JSON")
            return
        shape = shape_of(record) if isinstance(record, dict) else None
        if shape is None:
            out.reject(
                line, "the line is no Windows event: it needs an event number and a provider or channel"
            )
            return
        put = meaning(shape.provider, shape.channel, shape.number)
        if put is None:
            out.noise[NOT_WATCHED] += 1
            return
        time = time_of(shape, self._zone)
        put(WindowsEvent(time, device_name(shape.computer), shape.task, data_in(shape)), line, out)

    def end(self, out: Collected) -> None:
        """Nothing is held back."""


def start(option: str) -> State:
    """Begin; `option` may be `zone=America/Los_Angeles`, for NXLog times that name no zone.

    Every line is read alone, so an hour that comes twice is its first coming. Raises `ValueError` for an
    option that cannot be read.
    """
    found = read_options(option, CLOCK_KEYS)  # these times always have their year: `year` changes nothing
    return State(option=zone_named(found["zone"]) if "zone" in found else None)


def begin(memory: Any, option: Any) -> Reader:
    """Give the reader of a block."""
    return WindowsJsonReader(option)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "windows_json",
    "Windows events as JSON lines (evtx_dump, Winlogbeat, NXLog, Sentinel)",
    CLASSES,
    parse,
    finish,
    start,
    alone=True,
    zone=True,
)
