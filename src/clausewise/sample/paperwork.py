"""The county's own papers: staff list, registers, permissions, schedules, as CSV files a county would keep."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from clausewise.sample import stock
from clausewise.sample.cloud import OFFICE_ADDRESSES
from clausewise.sample.desks import SECOND_ACCOUNT, TECHNICIAN
from clausewise.sample.machines import PROFILES, Device, octets
from clausewise.sample.people import Person
from clausewise.sample.period import Period
from clausewise.sample.signins import SHARED_ACCOUNTS

AS_WRITTEN = (
    "services",
    "software",
    "sites",
    "designations",
    "capabilities",
    "protected_channels",
    "works",
    "drives",
)
COLUMNS = {
    "staff": "id,name,mail,kind,site,supervisor,start,end,educator,account",
    "accounts": "account,owner,kind,custodian,suspended_from,suspended_to",
    "devices": "device,mac,kind,owner,assigned_to,site,encrypted,status,ip,valid_from,known_from",
    "grants": "id,clause,person,what,by,decided_at,valid_from,valid_to,revoked_at",
    "self_reports": "person,clause,host,at",
    "schedules": "who,weekday,start,end,breaks",
    "networks": "cidr,site,profile",
}
WEEK = ("mon", "tue", "wed", "thu", "fri")


def write_papers(
    folder: Path,
    period: Period,
    people: tuple[Person, ...],
    devices: Iterable[Device],
    grants: list[dict[str, str]],
    reports: list[dict[str, str]],
) -> tuple[Path, ...]:
    """Write every fact table as `facts/TABLE.csv`; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    carts = [device.device for device in devices if device.kind == "cart"]
    tables: dict[str, Iterable[Mapping[str, str]]] = {
        "staff": (_staff(person) for person in people),
        "accounts": _accounts(people, carts),
        "devices": (_device(device) for device in devices),
        "grants": grants + _other_grants(period),
        "self_reports": reports,
        "schedules": _schedules(people),
        "networks": _networks(),
    }
    paths = []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, COLUMNS[name].split(","), lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
        paths.append(path)
    for name in AS_WRITTEN:
        path = folder / f"{name}.csv"
        path.write_text(period.fill(stock.text(f"facts/{name}.csv")), encoding="utf-8", newline="\n")
        paths.append(path)
    return tuple(paths)


def write_lists(folder: Path) -> tuple[Path, ...]:
    """The county's own lists in the folder form of UT1, one name a line: `county-deny/CATEGORY/domains` of what it
    refuses, `county-kinds/CATEGORY/domains` of what only tells what a place is.
    """
    paths = []
    for kind in ("county-deny", "county-kinds"):
        for category, text in stock.lists(kind).items():
            path = folder / kind / category / "domains"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii", newline="\n")
            paths.append(path)
    return tuple(paths)


def _staff(person: Person) -> dict[str, str]:
    return {
        "id": person.id,
        "name": person.name,
        "mail": person.mail,
        "kind": person.kind,
        "site": person.site,
        "supervisor": person.supervisor,
        "start": person.start,
        "end": person.end,
        "educator": "yes" if person.educator else "no",
        "account": person.id,
    }


def _account(account: str, owner: str, kind: str, custodian: str = "") -> dict[str, str]:
    return {
        "account": account,
        "owner": owner,
        "kind": kind,
        "custodian": custodian,
        "suspended_from": "",
        "suspended_to": "",
    }


def _accounts(people: tuple[Person, ...], carts: list[str]) -> list[dict[str, str]]:
    found = [_account(person.id, person.id, "personal") for person in people]
    found += [_account(account, "", "shared", custodian) for account, custodian in SHARED_ACCOUNTS]
    found += [_account(f"cart-{device.lower()}", "", "shared", "tou.vang") for device in carts]
    found.append(_account(SECOND_ACCOUNT, TECHNICIAN, "personal"))
    return [*found, _account("svc-backup", "", "service", TECHNICIAN)]


def _device(device: Device) -> dict[str, str]:
    return {
        "device": device.device,
        "mac": device.mac,
        "kind": device.kind,
        "owner": device.owner,
        "assigned_to": device.assigned_to,
        "site": device.site,
        "encrypted": device.encrypted,
        "status": device.status,
        "ip": device.ip,
        "valid_from": device.joined,
        "known_from": device.joined,
    }


def _other_grants(period: Period) -> list[dict[str, str]]:
    """Permissions to take a laptop home, one in force and one of last year (Ana Lopez has none)."""
    forms = (
        ("G-9001", "samuel.barlow", "RCOE-0007", -60, 200),
        ("G-9002", "grace.kwan", "RCOE-0008", -500, -135),
    )
    return [
        {
            "id": ident,
            "clause": "9.c",
            "person": person,
            "what": f"device:{device}",
            "by": "james.okafor",
            "decided_at": f"{period.date(begins - 1)}T17:00:00.000Z",
            "valid_from": f"{period.date(begins)}T07:00:00.000Z",
            "valid_to": f"{period.date(ends)}T07:00:00.000Z",
            "revoked_at": "",
        }
        for ident, person, device, begins, ends in forms
    ]


def _schedules(people: tuple[Person, ...]) -> list[dict[str, str]]:
    """Sites share one day; part-time people have their own; `unknown` people have empty hours."""

    def row(who: str, day: str, start: str, end: str, breaks: str) -> dict[str, str]:
        return {"who": who, "weekday": day, "start": start, "end": end, "breaks": breaks}

    found = [row("default", day, "07:30", "16:00", "12:00-12:30") for day in WEEK]
    found += [row(f"site:{site}", day, "07:30", "16:00", "12:00-12:30") for site in octets() for day in WEEK]
    for person in people:
        if person.hours == "part":
            found += [row(person.id, day, "08:00", "12:00", "") for day in WEEK]
        elif person.hours == "unknown":
            found += [row(person.id, day, "", "", "") for day in WEEK]
    return found


def _networks() -> list[dict[str, str]]:
    inside = [
        {"cidr": f"10.{octet}.{third}.0/18", "site": site, "profile": profile}
        for site, octet in octets().items()
        for profile, third in PROFILES.items()
    ]
    return [*inside, {"cidr": OFFICE_ADDRESSES, "site": "ADM", "profile": "staff"}]


def write_mappings(folder: Path) -> tuple[Path, ...]:
    """The county's own description of its sign-in export."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in sorted(stock.mappings().items()):
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return tuple(written)
