"""Bring lists in: those that ship with the product, folders or files on disk, and downloads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from clausewise.labels import forms
from clausewise.labels.catalogue import ListSource, Origin, bits_of, parse_origins
from clausewise.labels.host import LabelError
from clausewise.labels.service import Service, parse_services

if TYPE_CHECKING:
    import tarfile

Progress = Callable[[int, int | None], None]
"""Called with the bytes received so far and the bytes expected (None if the server does not say)."""

_CHUNK = 1 << 16
_LONGEST_DOWNLOAD = 1 << 30
_PACKAGE = files("clausewise.labels")
_PROTECTED = "protected_"
_HEADER = re.compile(r"#\s*(list|category|licence|source|retrieved|reviewed)\s*:\s*(.+)")


@cache
def origins() -> Mapping[str, Origin]:
    """The list catalogue: who publishes lists, their licences, and which of our categories each is."""
    return parse_origins(_shipped("lists.toml"))


@cache
def known_services() -> Mapping[str, Service]:
    """The well-known online services that ship with the product, by id."""
    return parse_services(_shipped("services.toml"))


def _shipped(name: str) -> str:
    """Read a text file of this package."""
    return (_PACKAGE / name).read_text(encoding="utf-8")


def shipped_sources() -> list[ListSource]:
    """The lists that ship with the product: our own, and the copies that their licence lets us ship."""
    return [
        origins()[origin].source(header.get("list", name), reading, _day(header), header.get("category", ""))
        for origin, folder in (("own", "lists"), ("v2fly", "lists/v2fly"))
        for name, header, reading in _shipped_lists(folder)
        if not name.startswith(_PROTECTED)
    ]


def with_shipped(sources: Sequence[ListSource]) -> list[ListSource]:
    """Return `sources` and those shipped lists that they do not replace (a fresh list replaces its copy)."""
    given = {source.id for source in sources}
    return [*sources, *(source for source in shipped_sources() if source.id not in given)]


def protected_sources() -> list[ListSource]:
    """The sites that no public list may make harmful: support, health, education, and office needs."""
    own = origins()["own"]
    return [
        ListSource(
            f"own/{name}", "harmful", reading.entries, own.licence, own.url, _day(header), role="protect"
        )
        for name, header, reading in _shipped_lists("lists")
        if name.startswith(_PROTECTED)
    ]


def _shipped_lists(folder: str) -> Iterator[tuple[str, Mapping[str, str], forms.Reading]]:
    """Yield each list file of the package: its name, what its header says, and its entries."""
    for file in sorted((_PACKAGE / folder).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".txt"):
            lines = file.read_text(encoding="utf-8").splitlines()
            header = {match[1]: match[2] for line in lines if (match := _HEADER.match(line))}
            yield file.name.removesuffix(".txt"), header, forms.plain(lines)


def _day(header: Mapping[str, str]) -> date | None:
    """The day a shipped list was fetched or reviewed."""
    text = header.get("retrieved") or header.get("reviewed", "")
    return date.fromisoformat(text[:10]) if text else None


def read_plain(path: Path) -> forms.Reading:
    """Read a file of names, one a line."""
    return forms.plain(_lines(path))


def read_hosts(path: Path) -> forms.Reading:
    """Read a hosts file."""
    return forms.hosts(_lines(path))


def read_popular(path: Path, *, top: int = 10_000) -> frozenset[str]:
    """Read the first `top` names of a Tranco-form popularity list, for `build(popular=...)`."""
    return forms.popular(_lines(path), top=top)


def read_ut1(folder: Path, *, retrieved: date | None = None) -> list[ListSource]:
    """Read the UT1 folder: every category of the catalogue whose `domains` file is there.

    `urls` and `expressions` files are not read: they match paths, which a host cannot answer for.
    """
    return _read_each(origins()["ut1"], folder, retrieved, forms.plain)


def read_v2fly(folder: Path, *, retrieved: date | None = None) -> list[ListSource]:
    """Read every list of the catalogue from a v2fly folder, with includes followed."""
    origin = origins()["v2fly"]
    data = folder / "data" if (folder / "data").is_dir() else folder
    texts = _Texts(data)
    return [
        origin.source(name, forms.v2fly(texts, name, without=origin.without.get(name, ())), retrieved)
        for name in origin.lists
        if name in texts
    ]


class _Texts(dict[str, list[str]]):
    """The files of a folder as lists of lines, read when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__()

    def __contains__(self, name: object) -> bool:
        return (
            isinstance(name, str)
            and re.fullmatch(r"[\w!.-]+", name) is not None
            and (self._folder / name).is_file()
        )

    def __missing__(self, name: str) -> list[str]:
        self[name] = _lines(self._folder / name)
        return self[name]


