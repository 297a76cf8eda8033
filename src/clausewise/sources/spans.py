"""Column-wise reading of fields: positions in a block become Arrow columns without a loop over lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from clausewise.sources.lines import Bytes, Cut, Whole

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields between blanks: line i has `count[i]` of them, its k-th is number `first[i] + k`.

    `each` is the number of fields that every line has, 0 if they differ.
    """

    start: Whole
    end: Whole
    first: Whole
    count: Whole
    each: int


def look(found: Cut, raw: Bytes) -> Fields:
    """Find the fields of all lines; any run of spaces, or a line end, lies between two fields."""
    apart = np.empty(len(raw) + 1, np.bool_)
    apart[0] = True
    np.equal(raw, ord(" "), out=apart[1:])
    apart[1:] |= raw == ord("\n")
    if b"\r" in found.data:  # a carriage return parts fields only at the end of a line
        apart[1:-1] |= (raw[:-1] == ord("\r")) & (raw[1:] == ord("\n"))
    # Every change is a field's first byte or the blank after it, in turn, as a block ends with a line's end.
    changes = np.flatnonzero(apart[1:] != apart[:-1])
    start, end = changes[0::2], changes[1::2]
    lines = len(found.start)
    each = len(start) // max(lines, 1)
    if each and each * lines == len(start) and not found.rejects:
        table = start.reshape(lines, each)
        if (table[:, 0] >= found.start).all() and (table[:, -1] < found.end).all():
            return Fields(start, end, np.arange(lines) * each, np.full(lines, each), each)
    first = np.searchsorted(start, found.start)
    return Fields(start, end, first, np.searchsorted(start, found.end) - first, 0)


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
# By number of digits: which bytes of a word belong to them, and the zeros that stand for the others.
_KEEP = np.array([(2**64 - 1) >> 8 * k << 8 * k for k in range(8, -1, -1)], np.uint64)
_FILL = _ZEROS & ~_KEEP
_JOINS = (
    (np.uint64(8), np.uint64(10), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(16), np.uint64(100), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(32), np.uint64(10000), np.uint64(0x00000000FFFFFFFF)),
)
_ONE, _EACH, _TOP = np.uint64(1), np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_ALL = ~np.uint64(0)
_LOOKS = 40
"""Times eight bytes: beyond that a span is long, and long spans are few."""


def words_of(raw: Bytes) -> npt.NDArray[np.uint64]:
    """See a block as the 64-bit words that begin at each of its bytes but the last seven.

    A word holds its first byte in its lowest eight bits; a block below eight bytes is filled up with zeros.
    """
    if len(raw) < 8:
        raw = np.concatenate((raw, np.zeros(8, np.uint8)))
    return np.lib.stride_tricks.as_strided(raw[:8].view("<u8"), (len(raw) - 7,), (1,), writeable=False)


def integers(raw: Bytes, start: Whole, end: Whole, most: int) -> tuple[Whole, Mask]:
    """Read spans of 1 to `most` (at most 18) digits; the mask tells which spans are such numbers."""
    words, size = words_of(raw), end - start
    fine = (size >= 1) & (size <= most)
    value, digits = _eight_digits(words, end, size)
    fine &= digits
    longest = int(size[fine].max(initial=0))
    for k in range(8, longest, 8):
        more, digits = _eight_digits(words, end - k, np.maximum(size - k, 0))
        value += more * 10**k
        fine &= digits
    return value, fine


def _eight_digits(words: npt.NDArray[np.uint64], end: Whole, size: Whole) -> tuple[Whole, Mask]:
    """Read the last eight bytes before `end` as digits, at once as one 64-bit word.

    Bytes before the span's `size` count as zeros. Pairs, then fours, then eights are joined by multiplication
    (the SWAR method of number readers).
    """
    begin = end - 8
    if len(begin) and begin.min() < 0:  # the very first field of a block
        word = words[np.maximum(begin, 0)] << (np.maximum(-begin, 0) * 8).astype(np.uint64).clip(0, 63)
    else:
        word = words[begin]
    digits = np.minimum(size, 8)
    word &= _KEEP[digits]
    word |= _FILL[digits]
    other = word + _SIX  # only a digit's upper half is 3 both before and after
    other ^= _ZEROS
    other |= word ^ _ZEROS
    other &= _HIGH
    fine = other == 0
    word &= ~_HIGH
    for shift, by, keep in _JOINS:
        upper = word >> shift
        word *= by
        word += upper
        word &= keep
    return word.view(np.int64), fine


def first_of(raw: Bytes, start: Whole, end: Whole, letters: bytes) -> Whole:
    """For each span, the place of the first of a few ASCII `letters` in it, or its end.

    Looks at eight bytes of all spans at once (the SWAR search for a zero byte, Hacker's Delight 6-1), again
    where nothing was found yet; long spans are left to a look at the whole block.
    """
    place, words, rows, at, until = end.copy(), words_of(raw), np.arange(len(start)), start, end
    last = len(words) - 1
    for look in range(_LOOKS):
        if at.max(initial=0) > last:  # the block's last word begins before these spans do
            near = np.minimum(at, last)
            hit = _hits(words[near], letters) & (_ALL << ((at - near) * 8).clip(0, 63).astype(np.uint64))
        else:
            near, hit = at, _hits(words[at], letters)
        found = hit != 0
        offset = np.bitwise_count((hit & (~hit + _ONE)) - _ONE) >> 3
        place[rows] = np.where(found, np.minimum(near + offset, until), until)
        left = ~found & (at + 8 < until)
        rows, at, until = rows[left], at[left] + 8, until[left]
        if len(rows) == 0 or (look > 3 and len(rows) * 32 > len(raw)):
            break
    if len(rows):
        place[rows] = _first_of_marks(raw, at, until, letters)
    return place


def _hits(word: npt.NDArray[np.uint64], letters: bytes) -> npt.NDArray[np.uint64]:
    """The lowest bit set is the high bit of the first byte that is one of `letters`."""
    found = np.zeros_like(word)
    for letter in letters:
        other = word ^ (_EACH * np.uint64(letter))
        found |= (other - _EACH) & ~other & _TOP
    return found


def _first_of_marks(raw: Bytes, start: Whole, end: Whole, letters: bytes) -> Whole:
    marked = raw == letters[0]
    for letter in letters[1:]:
        marked |= raw == letter
    return next_of(np.flatnonzero(marked), start, end)


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


def spread(values: pa.StringArray, numbers: pa.Array) -> pa.DictionaryArray:
    """Give row i the text `values[numbers[i]]`, as the number of a distinct text; no text stays null."""
    coded = values.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.take(numbers), coded.dictionary)
