"""A window's derived event as a question can be built from it: act, fields, thing, person, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from clausewise.audit.windows.measure import person_field, thing_field
from clausewise.model.law import Pack, Window

FIELD_OF_NOUN = {
    "Device": "device",
    "Software": "software",
    "Mailbox": "mailbox",
    "Account": "account",
    "Site": "host",
}
"""The field of events whose text is the name of a noun; only then is a window's thing the act's resource."""
OF_PEOPLE = frozenset({"Account", "Mailbox"})
"""Nouns that a person has one of; without a thing the derived event is about the person's own."""


@dataclass(frozen=True, slots=True)
class WindowEvent:
    """One derived event. Times are microseconds since 1970 UTC.

    `first` and `last` may be shown; `moment` is the time as of which facts and law are looked up and is neither
    shown nor kept. `person` is a pseudonym key, None where nobody is known.
    """

    window_id: str
    person: int | None
    thing: str | None
    first: int
    last: int
    moment: int
    amount: int
    threshold: int

    def identity(self) -> str:
        """What names the derived event: equal for the same window, group and time, whatever the amount."""
        return f"{self.window_id}|{self.person}|{self.thing or ''}|{self.first}"


def events_of(table: pa.Table) -> Iterator[WindowEvent]:
    """The rows of a table with the columns of DERIVED."""
    for row in table.to_pylist():
        yield WindowEvent(**row)


def event_fields(window: Window) -> Mapping[str, object]:
    """The fields of the derived event, as the builder of questions takes them.

    What `where` asks to be one value is that value (`duty` is on, `outcome` is reached); what `event` of the
    window says comes on top.
    """
    asked = {str(name): rest[0] for name, operator, *rest in window.where if operator == "is" and rest}
    return {name: value for name, value in asked.items() if not isinstance(value, list | tuple)} | dict(
        window.event
    )


def event_columns(window: Window) -> dict[str, exp.Expr]:
    """`event_fields` as constant columns, for the relational side."""
    return {name: exp.convert(value) for name, value in event_fields(window).items()}


def resource_text(window: Window, pack: Pack, event: WindowEvent, person: str | None) -> str:
    """The thing that the derived event's question is about; empty where the window shows none.

    `person` is the id of the event's person, for acts on what is a person's own (an account, a mailbox).
    """
    noun = pack.acts[window.act].resource
    if event.thing is not None and thing_field(window) == FIELD_OF_NOUN.get(noun):
        return event.thing
    return (person or "") if noun in OF_PEOPLE and not thing_field(window) else ""


def principal_of(window: Window, pack: Pack) -> str | None:
    """The kind of principal to assume where the window groups by no person: the act's first; else None."""
    return None if person_field(window) else pack.acts[window.act].principal[0]
