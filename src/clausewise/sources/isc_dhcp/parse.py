"""Reads what an ISC DHCP server writes to syslog: which device got, gave back or lost which address."""

from __future__ import annotations

import re
from typing import NamedTuple

from clausewise.sources.addresses import address
from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.mac_addresses import normal_mac
from clausewise.sources.options import start_with_clock
from clausewise.sources.rows import Collected, Line, Reader, parse_with
from clausewise.sources.syslog_lines import Prefixes, put
from clausewise.sources.times import Clock, Seen

_MESSAGE = re.compile(
    r"(DHCPACK|DHCPRELEASE|DHCPEXPIRE|DHCPDECLINE) (?:on|of) (\S{2,45}) (?:to|from) (\S{1,64})"
    r"(?: \(([^()]{0,255})\))?(?: via |$|:)"
)
_KINDS = {"DHCPACK": "lease", "DHCPRELEASE": "release", "DHCPEXPIRE": "expire", "DHCPDECLINE": "decline"}
_TAKEN = ("DHCPACK on ", "DHCPRELEASE of ", "DHCPEXPIRE on ", "DHCPDECLINE of ")


class Memory(NamedTuple):
    """What a file's reader keeps from block to block."""

    seen: Seen | None = None


class DhcpReader:
    """Reads one line at a time; a DHCPACK is a first lease or its renewal, which the line does not tell."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._prefixes = Prefixes(clock, memory.seen)

    @property
    def memory(self) -> Memory:
        """What the next block's reader begins with."""
        return Memory(self._prefixes.seen)

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        if not line.text.strip():
            out.noise["blank"] += 1
            return
        message = self._prefixes.read(line.text)
        if message is None:
            out.reject(line, "not a line of a syslog file")
        elif message.program != "dhcpd" or not message.text.startswith(_TAKEN):
            # Also DISCOVER, OFFER and REQUEST, the steps before a lease, and the answer to a DHCPINFORM.
            out.noise["not-watched"] += 1
        else:
            found = _MESSAGE.match(message.text)
            ip = address(found[2]) if found else None
            if found is None or ip is None:
                out.reject(line, "the address cannot be read")
                return
            mac, kind = normal_mac(found[3]), _KINDS[found[1]]
            put(
                "dhcp", message, line, out, {"mac": mac, "ip": ip, "hostname": found[4] or None, "kind": kind}
            )

    def end(self, out: Collected) -> None:
        """Nothing is held back."""


def begin(memory: Memory | None, option: Clock) -> Reader:
    """Give the reader of a block."""
    return DhcpReader(memory or Memory(), option)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "isc_dhcp", "ISC DHCP server, syslog lines", ("dhcp",), parse, finish, start_with_clock, zone=True
)
