"""Windows counted the slow way: plain Python over a list of events, one obvious step after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clausewise.model.law import Condition, Window

Event = Mapping[str, Any]
Found = tuple[str, int | None, str | None, int, int, int, int]
"""window, person, thing, first, last, amount, threshold"""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000_000
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
UNITS = ("time", "hour", "day", "week")
CLOSING = ("lock", "close")
OPENING = ("open", "unlock")
ORDER = {"": 0, "open": 1, "unlock": 2, "lock": 3, "close": 4, "use": 0, "report": 0}


def meets(event: Event, conditions: Sequence[Condition]) -> bool:
    """Whether an event meets every condition; an unknown field meets none."""
    for name, operator, *rest in conditions:
        value = event.get(str(name))
        if value is None:
            return False
        if operator == "is":
            wanted = rest[0] if isinstance(rest[0], list | tuple) else [rest[0]]
            if value not in wanted:
                return False
        elif operator == "has_any":
            if not set(value) & set(rest[0]):
                return False
        elif operator != "present":
            raise ValueError(operator)
    return True


def start(at: int, unit: str, zone: ZoneInfo) -> int:
    """Where the hour, local day or local ISO week of a moment begins."""
    if unit == "time":
        return at
    if unit == "hour":
        return at // HOUR * HOUR
    day = (EPOCH + timedelta(microseconds=at)).astimezone(zone).date()
    if unit == "week":
        day = date.fromisocalendar(*day.isocalendar()[:2], 1)
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    return (midnight - EPOCH) // timedelta(microseconds=1)


def expected(
    window: Window,
    events: Iterable[Event],
    zone: ZoneInfo,
    threshold: int,
    licences: Mapping[str, int] | None = None,
) -> list[Found]:
    """Everything that the window makes of the events, in order."""
    counts = []
    for (who, what), rows in grouped(window, events).items():
        rows = sorted(rows, key=lambda event: event["time"])
        counts += [(who, what, *one) for one in measured(window, rows, zone, threshold)]
    made: dict[tuple[int | None, str | None, int, int], list[tuple[int, int]]] = defaultdict(list)
    for who, what, bucket, first, last, amount in counts:
        limit = threshold
        if window.compare:
            if licences is None or what is None or what.lower() not in licences:
                continue
            limit = threshold + licences[what.lower()]
        if amount > limit or (window.at_least and amount == limit):
            made[who, what, *shown(window, zone, bucket, first, last)].append((amount, limit))
    return [
        (window.id, who, what, first, last, max(a for a, _ in found), min(n for _, n in found))
        for (who, what, first, last), found in made.items()
    ]


def grouped(window: Window, events: Iterable[Event]) -> dict[tuple[int | None, str | None], list[Event]]:
    """The events that count, by person and thing; what a person did without a thing stands with each thing."""
    person = next((name for name in window.group_by if name in ("person", "owner")), None)
    thing = next((name for name in window.group_by if name not in ("person", "owner")), None)
    groups: dict[tuple[int | None, str | None], list[Event]] = defaultdict(list)
    for event in events:
        if meets(event, window.where) and not (window.exempt and meets(event, window.exempt)):
            groups[event.get(person) if person else None, event.get(thing) if thing else None].append(event)
    idle = window.measure == "idle"
    return {
        (who, what): rows + (groups.get((who, None), []) if idle else [])
        for (who, what), rows in groups.items()
        if not (thing and what is None) and not (who is None and person and (idle or not thing))
    }


def shown(window: Window, zone: ZoneInfo, bucket: int, first: int, last: int) -> tuple[int, int]:
    unit = {"1h": "hour", "1d": "day", "1w": "week"}.get(window.timespan, "day")
    if window.finest == "time":
        return first, last
    if UNITS.index(window.finest) >= UNITS.index(unit):
        return start(bucket, window.finest, zone), start(bucket, window.finest, zone)
    return start(first, window.finest, zone), start(last, window.finest, zone)


def measured(
    window: Window, rows: list[Event], zone: ZoneInfo, threshold: int
) -> list[tuple[int, int, int, int]]:
    """(bucket, first, last, amount) of one group."""
    kind, _, column = window.measure.partition(":")
    least = threshold if window.at_least else threshold + 1
    if window.timespan.endswith("m"):
        return sliding(rows, column, int(window.timespan[:-1]) * MINUTE, least, zone)
    if kind == "idle":
        return idle(window, rows, zone)
    if kind == "overlap":
        return overlap(window, rows, column, least, zone)
    if kind == "silence":
        return silence(window, rows, zone)
    unit = {"1h": "hour", "1d": "day", "1w": "week"}[window.timespan]
    buckets: dict[int, list[Event]] = defaultdict(list)
    for event in rows:
        if kind == "count" or event.get(column) is not None:
            buckets[start(event["time"], unit, zone)].append(event)
    found = []
    for bucket, inside in buckets.items():
        values = [event.get(column) for event in inside]
        if kind == "count":
            amount = len(inside)
        elif kind == "distinct":
            amount = len(set(values))
        else:
            amount = sum(values) if kind == "sum" else max(values)
        times = [event["time"] for event in inside]
        found.append((bucket, min(times), max(times), amount))
    return found


def sliding(
    rows: list[Event], column: str, span: int, least: int, zone: ZoneInfo
) -> list[tuple[int, int, int, int]]:
    rows = [event for event in rows if event.get(column) is not None]
    runs: list[list[tuple[int, int, int]]] = []
    for now in sorted({event["time"] for event in rows}):
        inside = [event for event in rows if now - span < event["time"] <= now]
        many = len({event[column] for event in inside})
        if many < least:
            continue
        hit = (now, min(event["time"] for event in inside), many)
        same_day = runs and start(runs[-1][-1][0], "day", zone) == start(now, "day", zone)
        if same_day and now - runs[-1][-1][0] < span:
            runs[-1].append(hit)
        else:
            runs.append([hit])
    return [
        (start(run[0][0], "day", zone), min(h[1] for h in run), run[-1][0], max(h[2] for h in run))
        for run in runs
    ]


def edge(window: Window, event: Event) -> str:
    return next((name for name in sorted(window.edges) if meets(event, window.edges[name])), "")


def idle(window: Window, rows: list[Event], zone: ZoneInfo) -> list[tuple[int, int, int, int]]:
    points = sorted(
        (event["time"], ORDER[edge(window, event)], edge(window, event))
        for event in rows
        if edge(window, event) == "" or event.get("device") is not None
    )
    opened, tells = False, False
    gaps: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for (at, _, name), after in zip(points, [*points[1:], None], strict=True):
        tells = tells or name in ("lock", "unlock")
        opened = True if name in OPENING else False if name in CLOSING else opened
        if after is None:
            break
        told = tells or after[2] in ("lock", "unlock")
        if opened and told and after[2] not in OPENING:
            gaps[start(after[0], "day", zone)].append(((after[0] - at) // MINUTE, at, after[0]))
    found = []
    for bucket, inside in gaps.items():
        amount = max(gap[0] for gap in inside)
        longest = [gap for gap in inside if gap[0] == amount]
        found.append((bucket, min(g[1] for g in longest), max(g[2] for g in longest), amount))
    return found


def overlap(
    window: Window, rows: list[Event], column: str, least: int, zone: ZoneInfo
) -> list[tuple[int, int, int, int]]:
    stretches: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for member in {event[column] for event in rows if event.get(column) is not None}:
        points = sorted(
            (event["time"], ORDER[edge(window, event)], edge(window, event))
            for event in rows
            if event.get(column) == member
        )
        opened = False
        for (at, _, name), after in zip(points, [*points[1:], None], strict=True):
            opened = True if name in OPENING else False if name in CLOSING else opened
            day = start(at, "day", zone)
            known = after is not None and after[2] not in OPENING and start(after[0], "day", zone) == day
            if opened:
                stretches[day].append((at, after[0] if known and after is not None else at, member))
    found = []
    for day, inside in stretches.items():
        many = {
            at: len({member for since, until, member in inside if since <= at <= until})
            for at, _, _ in inside
        }
        hits = {at: amount for at, amount in many.items() if amount >= least}
        if hits:
            found.append((day, min(hits), max(hits), max(hits.values())))
    return found


def silence(window: Window, rows: list[Event], zone: ZoneInfo) -> list[tuple[int, int, int, int]]:
    found = []
    for day in sorted({start(event["time"], "day", zone) for event in rows}):
        today = [event for event in rows if start(event["time"], "day", zone) == day]
        used = [event["time"] for event in today if edge(window, event) == "use"]
        if not used:
            continue
        known = [event for event in rows if start(event["time"], "day", zone) <= day]
        reports = [event["time"] for event in known if edge(window, event) == "report"]
        since = max(reports) if reports else min(event["time"] for event in known)
        found.append((day, max(used), max(used), max(max(used) - since, 0) // DAY))
    return found
