"""Zeek's smtp and conn logs: an event a recipient, no subject, and records told apart without a path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from sources.feeding import cut_up, run, total

CANARY = "canary-word"
SHIELD = Protected(frozenset({"10.9.9.9"}), frozenset({"rep@union.example"}), frozenset({"@union.example"}))
SMTP: dict[str, Any] = {
    "ts": 1791212400.5,
    "id.orig_h": "10.0.0.1",
    "id.resp_h": "10.0.0.2",
    "id.resp_p": 25,
    "trans_depth": 1,
    "helo": "pc",
    "mailfrom": "<ana@redbud.example>",
    "rcptto": ["<x@out.example>", "y@out.example"],
    "subject": CANARY,
    "last_reply": "250 2.0.0 Ok",
}
CONN: dict[str, Any] = {
    "ts": 1791212400.5,
    "id.orig_h": "10.0.0.1",
    "id.resp_h": "203.0.113.9",
    "id.resp_p": 443,
    "proto": "tcp",
    "service": "ssl",
    "duration": 1.2345,
    "orig_bytes": 10,
    "resp_bytes": 20,
    "conn_state": "SF",
}


def read(record: dict[str, Any], protected: Protected = NOTHING_PROTECTED) -> Any:
    return total(run("zeek", [json.dumps(record).encode() + b"\n"], protected))


def test_a_mail_is_an_event_for_each_recipient() -> None:
    found = read(SMTP)
    assert [(e["sender"], e["recipient"], e["outcome"]) for e in found["events"]] == [
        ("ana@redbud.example", "x@out.example", "reached"),
        ("ana@redbud.example", "y@out.example", "reached"),
    ]
    assert found["extra"] == 1
    assert CANARY not in repr(found)


def test_a_table_gives_the_same() -> None:
    record = {**SMTP, "rcptto": "x@out.example,y@out.example"}
    head = "#separator \\x09\n#path\tsmtp\n#fields\t" + "\t".join(record) + "\n"
    row = "\t".join(str(value) for value in record.values()) + "\n"
    events = total(run("zeek", [(head + row).encode()], NOTHING_PROTECTED))["events"]
    names = ("time", "sender", "recipient", "src_ip", "service", "outcome")
    assert [[e[n] for n in names] for e in events] == [[e[n] for n in names] for e in read(SMTP)["events"]]


@pytest.mark.parametrize(
    "change", [{"mailfrom": "rep@union.example"}, {"rcptto": ["x@out.example", "<desk@union.example>"]}]
)
def test_one_protected_name_protects_the_whole_mail(change: dict[str, Any]) -> None:
    found = read({**SMTP, **change}, SHIELD)
    assert (found["events"], found["protected"]) == ([], 1)


@pytest.mark.parametrize("missing", ["mailfrom", "helo", "rcptto", "last_reply"])
def test_mail_records_are_known_without_a_path(missing: str) -> None:
    found = read({name: value for name, value in SMTP.items() if name != missing})
    assert found["rejects"] == []
    assert len(found["events"]) == (0 if missing == "rcptto" else 2)


def test_a_connection() -> None:
    (event,) = read(CONN)["events"]
    assert {name: value for name, value in event.items() if name not in ("line", "offset", "length")} == {
        "time": 1_791_212_400_500_000,
        "user": None,
        "src_ip": "10.0.0.1",
        "dst_ip": "203.0.113.9",
        "port": 443,
        "protocol": "tcp",
        "service": "ssl",
        "bytes_down": 20,
        "bytes_up": 10,
        "duration_ms": 1234,
        "outcome": "reached",
    }


@pytest.mark.parametrize(
    ("state", "outcome"), [("S0", "attempted"), ("REJ", "attempted"), ("S1", "reached"), ("OTH", "unknown")]
)
def test_the_state_of_a_connection_says_whether_it_was_made(state: str, outcome: str) -> None:
    assert read({**CONN, "conn_state": state})["events"][0]["outcome"] == outcome


def test_a_connection_to_a_protected_address_is_a_count() -> None:
    found = read({**CONN, "id.resp_h": "10.9.9.9"}, SHIELD)
    assert (found["events"], found["protected"]) == ([], 1)


def test_half_a_surrogate_pair_breaks_nothing() -> None:
    record = {**SMTP, "mailfrom": "\ud800@x", "rcptto": ["\udfff@y"], "id.orig_h": "\ud800"}
    assert len(read(record)["events"]) == 1


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_mangled_records_never_raise_and_cuts_do_not_matter(data: st.DataObject) -> None:
    raw = bytearray(b"\n".join(json.dumps(record).encode() for record in (SMTP, CONN, SMTP, CONN)) + b"\n")
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        piece = data.draw(
            st.binary(max_size=4) | st.sampled_from([b'"', b"\n", b"\\ud800", b"1e999", b"[", b"9" * 20])
        )
        raw[at : at + data.draw(st.integers(0, 5))] = piece
    cuts = data.draw(st.lists(st.integers(0, 10**6), max_size=5))
    whole, many = (total(run("zeek", cut_up(bytes(raw), part), SHIELD)) for part in ([], cuts))
    for found in (whole, many):
        found["events"].sort(key=lambda row: (row["line"], str(row.get("recipient"))))
        parts = (
            len(found["events"]) + len(found["rejects"]) + sum(found["noise"].values()) + found["protected"]
        )
        assert parts == found["lines"] + found.get("extra", 0)
    assert whole == many
