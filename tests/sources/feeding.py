"""Feeds blocks of bytes to a source and joins what comes out."""

from __future__ import annotations

import itertools
from typing import Any

from clausewise.sources import SOURCES
from clausewise.sources.contract import Batch, Protected


def cut_up(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut data at places taken modulo its length."""
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    edges = [0, *places, len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def run(name: str, blocks: list[bytes], protected: Protected, option: str = "") -> list[Batch]:
    """Feed blocks to a source and end it; every batch must account for its lines."""
    source = SOURCES[name]
    state, batches = source.start(option), []
    for block in blocks:
        batches.append(source.parse(block, state, protected))
        state = batches[-1].state
    batches.append(source.finish(state, protected, False))
    return batches


def total(batches: list[Batch]) -> dict[str, Any]:
    """Join batches to what the reference gives."""
    noise: dict[str, int] = {}
    for batch in batches:
        for kind, count in batch.noise.items():
            noise[kind] = noise.get(kind, 0) + count
    extra = sum(batch.extra for batch in batches)
    return {
        "events": [row for batch in batches for part in batch.parsed for row in part.table.to_pylist()],
        "rejects": [tuple(reject) for batch in batches for reject in batch.rejects],
        "noise": noise,
        "protected": sum(batch.protected for batch in batches),
        "lines": sum(batch.lines for batch in batches),
        **({"extra": extra} if extra else {}),  # only formats whose lines hold several records have it
    }
