"""Reads events that keep the shape of Windows' own XML (`Event`, `System`, `EventData`), written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from clausewise.sources.json_lines import word

_NOTHING: Mapping[str, Any] = {}


class Envelope(NamedTuple):
    """Who wrote an event and what it is; `system` and `event` hold the rest, read only when it is watched."""

    provider: str | None
    channel: str | None
    number: int | None
    system: Mapping[str, Any]
    event: Mapping[str, Any]

    @property
    def computer(self) -> str | None:
        """The computer that wrote it."""
        return text_of(self.system.get("Computer"))

    @property
    def written(self) -> str | None:
        """Its time as printed, ISO 8601 in UTC."""
        return text_of(_attribute(self.system, "TimeCreated", "SystemTime"))

    @property
    def task(self) -> str | None:
        """The number of its task category."""
        return text_of(self.system.get("Task"))


def envelope(event: Mapping[str, Any]) -> Envelope | None:
    """Read the system part of an event; None when it has none."""
    system = event.get("System")
    if not isinstance(system, dict):
        return None
    provider = text_of(_attribute(system, "Provider", "Name"))
    number = text_of(system.get("EventID"))
    return Envelope(provider, text_of(system.get("Channel")), whole_number(number), system, event)


def whole_number(text: str | None) -> int | None:
    """Read an event number."""
    return int(text) if text and len(text) <= 6 and text.isascii() and text.isdigit() else None


def data_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the named data of an event: `EventData`, or the one element that `UserData` holds."""
    found = event.get("EventData")
    if isinstance(found, dict):
        named = found.get("Data")
        return _named(named) if isinstance(named, list) else found
    user = event.get("UserData")
    if not isinstance(user, dict):
        return _NOTHING
    inner = next((value for name, value in user.items() if _is_element(name, value)), None)
    return _flat(inner) if inner else _NOTHING


def text_of(value: Any) -> str | None:
    """Give the text of an element, with or without attributes."""
    return word(value.get("#text")) if isinstance(value, dict) else word(value)


def _attribute(system: Mapping[str, Any], element: str, name: str) -> Any:
    beside = system.get(element + "_attributes")
    if isinstance(beside, dict):
        return beside.get(name)
    found = system.get(element)
    if not isinstance(found, dict):
        return found
    inner = found.get("#attributes")
    holder = inner if isinstance(inner, dict) else found
    return holder.get(name, holder.get("@" + name))


def _is_element(name: str, value: Any) -> bool:
    return isinstance(value, dict) and not name.startswith(("#", "@")) and not name.endswith("_attributes")


def _flat(element: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put the attributes of an element beside its children; a child with attributes gives its text."""
    flat = {name.removeprefix("@"): text_of(value) for name, value in element.items()}
    attributes = element.get("#attributes")
    return {**attributes, **flat} if isinstance(attributes, dict) else flat


def _named(data: list[Any]) -> Mapping[str, Any]:
    """Read `[{"@Name": "LogonType", "#text": "2"}]`, as general XML converters write it."""
    named: dict[str, Any] = {}
    for entry in data:
        if isinstance(entry, dict):
            inner = entry.get("#attributes")
            holder = inner if isinstance(inner, dict) else entry
            name = word(holder.get("@Name", holder.get("Name")))
            if name:
                named[name] = entry.get("#text")
    return named
