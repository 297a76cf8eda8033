"""When: the two weeks of the sample county, in its own local time, and the random streams."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

COUNTY_ZONE = ZoneInfo("America/Los_Angeles")
FIRST_MONDAY = date(2026, 10, 5)
_OFFSET = re.compile(r"\{([+-]?\d+)\}")


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole local days.  Times inside are milliseconds of Unix time (UTC)."""

    start: date = FIRST_MONDAY
    days: int = 14
    zone: ZoneInfo = COUNTY_ZONE

    def __post_init__(self) -> None:
        if self.days != 14 or self.start.weekday() != 0:
            raise ValueError(f"period {self.start}: the story needs 14 days from a monday; choose a monday")

    def date(self, day: int) -> date:
        """The calendar day that lies `day` days after the first one (negative: before it)."""
        return self.start + timedelta(days=day)

    def millis(self, day: int, minute: float = 0.0) -> int:
        """Unix milliseconds of `minute` minutes after local midnight of day number `day`."""
        midnight = datetime.combine(self.date(day), time(), tzinfo=self.zone)
        wall = midnight + timedelta(minutes=minute)  # wall-clock arithmetic: 07:30 stays 07:30 over DST
        return round(wall.timestamp() * 1000)

    @property
    def end(self) -> int:
        """First millisecond after the last day."""
        return self.millis(self.days)

    def fill(self, text: str) -> str:
        """Replace every `{-65}` by the date 65 days before the first day, and so on."""
        return _OFFSET.sub(lambda found: self.date(int(found[1])).isoformat(), text)


def iso(millis: int) -> str:
    """Unix milliseconds as ISO 8601 in UTC, for example 2026-10-05T14:30:00.000Z."""
    seconds, rest = divmod(millis, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for one part, so that a change in one part moves no other."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))
