"""The only place where facts touch the disk: the county's files, signed snapshots, keys and additions.

A snapshot is a directory of one Parquet file per table, `manifest.json` and `manifest.sig`. It is written
beside the others, renamed into place, and only then named by the file `current`: whenever the machine stops,
the snapshot before it still loads.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .manifest import Entry, Manifest
from .problem import FactsError, Problem, refuse
from .sheet import Sheet, from_csv, from_xlsx
from .snapshot import Facts
from .tables import TABLES, Kind, nearest

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AGAIN: Final = "build it again with `clausewise facts build DIR`"
_CSV: Final = (".csv", ".tsv", ".txt")
_BOOKS: Final = (".xlsx", ".xlsm")


# ---- what the county hands in -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The sheets found in a directory, what was wrong with the files, and the SHA-256 of each file."""

    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]


def read_directory(directory: Path, *, prefix: str = "") -> HandedIn:
    """Read every CSV and XLSX file of a directory (not below it). `prefix` goes before names in messages."""
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    sources: dict[str, str] = {}
    if not directory.is_dir():
        return HandedIn(
            (), (Problem(str(directory), 0, "is not a directory", "name one that holds staff.csv"),), {}
        )
    for path in sorted(directory.iterdir()):
        if (
            path.name.startswith((".", "~$"))
            or path.suffix.lower() not in _CSV + _BOOKS
            or not path.is_file()
        ):
            continue
        if path.suffix.lower() == ".txt" and path.stem.casefold() not in TABLES:
            continue  # a note beside the tables
        name = prefix + path.name
        try:
            data = path.read_bytes()
        except OSError as error:
            problems.append(
                Problem(name, 0, f"cannot be read: {error.strerror}", "make it readable or remove it")
            )
            continue
        sources[name] = hashlib.sha256(data).hexdigest()
        for sheet in _sheets(path, name, data, problems):
            other = sheets.setdefault(sheet.table, sheet)
            if other is not sheet:
                what = f"table `{sheet.table}` also stands in {other.file}"
                problems.append(Problem(name, 0, what, "keep one of the two files"))
    return HandedIn(tuple(sheets.values()), tuple(problems), sources)


def _sheets(path: Path, name: str, data: bytes, problems: list[Problem]) -> Iterator[Sheet]:
    stem = path.stem.strip().casefold().replace(" ", "_").replace("-", "_")
    if path.suffix.lower() in _CSV:
        if stem not in TABLES:
            problems.append(Problem(name, 0, f"`{stem}` is not a table of facts", nearest(stem, TABLES)))
            return
        sheet, found = from_csv(stem, name, data)
        problems.extend(found)
        yield sheet
        return
    found_pages = list(from_xlsx(name, data))
    problems.extend(page for page in found_pages if isinstance(page, Problem))
    pages = [page for page in found_pages if isinstance(page, Sheet)]
    if stem in TABLES and pages:  # a workbook named like a table: its worksheet may be called anything
        page = next((page for page in pages if page.table == stem), pages[0])
        yield Sheet(stem, name, page.heading, page.rows)
        return
    for page in pages:
        if page.table in TABLES:
            yield page
        else:
            what = f"worksheet `{page.table}` is not a table of facts"
            problems.append(Problem(name, 0, what, nearest(page.table, TABLES)))


# ---- keys -------------------------------------------------------------------------------------------------


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The county's snapshot key, made at first use with mode 0600, its public half beside it.

    Raises FactsError when others than its owner may read it.
    """
    path = home / "keys" / "snapshot.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _create_once(path, pem)
    if path.stat().st_mode & 0o077:
        raise refuse(str(path), "others may read this key", f"run chmod 600 {path}")
    try:
        loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        loaded = None
    if not isinstance(loaded, Ed25519PrivateKey):
        raise refuse(str(path), "is not an ed25519 key", "restore it from your backup")
    public = path.with_suffix(".pub")
    if not public.exists():
        pem = loaded.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        write_whole(public, pem, mode=0o644)
    return loaded


def public_key(home: Path) -> Ed25519PublicKey:
    """The public half of the county's snapshot key. Raises FactsError."""
    path = home / "keys" / "snapshot.pub"
    try:
        loaded = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        loaded = None
    if not isinstance(loaded, Ed25519PublicKey):
        raise refuse(str(path), "the public key is missing or damaged", "restore it from your backup")
    return loaded


def key_id(key: Ed25519PublicKey) -> str:
    """A short name of a key: the first 16 digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _create_once(path: Path, data: bytes) -> None:
    """Create a private file; when two processes try, the first wins and neither sees half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            return
    finally:
        os.unlink(name)


# ---- snapshots --------------------------------------------------------------------------------------------


def read_if_there(path: Path) -> bytes:
    """The bytes of a file; none if it is not there."""
    return path.read_bytes() if path.exists() else b""


