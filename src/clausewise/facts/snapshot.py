"""The snapshot: what a county knew about its people, devices and services, from when to when, in memory.

A snapshot never changes and does no input or output. Every question to it names a time; what no table says
is None, an empty tuple or "unknown", never a guess.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from . import digest as digests
from .agree import row_key
from .cell import CellError, host, mac
from .duty import Duty, Schedules
from .index import END_OF_TIME, AsOf, Row, Values, moment
from .tables import TABLES, Kind

DEFAULT_ZONE: Final = "America/Los_Angeles"

# Columns whose times change what a row means, beside when the row itself holds.
_TURNS: Final = {
    "staff": ("start", "end"),
    "accounts": ("suspended_from", "suspended_to"),
    "grants": ("decided_at", "revoked_at"),
    "capabilities": ("staff_notice", "union_notice", "in_force_from"),
    "self_reports": ("at",),
}
_PERIOD: Final = ("valid_from", "valid_to", "known_from")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Facts:
    """A snapshot of facts. Times are aware datetimes; a naive one raises TypeError.

    `digest` names the content: the same facts have the same digest, in whatever order they were handed in.
    """

    __slots__ = (
        "_columns", "_exact", "_keyed", "_networks", "_rows", "_schedules", "_suffixes", "_values", "digest", "zone",
    )  # fmt: skip

    digest: str
    zone: ZoneInfo
    _rows: Mapping[str, tuple[Row, ...]]
    _columns: dict[str, frozenset[str]]
    _keyed: dict[str, AsOf]
    _values: dict[tuple[str, str], Values]
    _exact: dict[str, str]
    _suffixes: dict[str, str]
    _networks: list[tuple[_Network, Row]] | None
    _schedules: Schedules | None

    def __init__(
        self,
        tables: Mapping[str, Iterable[Row]],
        columns: Mapping[str, Iterable[str]],
        zone: ZoneInfo,
        digest: str,
    ) -> None:
        put = object.__setattr__
        rows: dict[str, tuple[Row, ...]] = {
            name: tuple(map(_cut if name == "grants" else _frozen, found)) for name, found in tables.items()
        }
        put(self, "digest", digest)
        put(self, "zone", zone)
        put(self, "_rows", MappingProxyType(rows))
        put(self, "_columns", {name: frozenset(found) for name, found in columns.items()})
        put(self, "_keyed", {})
        put(self, "_values", {})
        exact, suffixes = _hosts(rows.get("services", ()))
        put(self, "_exact", exact)
        put(self, "_suffixes", suffixes)
        put(self, "_networks", None)
        put(self, "_schedules", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"facts cannot be changed: `{name}`")

    @classmethod
    def of(
        cls,
        tables: Mapping[str, Iterable[Row]],
        columns: Mapping[str, Iterable[str]],
        zone: ZoneInfo | str = DEFAULT_ZONE,
    ) -> Facts:
        """A snapshot of typed rows as `read` returns them; `columns` are those the county gave."""
        place = ZoneInfo(zone) if isinstance(zone, str) else zone
        rows = {name: tuple(found) for name, found in tables.items()}
        each = {name: digests.of_table(name, found, columns[name]) for name, found in rows.items()}
        return cls(rows, columns, place, digests.of_snapshot(place.key, each))

    @classmethod
    def empty(cls, zone: ZoneInfo | str = DEFAULT_ZONE) -> Facts:
        """No facts at all: everything is unknown."""
        return cls.of({}, {}, zone)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables the county gave."""
        return tuple(self._rows)

    def has(self, table: str, column: str = "") -> bool:
        """Whether the county gave that table (and that column of it); an empty table counts as given."""
        return table in self._rows and (not column or column in self._columns[table])

    def columns(self, table: str) -> frozenset[str]:
        """The columns the county gave in a table; none if it did not give the table."""
        return self._columns.get(table, frozenset())

    def table_digest(self, table: str) -> str:
        """The digest of one table: equal facts have equal digests, in whatever order they were handed in."""
        names = [column.name for column in TABLES[table].columns]
        rows = ({name: row[name] for name in names} for row in self._rows[table])
        return digests.of_table(table, rows, self._columns[table])

    def row(self, table: str, key: str, at: datetime) -> Row | None:
        """The row of that key that held, and was known, at a time. Keys are compared without regard to case.

        A key of several columns is joined with `|`: ``rosa.kim|technology-services``.
        """
        index = self._keyed.get(table)
        return (index or self._index(table)).at(key, at)

    def rows(self, table: str, at: datetime | None = None) -> tuple[Row, ...]:
        """All rows of a table, or those that held, and were known, at a time."""
        found = self._rows.get(table, ())
        return found if at is None else tuple(row for row in found if _holds(row, at))

    def lookup(self, table: str, column: str, value: object, at: datetime) -> tuple[Row, ...]:
        """The rows with that value in a column that held, and were known, at a time."""
        return self._value_index(table, column).at(_comparable(table, column, value), at)

    def ever(self, table: str, column: str, value: object) -> tuple[Row, ...]:
        """The rows with that value in a column, whenever they hold and since whenever they are known."""
        return self._value_index(table, column).every(_comparable(table, column, value))

    def boundaries(self, table: str, key: str) -> tuple[datetime, ...]:
        """The times at which what a row of that key says may change, in order."""
        return _boundaries(table, self._index(table).every(key))

    def boundaries_where(self, table: str, column: str, value: object) -> tuple[datetime, ...]:
        """The times at which any row with that value in a column may change, such as all grants of a person."""
        return _boundaries(table, self.ever(table, column, value))

    def principal(self, name: str, at: datetime) -> str | None:
        """The id of the person a log or a command names by account, mail address or id; None if nobody's.

        A shared or service account without an owner is nobody's. The person need not be employed still.
        """
        account = self.row("accounts", name, at)
        if account is not None:
            owner = account["owner"]
            return None if owner is None else str(owner)
        known = self.row("staff", name, at)
        if known is not None:
            return str(known["id"])
        for column in ("mail", "account"):
            found = self.lookup("staff", column, name, at)
            if found:
                return str(found[0]["id"]) if len(found) == 1 else None
        return None

    def service_of(self, name: str) -> str | None:
        """The service that a host belongs to: its exact entry, else the longest entry it lies below."""
        name = name.rstrip(".").lower()
        if not name.isascii():
            try:
                name = host(name)
            except CellError:
                return None
        exact = self._exact.get(name)
        if exact is not None:
            return exact
        while name:
            found = self._suffixes.get(name)
            if found is not None:
                return found
            name = name.partition(".")[2]
        return None

    def grants(self, person: str, at: datetime) -> tuple[Row, ...]:
        """The permissions in force for a person: decided, begun, not ended and not revoked at that time.

        Each row also holds `early` (it was typed to begin before it was decided) and `covers_from`.
        """
        return tuple(
            row for row in self.lookup("grants", "person", person, at)
            if moment(row, "covers_from", END_OF_TIME) <= at < moment(row, "revoked_at", END_OF_TIME)
        )  # fmt: skip

    def designation_holders(self, office: str, at: datetime) -> tuple[str, ...]:
        """The ids of those who held an office at a time, in order."""
        return tuple(sorted(str(row["person"]) for row in self.lookup("designations", "office", office, at)))

    def holds(self, person: str, office: str, at: datetime) -> bool:
        """Whether a person held an office at a time."""
        return self.row("designations", f"{person}|{office}", at) is not None

    def network_of(self, ip: str, at: datetime) -> Row | None:
        """The narrowest known network that an address lies in; None also for what is not an address."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return None
        return next((row for net, row in self._ranges() if address in net and _holds(row, at)), None)

    def duty(self, person: str, at: datetime) -> Duty:
        """Whether a person (by id) was on duty: "on", "off" (breaks too) or "unknown" without a schedule."""
        return self._work_schedules().duty(person, at)

    def duty_boundaries(self, person: str, start: datetime, end: datetime) -> list[datetime]:
        """The times after `start`, up to and including `end`, at which a person's duty changes, in order."""
        return self._work_schedules().boundaries(person, start, end)

    def schedule_kind(self, person: str, start: datetime, end: datetime) -> tuple[int, ...] | None:
        """What is the same for all people of one work schedule; None if it changes between the two times."""
        return self._work_schedules().kind(person, start, end)

    # The indexes are made when first asked for. Making one twice in two threads gives two equal ones.

    def _index(self, table: str) -> AsOf:
        index = self._keyed.get(table)
        if index is None:
            spec = TABLES[table]
            index = self._keyed[table] = AsOf((row_key(spec, row), row) for row in self._rows.get(table, ()))
        return index

    def _value_index(self, table: str, column: str) -> Values:
        index = self._values.get((table, column))
        if index is None:
            index = self._values[(table, column)] = Values(self._rows.get(table, ()), column)
        return index

    def _work_schedules(self) -> Schedules:
        made = self._schedules
        if made is None:
            made = Schedules(self._rows.get("schedules", ()), self.zone, self._index("staff"))
            object.__setattr__(self, "_schedules", made)
        return made

    def _ranges(self) -> list[tuple[_Network, Row]]:
        found = self._networks
        if found is None:
            found = [(ipaddress.ip_network(str(row["cidr"])), row) for row in self._rows.get("networks", ())]
            found.sort(key=lambda one: -one[0].prefixlen)
            object.__setattr__(self, "_networks", found)
        return found


