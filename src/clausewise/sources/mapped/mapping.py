"""Reads a mapping (TOML): how a vendor's columns become ours, with every mistake told by its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from clausewise.sources.contract import PLACE, SCHEMAS
from clausewise.sources.times import zone_named

FORMATS = ("csv", "json", "pairs")
TIME_READS = ("iso", "us", "seconds", "nanoseconds")
VALUE_READS = (
    "text",
    "lower",
    "number",
    "small",
    "flag",
    "host",
    "url_host",
    "url_port",
    "url_path",
    "url_scheme",
)


class MappingError(ValueError):
    """A mapping that cannot be used."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where one of our columns comes from: the first filled of `names`, read as `read`, then `words`."""

    names: tuple[str, ...] = ()
    read: str = "text"
    words: Mapping[str, str] | None = None
    otherwise: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """One kind of event: its class, when a row is one, its time and its columns."""

    cls: str
    when: tuple[tuple[str, frozenset[str]], ...]
    time: Column
    zone: tzinfo
    columns: tuple[tuple[str, Column], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole mapping. `header` names the columns of a file without a header line."""

    name: str
    title: str
    form: str
    header: tuple[str, ...]
    nested: tuple[str, ...]
    needs: tuple[str, ...]
    records: tuple[Record, ...]


def read_mapping(text: str, name: str) -> Layout:
    """Read a mapping. Raises `MappingError` with place, problem and remedy."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{name}: not valid TOML ({str(error).lower()}); correct that line") from error
    form = _one_of(found.get("format"), FORMATS, f"{name}, format")
    records = found.get("record")
    if not isinstance(records, list) or not records:
        raise MappingError(f"{name}: no [[record]]; add one for each kind of event")
    return Layout(
        str(found.get("name", name)),
        str(found.get("title", name)),
        form,
        _words(found.get("header", []), f"{name}, header"),
        _words(found.get("nested", []), f"{name}, nested"),
        _words(found.get("needs", []), f"{name}, needs"),
        tuple(_record(record, f"{name}, record {k}") for k, record in enumerate(records, 1)),
    )


def _record(found: Any, place: str) -> Record:
    if not isinstance(found, dict):
        raise MappingError(f"{place}: not a table; write [[record]]")
    cls = _one_of(found.get("class"), tuple(SCHEMAS), f"{place}, class")
    known = set(SCHEMAS[cls].names) - {name for name, _ in PLACE}
    columns = _table(found.get("columns"), f"{place}, columns")
    for name in columns:
        if name not in known:
            raise MappingError(
                f"{place}, column {name}: not a column of {cls}; use one of {', '.join(sorted(known))}"
            )
    said = _table(found.get("time"), f"{place}, time")
    when = _table(found.get("when", {}), f"{place}, when")
    try:
        zone = zone_named(str(said.get("zone", "UTC")))
    except ValueError as error:
        raise MappingError(f"{place}, time, {error}") from error
    return Record(
        cls,
        tuple(
            (name, frozenset(map(str.lower, _words(words, f"{place}, when")))) for name, words in when.items()
        ),
        _column(
            said | {"read": _one_of(said.get("read", "iso"), TIME_READS, f"{place}, time")}, f"{place}, time"
        ),
        zone,
        tuple((name, _column(value, f"{place}, column {name}", name)) for name, value in columns.items()),
    )


def _column(value: Any, place: str, name: str = "") -> Column:
    if isinstance(value, (str, list)):
        value = {"from": value}
    value = _table(value, place)
    unknown = set(value) - {"from", "read", "words", "otherwise", "zone"}
    if unknown:
        raise MappingError(f"{place}: {', '.join(sorted(unknown))} unknown; use from, read, words, otherwise")
    read = str(value.get("read", "text"))
    if name:
        _one_of(read, VALUE_READS, place)
    words = value.get("words")
    meant = {str(k).lower(): str(v) for k, v in _table(words, place).items()} if words is not None else None
    return Column(_words(value.get("from", []), place), read, meant, value.get("otherwise"))


def _table(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MappingError(f"{place}: missing or not a table; see the mappings that come with the program")
    return value


def _words(value: Any, place: str) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(word, str) for word in listed):
        raise MappingError(f'{place}: not a list of words; write ["..."]')
    return tuple(listed)


def _one_of(value: Any, known: tuple[str, ...], place: str) -> str:
    if value not in known:
        raise MappingError(f"{place}: {value!r} is unknown; use one of {', '.join(known)}")
    return str(value)
