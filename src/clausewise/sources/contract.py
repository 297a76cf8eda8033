"""What every log reader takes and gives back: blocks of bytes in, columns and counted leftovers out.

Every line of a log ends in exactly one place: an event, a reject with its reason, declared noise
(comments, blank lines, headers) or the total of protected lines. A line that holds several records (a
page of an audit log, a mail to three people) ends once for each; `Batch.extra` counts those beyond its first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, NamedTuple

import pyarrow as pa

PLACE: tuple[tuple[str, pa.DataType], ...] = (
    ("time", pa.int64()),  # microseconds since 1970-01-01 UTC
    ("line", pa.int64()),  # 1-based line number in the file
    ("offset", pa.int64()),  # first byte of the raw line in the unpacked file
    ("length", pa.int32()),  # bytes of the raw line, without its line end
)

_TEXT, _WHOLE, _SMALL, _YES = pa.string(), pa.int64(), pa.int32(), pa.bool_()

_COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "http": {
        "user": _TEXT,
        "src_ip": _TEXT,
        "host": _TEXT,
        "port": _SMALL,
        "method": _TEXT,
        "status": _SMALL,
        "outcome": _TEXT,
        "bytes_down": _WHOLE,
        "bytes_up": _WHOLE,
        "scheme": _TEXT,
        "path": _TEXT,
        "referrer_host": _TEXT,
        "tunnel": _YES,
        "duration_ms": _WHOLE,
    },
    "dns": {"user": _TEXT, "src_ip": _TEXT, "host": _TEXT, "qtype": _TEXT, "rcode": _TEXT, "outcome": _TEXT},
    "tls": {"user": _TEXT, "src_ip": _TEXT, "host": _TEXT, "port": _SMALL, "bytes": _WHOLE, "outcome": _TEXT},
    "conn": {
        "user": _TEXT,
        "src_ip": _TEXT,
        "dst_ip": _TEXT,
        "port": _SMALL,
        "protocol": _TEXT,
        "service": _TEXT,
        "bytes_down": _WHOLE,
        "bytes_up": _WHOLE,
        "duration_ms": _WHOLE,
        "outcome": _TEXT,
    },
    # kind: lease, renew, release, expire, decline; until: microseconds since 1970 UTC at which a lease ends
    "dhcp": {"mac": _TEXT, "ip": _TEXT, "hostname": _TEXT, "kind": _TEXT, "until": _WHOLE},
    # kind: login, logout, reauth, lock, unlock, connect, disconnect, special, lockout, disabled, network-start,
    # network-stop, network-update; session: the log's own number of the session
    "auth": {
        "user": _TEXT,
        "account": _TEXT,
        "src_ip": _TEXT,
        "mac": _TEXT,
        "device": _TEXT,
        "outcome": _TEXT,
        "kind": _TEXT,
        "explicit": _YES,
        "session": _TEXT,
        "logon_type": _TEXT,
        "service": _TEXT,
        "bytes": _WHOLE,
    },
    # operation: start; image: file name of the program without its folder; company: who signed or made it
    "process": {
        "user": _TEXT,
        "device": _TEXT,
        "image": _TEXT,
        "original_name": _TEXT,
        "company": _TEXT,
        "hash": _TEXT,
        "parent": _TEXT,
        "system": _YES,  # it lies in a folder of the operating system
        "outcome": _TEXT,
    },
    # operation: create, write, read, copy, delete, rename; drive: the portable drive it lies on
    "file": {
        "user": _TEXT,
        "device": _TEXT,
        "file": _TEXT,
        "operation": _TEXT,
        "drive": _TEXT,
        "storage": _TEXT,
        "bytes": _WHOLE,
        "outcome": _TEXT,
    },
    # kind: drive-mount, drive-remove, encryption, lock-policy, agent-stopped, log-cleared, config-changed,
    # firmware-changed, seen; change: what was changed, for the kinds that are changes; encrypted: yes, no
    "device": {
        "user": _TEXT,
        "device": _TEXT,
        "kind": _TEXT,
        "drive": _TEXT,
        "drive_name": _TEXT,
        "encrypted": _TEXT,
        "change": _TEXT,
        "idle_lock_seconds": _WHOLE,
        "src_ip": _TEXT,
        "outcome": _TEXT,
    },
    # operation: present (a snapshot), installed, removed
    "software": {
        "user": _TEXT,
        "device": _TEXT,
        "software": _TEXT,
        "version": _TEXT,
        "publisher": _TEXT,
        "operation": _TEXT,
    },
    # visibility: internal, domain, external, link, public
    "share": {
        "user": _TEXT,
        "service": _TEXT,
        "target": _TEXT,
        "visibility": _TEXT,
        "file": _TEXT,
        "operation": _TEXT,
        "src_ip": _TEXT,
        "outcome": _TEXT,
    },
    # operation: as the service names it; an app that was allowed in (OAuth) has its name in target
    "admin": {
        "user": _TEXT,
        "service": _TEXT,
        "operation": _TEXT,
        "target": _TEXT,
        "src_ip": _TEXT,
        "outcome": _TEXT,
    },
    # operation: open, send-as, forward-rule, delete-rule, delegate-added, permission-added, size
    "mailbox": {
        "user": _TEXT,
        "mailbox": _TEXT,
        "operation": _TEXT,
        "target": _TEXT,
        "service": _TEXT,
        "src_ip": _TEXT,
        "bytes": _WHOLE,
        "outcome": _TEXT,
    },
    # outcome: reached (delivered), attempted (refused, bounced), unknown (deferred); one event a recipient
    "mail": {
        "user": _TEXT,
        "sender": _TEXT,
        "recipient": _TEXT,
        "bytes": _WHOLE,
        "subject": _TEXT,
        "src_ip": _TEXT,
        "service": _TEXT,
        "outcome": _TEXT,
    },
}

SCHEMAS: Mapping[str, pa.Schema] = {
    name: pa.schema([*PLACE, *columns.items()]) for name, columns in _COLUMNS.items()
}
"""The columns of each event class; a table that a source yields has exactly these, in this order."""


class Reject(NamedTuple):
    """A line that could not be read: where it stands and why. Nothing of its content."""

    line: int
    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Events of one class; `table.schema` equals `SCHEMAS[cls]`."""

    cls: str
    table: pa.Table


