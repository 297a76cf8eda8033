"""What single fields of each format mean, and that mistakes in what the user names are told in place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from clausewise.sources import SOURCES, protect, times
from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from clausewise.sources.hosts import normal_host
from clausewise.sources.mapped.parse import from_toml
from clausewise.sources.proxy import outcome_of
from sources.feeding import run, total


def events(name: str, data: bytes, protected: Protected = NOTHING_PROTECTED, option: str = "") -> list[Any]:
    return list(total(run(name, [data], protected, option))["events"])


@pytest.mark.parametrize(
    ("code", "status", "way", "meaning"),
    [
        ("TCP_MISS", 200, "HIER_DIRECT", "reached"),
        ("TCP_MISS", 403, "HIER_DIRECT", "reached"),
        ("TCP_DENIED", 403, "HIER_NONE", "attempted"),
        ("TCP_MISS", 503, "HIER_NONE", "attempted"),
        ("TCP_MEM_HIT", 503, "HIER_NONE", "reached"),
        ("TCP_TUNNEL", 407, "FIRSTUP_PARENT", "attempted"),
        ("TCP_MISS_ABORTED", 0, "HIER_NONE", "unknown"),
    ],
)
def test_outcomes(code: str, status: int, way: str, meaning: str) -> None:
    assert outcome_of(code, status, way) == meaning


@pytest.mark.parametrize(
    "bad", ["", ".", "a b", "a..b", "-" * 64, "*.example", "a/b", "[::g]", "a\x00b", "\ufffd"]
)
def test_no_host(bad: str) -> None:
    assert normal_host(bad) is None


def test_normal_host_is_stable() -> None:
    for name in ("WWW.Example.", "bücher.example", "[2001:DB8::1]", "192.0.2.1", "xn--bcher-kva.example"):
        once = normal_host(name)
        assert once is not None
        assert normal_host(once) == once


def test_times_agree_with_the_calendar() -> None:
    moment = int(datetime(2024, 3, 7, 18, 15, 2, tzinfo=UTC).timestamp()) * 1_000_000
    local = times.zone_named("America/Los_Angeles")
    assert times.from_common_log("07/Mar/2024:10:15:02 -0800") == moment
    assert times.from_iso("2024-03-07T10:15:02", local) == moment
    assert times.from_iso("2024/03/07 18:15:02.0000000Z", local) == moment
    assert times.from_us("3/7/2024 10:15:02 AM", local) == moment
    assert times.from_us("3/7/2024 13:15:02 PM", local) is None
    assert times.from_iso("2024-02-30T10:15:02", local) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "copy the logformat line"),
        ("%ts %rm %ru", "%>Hs is missing"),
        ("%rm %ru %>Hs", "no time"),
        ("%ts %! %ru", "unknown code"),
    ],
)
def test_a_bad_logformat_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        SOURCES["squid_logformat"].start(text)


def test_a_logformat_with_headers_and_quotes() -> None:
    form = 'logformat own [%tl] %un %>a "%rm %ru" %>Hs %>st %<st "%{Referer}>h" %Ss:%Sh %tr'
    line = (
        b'[07/Mar/2024:10:15:02 -0800] ana 10.0.0.1 "PUT https://a.example/x" 201 77 5 "http://b.example/" '
        b"TCP_MISS:HIER_DIRECT 12\n"
    )
    (row,) = events("squid_logformat", line, option=form)
    assert (row["bytes_up"], row["bytes_down"], row["referrer_host"], row["duration_ms"]) == (
        77,
        5,
        "b.example",
        12,
    )


def test_a_protected_referrer_is_not_kept() -> None:
    line = (
        b'10.0.0.1 - ana [07/Mar/2024:10:15:02 -0800] "GET http://a.example/ HTTP/1.1" 200 5 '
        b'"http://chat.union.example/x" "UA" TCP_MISS:HIER_DIRECT\n'
    )
    (row,) = events("squid_common", line, Protected(frozenset({"union.example"})))
    assert row["host"] == "a.example"
    assert row["referrer_host"] is None


def test_zeek_json_http_and_dhcp() -> None:
    http = {
        "ts": 1709835302.5,
        "id.orig_h": "10.0.0.1",
        "id.resp_h": "192.0.2.1",
        "id.resp_p": 8080,
        "method": "GET",
        "host": "A.Example:8080",
        "uri": "/x?y",
        "status_code": 403,
        "response_body_len": 9,
        "_path": "http",
    }
    dhcp = {
        "ts": "2024-03-07T18:15:02.500000Z",
        "mac": "AA:BB:CC:00:11:22",
        "host_name": "pc-7",
        "assigned_addr": "10.0.0.9",
        "lease_time": 3600.0,
    }
    first, second = sorted(
        events("zeek", (json.dumps(http) + "\n" + json.dumps(dhcp)).encode()), key=lambda e: e["line"]
    )
    assert (first["host"], first["port"], first["outcome"], first["path"]) == (
        "a.example",
        8080,
        "reached",
        "/x",
    )
    assert (second["mac"], second["ip"], second["hostname"]) == ("aa:bb:cc:00:11:22", "10.0.0.9", "pc-7")
    assert first["time"] == second["time"] == 1709835302_500000


def test_zeek_rows_need_their_header() -> None:
    found = total(run("zeek", [b"1.0\tx\ty\n"], NOTHING_PROTECTED))
    assert [reject[2] for reject in found["rejects"]] == ["no #fields line stands before this line"]


OWN = """
format = "json"
[[record]]
class = "mail"
time = { from = ["at"], read = "seconds" }
[record.columns]
sender = "from"
recipient = "to"
bytes = { from = ["size"], read = "number" }
"""


def test_a_mapping_of_ones_own_and_protected_mail() -> None:
    source = from_toml(OWN, "own-mail")
    data = (
        b'{"at": 5, "from": "a@d.example", "to": "b@d.example", "size": 7}\n'
        b'{"at": 5, "from": "a@d.example", "to": "x@d.example, Rep@Union.example", "size": 7}\n'
    )
    batch = source.parse(data, source.start(""), Protected(recipients=frozenset({"@union.example"})))
    (row,) = batch.parsed[0].table.to_pylist()
    assert (row["sender"], row["bytes"], row["subject"], batch.protected) == ("a@d.example", 7, None, 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("json", "xml"), "format: 'xml' is unknown"),
        (('"mail"', '"post"'), "record 1, class: 'post' is unknown"),
        (('sender = "from"', 'sendr = "from"'), "record 1, column sendr: not a column of mail"),
        (('read = "seconds"', 'read = "guess"'), "record 1, time: 'guess' is unknown"),
        (('read = "number"', 'reed = "number"'), "record 1, column bytes: reed unknown"),
        (("[[record]]", "[record"), "not valid TOML"),
        (('read = "seconds"', 'zone = "Mars/Base"'), "no such time zone"),
    ],
)
def test_a_bad_mapping_is_refused_in_place(change: tuple[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        from_toml(OWN.replace(*change), "own")


def test_protected_channels_are_spelled_like_the_hosts_of_logs() -> None:
    named = protect(
        [("host", "Union.Example."), ("sender", "Rep@Union.example"), ("recipient", "@counsel.test")]
    )
    assert named.host("chat.union.example")
    assert not named.host("notunion.example")
    assert named.mail("<rep@union.example>", None)
    assert named.mail(None, "a@d.example; Any.One@Counsel.test")
    assert not named.mail("x@union.example", "rep@union.example")


@pytest.mark.parametrize("bad", [("host", "not a host"), ("sender", " "), ("subject", "union")])
def test_a_channel_that_would_stay_unprotected_is_refused(bad: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="protected channel"):
        protect([bad])


def test_many_protected_hosts_shield_like_few() -> None:
    line = "1.000 5 192.0.2.1 TCP_MISS/200 9 GET http://{}/ - DIRECT/192.0.2.9 -\n"
    data = "".join(
        line.format(host) for host in ("a.h7.example", "h7.example", "xh7.example", "b.example")
    ).encode()
    few = protect([("host", "h7.example")])
    many = protect([("host", f"h{k}.example") for k in range(900)])
    for named in (few, many):
        assert [row["host"] for row in events("squid", data, named)] == ["xh7.example", "b.example"]
