"""Makes the proxy log of a county office for the benchmarks: four weeks, 1,300 people, over 100,000 hosts.

`python benchmarks/county_log.py access.log [--lines 2000000] [--lists DIR]` writes Squid's native format. No line
is a copy of another: the clock moves on by a millisecond at least from each to the next. People, devices and
addresses are those of the sample county, so that its facts join; hosts follow Zipf's law, and three tenths of
them stand on the public lists in DIR (one `ut1.tar.xz` there is enough), so that labels join. Without DIR all are
invented. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clausewise.sample import stock
from clausewise.sample.browsing import DENIED_403, DENIED_407, RESULTS, STAFF_DAY, WEEKEND, make_walkers
from clausewise.sample.hosts import peer_of
from clausewise.sample.machines import make_park
from clausewise.sample.people import make_people
from clausewise.sample.period import COUNTY_ZONE, FIRST_MONDAY, Period
from clausewise.sample.squid import PATHS, TYPES

SEED = 4040
"""The seed of `clausewise sample build`: with it the sample's facts name these people and devices."""
HOSTS = 250_000
DAYS = 28
LISTED = 0.3
TUNNELS = 0.75
FAVOURITES = 64
HOUR = 3_600_000
PIECE = 250_000
"""Lines made at once, about: memory stays small for a hundred million."""
_PLAIN_HOST = re.compile(r"(?=.{4,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.[a-z][a-z0-9-]{1,62}")
_SYLLABLES = (
    "ba be bi bo ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to".split()
)
_LONGEST = 50_000


@dataclass(frozen=True, slots=True)
class Office:
    """Who browses where: hosts by rank, addresses and users (`-` for shared devices), each one's own sites."""

    hosts: tuple[str, ...]
    ips: tuple[str, ...]
    users: tuple[str, ...]
    staff: int
    activity: np.ndarray
    favourites: np.ndarray


@dataclass(frozen=True, slots=True)
class Draw:
    """Requests as equal-long columns in order of time; `who`, `host`, `result`, `path` are places in tables."""

    millis: np.ndarray
    elapsed: np.ndarray
    who: np.ndarray
    result: np.ndarray
    size: np.ndarray
    host: np.ndarray
    tunnel: np.ndarray
    path: np.ndarray
    mark: np.ndarray

    @property
    def denied(self) -> np.ndarray:
        """Which requests the proxy itself refused."""
        return (self.result == DENIED_403) | (self.result == DENIED_407)


def make_office(lists: Path | None = None, hosts: int = HOSTS, seed: int = SEED) -> Office:
    """The sample county's people and devices, and `hosts` host names by rank."""
    period = Period()
    people = make_people(seed, period)
    walkers = make_walkers(people, make_park(seed, people, period))
    rng = np.random.default_rng([seed, 1])
    activity = np.cumsum(rng.lognormal(0, 0.6, len(walkers.ips)))
    own = _zipf(rng, (len(walkers.ips), FAVOURITES), hosts)
    names = tuple(ranked_hosts(hosts, lists, rng))
    return Office(names, walkers.ips, walkers.users, walkers.staff, activity / activity[-1], own)


def ranked_hosts(count: int, lists: Path | None, rng: np.random.Generator) -> list[str]:
    """Host names by rank: the sample's everyday ones first, then listed and invented ones mixed."""
    first = [row["host"] for row in stock.rows("hosts.csv")]
    listed = listed_hosts(lists) if lists else []
    wanted = min(int(LISTED * count), len(listed))
    chosen = rng.permutation(len(listed))[:wanted].tolist()
    prefixes = ("", "", "www.", "cdn3.", "api.")
    tail = [prefixes[place % len(prefixes)] + listed[place] for place in chosen]
    words = rng.integers(0, len(_SYLLABLES), (count, 4)).tolist()
    tail += [
        f"{''.join(_SYLLABLES[k] for k in word)}{number}.example"
        for number, word in enumerate(words[wanted:])
    ]
    mixed = [tail[place] for place in rng.permutation(len(tail)).tolist()]
    return list(dict.fromkeys(first + mixed))[:count]


