"""What the records of the unified audit log mean: sign-ins, files and shares, changes by administrators.

Properties: https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
Operations: https://learn.microsoft.com/purview/audit-log-activities
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clausewise.sources.json_lines import NOT_WATCHED, lower, word
from clausewise.sources.m365_audit.mailbox import MAILBOX, mailbox_change
from clausewise.sources.m365_audit.properties import Meaning, Record, named, outcome, pairs, src_ip, user
from clausewise.sources.times import from_iso, zone_named

_UTC = zone_named("UTC")


@lru_cache(maxsize=1 << 10)
def _moment(text: str) -> int | None:
    return from_iso(text, _UTC)


def time_of(record: Record) -> int | None:
    """Give the time of a record: UTC, which the log does not say (Management Activity API, common schema)."""
    text = word(record.get("CreationTime"))
    return _moment(text) if text else None


def meaning(record: Record) -> Meaning:
    """Give the events (class, columns) of a record, or the word of the noise that it is."""
    operation, workload = word(record["Operation"]) or "", word(record.get("Workload")) or ""
    if operation in _SIGN_INS:
        return [_sign_in(record, operation)]
    if operation in MAILBOX:
        return MAILBOX[operation](record)
    if operation in _SHARED or operation in _MOVED:
        return [_share(record, operation)]
    if operation in _UNSHARED:
        return "access-removed"
    if operation in _USED:
        return [_share(record, operation)] if _of_another(record) else NOT_WATCHED
    if workload == "AzureActiveDirectory" or operation in _SITE_RULES or _CMDLET.fullmatch(operation):
        return _change(record, operation)
    return NOT_WATCHED


_SIGN_INS = {"UserLoggedIn": "reached", "UserLoginFailed": "attempted"}


def _sign_in(record: Record, operation: str) -> tuple[str, Mapping[str, Any]]:
    """A sign-in at Entra ID. A new token for a session that stands is `reauth`: nobody typed anything."""
    who, request = user(record), named(record, "ExtendedProperties", "RequestType")
    values = {
        "user": who,
        "account": who,
        "src_ip": src_ip(record),
        "device": named(record, "DeviceProperties", "DisplayName"),
        "outcome": _SIGN_INS[operation],
        "kind": "reauth" if request == "OAuth2:Token" else "login",
        "session": named(record, "DeviceProperties", "SessionId"),
        "logon_type": request,
        "service": "entra",
    }
    return "auth", values


_LINK, _DOMAIN = "link", "domain"
_SHARED: Mapping[str, str | None] = {
    "AnonymousLinkCreated": _LINK,
    "AnonymousLinkUpdated": _LINK,
    "CompanyLinkCreated": _DOMAIN,
    "SharingSet": None,
    "SharingInvitationCreated": None,
    "SharingInvitationUpdated": None,
    "SecureLinkCreated": None,
    "SecureLinkUpdated": None,
    "AddedToSecureLink": None,
    "SharedLinkCreated": None,
}
_UNSHARED = frozenset(
    "SharingRevoked SharingInvitationRevoked AnonymousLinkRemoved CompanyLinkRemoved SecureLinkDeleted"
    " RemovedFromSecureLink SharedLinkDisabled".split()
)
_TARGET_KINDS = {
    "guest": "external",
    "partner": "external",
    "member": "internal",
    "securitygroup": "internal",
    "sharepointgroup": "internal",
}
_MOVED = frozenset({"FileDownloaded", "FileSyncDownloadedFull", "FileUploaded", "FileSyncUploadedFull"})
_USED = frozenset(
    "FileAccessed FileAccessedExtended FilePreviewed FileModified FileModifiedExtended FileDeleted FileRecycled"
    " FileRenamed FileMoved FileCopied FolderDeleted FolderRecycled FolderRenamed FolderMoved".split()
)


def _share(record: Record, operation: str) -> tuple[str, Mapping[str, Any]]:
    """A file that was shared, or went in or out of SharePoint or OneDrive."""
    kind = (word(record.get("TargetUserOrGroupType")) or "").lower()
    who = user(record)
    values = {
        "user": who,
        "sender": who,
        "service": lower(record.get("Workload")),
        "target": lower(record.get("TargetUserOrGroupName")) or lower(record.get("UserSharedWith")),
        "visibility": _SHARED.get(operation) or _TARGET_KINDS.get(kind),
        "file": word(record.get("ObjectId")),
        "operation": operation,
        "src_ip": src_ip(record),
        "outcome": outcome(record),
    }
    return "share", values


_PERSONAL = re.compile(r"/personal/([^/]+)")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]")


def _of_another(record: Record) -> bool:
    """Tell whether the file lies in somebody else's OneDrive: its site is named after its owner's address."""
    site = _PERSONAL.search((word(record.get("ObjectId")) or word(record.get("SiteUrl")) or "").lower())
    who = user(record)
    return bool(site and who) and site[1] != _NOT_A_LETTER.sub("_", who or "")  # type: ignore[index]


_CMDLET = re.compile(r"[A-Z][a-z]+-[A-Z][A-Za-z]+")
_SITE_RULES = frozenset({"SiteCollectionAdminAdded", "SharingPolicyChanged"})


def _change(record: Record, operation: str) -> Meaning:
    """A change by an administrator, or an app that somebody let in. What the service did itself is no one's."""
    who = user(record)
    if who is None:
        return NOT_WATCHED
    if operation in ("Set-Mailbox", "Set-CASMailbox"):
        made = mailbox_change(record)
        if made:
            return made
    target = named(record, "ExtendedProperties", "targetName") or _target(record)
    values = {
        "user": who,
        "service": lower(record.get("Workload")),
        "operation": operation,
        "target": target or word(record.get("ObjectId")),
        "src_ip": src_ip(record),
        "outcome": outcome(record),
    }
    return [("admin", values)]


def _target(record: Record) -> str | None:
    """Give the target's name (Type 1) or sign-in name (Type 5) among its identities (IdentityType)."""
    found = {str(one.get("Type")): word(one.get("ID")) for one in pairs(record, "Target")}
    return found.get("1") or found.get("5")
