"""Reads system logs of Linux hosts: sign-ins (OpenSSH, PAM), special rights (sudo, su), USB drives (kernel)."""

from __future__ import annotations

import re
from typing import NamedTuple

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.options import start_with_clock
from clausewise.sources.rows import Collected, Line, Reader, parse_with
from clausewise.sources.syslog.drives import Drives, Held
from clausewise.sources.syslog.sign_ins import read_sign_in
from clausewise.sources.syslog_lines import Message, Prefixes, put
from clausewise.sources.times import Clock, Seen

_REPEATED = re.compile(r"message repeated ([0-9]{1,9}) times: \[ ?(.*)\]", re.DOTALL)
_MOST_TIMES = 1_000


class Memory(NamedTuple):
    """What a file's reader keeps from block to block."""

    seen: Seen | None = None
    drives: Held = ()


class SyslogReader:
    """Reads one line at a time; of USB devices it keeps what several lines tell of them."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._prefixes, self._drives = Prefixes(clock, memory.seen), Drives(memory.drives)

    @property
    def memory(self) -> Memory:
        """What the next block's reader begins with."""
        return Memory(self._prefixes.seen, self._drives.held)

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        if not line.text.strip():
            out.noise["blank"] += 1
            return
        message = self._prefixes.read(line.text)
        if message is None:
            out.reject(line, "not a line of a syslog file")
        elif message.program == "kernel":
            self._read_kernel(message, line, out)
        else:
            _read_message(message, line, out)

    def end(self, out: Collected) -> None:
        """Nothing is held back."""

    def _read_kernel(self, message: Message, line: Line, out: Collected) -> None:
        found = self._drives.read(message.host, message.text)
        if found is None:
            out.noise["not-watched"] += 1
            return
        kind, drive = found
        values = {
            "device": message.host,
            "kind": kind,
            "drive": drive.serial or drive.make or None,
            "drive_name": drive.name,
            "outcome": "reached",
        }
        put("device", message, line, out, values)


def _read_message(message: Message, line: Line, out: Collected) -> None:
    repeated = _REPEATED.fullmatch(message.text)
    values = read_sign_in(message.program, repeated[2] if repeated else message.text)
    if values is None:
        out.noise["not-watched"] += 1
        return
    values["device"] = message.host
    times = min(int(repeated[1]), _MOST_TIMES) if repeated else 1
    if times < 2 or message.time is None:
        put("auth", message, line, out, values)
    else:
        # rsyslog folds equal lines into one that says how many they were.
        out.several(line, [("auth", message.time, values)] * times)


def begin(memory: Memory | None, option: Clock) -> Reader:
    """Give the reader of a block."""
    return SyslogReader(memory or Memory(), option)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "syslog",
    "Linux system log (OpenSSH, sudo, su, USB drives)",
    ("auth", "device"),
    parse,
    finish,
    start_with_clock,
    zone=True,
)
