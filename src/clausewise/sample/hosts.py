"""Where to: the web hosts that the county's people and machines meet, from everyday ones to a long tail."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from clausewise.sample import stock
from clausewise.sample.period import stream

SITES, SHARDS = 36_000, 26_000
KINDS = ("work", "support", "personal", "asset", "ads", "telemetry", "blocked")


@dataclass(frozen=True, slots=True)
class HostPool:
    """All host names; `kinds` gives, per kind, positions in `names` and how likely each is."""

    names: tuple[str, ...]
    kinds: dict[str, tuple[np.ndarray, np.ndarray]]
    first_site: int
    first_shard: int

    def draw(self, rng: np.random.Generator, kind: str, many: int) -> np.ndarray:
        """`many` positions of hosts of one kind, by their weights; `sites` and `shards` are the tail."""
        if kind in ("sites", "shards"):
            low, high = (
                (self.first_site, self.first_shard)
                if kind == "sites"
                else (self.first_shard, len(self.names))
            )
            return low + (rng.random(many) ** 1.12 * (high - low)).astype(np.int64)
        places, weights = self.kinds[kind]
        return places[rng.choice(len(places), size=many, p=weights)]


def make_hosts(seed: int) -> HostPool:
    """The pool of about 62,000 hosts: the listed real ones first, then the invented tail."""
    rng = stream(seed, "hosts")
    listed = stock.rows("hosts.csv")
    kinds = {}
    for kind in KINDS:
        places = [n for n, row in enumerate(listed) if row["kind"] == kind]
        weights = np.array([float(listed[n]["weight"]) for n in places])
        kinds[kind] = np.array(places, dtype=np.int64), weights / weights.sum()
    names = [row["host"] for row in listed]
    words = stock.toml("tail.toml")
    sites = _sites(rng, words)
    return HostPool((*names, *sites, *_shards(rng, words)), kinds, len(names), len(names) + len(sites))


def _sites(rng: np.random.Generator, words: dict[str, list[str]]) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < SITES:
        columns = [
            rng.integers(0, len(words[key]), SITES).tolist() for key in ("host", "first", "second", "third")
        ]
        for host, first, second, third in zip(*columns, strict=True):
            found[
                f"{words['host'][host]}{words['first'][first]}-{words['second'][second]}"
                f"{words['third'][third]}.example"
            ] = None
    return list(found)[:SITES]


def _shards(rng: np.random.Generator, words: dict[str, list[str]]) -> list[str]:
    forms = words["shards"]
    found: dict[str, None] = {}
    while len(found) < SHARDS:
        form = forms[int(rng.integers(0, len(forms)))]
        digits = f"{int(rng.integers(10_000, 99_999))}"
        token = rng.bytes(16).hex()
        found[
            form.format(
                h8=token[:8],
                h10=token[:10],
                h13=token[:13],
                h32=token,
                d1=digits[0],
                d3=digits[:3],
                d4=digits[:4],
                d5=digits,
                w=words["first"][int(token[:4], 16) % len(words["first"])],
            )
        ] = None
    return list(found)


def peer_of(host: str) -> str:
    """An address for a host: always the same one, from the range kept for bench tests (RFC 2544)."""
    number = zlib.crc32(host.encode())
    return f"198.{18 + (number >> 16 & 1)}.{number >> 8 & 255}.{number % 254 + 1}"
