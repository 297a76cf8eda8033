"""Tells apart the shapes in which exporters write Windows events as JSON, and finds the same parts in each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from clausewise.sources.json_lines import word
from clausewise.sources.times import from_iso, from_seconds, zone_named
from clausewise.sources.windows_xml_json import Envelope, data_of, envelope, whole_number

Record = Mapping[str, Any]

_UTC = zone_named("UTC")
_QUARTER = 15 * 60 * 1_000_000  # every time zone is a whole number of quarter hours from UTC
_BEAT = "winlog."


class Shape(NamedTuple):
    """The parts of one event; `kind` names the shape for `time_of` and `data_in`."""

    kind: str
    provider: str | None
    channel: str | None
    number: int
    computer: str | None
    task: str | None
    body: Any


def shape_of(record: Record) -> Shape | None:
    """Find out who wrote a record; None when it is no Windows event.

    Known: Windows' XML as JSON (evtx_dump), Winlogbeat and Elastic exports (nested, dotted, and of
    Winlogbeat 6), and flat records (NXLog, Microsoft Sentinel, OTRF Security-Datasets).
    """
    source = record.get("_source")
    if isinstance(source, dict):
        record = source
    event = record.get("Event")
    if isinstance(event, dict):
        return _xml(envelope(event))
    beat = record.get("winlog")
    if isinstance(beat, dict):
        return _beat(beat, record)
    if "winlog.event_id" in record:
        return _beat({name[len(_BEAT) :]: v for name, v in record.items() if name.startswith(_BEAT)}, record)
    if "event_id" in record:
        return _beat(record, record)
    return _flat(record) if "EventID" in record else None


def _xml(found: Envelope | None) -> Shape | None:
    if found is None or found.number is None or not (found.provider or found.channel):
        return None
    return Shape("xml", found.provider, found.channel, found.number, found.computer, found.task, found)


def _made(kind: str, names: tuple[Any, Any, Any, Any, Any], body: Any) -> Shape | None:
    provider, channel, number, computer, task = (word(name) for name in names)
    count = whole_number(number)
    if count is None or not (provider or channel):
        return None
    return Shape(kind, provider, channel, count, computer, task, body)


def _beat(beat: Record, record: Record) -> Shape | None:
    names = (
        beat.get("provider_name") or beat.get("source_name"),
        beat.get("channel") or beat.get("log_name"),
        beat.get("event_id"),
        beat.get("computer_name"),
        beat.get("task"),
    )
    return _made("beat", names, (beat, record))


def _flat(record: Record) -> Shape | None:
    names = (
        record.get("SourceName") or record.get("ProviderName") or record.get("Provider"),
        record.get("Channel"),
        record.get("EventID"),
        record.get("Hostname") or record.get("Computer"),
        record.get("Task"),
    )
    return _made("flat", names, record)


def data_in(shape: Shape) -> Record:
    """Give the named data of an event."""
    if shape.kind == "xml":
        return data_of(shape.body.event)
    if shape.kind == "flat":
        return _opened(shape.body.get("EventData")) or shape.body
    beat: Record = shape.body[0]
    found = beat.get("event_data") or beat.get("user_data")
    if isinstance(found, dict):
        return found
    return {name.partition(".")[2]: value for name, value in beat.items() if name.startswith(_DOTTED)}


_DOTTED = ("event_data.", "user_data.")


def _opened(value: Any) -> Record | None:
    """Give the event data that Sentinel keeps as JSON inside the JSON."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def time_of(shape: Shape, zone: tzinfo | None) -> int | None:
    """Give the time of an event in microseconds since 1970 UTC; `zone` is for times that name none."""
    if shape.kind == "xml":
        return from_iso(shape.body.written or "", zone or _UTC)
    if shape.kind == "beat":
        return from_iso(word(shape.body[1].get("@timestamp")) or "", zone or _UTC)
    record: Record = shape.body
    said = word(record.get("UtcTime"))  # Sysmon's own
    if said and "sysmon" in (shape.provider or "").lower():
        return from_iso(said, _UTC)
    for name in ("EventTime", "TimeCreated", "TimeGenerated", "@timestamp"):
        text = word(record.get(name))
        if text:
            return _local(text, record, zone) if name == "EventTime" else from_iso(text, zone or _UTC)
    return None


def _local(text: str, record: Record, zone: tzinfo | None) -> int | None:
    """Read NXLog's `EventTime`, which stands in the sender's own zone and mostly does not name it.

    Without a zone from the user, the collector's UTC stamp tells how far the sender's clock is from UTC:
    to the nearest quarter hour, measured at the moment of sending (`EventReceivedTime`).
    """
    if text.isdigit() and len(text) == 16:
        return from_seconds(f"{text[:-6]}.{text[-6:]}")
    time = from_iso(text, zone or _UTC)
    stamp = word(record.get("@timestamp"))
    if time is None or zone is not None or stamp is None or from_iso(text, _EAST) == time:
        return time
    sent = from_iso(word(record.get("EventReceivedTime")) or "", _UTC)
    arrived = from_iso(stamp, _UTC)
    if arrived is None:
        return time
    ahead = arrived - (time if sent is None else sent)
    return time + round(ahead / _QUARTER) * _QUARTER


_EAST = zone_named("Asia/Tokyo")  # any zone but UTC: a text that names its own reads the same in both