def _read_each(
    origin: Origin, folder: Path, retrieved: date | None, reader: Callable[[Iterable[str]], forms.Reading]
) -> list[ListSource]:
    """Read every list of `origin` that stands in `folder` (or one level down) under a usual name."""
    found = []
    roots = [folder, *sorted(child for child in folder.iterdir() if child.is_dir())]
    for name in origin.lists:
        for root in roots:
            files_here = (root / name / "domains", root / name, root / f"{name}.txt")
            file = next((file for file in files_here if file.is_file()), None)
            if file is not None:
                found.append(origin.source(name, reader(_lines(file)), retrieved))
                break
    return found


def read_folder(origin_id: str, folder: Path, *, retrieved: date | None = None) -> list[ListSource]:
    """Read all the lists of one origin of the catalogue from `folder`.

    Raises LabelError if the origin is unknown or none of its lists is there.
    """
    if origin_id not in origins():
        raise LabelError(f"'{origin_id}': no such origin of lists; use one of {', '.join(origins())}")
    if not folder.is_dir():
        raise LabelError(f"{folder}: no such folder; unpack the lists of {origin_id} there")
    origin = origins()[origin_id]
    if origin.form == "v2fly":
        found = read_v2fly(folder, retrieved=retrieved)
    else:
        found = _read_each(origin, folder, retrieved, forms.hosts if origin.form == "hosts" else forms.plain)
    if not found:
        raise LabelError(f"{folder}: none of the lists of {origin_id} is here; point at the unpacked folder")
    return found


def _lines(path: Path) -> list[str]:
    """Read a list file, whatever its encoding and line ends."""
    try:
        return forms.lines_of(path.read_bytes())
    except OSError as why:
        raise LabelError(f"{path}: cannot be read ({why.strerror}); check the path and your rights") from why


def add(
    name: str,
    path: Path,
    *,
    category: str | None = None,
    licence: str = "not stated",
    retrieved: date | None = None,
) -> list[ListSource]:
    """Read a list the county adds, recognising its form by looking at it.

    A folder is read as the origin whose form it has (or as the origin `name`).  A single file needs a
    category: `category`, or `name` if that is a category or a list of the catalogue (`ut1/games`).
    Raises LabelError if neither says what the list means, or nothing in it is a host name.
    """
    if path.is_dir():
        return read_folder(name if name in origins() else _form_of_folder(path), path, retrieved=retrieved)
    lines = _lines(path)
    form = forms.recognise(lines)
    if form == "popular":
        raise LabelError(f"{path}: a popularity list, not a category; hand it over as the popularity list")
    origin, _, listed = name.partition("/")
    if category is None and origin in origins():
        category = origins()[origin].lists.get(listed)
        licence = origins()[origin].licence
    category = category or name
    bits_of(category, f"list '{name}'")
    reading = forms.hosts(lines) if form == "hosts" else forms.plain(lines)
    if not reading.entries:
        raise LabelError(f"{path}: no host name in it; give a file with one name a line or a hosts file")
    list_id = name if "/" in name else f"county/{name}"
    return [ListSource(list_id, category, reading.entries, licence, "", retrieved, reading.refused)]


