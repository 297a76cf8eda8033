"""A small office for the identity tests: who owns which account and device, and rows as the lake holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from clausewise.audit.identity.people import People
from clausewise.audit.lake.columns import LAKE
from clausewise.audit.lake.keys import person_key
from clausewise.facts.snapshot import Facts
from facts.county import facts

MINUTE = 60_000_000
HOUR = 60 * MINUTE
SECRET = b"a key for tests alone"
MORNING = int(datetime(2026, 10, 6, 15, tzinfo=UTC).timestamp()) * 1_000_000
"""Eight in the morning of a Tuesday."""
FILES = {
    "staff": """\
id,name,kind,end
ana,Ana,employee,
ben,Ben,employee,2026-10-06
pia,Pia,student,
""",
    "accounts": """\
account,owner,kind,custodian
alopez,ana,personal,
bortiz,ben,personal,
front,,shared,ben
backup,,service,ben
""",
    "devices": """\
device;mac;kind;owner;assigned_to;status;ip;valid_from;valid_to
D-ANA;02:00:00:00:00:01;laptop;county;ana;authorized;;;2026-10-07
D-ANA;02:00:00:00:00:01;laptop;county;ben;authorized;;2026-10-07;
D-BEN;02:00:00:00:00:02;desktop;county;ben;authorized;10.0.0.9;;
D-CART;02:00:00:00:00:03;cart;county;ana;authorized;;;
D-ROOM;02:00:00:00:00:04;desktop;county;Room 12;authorized;;;
D-LOST;02:00:00:00:00:05;laptop;county;ana;lost;;;
D-OWN;02:00:00:00:00:06;phone;personal;ana;authorized;;;
""",
    "networks": "cidr,profile\n10.0.0.0/16,staff\n10.0.4.0/24,students\n10.0.5.0/24,guest\n",
}  # fmt: skip
CARDS = {
    name: f"02:00:00:00:00:0{n}" for n, name in enumerate(("ana", "ben", "cart", "room", "lost", "own"), 1)
}


def key(name: str) -> int:
    """The pseudonym key of a name, as in a lake."""
    return person_key(SECRET, name)


def people(found: Facts | None = None) -> People:
    """What the office knows; `found` replaces its facts."""
    return People(found or facts(**FILES), key)


def rows(cls: str, given: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Lake rows of a class; people are given by name and become keys."""
    schema = LAKE[cls].schema
    made = []
    for row in given:
        keyed = {
            name: key(value) if name in ("user", "account") and isinstance(value, str) else value
            for name, value in row.items()
        }
        made.append({name: keyed.get(name) for name in schema.names})
    return pa.Table.from_pylist(made, schema=schema)


def auth(*given: Mapping[str, Any]) -> pa.Table:
    """Sign-ins that worked, unless the row says otherwise."""
    return rows("auth", ({"outcome": "reached", "kind": "login", "explicit": False, **row} for row in given))


def lease(mac: str, ip: str, at: int, until: int | None, kind: str = "lease") -> dict[str, Any]:
    """One line of a DHCP log."""
    return {"time": at, "mac": mac, "ip": ip, "kind": kind, "until": until}


def dhcp(*given: Mapping[str, Any]) -> pa.Table:
    """Leases."""
    return rows("dhcp", given)


def seen(*given: tuple[str, str, int, int]) -> pa.Table:
    """Sightings of proxy users: address, user, first, last."""
    columns = [
        {"src_ip": ip, "user": key(user), "first": first, "last": last} for ip, user, first, last in given
    ]
    return pa.Table.from_pylist(
        columns,
        schema=pa.schema(
            [("src_ip", pa.string()), ("user", pa.int64()), ("first", pa.int64()), ("last", pa.int64())]
        ),
    )
