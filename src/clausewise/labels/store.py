"""Keep host labels on disk: build the answer file, open it, ask it, and say which list said so.

Two LMDB files stand in one folder.  `labels.lmdb` answers: `names` (what holds for a name and all
beneath it), `exact` (what holds for one host alone), `services`, `use_hosts`, `meta`.  A value of
`names` already holds the bits of its parents, so the longest key that matches is the whole answer;
that is also how dnsdist looks names up.  `provenance.lmdb` has each list as it was read, a named
database for each; only `explain` opens it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import lmdb

from clausewise.labels.catalogue import ListSource, county_sources, words_of
from clausewise.labels.fetch import known_services, protected_sources, shipped_sources
from clausewise.labels.host import LabelError, canonical, suffixes, wire
from clausewise.labels.layout import (
    FORMAT,
    Databases,
    answers_of,
    database,
    described,
    drops,
    meta_of,
    provenance_of,
)
from clausewise.labels.report import BuildReport, Found, Provenance, account
from clausewise.labels.service import Service, nearest
from clausewise.labels.web import Dropped, depth_of, merge

ANSWERS = "labels.lmdb"
PROVENANCE = "provenance.lmdb"
_MOST_DATABASES = 4096
_MOST_BYTES = 8 << 30


def _open(path: Path, **options: Any) -> lmdb.Environment:
    """Open an LMDB file as dnsdist does (a file, not a folder), saying what to do when it fails."""
    try:
        return lmdb.open(str(path), subdir=False, max_dbs=_MOST_DATABASES, **options)
    except lmdb.Error as why:
        raise LabelError(f"{path}: cannot be opened as labels ({why}); build the labels again") from why


class _Shared:
    """Files open for reading in this process; LMDB wants each to be opened only once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[int, int], tuple[lmdb.Environment, int]] = {}

    def take(self, path: Path) -> tuple[tuple[int, int], lmdb.Environment]:
        """Open `path`, or share it if it is open already; hand the key back to `leave`."""
        with self._lock:
            at = path.stat()
            key = (at.st_dev, at.st_ino)
            env, users = self._open.get(key) or (_open(path, readonly=True, lock=False, readahead=False), 0)
            self._open[key] = (env, users + 1)
            return key, env

    def leave(self, key: tuple[int, int]) -> None:
        """Close the file when its last user leaves."""
        with self._lock:
            env, users = self._open.pop(key)
            if users > 1:
                self._open[key] = (env, users - 1)
            else:
                env.close()


_SHARED = _Shared()


def _read_meta(path: Path, env: lmdb.Environment) -> dict[str, Any]:
    """Read what the build wrote down; raises LabelError if the file is of another kind or format."""
    try:
        with env.begin() as txn:
            cursor = txn.cursor(env.open_db(b"meta", txn=txn, create=False))
            meta = {key.decode(): json.loads(value) for key, value in cursor}
    except lmdb.Error as why:
        raise LabelError(f"{path}: has no labels in it ({why}); build the labels again") from why
    if meta.get("format") != FORMAT:
        raise LabelError(f"{path}: format {meta.get('format')}, not {FORMAT}; build the labels again")
    return meta


def _texts(env: lmdb.Environment, name: bytes) -> dict[str, str]:
    """Read a whole small database of texts."""
    with env.begin() as txn:
        cursor = txn.cursor(env.open_db(name, txn=txn, create=False))
        return {key.decode(): value.decode() for key, value in cursor}