def _frozen(row: Row) -> Row:
    return MappingProxyType(dict(row))


def _cut(row: Row) -> Row:
    """A permission with `covers_from`: the later of when it begins and when it was decided."""
    decided, start = row["decided_at"], row["valid_from"]
    early = isinstance(start, datetime) and isinstance(decided, datetime) and start < decided
    covers = decided if early or start is None else start
    return _frozen({**row, "early": early, "covers_from": covers})


def _holds(row: Row, at: datetime) -> bool:
    return (
        moment(row, "valid_from", at) <= at < moment(row, "valid_to", END_OF_TIME)
        and moment(row, "known_from", at) <= at
    )


def _boundaries(table: str, rows: Iterable[Row]) -> tuple[datetime, ...]:
    names = (*_PERIOD, *_TURNS.get(table, ()))
    return tuple(
        sorted({value for row in rows for name in names if isinstance(value := row[name], datetime)})
    )


def _comparable(table: str, column: str, value: object) -> str:
    """The text under which a value is indexed."""
    spec = TABLES[table].column(column)
    text = str(value)
    if spec is not None and spec.kind is Kind.MAC:
        try:
            return mac(text)
        except CellError:
            return text
    return text.rstrip(".") if spec is not None and spec.kind in (Kind.HOST, Kind.HOSTS) else text


def _hosts(rows: Iterable[Row]) -> tuple[dict[str, str], dict[str, str]]:
    """Exact hosts, and hosts that stand for everything below them, each with its service."""
    exact: dict[str, str] = {}
    suffixes: dict[str, str] = {}
    for row in rows:
        for name in _names(row["hosts"]):
            (exact if name.startswith("=") else suffixes)[name.removeprefix("=")] = str(row["service"])
    return exact, suffixes


def _names(value: object) -> Iterator[str]:
    yield from value if isinstance(value, tuple) else ()