def _form_of_folder(folder: Path) -> str:
    """Say which origin a folder looks like; raises LabelError if it looks like none."""
    if next(folder.glob("*/domains"), None) or next(folder.glob("*/*/domains"), None):
        return "ut1"
    data = folder / "data" if (folder / "data").is_dir() else folder
    for file in sorted(data.iterdir())[:200]:
        if file.is_file() and any(line.startswith(("include:", "full:")) for line in _lines(file)):
            return "v2fly"
    known = ", ".join(key for key in origins() if key != "own")
    raise LabelError(f"{folder}: not a form of lists we know; name its maker ({known}) or add single files")


def get(origin_id: str, into: Path, *, progress: Progress | None = None, url: str | None = None) -> Path:
    """Download the lists of an origin and unpack them in `into`/`origin_id`; return that folder.

    Show `origins()[origin_id].licence` before calling.  Only https is used, or a file or a server on
    this machine (for tests and mirrors).  The old folder is replaced when the new one is complete.
    Raises LabelError if the download or the archive is bad.
    """
    import tarfile  # with urllib in `_download`: loading them would double the start of a gate
    import zlib
    from http.client import HTTPException

    if origin_id not in origins() or not (url or origins()[origin_id].download):
        known = ", ".join(key for key, origin in origins().items() if origin.download)
        raise LabelError(f"'{origin_id}': nothing to download; use one of {known}")
    address = url or origins()[origin_id].download
    if not _safe(address):
        raise LabelError(f"{address}: not https; give an https address")
    into.mkdir(parents=True, exist_ok=True)
    archive, fresh, place = into / f"{origin_id}.part", into / f"{origin_id}.new", into / origin_id
    try:
        _download(address, archive, progress)
        shutil.rmtree(fresh, ignore_errors=True)
        with tarfile.open(archive) as tar:
            _unpack(tar, fresh)
    except (OSError, EOFError, HTTPException, tarfile.TarError, zlib.error) as why:
        shutil.rmtree(fresh, ignore_errors=True)
        raise LabelError(f"{address}: cannot be fetched and unpacked ({why}); try again later") from why
    finally:
        archive.unlink(missing_ok=True)
    inside = list(fresh.iterdir())
    shutil.rmtree(place, ignore_errors=True)
    if len(inside) == 1 and inside[0].is_dir():
        inside[0].rename(place)
        fresh.rmdir()
    else:
        fresh.rename(place)
    return place


def _unpack(tar: tarfile.TarFile, into: Path) -> None:
    """Write the plain files of an archive below `into`, and nothing else: no link, no way out of the folder.

    Debian 12's Python has no extraction filters yet (they came with 3.11.4). Raises OSError for a path that
    leads elsewhere.
    """
    into.mkdir()
    for member in tar:
        parts = PurePosixPath(member.name).parts
        if member.name.startswith("/") or ".." in parts:
            raise OSError(f"the archive holds `{member.name}`, which leads out of it")
        content = tar.extractfile(member) if member.isreg() else None
        if content is not None:
            target = into.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with content, target.open("wb") as out:
                shutil.copyfileobj(content, out)


def _safe(address: str) -> bool:
    """True for https, and for files and servers of this machine."""
    parts = urlsplit(address)
    return parts.scheme in ("https", "file") or (
        parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
    )


def _download(address: str, to: Path, progress: Progress | None) -> None:
    """Copy what `address` serves to a file, telling `progress` how far it is."""
    import urllib.request

    answer = urllib.request.urlopen(address, timeout=60)  # noqa: S310 - `get` has checked the scheme
    with answer, to.open("wb") as out:
        if not _safe(answer.geturl()):
            raise OSError(f"sent on to {answer.geturl()}, which is not https")
        length = answer.headers.get("Content-Length")
        expected = int(length) if length and length.isdigit() else None
        received = 0
        while chunk := answer.read(_CHUNK):
            received += len(chunk)
            if received > _LONGEST_DOWNLOAD:
                raise OSError("larger than 1 GiB")
            out.write(chunk)
            if progress is not None:
                progress(received, expected)
        if expected is not None and received < expected:
            raise OSError(f"ended after {received} of {expected} bytes")
