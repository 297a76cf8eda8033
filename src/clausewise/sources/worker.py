"""Reads parts of log files in a process of its own, for `parallel`: asked through one pipe, answering in another.

It ends when its standard input does, so it never outlives the program that started it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from clausewise.sources import SOURCES, store, wire
from clausewise.sources.contract import Batch, Parsed, Protected

Work = Callable[[tuple[Parsed, ...]], Iterable[Parsed]]
"""What is done with the tables of each block where they were read; gives the tables to hand on.

Text columns may be dictionary-encoded there (`Source.coded`).
"""


def work_of(place: str, arguments: Mapping[str, Any]) -> Work | None:
    """Make what `package.module:function` makes with these arguments; None for no place.

    Raises `ValueError` when there is no such function.
    """
    if not place:
        return None
    module, _, name = place.partition(":")
    try:
        make: Callable[..., Work] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"{place}: there is no such function; write it as package.module:function"
        ) from error
    return make(**arguments)


def done(batch: Batch, work: Work | None) -> tuple[Parsed, ...]:
    """The tables of a block after the work on them."""
    return batch.parsed if work is None else tuple(work(batch.parsed))


def answer(task: Mapping[str, Any], protected: Protected, work: Work | None, out: IO[bytes]) -> None:
    """Read one part of a file, or a whole one, and send each block of it; the last note says `ended`."""
    path, source, option = Path(task["path"]), SOURCES[task["source"]], task["option"]
    if task["begin"] is None:
        steps = store.read(path, source, option, protected, task["block"], coded=True)
    else:
        steps = store.read_range(path, source, option, protected, (task["begin"], task["end"]), task["block"])
    for step in steps:
        batch = step.batch
        note = {
            "rejects": batch.rejects,
            "noise": dict(batch.noise),
            "protected": batch.protected,
            "lines": batch.lines,
            "extra": batch.extra,
            "read": step.read,
            "total": step.total,
            "truncated": step.truncated,
        }
        wire.send(out, note, done(batch, work))
    wire.send(out, {"ended": True})


def serve(asked: IO[bytes], out: IO[bytes]) -> None:
    """Answer task after task until nobody asks any more; what a file has wrong with it is part of the answer."""
    begun = wire.receive(asked)
    if begun is None:
        return
    protected = wire.protected_of(begun.note["protected"])
    try:
        work = work_of(begun.note["work"], begun.note["arguments"])
        while task := wire.receive(asked):
            answer(task.note, protected, work, out)
    except ValueError as error:
        wire.send(out, {"error": str(error)})


def main() -> int:
    """Serve on standard input and output; anything printed on the way goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.stdin.buffer, out)
    except BrokenPipeError:  # the program that asked is gone
        os._exit(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
