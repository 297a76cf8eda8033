"""Stands numbers in for names: a keyed one for each person, a plain one for each host."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from clausewise.audit.findings import PSEUDONYM

T = TypeVar("T")
WIDTH = 8
"""Bytes of a key."""
SHOWN = 12
"""Hex digits of a printed pseudonym."""


class KeyClash(ValueError):
    """Two different hosts have one key: nothing is imported, since one would pass for the other."""


def person_key(secret: bytes, name: str) -> int:
    """The key of a person: 8 bytes of HMAC-SHA256 (RFC 2104) of the name, trimmed and case-folded."""
    found = hmac.digest(secret, name.strip().casefold().encode("utf-8", "replace"), "sha256")
    return int.from_bytes(found[:WIDTH], "big", signed=True)


def pseudonym_of(key: int) -> str:
    """The pseudonym that is printed for a person's key: `p-` and 12 hex digits."""
    return PSEUDONYM + key.to_bytes(WIDTH, "big", signed=True).hex()[:SHOWN]


def host_key(text: str) -> int:
    """The key of a host: 8 bytes of BLAKE2b (RFC 7693); the lake's list of hosts gives the name back."""
    found = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=WIDTH).digest()
    return int.from_bytes(found, "big", signed=True)


def log_key(digest: str) -> int:
    """The key of a log file, from the sha256 (hex) of its unpacked content."""
    return int.from_bytes(bytes.fromhex(digest[: 2 * WIDTH]), "big", signed=True)


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of texts as the number of each row's text and the distinct texts."""

    numbers: pa.Array
    distinct: list[str | None]


def coded(column: pa.Array | pa.ChunkedArray | Coded) -> Coded:
    """A column whose distinct texts can be asked about once each; what is coded already stays so."""
    if isinstance(column, Coded):
        return column
    found = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(found.type):
        found = pc.dictionary_encode(found)
    return Coded(found.indices, found.dictionary.to_pylist())


class Remembered(dict[str | None, T]):
    """Answers about texts, each asked once. No text and a blank one have the answer `nothing`."""

    def __init__(self, ask: Callable[[str], T], nothing: T) -> None:
        super().__init__({None: nothing, "": nothing})
        self._ask = ask

    def __missing__(self, text: str) -> T:
        answer = self[text] = self._ask(text)
        return answer

    def column(self, texts: Coded, kind: pa.DataType) -> pa.Array:
        """The answer of every row."""
        return pa.array(list(map(self.__getitem__, texts.distinct)), kind).take(texts.numbers)


class Keys:
    """Keys of people and hosts, each distinct text hashed once. `new_hosts` collects (key, host) to be kept.

    `known` holds the hosts that the lake lists already.
    """

    def __init__(self, secret: bytes, known: Mapping[int, str] | None = None) -> None:
        self.new_hosts: list[tuple[int, str]] = []
        self._secret = secret
        self._texts = dict(known or {})
        self._persons: Remembered[int | None] = Remembered(self._person, None)
        self._hosts: Remembered[int | None] = Remembered(self._host, None)
        self._hosts.update((text, key) for key, text in self._texts.items())

    def _person(self, name: str) -> int | None:
        return person_key(self._secret, name) if name.strip() else None

    def _host(self, text: str) -> int | None:
        key = host_key(text)
        other = self._texts.setdefault(key, text)
        if other != text:
            raise KeyClash(
                f"host {text}: has the same key as {other}; nothing was imported, take one of them out"
            )
        self.new_hosts.append((key, text))
        return key

    def persons(self, column: pa.Array | pa.ChunkedArray | Coded) -> pa.Array:
        """The keys of a column of names; null for nobody."""
        return self._persons.column(coded(column), pa.int64())

    def hosts(self, column: pa.Array | pa.ChunkedArray | Coded) -> pa.Array:
        """The keys of a column of hosts; null for no host.

        Raises:
            KeyClash: another host has that key already.
        """
        return self._hosts.column(coded(column), pa.int64())

    def taken(self) -> list[tuple[int, str]]:
        """The new hosts since the last call."""
        found, self.new_hosts = self.new_hosts, []
        return found
