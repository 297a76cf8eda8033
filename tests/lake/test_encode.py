"""What leaves the encoder: keys for names, and nothing of what the rules forbid to keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from clausewise.audit.lake.columns import LAKE
from clausewise.audit.lake.encode import Encoder
from clausewise.audit.lake.keys import Keys, host_key, person_key
from clausewise.facts.snapshot import Facts
from clausewise.sources.contract import SCHEMAS, line_identity
from lake.small import START, Marked, facts, pack

SECRET = b"s" * 32
LABELS = Marked(
    {"clinic.example.org": ("health",), "bets.example.org": ("gambling",), "bank.example.org": ("health",)}
)


def table(cls: str, rows: Sequence[dict[str, object]]) -> pa.Table:
    """Rows of a source; what is not given is null, and each row is a line of ten bytes."""
    placed = [
        {"time": (START + n) * 1_000_000, "line": n + 1, "offset": n * 11, "length": 10} | row
        for n, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(placed, schema=SCHEMAS[cls])


def encoded(cls: str, *rows: dict[str, object], given: Facts | None = None) -> list[dict[str, object]]:
    """The rows as the lake has them, without their places."""
    encoder = Encoder(pack(), given or Facts.empty(), LABELS, Keys(SECRET))
    made = encoder.encode(cls, table(cls, rows), 5, "some", None)
    assert made.schema.equals(LAKE[cls].schema, check_metadata=True)
    return made.to_pylist()


def who(name: str) -> int:
    return person_key(SECRET, name)


@pytest.mark.parametrize("cls", sorted(SCHEMAS))
def test_every_class_comes_out_in_its_columns_and_nothing_is_made_up(cls: str) -> None:
    [row] = encoded(cls, {})
    filled = {name for name, value in row.items() if value is not None}
    assert filled == {"time", "log", "offset", "length"} | ({"asset"} if cls == "http" else set())
    assert encoded(cls) == []


@pytest.mark.parametrize("cls", sorted(SCHEMAS))
def test_no_name_of_a_person_leaves_as_text(cls: str) -> None:
    canary = "canary.person@mail.example.org"
    texts = {field.name: canary for field in SCHEMAS[cls] if pa.types.is_string(field.type)}
    [row] = encoded(cls, texts)
    named = {
        "user",
        "account",
        "mailbox",
        "sender",
        "recipient",
        "target",
        "path",
        "file",
        "hostname",
        "subject",
    }
    for name in named & set(row):
        assert row[name] in (None, who(canary)), name


def test_web_requests_lose_their_address_beyond_the_host() -> None:
    rows = [
        {"host": "a.org", "path": path, "user": "Ana", "status": 200, "method": "GET"}
        for path in ("/x/logo.PNG", "/get/Setup-7.2.EXE", "/page", None, "/tool.jar")
    ]
    found = encoded("http", *rows)
    assert [row["asset"] for row in found] == [True, False, False, False, False]
    assert [row["program"] for row in found] == [None, "setup-7.2", None, None, "tool"]
    assert {row["host"] for row in found} == {host_key("a.org")}
    assert {row["user"] for row in found} == {who("ana")}
    assert not {"path", "referrer_host", "scheme"} & set(found[0])


def test_nobody_stands_beside_a_category_that_is_never_personal() -> None:
    for cls in ("http", "dns", "tls"):
        private, plain = encoded(
            cls,
            {"host": "clinic.example.org", "user": "ana", "src_ip": "10.0.0.1", "outcome": "reached"},
            {"host": "bets.example.org", "user": "ana", "src_ip": "10.0.0.1", "outcome": "reached"},
        )
        assert (private["user"], private["src_ip"], private["outcome"]) == (None, None, "reached")
        assert private["host"] == host_key("clinic.example.org")
        assert (plain["user"], plain["src_ip"]) == (who("ana"), "10.0.0.1")


def test_nobody_stands_beside_a_private_place_that_mail_or_a_share_went_to() -> None:
    [mail] = encoded(
        "mail", {"user": "ana", "sender": "ana@x.org", "recipient": "dr@clinic.example.org", "bytes": 5}
    )
    assert [mail[name] for name in ("user", "sender", "recipient", "src_ip")] == [None] * 4
    assert (mail["recipient_domain"], mail["bytes"]) == ("clinic.example.org", 5)
    [share] = encoded("share", {"user": "ana", "target": "dr@clinic.example.org", "visibility": "external"})
    assert (share["user"], share["target"], share["visibility"]) == (None, None, "external")


def test_mail_and_shares_keep_domains_beside_keys() -> None:
    [mail] = encoded("mail", {"sender": "Ana@X.org", "recipient": "<Bo@Y.example.ORG>"})
    assert (mail["sender"], mail["sender_domain"]) == (who("ana@x.org"), "x.org")
    assert mail["recipient_domain"] == "y.example.org"
    [share] = encoded("share", {"target": "Bo@y.org", "file": "Grades of Kim.xlsx"})
    assert (share["target"], share["target_domain"]) == (who("bo@y.org"), "y.org")
    [box] = encoded(
        "mailbox", {"mailbox": "bo@x.org", "target": "me@private.example", "operation": "forward-rule"}
    )
    assert (box["mailbox"], box["target_domain"]) == (who("bo@x.org"), "private.example")
    assert "target" not in box


def test_an_administrators_target_is_kept_unless_it_is_an_address() -> None:
    found = encoded("admin", {"target": "Some App"}, {"target": "bo@x.org"}, {})
    assert [row["target"] for row in found] == ["Some App", None, None]


def test_a_file_is_known_by_the_registered_work_it_is_named_like(tmp_path: Path) -> None:
    given = facts(
        tmp_path / "facts", tmp_path, works="work,registered,permission,licence\nRiver-Atlas,yes,no,\n"
    )
    names = [
        "C:\\\\books\\\\RIVER-ATLAS.pdf",
        "/mnt/river-atlas.tar",
        "river-atlas",
        "my river-atlas.pdf",
        None,
    ]
    found = encoded("file", *({"file": name} for name in names), given=given)
    titles = [row["work"] for row in found]
    assert titles[0] is not None
    assert titles == [titles[0]] * 3 + [None] * 2
    assert str(titles[0]).casefold() == "river-atlas"
    assert "file" not in found[0]


def test_a_personal_device_leaves_host_bytes_and_times(tmp_path: Path) -> None:
    given = facts(
        tmp_path / "facts", tmp_path,
        networks="cidr,site,profile\n10.9.0.0/16,Main,personal\n10.1.0.0/16,Main,staff\n",
    )  # fmt: skip
    full = {"user": "ana", "host": "bets.example.org", "port": 443, "method": "GET", "status": 200, "outcome": "reached",
            "bytes_down": 7, "bytes_up": 1, "tunnel": True, "duration_ms": 3, "path": "/a.exe"}  # fmt: skip
    theirs, ours = encoded(
        "http", {**full, "src_ip": "10.9.0.4"}, {**full, "src_ip": "10.1.0.4"}, given=given
    )
    left = {name for name, value in theirs.items() if value is not None}
    assert left == {"time", "log", "offset", "length", "host", "bytes_down", "bytes_up", "asset"}
    assert theirs["asset"] is False
    assert (ours["user"], ours["program"], ours["status"]) == (who("ana"), "a", 200)


def test_identity_is_that_of_the_raw_line_and_counts_within_file_source_class_and_second() -> None:
    raw = {0: b"line one\r\n", 11: b"line two", 22: b"line one", 33: b"line one", 44: b"line one"}
    same = START * 1_000_000
    rows = [
        {"time": same},
        {"time": same},
        {"time": same + 999_999},
        {"time": same + 1_000_000},
        {"time": same},
    ]
    encoder = Encoder(pack(), Facts.empty(), None, Keys(SECRET))

    def nth(cls: str, log: int, source: str) -> list[object]:
        made = encoder.encode(cls, table(cls, rows), log, source, lambda offset, length: raw[offset])
        first = int.from_bytes(line_identity(b"line one")[:8], "big", signed=True)
        assert [ident == first for ident in made["ident"].to_pylist()] == [True, False, True, True, True]
        return made["nth"].to_pylist()

    assert nth("http", 1, "a") == [0, 0, 1, 0, 2]
    assert nth("http", 1, "a") == [3, 1, 4, 1, 5]
    assert nth("dns", 1, "a") == [0, 0, 1, 0, 2]
    assert nth("http", 1, "b") == [0, 0, 1, 0, 2]
    assert nth("http", 2, "a") == [0, 0, 1, 0, 2]
    encoder.begin()
    assert nth("http", 2, "a") == [0, 0, 1, 0, 2]
