"""The logs beside proxy, DNS, DHCP and the sign-in export: computers, clouds, inventory and the county's servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clausewise.sample import desks, inventory, online, servers
from clausewise.sample.cloud import CloudLog
from clausewise.sample.inventory import Inventory
from clausewise.sample.people import Person
from clausewise.sample.servers import TextLog
from clausewise.sample.stage import Stage
from clausewise.sample.windows import WindowsLog


@dataclass(slots=True)
class Newer:
    """These logs, before they are written."""

    stage: Stage
    windows: WindowsLog = field(default_factory=WindowsLog)
    google: CloudLog = field(default_factory=CloudLog)
    microsoft: CloudLog = field(default_factory=CloudLog)
    inventory: Inventory = field(default_factory=Inventory)
    leases: TextLog = field(default_factory=TextLog)
    wireless: TextLog = field(default_factory=TextLog)
    letters: TextLog = field(default_factory=TextLog)
    linux: TextLog = field(default_factory=TextLog)

    def write(self, logs: Path) -> tuple[Path, ...]:
        """Write them into a folder; returns the paths."""
        return (
            self.windows.write(logs / "windows-events.ndjson"),
            self.google.write(logs / "google-workspace.jsonl"),
            self.microsoft.write(logs / "m365-audit.jsonl"),
            self.inventory.write(logs / "osquery-results.log"),
            self.leases.write(logs / "isc-dhcp.log"),
            self.wireless.write(logs / "radius-detail.log"),
            self.letters.write(logs / "mail.log"),
            self.linux.write(logs / "files1-syslog.log"),
            *servers.zeek_logs(logs, self.stage),
            inventory.mailbox_sizes(logs / "mailboxes.csv", self.stage),
        )


def play(stage: Stage) -> Newer:
    """Play everything that these logs tell; adds to the key and to the permissions."""
    newer = Newer(stage)
    gone = [(person.id, person.end) for person in stage.cast.people if person.end]
    desks.at_the_desk(newer.windows, stage)
    desks.with_others_passwords(newer.windows, stage)
    desks.after_leaving(newer.windows, stage, gone[5::7])
    desks.drives(newer.windows, stage)
    desks.tools(newer.windows, stage)
    desks.guards_off(newer.windows, stage)
    desks.many_on_one(newer.windows, stage)
    online.many_places(newer.google, stage)
    online.after_leaving(newer.google, stage, gone[6::7])
    online.mailboxes(newer.microsoft, stage)
    online.taken_away(newer.microsoft, stage)
    silent, spoken = online.silent_disks(newer.microsoft, stage)
    inventory.ordinary(newer.inventory, stage)
    inventory.licences(newer.inventory, stage)
    inventory.disks(newer.inventory, stage, silent, spoken)
    inventory.sticks(newer.inventory, stage)
    servers.leases(newer.leases, stage)
    servers.wireless(newer.wireless, stage)
    servers.letters(newer.letters, stage)
    servers.linux(newer.linux, stage)
    online.ordinary(newer.google, newer.microsoft, stage)
    return newer


def in_the_export(people: tuple[Person, ...]) -> list[Person]:
    """Those who left and whose sign-ins stand in the county's own export; the others' stand in these logs."""
    gone = [person for person in people if person.end]
    return [person for n, person in enumerate(gone) if n % 7 < 5]
