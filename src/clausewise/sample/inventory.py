"""osquery's results log: which programs, disks, drives and lock limits the county's computers report."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from clausewise.sample.machines import Device
from clausewise.sample.period import iso
from clausewise.sample.stage import DAY, Stage

FEED = "osquery"
OLD_REPORT = -46  # day of the county's first inventory: longer ago than the county waits for news of a disk
OVER, WITHIN = "fraction-forge", "typing-tutor"


@dataclass(slots=True)
class Inventory:
    """Results as (milliseconds, line)."""

    events: list[tuple[int, str]] = field(default_factory=list)

    def add(self, at: int, device: str, query: str, rows: Iterable[dict[str, str]], *, new: bool) -> None:
        """The rows of one query: as one snapshot, or each as added since the last time."""
        head = {"name": query, "hostIdentifier": device, "unixTime": at // 1000, "epoch": 0, "counter": 7}
        listed = list(rows)
        if new:
            for row in listed:
                self._line(at, {**head, "columns": row, "action": "added"})
        else:
            self._line(at, {**head, "snapshot": listed, "action": "snapshot"})

    def _line(self, at: int, record: dict[str, object]) -> None:
        self.events.append((at, json.dumps(record) + "\n"))

    def write(self, path: Path) -> Path:
        """Write the JSON lines in order of time; returns the path."""
        self.events.sort()
        path.write_text("".join(line for _, line in self.events), encoding="ascii", newline="\n")
        return path


def ordinary(log: Inventory, stage: Stage) -> None:
    """Every Monday 120 computers tell their programs and when they lock; some of them, what was plugged in."""
    machines = [device for device in stage.cast.park.devices if device.assigned_to][:120]
    for day in (0, 7):
        for n, device in enumerate(machines):
            at = stage.at(day, 500 + n / 10)
            titles = ["7zip", "libreoffice", *(["vlc"] if n % 3 else []), *([WITHIN] if n % 6 == 0 else [])]
            programs = ({"name": title, "version": "3.1", "install_location": "C:\\P"} for title in titles)
            log.add(at, device.device, "pack_it_programs", programs, new=False)
            limit = [{"name": "InactivityTimeoutSecs", "data": "900"}]
            log.add(at + 1000, device.device, "pack_it_registry", limit, new=False)


def licences(log: Inventory, stage: Stage) -> None:
    """A title on more devices than the county holds licences for (16), and titles with licences enough."""
    moments = []
    for n in range(9):
        device, at = stage.own[stage.player()], stage.at(1 + n % 3, 540 + n)
        row = {"name": OVER, "version": "2.0", "install_location": "C:\\P"}
        log.add(at, device.device, "pack_it_programs", [row], new=True)
        moments.append(at)
    moments.sort()
    why = "nine installs of a title of which the county holds six licences"
    stage.counted("16/copyrighted", "", OVER, moments, why, FEED)
    monday = [stage.at(0, 500)]
    stage.innocent("16/copyrighted", "", WITHIN, monday, "fewer installs than licences", FEED)
    stage.innocent("16/copyrighted", "", "libreoffice", monday, "free: nobody counts its licences", FEED)


def disks(log: Inventory, stage: Stage, silent: list[Device], spoken: list[Device]) -> None:
    """What computers last said of their disks: some six weeks ago, some again within the fortnight."""
    for device in (*silent, *spoken):
        _disk(log, stage.at(0, 500) + OLD_REPORT * DAY, device)
    for device in spoken:
        _disk(log, stage.at(3, 510), device)


def _disk(log: Inventory, at: int, device: Device) -> None:
    rows = [{"drive_letter": "C:", "protection_status": "1", "conversion_status": "1"}]
    log.add(at, device.device, "pack_it_bitlocker_info", rows, new=True)


def sticks(log: Inventory, stage: Stage) -> None:
    """Portable drives that osquery saw (9.g)."""
    plan = (
        ("USB-0007", True, "the register says that the drive is not encrypted"),
        ("USB-0005", False, "an encrypted drive of the register"),
    )
    for serial, broken, why in plan:
        device, moments = stage.own[stage.player()], stage.cast.times("duty", 2)
        for at in moments:
            row = {"usb_address": "4", "vendor": "Acme", "vendor_id": "05ac", "model": "Flash Drive"}
            log.add(at, device.device, "pack_it_usb_devices", [{**row, "serial": serial}], new=True)
        (stage.broken if broken else stage.innocent)("9.g", "", serial, moments, why, FEED)


def mailbox_sizes(path: Path, stage: Stage) -> Path:
    """The weekly list of mailbox sizes: some above the county's advice (20.a), some just below."""
    big, near = ([stage.player() for _ in range(many)] for many in (5, 4))
    ordinary = [stage.player() for _ in range(120)]
    moments = [stage.at(day, 360) for day in (1, 8)]
    lines = ["time,mailbox,event,bytes\n"]
    for at in moments:
        for n, person in enumerate([*big, *near, *ordinary]):
            size = 5_200_000_000 + n if person in big else 4_990_000_000 if person in near else 90_000_000 + n
            lines.append(f"{iso(at)},{person}@redbud.example,size,{size}\n")
    path.write_text("".join(lines), encoding="ascii", newline="\n")
    for person in big:
        stage.counted("20.a", person, person, moments, "the mailbox is above the county's size", "mailbox")
    for person in near:
        stage.innocent("20.a", person, person, moments, "just below the county's size", "mailbox")
    return path
