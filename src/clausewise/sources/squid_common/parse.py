"""Reads Squid logs in the `common` and `combined` forms, as squid.conf's own logformats write them."""

from __future__ import annotations

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.logformat import compile_format
from clausewise.sources.logformat_line import begin
from clausewise.sources.rows import parse_with

COMBINED = '%>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st "%{Referer}>h" "%{User-Agent}>h" %Ss:%Sh'
COMMON = '%>a %[ui %[un [%tl] "%rm %ru HTTP/%rv" %>Hs %<st %Ss:%Sh'
_LAYOUTS = (compile_format(COMBINED), compile_format(COMMON))


def start(option: str = "") -> State:
    """Begin a file; the format needs no option."""
    return State(option=_LAYOUTS)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "squid_common", "Squid proxy, common or combined form", ("http",), parse, finish, start, alone=True
)
