"""Tells what table a query asked, by the end of its name or by its columns, and what a row of it means.

Tables and columns: https://osquery.io/schema (programs, mounts, bitlocker_info, screenlock, ...).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clausewise.sources.addresses import address
from clausewise.sources.json_lines import NOT_WATCHED
from clausewise.sources.osquery_results.device import DEVICE
from clausewise.sources.osquery_results.row import Action, Found, Row, Table

_OPERATIONS = {Action.ADDED: "installed", Action.REMOVED: "removed", Action.PRESENT: "present"}


def software(row: Row) -> Found:
    """An installed program, package, app or browser extension."""
    name = row.text("display_name", "name", "bundle_name")
    # dpkg goes on listing a package that was taken out while its settings stay.
    if name is None or (row.text("status") or "").startswith("deinstall"):
        return NOT_WATCHED
    values = {
        "user": row.text("username"),
        "device": row.result.device,
        "software": name.removesuffix(".app"),
        "version": row.text("bundle_short_version", "version"),
        "publisher": row.text("publisher", "vendor", "maintainer", "author", "creator"),
        "operation": _OPERATIONS[row.action],
    }
    return "software", row.result.time, values


_SYSTEM_FOLDERS = re.compile(
    r"(?:/(?:usr/)?(?:s?bin|lib(?:exec|64)?)/|/System/|/Library/Apple/|[a-z]:\\windows\\)", re.IGNORECASE
)
_SERVICE_USERS = frozenset({"system", "local service", "network service", "anonymous logon", "root"})


def process(row: Row) -> Found:
    """A program that runs or began to run. That it ended is not watched."""
    path = row.text("path")
    image = re.split(r"[/\\]", path)[-1] if path else row.text("name")
    ended = (row.text("event_type", "type") or "").lower() in ("exit", "fork", "processstop")
    if row.action is Action.REMOVED or ended or not image:
        return NOT_WATCHED
    user = row.text("username")
    values = {
        "user": None if user is None or user.lower() in _SERVICE_USERS else user,
        "device": row.result.device,
        "image": image,
        "original_name": row.text("original_filename"),
        "hash": row.text("sha256"),
        "system": bool(_SYSTEM_FOLDERS.match(path)) if path else None,
        "outcome": "reached",
    }
    return "process", row.time_in("time"), values


# Sessions of people; `last` has numbers of utmp.h (7 USER_PROCESS, 8 DEAD_PROCESS), the rest is the system's.
_SESSIONS = {"user": "login", "active": "login", "7": "login", "8": "logout"}


def session(row: Row) -> Found:
    """Somebody who is signed in on the device, or the device's own list of sign-ins.

    A snapshot repeats who is there, which is no sign-in.
    """
    kind = _SESSIONS.get((row.text("type") or "user").lower())
    listed = "username" in row.columns  # the table `last`: an entry that goes was only rotated away
    if kind is None or row.result.snapshot or (row.action is Action.REMOVED and listed):
        return NOT_WATCHED
    left = row.action is Action.REMOVED
    name = row.text("user", "username")
    if name is None:
        return NOT_WATCHED
    user = name.rpartition("\\")[2]
    nobody = user.lower() in _SERVICE_USERS or user.endswith("$")
    values = {
        "user": None if nobody else user,
        "account": user,
        "src_ip": address(row.text("host")),
        "device": row.result.device,
        "outcome": "reached",
        "kind": "logout" if left else kind,
        "logon_type": "remote" if row.text("host") else "local",
    }
    return "auth", row.result.time if left else row.time_in("time"), values


_TABLES: Mapping[str, Table] = {
    **DEVICE,
    **dict.fromkeys(
        (
            "programs apps deb_packages rpm_packages chrome_extensions firefox_addons safari_extensions"
            " homebrew_packages python_packages npm_packages chocolatey_packages vscode_extensions"
            " installed_applications installed_software"
        ).split(),
        software,
    ),
    **dict.fromkeys(
        "processes process_events es_process_events bpf_process_events process_etw_events".split(), process
    ),
    "logged_in_users": session,
    "last": session,
}
# What is known and not asked about, although its name or columns look like a table above.
_ELSEWHERE = frozenset(
    "listening_ports interface_addresses process_open_sockets os_version osquery_info".split()
)
_WORDS = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=1 << 10)
def _by_name(query: str) -> str | None:
    """Give the longest known table whose name ends the query's name: `pack_it_programs`, `pack/it/mounts`."""
    words = _WORDS.sub("_", query.lower()).strip("_").split("_")
    for at in range(len(words)):
        end = "_".join(words[at:])
        if end in _TABLES or end in _ELSEWHERE:
            return end
    return None


_BY_COLUMNS: tuple[tuple[frozenset[str], str], ...] = tuple(
    (frozenset(columns.split()), table)
    for columns, table in (
        ("drive_letter protection_status", "bitlocker_info"),
        ("encrypted encryption_status", "disk_encryption"),
        ("grace_period", "screenlock"),
        ("usb_address vendor_id", "usb_devices"),
        ("device path blocks_size", "mounts"),
        ("pnp_device_id disk_index", "disk_info"),
        ("device_id file_system boot_partition", "logical_drives"),
        ("name version install_location", "programs"),
        ("name version maintainer", "deb_packages"),
        ("name bundle_identifier", "apps"),
        ("identifier version permissions", "chrome_extensions"),
        ("name status start_type", "services"),
        ("user tty host", "logged_in_users"),
        ("key name data", "registry"),
    )
)


def table_of(query: str, columns: Mapping[str, Any]) -> Table | None:
    """Give the meaning of a row by its query's name, else by its columns; None for a table not watched."""
    name = _by_name(query)
    if name is None:
        name = next((table for wanted, table in _BY_COLUMNS if wanted <= columns.keys()), "")
    return _TABLES.get(name)
