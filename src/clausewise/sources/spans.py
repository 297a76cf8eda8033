"""Column-wise reading of fields: positions in a block become Arrow columns without a loop over lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clausewise.sources.lines import Bytes, Cut, Whole

Mask = npt.NDArray[np.bool_]


_MARKED = bytes(letter in b" \n\r:/?#" for letter in range(256))


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields between blanks: line i has `count[i]` of them, its k-th is number `first[i] + k`."""

    start: Whole
    end: Whole
    first: Whole
    count: Whole


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the block has `:`, one of `?#`, and one of `/?#`."""

    colon: Whole
    query: Whole
    stop: Whole


def look(found: Cut, raw: Bytes) -> tuple[Fields, Marks]:
    """Find the fields of all lines, any run of spaces between two fields, and the marks of addresses."""
    # One pass over the bytes; all that follows looks at the few places that it found.
    places = np.flatnonzero(np.frombuffer(found.data.translate(_MARKED), np.bool_))
    kind = raw[places]
    query = (kind == ord("?")) | (kind == ord("#"))
    marks = Marks(places[kind == ord(":")], places[query], places[query | (kind == ord("/"))])
    apart = (kind == ord(" ")) | (kind == ord("\n"))
    ended = kind == ord("\r")
    if ended.any():  # a carriage return parts fields only at the end of a line
        ended[:-1] &= (kind[1:] == ord("\n")) & (places[1:] == places[:-1] + 1)
        apart |= ended
    before = np.concatenate((np.full(1, -1, np.int64), places[apart]))
    start, end = before[:-1] + 1, before[1:]
    filled = end > start
    start, end = start[filled], end[filled]
    first = np.searchsorted(start, found.start)
    # Where no line was taken out for its length, a line's fields end where the next one's begin.
    upto = np.append(first[1:], len(start)) if not found.rejects else np.searchsorted(start, found.end)
    return Fields(start, end, first, upto - first), marks


def columns_of(raw: bytes, start: Whole, end: Whole, none: Mask | None = None) -> pa.BinaryArray:
    """Give `raw[start[i]:end[i]]` as one binary column, null where `none` says so.

    Spans must be in order and not overlap.
    """
    n = len(start)
    if n == 0:
        return pa.array([], pa.binary())
    # Read as one array whose elements are span, gap, span, gap ...: then Arrow copies every second.
    edges = np.empty(2 * n, np.int32)
    edges[0::2], edges[1::2] = start, end
    every = pa.Array.from_buffers(pa.binary(), 2 * n - 1, [None, pa.py_buffer(edges), pa.py_buffer(raw)])
    return every.take(pa.array(np.arange(0, 2 * n, 2, dtype=np.int32), mask=none))


def as_text(column: pa.BinaryArray, ascii_only: bool) -> pa.StringArray:
    """Turn bytes into text; bytes that are no UTF-8 become U+FFFD."""
    if ascii_only:
        return column.view(pa.string())
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        texts = [None if value is None else value.decode("utf-8", "replace") for value in column.to_pylist()]
        return pa.array(texts, pa.string())


_ZEROS = np.uint64(0x3030303030303030)
_HIGH = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIX = np.uint64(0x0606060606060606)
_EIGHT_BYTES = np.dtype("<u8")


def integers(raw: Bytes, start: Whole, end: Whole, most: int) -> tuple[Whole, Mask]:
    """Read spans of 1 to `most` (at most 18) digits; the mask tells which spans are such numbers."""
    size = end - start
    fine = (size >= 1) & (size <= most)
    value, digits = _eight_digits(raw, end, size)
    fine &= digits
    longest = int(size[fine].max(initial=0))
    for k in range(8, longest, 8):
        more, digits = _eight_digits(raw, end - k, np.maximum(size - k, 0))
        value += more * 10**k
        fine &= digits
    return value, fine


def _eight_digits(raw: Bytes, end: Whole, size: Whole) -> tuple[Whole, Mask]:
    """Read the last eight bytes before `end` as digits, at once as one 64-bit word.

    Bytes before the span's `size` count as zeros. The word holds the first digit in its lowest byte; pairs,
    then fours, then eights are joined by multiplication (the SWAR method of number readers).
    """
    if len(raw) < 8:
        raw, end = np.concatenate((np.zeros(8, np.uint8), raw)), end + 8
    words = np.lib.stride_tricks.as_strided(
        raw[:8].view(_EIGHT_BYTES), (len(raw) - 7,), (1,), writeable=False
    )
    begin = end - 8
    word = words[np.maximum(begin, 0)]
    if len(begin) and begin.min() < 0:  # the very first field of a block
        word = word << (np.maximum(-begin, 0) * 8).astype(np.uint64).clip(0, 63)
    blank = ((8 - np.clip(size, 0, 8)) * 8).astype(np.uint64)
    # A shift by 64 is undefined, so an empty span shifts twice.
    keep = (~np.uint64(0) << (blank >> np.uint64(1))) << (blank - (blank >> np.uint64(1)))
    word = (word & keep) | (_ZEROS & ~keep)
    fine = ((word & _HIGH) == _ZEROS) & (((word + _SIX) & _HIGH) == _ZEROS)
    word = word & ~_HIGH
    word = (word * np.uint64(10) + (word >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    word = (word * np.uint64(100) + (word >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    word = (word * np.uint64(10000) + (word >> np.uint64(32))) & np.uint64(0x00000000FFFFFFFF)
    return word.astype(np.int64), fine


def next_of(places: Whole, at: Whole, otherwise: Whole) -> Whole:
    """For each `at`, the first of the sorted `places` not before it, but never beyond `otherwise`."""
    if len(places) == 0:
        return otherwise
    index = np.searchsorted(places, at)
    near = places[np.minimum(index, len(places) - 1)]
    return np.where((index < len(places)) & (near < otherwise), near, otherwise)


def distinct(column: pa.BinaryArray) -> tuple[Whole, list[bytes]]:
    """Give each row's number into the list of distinct values, and that list."""
    coded = column.dictionary_encode()
    return np.asarray(coded.indices, np.int64), coded.dictionary.to_pylist()
