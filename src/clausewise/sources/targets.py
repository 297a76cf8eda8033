"""Reads scheme, host and port of many addresses at once; only unusual spellings go one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clausewise.sources import spans
from clausewise.sources.contract import Protected
from clausewise.sources.hosts import Target, read_target
from clausewise.sources.lines import Bytes, Whole
from clausewise.sources.spans import Mask

_SCHEMES = pa.array(["http", "https", None], pa.string())
_DEFAULT_PORT = np.array([80, 443, 443], np.int64)  # a tunnel without a port goes to 443
_UNUSUAL = np.ones(256, np.bool_)
_UNUSUAL[[ord(letter) for letter in "abcdefghijklmnopqrstuvwxyz0123456789_-."]] = False
_SHORT = 63  # a name of at most one label's length has no label that is too long
_MANY = 500


@dataclass(frozen=True, slots=True)
class Targets:
    """Columns over distinct addresses; where `problem` is not empty the host is null."""

    scheme: pa.StringArray
    host: pa.StringArray
    port: pa.Int32Array
    problem: pa.StringArray

    def followed_by(self, other: Targets) -> Targets:
        """Put another's rows below these."""
        mine = (self.scheme, self.host, self.port, self.problem)
        theirs = (other.scheme, other.host, other.port, other.problem)
        return Targets(*(pa.concat_arrays(pair) for pair in zip(mine, theirs, strict=True)))


@dataclass(frozen=True, slots=True)
class _Usual:
    """Addresses `http://name:port` in plain lower-case; `fine` tells which are such."""

    fine: Mask
    scheme: Whole
    start: Whole
    end: Whole
    port: Whole


def read_targets(keys: pa.BinaryArray, connect: bool) -> Targets:
    """Read addresses as `hosts.read_target` does, column by column."""
    if len(keys) == 0:
        text = pa.nulls(0, pa.string())
        return Targets(text, text, pa.nulls(0, pa.int32()), text)
    # Two spare bytes let every look at the bytes after a span stay inside the buffer.
    data = b"".join((keys.buffers()[2] or b"", b"  "))
    edges = np.frombuffer(keys.buffers()[1], np.int32)[keys.offset : keys.offset + len(keys) + 1]
    usual = _find_usual(np.frombuffer(data, np.uint8), edges.astype(np.int64), connect)
    odd = np.flatnonzero(~usual.fine)
    host = spans.columns_of(data, usual.start, usual.end).view(pa.string())
    scheme = _SCHEMES.take(pa.array(usual.scheme))
    port, problem = pa.array(usual.port.astype(np.int32)), pa.nulls(len(keys), pa.string())
    if len(odd) == 0:
        return Targets(scheme, host, port, problem)
    read = [read_target(key, connect) for key in keys.take(pa.array(odd)).to_pylist()]
    return _replace(Targets(scheme, host, port, problem), pa.array(~usual.fine), read)


def _replace(targets: Targets, odd: pa.BooleanArray, read: list[Target]) -> Targets:
    def put(column: pa.Array, values: list[str | None] | list[int | None]) -> pa.Array:
        return pc.replace_with_mask(column, odd, pa.array(values, column.type))

    return Targets(
        put(targets.scheme, [target.scheme for target in read]),
        put(targets.host, [target.host for target in read]),
        put(targets.port, [target.port for target in read]),
        put(targets.problem, [target.problem for target in read]),
    )


def _find_usual(data: Bytes, edges: Whole, connect: bool) -> _Usual:
    begin, end = edges[:-1], edges[1:]
    fine, scheme, start = _find_scheme(data, begin, end, connect)
    colon = spans.next_of(np.flatnonzero(data == ord(":")), start, end)
    port, numeric = spans.integers(data, np.minimum(colon + 1, end), end, most=5)
    bare = colon + 1 >= end  # no port, or a colon with nothing after it
    port = np.where(bare, _DEFAULT_PORT[scheme], port)
    unusual = _UNUSUAL[data]
    unusual[:-1] |= (data[:-1] == ord(".")) & (data[1:] == ord("."))
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(unusual)))
    size = colon - start
    fine &= (bare | (numeric & (port <= 65535))) & (before[colon] == before[start])
    fine &= (size >= 1) & (size <= _SHORT)
    fine &= (data[start] != ord(".")) & (data[np.maximum(colon - 1, 0)] != ord("."))
    # What is not fine gets an empty span, so that spans stay in order.
    return _Usual(fine, scheme, np.where(fine, start, begin), np.where(fine, colon, begin), port)


def _find_scheme(data: Bytes, begin: Whole, end: Whole, connect: bool) -> tuple[Mask, Whole, Whole]:
    if connect:
        return np.ones(len(begin), np.bool_), np.full(len(begin), 2), begin
    last = len(data) - 1

    def at(place: int, letters: bytes) -> Mask:
        found = end - begin > place + len(letters)
        for k, letter in enumerate(letters):
            found &= data[np.minimum(begin + place + k, last)] == letter
        return found

    http = at(0, b"http")
    plain, safe = http & at(4, b"://"), http & at(4, b"s://")
    scheme = np.where(safe, 1, 0)
    return plain | safe, scheme, np.where(safe, begin + 8, np.where(plain, begin + 7, begin))


def protected_mask(hosts: pa.StringArray, protected: Protected) -> Mask:
    """Tell which hosts are protected ones or lie below one."""
    if not protected.hosts or len(hosts) == 0:
        return np.zeros(len(hosts), np.bool_)
    if len(protected.hosts) > _MANY:  # too many for one expression
        return np.array([protected.host(name) for name in hosts.to_pylist()], np.bool_)
    names = "|".join(re.escape(name) for name in sorted(protected.hosts))
    found = pc.match_substring_regex(hosts, rf"(?:^|\.)(?:{names})$")
    return np.asarray(found.fill_null(False))
