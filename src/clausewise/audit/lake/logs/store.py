"""Reads what a log file holds once unpacked: its digest, whether a known file is its beginning, its raw lines."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Final, cast

import pyarrow as pa

from clausewise.audit.lake.manifest import LogFile

PIECE: Final = 1 << 20
WINDOW: Final = 32 * PIECE
"""Bytes of the unpacked file that are held at once: lines are asked for nearly in order."""
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile, OSError)


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds unpacked: sha256 (hex), bytes, where a last line without line end begins (or -1), and the
    sha256 of its first bytes for some numbers of them.
    """

    digest: str
    size: int
    tail: int
    beginnings: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a file looks from outside: bytes on disk and time of the last change (nanoseconds)."""

    size: int
    changed: int


def stamp(path: Path) -> Stamp:
    """The stamp of a file: another one after reading tells that somebody wrote to it meanwhile."""
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns)


def content(path: Path, sizes: Collection[int] = ()) -> Content:
    """Read a file once through. A packed file that breaks off holds what came before the break."""
    whole, at, line = hashlib.sha256(), 0, 0
    marks, beginnings = sorted(set(sizes)), dict[int, str]()
    for piece in _pieces(path):
        start = 0
        while marks and marks[0] <= at + len(piece):
            cut = marks.pop(0) - at
            whole.update(memoryview(piece)[start:cut])
            start = cut
            beginnings[at + cut] = whole.hexdigest()
        whole.update(memoryview(piece)[start:])
        last = piece.rfind(b"\n")
        line = at + last + 1 if last >= 0 else line
        at += len(piece)
    return Content(whole.hexdigest(), at, line if line < at else -1, beginnings)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from pieces_of(_unpacked(file))


def pieces_of(stream: IO[bytes]) -> Iterator[bytes]:
    """What is left of a stream; of a packed one that breaks off, what comes before the break."""
    while True:
        try:
            piece = stream.read(PIECE)
        except _BROKEN:
            return
        if not piece:
            return
        yield piece


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    magic = file.read(4)
    file.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if magic == b"\x28\xb5\x2f\xfd":
        return cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd"))
    return file


class RawLines:
    """The raw lines of one file, plain or packed, by place. Quick in order; a step far back begins again."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._stream = _unpacked(self._file)
        self._window = b""
        self._start = 0

    def __enter__(self) -> RawLines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, offset: int, length: int) -> bytes:
        """The bytes of one line; fewer if the file ends before."""
        plain = self._stream is self._file
        if offset < self._start or (plain and offset > self._start + len(self._window)):
            self._restart(offset if plain else 0)
        begin = offset - self._start
        while begin + length > len(self._window):
            if not self._more(begin):
                break
            begin = offset - self._start
        return self._window[begin : begin + length]

    def _restart(self, at: int) -> None:
        self._stream, self._window, self._start = _unpacked(self._file), b"", at
        self._file.seek(at)

    def _more(self, wanted: int) -> bool:
        """Go on by some pieces, letting go of what lies far before the byte `wanted` of the window."""
        more = b"".join(islice(pieces_of(self._stream), 8))
        if not more:
            return False
        drop = min(max(0, len(self._window) - WINDOW), wanted, len(self._window))
        self._window = self._window[drop:] + more
        self._start += drop
        return True


def raw_line(log: LogFile, offset: int, length: int) -> bytes:
    """One raw line of a log file that was imported, while the file is still where it was.

    Raises:
        ValueError: the file is gone, or its content is another one now.
    """
    path = Path(log.path)
    if not is_there(log):
        raise ValueError(
            f"{path}: moved or changed since it was imported; put the file back to see its lines"
        )
    with RawLines(path) as lines:
        return lines.read(offset, length)


def is_there(log: LogFile, *, thoroughly: bool = True) -> bool:
    """Whether a log file is still where it was with its content, more of it perhaps. `thoroughly` reads it."""
    path = Path(log.path)
    if not path.is_file():
        return False
    try:
        return not thoroughly or content(path, [log.size]).beginnings.get(log.size) == log.digest
    except OSError:
        return False