class Labels:
    """The labels of one build, open for reading; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Made by `Labels.open`."""
        self.path = path
        self._file, env = _SHARED.take(path)
        self._env = env
        self._closed = False
        self._local = threading.local()
        self._lock = threading.Lock()
        self._lists: _Lists | None = None
        try:
            self.meta: Mapping[str, Any] = _read_meta(path, env)
        except LabelError:
            _SHARED.leave(self._file)
            raise
        self._names = env.open_db(b"names", create=False)
        self._exact = env.open_db(b"exact", create=False)
        self._service_of = _texts(env, b"services")
        self._use = _texts(env, b"use_hosts")
        self.categories: tuple[str, ...] = tuple(self.meta["categories"])
        self.digest: str = self.meta["digest"]
        self._skip_top: bool = self.meta["shortest"] > 1

    @classmethod
    def open(cls, path: Path | str) -> Labels:
        """Open the labels in folder `path` (or that answer file itself) for reading.

        Raises LabelError if there are none, or if another format wrote them.
        """
        file = Path(path)
        if file.is_dir():
            file = file / ANSWERS
        if not file.is_file():
            raise LabelError(f"{file}: no labels here; build them first")
        return cls(file)

    def close(self) -> None:
        """Let go of the files; the object cannot be used afterwards."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._local = threading.local()
                if self._lists is not None:
                    self._lists.close()
                _SHARED.leave(self._file)

    def __enter__(self) -> Labels:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _reader(self) -> lmdb.Transaction:
        """One read transaction for each thread; the file never changes under it."""
        self._local.txn = txn = self._env.begin()
        return txn

    def mask(self, host: str) -> int:
        """Return the categories of `host` as bits (see `words`); 0 for unknown names and addresses.

        `host` is a name without a port; upper case, a trailing dot and other scripts are understood.
        """
        key = wire(host)
        if key is None:
            return 0
        local = self._local
        get = (local.txn if hasattr(local, "txn") else self._reader()).get
        value = get(key, None, self._exact)
        if value is not None:
            return int(value)
        at, size, names, skip_top = 0, key[0], self._names, self._skip_top
        while size:
            below = at + size + 1
            size = key[below]
            if not size and skip_top:
                return 0
            value = get(key[at:], None, names)
            if value is not None:
                return int(value)
            at = below
        return 0

    def masks(self, hosts: Sequence[str]) -> list[int]:
        """Return `mask` of each of `hosts`, in order; each distinct host is looked up once."""
        known = dict.fromkeys(hosts, 0)
        for host in known:
            known[host] = self.mask(host)
        return [known[host] for host in hosts]

    def words(self, mask: int) -> tuple[str, ...]:
        """Return the category ids whose bits are set in `mask`, in bit order."""
        return words_of(mask, self.categories)

    def service(self, host: str) -> str | None:
        """Return the id of the online service that `host` belongs to, None if it is none we know."""
        name = canonical(host)
        return None if name is None else nearest(self._service_of, suffixes(name))

    def use_evidence(self, host: str) -> bool:
        """True if only real use of a service touches `host` (an upload, sync or programming host)."""
        name = canonical(host)
        return name is not None and nearest(self._use, suffixes(name)) is not None

    def explain(self, host: str, *, overruled: bool = False) -> list[Provenance]:
        """Say which entries of which lists give `host` its categories.

        With `overruled` also what a county line, a protected topic or a guard set aside, and the line
        that did.  Raises LabelError if the provenance file is gone or of another build.
        """
        name = canonical(host)
        if name is None:
            return []
        rows = self._provenance().about(name)
        return rows if overruled else [row for row in rows if row.effect == "gives"]

    def _provenance(self) -> _Lists:
        """Open the provenance file on first use."""
        with self._lock:
            if self._lists is None:
                self._lists = _Lists(self.path.with_name(PROVENANCE), self.digest)
            return self._lists


class _Lists:
    """The lists as they were read, open for reading."""

    def __init__(self, path: Path, digest: str) -> None:
        if not path.is_file():
            raise LabelError(f"{path}: not there; build the labels again to have explanations")
        self._file, self.env = _SHARED.take(path)
        try:
            meta = _read_meta(path, self.env)
        except LabelError:
            self.close()
            raise
        if meta["digest"] != digest:
            self.close()
            raise LabelError(f"{path}: belongs to newer labels; open the labels again")
        self._lists = [
            (described(row), self.env.open_db(database(row["id"]), create=False)) for row in meta["lists"]
        ]
        self._dropped = [Dropped(*row) for row in meta["dropped"]]

    def close(self) -> None:
        """Let go of the file."""
        _SHARED.leave(self._file)

    def about(self, name: str) -> list[Provenance]:
        """Everything that the lists and rules say about the canonical host `name`."""
        by_id = {source.id: source for source, _ in self._lists}
        keys = [(parent, key) for parent in suffixes(name) if (key := wire(parent)) is not None]
        found = []
        with self.env.begin() as txn:
            for source, database in self._lists:
                for parent, key in keys:
                    kinds = txn.get(key, b"", database)
                    if b"s" in kinds:
                        found.append(Found(source, parent, depth_of(parent, False)))
                    if b"e" in kinds and parent == name:
                        found.append(Found(source, "=" + parent, depth_of(parent, True)))
        covering = {parent for parent, _ in keys} | {"=" + name}
        return account(found, [(by_id[d.list], d) for d in self._dropped if d.entry in covering])


def build_default(out: Path, at: datetime) -> BuildReport:
    """Build the labels in folder `out` from the lists that ship with the product, and nothing else."""
    return build(shipped_sources(), out, at=at)


def build(
    sources: Sequence[ListSource],
    out: Path,
    *,
    at: datetime,
    allow: Iterable[str] = (),
    deny: Iterable[str] = (),
    popular: Collection[str] | None = None,
    protect: Sequence[ListSource] | None = None,
    services: Mapping[str, Service] | None = None,
) -> BuildReport:
    """Build the labels of `sources` in folder `out` and put them in place of the old ones at once.

    `at` is written down as the time of the build (aware, UTC).  `allow` and `deny` are the lines of the
    county's own lists: deny is read first, then allow, and the more specific line wins (see web.py).
    `popular` switches the popularity guard on.  `protect` and `services` default to what ships.
    Raises LabelError for two lists with one id, an unknown category, or a bad county line.
    """
    if at.tzinfo is None:
        raise LabelError(f"build at {at}: has no time zone; give an aware time in UTC")
    guards = protected_sources() if protect is None else protect
    every = _every(sources, guards, county_sources("deny", deny), county_sources("allow", allow))
    merged = merge(every, is_public=_public_suffix(), popular=popular)
    known = known_services() if services is None else services
    out.mkdir(parents=True, exist_ok=True)
    answers = answers_of(merged, known)
    meta = meta_of(every, merged, answers, at, popular is not None)
    _write(out / PROVENANCE, provenance_of(every, merged), {**meta, "dropped": drops(merged)})
    _write(out / ANSWERS, answers, meta)
    return BuildReport(
        digest=meta["digest"],
        lists={source.id: len(source.entries) for source in every},
        refused={source.id: source.refused for source in every if source.refused},
        names=len(merged.names),
        exact=len(merged.exact),
        dropped=tuple(merged.dropped),
        popularity_guard=popular is not None,
        answer_bytes=(out / ANSWERS).stat().st_size,
    )


def _every(*groups: Iterable[ListSource]) -> list[ListSource]:
    """All sources in the order of their ids, so that the order they were given in cannot matter."""
    every = sorted((source for group in groups for source in group), key=lambda source: source.id)
    for one, two in pairwise(every):
        if one.id == two.id:
            raise LabelError(f"list '{one.id}': given twice; give each list once")
    return every


def _public_suffix() -> Any:
    """The public suffix test; imported here because a gate that only reads labels has no need of it."""
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError as why:
        raise LabelError("build: package publicsuffixlist is missing; install clausewise[author]") from why
    return PublicSuffixList(accept_unknown=False).is_public


def _write(path: Path, databases: Databases, meta: Mapping[str, Any]) -> None:
    """Write an LMDB file beside `path`, then put it in its place in one step."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    try:
        env = _open(fresh, map_size=_MOST_BYTES, lock=False, sync=False, writemap=False)
        try:
            with env.begin(write=True) as txn:
                described = [
                    (key.encode(), json.dumps(value).encode()) for key, value in sorted(meta.items())
                ]
                for name, items in {**databases, b"meta": described}.items():
                    cursor = txn.cursor(env.open_db(name, txn=txn))
                    cursor.putmulti(items, append=True)
            env.sync(True)
        finally:
            env.close()
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
