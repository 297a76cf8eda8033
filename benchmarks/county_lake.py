"""Makes the office of `county_log` as tables of the lake, without writing or reading a line of text.

`python benchmarks/county_lake.py FOLDER --events 100000000 [--lists DIR]` writes the same requests that the log
would hold, and a name look-up for one in four of them, as `http` and `dns` in the lake's own columns. It goes
piece by piece, so memory does not grow with the number of events. As no text lies behind the rows, their places
(`offset`, `length`) are counted out at 130 bytes a line and `ident` is a number of its own for each row.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clausewise.audit.enrich import ASSETS
from clausewise.audit.lake.columns import LAKE
from clausewise.audit.lake.keys import host_key, person_key
from clausewise.sample.browsing import DENIED_407, RESULTS
from clausewise.sample.squid import PATHS
from clausewise.sources.proxy import outcome_of, read_result
from county_log import PIECE, SEED, TUNNELS, Draw, Office, day_of, draws, make_office

LINE = 130
LOOKUPS = 0.25
DAY = 86_400_000_000
SOURCES = {"http": "squid", "dns": "zeek"}
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True)
class Coded:
    """The office's tables as the lake writes them: keys of hosts and people, and what each result means."""

    office: Office
    host: pa.Array
    user: pa.Array
    ip: pa.Array
    status: pa.Array
    outcome: pa.Array
    asset: pa.Array
    private: np.ndarray
    log: int = SEED


def coded(office: Office, secret: bytes, private: np.ndarray | None = None) -> Coded:
    """Hash each host and each person once. `private` marks, by rank, the hosts that rule 13 keeps nameless."""
    read = [read_result(code) or ("", 0) for code in RESULTS]
    ways = ["HIER_NONE" if code.startswith("TCP_DENIED") else "HIER_DIRECT" for code in RESULTS]
    people = [None if user == "-" else person_key(secret, user) for user in office.users]
    return Coded(
        office,
        pa.array([host_key(name) for name in office.hosts], pa.int64()),
        pa.array([*people, None], pa.int64()),
        pa.array([*office.ips, None], pa.string()),
        pa.array([status for _, status in read], pa.int32()),
        pa.array([outcome_of(*found, way) for found, way in zip(read, ways, strict=True)], pa.string()),
        pc.match_substring_regex(pa.array([*(path.replace("{0}", "1") for path in PATHS), "/"]), ASSETS),
        np.zeros(len(office.hosts), np.bool_) if private is None else private,
    )


def http_table(made: Draw, of: Coded, begun: int) -> pa.Table:
    """Requests as the lake's `http`; `begun` is the number of rows made before."""
    rows, nobody = len(made.millis), len(of.ip) - 1
    hidden = of.private[made.host]
    result, tunnel = pa.array(made.result), pa.array(made.tunnel)
    size = np.where(made.denied, 3900 + made.size % 500, made.size)
    columns = {
        **_common(made.millis * 1000, of.log, begun),
        "user": of.user.take(pa.array(np.where(hidden | (made.result == DENIED_407), nobody, made.who))),
        "src_ip": of.ip.take(pa.array(np.where(hidden, nobody, made.who))),
        "host": of.host.take(pa.array(made.host)),
        "port": pa.array(np.where(made.tunnel, 443, 80).astype(np.int32)),
        "method": pc.if_else(tunnel, "CONNECT", "GET"),
        "status": of.status.take(result),
        "outcome": of.outcome.take(result),
        "bytes_down": pa.array(size),
        "bytes_up": pa.nulls(rows, pa.int64()),
        "tunnel": tunnel,
        "duration_ms": pa.array(np.where(made.denied, made.elapsed % 3, made.elapsed)),
        "asset": of.asset.take(pa.array(made.path)),
        "program": pa.nulls(rows, pa.string()),
    }
    return _table("http", columns)


