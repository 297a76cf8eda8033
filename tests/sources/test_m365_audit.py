"""Microsoft 365: what golden lines cannot show of CSV records over several lines, rules and protected people."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from clausewise.sources import detect
from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from clausewise.sources.m365_audit.parse import MOST_LINES
from sources.feeding import cut_up, run, total

CANARY = "canaryword"


def record(operation: str, **more: Any) -> dict[str, Any]:
    return {
        "CreationTime": "2026-03-09T16:00:00",
        "Operation": operation,
        "UserId": "Ben.Ito@redbud.example",
        "UserType": 0,
        "ClientIP": "198.51.100.15:50412",
        **more,
    }


def named(**values: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def exported(columns: list[str], *records: dict[str, Any], indent: int | None = None) -> bytes:
    """Write a CSV export, the AuditData at its place among the columns."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(columns)
    for one in records:
        data = json.dumps(one, indent=indent)
        rows.writerow([data if name == "AuditData" else one.get(name, "") for name in columns])
    return file.getvalue().encode()


def read(data: bytes, shield: Protected = NOTHING_PROTECTED, cuts: tuple[int, ...] = ()) -> dict[str, Any]:
    return total(run("m365_audit", cut_up(data, list(cuts)), shield))


def lines(*records: Any, shield: Protected = NOTHING_PROTECTED) -> dict[str, Any]:
    return read("\n".join(json.dumps(one) for one in records).encode(), shield)


