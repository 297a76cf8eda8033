"""What Windows' events say of portable drives and of encryption."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from clausewise.sources.json_lines import NOT_WATCHED
from clausewise.sources.rows import Collected, Line
from clausewise.sources.windows_record import MACHINE, Put, WindowsEvent

_DISK = re.compile(r"USBSTOR[\\#]([^\\#]+)[\\#]([^\\#]+)", re.IGNORECASE)
_MODEL = re.compile(r"(?:VEN|PROD)_([^&\\#]+)", re.IGNORECASE)
_VOLUME = re.compile(r"WPDBUSENUM\\(\{[0-9A-F-]{36}\}#[0-9A-F]+)", re.IGNORECASE)
_USB = re.compile(r"USB\\VID_[^\\]+\\([^\\]+)", re.IGNORECASE)
_USB_BUS = "7"  # STORAGE_BUS_TYPE BusTypeUsb
_PNP, _REMOVE = "27", "2"  # IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE: the last one of every removal
_REMOVABLE_STORAGE = frozenset({"12812", "Removable Storage"})  # the audit subcategory
_DELETE, _WRITE, _READ = 0x10000, 0x6, 0x1  # rights on a file


class Drive(NamedTuple):
    """A portable drive: its serial number (else what Windows calls it) and its maker and model."""

    serial: str
    name: str | None


def drive_of(instance: str | None) -> Drive | None:
    r"""Read a device instance id such as `USBSTOR\Disk&Ven_Acme&Prod_Stick&Rev_1.00\0417AA31&0`.

    None for what is no portable drive. A serial loses the `&0` that Windows adds; one that Windows made up
    itself (its second sign is `&`) is kept whole, for it holds on that computer alone.
    """
    text = instance or ""
    disk = _DISK.search(text)
    if disk:
        model = " ".join(part.replace("_", " ").strip() for part in _MODEL.findall(disk[1]))
        return Drive(_serial(disk[2]), model or None)
    volume = _VOLUME.search(text)
    return Drive(volume[1].upper(), None) if volume else None


def _serial(text: str) -> str:
    text = text.strip().upper()
    return text if text[1:2] == "&" else text.partition("&")[0] or text


def _put(event: WindowsEvent, line: Line, out: Collected, values: Mapping[str, Any]) -> None:
    out.event("device", line, event.time, {"device": event.device, "outcome": "reached", **values})


def _moved(event: WindowsEvent, line: Line, out: Collected, kind: str, drive: Drive | None) -> None:
    if drive is None:
        out.noise[NOT_WATCHED] += 1
    else:
        _put(event, line, out, {"kind": kind, "drive": drive.serial, "drive_name": drive.name})


def loading(event: WindowsEvent, line: Line, out: Collected) -> None:
    """DriverFrameworks-UserMode 2003: drivers are asked for a device that has come."""
    instance = event.text("InstanceId") or event.text("instance")
    _moved(event, line, out, "drive-mount", drive_of(instance))


def finished(event: WindowsEvent, line: Line, out: Collected) -> None:
    """DriverFrameworks-UserMode 2102: a device operation is done; of those a removal is taken, once."""
    code = (
        event.text("RequestMajorCode") or event.text("MajorCode"),
        event.text("RequestMinorCode") or event.text("MinorCode"),
    )
    instance = event.text("InstanceId") or event.text("instance")
    _moved(event, line, out, "drive-remove", drive_of(instance) if code == (_PNP, _REMOVE) else None)


def disk_seen(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Partition 1006: a disk came, or with a capacity of 0 went. Disks on the USB bus are taken."""
    drive = None
    if event.text("BusType") == _USB_BUS:
        made = event.text("ParentId") or ""
        serial = made.rpartition("\\")[2] if made.upper().startswith("USB\\") else ""
        serial = serial or (event.text("SerialNumber") or "")
        names = (event.text("Manufacturer"), event.text("Model"))
        model = " ".join(part.strip() for part in names if part) or None
        drive = Drive(_serial(serial), model) if serial.strip() else None
    gone = event.text("Capacity") == "0"
    _moved(event, line, out, "drive-remove" if gone else "drive-mount", drive)


