"""Takes a 64 KiB chunk of an EVTX file apart into its records; the reading of each is the `evtx` library's.

Layout after Joachim Metz, "Windows XML Event Log (EVTX) format" (libevtx). A chunk can be read without its
neighbours: texts and templates that its records share lie inside it.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from evtx import PyEvtxParser

FILE_HEADER = 4096
"""Bytes before the first chunk."""
CHUNK = 65536
MAGIC = b"ElfFile\x00"
"""The first bytes of every EVTX file."""

_CHUNK_MAGIC = b"ElfChnk\x00"
_RECORD_MAGIC = b"**\x00\x00"
_TABLES, _FIRST_RECORD = 128, 512
_SHORTEST = 28  # a record's head of 24 bytes and its size once more
_FREE_SPACE = 48  # where a chunk's head keeps the place behind its last record


class Place(NamedTuple):
    """Where a record lies in its chunk. `number` is what Windows calls it, None where it is damaged."""

    offset: int
    length: int
    number: int | None


def _one_chunk_header() -> bytes:
    """Make the file header of a file with one chunk, so that a damaged header costs no chunk."""
    head = struct.pack("<8sQQQIHHHH76x", MAGIC, 0, 0, 1, 128, 1, 3, FILE_HEADER, 1)
    return (head + struct.pack("<II", 0, zlib.crc32(head))).ljust(FILE_HEADER, b"\0")


_HEADER = _one_chunk_header()


def end_of(chunk: bytes) -> int:
    """Tell how many bytes of a chunk hold records; all of them when its head is damaged."""
    if len(chunk) < _FIRST_RECORD:
        return CHUNK
    stop: int = struct.unpack_from("<I", chunk, _FREE_SPACE)[0]
    return stop if chunk.startswith(_CHUNK_MAGIC) and _FIRST_RECORD <= stop <= CHUNK else CHUNK


def places_of(chunk: bytes, stop: int) -> list[Place]:
    """Find the records between a chunk's head and `stop`; what lies between them counts as damaged ones."""
    found: list[Place] = []
    known: set[int] = set()
    at = _FIRST_RECORD
    while at < stop:
        length = _length_at(chunk, at, stop)
        if length:
            number: int = struct.unpack_from("<Q", chunk, at + 8)[0]
            found.append(Place(at, length, None if number in known else number))
            known.add(number)
        else:
            length = _next_record(chunk, at, stop) - at
            if any(chunk[at : at + length]):
                found.append(Place(at, length, None))
        at += length
    return found


def _length_at(chunk: bytes, at: int, stop: int) -> int:
    """Give the length of the record that begins here, which stands at both its ends; 0 when none does."""
    if chunk[at : at + 4] != _RECORD_MAGIC or at + _SHORTEST > stop:
        return 0
    length: int = struct.unpack_from("<I", chunk, at + 4)[0]
    if not _SHORTEST <= length <= stop - at:
        return 0
    # Behind the last record of a log that was copied while Windows wrote it, the second size may be missing.
    return length if struct.unpack_from("<I", chunk, at + length - 4)[0] in (0, length) else 0


def _next_record(chunk: bytes, at: int, stop: int) -> int:
    while True:
        at = chunk.find(_RECORD_MAGIC, at + 1, stop)
        if at < 0:
            return stop
        if _length_at(chunk, at, stop):
            return at


def records_of(chunk: bytes, places: list[Place], stop: int) -> dict[int, dict[str, Any]]:
    """Read the records of a chunk, by the number Windows gave them; damaged ones are missing."""
    if not places:
        return {}
    image = bytearray(chunk[:stop].ljust(CHUNK, b"\0"))
    image[: len(_CHUNK_MAGIC)] = _CHUNK_MAGIC
    struct.pack_into("<I", image, _FREE_SPACE, stop)
    if not _tables_end(image, stop):
        image[_TABLES:_FIRST_RECORD] = bytes(_FIRST_RECORD - _TABLES)
    for place in places:
        if place.number is None and place.length >= _SHORTEST:
            # Made to look like a record, so that the library steps over it to those behind.
            struct.pack_into("<4sIQ", image, place.offset, _RECORD_MAGIC, place.length, 2**64 - 1)
    found: dict[int, dict[str, Any]] = {}
    for number, text in _texts(bytes(image)):
        try:
            event = json.loads(text)["Event"]
        except (ValueError, RecursionError, KeyError, TypeError):
            continue
        if isinstance(event, dict):
            found[number] = event
    return found


def _tables_end(image: bytearray, stop: int) -> bool:
    """Tell whether the lists of shared texts and templates, which begin in a chunk's head, all come to an end.

    The library follows one that leads back to itself for ever. Without the lists it reads the same, slower.
    """
    known: set[int] = set()
    for (at,) in struct.iter_unpack("<I", image[_TABLES:_FIRST_RECORD]):
        while at:
            if at in known or not _FIRST_RECORD <= at <= stop - 4:
                return False
            known.add(at)
            at = struct.unpack_from("<I", image, at)[0]
    return True


def _texts(image: bytes) -> Iterator[tuple[int, str]]:
    """Let the library read a chunk; it may raise, or panic, at any record."""
    reader: Any = None
    for _ in range(CHUNK // _SHORTEST):
        try:
            if reader is None:
                reader = PyEvtxParser(io.BytesIO(_HEADER + image), number_of_threads=1).records_json()
            record = next(reader)
        except StopIteration:
            return
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except RuntimeError:  # this record cannot be read; those behind it can
            if reader is None:
                return
        except BaseException:  # noqa: BLE001  (a panic of the library is no Exception)
            return
        else:
            yield record["event_record_id"], record["data"]
