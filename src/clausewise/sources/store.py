"""Opens log files: plain, .gz or .zst, in blocks, with progress. The only module here that reads files."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import IO, cast

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
    path: Path, source: Source, option: str = "", protected: Protected = NOTHING_PROTECTED, block: int = BLOCK
) -> Iterator[Step]:
    """Read a log file block by block.

    Raises `LogError` when the file cannot be opened or is UTF-16, `ValueError` for a bad option.
    """
    state = source.start(option)
    total = _size(path)
    trouble = ""
    with _open_raw(path) as raw:
        stream, first = _unpack(path, raw), True
        while True:
            data, trouble = _next(path, stream, block)
            if first and data.startswith(_UTF16):
                raise LogError(f"{path}: the file is UTF-16; save it as UTF-8 and try again")
            first = False
            if data:
                batch = source.parse(data, state, protected)
                state = batch.state
                yield Step(batch, min(raw.tell(), total), total)
            if trouble or not data:
                break
    yield Step(source.finish(state, protected, bool(trouble)), total, total, trouble)


def head(path: Path, size: int = HEAD) -> bytes:
    """Give the first unpacked bytes of a log file, for `detect`. Raises `LogError`."""
    with _open_raw(path) as raw:
        return _next(path, _unpack(path, raw), size)[0]


def presets() -> dict[str, str]:
    """Give the text of each mapping that ships with the program, by name."""
    folder = resources.files("clausewise.sources.mapped") / "presets"
    found = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    return {entry.name.removesuffix(".toml"): entry.read_text("utf-8") for entry in found}


def _size(path: Path) -> int:
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