def device_recognised(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Security 6416: a device was recognised: a USB disk, or a phone or camera that shows its files."""
    instance, family = event.text("DeviceId") or "", event.text("ClassName")
    drive = None
    if instance.upper().startswith("USBSTOR\\"):
        drive = drive_of(instance)
    elif family == "WPD" and (phone := _USB.match(instance)):
        drive = Drive(_serial(phone[1]), None)
    if drive is not None:
        drive = Drive(drive.serial, event.text("DeviceDescription") or drive.name)
    _moved(event, line, out, "drive-mount", drive)


def file_used(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Security 4663, of the subcategory Removable Storage alone: a file on a portable drive was used."""
    mask = _mask(event.text("AccessMask"))
    name = (event.text("ObjectName") or "").rpartition("\\")[2]
    operation = "delete" if mask & _DELETE else "write" if mask & _WRITE else "read" if mask & _READ else None
    if event.task not in _REMOVABLE_STORAGE or operation is None or not name:
        out.noise[NOT_WATCHED] += 1
        return
    user = event.person("SubjectUserName", "SubjectUserSid")
    if user is None:
        out.noise[MACHINE] += 1
        return
    values = {
        "user": user,
        "device": event.device,
        "file": name,
        "operation": operation,
        "storage": "removable",
        "outcome": "reached",
    }
    out.event("file", line, event.time, values)


def _mask(text: str | None) -> int:
    try:
        return int(text or "0", 16 if (text or "").lower().startswith("0x") else 10)
    except ValueError:
        return 0


def _encryption(encrypted: str, volume: str) -> Put:
    def put(event: WindowsEvent, line: Line, out: Collected) -> None:
        # A drive letter is no drive: it stands in the name, and no serial number is known.
        name = event.text(volume)
        _put(event, line, out, {"kind": "encryption", "drive_name": name, "encrypted": encrypted})

    return put


_MANAGED = "VolumeMountPoint"
UMDF: Mapping[int, Put] = {2003: loading, 2102: finished}
"""Events of Microsoft-Windows-DriverFrameworks-UserMode; 2004 and 2100 tell of the same arrival and removal."""
PARTITION: Mapping[int, Put] = {1006: disk_seen}
"""Events of Microsoft-Windows-Partition."""
# While a volume is being encrypted it is neither yet; suspended, its key lies open on the disk.
BITLOCKER: Mapping[int, Put] = {
    768: _encryption("unknown", _MANAGED),  # encryption started
    769: _encryption("unknown", _MANAGED),  # will start when the computer starts anew
    770: _encryption("no", _MANAGED),  # decryption started
    771: _encryption("no", _MANAGED),  # encryption stopped
    772: _encryption("unknown", _MANAGED),  # encryption started again
    773: _encryption("no", _MANAGED),  # suspended
    774: _encryption("yes", _MANAGED),  # resumed
    778: _encryption("no", _MANAGED),  # made unprotected again
}
"""Events of Microsoft-Windows-BitLocker-API."""
BITLOCKER_DRIVER: Mapping[int, Put] = {
    24577: _encryption("unknown", "Volume"),  # encryption started
    24578: _encryption("no", "Volume"),  # encryption stopped
    24579: _encryption("yes", "Volume"),  # encryption completed
    24580: _encryption("no", "Volume"),  # decryption started
    24582: _encryption("no", "Volume"),  # decryption completed
}
"""Events of Microsoft-Windows-BitLocker-Driver."""
DRIVE_AUDIT: Mapping[int, Put] = {4663: file_used, 6416: device_recognised}
"""Events of Microsoft-Windows-Security-Auditing that tell of devices."""
