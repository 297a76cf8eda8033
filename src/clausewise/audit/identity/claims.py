"""What each log says of who was at an address: one claim per lease, session or stay, with its kind of source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from clausewise.audit.identity.people import People, Whose
from clausewise.audit.identity.place import says_where
from clausewise.model.law import Pack

MINUTE = 60_000_000
"""Microseconds."""
BEGINS = {"login": "signin", "connect": "signin", "network-start": "network", "network-update": "network"}
GOES_ON = frozenset({"reauth", "unlock"})
ENDS = {"logout": "signin", "disconnect": "signin", "network-stop": "network"}
"""Kinds of auth events that begin, confirm and end a stay, with the source that then speaks."""
REMOTE = frozenset({"3", "8", "network"})
"""Logon types in which the device is the server signed in to, not the one that somebody sits at."""


@dataclass(frozen=True, slots=True)
class Hold:
    """How long something that nobody ended still says anything, in microseconds."""

    session: int = 12 * 60 * MINUTE
    proxy: int = 15 * MINUTE

    @classmethod
    def of(cls, pack: Pack) -> Hold:
        """The county's numbers."""
        hours, minutes = pack.parameter("session_hours"), pack.parameter("proxy_user_minutes")
        return cls(int(str(hours)) * 60 * MINUTE, int(str(minutes)) * MINUTE)


@dataclass(frozen=True, slots=True)
class Claim:
    """One source says that `whose` was at `address` from `since` to before `until`."""

    address: str
    since: int
    until: int
    source: str
    whose: Whose


@dataclass(frozen=True, slots=True)
class Lease:
    """A network card held an address from `since` to before `until`."""

    mac: str
    address: str
    since: int
    until: int


@dataclass(slots=True)
class _Stay:
    """A session that is open while the log is read."""

    source: str
    account: int | None
    user: int | None
    address: str | None
    mac: str | None
    device: str | None
    session: str | None
    since: int
    last: int
    at_hand: bool  # the device is the one that somebody sits at


def leases(dhcp: pa.Table, hold: Hold) -> list[Lease]:
    """Who held which address, from lake rows of class dhcp. A lease ends with its time, its release, or when the
    address goes to another card; one without an end counts for as long as a session does.
    """
    rank = {"lease": 0, "renew": 0, "release": 1, "expire": 1, "decline": 1}
    rows = [row for row in dhcp.to_pylist() if row["ip"] and row["kind"] in rank]
    rows.sort(key=lambda row: (row["time"], rank[row["kind"]], row["ip"], row["mac"] or ""))
    held: dict[str, Lease] = {}
    found = []
    for row in rows:
        now, address, mac = row["time"], row["ip"], (row["mac"] or "").lower()
        old = held.get(address)
        if rank[row["kind"]]:
            if old and mac in ("", old.mac):
                found.append(replace(old, until=min(old.until, now)))
                del held[address]
        elif mac:
            until = row["until"] if row["until"] is not None else now + hold.session
            if old and old.mac == mac and now <= old.until:
                held[address] = replace(old, until=until)
                continue
            if old:
                found.append(replace(old, until=min(old.until, now)))
            held[address] = Lease(mac, address, now, until)
    return [lease for lease in (*found, *held.values()) if lease.since < lease.until]


def of_leases(held: Iterable[Lease], people: People) -> Iterator[Claim]:
    """A lease and the register together: the address was that of a device assigned to somebody."""
    for lease in held:
        for since, until in people.pieces(lease.since, lease.until):
            yield Claim(lease.address, since, until, "register", people.card(lease.mac, since))


def of_register(people: People, low: int, high: int) -> Iterator[Claim]:
    """Fixed addresses of the device register."""
    for since, until in people.pieces(low, high):
        for row in people.devices(since):
            addresses = row.get("ip")
            for address in addresses if isinstance(addresses, tuple) else ():
                yield Claim(str(address), since, until, "register", people.of_register(row, since))


def of_sign_ins(auth: pa.Table, held: Iterable[Lease], people: People, hold: Hold) -> Iterator[Claim]:
    """Sessions of lake rows of class auth: sign-ins, and network sign-ins (RADIUS accounting, RFC 2866).

    A stay ends with its sign-out, or `hold.session` after its last sign of life. Without an address it is put
    where the leases say that its network card, or its device's, was.
    """
    by_card: dict[str, list[Lease]] = defaultdict(list)
    for lease in held:
        by_card[lease.mac].append(lease)
    for stay, until in _stays(auth, hold):
        if stay.since < until:
            for address, since, end in _places(stay, until, by_card, people):
                for a, b in people.pieces(since, end):
                    yield from _of_stay(stay, address, a, b, people)


def _stays(auth: pa.Table, hold: Hold) -> Iterator[tuple[_Stay, int]]:
    """Every session with where it ended, account by account."""
    by_account: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in auth.to_pylist():
        if _speaks(row):
            by_account[_name(row)].append(row)
    for rows in by_account.values():
        rows.sort(key=lambda row: (row["time"], row["kind"] in ENDS))
        yield from _stays_of(rows, hold)


