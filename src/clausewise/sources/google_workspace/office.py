"""What Google's own services report: sign-ins, app permissions, admin changes, Drive sharing, Gmail.

Event and parameter names: https://developers.google.com/workspace/admin/reports/v1/appendix/activity/login
and its sister pages saml, token, admin-user-settings, drive and gmail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clausewise.sources.google_workspace.activity import Application, Event, Meaning
from clausewise.sources.json_lines import NOT_WATCHED, lower, word

_SIGN_INS = {"login_success": "reached", "login_failure": "attempted"}
# Google calls these blocked: the sign-in was stopped.
_BLOCKED = frozenset(
    {"suspicious_login", "suspicious_login_less_secure_app", "suspicious_programmatic_login"}
)
_CHALLENGES = frozenset({"login_challenge", "login_verification"})
# An exchange turns one proof of sign-in into another; nobody typed anything.
_AGAIN = frozenset({"reauth", "exchange"})
_OWN_ACCOUNT = frozenset(
    "2sv_enroll 2sv_disable password_edit recovery_email_edit recovery_phone_edit recovery_secret_qa_edit"
    " titanium_enroll titanium_unenroll passkey_enrolled passkey_removed".split()
)


def login(event: Event) -> Meaning:
    """A sign-in, and what people change about the security of their own account."""
    name, kind = event.name.strip(), event.text("login_type")
    if name in _SIGN_INS:
        return [_auth(event, "reauth" if kind in _AGAIN else "login", _SIGN_INS[name])]
    if name == "logout":
        return [_auth(event, "logout", "reached")]
    if name in _CHALLENGES:
        said = (event.text("login_challenge_status") or "").lower()
        outcome = "reached" if "pass" in said else "attempted" if "fail" in said else "unknown"
        return [_auth(event, "reauth", outcome)]
    if name in _BLOCKED:
        return [_auth(event, "login", "attempted")]
    if name.startswith("account_disabled"):
        # The service closed the account; the person named did nothing.
        return [("auth", {**_auth(event, "disabled", "reached")[1], "user": None})]
    if name == "email_forwarding_out_of_domain":
        return [_forward(event, event.user, event.mail("email_forwarding_destination_address"))]
    if name in _OWN_ACCOUNT:
        return [_admin(event, "google-account", event.user)]
    return NOT_WATCHED


def saml(event: Event) -> Meaning:
    """A sign-in to another company's service through Google."""
    outcome = _SIGN_INS.get(event.name)
    if outcome is None:
        return NOT_WATCHED
    cls, values = _auth(event, "login", outcome)
    return [(cls, {**values, "logon_type": "saml", "service": event.text("application_name") or "google"})]


def _auth(event: Event, kind: str, outcome: str) -> tuple[str, dict[str, Any]]:
    user = event.mail("affected_email_address") or event.user
    values = {
        "user": user,
        "account": user,
        "src_ip": event.src_ip,
        "outcome": outcome,
        "kind": kind,
        "logon_type": event.text("login_type"),
        "service": "google",
    }
    return "auth", values


def token(event: Event) -> Meaning:
    """An app that a person let into their account, asked to let in, or threw out."""
    if event.name not in ("authorize", "revoke", "request"):
        return NOT_WATCHED
    target = event.text("app_name", "client_id")
    return [_admin(event, "google-token", target, "attempted" if event.name == "request" else "reached")]


_TARGETS = (
    "OAUTH2_APP_NAME", "API_CLIENT_NAME", "USER_EMAIL", "GROUP_EMAIL", "ROLE_NAME", "SETTING_NAME",
    "APPLICATION_NAME", "DOMAIN_NAME", "ORG_UNIT_NAME",
)  # fmt: skip


def admin(event: Event) -> Meaning:
    """A change in the Admin console. A mail monitor sends copies of someone's mail to somebody else."""
    if event.name == "CREATE_EMAIL_MONITOR":
        return [_forward(event, event.mail("USER_EMAIL"), event.mail("EMAIL_MONITOR_DEST_EMAIL"))]
    return [_admin(event, "google-admin", event.text(*_TARGETS))] if event.name else NOT_WATCHED


def _admin(
    event: Event, service: str, target: str | None, outcome: str = "reached"
) -> tuple[str, dict[str, Any]]:
    values = {
        "user": event.user,
        "service": service,
        "operation": event.name,
        "target": target,
        "src_ip": event.src_ip,
        "outcome": outcome,
    }
    return "admin", values


def _forward(event: Event, mailbox: str | None, target: str | None) -> tuple[str, dict[str, Any]]:
    values = {
        "user": event.user,
        "mailbox": mailbox,
        "operation": "forward-rule",
        "target": target,
        "recipient": target,
        "service": "gmail",
        "src_ip": event.src_ip,
        "outcome": "reached",
    }
    return "mailbox", values


