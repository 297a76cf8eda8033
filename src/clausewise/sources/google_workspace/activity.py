"""Takes an activity of the Reports API apart: who, from where, when, and each event with its parameters.

Shape: https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from clausewise.sources.addresses import address
from clausewise.sources.json_lines import lower, word
from clausewise.sources.times import from_iso, from_seconds, zone_named

_UTC = zone_named("UTC")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_VALUES = ("value", "multiValue", "boolValue", "intValue", "multiIntValue")


class Event(NamedTuple):
    """One event of an activity; a parameter in a message has the dotted name `message_info.payload_size`."""

    application: str
    name: str
    user: str | None
    src_ip: str | None
    time: int | None
    parameters: Mapping[str, Any]

    def text(self, *names: str) -> str | None:
        """Give the first filled parameter of these names; of several values the first."""
        for name in names:
            value = self.parameters.get(name)
            found = word(value[0] if isinstance(value, list) and value else value)
            if found is not None:
                return found
        return None

    def mail(self, *names: str) -> str | None:
        """Give the first filled parameter of these names in lower case: an address or a domain."""
        found = self.text(*names)
        return found.lower() if found else None

    def number(self, name: str) -> int | None:
        """Give a parameter that is a number not below zero; the API writes 64-bit numbers as text."""
        found = self.text(name)
        return int(found) if found and len(found) <= 18 and found.isascii() and found.isdigit() else None


Meaning = list[tuple[str, Mapping[str, Any]]] | str
"""The events (class, columns) that an event stands for, or the word of the noise that it is."""
Application = Callable[[Event], Meaning]


def events_of(activity: Mapping[str, Any]) -> list[Event] | None:
    """Give the events of an activity; None when the record is no activity."""
    place, events, actor = activity.get("id"), activity.get("events"), activity.get("actor")
    if not isinstance(place, dict) or not isinstance(events, list):
        return None
    application = word(place.get("applicationName"))
    if application is None or not all(isinstance(event, dict) for event in events):
        return None
    time = _moment(word(place.get("time")) or "")
    user = lower(actor.get("email")) if isinstance(actor, dict) else None
    src_ip = address(word(activity.get("ipAddress")))
    return [
        Event(application, word(event.get("name")) or "", user, src_ip, time, _parameters(event, "", {}))
        for event in events
    ]


def _moment(text: str) -> int | None:
    """Read `2026-03-09T15:58:02.101Z`; the reference speaks of seconds since 1970, which no example shows."""
    try:
        moment = datetime.fromisoformat(text)  # several times as quick as what follows
        if moment.tzinfo is not None:
            return (moment - _EPOCH) // _MICROSECOND
    except ValueError:
        pass
    found = from_iso(text, _UTC)
    return from_seconds(text) if found is None else found


def _parameters(
    holder: Mapping[str, Any], under: str, found: dict[str, Any], depth: int = 0
) -> dict[str, Any]:
    """Collect `parameters` (of a message: `parameter`) by name, those of messages below the message's name."""
    listed = holder.get("parameter" if under else "parameters")
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            continue
        name, message = under + one["name"], one.get("messageValue")
        if isinstance(message, dict) and depth < 4:
            _parameters(message, name + ".", found, depth + 1)
            continue
        for kind in _VALUES:
            if kind in one:
                found[name] = one[kind]
                break
    return found
