"""Takes values out of a vendor's row and reads them as our columns want them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

import pyarrow as pa

from clausewise.sources import times
from clausewise.sources.contract import SCHEMAS
from clausewise.sources.hosts import Target, normal_host, read_target, split_url
from clausewise.sources.mapped.mapping import Column, Record
from clausewise.sources.rows import short, whole

Row = Mapping[str, Any]

_PAIR = re.compile(
    r'(?:^|(?<=[\s,]))([A-Za-z_][A-Za-z0-9_.-]*+)=(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*+))', re.DOTALL
)
_BACKSLASH = re.compile(r"\\(.)", re.DOTALL)


def pairs_of(text: str) -> dict[str, str]:
    """Read `key=value key="a value"`."""
    found = {key: quoted or bare for key, quoted, bare in _PAIR.findall(text)}
    if "\\" in text:
        return {key: _BACKSLASH.sub(r"\1", value) for key, value in found.items()}
    return found


def json_of(text: str) -> dict[str, Any] | None:
    """Read a JSON object; None when it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def pick(row: Row, path: str) -> str | None:
    """Take a value by name, or by a dotted path into nested objects and lists; None when empty."""
    value: Any = row.get(path)
    if isinstance(value, str) and value:
        return value
    if value is None and "." in path:
        value = row
        for step in path.split("."):
            if isinstance(value, Mapping):
                value = value.get(step)
            elif isinstance(value, list) and step.isascii() and step.isdigit() and int(step[:6]) < len(value):
                value = value[int(step[:6])]
            else:
                return None
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


def first(row: Row, names: tuple[str, ...]) -> str | None:
    """Take the first filled value of several names (`-` counts as empty)."""
    for name in names:
        value = pick(row, name)
        if value is not None and value != "-":
            return value
    return None


def matches(row: Row, record: Record) -> bool:
    """Tell whether a row is of this kind: each named column holds one of its words (`*`: is filled)."""
    for name, words in record.when:
        value = pick(row, name)
        if value is None or ("*" not in words and value.lower() not in words):
            return False
    return True


def read_time(row: Row, column: Column, zone: tzinfo) -> int | None:
    """Read the time of a row in microseconds; several names are joined by a blank (date and time)."""
    parts = [value for name in column.names if (value := pick(row, name)) is not None]
    text = " ".join(parts).strip()
    if column.read == "us":
        return times.from_us(text, zone)
    if column.read == "seconds":
        return times.from_seconds(text)
    if column.read == "nanoseconds":
        return _since_epoch(text)
    return times.from_iso(text, zone)


def _since_epoch(text: str) -> int | None:
    # FortiOS wrote seconds up to 6.0 and nanoseconds from 6.2 on.
    value = whole(text) if len(text) <= 18 else whole(text[:-1])
    if value is None:
        return None
    if len(text) <= 11:
        return value * 1_000_000
    return value // 1000 if len(text) <= 18 else value // 100


def read_columns(row: Row, record: Record) -> dict[str, Any]:
    """Read all columns of a row."""
    schema = SCHEMAS[record.cls]
    return {name: _fit(_read(row, column), schema.field(name).type) for name, column in record.columns}


def _read(row: Row, column: Column) -> Any:
    text = first(row, column.names)
    if text is None:
        return column.otherwise
    value = _READS[column.read](text)
    if column.words is not None:
        return column.words.get(str(value).lower(), column.otherwise)
    return column.otherwise if value is None else value


def _fit(value: Any, kind: pa.DataType) -> Any:
    """Give a value the type of its column; what does not fit is unknown, not wrong."""
    if value is None:
        return None
    if kind == pa.string():
        # JSON may name half of a surrogate pair, which no column can hold.
        text = str(value)
        return text if text.isascii() else text.encode("utf-8", "replace").decode()
    if kind == pa.bool_():
        return value if isinstance(value, bool) else _flag(str(value))
    return short(str(value)) if kind == pa.int32() else whole(str(value))


def _flag(text: str) -> bool | None:
    word = text.lower()
    return True if word in ("true", "yes", "1") else False if word in ("false", "no", "0") else None


def _url(text: str) -> Target:
    # Firewalls write addresses without a scheme: `www.example.org/page`, `www.example.org:443/`.
    address = split_url(text)[0]
    return read_target(address.encode("utf-8", "replace"), connect="://" not in address)


def _url_port(text: str) -> int | None:
    target = _url(text)
    return target.port if "://" in text or split_url(text)[0].rpartition(":")[2].isdigit() else None


def _url_path(text: str) -> str | None:
    return split_url(text)[1]


_READS: Mapping[str, Callable[[str], Any]] = {
    "text": lambda text: text,
    "lower": str.lower,
    "number": whole,
    "small": short,
    "flag": _flag,
    "host": normal_host,
    "url_host": lambda text: _url(text).host,
    "url_port": _url_port,
    "url_path": _url_path,
    "url_scheme": lambda text: _url(text).scheme,
}
