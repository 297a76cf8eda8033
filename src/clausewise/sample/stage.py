"""What every play of the newer logs needs: who is free, whose computer is whose, permissions, and the key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from clausewise.sample.cast import Cast
from clausewise.sample.key import Entry, Key
from clausewise.sample.machines import Device
from clausewise.sample.people import Person
from clausewise.sample.period import iso

DAY, MINUTE = 86_400_000, 60_000


@dataclass(slots=True)
class Stage:
    """The cast with its computers.

    `elsewhere` are people whose sign-ins stand in another log than the county's sign-in export; `quiet` are those
    who do not browse by the proxy; `grants` are the permissions that the plays tell of.
    """

    cast: Cast
    key: Key
    own: dict[str, Device] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    quiet: set[str] = field(default_factory=set)
    grants: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.own = {device.assigned_to: device for device in self.cast.park.devices if device.assigned_to}

    def player(self, fits: Callable[[Person, Device], bool] = lambda person, device: True) -> str:
        """The next free person who fits, for one play alone."""
        for place, person in enumerate(self.cast.free):
            if fits(person, self.own[person.id]):
                del self.cast.free[place]
                return person.id
        raise ValueError("stage: no free player left who fits; lower a number in the play")

    def at(self, day: int, minute: float) -> int:
        """Unix milliseconds of a local minute of a day of the period."""
        return self.cast.period.millis(day, minute)

    def broken(self, norm: str, person: str, thing: str, moments: list[int], why: str, feed: str) -> None:
        """One event shows the breach."""
        self.key.truth.append(entry(norm, person, thing, moments, why, feed))

    def counted(self, norm: str, person: str, thing: str, moments: list[int], why: str, feed: str) -> None:
        """A window shows it."""
        self.key.windows.append(entry(norm, person, thing, moments, why, feed))

    def innocent(self, norm: str, person: str, thing: str, moments: list[int], why: str, feed: str) -> None:
        """A careless reader would name it."""
        self.key.lookalikes.append(entry(norm, person, thing, moments, why, feed))

    def permit(self, clause: str, person: str, what: str, moments: list[int]) -> None:
        """A written permission of the Superintendent's designee, decided well before."""
        first, last = moments[0], moments[-1]
        self.grants.append(
            {
                "id": f"G-8{len(self.grants) + 1:03d}",
                "clause": clause,
                "person": person,
                "what": what,
                "by": "james.okafor",
                "decided_at": iso(first - 20 * DAY),
                "valid_from": iso(first - 19 * DAY),
                "valid_to": iso(last + 200 * DAY),
                "revoked_at": "",
            }
        )


def entry(norm: str, person: str, thing: str, moments: list[int], why: str, feed: str) -> Entry:
    """An act of the key, from its first moment to its last."""
    return Entry(norm, person, thing, moments[0], moments[-1], len(moments), why, feed)
