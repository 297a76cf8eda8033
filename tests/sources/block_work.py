"""Work that test processes do on the blocks they read: what `Readers` is told by name must be found by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa

from clausewise.sources.contract import Parsed


def hosts(prefix: str) -> Callable[[tuple[Parsed, ...]], Iterable[Parsed]]:
    """Hand on the distinct hosts of a block alone, and how many rows they stood for."""

    def work(parsed: tuple[Parsed, ...]) -> Iterable[Parsed]:
        for part in parsed:
            found = sorted(set(part.table["host"].to_pylist()))
            yield Parsed("names", pa.table({"host": [prefix + name for name in found]}))
            yield Parsed("rows", pa.table({"rows": [part.table.num_rows]}))

    return work