_VISIBILITY: Mapping[str | None, str] = {
    "private": "internal",
    "shared_internally": "internal",
    "people_within_domain_with_link": "domain",
    "public_in_the_domain": "domain",
    "shared_externally": "external",
    "people_with_link": "link",
    "public_on_the_web": "public",
}
# What passes a file on, or takes it out of Drive, whoever owns it.
_PASSED_ON = frozenset(
    "change_user_access change_user_access_hierarchy_reconciled change_document_visibility"
    " change_document_visibility_hierarchy_reconciled change_document_access_scope"
    " change_document_access_scope_hierarchy_reconciled change_owner change_owner_hierarchy_reconciled"
    " shared_drive_membership_change team_drive_membership_change shared_drive_settings_change"
    " team_drive_settings_change publish_change sheets_import_range_access_change email_as_attachment"
    " download print copy source_copy upload".split()
)
_ON_OTHERS_FILES = frozenset(
    "view preview edit rename move trash delete untrash add_to_folder remove_from_folder access_item_content"
    " sync_item_content download_forms_response".split()
)
_DROPPED = ("none", "[]")


def drive(event: Event) -> Meaning:
    """A file that was shared, taken out, or used by somebody who does not own it."""
    if event.name in _ON_OTHERS_FILES:
        owner = event.mail("owner")
        shared = event.text("owner_is_shared_drive", "owner_is_team_drive") == "true"
        if shared or not owner or owner == event.user:
            return NOT_WATCHED
    elif event.name not in _PASSED_ON:
        return NOT_WATCHED
    elif event.name.startswith("change_user_access") and event.text("new_value") in _DROPPED:
        return "access-removed"
    target = event.mail("target_user", "new_owner", "target", "target_domain")
    values = {
        "user": event.user,
        "sender": event.user,
        "service": "google-drive",
        "target": None if target == "all" else target,
        "visibility": _VISIBILITY.get(event.text("visibility")),
        "file": event.text("doc_title", "doc_id"),
        "operation": event.name,
        "src_ip": event.src_ip,
        "outcome": "reached",
    }
    return [("share", values)]


def calendar(event: Event) -> Meaning:
    """A calendar that was shared with a person, or with everybody."""
    if event.name != "change_calendar_acls":
        return NOT_WATCHED
    if event.text("access_level") in _DROPPED:
        return "access-removed"
    target = event.mail("grantee_email") or ""
    public = target.startswith("__public_principal__")
    values = {
        "user": event.user,
        "sender": event.user,
        "service": "google-calendar",
        "target": None if public else target or None,
        "visibility": "public" if public else None,
        "file": event.mail("calendar_id"),
        "operation": event.name,
        "src_ip": event.src_ip,
        "outcome": "reached",
    }
    return [("share", values)]


_SENT, _OPENED = 1, 7
_DELEGATE = "event_info.client_context.session_context.delegate_user_email"


def gmail(event: Event) -> Meaning:
    """A mail that a person sent, one event a recipient; a mail that a delegate opened in another's mailbox."""
    kind = event.number("event_info.mail_event_type")
    delegate = event.mail(_DELEGATE)
    if event.name == "delivery" and kind == _SENT:
        sender = event.mail("message_info.source.address", "message_info.source.from_header_address")
        return [
            _mail(event, sender or event.user, delegate, to) for to in _destinations(event)
        ] or NOT_WATCHED
    if event.name == "delivery" and kind == _OPENED and delegate:
        values = {
            "user": delegate,
            "mailbox": event.user,
            "operation": "open",
            "service": "gmail",
            "src_ip": event.src_ip,
            "outcome": "reached",
        }
        return [("mailbox", values)]
    return NOT_WATCHED


def _mail(event: Event, sender: str | None, delegate: str | None, to: str) -> tuple[str, dict[str, Any]]:
    values = {
        "user": delegate or event.user,
        "sender": sender,
        "recipient": to,
        "bytes": event.number("message_info.payload_size"),
        "src_ip": event.src_ip,
        "service": "gmail",
        "outcome": "attempted" if event.text("event_info.success") == "false" else "reached",
    }
    return "mail", values


def _destinations(event: Event) -> list[str]:
    """Read `service:selector:address,service:selector:address`."""
    listed = word(event.parameters.get("message_info.flattened_destinations")) or ""
    parts = (lower(part.rpartition(":")[2]) for part in listed.split(","))
    return list(dict.fromkeys(part for part in parts if part and "@" in part))


OFFICE: Mapping[str, Application] = {
    "login": login,
    "user_accounts": login,
    "saml": saml,
    "token": token,
    "admin": admin,
    "drive": drive,
    "calendar": calendar,
    "gmail": gmail,
}
