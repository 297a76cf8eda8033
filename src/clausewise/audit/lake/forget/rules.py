"""How long events are kept, and what a hold keeps back: the county's retention.toml and holds.toml."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from clausewise.audit.lake.columns import LAKE
from clausewise.audit.lake.manifest import DAY, Part
from clausewise.audit.timeline import microseconds
from clausewise.model.law import Pack

ALL: Final = "all"
_PSEUDONYM = re.compile(r"p-[0-9a-f]{12}")
_NEEDED = ("name", "classes", "persons", "from", "by", "reason")


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for which the events of each class are kept."""

    days: Mapping[str, int]

    def due(self, part: Part, at: datetime) -> bool:
        """Whether the last moment of the part's day is older at `at` than its class is kept."""
        end = microseconds(datetime.fromisoformat(f"{part.day}T00:00:00+00:00")) + DAY
        return end + self.days[part.cls] * DAY <= microseconds(at)


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `classes` and `persons` are None for all; `start` to before `end` (None: open) in microseconds.

    A hold on persons keeps the rows that name one of them. A row that has only an address or a device, such as
    a look-up of a name, is kept by a hold on all persons.
    """

    name: str
    classes: frozenset[str] | None
    persons: frozenset[str] | None
    start: int
    end: int | None
    by: str
    reason: str

    def touches(self, part: Part) -> bool:
        """Whether some event of the part may be held."""
        return (
            (self.classes is None or part.cls in self.classes)
            and part.high >= self.start
            and (self.end is None or part.low < self.end)
        )

    @property
    def digest(self) -> str:
        """sha256 (hex) over all that the hold says."""
        classes, persons = (None if s is None else sorted(s) for s in (self.classes, self.persons))
        told = [self.name, classes, persons, self.start, self.end, self.by, self.reason]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rules:
    """Retention and holds as they stand."""

    retention: Retention
    holds: tuple[Hold, ...]


def rules(pack: Pack, retention: str, holds: str) -> Rules:
    """Read the text of retention.toml and holds.toml; empty where the county has none.

    Raises:
        ValueError: naming the file, what is wrong in it and what to write.
    """
    zone = ZoneInfo(pack.zone)
    return Rules(_retention(retention, int(str(pack.parameter("log_days")))), _holds(holds, zone))


def _retention(text: str, default: int) -> Retention:
    place = "retention.toml"
    found = _toml(place, text)
    _only(place, found, ("default", "days"))
    days = found.get("days", {})
    if not isinstance(days, dict):
        raise ValueError(
            f"{place}: [days] is no table; write [days] and below it for example http = {default}"
        )
    _only(f"{place}: [days]", days, LAKE)
    for name, number in (("default", found.get("default", default)), *days.items()):
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise ValueError(f"{place}: {name} is no number of days; write for example {name} = {default}")
    return Retention({cls: int(days.get(cls, found.get("default", default))) for cls in LAKE})


def _holds(text: str, zone: ZoneInfo) -> tuple[Hold, ...]:
    found = _toml("holds.toml", text)
    _only("holds.toml", found, ("hold",))
    rows = found.get("hold", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("holds.toml: hold is no table; write [[hold]] and below it what it holds")
    holds = tuple(_hold(row, number, zone) for number, row in enumerate(rows, 1))
    names = [hold.name for hold in holds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"holds.toml: {twice[0]} stands there twice; give each hold its own name")
    return holds


def _hold(row: Mapping[str, Any], number: int, zone: ZoneInfo) -> Hold:
    place = f"holds.toml: hold {number}"
    _only(place, row, (*_NEEDED, "to"))
    for name in _NEEDED:
        if not row.get(name):
            raise ValueError(f"{place}: {name} is missing; it needs {', '.join(_NEEDED)}")
    classes, persons = _some(place, "classes", row["classes"]), _some(place, "persons", row["persons"])
    _only(f"{place}: classes", dict.fromkeys(classes or ()), LAKE)
    odd = sorted(person for person in persons or () if not _PSEUDONYM.fullmatch(person))
    if odd:
        raise ValueError(f"{place}: persons are named by pseudonym, as p-0123456789ab, or all; one is not so")
    start = _moment(place, row["from"], zone, 0)
    end = _moment(place, row["to"], zone, 1) if "to" in row else None
    if end is not None and end <= start:
        raise ValueError(f"{place}: ends before it begins; put from before to")
    return Hold(str(row["name"]), classes, persons, start, end, str(row["by"]), str(row["reason"]))


def _some(place: str, name: str, value: Any) -> frozenset[str] | None:
    """A list of texts; None for all."""
    if value == ALL:
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return frozenset(value)
    raise ValueError(f'{place}: {name} is neither a list of names nor all; write {name} = "all"')


def _moment(place: str, value: Any, zone: ZoneInfo, more: int) -> int:
    """A time; a day begins at midnight of the county, and `more` days later ends."""
    if isinstance(value, datetime):
        return microseconds(value if value.tzinfo else value.replace(tzinfo=zone))
    if isinstance(value, date):
        return microseconds(datetime.combine(value + timedelta(days=more), time(), zone))
    raise ValueError(f"{place}: from and to are days without quotes; write for example from = 2026-01-31")


def _toml(place: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{place}: not TOML ({error}); mend that line") from error


def _only(place: str, found: Mapping[str, Any], known: Collection[str]) -> None:
    for name in found:
        if name not in known:
            raise ValueError(f"{place}: {name} is not known; use {', '.join(known)}")
