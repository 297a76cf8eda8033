"""A small proxy log and a lake to put it in, for the tests of the lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from clausewise.audit.lake.ingest import Imported, Importer, Inputs
from clausewise.audit.lake.store import Lake, writing
from clausewise.facts import publish
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack
from clausewise.pack import load_pack

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
START = 1_772_500_000
"""Seconds since 1970: 2026-03-03 01:06:40 UTC."""
Event = tuple[object, ...]
PLAIN = ("time", "ident", "nth", "host", "bytes_down", "status", "method", "src_ip", "outcome")
"""Columns without a person: each home has its own key of pseudonyms."""


@dataclass(frozen=True)
class Marked:
    """Labels by hand: the categories of each host."""

    hosts: dict[str, tuple[str, ...]]
    categories: tuple[str, ...] = ("gambling", "health", "ads_tracking")
    digest: str = "by hand"

    def mask(self, host: str) -> int:
        """The bits of a host's categories."""
        return sum(1 << self.categories.index(name) for name in self.hosts.get(host, ()))

    def service(self, host: str) -> str | None:
        """No host belongs to a service."""
        return None

    def use_evidence(self, host: str) -> bool:
        """No host shows use."""
        return False


@cache
def pack() -> Pack:
    """The pack that ships."""
    return load_pack("ar4040")


def facts(folder: Path, home: Path, **tables: str) -> Facts:
    """Facts of some tables, each given as the text of its CSV file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    publish.build(folder, home, at=AT)
    return publish.load(home)


def inputs(**changes: object) -> Inputs:
    """What an import reads with: no facts and no labels unless `changes` says so."""
    return replace(Inputs(pack(), Facts.empty(), None, AT, format="squid"), **changes)


def line(number: int, user: str = "", host: str = "", second: int | None = None) -> bytes:
    """One line of Squid's native log; two with equal arguments are equal to the byte."""
    at = START + (number * 7 if second is None else second)
    who, where = user or f"user{number % 5}", host or f"site{number % 11}.example.org"
    told = f"{at}.{number % 1000:03d}    120 10.1.0.{number % 200} TCP_MISS/200 {900 + number} GET"
    return f"{told} http://{where}/page/{number} {who} HIER_DIRECT/192.0.2.7 text/html\n".encode()


def lines(count: int, first: int = 0) -> list[bytes]:
    """Some lines, each of them another."""
    return [line(number) for number in range(first, first + count)]


def write(path: Path, content: Iterable[bytes]) -> Path:
    """Write a log file."""
    path.write_bytes(b"".join(content))
    return path


def take(home: Path, *paths: Path, given: Inputs | None = None) -> list[Imported]:
    """Import some files."""
    with writing(home) as lake:
        importer = Importer(lake, given or inputs(), home)
        return [importer.take(path) for path in paths]


def events(
    home: Path, columns: Sequence[str] = ("time", "ident", "nth", "user", "host", "bytes_down")
) -> Counter[Event]:
    """All events of the class http in the lake."""
    lake, found = Lake(home), Counter[Event]()
    for part in lake.chosen("http"):
        table = lake.table(part)
        found.update(zip(*(table[name].to_pylist() for name in columns), strict=True))
    return found


def clean(home: Path) -> bool:
    """Whether nothing stands in the lake's folder that its manifest does not name."""
    lake = Lake(home)
    left = [path for path in lake.folder.rglob("*") if path.name.startswith(".new-")]
    return not (left or lake.damaged() or lake.strangers() or (lake.folder / "step.json").exists())