def _stays_of(rows: Iterable[dict[str, Any]], hold: Hold) -> Iterator[tuple[_Stay, int]]:
    open_stays: list[_Stay] = []
    for row in rows:
        now = row["time"]
        yield from (
            (stay, stay.last + hold.session) for stay in open_stays if stay.last + hold.session <= now
        )
        open_stays = [stay for stay in open_stays if stay.last + hold.session > now]
        source = BEGINS.get(row["kind"]) or ENDS.get(row["kind"]) or "signin"
        same = [stay for stay in open_stays if stay.source == source and _same(stay, row)]
        if row["kind"] in ENDS:
            yield from ((stay, now) for stay in same)
            open_stays = [stay for stay in open_stays if stay not in same]
        elif same:
            for stay in same:
                stay.last = now
        elif row["kind"] in BEGINS:
            open_stays.append(_begin(source, row))
    yield from ((stay, stay.last + hold.session) for stay in open_stays)


def _name(row: Mapping[str, Any]) -> int:
    """The key of the account that signed in; where the log names none, of its user."""
    return int(row["account"] if row["account"] is not None else row["user"])


def _speaks(row: Mapping[str, Any]) -> bool:
    """Whether an auth row says anything of who sits where: other credentials typed on purpose do not."""
    kind = row["kind"]
    if row["account"] is None and row["user"] is None:
        return False
    return kind in ENDS or (
        (kind in BEGINS or kind in GOES_ON)
        and not row["explicit"]
        and row["outcome"] != "attempted"
        and (row["outcome"] == "reached" or kind.startswith("network-"))
    )


def _begin(source: str, row: Mapping[str, Any]) -> _Stay:
    address = row["src_ip"] if row["src_ip"] and says_where(row["src_ip"]) else None
    mac = row["mac"].lower() if row["mac"] else None
    names = row["account"], row["user"]
    at_hand = (row["logon_type"] or "").lower() not in REMOTE
    return _Stay(
        source, *names, address, mac, row["device"], row["session"], row["time"], row["time"], at_hand
    )


def _same(stay: _Stay, row: Mapping[str, Any]) -> bool:
    """Whether a row of the same account is about an open stay: the first thing that both name is the same."""
    address = row["src_ip"] if row["src_ip"] and says_where(row["src_ip"]) else None
    pairs = ((stay.session, row["session"]), (stay.address, address), (stay.device, row["device"]))
    for ours, theirs in pairs:
        if ours is not None and theirs is not None:
            return bool(ours == theirs)
    return True


def _places(
    stay: _Stay, until: int, by_card: Mapping[str, list[Lease]], people: People
) -> Iterator[tuple[str, int, int]]:
    if stay.address:
        yield stay.address, stay.since, until
        return
    mac = stay.mac or (people.card_of(stay.device, stay.since) if stay.device and stay.at_hand else None)
    for lease in by_card.get(mac or "", ()):
        since, end = max(stay.since, lease.since), min(until, lease.until)
        if since < end:
            yield lease.address, since, end


def _of_stay(stay: _Stay, address: str, since: int, until: int, people: People) -> Iterator[Claim]:
    """What a stay says: its account, the user in whose session it began, and whether its device is anybody's."""
    for name in {stay.account, stay.user} - {None}:
        assert name is not None
        whose = people.account(name, since)
        if not whose.silent:
            yield Claim(address, since, until, stay.source, whose)
    machines = [people.card(stay.mac, since)] if stay.mac else []
    if stay.device and stay.at_hand:
        machines.append(people.registered(stay.device, since))
    for machine in machines:
        if machine.person is None:
            yield Claim(address, since, until, stay.source, machine)


def of_proxy(sightings: pa.Table, people: People, hold: Hold) -> Iterator[Claim]:
    """Stays of the proxy's own users at an address, from rows (src_ip, user, first, last).

    Two sightings are one stay if no more than `hold.proxy` lies between; after the last nothing is known.
    """
    rows = [row for row in sightings.to_pylist() if row["src_ip"] and row["user"] is not None]
    rows.sort(key=lambda row: (row["src_ip"], row["user"], row["first"]))
    stays: list[tuple[str, int, int, int]] = []
    for row in rows:
        if (
            stays
            and stays[-1][:2] == (row["src_ip"], row["user"])
            and row["first"] - stays[-1][3] <= hold.proxy
        ):
            address, user, first, last = stays[-1]
            stays[-1] = (address, user, first, max(last, row["last"]))
        else:
            stays.append((row["src_ip"], row["user"], row["first"], row["last"]))
    for address, user, first, last in stays:
        for since, until in people.pieces(first, last + 1):
            whose = people.account(user, since)
            if not whose.silent:
                yield Claim(address, since, until, "proxy", whose)
