"""Reads what the Linux kernel says of USB devices: which drive was plugged in, and when it was taken out."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_DEVICES = 1_000
"""USB devices that are remembered at a time, over all hosts of a file."""

_UPTIME = re.compile(r"\[ {0,8}[0-9]{1,10}\.[0-9]{1,9}\] ")
_USB = re.compile(r"usb ([0-9.-]{1,20}): (.*)", re.DOTALL)
_FOUND = re.compile(r"New USB device found, idVendor=([0-9a-f]{4}), idProduct=([0-9a-f]{4})")
_STORAGE = re.compile(r"usb-storage ([0-9.-]{1,20}):[0-9.]{1,8}: USB Mass Storage device detected")
_UAS = re.compile(r"scsi host[0-9]{1,6}: uas")


class Drive(NamedTuple):
    """A USB device: its make (`vendor:product`), its own number and name where it has them."""

    make: str = ""
    serial: str | None = None
    name: str | None = None
    storage: bool = False


Held = tuple[tuple[str, Drive], ...]


class Drives:
    """The USB devices that are plugged in, by host and port."""

    def __init__(self, held: Held) -> None:
        self._drives = dict(held)

    @property
    def held(self) -> Held:
        """What the reader of the next block begins with."""
        return tuple(self._drives.items())

    def read(self, host: str, text: str) -> tuple[str, Drive] | None:
        """Give `drive-mount` or `drive-remove` and the drive; None for any other message."""
        uptime = _UPTIME.match(text)
        text = text[uptime.end() :] if uptime else text
        if found := _USB.fullmatch(text):
            return self._read_usb(f"{host} {found[1]}", found[2])
        if found := _STORAGE.fullmatch(text):
            return self._mount(f"{host} {found[1]}")
        if _UAS.fullmatch(text):
            # This line names no port: it is the device that this host spoke of last.
            last = next((key for key in reversed(self._drives) if key.startswith(f"{host} ")), None)
            return self._mount(last) if last and not self._drives[last].storage else None
        return None

    def _read_usb(self, key: str, text: str) -> tuple[str, Drive] | None:
        if found := _FOUND.match(text):
            self._drives.pop(key, None)
            self._drives[key] = Drive(f"{found[1]}:{found[2]}")
            if len(self._drives) > MOST_DEVICES:
                del self._drives[next(iter(self._drives))]
        elif text.startswith("USB disconnect"):
            drive = self._drives.pop(key, None)
            return ("drive-remove", drive) if drive and drive.storage else None
        elif drive := self._drives.get(key):
            name, _, value = text.partition(": ")
            if name == "SerialNumber":
                self._drives[key] = drive._replace(serial=value.strip()[:128] or None)
            elif name == "Product":
                self._drives[key] = drive._replace(name=value.strip()[:128] or None)
        return None

    def _mount(self, key: str) -> tuple[str, Drive]:
        drive = self._drives.pop(key, Drive())._replace(storage=True)
        self._drives[key] = drive
        return "drive-mount", drive
