"""Writes EVTX files of invented events, so that tests and the shipped sample need no log of a real office.

Layout after Joachim Metz, "Windows XML Event Log (EVTX) format" (libevtx): a chunk holds records whose
binary XML names a template; the first record that uses a template carries it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

CHUNK, FILE_HEADER = 65536, 4096
_NULL, _STRING, _U16, _U32, _U64, _FILETIME = 0x00, 0x01, 0x06, 0x08, 0x0A, 0x11
_SINCE_1601 = 116_444_736_000_000_000
_XMLNS = "http://schemas.microsoft.com/win/2004/08/events/event"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Event(NamedTuple):
    """An event to write; with `element` its data stand in `UserData` under that name."""

    provider: str
    channel: str
    number: int
    computer: str
    time: str
    data: Mapping[str, str | int | None]
    element: str = ""
    task: int = 0


def filetime(text: str) -> int:
    """Ticks of 100 ns since 1601."""
    since = datetime.fromisoformat(text) - _EPOCH
    return (since.days * 86400 + since.seconds) * 10_000_000 + since.microseconds * 10 + _SINCE_1601


class Chunk:
    """Collects the records of one chunk."""

    def __init__(self, first: int) -> None:
        self.first, self.number = first, first
        self.raw = bytearray(512)
        self._names: dict[str, int] = {}
        self._templates: dict[Any, int] = {}
        self._last = 512

    def add(self, event: Event) -> None:
        """Append one record."""
        at = self._last = len(self.raw)
        self.raw += struct.pack("<4sIQQ", b"**\0\0", 0, self.number, filetime(event.time))
        self.raw += b"\x0f\x01\x01\x00\x0c\x01"
        key = (tuple(event.data), event.element)
        self.raw += struct.pack("<II", len(self._templates) + 1, self._templates.get(key, len(self.raw) + 8))
        if key not in self._templates:
            self._template(key)
        self._values(event)
        self.raw += b"\0" * (-(len(self.raw) + 4 - at) % 8)
        size = len(self.raw) + 4 - at
        self.raw += struct.pack("<I", size)
        struct.pack_into("<I", self.raw, at + 4, size)
        self.number += 1

    def _values(self, event: Event) -> None:
        values: list[tuple[int, bytes]] = [_text(event.provider)]
        values += [(_U16, struct.pack("<H", event.number)), (_U16, struct.pack("<H", event.task))]
        values += [(_FILETIME, struct.pack("<Q", filetime(event.time)))]
        values += [(_U64, struct.pack("<Q", self.number)), _text(event.channel), _text(event.computer)]
        for value in event.data.values():
            values.append((_U32, struct.pack("<I", value)) if isinstance(value, int) else _text(value))
        self.raw += struct.pack("<I", len(values))
        for kind, raw in values:
            self.raw += struct.pack("<HBB", len(raw), kind, 0)
        self.raw += b"".join(raw for _, raw in values)

    def _template(self, key: tuple[tuple[str, ...], str]) -> None:
        fields, element = key
        self._templates[key] = len(self.raw)
        self.raw += struct.pack("<I16sI", 0, bytes([len(self._templates)]) * 16, 0)
        begin = len(self.raw)
        self.raw += b"\x0f\x01\x01\x00"
        system = [
            ("Provider", {"Name": 0}, None), ("EventID", {}, 1), ("Task", {}, 2), ("TimeCreated", {"SystemTime": 3}, None),
            ("EventRecordID", {}, 4), ("Channel", {}, 5), ("Computer", {}, 6),
        ]  # fmt: skip
        body: list[Any] = [(name, {}, at) for at, name in enumerate(fields, 7)]
        inside: tuple[str, Mapping[str, Any], Any]
        if element:
            inside = ("UserData", {}, [(element, {"xmlns": "urn:" + element}, body)])
        else:
            inside = ("EventData", {}, [("Data", {"Name": name}, at) for name, _, at in body])
        self._element(("Event", {"xmlns": _XMLNS}, [("System", {}, system), inside]))
        self.raw += b"\0"
        struct.pack_into("<I", self.raw, begin - 4, len(self.raw) - begin)

    def _element(self, element: tuple[str, Mapping[str, Any], Any]) -> None:
        name, attributes, content = element
        self.raw += struct.pack("<BHI", 0x41 if attributes else 0x01, 0xFFFF, 0)
        begin = len(self.raw)
        self._name(name)
        if attributes:
            self.raw += b"\0\0\0\0"
            start = len(self.raw)
            for count, (key, value) in enumerate(attributes.items(), 1):
                self.raw += b"\x46" if count < len(attributes) else b"\x06"
                self._name(key)
                self._content(value)
            struct.pack_into("<I", self.raw, start - 4, len(self.raw) - start)
        if content is None:
            self.raw += b"\x03"
        else:
            self.raw += b"\x02"
            self._content(content)
            self.raw += b"\x04"
        struct.pack_into("<I", self.raw, begin - 4, len(self.raw) - begin)

    def _content(self, content: Any) -> None:
        if isinstance(content, int):  # the number of a value
            self.raw += struct.pack("<BHB", 0x0E, content, _STRING)
        elif isinstance(content, str):
            self.raw += struct.pack("<BBH", 0x05, _STRING, len(content)) + content.encode("utf-16-le")
        else:
            for child in content:
                self._element(child)

    def _name(self, name: str) -> None:
        known = self._names.get(name)
        if known is not None:
            self.raw += struct.pack("<I", known)
            return
        at = self._names[name] = len(self.raw) + 4
        digest = 0
        for sign in name:
            digest = (digest * 65599 + ord(sign)) & 0xFFFFFFFF
        self.raw += (
            struct.pack("<IIHH", at, 0, digest & 0xFFFF, len(name)) + name.encode("utf-16-le") + b"\0\0"
        )

    def image(self) -> bytes:
        """The 64 KiB of the chunk."""
        head = struct.pack("<8sQQQQ", b"ElfChnk\0", self.first, self.number - 1, self.first, self.number - 1)
        head += struct.pack("<IIII", 128, self._last, len(self.raw), zlib.crc32(self.raw[512:]))
        self.raw[: len(head)] = head
        struct.pack_into("<I", self.raw, 124, zlib.crc32(bytes(self.raw[:120] + self.raw[128:512])))
        return bytes(self.raw).ljust(CHUNK, b"\0")


def _text(value: str | None) -> tuple[int, bytes]:
    return (_NULL, b"") if value is None else (_STRING, value.encode("utf-16-le"))


def write(chunks: Sequence[Sequence[Event]]) -> bytes:
    """Give a whole file, one chunk for each list of events."""
    images, number = [], 1
    for events in chunks:
        chunk = Chunk(number)
        for event in events:
            chunk.add(event)
        number = chunk.number
        images.append(chunk.image())
    head = struct.pack(
        "<8sQQQIHHHH76x", b"ElfFile\0", 0, len(images) - 1, number, 128, 1, 3, FILE_HEADER, len(images)
    )
    return (head + struct.pack("<II", 0, zlib.crc32(head))).ljust(FILE_HEADER, b"\0") + b"".join(images)
