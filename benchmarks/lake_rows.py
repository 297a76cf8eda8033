"""What the reading processes of `bench_sources` do with each block: the lake's rows, without `ident` and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

import pyarrow as pa

from clausewise.audit.lake.encode import Encoder
from clausewise.audit.lake.keys import Keys
from clausewise.facts.snapshot import Facts
from clausewise.pack.store import load_pack
from clausewise.sources.contract import SCHEMAS, Parsed

CODED = ("host", "user")
"""Columns that become keys: the encoder looks at their distinct texts alone."""


def encoder(pack: str) -> Callable[[tuple[Parsed, ...]], Iterable[Parsed]]:
    """Encode with a pack's law, no facts and no labels; new hosts go along as `names`."""
    keys = Keys(b"county benchmark")
    nothing = Facts({}, {}, ZoneInfo("America/Los_Angeles"), "")
    encode = Encoder(load_pack(pack), nothing, None, keys).encode

    def work(parsed: tuple[Parsed, ...]) -> Iterable[Parsed]:
        for part in parsed:
            yield Parsed(part.cls, encode(part.cls, _texts(part), 0, "squid", None))
        numbers, hosts = zip(*keys.taken(), strict=True) if keys.new_hosts else ((), ())
        names = {"key": pa.array(numbers, pa.int64()), "host": pa.array(hosts, pa.string())}
        yield Parsed("names", pa.table(names))

    return work


def _texts(part: Parsed) -> pa.Table:
    """Texts for all columns but those that become keys."""
    wanted = [
        part.table.schema.field(field.name) if field.name in CODED else field for field in SCHEMAS[part.cls]
    ]
    return part.table.cast(pa.schema(wanted))
