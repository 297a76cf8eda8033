"""Opens log files: plain, .gz or .zst, in blocks, with progress. The only module here that reads files."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import IO, cast
from zoneinfo import ZoneInfo

import pyarrow as pa

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source

BLOCK = 8 * 1024 * 1024
"""Bytes (unpacked) that are read at a time."""
HEAD = 64 * 1024
_PIECE = 1 << 20  # of a packed file: what was unpacked before a break is kept
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class LogError(ValueError):
    """A log file that cannot be read at all; the text names the file, the problem and the remedy."""


@dataclass(frozen=True, slots=True)
class Step:
    """One block of a file: what it gave, bytes of the file read so far, and its size on disk.

    `truncated` is the sentence to show when a packed file ends before its end.
    """

    batch: Batch
    read: int
    total: int
    truncated: str = ""


def read(
    path: Path,
    source: Source,
    option: str = "",
    protected: Protected = NOTHING_PROTECTED,
    block: int = BLOCK,
    coded: bool = False,
) -> Iterator[Step]:
    """Read a log file block by block; with `coded` by the source's reader of that name, where it has one.

    Raises `LogError` when the file cannot be opened or is UTF-16, `ValueError` for a bad option.
    """
    state, parse = source.start(option), (source.coded if coded else None) or source.parse
    total = size_of(path)
    trouble = ""
    with _open_raw(path) as raw:
        stream, first = _unpack(path, raw), True
        while True:
            data, trouble = _next(path, stream, block)
            if first:
                _refuse_utf16(path, data)
            first = False
            if data:
                batch = parse(data, state, protected)
                state = batch.state
                yield Step(batch, min(raw.tell(), total), total)
            if trouble or not data:
                break
    yield Step(source.finish(state, protected, bool(trouble)), total, total, trouble)


def read_range(
    path: Path, source: Source, option: str, protected: Protected, span: tuple[int, int | None], block: int
) -> Iterator[Step]:
    """Read the lines of a plain file that begin in `span`, both ends being line starts (None: the file's end).

    For a source whose lines stand alone, by its `coded` reader if it has one. Lines are numbered from 1 within
    the span, offsets are those of the file. Raises as `read` does.
    """
    at, end = span
    state, total = replace(source.start(option), offset=at), size_of(path)
    with _open_raw(path) as raw:
        raw.seek(at)
        while data := raw.read(block if end is None else min(2 * block, end - at)):  # mostly the whole range
            if at == 0:
                _refuse_utf16(path, data)
            batch = (source.coded or source.parse)(data, state, protected)
            state, at = batch.state, at + len(data)
            yield Step(batch, min(at, total), total)
    last = source.finish(state, protected, False)
    if end is None or last.lines:
        yield Step(last, min(at, total), total)


def edges(path: Path, apart: int) -> Iterator[int]:
    """Give line starts of a plain file, each the first at least `apart` bytes after the one before it."""
    with _open_raw(path) as raw:
        at, total = apart, size_of(path)
        while at < total:
            raw.seek(at - 1)
            while (line := raw.readline(_PIECE)) and not line.endswith(b"\n"):
                pass
            at = raw.tell()
            if at < total:
                yield at
            at += apart


def is_plain(path: Path) -> bool:
    """Tell whether a file is not packed, so that it can be read from any byte on. Raises `LogError`."""
    with _open_raw(path) as raw:
        return _unpack(path, raw) is raw


def head(path: Path, size: int = HEAD) -> bytes:
    """Give the first unpacked bytes of a log file, for `detect`. Raises `LogError`."""
    with _open_raw(path) as raw:
        return _next(path, _unpack(path, raw), size)[0]


def option_for(path: Path, source: Source, option: str, zone: str) -> str:
    """The option that a file is read with: what somebody said, or for a format without zone or year the county's
    zone, and the day on which the file was last written, which its last line cannot be later than.
    """
    if option or not source.zone:
        return option
    written = datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo(zone)).date()
    return f"zone={zone},until={written.isoformat()}"


def presets() -> dict[str, str]:
    """Give the text of each mapping that ships with the program, by name."""
    folder = resources.files("clausewise.sources.mapped") / "presets"
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    return {entry.name.removesuffix(".toml"): entry.read_text("utf-8") for entry in found}


def _refuse_utf16(path: Path, data: bytes) -> None:
    if data.startswith(_UTF16):
        raise LogError(f"{path}: the file is UTF-16; save it as UTF-8 and try again")


def size_of(path: Path) -> int:
    """Bytes of a file on disk. Raises `LogError`."""
    try:
        return path.stat().st_size
    except OSError as error:
        raise LogError(f"{path}: {_why(error)}; check the name and the rights on the file") from error


def _open_raw(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise LogError(f"{path}: {_why(error)}; check the name and the rights on the file") from error


def _why(error: OSError) -> str:
    return (error.strerror or "cannot be opened").lower()


def _unpack(path: Path, raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(4)
    raw.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if magic == b"\x28\xb5\x2f\xfd":
        return cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd"))
    return raw


def _next(path: Path, stream: IO[bytes], size: int) -> tuple[bytes, str]:
    """Read up to `size` bytes; a packed file that breaks off gives what came before, and the sentence."""
    parts: list[bytes] = []
    left, most = size, size if isinstance(stream, io.BufferedReader) else _PIECE
    try:
        while left:
            part = stream.read(min(left, most))
            if not part:
                break
            parts.append(part)
            left -= len(part)
    except (EOFError, zlib.error, gzip.BadGzipFile, OSError):
        told = f"{path}: the packed file is cut short or damaged; what came before is read, fetch it again"
        return b"".join(parts), told
    return parts[0] if len(parts) == 1 else b"".join(parts), ""
