"""Reads Squid's native access.log, the format a proxy writes unless it is told otherwise.

`time elapsed client code/status bytes method URL user hierarchy/peer [type]`, padded with spaces.
Read column by column: nothing here loops over lines, only over the distinct odd values of a block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clausewise.sources import proxy, spans
from clausewise.sources.contract import (
    NOTHING_PROTECTED,
    SCHEMAS,
    Batch,
    Parsed,
    Protected,
    Reject,
    Source,
    State,
    finish_with,
    nothing,
    plain,
)
from clausewise.sources.hosts import LONGEST_PATH, LONGEST_TARGET
from clausewise.sources.lines import Bytes, Cut, Whole, cut
from clausewise.sources.spans import Fields, Mask
from clausewise.sources.targets import Targets, protected_mask, read_targets

TIME, ELAPSED, CLIENT, RESULT, BYTES, METHOD, URL, USER, HIERARCHY = range(9)
LEAST = 9
_HTTP, _HTTPS = (np.uint64(int.from_bytes(text, "little")) for text in (b"http://", b"https://"))
_SEVEN = np.uint64(2**56 - 1)

SHORT = "fewer than 9 fields"
CHECKS = (
    "the time cannot be read",
    "the duration is no number",
    "the result code cannot be read",
    "the size is no number",
    "the hierarchy code cannot be read",
)
"""Reasons for a reject in the order in which they are looked for; an unreadable address comes last."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some lines of a block: their places in the block's list of lines, and of their first fields."""

    line: Whole
    at: Whole

    def choose(self, keep: Mask) -> _Rows:
        return self if keep.all() else _Rows(self.line[keep], self.at[keep])


@dataclass(frozen=True, slots=True)
class _Block:
    """A cut block with its fields."""

    found: Cut
    raw: Bytes
    fields: Fields
    ascii_only: bool

    def rows(self, line: Whole) -> _Rows:
        return _Rows(line, self.fields.first[line])

    def span(self, rows: _Rows, field: int) -> tuple[Whole, Whole]:
        fields = self.fields
        if fields.each and len(rows.at) == len(fields.first):  # every line, each like the others: no look-up
            every = slice(field, None, fields.each)
            return np.ascontiguousarray(fields.start[every]), np.ascontiguousarray(fields.end[every])
        at = rows.at + field
        return self.fields.start[at], self.fields.end[at]

    def bytes_of(self, start: Whole, end: Whole) -> pa.BinaryArray:
        return spans.columns_of(self.found.data, start, end)

    def text_of(self, start: Whole, end: Whole) -> pa.StringArray:
        return spans.as_text(self.bytes_of(start, end), self.ascii_only)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What each row asked for: `code[i]` is its place in `known`; the span is that of its path."""

    code: Whole
    known: Targets
    method: pa.DictionaryArray
    connect: Mask
    path_start: Whole
    path_end: Whole

    def choose(self, keep: Mask) -> _Asked:
        if keep.all():
            return self
        method = self.method.filter(pa.array(keep))
        spanned = self.path_start[keep], self.path_end[keep]
        return _Asked(self.code[keep], self.known, method, self.connect[keep], *spanned)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block of a native Squid log; see the contract of `Source`."""
    batch = parse_coded(block, state, protected)
    return replace(batch, parsed=tuple(plain(part) for part in batch.parsed))


