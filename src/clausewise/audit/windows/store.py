"""Keeps the state of windows on disk: one file, written anew and put in place of the old one at once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clausewise.audit.windows.partial import STATE
from clausewise.audit.windows.state import Kept

NAME = "state.parquet"
CLOSED, MARKS = b"clausewise.closed", b"clausewise.marks"


def write(folder: Path, kept: Kept) -> Path:
    """Write the state down; whoever stops at any moment leaves the old file or the new one, whole.

    The caller's marks lie in the same file, so state and marks are never of two different moments.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path, part = folder / NAME, folder / f".{NAME}.part"
    words = {CLOSED: json.dumps(dict(kept.closed)), MARKS: json.dumps(dict(kept.marks))}
    table = kept.rows.cast(STATE).replace_schema_metadata(words)
    with part.open("wb") as stream:
        pq.write_table(table, stream, compression="zstd")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return path


def read(folder: Path) -> Kept:
    """The state as it was last written; the beginning where there is none.

    Raises:
        ValueError: the file is not one of these, with what to do.
    """
    path = folder / NAME
    if not path.is_file():
        return Kept.nothing()
    try:
        table = pq.read_table(path)
        words = table.schema.metadata or {}
        closed, marks = json.loads(words[CLOSED]), json.loads(words[MARKS])
        return Kept(table.replace_schema_metadata().cast(STATE), closed, marks)
    except (pa.ArrowInvalid, KeyError, ValueError) as error:
        what = "cannot be read as the state of windows"
        raise ValueError(f"{path}: {what} ({error}); remove it, and the windows are counted anew") from error
