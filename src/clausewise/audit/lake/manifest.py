"""The lake's table of contents: its parts, the log files read so far, its lists of hosts, what was destroyed.

Whatever the table of contents does not name is not in the lake; it carries its own digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, TypeVar

FORMAT: Final = 1
HOUR: Final = 3_600_000_000
"""Microseconds."""
DAY: Final = 24 * HOUR
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of events of one class, UTC day and source.

    `low` and `high` are its first and last time (microseconds since 1970 UTC), `hours` counts its events by hour
    (since 1970 UTC), `logs` by log key; `ordered` tells that compaction has put it in order.
    """

    cls: str
    day: str
    source: str
    name: str
    sha256: str
    rows: int
    bytes: int
    low: int
    high: int
    hours: Mapping[int, int]
    logs: Mapping[int, int]
    ordered: bool = False

    @property
    def place(self) -> str:
        """The file, below the lake's folder."""
        return f"{self.cls}/day={self.day}/source={self.source}/{self.name}"

    @property
    def partition(self) -> tuple[str, str, str]:
        """Class, day and source."""
        return self.cls, self.day, self.source


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log file that was read: what it was called and held, and where each of its lines ended.

    `digest` is the sha256 (hex) of its unpacked content of `size` bytes; `lines` + `extra` (records beyond the
    first of their line) = `events` + `rejects` + `noise` + `protected`; `added` of the events were new to the lake. `tail` is where a last line without a line end
    begins, -1 if there is none. `first` and `last` are microseconds since 1970 UTC.
    """

    key: int
    digest: str
    name: str
    path: str
    size: int
    source: str
    option: str
    tail: int
    first: int | None
    last: int | None
    lines: int
    extra: int
    events: int
    rejects: int
    noise: int
    protected: int
    added: int
    imported_at: str


@dataclass(frozen=True, slots=True)
class Names:
    """One file of hosts: their keys and texts."""

    name: str
    sha256: str
    rows: int

    @property
    def place(self) -> str:
        """The file, below the lake's folder."""
        return f"names/{self.name}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it. `step` grows by one with every change; `gone` names the partitions of which events were destroyed."""

    step: int = 0
    parts: tuple[Part, ...] = ()
    logs: Mapping[int, LogFile] = field(default_factory=dict)
    names: tuple[Names, ...] = ()
    gone: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def rows(self) -> int:
        """Events in the lake."""
        return sum(part.rows for part in self.parts)

    @property
    def digest(self) -> str:
        """sha256 (hex) over everything but itself."""
        return hashlib.sha256(self._body().encode()).hexdigest()

    def _body(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "step": self.step,
                "parts": [asdict(part) for part in sorted(self.parts, key=lambda p: p.place)],
                "logs": [asdict(self.logs[key]) for key in sorted(self.logs)],
                "names": [asdict(names) for names in sorted(self.names, key=lambda n: n.name)],
                "gone": sorted(self.gone),
            },
            separators=(",", ":"),
            ensure_ascii=True,
        )

    def encode(self) -> bytes:
        """As a file: the digest on a line of its own, then what it is the digest of."""
        body = self._body()
        return f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}\n".encode()

    @classmethod
    def decode(cls, data: bytes, place: str) -> Manifest:
        """The inverse of `encode`.

        Raises:
            ValueError: it was changed, or is of another version; `place` stands in the message.
        """
        digest, _, body = data.decode("utf-8", "replace").partition("\n")
        body = body.removesuffix("\n")
        if hashlib.sha256(body.encode()).hexdigest() != digest:
            raise ValueError(
                f"{place}: damaged or changed by hand; restore the lake's folder from your backup"
            )
        found = json.loads(body)
        if found["format"] != FORMAT:
            raise ValueError(f"{place}: written by another version of Clausewise; update this one")
        logs = [_of(LogFile, row) for row in found["logs"]]
        return cls(
            found["step"],
            tuple(_part(row) for row in found["parts"]),
            {log.key: log for log in logs},
            tuple(_of(Names, row) for row in found["names"]),
            frozenset((str(c), str(d), str(s)) for c, d, s in found["gone"]),
        )


def _of(kind: type[T], row: Mapping[str, Any]) -> T:
    return kind(**{f.name: row[f.name] for f in fields(kind)})  # type: ignore[arg-type]


def _part(row: Mapping[str, Any]) -> Part:
    counts = {name: {int(k): int(v) for k, v in row[name].items()} for name in ("hours", "logs")}
    return _of(Part, {**row, **counts})