def parse_coded(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """As `parse`, with texts that come again and again as the numbers of distinct ones."""
    found = cut(block, state)
    if len(found.number) == 0:
        return nothing(found.state, found.lines, found.rejects)
    raw = found.bytes()
    here = _Block(found, raw, spans.look(found, raw), found.data.isascii())
    count = here.fields.count
    blank = count == 0
    comment = blank & False
    comment[~blank] = here.raw[here.fields.start[here.fields.first[~blank]]] == ord("#")
    live = here.rows(np.flatnonzero(~blank & ~comment))
    # A protected host is looked for first, and on every line that has an address at all.
    addressed = live.choose(count[live.line] > URL)
    asked = _read_asked(here, addressed)
    shielded = protected_mask(asked.known.host, protected)[asked.code]
    whole = count[addressed.line] >= LEAST
    short = np.concatenate((live.line[count[live.line] <= URL], addressed.line[~whole & ~shielded]))
    keep = whole & ~shielded
    table, refused, noise = _read_rows(here, addressed.choose(keep), asked.choose(keep))
    noise |= {"blank": int(blank.sum()), "comment": int(comment.sum())}
    rejects = [*found.rejects, *_rejects(found, short, [SHORT] * len(short)), *refused]
    return Batch(
        (Parsed("http", table),) if table.num_rows else (),
        tuple(sorted(rejects)),
        {kind: number for kind, number in noise.items() if number},
        int(shielded.sum()),
        found.lines,
        found.state,
    )


def _read_asked(here: _Block, rows: _Rows) -> _Asked:
    """Find method, scheme, host, port and path of each row, the middle three by distinct address."""
    start, end = here.span(rows, URL)
    method = here.text_of(*here.span(rows, METHOD)).dictionary_encode()
    connect = _flags(method, lambda name: name == "CONNECT")
    plain = np.flatnonzero(~connect)
    stop, until = end.copy(), end.copy()
    authority = _past_scheme(here.raw, start[plain], end[plain])
    stop[plain] = spans.first_of(here.raw, authority, end[plain], b"/?#")
    query = spans.first_of(here.raw, stop[plain], end[plain], b"?#")
    until[plain] = np.minimum(query, stop[plain] + LONGEST_PATH)
    # One byte beyond the limit is enough to know that the address is too long.
    keys = here.bytes_of(start, np.minimum(stop, start + LONGEST_TARGET + 1)).dictionary_encode()
    code, known = _distinct_targets(np.asarray(keys.indices, np.int64), keys.dictionary, connect)
    return _Asked(code, known, method, connect, stop, until)


def _past_scheme(raw: Bytes, start: Whole, end: Whole) -> Whole:
    """Find what follows the first `:` of each address, if that is `//`; else give the address's end."""
    words = spans.words_of(raw)
    # A field is followed by a blank, so eight bytes from its start that hold no blank all belong to it.
    word = words[np.minimum(start, len(words) - 1)]
    plain, safe = (word & _SEVEN) == _HTTP, word == _HTTPS
    past = start + np.where(safe, len(b"https://"), len(b"http://"))
    odd = ~(plain | safe)
    if odd.any():
        start, end = start[odd], end[odd]
        colon = spans.first_of(raw, start, end, b":")
        last = len(raw) - 1
        apart = (colon + 2 < end) & (raw[np.minimum(colon + 1, last)] == ord("/"))
        apart &= raw[np.minimum(colon + 2, last)] == ord("/")
        past[odd] = np.where(apart, colon + 3, end)
    return past


def _flags(coded: pa.DictionaryArray, test: Callable[[str], bool]) -> Mask:
    """Test each distinct value once."""
    flags = pa.array([test(value) for value in coded.dictionary.to_pylist()], pa.bool_())
    return np.asarray(flags.take(coded.indices))


def _numbered(pair: Whole, size: int) -> tuple[Whole, Whole]:
    """Number the pairs that occur from 0 on; give each row's number, and the pairs in order of their numbers."""
    if size > 4 * len(pair) + 1024:  # too many could occur for a table of all
        coded = pa.array(pair).dictionary_encode()
        return np.asarray(coded.indices, np.int64), np.asarray(coded.dictionary, np.int64)
    used = np.flatnonzero(np.bincount(pair, minlength=size))
    place = np.zeros(size, np.int64)
    place[used] = np.arange(len(used))
    return place[pair], used


def _distinct_targets(code: Whole, keys: pa.BinaryArray, connect: Mask) -> tuple[Whole, Targets]:
    """Read each distinct pair of address and 'is a tunnel'."""
    size = len(keys)
    pair = code + connect * size
    used = np.flatnonzero(np.bincount(pair, minlength=2 * size))
    place = np.zeros(2 * size, np.int64)
    place[used] = np.arange(len(used))
    plain = read_targets(keys.take(pa.array(used[used < size])), connect=False)
    tunnel = read_targets(keys.take(pa.array(used[used >= size] - size)), connect=True)
    return place[pair], plain.followed_by(tunnel)


def _rejects(found: Cut, rows: Whole, reasons: list[str]) -> list[Reject]:
    places = zip(found.number[rows].tolist(), found.start[rows].tolist(), reasons, strict=True)
    return [Reject(number, found.base + start, reason) for number, start, reason in places]


def _read_rows(here: _Block, rows: _Rows, asked: _Asked) -> tuple[pa.Table, list[Reject], dict[str, int]]:
    """Read the other fields, sort out rejects and noise, and build the table of what remains."""
    time, time_fine = _read_time(here, rows)
    elapsed, elapsed_fine = _read_elapsed(here, rows)
    size, size_fine = spans.integers(here.raw, *here.span(rows, BYTES), most=18)
    status, outcome, result_fine, way_fine = _read_result(here, rows)
    wrong = np.zeros(len(rows.line), np.int64)
    checks = (time_fine, elapsed_fine, result_fine, size_fine, way_fine)
    for number in range(len(checks), 0, -1):
        wrong[~checks[number - 1]] = number
    sound = wrong == 0
    query, error = _read_noise(here, rows, asked.method)
    noise = {proxy.PEER_QUERY: int((query & sound).sum()), proxy.NO_REQUEST: int((error & sound).sum())}
    lost = ~np.asarray(asked.known.problem.is_null())[asked.code] & sound & ~query & ~error
    refused = _rejects(
        here.found, rows.line[~sound], [CHECKS[number - 1] for number in wrong[~sound].tolist()]
    )
    problems = asked.known.problem.take(pa.array(asked.code[lost])).to_pylist()
    refused += _rejects(here.found, rows.line[lost], problems)
    good = sound & ~query & ~error & ~lost
    if not good.all():
        rows, asked, outcome = rows.choose(good), asked.choose(good), outcome.filter(pa.array(good))
        time, elapsed, size, status = time[good], elapsed[good], size[good], status[good]
    return _table(here, rows, asked, (time, elapsed, size, status), outcome), refused, noise


def _read_time(here: _Block, rows: _Rows) -> tuple[Whole, Mask]:
    start, end = here.span(rows, TIME)
    point = np.maximum(end - 4, start)
    seconds, fine = spans.integers(here.raw, start, point, most=11)
    thousandths, also = spans.integers(here.raw, np.minimum(point + 1, end), end, most=3)
    fine &= also & (end - point == 4) & (here.raw[point] == ord("."))
    return seconds * 1_000_000 + thousandths * 1_000, fine


def _read_elapsed(here: _Block, rows: _Rows) -> tuple[Whole, Mask]:
    start, end = here.span(rows, ELAPSED)
    minus = here.raw[start] == ord("-")  # a clock that was set back
    value, fine = spans.integers(here.raw, start + minus, end, most=18)
    return np.where(minus, -value, value), fine


def _read_result(here: _Block, rows: _Rows) -> tuple[Whole, pa.DictionaryArray, Mask, Mask]:
    """Read code, status and hierarchy: what came back, and whether the site was reached."""
    results, words = spans.distinct(here.bytes_of(*here.span(rows, RESULT)))
    read = [proxy.read_result(word.decode("utf-8", "replace")) for word in words]
    start, end = here.span(rows, HIERARCHY)
    stop = spans.first_of(here.raw, start, end, b"/")
    codes, heads = spans.distinct(here.bytes_of(start, np.minimum(stop + 1, end)))
    ways = [proxy.read_hierarchy(head.decode("utf-8", "replace")) for head in heads]
    pair, used = _numbered(results * max(len(ways), 1) + codes, len(words) * len(ways))
    meant = []
    for number in used.tolist():
        found, way = read[number // len(ways)], ways[number % len(ways)]
        meant.append(proxy.outcome_of(found[0], found[1], way) if found and way else "unknown")
    outcome = spans.spread(pa.array(meant, pa.string()), pa.array(pair))
    status = np.array([found[1] if found else 0 for found in read], np.int64)
    fine = np.array([found is not None for found in read], np.bool_)
    return (
        status[results],
        outcome,
        fine[results],
        np.array([way is not None for way in ways], np.bool_)[codes],
    )


def _read_noise(here: _Block, rows: _Rows, method: pa.DictionaryArray) -> tuple[Mask, Mask]:
    """Tell which rows are another cache's question, and which are no request at all."""
    start, end = here.span(rows, URL)
    error = (here.raw[start] == ord("e")) & (end - start >= len(b"error:"))
    if error.any():
        some = np.flatnonzero(error)
        for k, letter in enumerate(b"error:"):
            error[some] &= here.raw[start[some] + k] == letter
    query = _flags(method, lambda name: proxy.noise_of(name, "") is not None)
    return query, error & ~query


def _people(column: pa.StringArray) -> pa.DictionaryArray:
    coded = column.dictionary_encode()
    read = [proxy.read_user(text) for text in coded.dictionary.to_pylist()]
    return spans.spread(pa.array(read, pa.string()), coded.indices)


def _table(
    here: _Block, rows: _Rows, asked: _Asked, numbers: tuple[Whole, ...], outcome: pa.DictionaryArray
) -> pa.Table:
    time, elapsed, size, status = numbers
    found, known, code = here.found, asked.known, pa.array(asked.code)
    columns: dict[str, pa.Array] = {
        "time": pa.array(time),
        "line": pa.array(found.number[rows.line]),
        "offset": pa.array(found.start[rows.line] + found.base),
        "length": pa.array((found.end[rows.line] - found.start[rows.line]).astype(np.int32)),
        "user": _people(here.text_of(*here.span(rows, USER))),
        "src_ip": _people(here.text_of(*here.span(rows, CLIENT))),
        "host": spans.spread(known.host, code),
        "port": known.port.take(code),
        "method": asked.method,
        "status": pa.array(status.astype(np.int32)),
        "outcome": outcome,
        "bytes_down": pa.array(size),
        "bytes_up": pa.nulls(len(rows.line), pa.int64()),
        "scheme": spans.spread(known.scheme, code),
        "path": _path(here, asked),
        "referrer_host": pa.nulls(len(rows.line), pa.string()),
        "tunnel": pa.array(asked.connect),
        "duration_ms": pa.array(elapsed),
    }
    return pa.table({name: columns[name] for name in SCHEMAS["http"].names})


def _path(here: _Block, asked: _Asked) -> pa.StringArray:
    column = spans.columns_of(here.found.data, asked.path_start, asked.path_end, none=asked.connect)
    column = spans.as_text(column, here.ascii_only)
    if ((asked.path_start == asked.path_end) & ~asked.connect).any():
        column = pc.if_else(pc.equal(column, ""), "/", column)
    return column


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "squid", "Squid proxy, native access.log", ("http",), parse, finish, alone=True, coded=parse_coded
)
