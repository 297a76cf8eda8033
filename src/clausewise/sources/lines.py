"""Cuts blocks of a log file into lines, wherever the blocks happen to end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clausewise.sources.contract import Reject, State

Whole = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

LONGEST_LINE = 4 * 1024 * 1024
"""Longest line in bytes that is read; a longer one is rejected without being kept in memory."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Cut:
    """The whole lines of a block: `data[start[i]:end[i]]` is line `number[i]` without its line end.

    `base` + `start[i]` is the byte offset in the file. `state` is what follows the block; `lines`
    counts also the lines already rejected for their length.
    """

    data: bytes
    start: Whole
    end: Whole
    number: Whole
    base: int
    rejects: tuple[Reject, ...]
    lines: int
    state: State

    def bytes(self) -> Bytes:
        """The block as a numpy view, one element per byte."""
        return np.frombuffer(self.data, np.uint8)


_NONE: Whole = np.zeros(0, np.int64)


def cut(block: bytes, state: State) -> Cut:
    """Cut `state.tail + block` into whole lines and keep the rest for the next block."""
    if state.skipping:
        at = block.find(b"\n")
        if at < 0:
            return _empty(replace(state, offset=state.offset + len(block)))
        block, state = block[at + 1 :], replace(state, skipping=False, offset=state.offset + at + 1)
    base = state.offset
    if base == 0 and state.line == 0 and (state.tail + block[:3]).startswith(_BOM):
        block, base = (state.tail + block)[len(_BOM) :], len(_BOM)
        state = replace(state, tail=b"")
    stop = block.rfind(b"\n") + 1
    if stop == 0:
        tail = state.tail + block
        return _close(_empty(replace(state, tail=tail, offset=base)), tail, base)
    whole = not state.tail and stop == len(block)
    data, tail = block if whole else b"".join((state.tail, memoryview(block)[:stop])), block[stop:]
    found = _find_lines(data, state.line, base)
    after = replace(state, tail=tail, line=state.line + found.lines, offset=base + len(data))
    return _close(replace(found, state=after), tail, base + len(data))


def _empty(state: State) -> Cut:
    return Cut(b"", _NONE, _NONE, _NONE, 0, (), 0, state)


def _find_lines(data: bytes, line: int, base: int) -> Cut:
    raw = np.frombuffer(data, np.uint8)
    end = np.flatnonzero(raw == 10)
    start = np.empty_like(end)
    start[0], start[1:] = 0, end[:-1] + 1
    if b"\r" in data:
        end = end - ((raw[end - 1] == 13) & (end > start))
    number = np.arange(line + 1, line + 1 + len(end))
    lines = len(end)
    rejects: tuple[Reject, ...] = ()
    long = end - start > LONGEST_LINE
    if long.any():
        rejects = tuple(_too_long(int(number[i]), base + int(start[i])) for i in np.flatnonzero(long))
        start, end, number = start[~long], end[~long], number[~long]
    return Cut(data, start, end, number, base, rejects, lines, State())


def _close(found: Cut, tail: bytes, base: int) -> Cut:
    # One byte more than the limit may still turn out to be the carriage return of a line end.
    if len(tail) <= LONGEST_LINE + 1:
        return found
    number = found.state.line + 1
    state = replace(found.state, tail=b"", line=number, offset=base + len(tail), skipping=True)
    rejects = (*found.rejects, _too_long(number, base))
    return replace(found, rejects=rejects, lines=found.lines + 1, state=state)


def _too_long(line: int, offset: int) -> Reject:
    return Reject(line, offset, f"the line is longer than {LONGEST_LINE} bytes")


def texts(found: Cut) -> list[tuple[int, int, int, str]]:
    """Give (number, offset, length, text) of each line; bytes that are no UTF-8 become U+FFFD."""
    data, base = found.data, found.base
    ends: list[Any] = found.end.tolist()
    return [
        (number, base + start, end - start, data[start:end].decode("utf-8", "replace"))
        for number, start, end in zip(found.number.tolist(), found.start.tolist(), ends, strict=True)
    ]
