"""Samba's audit log: prefixes of syslog and Samba, addresses with ports, names for one account in three fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clausewise.sources.contract import NOTHING_PROTECTED
from sources.feeding import run, total


def entry(**fields: Any) -> dict[str, Any]:
    known = {"status": "NT_STATUS_OK", "clientAccount": "jwong", "remoteAddress": "ipv4:10.20.4.31:50123"}
    return {
        "timestamp": "2026-10-05T10:11:12.345678+0200",
        "type": "Authentication",
        "Authentication": {**known, **fields},
    }


def read(*lines: str) -> dict[str, Any]:
    return total(run("samba_audit", ["\n".join(lines).encode() + b"\n"], NOTHING_PROTECTED))


def one(**fields: Any) -> dict[str, Any]:
    (event,) = read(json.dumps(entry(**fields)))["events"]
    return dict(event)


@pytest.mark.parametrize("prefix", ["", "  ", "JSON Authentication: ", "Oct  5 10:11:12 dc1 samba[88]:   "])
def test_what_stands_before_the_entry_does_not_matter(prefix: str) -> None:
    (event,) = read(prefix + json.dumps(entry()))["events"]
    assert (event["account"], event["time"]) == ("jwong", 1791187872345678)


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        ("ipv4:198.51.100.7:40001", "198.51.100.7"),
        ("ipv6:2001:db8::9:49152", "2001:db8::9"),
        ("unix:", None),
        (None, None),
        ("ipv4:nonsense", None),
        (7, None),
    ],
)
def test_addresses_lose_their_port(printed: object, address: str | None) -> None:
    assert one(remoteAddress=printed)["src_ip"] == address


def test_the_account_is_the_one_that_it_became() -> None:
    assert one(clientAccount="JWONG@X", mappedAccount="jwong", becameAccount="j.wong")["account"] == "j.wong"
    assert one(clientAccount="JWONG@X", mappedAccount="jwong", becameAccount="")["account"] == "jwong"
    assert one(clientAccount="jwong@x", mappedAccount=None)["account"] == "jwong@x"


def test_every_other_status_is_an_attempt() -> None:
    assert one()["outcome"] == "reached"
    for status in ("NT_STATUS_WRONG_PASSWORD", "NT_STATUS_ACCOUNT_LOCKED_OUT", None, 0):
        assert one(status=status)["outcome"] == "attempted"


def test_values_and_passwords_of_changes_are_not_kept() -> None:
    change = {
        "status": "Success", "operation": "Modify", "dn": "CN=Jo Wong,DC=redbud,DC=example",
        "attributes": {"description": {"actions": [{"action": "replace", "values": [{"value": "canary"}]}]}},
    }  # fmt: skip
    found = read(
        json.dumps({"timestamp": "2026-10-05T10:11:12+0200", "type": "dsdbChange", "dsdbChange": change})
    )
    assert len(found["events"]) == 1
    assert "canary" not in json.dumps(found)


@pytest.mark.parametrize(
    "line", ['{"type": []}', '{"type": "Authentication"}', "{", "x", '{"Authentication": {}}']
)
def test_what_is_no_entry_is_a_reject(line: str) -> None:
    assert len(read(line)["rejects"]) == 1
