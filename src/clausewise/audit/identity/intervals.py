"""Addresses put down to people: a name only where nothing speaks against it, exact only with two sources.

Clause 11 of the regulation reads a log as an account or an address, not a person: a name takes two independent
sources. One source is *indicative*. Anything shared, unknown or claimed by two people at once is nobody's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pyarrow as pa
from sqlglot import exp, parse_one

from clausewise.audit.identity.claims import (
    Claim,
    Hold,
    leases,
    of_leases,
    of_proxy,
    of_register,
    of_sign_ins,
)
from clausewise.audit.identity.people import People

INTERVALS = pa.schema(
    [
        ("src_ip", pa.string()),
        ("since", pa.int64()),
        ("until", pa.int64()),
        ("person", pa.int64()),
        ("confidence", pa.string()),  # exact, indicative, none
        ("alternatives", pa.int32()),  # how many different people the sources name
        ("how", pa.string()),  # the sources that name, or what speaks against naming
    ]
)
"""Intervals of one address never overlap; the end is not part of an interval."""
SIGHTINGS = pa.schema(
    [("src_ip", pa.string()), ("user", pa.int64()), ("first", pa.int64()), ("last", pa.int64())]
)
Answer = tuple[int | None, str, int, str]


def intervals(
    auth: pa.Table, dhcp: pa.Table, sightings: pa.Table, people: People, hold: Hold, low: int, high: int
) -> pa.Table:
    """Who was at each address, from lake rows of auth and dhcp and the proxy's sightings (any may be empty).

    Args:
        low, high: microseconds between which events are to be put down; sources begin earlier if they can.

    An event that names its own user needs none of this and keeps it.
    """
    held = leases(dhcp, hold)
    by_address: dict[str, list[Claim]] = defaultdict(list)
    for claims in (
        of_leases(held, people),
        of_register(people, low, high),
        of_sign_ins(auth, held, people, hold),
        of_proxy(sightings, people, hold),
    ):
        for claim in claims:
            by_address[claim.address].append(claim)
    rows = [
        dict(zip(INTERVALS.names, (address, since, until, *answer), strict=True))
        for address in sorted(by_address)
        for since, until, answer in _swept(address, by_address[address], people)
        if since < high and until > low
    ]
    return pa.Table.from_pylist(rows, schema=INTERVALS)


def _swept(address: str, claims: Iterable[Claim], people: People) -> Iterator[tuple[int, int, Answer]]:
    """Stretches of time with one answer each, in order."""
    changes: dict[int, list[tuple[int, Claim]]] = defaultdict(list)
    for claim in claims:
        changes[claim.since].append((1, claim))
        changes[claim.until].append((-1, claim))
    active: Counter[Claim] = Counter()
    times = sorted(changes)
    begun: tuple[int, int, Answer] | None = None
    for now, after in zip(times, [*times[1:], times[-1]], strict=True):
        for step, claim in changes[now]:
            active[claim] += step
            if not active[claim]:
                del active[claim]
        answer = decided(active, people.outside(address, now)) if active else None
        if begun and begun[1] == now and begun[2] == answer:
            begun = (begun[0], after, begun[2])
            continue
        if begun:
            yield begun
        begun = (now, after, answer) if answer else None
    if begun:
        yield begun


def decided(active: Iterable[Claim], outside: str) -> Answer:
    """(person, confidence, alternatives, how) of the claims that hold at one moment."""
    active = list(active)
    named = {claim.whose.person for claim in active if claim.whose.person is not None}
    against = {claim.whose.reason for claim in active if claim.whose.person is None}
    if outside:
        return None, "none", len(named), f"network for {outside}"
    if against:
        return None, "none", len(named), ", ".join(sorted(against))
    if len(named) != 1:
        return None, "none", len(named), f"{len(named)} candidates"
    sources = sorted({claim.source for claim in active})
    return named.pop(), "exact" if len(sources) > 1 else "indicative", 1, "+".join(sources)


def sightings(source: exp.Expr, user: exp.Expr, address: exp.Expr, time: exp.Expr, hold: Hold) -> exp.Query:
    """The query for `SIGHTINGS`: each proxy user at each address, once per stretch of `hold.proxy`.

    Stretches lie next to each other, so joining those that lie no further apart than the hold loses nothing.
    """
    stretch = f"({time.sql(dialect='duckdb')}) // {max(hold.proxy, 1)}"
    query = parse_one(
        f"""SELECT {address.sql(dialect="duckdb")} AS src_ip, {user.sql(dialect="duckdb")} AS user,
              MIN({time.sql(dialect="duckdb")}) AS first, MAX({time.sql(dialect="duckdb")}) AS last
            FROM {source.sql(dialect="duckdb")}
            WHERE NOT {user.sql(dialect="duckdb")} IS NULL AND NOT {address.sql(dialect="duckdb")} IS NULL
            GROUP BY {address.sql(dialect="duckdb")}, {user.sql(dialect="duckdb")}, {stretch}""",
        dialect="duckdb",
    )
    assert isinstance(query, exp.Query)
    return query
