"""The manifest: what a snapshot holds, since when, and which files, as one signed page of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from .problem import refuse

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One table: its file and that file's SHA-256, the digest of its facts, and the columns that were given.

    `known_since` is when a snapshot first held exactly these facts.
    """

    file: str
    sha256: str
    digest: str
    rows: int
    columns: tuple[str, ...]
    known_since: datetime


@dataclass(frozen=True, slots=True)
class Manifest:
    """A snapshot's contents. `previous` is the digest of the snapshot it followed; `key` names the signer."""

    digest: str
    zone: str
    built_at: datetime
    previous: str | None
    key: str
    tables: Mapping[str, Entry]
    sources: Mapping[str, str]  # file the county handed in -> its SHA-256

    def encode(self) -> bytes:
        """The bytes that are signed."""
        tables = {
            name: {**asdict(entry), "known_since": entry.known_since.isoformat()}
            for name, entry in self.tables.items()
        }
        page = {
            "format": FORMAT, "digest": self.digest, "zone": self.zone, "built_at": self.built_at.isoformat(),
            "previous": self.previous, "key": self.key, "tables": tables, "sources": dict(self.sources),
        }  # fmt: skip
        return json.dumps(page, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def decode(cls, data: bytes, place: str) -> Manifest:
        """A manifest whose signature was found good. Raises FactsError for a format of a later version."""
        page = json.loads(data)
        if page.get("format") != FORMAT:
            raise refuse(place, f"has format {page.get('format')}, not {FORMAT}", "build the snapshot again")
        tables = {
            name: Entry(
                **{**entry, "columns": tuple(entry["columns"]), "known_since": _time(entry["known_since"])}
            )
            for name, entry in page["tables"].items()
        }
        return cls(
            page["digest"], page["zone"], _time(page["built_at"]), page["previous"], page["key"], tables,
            page["sources"],
        )  # fmt: skip


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