def listed_hosts(lists: Path) -> list[str]:
    """Every plain host name of the UT1 lists in a folder; empty when they are not there."""
    archive = lists / "ut1.tar.xz"
    if not archive.is_file():
        return []
    found: dict[str, None] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            stream = tar.extractfile(member) if member.name.endswith("/domains") else None
            if stream:
                found.update(dict.fromkeys(stream.read().decode("utf-8", "replace").split()))
    return sorted(name for name in found if _PLAIN_HOST.fullmatch(name))


def _zipf(rng: np.random.Generator, shape: int | tuple[int, int], most: int) -> np.ndarray:
    """Ranks from 0: rank k comes with a likelihood of ln((k + 2) / (k + 1)), Zipf's law with exponent 1."""
    ranks = np.exp(rng.random(shape) * np.log(most + 1)).astype(np.int64) - 1
    return np.minimum(ranks, most - 1)


def hours(lines: int) -> list[tuple[int, int]]:
    """(begin in milliseconds, lines) of every hour of the four weeks, by UTC; sums to `lines`."""
    first = datetime(*FIRST_MONDAY.timetuple()[:3], tzinfo=COUNTY_ZONE).timestamp()
    begin = int(first) // 3600 * HOUR
    starts = [begin + n * HOUR for n in range(DAYS * 24)]
    local = [datetime.fromtimestamp(start // 1000, COUNTY_ZONE) for start in starts]
    weight = np.array([STAFF_DAY[at.hour] * (WEEKEND if at.weekday() > 4 else 1) for at in local])
    edges = np.floor(np.cumsum(weight) / weight.sum() * lines + 0.5).astype(np.int64)
    counts = np.diff(edges, prepend=0)
    if counts.max() > HOUR // 3:
        raise ValueError(f"{lines} lines: more than the four weeks' milliseconds hold; ask for fewer")
    return list(zip(starts, counts.tolist(), strict=True))


def draws(office: Office, lines: int, tunnels: float = TUNNELS, seed: int = SEED) -> Iterator[Draw]:
    """All requests in order of time, about `PIECE` at once; no piece holds requests of two UTC days."""
    for _, day in itertools.groupby(hours(lines), lambda hour: hour[0] // (24 * HOUR)):
        held: list[tuple[int, int]] = []
        for hour in day:
            held.append(hour)
            if sum(many for _, many in held) >= PIECE:
                yield draw(office, held, tunnels, seed)
                held = []
        if sum(many for _, many in held):
            yield draw(office, held, tunnels, seed)


def draw(office: Office, held: list[tuple[int, int]], tunnels: float, seed: int) -> Draw:
    """The requests of some hours."""
    rng = np.random.default_rng([seed, 2, held[0][0] // HOUR])
    counts = [many for _, many in held]
    many = sum(counts)
    millis = np.repeat([start for start, _ in held], counts) + rng.integers(0, HOUR - 2000, many)
    steps = np.arange(many)
    millis = np.maximum.accumulate(np.sort(millis) - steps) + steps  # never the same millisecond twice
    who = np.searchsorted(office.activity, rng.random(many)).clip(0, len(office.ips) - 1)
    own = office.favourites[who, _zipf(rng, many, FAVOURITES)]
    host = np.where(rng.random(many) < 0.5, own, _zipf(rng, many, len(office.hosts)))
    tunnel = rng.random(many) < tunnels
    fate = rng.random(many)
    usual = np.array([1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 11])[rng.integers(0, 12, many)]
    result = np.where(tunnel, np.where(fate < 0.99, 0, 10), usual)
    result = np.where(fate < 0.012, DENIED_403, result)
    result = np.where((fate < 0.04) & (fate > 0.02) & (who < office.staff), DENIED_407, result)
    size = np.exp(rng.standard_normal(many, np.float32) * 1.4 + np.where(tunnel, 9.2, 8.2).astype(np.float32))
    elapsed = np.exp(
        rng.standard_normal(many, np.float32) * 1.3 + np.where(tunnel, 7.6, 4.2).astype(np.float32)
    )
    return Draw(
        millis,
        np.minimum(elapsed, _LONGEST).astype(np.int64),
        who,
        result,
        size.clip(0, 40_000_000).astype(np.int64) + 180,
        host,
        tunnel,
        np.where(tunnel, len(PATHS), rng.integers(0, len(PATHS), many)),
        rng.integers(1, 1_000_000, many),
    )


class SquidText:
    """Writes requests as lines of Squid's native format, column by column."""

    def __init__(self, office: Office) -> None:
        self.office = office

        def table(texts: Iterator[str]) -> pa.Array:
            return pa.array(list(texts), pa.string())

        parts = [path.partition("{0}") for path in PATHS]
        self.thousandths = table(f".{n:03d} " for n in range(1000))
        self.elapsed = table(f"{n:6d} " for n in range(_LONGEST + 1))
        self.ip = table(f"{ip} " for ip in office.ips)
        self.result = table(f"{code} " for code in RESULTS)
        tunnels = (f" CONNECT {name}:443" for name in office.hosts)
        self.request = table(itertools.chain((f" GET http://{name}" for name in office.hosts), tunnels))
        self.begins = table(itertools.chain((part[0] for part in parts), [""]))
        self.marked = np.array([*(part[1] != "" for part in parts), False])
        self.ends = table(itertools.chain((f"{part[2]} " for part in parts), [" "]))
        self.user = table(itertools.chain((f"{user} HIER_" for user in office.users), ["- HIER_"]))
        self.peer = table(itertools.chain((f"DIRECT/{peer_of(name)} " for name in office.hosts), ["NONE/- "]))
        self.type = table(itertools.chain((f"{kind}\n" for kind in TYPES), ["-\n", "text/html\n"]))

    def lines(self, made: Draw) -> pa.Buffer:
        """The bytes of all lines."""
        seconds, rest = np.divmod(made.millis, 1000)
        denied, hosts = made.denied, len(self.peer) - 1
        nobody = made.result == DENIED_407
        marks = pc.if_else(pa.array(self.marked[made.path]), pa.array(made.mark).cast(pa.string()), "")
        columns = [
            pa.array(seconds).cast(pa.string()),
            self.thousandths.take(pa.array(rest)),
            self.elapsed.take(pa.array(np.where(denied, made.elapsed % 3, made.elapsed))),
            self.ip.take(pa.array(made.who)),
            self.result.take(pa.array(made.result)),
            pa.array(np.where(denied, 3900 + made.size % 500, made.size)).cast(pa.string()),
            self.request.take(pa.array(made.host + hosts * made.tunnel)),
            self.begins.take(pa.array(made.path)),
            marks,
            self.ends.take(pa.array(made.path)),
            self.user.take(pa.array(np.where(nobody, len(self.user) - 1, made.who))),
            self.peer.take(pa.array(np.where(denied, hosts, made.host))),
            self.type.take(pa.array(np.where(denied, len(TYPES) + 1, made.path))),
        ]
        joined = pc.binary_join_element_wise(*columns, "")
        used = np.frombuffer(joined.buffers()[1], np.int32)[len(joined)]
        return joined.buffers()[2].slice(0, int(used))


def write_log(out: BinaryIO, text: SquidText, lines: int, tunnels: float = TUNNELS) -> None:
    """Write the whole log into an open file."""
    for made in draws(text.office, lines, tunnels):
        out.write(text.lines(made))


def day_of(made: Draw) -> date:
    """The UTC day of a piece."""
    return date(1970, 1, 1) + timedelta(days=int(made.millis[0]) // (24 * HOUR))


def distinct_hosts(office: Office, lines: int, tunnels: float = TUNNELS) -> int:
    """How many different hosts a log of so many lines names."""
    seen = np.zeros(len(office.hosts), np.bool_)
    for made in draws(office, lines, tunnels):
        seen[made.host] = True
    return int(seen.sum())


def main() -> int:
    """Write the log and tell how fast."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("out", type=Path)
    options.add_argument("--lines", type=int, default=2_000_000)
    options.add_argument("--lists", type=Path, help="folder with ut1.tar.xz")
    options.add_argument("--tunnels", type=float, default=TUNNELS, help="share of encrypted requests")
    chosen = options.parse_args()
    began = time.perf_counter()
    text = SquidText(make_office(chosen.lists))
    ready = time.perf_counter()
    with chosen.out.open("wb") as out:
        write_log(out, text, chosen.lines, chosen.tunnels)
    took = time.perf_counter() - ready
    print(
        f"{chosen.out}: {chosen.lines:,} lines, {chosen.out.stat().st_size / 1e6:,.1f} MB, "
        f"{distinct_hosts(text.office, chosen.lines, chosen.tunnels):,} hosts; people and hosts {ready - began:.1f} s, "
        f"lines {took:.1f} s ({chosen.lines / took:,.0f} a second)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
