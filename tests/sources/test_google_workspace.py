"""Google Workspace: what golden lines cannot show of activities, pages and protected people."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from sources.feeding import cut_up, run, total

CANARY = "canaryword"


def activity(application: str, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": {"time": "2026-03-09T16:00:00.000Z", "applicationName": application},
        "actor": {"email": "maya.ortiz@redbud.example"},
        "ipAddress": "198.51.100.14",
        "events": list(events),
        **more,
    }


def event(name: str, **parameters: Any) -> dict[str, Any]:
    kinds: dict[type, str] = {list: "multiValue", bool: "boolValue", int: "intValue", str: "value"}
    return {
        "name": name,
        "parameters": [{"name": key, kinds[type(value)]: value} for key, value in parameters.items()],
    }


def read(*lines: Any, shield: Protected = NOTHING_PROTECTED, cuts: tuple[int, ...] = ()) -> dict[str, Any]:
    data = "\n".join(json.dumps(line) for line in lines).encode()
    return total(run("google_workspace", cut_up(data, list(cuts)), shield))


def only(*lines: Any) -> dict[str, Any]:
    (found,) = read(*lines)["events"]
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("visibility", "meant"),
    [
        ("private", "internal"),
        ("shared_internally", "internal"),
        ("people_within_domain_with_link", "domain"),
        ("public_in_the_domain", "domain"),
        ("shared_externally", "external"),
        ("people_with_link", "link"),
        ("public_on_the_web", "public"),
        ("unknown", None),
    ],
)
def test_visibility_in_our_words(visibility: str, meant: str | None) -> None:
    found = only(activity("drive", event("change_document_visibility", visibility=visibility)))
    assert found.get("visibility") == meant


def test_access_that_is_taken_away_is_no_share() -> None:
    gone = event("change_user_access", new_value=["none"], target_user="pat@mail.example")
    assert read(activity("drive", gone))["noise"] == {"access-removed": 1}
    given = event("change_user_access", new_value=["can_view"], target_user="pat@mail.example")
    assert only(activity("drive", given))["target"] == "pat@mail.example"


@pytest.mark.parametrize(
    ("owner", "shared", "kept"),
    [
        ("maya.ortiz@redbud.example", False, 0),
        ("Maya.Ortiz@redbud.example", False, 0),
        ("ben.ito@redbud.example", False, 1),
        ("Office drive", True, 0),
        ("", False, 0),
    ],
)
def test_only_other_peoples_files_are_watched_when_viewed(owner: str, shared: bool, kept: int) -> None:
    seen = event("view", owner=owner, owner_is_shared_drive=shared, doc_title="Plan")
    assert len(read(activity("drive", seen))["events"]) == kept


def test_a_protected_share_leaves_nothing_of_its_activity_but_its_neighbours_on_the_page_stay() -> None:
    told = event("change_user_access", target_user="rep@union.example", doc_title=CANARY)
    page = {"items": [activity("drive", event("edit"), told, event("download", doc_title=CANARY)),
                      activity("login", event("logout"))]}  # fmt: skip
    found = read(page, shield=Protected(recipients=frozenset({"@union.example"})))
    assert CANARY not in json.dumps(found)
    assert (found["protected"], len(found["events"]), found["lines"]) == (1, 1, 1)
    assert found["events"][0]["kind"] == "logout"


@pytest.mark.parametrize("field", ["message_info.subject", "message_info.rfc2822_message_id"])
def test_a_mail_has_recipients_and_a_size_and_nothing_that_it_says(field: str) -> None:
    inside = [
        {
            "name": "source",
            "messageValue": {"parameter": [{"name": "address", "value": "maya@redbud.example"}]},
        },
        {"name": "flattened_destinations", "value": "a::x@mail.example,b:c:Y@mail.example,d::"},
        {"name": "payload_size", "intValue": "77"},
        {"name": field.partition(".")[2], "value": CANARY},
    ]
    sent = {"name": "delivery", "parameters": [
        {"name": "event_info", "messageValue": {"parameter": [{"name": "mail_event_type", "intValue": "1"}]}},
        {"name": "message_info", "messageValue": {"parameter": inside}},
    ]}  # fmt: skip
    found = read(activity("gmail", sent))
    assert [row["recipient"] for row in found["events"]] == ["x@mail.example", "y@mail.example"]
    assert {row["bytes"] for row in found["events"]} == {77}
    assert (found["extra"], CANARY in json.dumps(found)) == (1, False)
    hidden = read(activity("gmail", sent), shield=Protected(recipients=frozenset({"y@mail.example"})))
    assert (hidden["protected"], hidden["events"]) == (1, [])


def test_mail_that_is_sent_on_to_a_protected_address_is_protected() -> None:
    rule = event("email_forwarding_out_of_domain", email_forwarding_destination_address="Rep@union.example")
    monitor = event("CREATE_EMAIL_MONITOR", EMAIL_MONITOR_DEST_EMAIL="rep@union.example", USER_EMAIL=CANARY)
    shield = Protected(recipients=frozenset({"@union.example"}))
    found = read(activity("user_accounts", rule), activity("admin", monitor), shield=shield)
    assert (found["protected"], found["events"]) == (2, [])


@pytest.mark.parametrize(
    ("application", "name"), [("drive", "change_document_visibility"), ("calendar", "change_calendar_acls")]
)
def test_what_a_protected_sender_shares_is_protected(application: str, name: str) -> None:
    shield = Protected(senders=frozenset({"maya.ortiz@redbud.example"}))
    found = read(activity(application, event(name, doc_title=CANARY, calendar_id=CANARY)), shield=shield)
    assert (found["protected"], CANARY in json.dumps(found)) == (1, False)


def test_an_upload_to_a_protected_host_is_protected() -> None:
    sent = event(
        "CONTENT_TRANSFER", TRIGGER_TYPE="FILE_UPLOAD", URL="https://box.union.example/x", CONTENT_NAME=CANARY
    )
    found = read(activity("chrome", sent), shield=Protected(hosts=frozenset({"union.example"})))
    assert (found["protected"], CANARY in json.dumps(found)) == (1, False)


def test_a_chromebook_that_goes_back_to_verified_mode_was_not_tampered_with() -> None:
    found = only(activity("chrome", event("DEVICE_BOOT_STATE_CHANGE", NEW_BOOT_MODE="VERIFIED")))
    assert (found["kind"], "change" in found) == ("seen", False)


def test_half_a_surrogate_pair_is_read_as_a_question_mark() -> None:
    for application in ("admin", "drive", "token", "login", "chrome", "mobile", "gmail", "\ud800"):
        for name in ("download", "authorize", "logout", "BROWSER_EXTENSION_INSTALL", "\ud800"):
            parameters = dict.fromkeys(("doc_title", "APP_NAME", "login_type", "USER_EMAIL"), "\ud800")
            found = read(activity(application, event(name, **parameters), actor={"email": "\ud800"}))
            assert "\ud800" not in str(found)


def test_unknown_applications_and_events_are_noise() -> None:
    found = read(
        activity("meet", event("call_ended")), activity("drive", event("brand_new")), activity("login")
    )
    assert (found["noise"], found["rejects"]) == ({"not-watched": 2, "empty": 1}, [])


@pytest.mark.parametrize("time", ["2026-03-09T16:00:00Z", "2026-03-09T16:00:00.000000000Z", "1773072000"])
def test_spellings_of_the_time(time: str) -> None:
    found = only(activity("login", event("logout"), id={"time": time, "applicationName": "login"}))
    assert found["time"] == 1_773_072_000_000_000


def test_a_pretty_printed_page_is_rejected_with_a_remedy_and_never_half_read() -> None:
    data = json.dumps({"items": [activity("login", event("logout"))]}, indent=2).encode()
    found = total(run("google_workspace", [data], NOTHING_PROTECTED))
    assert found["events"] == []
    assert any("jq -c" in reason for _, _, reason in found["rejects"])


def test_blocks_may_be_cut_inside_a_page() -> None:
    page = {"items": [activity("login", event("logout"), event("login_success")) for _ in range(5)]}
    assert read(page, page) == read(page, page, cuts=(3, 200, 900, 1500))
