"""Reads FreeRADIUS files: accounting records over several lines (detail files) and logins (radius.log)."""

from __future__ import annotations

import re
from typing import NamedTuple

from clausewise.sources.contract import (
    NOTHING_PROTECTED,
    Batch,
    Protected,
    Reject,
    Source,
    State,
    finish_with,
    nothing,
)
from clausewise.sources.freeradius.records import KINDS, READ, read_login, time_of, values_of
from clausewise.sources.options import start_with_clock
from clausewise.sources.rows import Collected, Line, Reader, both, end_with, parse_with
from clausewise.sources.syslog_lines import Message, Prefixes, put
from clausewise.sources.times import Clock, LocalClock, Seen, month_named

_DATE = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([0-9]{4})"
    r"(?: : ([A-Za-z]{1,12}): (.*))?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"[\t ]{1,8}([A-Za-z0-9:.-]{1,128}) (?::|\+)?= (.*)", re.DOTALL)
_BACKSLASH = re.compile(r"\\(.)", re.DOTALL)
_SERVERS = frozenset({"radiusd", "freeradius"})


class Begun(NamedTuple):
    """A record that has not ended: where it begins and ends so far, when it was written, what it says."""

    line: Line
    end: int
    written: int | None
    said: tuple[tuple[str, str], ...]


class Memory(NamedTuple):
    """What a file's reader keeps from block to block."""

    log: Seen | None = None
    syslog: Seen | None = None
    begun: Begun | None = None


class RadiusReader:
    """Gathers the lines of a record; the first one stands for it, the others are parts of it."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._zone = clock.zone
        self._clock, self._prefixes = LocalClock(clock, memory.log), Prefixes(clock, memory.syslog)
        self._begun = memory.begun
        self._said = dict(memory.begun.said) if memory.begun else {}

    @property
    def memory(self) -> Memory:
        """What the next block's reader begins with."""
        begun = self._begun._replace(said=tuple(self._said.items())) if self._begun else None
        return Memory(self._clock.seen, self._prefixes.seen, begun)

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`, or add it to the record that has begun."""
        text = line.text
        if text[:1] in ("\t", " ") and (found := _ATTRIBUTE.fullmatch(text)):
            self._add(found[1], found[2], line, out)
            return
        self.end(out)
        if not text.strip():
            out.noise["blank"] += 1
        elif found := _DATE.fullmatch(text):
            clock = (month_named(found[1]), *(int(found[k]) for k in (2, 3, 4, 5)))
            time = self._clock.read(int(found[6]), *clock)
            if found[7]:
                self._log(Message(time, "", "", found[8]), line, out)
            else:
                place = line._replace(text="")
                self._begun, self._said = Begun(place, line.offset + line.length, time, ()), {}
        else:
            message = self._prefixes.read(text)
            if message is None:
                out.reject(line, "not a line of a FreeRADIUS file")
            elif message.program in _SERVERS:
                self._log(message._replace(text=message.text.removeprefix("Auth: ")), line, out)
            else:
                out.noise["not-watched"] += 1

    def end(self, out: Collected) -> None:
        """Put out the record that has begun."""
        begun, said = self._begun, self._said
        if begun is None:
            return
        self._begun, self._said = None, {}
        line = begun.line._replace(length=begun.end - begun.line.offset)
        kind = KINDS.get(said.get("Acct-Status-Type", ""))
        if kind is None:
            out.noise["not-watched"] += 1
        else:
            out.event("auth", line, time_of(said, self._zone, begun.written), values_of(said, kind))

    def _add(self, name: str, value: str, line: Line, out: Collected) -> None:
        if self._begun is None:
            out.reject(line, "an attribute stands before any record")
            return
        self._begun = self._begun._replace(end=line.offset + line.length)
        out.noise["part-of-a-record"] += 1
        if name in READ:
            self._said.setdefault(name, _plain(value))

    def _log(self, message: Message, line: Line, out: Collected) -> None:
        values = read_login(message.text)
        if values is None:
            out.noise["not-watched"] += 1
        else:
            put("auth", message, line, out, values)


def _plain(value: str) -> str:
    text = value.rstrip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
        return _BACKSLASH.sub(r"\1", text) if "\\" in text else text
    return text


def begin(memory: Memory | None, option: Clock) -> Reader:
    """Give the reader of a block."""
    return RadiusReader(memory or Memory(), option)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end and put out the last record, or reject both."""
    last = finish_with(parse, state, protected, cut_short)
    memory = last.state.memory
    if not cut_short:
        return both(last, end_with(begin, last.state, protected))
    if memory is None or memory.begun is None:
        return last
    first = memory.begun.line
    reject = Reject(first.number, first.offset, "the file ends inside this record")
    ended = State(line=last.state.line, offset=last.state.offset, option=last.state.option)
    return both(last, nothing(ended, 0, (reject,)))


SOURCE = Source(
    "freeradius",
    "FreeRADIUS accounting (detail files) and radius.log",
    ("auth",),
    parse,
    finish,
    start_with_clock,
    zone=True,
)
