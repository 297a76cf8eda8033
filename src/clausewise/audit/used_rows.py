"""Finds the rows of the county's facts that a question was answered from, and hides in them who is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from clausewise.audit.known import DERIVED_FROM
from clausewise.facts.snapshot import Facts
from clausewise.facts.tables import PERIOD_NAMES, TABLES, WEEKDAYS
from clausewise.model.law import Attribute

Row = Mapping[str, object]
READ_BY: Mapping[str, tuple[str, ...]] = {
    **DERIVED_FROM,
    "mailbox_right": ("staff",),
    "portable": ("drives",),
    "storage_place": ("services", "drives"),
    "software_owner": ("software",),
    "authorized_test": ("grants",),
}
"""The tables that each derivation looks at (pdp/derive.py)."""
OF_PERSON = frozenset({"staff", "schedules", "grants"})
"""Tables whose row is found by the person and not by the thing."""
HELD, NONE, HIDDEN = "held", "none", "hidden"
SHOWN_OF_STAFF = frozenset({"kind", "educator"})
"""What of a person's own row tells nobody who it is; first and last day, site and supervisor would."""


@dataclass(frozen=True, slots=True)
class Used:
    """One row as it held at the time of the event: table, and column to text.

    `state` is `held`, `none` (no row held then) or `hidden` (whom or what to look up is not in the finding).
    """

    table: str
    state: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who and what the question was about, for looking rows up. Neither leaves this module.

    `person` is an id of the staff list or None; `thing` a name or empty where the finding hides it.
    `mask` turns a text that would name a person into something that does not.
    """

    facts: Facts
    person: str | None
    thing: str
    at: datetime
    mask: Callable[[str], str]

    def used(self, attributes: Mapping[str, Attribute]) -> tuple[Used, ...]:
        """Every row that these attributes may have been read from, each once, in the order of the tables."""
        wanted = {
            table for attribute in attributes.values() for s in attribute.sources for table in tables_of(s)
        }
        found = list[Used]()
        for table in (name for name in TABLES if name in wanted and self.facts.has(name)):
            about = self.person if table in OF_PERSON else self.thing
            rows = [Used(table, HELD, self._cells(table, row)) for row in self._rows(table)] if about else []
            found += rows or [Used(table, NONE if about else HIDDEN, {})]
        return tuple(found)

    def _rows(self, table: str) -> Iterator[Row]:
        """The rows of one table that held, and were known, at the time."""
        if table == "grants":
            yield from self.facts.grants(str(self.person), self.at)
        elif table == "schedules":
            yield from self._schedule()
        else:
            row = self.facts.row(table, str(self.person) if table in OF_PERSON else self.thing, self.at)
            if row is not None:
                yield row
            elif table == "devices":
                yield from self.facts.lookup("devices", "mac", self.thing.lower(), self.at)

    def _schedule(self) -> Iterator[Row]:
        """The person's own row of that weekday, else the site's, else everyone's (facts/duty.py)."""
        staff = self.facts.row("staff", str(self.person), self.at)
        day = WEEKDAYS[self.at.astimezone(self.facts.zone).weekday()]
        names = [str(self.person), f"site:{staff.get('site')}" if staff else "", "default"]
        for name in filter(None, names):
            of_name = self.facts.lookup("schedules", "who", name, self.at)
            if of_name:
                yield from (row for row in of_name if row.get("weekday") == day)
                return

    def _cells(self, table: str, row: Row) -> dict[str, str]:
        cells = {}
        for column in TABLES[table].columns:
            value = row.get(column.name)
            if value in (None, "", ()) or (
                table == "staff" and column.name not in SHOWN_OF_STAFF | PERIOD_NAMES
            ):
                continue
            # a site has few people: which one it is would tell more than the hours do
            whose = "site" if str(value).startswith("site:") else self._text(value)
            cells[column.name] = whose if table == "schedules" else self._text(value)
        return cells

    def _text(self, value: object) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return value.astimezone(self.facts.zone).isoformat(sep=" ", timespec="minutes")
        if isinstance(value, tuple):
            return " ".join(self.mask(str(one)) for one in value)
        return self.mask(str(value))


def tables_of(source: str) -> tuple[str, ...]:
    """The fact tables that one source of an attribute reads; empty for a log, a list or what people say."""
    kind, _, name = source.partition(":")
    if kind == "fact":
        return (name.split(".")[0],)
    return READ_BY.get(name, ()) if kind == "derive" else ()
