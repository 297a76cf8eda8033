"""Stops a change of the lake at each of its calls to the disk in turn, as a power cut or a kill would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

CALLS = ("fsync", "replace", "unlink", "open", "mkdir")
"""Calls by which something reaches the disk; a process is ended before and after each of them."""


def stopped_at(number: int, act: Callable[[], object]) -> bool:
    """Do `act` in a process of its own that ends at its `number`-th call; whether it came to that."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 77
    try:
        left = [number]

        def ending(name: str) -> None:
            real = getattr(os, name)

            def call(*args: object, **named: object) -> object:
                left[0] -= 1
                if left[0] == 0:
                    os._exit(77)
                return real(*args, **named)

            setattr(os, name, call)

        for name in CALLS:
            ending(name)
        act()
        os._exit(0)
    finally:
        os._exit(1)


def every_stop(folder: Path, prepare: Callable[[Path], None], act: Callable[[Path], None]) -> list[Path]:
    """A home for each place at which `act` can be stopped, stopped there; more than ten of them."""
    homes, ready = [], folder / "ready"
    ready.mkdir()
    prepare(ready)
    for number in range(1, 400):
        home = folder / f"stop{number}"
        shutil.copytree(ready, home)
        homes.append(home)
        if not stopped_at(number, lambda home=home: act(home)):
            break
    assert 10 < len(homes) < 399
    return homes
