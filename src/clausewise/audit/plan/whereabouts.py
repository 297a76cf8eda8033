"""Where an address lies and whose a device is, as spans of time, for windows about equipment away from its place."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from clausewise.audit.plan.people import spans
from clausewise.audit.timeline import turns
from clausewise.facts.snapshot import Facts


class Whereabouts:
    """Whether an address is in a county network, away from all of them, or nothing that anybody could place."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._spans = spans(turns(facts, ("networks",))) if facts.has("networks") else []
        self._known: set[str] = set()
        self._rows: list[tuple[object, ...]] = []

    def learn(self, addresses: Iterable[str]) -> None:
        """Place the addresses that are new."""
        for address in addresses:
            if address not in self._known:
                self._known.add(address)
                for start, end, at in self._spans:
                    place = self._place(address, at)
                    if place:
                        self._rows.append((address, start, end, place))

    def _place(self, address: str, at: datetime) -> str | None:
        """`county`, `away`, or None: a private address outside the county's ranges may be anywhere (RFC 1918)."""
        if self.facts.network_of(address, at) is not None:
            return "county"
        try:
            return "away" if ipaddress.ip_address(address).is_global else None
        except ValueError:
            return None

    def table(self) -> pa.Table:
        """The spans of all addresses that could be placed."""
        return _table(self._rows, ("address", "since", "until", "place"))


class Register:
    """Whose each device is, and whether it is given to one person, by the county's register of devices."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._known: set[str] = set()
        self._rows: list[tuple[object, ...]] = []

    def learn(self, devices: Iterable[str]) -> None:
        """Look up the devices that are new."""
        for device in devices:
            if device not in self._known and self.facts.has("devices"):
                self._known.add(device)
                for start, end, at in spans(self.facts.boundaries("devices", device)):
                    row = self.facts.row("devices", device, at)
                    if row is not None:
                        self._rows.append(
                            (device, start, end, row.get("owner"), self._assigned(row.get("assigned_to")))
                        )

    def _assigned(self, to: object) -> str | None:
        if not to:
            return None
        return "person" if self.facts.ever("staff", "id", str(to)) else "room"

    def table(self) -> pa.Table:
        """The spans of all devices on the register."""
        return _table(self._rows, ("device", "since", "until", "device_owner", "assigned"))


def _table(rows: list[tuple[object, ...]], names: tuple[str, ...]) -> pa.Table:
    kinds = [pa.int64() if name in ("since", "until") else pa.string() for name in names]
    held = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(column, kind) for column, kind in zip(held, kinds, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(names))
