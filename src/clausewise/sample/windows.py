"""Windows event logs as a collector forwards them: one flat JSON record a line.

Event numbers and field names are Microsoft's (Security auditing, Sysmon, Service Control Manager, BitLocker).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from clausewise.sample.machines import Device
from clausewise.sample.period import iso

SECURITY, SYSMON = "Microsoft-Windows-Security-Auditing", "Microsoft-Windows-Sysmon"
SERVICES, BITLOCKER = "Service Control Manager", "Microsoft-Windows-BitLocker-API"
_CHANNELS = {
    SECURITY: "Security",
    SYSMON: "Microsoft-Windows-Sysmon/Operational",
    SERVICES: "System",
    BITLOCKER: "Microsoft-Windows-BitLocker/BitLocker Management",
}
_MACHINE_SID = "S-1-5-18"
_PEOPLE_SID = "S-1-5-21-3623811015-3361044348-30300820-1013"


@dataclass(slots=True)
class WindowsLog:
    """Events as (milliseconds, line)."""

    events: list[tuple[int, str]] = field(default_factory=list)

    def add(self, at: int, device: Device, number: int, provider: str, **data: str) -> None:
        """One event of `provider` at `at` (Unix milliseconds) on a computer."""
        record = {
            "EventTime": iso(at),
            "Hostname": f"{device.device.lower()}.redbud.example",
            "EventID": number,
            "SourceName": provider,
            "Channel": _CHANNELS[provider],
            **data,
        }
        self.events.append((at, json.dumps(record) + "\n"))

    def sign_in(
        self, at: int, device: Device, account: str, kind: str = "2", by: str = "", number: int = 4624
    ) -> None:
        """4624, or 4625 where it failed. `kind` is Windows' logon type: 2 keyboard, 3 network, 7 unlock."""
        self.add(
            at,
            device,
            number,
            SECURITY,
            SubjectUserSid=_PEOPLE_SID if by else _MACHINE_SID,
            SubjectUserName=by or f"{device.device}$",
            TargetUserSid=_PEOPLE_SID,
            TargetUserName=account,
            TargetLogonId=f"0x{at % 0xFFFFFF:x}",
            LogonType=kind,
            IpAddress=device.ip if kind in ("3", "10") else "127.0.0.1",
        )

    def session(self, at: int, device: Device, account: str, number: int) -> None:
        """4634 and 4647 sign out, 4800 locks, 4801 unlocks."""
        self.add(
            at,
            device,
            number,
            SECURITY,
            TargetUserSid=_PEOPLE_SID,
            TargetUserName=account,
            TargetLogonId="0x6a423",
            LogonType="2",
        )

    def explicit(self, at: int, device: Device, user: str, account: str) -> None:
        """4648: somebody signed in to something with another account's user name and password."""
        self.add(
            at,
            device,
            4648,
            SECURITY,
            SubjectUserSid=_PEOPLE_SID,
            SubjectUserName=user,
            SubjectLogonId="0x6a423",
            TargetUserName=account,
            TargetServerName="files.redbud.example",
        )

    def program(self, at: int, device: Device, user: str, path: str, original_name: str) -> None:
        """Sysmon 1: a program was started; its maker's own name for it stands beside the name of its file."""
        self.add(
            at,
            device,
            1,
            SYSMON,
            UtcTime=iso(at).replace("T", " ").removesuffix("Z"),
            User=f"REDBUD\\{user}",
            Image=path,
            OriginalFileName=original_name,
            ParentImage="C:\\Windows\\explorer.exe",
        )

    def drive(self, at: int, device: Device, serial: str) -> None:
        """6416: a portable drive was plugged in."""
        self.add(
            at,
            device,
            6416,
            SECURITY,
            SubjectUserSid=_MACHINE_SID,
            SubjectUserName=f"{device.device}$",
            DeviceId=f"USBSTOR\\Disk&Ven_Acme&Prod_Pocket_Stick&Rev_1.00\\{serial}&0",
            DeviceDescription="Acme Pocket Stick USB Device",
            ClassName="DiskDrive",
        )

    def write(self, path: Path) -> Path:
        """Write the JSON lines in order of time; returns the path."""
        self.events.sort()
        path.write_text("".join(line for _, line in self.events), encoding="ascii", newline="\n")
        return path
