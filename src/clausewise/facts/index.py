"""Finding the row that held at a moment: dictionaries over rows that were valid, and known, from then to then."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

Row = Mapping[str, object]

BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)


class Span(NamedTuple):
    """A row and when it may be used: from `since` (valid and known), until `until` (excluded)."""

    since: datetime
    until: datetime
    row: Row


def span(row: Row) -> Span:
    """When a row may be used: it must hold, and the county must know it."""
    since = max(moment(row, "valid_from", BEGINNING), moment(row, "known_from", BEGINNING))
    return Span(since, moment(row, "valid_to", END_OF_TIME), row)


def moment(row: Row, column: str, otherwise: datetime) -> datetime:
    """The time in a column, or `otherwise` when it is blank."""
    value = row[column]
    return value if isinstance(value, datetime) else otherwise


def _begins(row: Row) -> datetime:
    return moment(row, "valid_from", BEGINNING)


class AsOf:
    """Rows by key, of which at most one holds at a time (the reader refuses overlaps)."""

    __slots__ = ("_starts", "_spans")

    def __init__(self, keyed: Iterable[tuple[str, Row]]) -> None:
        spans: defaultdict[str, list[Span]] = defaultdict(list)
        for key, row in keyed:
            spans[key.casefold()].append(span(row))
        self._spans: dict[str, list[Span]] = dict(spans)
        self._starts: dict[str, list[datetime]] = {}
        for key, found in spans.items():
            if len(found) > 1:
                # by validity, which never overlaps, and not by `since`: a row may become known late
                found.sort(key=lambda one: _begins(one.row))
                self._starts[key] = [_begins(one.row) for one in found]

    def at(self, key: str, when: datetime) -> Row | None:
        """The row of a key that held, and was known, at a time."""
        found = self._spans.get(key)
        if found is None:
            key = key.casefold()
            found = self._spans.get(key)
            if found is None:
                return None
        place = 0 if len(found) == 1 else max(bisect_right(self._starts[key], when) - 1, 0)
        since, until, row = found[place]
        return row if since <= when < until else None

    def every(self, key: str) -> tuple[Row, ...]:
        """All rows of a key, whenever they hold."""
        return tuple(one.row for one in self._spans.get(key.casefold(), ()))


class Values:
    """Rows by the value of one column; a column of several values counts under each of them."""

    __slots__ = ("_spans",)

    def __init__(self, rows: Iterable[Row], column: str) -> None:
        spans: defaultdict[str, list[Span]] = defaultdict(list)
        for row in rows:
            value = row[column]
            for one in value if isinstance(value, tuple) else (value,):
                if one is not None:
                    spans[str(one).casefold()].append(span(row))
        self._spans = dict(spans)

    def at(self, value: str, when: datetime) -> tuple[Row, ...]:
        """The rows with that value that held, and were known, at a time."""
        found = self._spans.get(value) or self._spans.get(value.casefold())
        if not found:
            return ()
        return tuple(row for since, until, row in found if since <= when < until)

    def every(self, value: str) -> tuple[Row, ...]:
        """The rows with that value, whenever they hold."""
        return tuple(one.row for one in self._spans.get(value.casefold(), ()))