def write_whole(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write a file so that readers see the old or the new one, never a part of it.

    Facts name people, so the file is its owner's alone unless `mode` says otherwise.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(directory: Path) -> None:
    """Make a rename in a directory survive a loss of power."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Let one process at a time change the facts of a home."""
    folder = home / "facts"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_snapshot(home: Path, facts: Facts, sources: Mapping[str, str], *, at: datetime) -> Path:
    """Write and sign a snapshot and make it the current one; returns its directory. Call it `locked`."""
    key = signing_key(home)
    before = current_manifest(home)
    snapshots = home / "facts" / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    for left in snapshots.glob(".new-*"):  # of a machine that stopped half-way
        shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(dir=snapshots, prefix=".new-"))
    entries = {}
    for table in facts.tables:
        data = to_parquet(facts, table)
        write_whole(draft / f"{table}.parquet", data)
        entries[table] = _entry(facts, table, data, before, at)
    previous = before.digest if before else None
    manifest = Manifest(facts.digest, facts.zone.key, at.astimezone(UTC), previous, key_id(key.public_key()),
                        entries, sources)  # fmt: skip
    page = manifest.encode()
    write_whole(draft / "manifest.json", page)
    write_whole(draft / "manifest.sig", key.sign(page).hex().encode() + b"\n")
    final = _free_name(snapshots, f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{facts.digest[:12]}")
    os.rename(draft, final)
    _settle(snapshots)
    write_whole(home / "facts" / "current", final.name.encode() + b"\n")
    return final


def _entry(facts: Facts, table: str, data: bytes, before: Manifest | None, at: datetime) -> Entry:
    digest = facts.table_digest(table)
    known = before.tables.get(table) if before else None
    since = known.known_since if known and known.digest == digest else at.astimezone(UTC)
    return Entry(f"{table}.parquet", hashlib.sha256(data).hexdigest(), digest, len(facts.rows(table)),
                 tuple(sorted(facts.columns(table))), since)  # fmt: skip


def _free_name(folder: Path, name: str) -> Path:
    """A directory name that is not taken: two builds may fall into one second."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}"
    return path


def current_directory(home: Path) -> Path | None:
    """The directory of the current snapshot; None before the first one."""
    pointer = home / "facts" / "current"
    try:
        name = pointer.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        name = ""
    if not name or "/" in name or name.startswith("."):
        raise refuse(str(pointer), "does not name a snapshot", _AGAIN)
    return home / "facts" / "snapshots" / name


def directories(home: Path) -> tuple[Path, ...]:
    """The directories of all snapshots, oldest first."""
    folder = home / "facts" / "snapshots"
    return tuple(sorted(path for path in folder.glob("[!.]*") if path.is_dir())) if folder.is_dir() else ()


def current_manifest(home: Path) -> Manifest | None:
    """The manifest of the current snapshot; None when there is none that can be trusted."""
    try:
        directory = current_directory(home)
        return read_manifest(directory, public_key(home)) if directory else None
    except FactsError:
        return None


def read_manifest(directory: Path, key: Ed25519PublicKey) -> Manifest:
    """The manifest of a snapshot, its signature checked. Raises FactsError."""
    place = str(directory / "manifest.json")
    try:
        page = (directory / "manifest.json").read_bytes()
        signature = bytes.fromhex((directory / "manifest.sig").read_text(encoding="ascii"))
        key.verify(signature, page)
    except (OSError, ValueError):
        raise refuse(place, "the manifest or its signature is missing or damaged", _AGAIN) from None
    except InvalidSignature:
        raise refuse(place, "was not signed with this county's snapshot key", _AGAIN) from None
    return Manifest.decode(page, place)


def read_snapshot(directory: Path, key: Ed25519PublicKey) -> Facts:
    """Load a snapshot, every table checked against the signed manifest. Raises FactsError naming each bad one."""
    manifest = read_manifest(directory, key)
    problems = []
    rows: dict[str, list[dict[str, object]]] = {}
    for name, entry in manifest.tables.items():
        path = directory / entry.file
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            problems.append(Problem(str(path), 0, f"table `{name}` was changed after it was signed", _AGAIN))
        elif not problems:
            rows[name] = from_parquet(name, data)
    if problems:
        raise FactsError(problems)
    columns = {name: entry.columns for name, entry in manifest.tables.items()}
    return Facts(rows, columns, ZoneInfo(manifest.zone), manifest.digest)


# ---- Parquet ----------------------------------------------------------------------------------------------
# pyarrow is imported late: a gate is installed without it, and still imports `Facts`.


def to_parquet(facts: Facts, table: str) -> bytes:
    """A table as Parquet, with every column of its kind; what was not given is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(table)
    columns = [
        pa.array([row[name] for row in facts.rows(table)], schema.field(name).type) for name in schema.names
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), sink, compression="zstd")
    return bytes(sink.getvalue())


def from_parquet(table: str, data: bytes) -> list[dict[str, object]]:
    """The rows of a table written by `to_parquet`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    read = pq.read_table(pa.BufferReader(data), use_threads=False)
    names = [column.name for column in TABLES[table].columns]
    columns = [_values(read.column(name)) for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _schema(table: str) -> pa.Schema:
    import pyarrow as pa

    types = {
        Kind.FLAG: pa.bool_(), Kind.SINCE: pa.bool_(), Kind.NUMBER: pa.int64(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"), Kind.LAST_DAY: pa.timestamp("us", tz="UTC"),
        Kind.BREAKS: pa.list_(pa.string()), Kind.HOSTS: pa.list_(pa.string()), Kind.ADDRESSES: pa.list_(pa.string()),
    }  # fmt: skip
    return pa.schema([(column.name, types.get(column.kind, pa.string())) for column in TABLES[table].columns])


def _values(column: pa.ChunkedArray) -> list[object]:
    """A column as Python values; times and lists by hand, which is ten times faster than pyarrow's own way."""
    import pyarrow as pa

    if column.null_count == len(column):
        return [None] * len(column)
    if pa.types.is_timestamp(column.type):
        micros = column.cast(pa.int64()).to_pylist()
        return [None if one is None else _EPOCH + timedelta(microseconds=one) for one in micros]
    if pa.types.is_list(column.type):
        return [None if one is None else tuple(one) for one in column.to_pylist()]
    return list(column.to_pylist())
