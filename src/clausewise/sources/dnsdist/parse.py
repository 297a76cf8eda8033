"""Reads the queries that dnsdist logs as text (LogAction, LogResponseAction): who looked up which name.

A configuration that logs a query and its answer writes each lookup twice, and it counts twice: log one of
both. The binary form of LogAction (its default when it has a file) is not read; set `binary=false` and
`includeTimestamp=true`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from clausewise.sources.addresses import address
from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.hosts import normal_host
from clausewise.sources.options import start_with_clock
from clausewise.sources.rows import Collected, Line, Reader, parse_with
from clausewise.sources.syslog_lines import Message, Prefixes, put
from clausewise.sources.times import Clock, Seen

_STAMP = re.compile(r"\[([0-9]{1,11})\.([0-9]{1,9})\] ")
_LOOKUP = re.compile(
    r"(?:Packet from|Answer to) (\S{2,64}) for (\S{1,1100}) (\S{1,20}) (?:\(([^()]{1,64})\) )?with id [0-9]{1,5}"
)
_NO_TIME = "the line names no time; let dnsdist write it (LogAction with includeTimestamp=true)"


class Memory(NamedTuple):
    """What a file's reader keeps from block to block."""

    seen: Seen | None = None


class DnsdistReader:
    """Reads lines of a file that dnsdist itself writes, and of syslog."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._prefixes = Prefixes(clock, memory.seen)

    @property
    def memory(self) -> Memory:
        """What the next block's reader begins with."""
        return Memory(self._prefixes.seen)

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        text = line.text
        if not text.strip():
            out.noise["blank"] += 1
        elif text.startswith(("[", "Packet from ", "Answer to ")):
            self._read_message(Message(None, "", "dnsdist", text, _NO_TIME), line, out)
        else:
            message = self._prefixes.read(text)
            if message is None:
                out.reject(line, "not a line of a dnsdist log")
            elif message.program != "dnsdist":
                out.noise["not-watched"] += 1
            else:
                self._read_message(message, line, out)

    def end(self, out: Collected) -> None:
        """Nothing is held back."""

    def _read_message(self, message: Message, line: Line, out: Collected) -> None:
        stamp = _STAMP.match(message.text)
        text = message.text[stamp.end() :] if stamp else message.text
        if stamp:
            # The second number counts nanoseconds and has no leading zeros: `.5` is five of them.
            time = int(stamp[1]) * 1_000_000 + int(stamp[2]) // 1000
            message = message._replace(time=time)
        found = _LOOKUP.fullmatch(text)
        if found is None:
            if message.host or stamp:
                out.noise["not-watched"] += 1
            else:
                out.reject(line, "not a line of a dnsdist log")
            return
        if found[2] == ".":
            out.noise["no-name"] += 1
            return
        host, rcode = normal_host(found[2]), found[4]
        if host is None:
            out.reject(line, "the host cannot be read")
            return
        outcome = "unknown" if rcode is None else "reached" if rcode == "No Error" else "attempted"
        values = {"src_ip": address(found[1]), "host": host, "qtype": found[3], "rcode": rcode}
        put("dns", message, line, out, {**values, "outcome": outcome})


def begin(memory: Memory | None, option: Clock) -> Reader:
    """Give the reader of a block."""
    return DnsdistReader(memory or Memory(), option)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "dnsdist", "dnsdist DNS load balancer, query log", ("dns",), parse, finish, start_with_clock, zone=True
)
