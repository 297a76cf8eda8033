"""Casting: which people play which act, at which hosts, on which days and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from clausewise.sample import stock
from clausewise.sample.machines import Park
from clausewise.sample.people import Person, working
from clausewise.sample.period import Period

# local minutes of a school day; the lunch break is 12:00 to 12:30, duty 07:30 to 16:00
WINDOWS = {
    "duty": ((490, 700), (770, 940)),
    "lunch": ((725, 748),),
    "any": ((400, 700), (770, 1200)),
    "hour": ((601, 658), (841, 898)),  # inside one clock hour of duty time
    "evening": ((1081, 1138),),
}
LINES_PER_SITTING = {"duty": 20, "lunch": 20, "any": 24, "hour": 12, "evening": 12}


@dataclass(slots=True)
class Cast:
    """Players still free.  Nobody ordinary plays in two acts, so that an innocent act stays innocent."""

    people: tuple[Person, ...]
    park: Park
    period: Period
    rng: np.random.Generator
    free: list[Person] = field(default_factory=list)
    ips: dict[str, str] = field(default_factory=dict)
    harmful: dict[str, list[str]] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    seen: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {row["id"] for row in stock.rows("key_people.csv")}
        ordinary = [
            person
            for person in self.people
            if working(person) and person.id not in named and person.kind == "employee"
        ]
        self.free = [ordinary[n] for n in self.rng.permutation(len(ordinary)).tolist()]
        self.ips = {device.assigned_to: device.ip for device in self.park.devices if device.assigned_to}
        for row in stock.rows("harmful.csv"):
            self.harmful.setdefault(row["category"], []).append(row["host"])
            if row["listed"] == "no":
                self.unlisted.add(row["host"])

    def player(self, who: str) -> tuple[str, str]:
        """Staff id (empty on networks without sign-in) and address of the next player of a group."""
        if who in ("students", "guests"):
            ips = self.park.of("students" if who == "students" else "guest")
            return "", ips[int(self.rng.integers(0, len(ips)))]
        if who not in ("staff", "educators", "full-time"):
            return who, self.ips[who]
        for place, person in enumerate(self.free):
            if (who != "educators" or person.educator) and (who != "full-time" or person.hours == "full"):
                del self.free[place]
                return person.id, self.ips[person.id]
        raise ValueError(f"story: no free player left for {who}; lower a count in story.toml")

    def hosts(self, wanted: Sequence[str]) -> list[str]:
        """The hosts of an act: names as written; `harmful:CATEGORY[:seen]` all, or those reached before."""
        found: list[str] = []
        for name in wanted:
            if not name.startswith("harmful:"):
                found.append(name)
                continue
            _, category, *seen = name.split(":")
            found += self.seen.get(category, []) if seen else self.harmful[category]
        return found

    def note_seen(self, host: str) -> None:
        """Remember that staff reached this harmful host."""
        for category, hosts in self.harmful.items():
            if host in hosts and host not in self.seen.setdefault(category, []):
                self.seen[category].append(host)

    def times(self, when: str, lines: int, after: int = 0, before: int = 14) -> list[int]:
        """`lines` moments in order, in sittings on random weekdays of the period (day `after` .. `before`-1)."""
        weekdays = [day for day in range(after, before) if self.period.date(day).weekday() < 5]
        sittings = min(-(-lines // LINES_PER_SITTING[when]), len(weekdays))
        days = sorted(int(day) for day in self.rng.choice(weekdays, size=sittings, replace=False))
        found = []
        for n in range(lines):
            day = days[n * sittings // lines]
            windows = WINDOWS[when]
            low, high = windows[(day + lines) % len(windows)]
            found.append(self.period.millis(day, self.rng.uniform(low, high)))
        return sorted(found)
