"""What they work with: county devices RCOE-0001 and on, the sites' networks, addresses and MACs."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from clausewise.sample import stock
from clausewise.sample.people import Person
from clausewise.sample.period import Period, stream

PROFILES = {"staff": 0, "students": 64, "guest": 128, "personal": 192}  # third octet where each /18 begins
VENDORS = ("3c:52:82", "00:1e:c2", "d4:81:d7", "f8:b4:6a", "a4:bb:6d")
CARTS, PRINTERS, CHROMEBOOKS, GUESTS = 60, 24, 420, 160


@dataclass(frozen=True, slots=True)
class Device:
    """One row of the device register.  `joined` is the day it was entered (ISO date)."""

    device: str
    mac: str
    kind: str
    owner: str
    assigned_to: str
    site: str
    encrypted: str
    status: str
    ip: str
    joined: str


@dataclass(frozen=True, slots=True)
class Park:
    """All machines: the register, and the guests' phones that no register knows (MAC, address)."""

    devices: tuple[Device, ...]
    guests: tuple[tuple[str, str], ...]

    def of(self, profile: str) -> tuple[str, ...]:
        """Addresses in use on one kind of network: students or guest."""
        if profile == "guest":
            return tuple(ip for _, ip in self.guests)
        return tuple(device.ip for device in self.devices if device.kind == "chromebook")


@cache
def octets() -> dict[str, int]:
    """Site id to the second octet of its networks."""
    return {place["id"]: place["octet"] for place in stock.toml("places.toml")["site"]}


def address(octet: int, profile: str, number: int) -> str:
    """The `number`-th address (from 1) of a site's network of the given profile."""
    high, low = divmod(number + 9, 250)
    return f"10.{octet}.{PROFILES[profile] + 1 + high}.{low + 2}"


def mac_of(rng: np.random.Generator, *, invented: bool = False) -> str:
    """A MAC: a maker's prefix and random rest, or (invented) the random kind that phones make up."""
    low, middle, high = (int(n) for n in rng.integers(0, 256, 3))
    if invented:
        return f"{int(rng.integers(0, 64)) * 4 + 2:02x}:{int(rng.integers(0, 256)):02x}:5e:{low:02x}:{middle:02x}:{high:02x}"
    return f"{VENDORS[int(rng.integers(0, len(VENDORS)))]}:{low:02x}:{middle:02x}:{high:02x}"


@dataclass(slots=True)
class _Numbering:
    """Hands out MACs and addresses, none of them twice."""

    rng: np.random.Generator
    taken: set[str] = field(default_factory=set)
    used: dict[tuple[int, str], int] = field(default_factory=dict)

    def mac(self, *, invented: bool = False) -> str:
        while (mac := mac_of(self.rng, invented=invented)) in self.taken:
            pass
        self.taken.add(mac)
        return mac

    def ip(self, octet: int, profile: str) -> str:
        number = self.used[octet, profile] = self.used.get((octet, profile), 0) + 1
        return address(octet, profile, number)


def make_park(seed: int, people: tuple[Person, ...], period: Period) -> Park:
    """One laptop or desktop per person, carts, printers, students' Chromebooks, guests' phones."""
    numbering = _Numbering(stream(seed, "machines"))
    joined = period.date(-300).isoformat()
    devices = [_own(numbering, number, person, joined) for number, person in enumerate(people, 1)]
    places = list(octets().items())
    for kind, many, profile in (
        ("cart", CARTS, "staff"),
        ("printer", PRINTERS, "staff"),
        ("chromebook", CHROMEBOOKS, "students"),
    ):
        for n in range(many):
            site, octet = places[n % len(places)]
            name, mac, ip = f"RCOE-{len(devices) + 1:04d}", numbering.mac(), numbering.ip(octet, profile)
            devices.append(Device(name, mac, kind, "county", "", site, "yes", "authorized", ip, joined))
    guests = [
        (numbering.mac(invented=True), numbering.ip(places[n % len(places)][1], "guest"))
        for n in range(GUESTS)
    ]
    return Park(tuple(devices), tuple(guests))


def _own(numbering: _Numbering, number: int, person: Person, joined: str) -> Device:
    kind = "laptop" if person.educator or number % 3 else "desktop"
    encrypted = str(numbering.rng.choice(["yes", "no", "unknown"], p=[0.9, 0.04, 0.06]))
    ip = numbering.ip(octets()[person.site], "staff")
    return Device(
        f"RCOE-{number:04d}",
        numbering.mac(),
        kind,
        "county",
        person.id,
        person.site,
        encrypted,
        "authorized",
        ip,
        joined,
    )
