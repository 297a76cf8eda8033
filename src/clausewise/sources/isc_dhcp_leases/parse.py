"""Reads the lease file of an ISC DHCP server (dhcpd.leases): each block is one turn in the life of a lease."""

from __future__ import annotations

import re
from typing import NamedTuple

from clausewise.sources.addresses import address
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
from clausewise.sources.mac_addresses import normal_mac
from clausewise.sources.options import start_without_options
from clausewise.sources.rows import Collected, Line, Reader, both, end_with, parse_with
from clausewise.sources.times import from_iso, from_seconds, zone_named

_OPENS = re.compile(r"(lease) (\S{2,45}) \{\s*|([a-z][a-z-]{1,30})(?: [^{};]{0,2048})? \{\s*")
_STATEMENT = re.compile(
    r"(starts|ends|binding state|hardware ethernet|client-hostname)"
    r" (\"(?:[^\"\\]|\\.)*+\"|[^\";]{0,256});\s*(?:#.*)?",
    re.DOTALL,
)
_LOOSE = re.compile(r"[a-z][a-z-]{1,60} (?:\"(?:[^\"\\]|\\.)*+\"|[^\"{};]{0,256});\s*", re.DOTALL)
_DATE = re.compile(r"[0-6] ([0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})")
_OCTAL = re.compile(r"\\([0-7]{3})|\\(.)", re.DOTALL)
_UTC = zone_named("UTC")


class Begun(NamedTuple):
    """A block that has not ended: where it begins, whose lease it is (none for other blocks), how deep."""

    line: Line
    ip: str | None
    depth: int
    said: tuple[tuple[str, str], ...]


class LeaseReader:
    """Gathers the lines of a block; the first one stands for it, the others are parts of it."""

    def __init__(self, memory: Begun | None) -> None:
        self._begun = memory
        self._said = dict(memory.said) if memory else {}

    @property
    def memory(self) -> Begun | None:
        """What the next block's reader begins with."""
        return self._begun._replace(said=tuple(self._said.items())) if self._begun else None

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`, or add it to the block that has begun."""
        text = line.text.strip()
        if line.text.startswith("lease "):
            self.end(out)  # a lease never stands inside a block: the one before was not closed
        if self._begun is not None:
            self._inside(self._begun, text, line, out)
        elif not text:
            out.noise["blank"] += 1
        elif text.startswith("#"):
            out.noise["comment"] += 1
        elif found := _OPENS.fullmatch(text):
            self._begun, self._said = Begun(line._replace(text=""), address(found[2]), 1, ()), {}
            if found[1] and self._begun.ip is None:
                self._begun = None
                out.reject(line, "the address cannot be read")
        elif _LOOSE.fullmatch(text):
            out.noise["setting"] += 1
        else:
            out.reject(line, "not a line of a lease file")

    def end(self, out: Collected) -> None:
        """Reject a block that was never closed."""
        if self._begun is not None:
            out.reject(self._begun.line, "this block is never closed")
        self._begun, self._said = None, {}

    def _inside(self, begun: Begun, text: str, line: Line, out: Collected) -> None:
        out.noise["part-of-a-record"] += 1
        if text == "}":
            if begun.depth > 1:
                self._begun = begun._replace(depth=begun.depth - 1)
            else:
                self._begun, said, self._said = None, self._said, {}
                end = line.offset + line.length
                _put(begun, said, begun.line._replace(length=end - begun.line.offset), out)
        elif text.endswith("{"):
            self._begun = begun._replace(depth=begun.depth + 1)
        elif begun.ip and begun.depth == 1 and (found := _STATEMENT.fullmatch(text)):
            self._said[found[1]] = found[2]


def _put(begun: Begun, said: dict[str, str], line: Line, out: Collected) -> None:
    state = said.get("binding state")
    if begun.ip is None or state not in ("active", "free", "released", "expired", "abandoned"):
        out.noise["not-watched"] += 1  # DHCPv6 names no hardware address; failover has states of its own
        return
    mac = normal_mac(said.get("hardware ethernet"))
    if mac is None:
        out.noise["no-device"] += 1
        return
    starts, ends = _time(said.get("starts", "")), _time(said.get("ends", ""))
    name = said.get("client-hostname", "").strip('"')
    values = {"mac": mac, "ip": begun.ip, "hostname": _plain(name) or None}
    if state == "active":
        out.event("dhcp", line, starts, {**values, "kind": "lease", "until": ends})
    elif state == "abandoned":
        out.event("dhcp", line, starts, {**values, "kind": "decline"})
    else:
        # A server writes `free` for a lease that ran out and for one that was given back: it tells no more.
        out.event("dhcp", line, ends, {**values, "kind": "release" if state == "released" else "expire"})


def _time(text: str) -> int | None:
    """Read `4 2026/10/01 10:11:12` (UTC, dhcpd.leases(5)) or `epoch 1790849472`; None for `never`."""
    if text.startswith("epoch "):
        return from_seconds(text[len("epoch ") :])
    found = _DATE.fullmatch(text)
    return from_iso(found[1], _UTC) if found else None


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    raw = _OCTAL.sub(lambda found: chr(int(found[1], 8)) if found[1] else found[2], text)
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def begin(memory: Begun | None, option: object) -> Reader:
    """Give the reader of a block."""
    return LeaseReader(memory)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end, and reject a block that was not closed."""
    last = finish_with(parse, state, protected, cut_short)
    if cut_short and last.state.memory is not None:
        first = last.state.memory.line
        reject = Reject(first.number, first.offset, "the file ends inside this record")
        ended = State(line=last.state.line, offset=last.state.offset)
        return both(last, nothing(ended, 0, (reject,)))
    return both(last, end_with(begin, last.state, protected))


SOURCE = Source(
    "isc_dhcp_leases", "ISC DHCP server, lease file", ("dhcp",), parse, finish, start_without_options
)
