"""Who was at an address at one moment, found the slow way: everything is read again from the start for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clausewise.audit.timeline import moment
from clausewise.facts.snapshot import Facts
from identity.office import HOUR, MINUTE, key

Row = Mapping[str, Any]
Answer = tuple[int | None, str, int]
SESSION, PROXY = 12 * HOUR, 15 * MINUTE


def who(
    address: str, at: int, facts: Facts, auth: Sequence[Row], dhcp: Sequence[Row], sightings: Sequence[Row]
) -> Answer | None:
    """(person, confidence, alternatives), or None where no source says anything."""
    said: list[tuple[str, int | None]] = []
    held = leases(dhcp, at)
    if address in held:
        said.append(("register", card(facts, held[address], at)))
    fixed = [row for row in facts.rows("devices", moment(at)) if address in (row["ip"] or ())]
    said += [("register", device(facts, row, at)) for row in fixed]
    for source, row in open_stays(auth, at):
        mac = row["mac"]
        if not usable(row["src_ip"]) and not mac and row["device"] and row["logon_type"] != "3":
            known = facts.row("devices", row["device"], moment(row["time"]))
            mac = known["mac"] if known else None
        here = (
            row["src_ip"] == address
            if usable(row["src_ip"])
            else held.get(address) == mac and mac is not None
        )
        if here:
            said += [(source, person) for person in of_stay(facts, row, at)]
    said += of_proxy(facts, address, at, sightings)
    if not said:
        return None
    named = {person for _, person in said if person is not None}
    network = facts.network_of(address, moment(at))
    closed = network is not None and network["profile"] in ("students", "guest", "personal")
    if closed or any(person is None for _, person in said) or len(named) != 1:
        return None, "none", len(named)
    return named.pop(), "exact" if len({source for source, _ in said}) > 1 else "indicative", 1


def usable(address: str | None) -> bool:
    return address is not None and not address.startswith("127.")


def staff(facts: Facts, person: str | None, at: int) -> int | None:
    row = facts.row("staff", person, moment(at)) if person else None
    return key(str(row["id"])) if row and row["kind"] in ("employee", "board", "contractor") else None


def device(facts: Facts, row: Row, at: int) -> int | None:
    if row["owner"] == "personal" or row["status"] in ("lost", "retired") or row["kind"] == "cart":
        return None
    return staff(facts, facts.principal(str(row["assigned_to"]), moment(at)), at)


def card(facts: Facts, mac: str, at: int) -> int | None:
    found = facts.lookup("devices", "mac", mac, moment(at))
    return device(facts, found[0], at) if found else None


def account(facts: Facts, name: int, at: int) -> tuple[int | None, bool]:
    """(person or None, whether it says nothing at all)."""
    for row in facts.rows("accounts", moment(at)):
        if key(str(row["account"])) == name:
            if row["kind"] != "personal":
                return None, row["kind"] == "service"
            return staff(facts, row["owner"], at), False
    for row in facts.rows("staff", moment(at)):
        if key(str(row["id"])) == name:
            return staff(facts, str(row["id"]), at), False
    return None, False


def leases(dhcp: Sequence[Row], at: int) -> dict[str, str]:
    """Address to card, of the leases that run at a moment."""
    order = {"lease": 0, "renew": 0, "release": 1, "expire": 1, "decline": 1}
    held: dict[str, tuple[str, int]] = {}
    for row in sorted(dhcp, key=lambda r: (r["time"], order[r["kind"]], r["ip"], r["mac"] or "")):
        if row["time"] > at:
            break
        if order[row["kind"]] == 0:
            if row["mac"]:
                until = row["until"] if row["until"] is not None else row["time"] + SESSION
                held[row["ip"]] = (row["mac"], until)
        elif row["ip"] in held and row["mac"] in (None, held[row["ip"]][0]):
            del held[row["ip"]]
    return {address: mac for address, (mac, until) in held.items() if at < until}


def open_stays(auth: Sequence[Row], at: int) -> list[tuple[str, Row]]:
    begins = {"login": "signin", "connect": "signin", "network-start": "network", "network-update": "network"}
    ends = {"logout": "signin", "disconnect": "signin", "network-stop": "network"}
    stays: list[tuple[str, Row, int]] = []
    for row in sorted(auth, key=lambda r: (r["time"], r["kind"] in ends)):
        if row["time"] > at:
            break
        kind = row["kind"]
        if row["account"] is None and row["user"] is None:
            continue
        source = begins.get(kind) or ends.get(kind) or "signin"
        stays = [stay for stay in stays if stay[2] + SESSION > row["time"]]
        same = [stay for stay in stays if stay[0] == source and matches(stay[1], row)]
        if kind in ends:
            stays = [stay for stay in stays if stay not in same]
        elif not counts(row):
            continue
        elif same:
            stays = [(s, r, row["time"]) if (s, r, last) in same else (s, r, last) for s, r, last in stays]
        elif kind in begins:
            stays.append((source, row, row["time"]))
    return [(source, row) for source, row, last in stays if at < last + SESSION]


def counts(row: Row) -> bool:
    if row["explicit"] or row["outcome"] == "attempted":
        return False
    if row["kind"].startswith("network-"):
        return True
    return row["kind"] in ("login", "connect", "reauth", "unlock") and row["outcome"] == "reached"


def matches(stay: Row, row: Row) -> bool:
    first = [r["account"] if r["account"] is not None else r["user"] for r in (stay, row)]
    if first[0] != first[1]:
        return False
    ip = [r["src_ip"] if usable(r["src_ip"]) else None for r in (stay, row)]
    for ours, theirs in ((stay["session"], row["session"]), tuple(ip), (stay["device"], row["device"])):
        if ours is not None and theirs is not None:
            return bool(ours == theirs)
    return True


def of_stay(facts: Facts, row: Row, at: int) -> list[int | None]:
    found = []
    for name in {row["account"], row["user"]} - {None}:
        person, silent = account(facts, name, at)
        found += [] if silent else [person]
    machines = [card(facts, row["mac"], at)] if row["mac"] else []
    if row["device"] and row["logon_type"] != "3":
        known = facts.row("devices", row["device"], moment(at))
        machines.append(device(facts, known, at) if known else None)
    return found + [None for person in machines if person is None]


def of_proxy(facts: Facts, address: str, at: int, sightings: Sequence[Row]) -> list[tuple[str, int | None]]:
    found = []
    for user in {row["user"] for row in sightings if row["src_ip"] == address}:
        spans = sorted(
            (r["first"], r["last"]) for r in sightings if r["src_ip"] == address and r["user"] == user
        )
        before = [last for first, last in spans if first <= at]
        after = [first for first, _ in spans if first > at]
        here = before and max(before) >= at
        between = before and after and min(after) - max(before) <= PROXY
        if here or between:
            person, silent = account(facts, user, at)
            found += [] if silent else [("proxy", person)]
    return found
