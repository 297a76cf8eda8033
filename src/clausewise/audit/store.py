"""The only place of the audit that touches the disk: raw lines, findings kept and appended, written reports."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import mmap
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clausewise.audit.findings import Finding, Summary

FOLDER = "findings"
LAST = "last-audit.json"
"""The numbers of the last audit, in the folder of the findings."""


def file_digest(path: Path) -> str:
    """sha256 (hex) of a file as it lies on disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class RawLines:
    """Raw lines of a log by offset and length, plain or packed, read in rising order."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        head = self._file.read(4)
        self._file.seek(0)
        self._stream: IO[bytes] | mmap.mmap
        if head[:2] == b"\x1f\x8b":
            self._stream = cast(IO[bytes], gzip.GzipFile(fileobj=self._file))
        elif head == b"\x28\xb5\x2f\xfd":
            self._stream = cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(self._file, "r"), "zstd"))
        else:
            self._stream = (
                mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
                if os.fstat(self._file.fileno()).st_size
                else io.BytesIO()
            )
        self._at = 0

    def read(self, offset: int, length: int) -> bytes:
        """The bytes of one line."""
        if isinstance(self._stream, mmap.mmap):
            return self._stream[offset : offset + length]
        while self._at < offset:
            skipped = self._stream.read(min(offset - self._at, 1 << 20))
            if not skipped:
                return b""
            self._at += len(skipped)
        line = self._stream.read(length)
        self._at += len(line)
        return line

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        self._file.close()


def pseudonym_key(home: Path) -> bytes:
    """The county's key for pseudonyms, made once with mode 0600."""
    folder = home / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "pseudonym.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as stream:
        key = secrets.token_bytes(32)
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    return key


def append(home: Path, findings: Sequence[Finding]) -> Path | None:
    """Add judgements as one new part, whole or not at all; the name is the digest of what it holds."""
    if not findings:
        return None
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist([finding.row() for finding in findings])
    name = hashlib.sha256("\n".join(sorted(f.judgement_id() for f in findings)).encode()).hexdigest()[:24]
    number = len(list(folder.glob("*.parquet")))
    path, part = folder / f"{number:06d}-{name}.parquet", folder / f".{name}.part"
    pq.write_table(table, part, compression="zstd")
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.rename(path)
    _settle(folder)
    return path


def _settle(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stored(home: Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The kept parts, oldest first."""
    for path in sorted((home / FOLDER).glob("*.parquet")):
        yield pq.read_table(path, columns=list(columns) if columns else None)


def load(home: Path) -> list[Finding]:
    """Every kept judgement, oldest first."""
    return [Finding.of_row(row) for table in stored(home) for row in table.to_pylist()]


def judgements(home: Path, begins: str) -> dict[str, list[Finding]]:
    """Every kept judgement, oldest first, of each finding whose id begins so."""
    found: dict[str, list[Finding]] = {}
    for table in stored(home):
        for row in table.filter(pc.starts_with(table["id"], begins)).to_pylist():
            finding = Finding.of_row(row)
            found.setdefault(finding.id, []).append(finding)
    return found


def newest_judgements(home: Path) -> dict[str, str]:
    """The newest judgement id of each finding that is kept."""
    newest: dict[str, str] = {}
    columns = ["id", "pack_digest", "facts_digest", "labels_digest", "status"]
    for table in stored(home, columns):
        arrays = [table[name].to_pylist() for name in columns]
        newest.update((parts[0], "|".join(parts)) for parts in zip(*arrays, strict=True))
    return newest


def latest(findings: Iterable[Finding]) -> list[Finding]:
    """The newest judgement of each finding, in order of first appearance."""
    newest: dict[str, Finding] = {}
    for finding in findings:
        newest[finding.id] = finding
    return list(newest.values())


def write_summary(home: Path, summary: Summary, at: datetime) -> Path:
    """Keep the numbers of the last audit beside its findings, with the time at which it was made."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    told = asdict(summary)
    told["hours"] = [[*place, count] for place, count in sorted(summary.hours.items())]
    path = folder / LAST
    write_text(path, json.dumps({"at": at.isoformat(), "summary": told}, ensure_ascii=False))
    return path


def read_summary(home: Path) -> tuple[datetime, Summary] | None:
    """When the last audit was made, and its numbers; None before the first one, or where another version wrote them."""
    path = home / FOLDER / LAST
    if not path.is_file():
        return None
    body = json.loads(path.read_text(encoding="utf-8"))
    told = body["summary"]
    told["hours"] = {(source, cls, hour): count for source, cls, hour, count in told.get("hours", [])}
    told["blind"] = {norm: tuple(tables) for norm, tables in told.get("blind", {}).items()}
    known = {field.name for field in fields(Summary)}
    if not set(told) <= known:
        return None
    return datetime.fromisoformat(body["at"]), Summary(**told)


def write_text(path: Path, text: str) -> None:
    """Write a report whole."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.rename(path)


def write_parquet(path: Path, findings: Sequence[Finding]) -> None:
    """Write findings as one Parquet file."""
    pq.write_table(pa.Table.from_pylist([f.row() for f in findings]), path, compression="zstd")


def write_record(home: Path, record: Mapping[str, object], words: Mapping[str, str]) -> Path:
    """Write down one look as a file that the office takes in later; what a person typed lies beside it.

    The record itself holds digests and pseudonyms only (rule 7); both files are 0600 and never overwritten.
    """
    folder = home / "records"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = str(record["at"]).replace(":", "").replace("+0000", "Z")
    path = folder / f"{stamp}-{secrets.token_hex(4)}.json"
    for target, body in ((path.with_suffix(".words.json"), words), (path, record)):
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(dict(body), stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
    return path
