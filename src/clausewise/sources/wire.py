"""What two processes that read one log say to each other: small notes in JSON, tables as Arrow streams.

A message is one line of JSON and then, one after the other, the tables whose sizes it names. Nothing in it can
run: a damaged or foreign message is an error, never code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa

from clausewise.sources.contract import Parsed, Protected

LONGEST_NOTE = 256 * 1024 * 1024
"""Bytes of a note: a block of rejects alone takes a tenth of that."""


@dataclass(frozen=True, slots=True)
class Message:
    """A note and the tables that belong to it."""

    note: Mapping[str, Any]
    parsed: tuple[Parsed, ...] = ()


def send(out: IO[bytes], note: Mapping[str, Any], parsed: Sequence[Parsed] = ()) -> None:
    """Write one message. Raises `OSError` when nobody listens any more."""
    packed = [(part.cls, _pack(part.table)) for part in parsed]
    line = json.dumps({**note, "tables": [(cls, size.size) for cls, size in packed]})
    out.write(line.encode("ascii") + b"\n")
    for _, buffer in packed:
        out.write(buffer)
    out.flush()


def receive(stream: IO[bytes]) -> Message | None:
    """Read one message; None when the other side is gone, also in the middle of one. Raises `ValueError`."""
    line = stream.readline(LONGEST_NOTE)
    if not line.endswith(b"\n"):
        return None
    note = json.loads(line)
    parsed = []
    for cls, size in note.pop("tables"):
        data = stream.read(size)
        if len(data) < size:
            return None
        parsed.append(Parsed(cls, pa.ipc.open_stream(pa.py_buffer(data)).read_all()))
    return Message(note, tuple(parsed))


def _pack(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def protected_note(protected: Protected) -> dict[str, list[str]]:
    """The protected channels as a note; they go through a pipe, where no list of processes shows them."""
    return {
        "hosts": sorted(protected.hosts),
        "senders": sorted(protected.senders),
        "recipients": sorted(protected.recipients),
    }


def protected_of(note: Mapping[str, Sequence[str]]) -> Protected:
    """The protected channels that a note tells."""
    return Protected(*(frozenset(note[name]) for name in ("hosts", "senders", "recipients")))
