"""Reads a Squid log whose form the user names by the `logformat` line of squid.conf."""

from __future__ import annotations

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.logformat import compile_format
from clausewise.sources.logformat_line import begin
from clausewise.sources.rows import parse_with


def start(option: str) -> State:
    """Begin with a logformat. Raises `ValueError` when it cannot be read."""
    if not option.strip():
        raise ValueError("logformat: nothing given; copy the logformat line of squid.conf")
    return State(option=(compile_format(option),))


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "squid_logformat",
    "Squid proxy, a logformat of its own",
    ("http",),
    parse,
    finish,
    start,
    needs="the logformat line of squid.conf",
    alone=True,
)