def plain(part: Parsed) -> Parsed:
    """Give the same events as texts where a `coded` reader left numbers of distinct texts."""
    return Parsed(part.cls, part.table.cast(SCHEMAS[part.cls]))


@dataclass(frozen=True, slots=True)
class State:
    """What a reader carries from one block to the next, so that a file may be cut anywhere.

    `tail` is the begun line, `line` the whole lines so far, `offset` the byte where `tail` begins,
    `skipping` tells that a line longer than the limit is being passed over, `memory` is the format's
    own (headers), `option` what the user named (a logformat, a mapping).
    """

    tail: bytes = b""
    line: int = 0
    offset: int = 0
    skipping: bool = False
    memory: Any = None
    option: Any = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one block gave. `lines` + `extra` = events + rejects + noise + protected, always."""

    parsed: tuple[Parsed, ...]
    rejects: tuple[Reject, ...]
    noise: Mapping[str, int]
    protected: int
    lines: int
    state: State
    extra: int = 0  # records beyond the first of their line

    @property
    def events(self) -> int:
        """Number of events over all classes."""
        return sum(part.table.num_rows for part in self.parsed)


@dataclass(frozen=True, slots=True)
class Protected:
    """Channels nobody may read about: union, counsel, whistle-blower, mandated report, health.

    `hosts` match themselves and every name below them. `senders` and `recipients` match a whole
    address, or with a leading `@` every address of that domain. All lower-case.
    """

    hosts: frozenset[str] = frozenset()
    senders: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()

    def host(self, name: str | None) -> bool:
        """Tell whether a normalised host is a protected one or lies below one."""
        if not name or not self.hosts:
            return False
        while name:
            if name in self.hosts:
                return True
            name = name.partition(".")[2]
        return False

    def mail(self, sender: str | None, recipient: str | None) -> bool:
        """Tell whether a sender, or any of the recipients (split at `,` `;` or blank), is protected."""
        return _address_in(sender, self.senders) or _address_in(recipient, self.recipients)


def _address_in(text: str | None, known: frozenset[str]) -> bool:
    if not text or not known:
        return False
    for part in text.lower().replace(";", " ").replace(",", " ").split():
        address = part.strip("<>\"'")
        if address in known or "@" + address.rpartition("@")[2] in known:
            return True
    return False


NOTHING_PROTECTED = Protected()

Parse = Callable[[bytes, State, Protected], Batch]
Finish = Callable[[State, Protected, bool], Batch]


@dataclass(frozen=True, slots=True)
class Source:
    """One log format: how it is called, which classes it yields, how to begin, read and end.

    `start(option)` gives the first state and raises `ValueError` for an option that cannot be read;
    `parse(block, state, protected)` never raises; `finish(state, protected, cut_short)` reads a last
    line without a line end, or rejects it when the file was cut short.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    parse: Parse
    finish: Finish
    start: Callable[[str], State] = field(default=lambda option: State(option=option or None))
    needs: str = ""  # what `option` must hold; empty when the format needs none
    coded: Parse | None = None  # as `parse`, but text columns may be dictionary-encoded; `plain` undoes it
    alone: bool = False  # every line can be read without those before it (by `start`, `parse`, `finish`)
    zone: bool = False  # the format names no time zone or year: `option` may hold `zone=…`, `year=…`


def line_identity(raw: bytes) -> bytes:
    """Give the 16-byte digest of a raw line (its line end does not count)."""
    return blake2b(raw.removesuffix(b"\n").removesuffix(b"\r"), digest_size=16).digest()


def nothing(state: State, lines: int = 0, rejects: tuple[Reject, ...] = ()) -> Batch:
    """Give a batch without events."""
    return Batch((), rejects, {}, 0, lines, state)


def finish_with(parse: Parse, state: State, protected: Protected, cut_short: bool) -> Batch:
    """End a file for line-wise formats: read the last line, or reject it if the file was cut short."""
    if state.skipping or not state.tail:
        return nothing(state)
    if cut_short:
        reject = Reject(state.line + 1, state.offset, "the file ends inside this line")
        ended = replace(state, tail=b"", line=state.line + 1, offset=state.offset + len(state.tail))
        return nothing(ended, 1, (reject,))
    return parse(b"\n", state, protected)
