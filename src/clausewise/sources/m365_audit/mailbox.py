"""What Exchange Online reports about mailboxes: opened, written from, forwarded, shared out.

Properties: Exchange Mailbox schema and Exchange Admin schema of the Management Activity API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from clausewise.sources.json_lines import NOT_WATCHED, lower, word
from clausewise.sources.m365_audit.properties import Meaning, Record, named, outcome, src_ip, user

_ADDRESS = re.compile(r"[^\s;,<>\"'\[\]:()@]{1,64}@[^\s;,<>\"'\[\]:()@]{1,255}")
_SEND_TO = ("ForwardTo", "ForwardAsAttachmentTo", "RedirectTo")
_DELETE = ("DeleteMessage", "SoftDeleteMessage")
_NOT_THE_OWNER = frozenset({"1", "2", "6"})  # LogonType: administrator, delegate, delegated administrator


def _event(record: Record, operation: str, mailbox: str | None, target: str | None = None) -> tuple[str, Any]:
    values = {
        "user": user(record),
        "mailbox": mailbox,
        "operation": operation,
        "target": target,
        "recipient": target,
        "sender": mailbox if operation == "send-as" else None,
        "service": "exchange",
        "src_ip": src_ip(record),
        "outcome": outcome(record),
    }
    return "mailbox", values


def _owner(record: Record) -> str | None:
    return lower(record.get("MailboxOwnerUPN")) or lower(record.get("UserId"))


def _identity(record: Record, *names: str) -> str | None:
    """Give the mailbox that a cmdlet names: an address, or the last part of a directory path."""
    said = named(record, "Parameters", *names) or word(record.get("ObjectId"))
    if not said:
        return None
    found = _ADDRESS.search(said)
    name = found[0] if found else re.split(r"[\\:]", said)[0].rpartition("/")[2]
    return name.lower() or None


def opened(record: Record) -> Meaning:
    """Mail was read: the log names every mailbox that was, also one's own."""
    return [_event(record, "open", _owner(record))]


def handled(record: Record) -> Meaning:
    """Mail was moved, changed or deleted: in a mailbox that is not one's own, it was opened."""
    return opened(record) if str(record.get("LogonType")) in _NOT_THE_OWNER else NOT_WATCHED


def sent_as(record: Record) -> Meaning:
    """Mail was sent under somebody else's address."""
    under = lower(record.get("SendAsUserSmtp")) or lower(record.get("SendOnBehalfOfUserSmtp"))
    return [_event(record, "send-as", under or _owner(record))]


def rule(record: Record) -> Meaning:
    """An inbox rule: who gets the mail, and whether it is deleted. Rules that only sort are not watched."""
    mailbox = named(record, "Parameters", "Mailbox")
    owner = lower(mailbox) if mailbox and "@" in mailbox else _owner(record)
    sent = [named(record, "Parameters", name) for name in _SEND_TO]
    deletes = any((named(record, "Parameters", name) or "").lower() == "true" for name in _DELETE)
    return _rule(record, owner, [one for one in sent if one], deletes)


def desktop_rule(record: Record) -> Meaning:
    """A rule made in Outlook: its actions are JSON in text; for a rule that is changed they are mostly empty."""
    if (named(record, "OperationProperties", "RuleOperation") or "").startswith("Remove"):
        return NOT_WATCHED
    actions = named(record, "OperationProperties", "RuleActions") or ""
    words = actions.lower()
    sends = "forward" in words or "redirect" in words
    return _rule(record, _owner(record), [actions] if sends else [], "delete" in words)


def _rule(record: Record, owner: str | None, sent: list[str], deletes: bool) -> Meaning:
    targets = dict.fromkeys(found.lower() for text in sent for found in _ADDRESS.findall(text))
    made = [_event(record, "forward-rule", owner, target) for target in targets]
    if sent and not made:
        made.append(_event(record, "forward-rule", owner))  # the target is a name of the directory
    if deletes:
        made.append(_event(record, "delete-rule", owner))
    return made or NOT_WATCHED


def mailbox_change(record: Record) -> list[tuple[str, Mapping[str, Any]]]:
    """What Set-Mailbox says about forwarding and sending on behalf; empty for any other setting."""
    owner = _identity(record, "Identity")
    made: list[tuple[str, Mapping[str, Any]]] = []
    for name, operation in (
        ("ForwardingSmtpAddress", "forward-rule"),
        ("ForwardingAddress", "forward-rule"),
        ("GrantSendOnBehalfTo", "delegate-added"),
    ):
        said = named(record, "Parameters", name)
        if said:
            found = _ADDRESS.search(said)
            made.append(_event(record, operation, owner, (found[0] if found else said).lower()))
    return made


def _grant(operation: str, *grantee: str) -> Callable[[Record], Meaning]:
    def granted(record: Record) -> Meaning:
        target = named(record, "Parameters", *grantee)
        return [_event(record, operation, _identity(record, "Identity"), target.lower() if target else None)]

    return granted


def folder_shared(record: Record) -> Meaning:
    """A folder of a mailbox was opened to somebody, in Outlook."""
    item = record.get("Item")
    folder = item.get("ParentFolder") if isinstance(item, dict) else record.get("Folder")
    target = lower(folder.get("MemberUpn")) if isinstance(folder, dict) else None
    return [_event(record, "delegate-added", _owner(record), target)]


def signed_in(record: Record) -> Meaning:
    """A sign-in to a mailbox by an old protocol."""
    values = {
        "user": user(record),
        "account": _owner(record),
        "src_ip": src_ip(record),
        "outcome": outcome(record),
        "kind": "login",
        "service": "exchange",
    }
    return [("auth", values)]


MAILBOX: Mapping[str, Callable[[Record], Meaning]] = {
    "MailItemsAccessed": opened,
    "FolderBind": opened,
    "MessageBind": opened,
    **dict.fromkeys(
        ("HardDelete", "SoftDelete", "MoveToDeletedItems", "Move", "Copy", "Update", "Create"), handled
    ),
    "SendAs": sent_as,
    "SendOnBehalf": sent_as,
    "New-InboxRule": rule,
    "Set-InboxRule": rule,
    "UpdateInboxRules": desktop_rule,
    "Add-MailboxPermission": _grant("permission-added", "User"),
    "Add-RecipientPermission": _grant("permission-added", "Trustee"),
    "Add-MailboxFolderPermission": _grant("delegate-added", "User"),
    "Set-MailboxFolderPermission": _grant("delegate-added", "User"),
    "AddFolderPermissions": folder_shared,
    "ModifyFolderPermissions": folder_shared,
    "UpdateCalendarDelegation": folder_shared,
    "MailboxLogin": signed_in,
}
"""What each mailbox operation means."""