@pytest.mark.parametrize(
    "columns",
    [
        ["CreationDate", "UserIds", "Operations", "AuditData"],
        ["AuditData", "CreationDate"],
        [
            "RecordId",
            "CreationDate",
            "RecordType",
            "Operation",
            "UserId",
            "AuditData",
            "AssociatedAdminUnits",
        ],
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_columns_in_any_order_and_records_over_several_lines(columns: list[str], indent: int | None) -> None:
    given = [record("UserLoggedIn"), record("UserLoginFailed")]
    data = exported(columns, *given, indent=indent)
    found = read(data)
    assert detect(data) == "m365_audit"
    assert [row["outcome"] for row in found["events"]] == ["reached", "attempted"]
    for row, one in zip(found["events"], given, strict=True):
        raw = data[row["offset"] : row["offset"] + row["length"]].decode()
        kept = next(csv.reader(io.StringIO(raw, newline="")))[columns.index("AuditData")]
        assert json.loads(kept) == one
    assert found == read(data, cuts=tuple(range(0, len(data), 37)))


def test_json_and_csv_give_the_same() -> None:
    one = record("New-InboxRule", Parameters=named(ForwardTo="a@mail.example"))
    (in_csv,) = read(exported(["AuditData"], one))["events"]
    (in_json,) = lines(one)["events"]
    place = ("line", "offset", "length")
    assert {k: v for k, v in in_csv.items() if k not in place} == {
        k: v for k, v in in_json.items() if k not in place
    }


def test_a_quote_that_is_never_closed_gives_up_and_counts_its_lines() -> None:
    found = read(b'AuditData\n"' + b"x\n" * (MOST_LINES + 4))
    assert found["rejects"][0][2] == "a quote in this line is never closed"
    assert found["noise"]["continuation"] == MOST_LINES - 1


def test_a_row_before_any_header_is_rejected() -> None:
    assert "no header line" in read(b"a,b,c\n1,2,3\n")["rejects"][0][2]


@pytest.mark.parametrize(
    ("parameters", "meant"),
    [
        ({"ForwardTo": "a@mail.example"}, [("forward-rule", "a@mail.example")]),
        ({"RedirectTo": "smtp:A@mail.example"}, [("forward-rule", "a@mail.example")]),
        ({"ForwardAsAttachmentTo": "Office Staff"}, [("forward-rule", None)]),
        ({"DeleteMessage": "True"}, [("delete-rule", None)]),
        ({"DeleteMessage": "False", "MoveToFolder": "News"}, []),
        (
            {"ForwardTo": "a@mail.example;b@mail.example", "SoftDeleteMessage": "True"},
            [("forward-rule", "a@mail.example"), ("forward-rule", "b@mail.example"), ("delete-rule", None)],
        ),
    ],
)
def test_inbox_rules(parameters: dict[str, str], meant: list[tuple[str, str | None]]) -> None:
    for operation in ("New-InboxRule", "Set-InboxRule"):
        found = lines(record(operation, Parameters=named(**parameters)))
        assert [(row["operation"], row["target"]) for row in found["events"]] == meant
        assert found["noise"] == ({} if meant else {"not-watched": 1})


@pytest.mark.parametrize(
    ("actions", "meant"),
    [
        ('[{"ActionType":"Forward","Recipients":["a@mail.example"]},{"ActionType":"Delete"}]', 2),
        ("Forward to a@mail.example", 1),
        ('[{"ActionType":"Move"}]', 0),
        ("[]", 0),
    ],
)
def test_rules_made_in_outlook(actions: str, meant: int) -> None:
    properties = named(RuleOperation="AddMailboxRule", RuleActions=actions)
    found = lines(
        record("UpdateInboxRules", MailboxOwnerUPN="ben.ito@redbud.example", OperationProperties=properties)
    )
    assert len(found["events"]) == meant


@pytest.mark.parametrize(
    "who",
    ["ServicePrincipal_1", "NT AUTHORITY\\SYSTEM (x)", "app@sharepoint", "Not Available", "urn:spo:anon#1"],
)
def test_services_are_nobody(who: str) -> None:
    (found,) = lines(record("FileDownloaded", Workload="OneDrive", UserId=who))["events"]
    assert found["user"] is None


def test_files_of_ones_own_onedrive_are_not_watched_those_of_others_are() -> None:
    site = "https://redbud.sharepoint.example/personal/{}/Documents/a.docx"
    own = record("FileAccessed", ObjectId=site.format("ben_ito_redbud_example"))
    other = record("FileAccessed", ObjectId=site.format("maya_ortiz_redbud_example"))
    team = record("FileAccessed", ObjectId="https://redbud.sharepoint.example/sites/office/a.docx")
    found = lines(own, other, team)
    assert (len(found["events"]), found["noise"]) == (1, {"not-watched": 2})
    assert found["events"][0]["file"] == other["ObjectId"]


def test_a_protected_forward_or_share_leaves_nothing_of_its_record() -> None:
    shield = Protected(recipients=frozenset({"@union.example"}))
    rule = record(
        "New-InboxRule",
        Parameters=named(Name=CANARY, ForwardTo="a@mail.example;rep@union.example", DeleteMessage="True"),
    )
    share = record("SharingSet", ObjectId=CANARY, TargetUserOrGroupName="REP@union.example")
    found = lines([rule, share, record("UserLoggedIn")], shield=shield)
    assert (found["protected"], len(found["events"]), found["lines"]) == (2, 1, 1)
    assert CANARY not in json.dumps(found)


def test_what_a_protected_sender_shares_or_is_written_for_is_protected() -> None:
    shield = Protected(senders=frozenset({"counsel@redbud.example"}))
    share = record("SharingSet", ObjectId=CANARY, UserId="Counsel@redbud.example")
    sent = record("SendAs", SendAsUserSmtp="counsel@redbud.example")
    assert lines(share, sent, shield=shield)["protected"] == 2


def test_content_and_credentials_are_never_kept() -> None:
    full = record(
        "MailItemsAccessed", MailboxOwnerUPN="x@redbud.example", Folders=[{"Path": CANARY}], Item={"Subject": CANARY},
        ClientInfoString=CANARY, SessionId=CANARY,
    )  # fmt: skip
    assert CANARY not in json.dumps(lines(full)["events"])


def test_half_a_surrogate_pair_is_read_as_a_question_mark() -> None:
    for operation in ("Add \ud800.", "SharingSet", "Set-Mailbox", "UserLoggedIn"):
        broken = record(
            operation, Workload="AzureActiveDirectory", ObjectId="\ud800", UserId="x\udfff@redbud.example"
        )
        (found,) = lines(broken)["events"]
        assert found["user"] == "x?@redbud.example"


@pytest.mark.parametrize("odd", [[], {}, None, 7, "", [1, {"Name": []}], {"ParentFolder": 3}])
@pytest.mark.parametrize("operation", ["UserLoggedIn", "New-InboxRule", "Set-Mailbox", "AddFolderPermissions", "SharingSet",
                                       "UpdateInboxRules", "Add member to role."])  # fmt: skip
def test_odd_properties_never_raise(operation: str, odd: Any) -> None:
    names = (
        "UserId UserType ClientIP Workload Parameters ExtendedProperties DeviceProperties OperationProperties Item"
        " Folder Target ObjectId MailboxOwnerUPN TargetUserOrGroupType ResultStatus LogonType"
    ).split()
    for name in names:
        found = lines({**record(operation, Workload="AzureActiveDirectory"), name: odd})
        assert found["rejects"] == []
