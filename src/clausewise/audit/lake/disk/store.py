"""Files that are there whole or not at all, and one writer at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

HIDDEN: Final = ".new-"
"""How the name of a file begins that is not finished; a stop may leave it behind."""
SHARED, ALONE = fcntl.LOCK_SH, fcntl.LOCK_EX


@contextmanager
def locked(folder: Path, kind: int, waiting: Callable[[], None] | None) -> Iterator[None]:
    """Keep a folder to readers (`SHARED`) or to one writer (`ALONE`) until the end of the block.

    `waiting` is called once where somebody must be waited for.

    Raises:
        ValueError: somebody must be waited for and there is no `waiting`.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("a") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting is None:
                raise ValueError(f"{folder}: another command is at work here; wait until it ends") from None
            waiting()
            fcntl.flock(file, kind)
        yield


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that readers see the old or the new one, never a part of it."""
    part = path.with_name(f"{HIDDEN}{path.name}")
    part.write_bytes(data)
    settled(part)
    os.replace(part, path)
    settle(path.parent)


def settled(path: Path) -> str:
    """Bring a file to the disk for good; its sha256 (hex)."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """sha256 (hex) of a file; empty if it is not there."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