def dns_table(made: Draw, of: Coded, begun: int) -> pa.Table:
    """Look-ups of names, a little before some of the requests, as the lake's `dns`; nobody is named in them."""
    rng = np.random.default_rng([SEED, 3, int(made.millis[0])])
    some = np.flatnonzero(rng.random(len(made.millis)) < LOOKUPS)
    lost, fate = len(of.ip) - 1, rng.random(len(some))
    host, missing = made.host[some], pa.array(fate < 0.02)
    asked = made.millis[some] * 1000 - 20_000 + rng.integers(0, 1000, len(some))
    midnight = int(made.millis[0]) * 1000 // DAY * DAY  # a look-up stays in the partition of its day
    columns = {
        **_common(np.maximum(asked, midnight), of.log + 1, begun),
        "user": pa.nulls(len(some), pa.int64()),
        "src_ip": of.ip.take(pa.array(np.where(of.private[host], lost, made.who[some]))),
        "host": of.host.take(pa.array(host)),
        "qtype": pc.if_else(pa.array(fate * 1000 % 1 < 0.6), "A", "AAAA"),
        "rcode": pc.if_else(missing, "NXDOMAIN", "NOERROR"),
        "outcome": pc.if_else(missing, "attempted", "reached"),
    }
    return _table("dns", columns)


def _common(time: np.ndarray, log: int, begun: int) -> dict[str, pa.Array]:
    number = np.arange(begun, begun + len(time))
    mixed = (number + log * 2**40).astype(np.uint64)  # SplitMix64's finish: one to one, so never twice
    for shift, by in zip((30, 27), _MIX, strict=True):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * by
    return {
        "time": pa.array(time),
        "log": pa.array(np.full(len(time), log)),
        "offset": pa.array(number * LINE),
        "length": pa.array(np.full(len(time), LINE - 1, np.int32)),
        "ident": pa.array(mixed.view(np.int64)),
        "nth": pa.array(np.zeros(len(time), np.int32)),
    }


def _table(cls: str, columns: dict[str, pa.Array]) -> pa.Table:
    schema = LAKE[cls].schema
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def tables(of: Coded, events: int, tunnels: float = TUNNELS) -> Iterator[tuple[str, str, pa.Table]]:
    """(class, UTC day, table) of about `events` rows in all: four fifths requests, one fifth look-ups."""
    begun = dict.fromkeys(SOURCES, 0)
    for made in draws(of.office, round(events / (1 + LOOKUPS)), tunnels):
        for cls, make in (("http", http_table), ("dns", dns_table)):
            table = make(made, of, begun[cls])
            begun[cls] += table.num_rows
            yield cls, day_of(made).isoformat(), table


def write_lake(folder: Path, of: Coded, events: int, tunnels: float = TUNNELS) -> dict[str, int]:
    """Write the partitions and the list of hosts under `folder`; rows by class. One row group a piece."""
    names = folder / "names"
    names.mkdir(parents=True, exist_ok=True)
    hosts = pa.table({"key": of.host, "host": pa.array(of.office.hosts, pa.string())})
    pq.write_table(hosts, names / "hosts-county.parquet", compression="zstd")
    rows, here = dict.fromkeys(SOURCES, 0), ""
    with ExitStack() as open_files:
        writers: dict[str, pq.ParquetWriter] = {}
        for cls, day, table in tables(of, events, tunnels):
            if day != here:
                open_files.pop_all().close()
                writers, here = {}, day
            if cls not in writers:
                part = folder / cls / f"day={day}" / f"source={SOURCES[cls]}"
                part.mkdir(parents=True, exist_ok=True)
                made = pq.ParquetWriter(part / "part-county.parquet", table.schema, compression="zstd")
                writers[cls] = open_files.enter_context(made)
            writers[cls].write_table(table, row_group_size=2 * PIECE)
            rows[cls] += table.num_rows
    return rows


def main() -> int:
    """Write the lake and tell how fast and within how much memory."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("--events", type=int, default=1_000_000)
    options.add_argument("--lists", type=Path, help="folder with ut1.tar.xz")
    chosen = options.parse_args()
    of = coded(make_office(chosen.lists), b"county benchmark")
    began = time.perf_counter()
    rows = write_lake(chosen.folder, of, chosen.events)
    took, size = time.perf_counter() - began, sum(f.stat().st_size for f in chosen.folder.rglob("*.parquet"))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{chosen.folder}: {rows['http']:,} http, {rows['dns']:,} dns, {size / 1e6:,.0f} MB; {took:.1f} s "
        f"({sum(rows.values()) / took:,.0f} a second), at most {most:,.0f} MB of memory"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
