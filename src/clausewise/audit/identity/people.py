"""Whose an account, a network card or a device was as of a time, as pseudonym keys; and when nobody may be named.

The keys of a lake are of the names that logs print. Here they become keys of staff ids, as of each moment.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa

from clausewise.audit.timeline import microseconds, moment, turns
from clausewise.facts.snapshot import Facts

NAMED_KINDS = frozenset({"employee", "board", "contractor"})
"""Kinds on the staff list whom an address may be put down to; a pupil or guest never is."""
SHARED_KINDS = frozenset({"cart", "kiosk", "lab", "reception", "room", "shared"})
"""Kinds of devices that are many people's, whoever they are assigned to."""
OUTSIDE = frozenset({"students", "guest", "personal"})
"""Profiles of networks in which no address is put down to anybody."""
ASSIGNMENTS = pa.schema(
    [
        ("device", pa.string()),
        ("since", pa.int64()),
        ("until", pa.int64()),
        ("person", pa.int64()),
        ("assigned", pa.string()),  # person, shared, unknown
        ("device_owner", pa.string()),  # county, personal, unknown
    ]
)
ENDS = ("since", "until")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Whose:
    """A pseudonym key, or None with the reason why nobody is named; `silent` says nothing about anybody."""

    person: int | None
    reason: str = ""
    silent: bool = False


class People:
    """The facts about whose things are whose. `key` gives the pseudonym key of a name."""

    def __init__(self, facts: Facts, key: Callable[[str], int]) -> None:
        self.facts, self.key = facts, key
        self._names = {key(name): name for name in self._every_name()}
        tables = ("staff", "accounts", "devices", "networks")
        self.turns = sorted(microseconds(turn) for turn in turns(facts, tables))
        self._accounts: dict[tuple[int, int], Whose] = {}
        self._profiles: dict[tuple[str, int], str] = {}

    def _every_name(self) -> Iterator[str]:
        columns = {"staff": ("id", "mail", "account"), "accounts": ("account", "owner", "custodian")}
        for table, names in columns.items():
            for row in self.facts.rows(table):
                yield from (str(row[name]) for name in names if row.get(name))

    def epoch(self, at: int) -> int:
        """The number of the stretch of time, between two changes of the facts, that `at` lies in."""
        return bisect_right(self.turns, at)

    def pieces(self, since: int, until: int) -> Iterator[tuple[int, int]]:
        """[since, until) cut at every change of the facts."""
        first, last = bisect_right(self.turns, since), bisect_right(self.turns, until - 1)
        cuts = [since, *self.turns[first:last], until]
        yield from ((a, b) for a, b in pairwise(cuts) if a < b)

    def account(self, name_key: int, at: int) -> Whose:
        """Whose the account or user name behind a lake's key was."""
        place = (name_key, self.epoch(at))
        known = self._accounts.get(place)
        if known is None:
            known = self._accounts[place] = self._account(name_key, at)
        return known

    def _account(self, name_key: int, at: int) -> Whose:
        if not (self.facts.has("staff") or self.facts.has("accounts")):
            return Whose(name_key)
        name = self._names.get(name_key)
        if name is None:
            return Whose(None, "unknown account")
        row = self.facts.row("accounts", name, moment(at))
        kind = str(row.get("kind") or "personal") if row else "personal"
        if kind == "service":
            return Whose(None, "service account", silent=True)
        if kind == "shared":
            return Whose(None, "shared account")
        person = self.facts.principal(name, moment(at))
        return self.staff(person, at) if person else Whose(None, "unknown account")

    def staff(self, person: str, at: int) -> Whose:
        """A person by staff id, if an address may be put down to them."""
        if self.facts.has("staff"):
            row = self.facts.row("staff", person, moment(at))
            if row is None:
                return Whose(None, "unknown person")
            if str(row.get("kind") or "employee") not in NAMED_KINDS:
                return Whose(None, "not staff")
        return Whose(self.key(person))

    def card(self, mac: str, at: int) -> Whose:
        """Whose the device behind a network card was; one that the register does not know is nobody's."""
        rows = (
            self.facts.lookup("devices", "mac", mac.lower(), moment(at)) if self.facts.has("devices") else ()
        )
        return self.of_register(rows[0], at) if len(rows) == 1 else Whose(None, "unknown device")

    def of_register(self, row: Row, at: int) -> Whose:
        """Whose a device of the register was."""
        if row.get("owner") == "personal":
            return Whose(None, "personal device")
        if row.get("status") in ("lost", "retired"):
            return Whose(None, f"{row['status']} device")
        assigned = row.get("assigned_to")
        if not assigned or str(row.get("kind") or "").lower() in SHARED_KINDS:
            return Whose(None, "shared device")
        person = self.facts.principal(str(assigned), moment(at))
        return self.staff(person, at) if person else Whose(None, "shared device")

    def outside(self, address: str, at: int) -> str:
        """The profile of the address's network if nobody may be named in it, else empty."""
        place = (address, self.epoch(at))
        known = self._profiles.get(place)
        if known is None:
            row = self.facts.network_of(address, moment(at)) if self.facts.has("networks") else None
            profile = str(row.get("profile")) if row else ""
            known = self._profiles[place] = profile if profile in OUTSIDE else ""
        return known

    def card_of(self, device: str, at: int) -> str | None:
        """The network card of a device of the register."""
        row = self.facts.row("devices", device, moment(at)) if self.facts.has("devices") else None
        return str(row["mac"]) if row and row.get("mac") else None

    def registered(self, device: str, at: int) -> Whose:
        """Whose a device of the register was, by its name."""
        row = self.facts.row("devices", device, moment(at)) if self.facts.has("devices") else None
        return self.of_register(row, at) if row else Whose(None, "unknown device")

    def devices(self, at: int) -> tuple[Row, ...]:
        """The rows of the device register that held at a time."""
        return self.facts.rows("devices", moment(at))

    def assignments(self, low: int, high: int) -> pa.Table:
        """Every device of the register, with whom it was assigned to and whose property it was, over time."""
        newest: dict[str, dict[str, object]] = {}
        rows = []
        for since, until in self.pieces(low, high):
            for row in self.devices(since):
                whose = self.of_register(row, since)
                values: dict[str, object] = {
                    "device": str(row["device"]),
                    "person": whose.person,
                    "assigned": "person" if whose.person is not None else _kind(whose.reason),
                    "device_owner": str(row.get("owner") or "unknown"),
                }
                old = newest.get(str(row["device"]))
                if old is not None and old["until"] == since and old == values | {k: old[k] for k in ENDS}:
                    old["until"] = until
                else:
                    newest[str(row["device"])] = new = values | {"since": since, "until": until}
                    rows.append(new)
        return pa.Table.from_pylist(rows, schema=ASSIGNMENTS)


def _kind(reason: str) -> str:
    return "shared" if reason == "shared device" else "unknown"
