"""Cloud audit logs: Google Workspace reports and the Microsoft 365 unified audit log, as JSON lines.

Addresses: the office reaches the Internet as 192.88.99.1 to .14 (a block that IANA keeps in reserve, RFC 7526),
people's homes as higher addresses of that block; telephones and strangers as those of RFC 5737.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from clausewise.sample.period import iso

OFFICE_ADDRESSES = "192.88.99.0/28"


def office(number: int) -> str:
    """One of the office's own addresses on the Internet."""
    return f"192.88.99.{1 + number % 14}"


def home(number: int) -> str:
    """An address on the Internet that is in none of the county's networks."""
    return f"192.88.99.{32 + number % 200}"


def mail(person: str) -> str:
    """The sign-in name that cloud services print."""
    return f"{person}@redbud.example"


@dataclass(slots=True)
class CloudLog:
    """Events of either cloud as (milliseconds, line)."""

    events: list[tuple[int, str]] = field(default_factory=list)

    def google(
        self, at: int, application: str, person: str, address: str, name: str, **parameters: str
    ) -> None:
        """One activity of the Reports API with one event."""
        record = {
            "kind": "admin#reports#activity",
            "id": {
                "time": iso(at),
                "uniqueQualifier": f"{at}{len(self.events):05d}",
                "applicationName": application,
                "customerId": "C0redbud1",
            },
            "actor": {"callerType": "USER", "email": mail(person)},
            "ipAddress": address,
            "events": [
                {
                    "type": application,
                    "name": name,
                    "parameters": [{"name": key, "value": value} for key, value in parameters.items()],
                }
            ],
        }
        self.events.append((at, json.dumps(record) + "\n"))

    def microsoft(self, at: int, operation: str, person: str, address: str, **properties: object) -> None:
        """One record of the unified audit log."""
        record = {
            "CreationTime": iso(at)[:19],
            "Id": f"00000000-0000-4000-8000-{len(self.events):012d}",
            "Operation": operation,
            "OrganizationId": "4f1c2b7e-0000-4000-8000-000000000000",
            "RecordType": 50,
            "UserType": 0,
            "Version": 1,
            "Workload": "Exchange",
            "UserId": mail(person),
            "ResultStatus": "Succeeded",
            "ClientIP": address,
            **properties,
        }
        self.events.append((at, json.dumps(record) + "\n"))

    def microsoft_sign_in(self, at: int, person: str, address: str, device: str) -> None:
        """A sign-in at Microsoft's directory from a computer that it knows by name."""
        self.microsoft(
            at,
            "UserLoggedIn",
            person,
            address,
            Workload="AzureActiveDirectory",
            RecordType=15,
            ExtendedProperties=[{"Name": "RequestType", "Value": "OAuth2:Authorize"}],
            DeviceProperties=[{"Name": "DisplayName", "Value": device}, {"Name": "OS", "Value": "Windows11"}],
        )

    def write(self, path: Path) -> Path:
        """Write the JSON lines in order of time; returns the path."""
        self.events.sort()
        path.write_text("".join(line for _, line in self.events), encoding="ascii", newline="\n")
        return path
