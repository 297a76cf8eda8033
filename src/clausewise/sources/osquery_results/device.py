"""What osquery tells of a device: drives that are plugged in, encryption, screen lock, protection switched off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clausewise.sources.json_lines import NOT_WATCHED
from clausewise.sources.osquery_results.row import Action, Found, Row, Table
from clausewise.sources.rows import whole

_KINDS = {Action.ADDED: "drive-mount", Action.REMOVED: "drive-remove", Action.PRESENT: "seen"}
OLD = "old-state"
"""The noise of a row that only says what held before."""


def _device(row: Row, values: Mapping[str, Any]) -> Found:
    return "device", row.result.time, {"device": row.result.device, "outcome": "reached", **values}


def _drive(row: Row, drive: str | None, name: str | None) -> Found:
    if drive is None:
        return NOT_WATCHED
    return _device(row, {"kind": _KINDS[row.action], "drive": drive, "drive_name": name})


# Mass storage is class 8; many sticks leave the class to their interfaces (0) and say in words what they are.
_STORAGE_CLASS = frozenset({"8", "08"})
_STORAGE_WORDS = re.compile(r"\b(?:flash|disk|drive|storage|ssd|datatraveler|cruzer)\b", re.IGNORECASE)


def usb_device(row: Row) -> Found:
    """A USB device that stores files; mice, keyboards and the rest are not watched."""
    model = row.text("model")
    if row.text("class") not in _STORAGE_CLASS and not _STORAGE_WORDS.search(model or ""):
        return NOT_WATCHED
    return _drive(
        row, row.text("serial") or model, " ".join(filter(None, (row.text("vendor"), model))) or None
    )


_PORTABLE_PATHS = re.compile(r"/(?:run/)?media/|/Volumes/")
_PORTABLE_FORMATS = frozenset("vfat msdos exfat ntfs ntfs3 fuseblk ufsd_ntfs hfs apfs ext4".split())


def mount(row: Row) -> Found:
    """A volume mounted where systems put what people plug in."""
    path, form = row.text("path") or "", (row.text("type") or "").lower()
    if not _PORTABLE_PATHS.match(path) or form not in _PORTABLE_FORMATS:
        return NOT_WATCHED
    return _drive(row, row.text("device", "device_alias"), path.rstrip("/").rpartition("/")[2] or None)


def disk(row: Row) -> Found:
    """A physical disk of a Windows device that hangs on USB."""
    place = row.text("pnp_device_id") or ""
    if (row.text("type") or "").upper() != "USB" and not place.upper().startswith("USBSTOR"):
        return NOT_WATCHED
    return _drive(row, row.text("serial") or place or None, row.text("hardware_model", "name"))


def logical_drive(row: Row) -> Found:
    """A drive letter of a Windows device that is on a removable disk."""
    if "removable" not in (row.text("description") or "").lower():
        return NOT_WATCHED
    return _drive(row, row.text("device_id"), None)


# The drive stays empty: these rows are about the device's own disks, which are no portable storage.
_PROTECTION = {"0": "no", "1": "yes"}  # bitlocker_info.protection_status; 2 is unknown
_ENCRYPTED = {"0": "no", "1": "yes"}


def bitlocker(row: Row) -> Found:
    """Whether BitLocker protects a volume."""
    return _encryption(row, _PROTECTION.get(row.text("protection_status") or ""), row.text("drive_letter"))


def disk_encryption(row: Row) -> Found:
    """Whether a disk is encrypted; on a Mac FileVault has the last word."""
    said = (row.text("filevault_status") or "").lower()
    encrypted = {"on": "yes", "off": "no"}.get(said) or _ENCRYPTED.get(row.text("encrypted") or "")
    return _encryption(row, encrypted, row.text("name"))


def _encryption(row: Row, encrypted: str | None, name: str | None) -> Found:
    if row.action is Action.REMOVED:
        return OLD
    return _device(row, {"kind": "encryption", "encrypted": encrypted, "drive_name": name})


def screenlock(row: Row) -> Found:
    """After how many seconds of screen saver a password is asked; none when it is never asked.

    The seconds before the screen saver are another setting, so the real limit is longer.
    """
    if row.action is Action.REMOVED:
        return OLD
    seconds = whole(row.text("grace_period")) if row.text("enabled") != "0" else None
    return _device(row, {"kind": "lock-policy", "idle_lock_seconds": seconds})


_LIMITS = frozenset({"inactivitytimeoutsecs", "screensavetimeout"})


def registry(row: Row) -> Found:
    """The two values of the Windows registry that lock an idle screen, in seconds."""
    name = re.split(r"[\\/]", row.text("name", "path") or "")[-1].lower()
    if name not in _LIMITS:
        return NOT_WATCHED
    if row.action is Action.REMOVED:
        return OLD
    seconds = whole(row.text("data"))
    return _device(row, {"kind": "lock-policy", "idle_lock_seconds": seconds or None})


AGENTS = frozenset(
    "windefend sense wdnissvc mpssvc eventlog osqueryd sysmon sysmon64 wazuhsvc wazuh-agent wazuh-agent.service"
    " csfalconservice falcon-sensor.service sentinelagent clamav-daemon.service auditd.service filebeat winlogbeat"
    " osqueryd.service cylancesvc mbamservice ekrn".split()
)
"""Services that protect or watch a device, by the names that they have in Windows and systemd."""


def service(row: Row) -> Found:
    """A protecting service that does not run."""
    name = row.text("name", "id") or ""
    state = (row.text("status", "active_state") or "").lower()
    if name.lower() not in AGENTS:
        return NOT_WATCHED
    if row.action is Action.REMOVED:
        return OLD
    if state not in ("stopped", "inactive", "failed"):
        return NOT_WATCHED
    return _device(row, {"kind": "agent-stopped", "change": name})


def security_product(row: Row) -> Found:
    """A registered virus scanner or firewall that is switched off."""
    if row.action is Action.REMOVED:
        return OLD
    if (row.text("state") or "On").lower() == "on":
        return NOT_WATCHED
    return _device(row, {"kind": "agent-stopped", "change": row.text("name", "type")})


DEVICE: Mapping[str, Table] = {
    "usb_devices": usb_device,
    "mounts": mount,
    "disk_info": disk,
    "logical_drives": logical_drive,
    "bitlocker_info": bitlocker,
    "disk_encryption": disk_encryption,
    "screenlock": screenlock,
    "registry": registry,
    "services": service,
    "systemd_units": service,
    "windows_security_products": security_product,
}
"""What a row of each table about the device means."""
