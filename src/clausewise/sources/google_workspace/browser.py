"""What managed Chrome browsers, Chromebooks and phones report to Google Workspace.

Event and parameter names: https://developers.google.com/workspace/admin/reports/v1/appendix/activity/chrome
and its sister page mobile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clausewise.sources.google_workspace.activity import Application, Event, Meaning
from clausewise.sources.hosts import Target, read_target, split_url
from clausewise.sources.json_lines import NOT_WATCHED

_SESSIONS: Mapping[str, tuple[str, str]] = {
    "CHROME_OS_LOGIN_EVENT": ("login", "reached"),
    "CHROME_OS_LOGIN_FAILURE_EVENT": ("login", "attempted"),
    "CHROME_OS_LOGOUT_EVENT": ("logout", "reached"),
    "CHROMEOS_AFFILIATED_LOCK_SUCCESS": ("lock", "reached"),
    "CHROMEOS_AFFILIATED_UNLOCK_SUCCESS": ("unlock", "reached"),
    "CHROMEOS_AFFILIATED_UNLOCK_FAILURE": ("unlock", "attempted"),
}
_TRANSFERS = frozenset({"CONTENT_TRANSFER", "SENSITIVE_DATA_TRANSFER", "MALWARE_TRANSFER"})
_STOPPED_SITES = frozenset({"UNSAFE_SITE_VISIT", "URL_FILTERING_INTERSTITIAL"})
_BOOT_MODES = frozenset({"DEVICE_BOOT_STATE_CHANGE", "CHROMEOS_DEVICE_BOOT_STATE_CHANGE"})


def chrome(event: Event) -> Meaning:
    """A session on a Chromebook, an extension, a file that went through the browser, a site it warned of."""
    name = event.name
    if name == "CHROME_OS_LOGIN_LOGOUT_EVENT":
        kind = "logout" if "LOGOUT" in (event.text("EVENT_REASON") or "") else "login"
        return [_session(event, kind, "reached")]
    if name in _SESSIONS:
        return [_session(event, *_SESSIONS[name])]
    if name == "BROWSER_EXTENSION_INSTALL":
        return [_extension(event)]
    if name in _TRANSFERS:
        return [_transfer(event)]
    if name in _STOPPED_SITES:
        return _site(event)
    if name in _BOOT_MODES:
        return [_boot_mode(event)]
    return NOT_WATCHED


def _user(event: Event) -> str | None:
    """The address of who was signed in; a device account without a mail form is no address of ours."""
    return event.user or event.mail("PROFILE_USER_NAME", "TRIGGER_USER", "DEVICE_USER")


def _result(event: Event) -> str:
    said = event.text("EVENT_RESULT") or ""
    return "attempted" if "BLOCKED" in said or "WARNED" in said else "reached"


def _session(event: Event, kind: str, outcome: str) -> tuple[str, dict[str, Any]]:
    user = event.mail("DEVICE_USER") or event.user
    values = {
        "user": user,
        "account": user,
        "src_ip": event.src_ip,
        "device": event.text("DEVICE_NAME"),
        "outcome": outcome,
        "kind": kind,
        "session": event.text("SESSION_ID"),
        "logon_type": event.text("EVENT_REASON"),
        "service": "chromeos",
    }
    return "auth", values


def _extension(event: Event) -> tuple[str, dict[str, Any]]:
    removed = (event.text("EXTENSION_ACTION_TYPE") or "").upper().startswith("UNINSTALL")
    values = {
        "user": _user(event),
        "device": event.text("DEVICE_NAME"),
        "software": event.text("APP_NAME", "EXTENSION_NAME", "APP_ID"),
        "version": event.text("EXTENSION_VERSION"),
        "operation": "removed" if removed else "installed",
    }
    return "software", values


def _transfer(event: Event) -> tuple[str, dict[str, Any]]:
    """An upload is a copy onto a web service, a download a new file on the device."""
    place = _address(event.text("TRIGGER_DESTINATION", "URL") or "")
    upload = "UPLOAD" in (event.text("TRIGGER_TYPE") or "").upper()
    values = {
        "user": _user(event),
        "device": event.text("DEVICE_NAME"),
        "file": event.text("CONTENT_NAME"),
        "operation": "copy" if upload else "create",
        "storage": place.host if upload else None,
        "host": place.host,
        "bytes": event.number("CONTENT_SIZE"),
        "outcome": _result(event),
    }
    return "file", values


def _site(event: Event) -> Meaning:
    url = event.text("URL") or ""
    place = _address(url)
    if place.host is None:
        return NOT_WATCHED
    values = {
        "user": _user(event),
        "src_ip": event.src_ip,
        "host": place.host,
        "port": place.port,
        "scheme": place.scheme,
        "path": split_url(url)[1],
        "outcome": _result(event),
    }
    return [("http", values)]


def _address(url: str) -> Target:
    return read_target(split_url(url)[0].encode("utf-8", "replace"), connect="://" not in url)


def _boot_mode(event: Event) -> tuple[str, dict[str, Any]]:
    """Developer mode takes a Chromebook out of the county's hands; the way back is no tampering."""
    mode = (event.text("NEW_BOOT_MODE", "EVENT_REASON") or "").lower()
    values = {
        "user": event.mail("DEVICE_USER") or event.user,
        "device": event.text("DEVICE_NAME"),
        "kind": "seen" if "verified" in mode else "firmware-changed",
        "change": None if "verified" in mode else "boot-mode",
        "src_ip": event.src_ip,
        "outcome": "reached",
    }
    return "device", values


_PHONE_APPS = {"INSTALLED": "installed", "UPDATED": "installed", "UNINSTALLED": "removed"}


def mobile(event: Event) -> Meaning:
    """An app on a managed phone, and a phone whose protection was broken."""
    user = event.mail("USER_EMAIL") or event.user
    device = event.text("SERIAL_NUMBER", "DEVICE_ID", "DEVICE_MODEL")
    if event.name == "DEVICE_COMPROMISED_EVENT" and event.text("DEVICE_COMPROMISED_STATE") == "COMPROMISED":
        values = {"user": user, "device": device, "kind": "firmware-changed", "change": "compromised"}
        return [("device", {**values, "src_ip": event.src_ip, "outcome": "reached"})]
    operation = _PHONE_APPS.get(event.text("APPLICATION_STATE") or "")
    if event.name == "APPLICATION_EVENT" and operation:
        values = {"user": user, "device": device, "operation": operation, "version": event.text("NEW_VALUE")}
        return [("software", {**values, "software": event.text("APPLICATION_ID")})]
    return NOT_WATCHED


CHROME: Application = chrome
MOBILE: Application = mobile
