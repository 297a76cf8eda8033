"""Where an address lies, as far as the county's list of networks says: at the county, away, or nobody knows.

Away says where something was not. It never says that it was at somebody's home (9.c).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import pyarrow as pa

from clausewise.audit.timeline import microseconds, moment, turns
from clausewise.facts.snapshot import Facts

PLACES = pa.schema(
    [("src_ip", pa.string()), ("since", pa.int64()), ("until", pa.int64()), ("place", pa.string())]
)
"""`place` is county, away or unknown; intervals of one address do not overlap, and the end is not part of one."""


@lru_cache(maxsize=65_536)
def says_where(address: str) -> bool:
    """Whether an address says where somebody was: a machine's own loopback or a made-up one does not."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (known.is_loopback or known.is_unspecified or known.is_link_local or known.is_multicast)


def places(facts: Facts, addresses: Iterable[str], low: int, high: int) -> pa.Table:
    """Where each address lay between two times (microseconds).

    Every listed network counts as the county's: a work place assigned elsewhere is a network of the list. Without
    a list every place is unknown.
    """
    cuts = sorted({microseconds(turn) for turn in turns(facts, ("networks",))})
    edges = [low, *(cut for cut in cuts if low < cut < high), high]
    rows: list[dict[str, object]] = []
    for address in sorted(set(addresses)):
        for since, until in pairwise(edges):
            place = _place(facts, address, since)
            if rows and rows[-1]["src_ip"] == address and rows[-1]["place"] == place:
                rows[-1]["until"] = until
            else:
                rows.append({"src_ip": address, "since": since, "until": until, "place": place})
    return pa.Table.from_pylist(rows, schema=PLACES)


def _place(facts: Facts, address: str, at: int) -> str:
    if not facts.has("networks") or not says_where(address):
        return "unknown"
    return "away" if facts.network_of(address, moment(at)) is None else "county"
