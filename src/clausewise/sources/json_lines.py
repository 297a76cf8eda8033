"""Reads audit logs kept as JSON: a record a line, or a page of records that stands on one line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from clausewise.sources.rows import Collected, Line

_DECODE = json.JSONDecoder().raw_decode

Made = tuple[str, int | None, Mapping[str, Any]]
"""An event to be: its class, its time (microseconds since 1970 UTC) and its columns."""

Put = Callable[[dict[str, Any], Line, Collected], None]
"""Puts one record of a line out."""

NOT_WATCHED = "not-watched"
"""The noise of records that the format knows and nobody asks about."""


def read_line(line: Line, out: Collected, page: str, put: Put) -> None:
    """Hand each record of a line to `put`, which puts it out once.

    A page is a list of records, or an object whose member `page` is that list. A list that has one record
    a line is read too; its brackets are noise.
    """
    text = line.text.strip()
    if not text:
        out.noise["blank"] += 1
        return
    found = _records(text, page)
    if found is None:
        if _is_frame(text, page):
            out.noise["frame"] += 1
        else:
            out.reject(
                line, "the line is no whole JSON record; write each record on a line of its own (jq -c)"
            )
        return
    if not found:
        out.noise["empty"] += 1
        return
    out.extra += len(found) - 1
    for record in found:
        if isinstance(record, dict):
            put(record, line, out)
        else:
            out.reject(line, "the line is no JSON object")


def put_record(line: Line, out: Collected, made: Sequence[Made], idle: Sequence[str] = ()) -> None:
    """Put out all that one record gave: its events, and a word of noise for each part that gave none.

    A record that gave nothing at all is `empty`.
    """
    for word in idle:
        out.noise[word] += 1
    if made:
        out.several(line, made)
        out.extra += len(idle)
    elif idle:
        out.extra += len(idle) - 1
    else:
        out.noise["empty"] += 1


def word(value: Any) -> str | None:
    """Give a JSON value as text; None for nothing, a list or an object."""
    if isinstance(value, str):
        text = value.strip()
        # JSON may name half of a surrogate pair, which no column can hold.
        return (text if text.isascii() else text.encode("utf-8", "replace").decode()) or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else None


def lower(value: Any) -> str | None:
    """Give a sign-in name or mail address in lower case, as mail services compare them."""
    text = word(value)
    return text.lower() if text else None


def _load(text: str) -> Any:
    try:
        found, end = _DECODE(text)
    except (ValueError, RecursionError):
        return None
    return found if end == len(text) else None


def _records(text: str, page: str) -> list[Any] | None:
    found = _load(text)
    if found is None:
        found = _load(text.removeprefix("[").removesuffix(",").removesuffix("]"))
    if isinstance(found, dict):
        inner = found.get(page)
        return inner if isinstance(inner, list) else [found]
    return found if found is None or isinstance(found, list) else [found]


def _is_frame(text: str, page: str) -> bool:
    """Tell whether a line is only the bracket before or behind the records of a page."""
    if text[0] == "{":
        return text[-1] == "[" and f'"{page}"' in text
    return text == "[" or (text[0] == "]" and text[1:].lstrip()[:1] in ("", ",", "}"))
