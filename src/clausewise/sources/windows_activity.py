"""What Windows' events say of programs, connections, names looked up, and guards that were switched off."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from clausewise.sources.addresses import address
from clausewise.sources.hosts import normal_host
from clausewise.sources.json_lines import NOT_WATCHED
from clausewise.sources.rows import Collected, Line, short
from clausewise.sources.windows_record import MACHINE, Put, WindowsEvent

_name = lru_cache(maxsize=1 << 14)(normal_host)
_HASHES = ("SHA256", "SHA1", "MD5")
_RCODES = {"0": "NOERROR", "9001": "FORMERR", "9002": "SERVFAIL", "9003": "NXDOMAIN", "9005": "REFUSED"}
_STOPPED = "1"  # SERVICE_STOPPED
_AGENTS = {
    "windefend": "WinDefend",
    "microsoft defender antivirus service": "WinDefend",
    "windows defender antivirus service": "WinDefend",
    "windows defender service": "WinDefend",
    "wdnissvc": "WdNisSvc",
    "microsoft defender antivirus network inspection service": "WdNisSvc",
    "windows defender antivirus network inspection service": "WdNisSvc",
    "mdcoresvc": "MDCoreSvc",
    "microsoft defender core service": "MDCoreSvc",
    "sense": "Sense",
    "windows defender advanced threat protection service": "Sense",
    "mpssvc": "mpssvc",
    "windows defender firewall": "mpssvc",
    "windows firewall": "mpssvc",
    "eventlog": "EventLog",
    "windows event log": "EventLog",
    "sysmon": "Sysmon",
    "sysmon64": "Sysmon64",
    "osqueryd": "osqueryd",
}
"""Services that guard or watch a computer, by service name and by English display name, in lower case."""


def _image(path: str | None) -> str | None:
    return path.replace("/", "\\").rpartition("\\")[2] or None if path else None


@lru_cache(maxsize=1 << 12)
def _of_the_system(path: str | None) -> bool | None:
    if not path:
        return None
    low = path.replace("/", "\\").lower()
    # Anybody may write to the Temp folder there.
    return low[1:].startswith(":\\windows\\") and not low[1:].startswith(":\\windows\\temp\\")


def _hash(text: str | None) -> str | None:
    found = dict(part.partition("=")[::2] for part in (text or "").split(","))
    return next((found[kind].lower() for kind in _HASHES if found.get(kind)), None)


def started(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Security 4688: a program was started. The target is named when it runs as somebody else."""
    path = event.text("NewProcessName")
    user = event.person("TargetUserName", "TargetUserSid") or event.person(
        "SubjectUserName", "SubjectUserSid"
    )
    values = {
        "user": user,
        "device": event.device,
        "image": _image(path),
        "parent": _image(event.text("ParentProcessName")),
        "system": _of_the_system(path),
        "outcome": "reached",
    }
    _process(event, line, out, values)


def created(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Sysmon 1: a program was started, with its maker and its digest."""
    path = event.text("Image")
    values = {
        "user": event.person("User"),
        "device": event.device,
        "image": _image(path),
        "original_name": event.text("OriginalFileName"),
        "company": event.text("Company"),
        "hash": _hash(event.text("Hashes")),
        "parent": _image(event.text("ParentImage")),
        "system": _of_the_system(path),
        "outcome": "reached",
    }
    _process(event, line, out, values)


def _process(event: WindowsEvent, line: Line, out: Collected, values: Mapping[str, Any]) -> None:
    if values["image"] is None:
        out.reject(line, "the name of the program cannot be read")
    else:
        out.event("process", line, event.time, values)


def connected(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Sysmon 3: a program used the network. What came in was not asked for by the program's user."""
    name = event.text("DestinationHostname")
    host = _name(name) if name else None
    protocol = (event.text("Protocol") or "").lower() or None
    came_in = (event.text("Initiated") or "").lower() == "false"
    values = {
        "user": None if came_in else event.person("User"),
        "src_ip": address(event.text("SourceIp")),
        "dst_ip": address(event.text("DestinationIp")),
        "port": short(event.text("DestinationPort"), most=65535),
        "protocol": protocol,
        "service": event.text("DestinationPortName"),
        # A datagram was sent; that anybody took it does not show.
        "outcome": "reached" if protocol == "tcp" else "unknown",
        "host": host,
    }
    if values["dst_ip"] is None:
        out.reject(line, "the address cannot be read", host)
    else:
        out.event("conn", line, event.time, values)


def looked_up(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Sysmon 22: a program asked for a name."""
    query = event.text("QueryName")
    if query is None:
        out.noise["no-name"] += 1
        return
    host = _name(query)
    if host is None:
        out.reject(line, "the host cannot be read")
        return
    status = event.text("QueryStatus")
    values = {
        "user": event.person("User"),
        "host": host,
        "rcode": _RCODES.get(status or "", status),
        "outcome": "unknown" if status is None else "reached" if status == "0" else "attempted",
    }
    out.event("dns", line, event.time, values)


def _device(event: WindowsEvent, line: Line, out: Collected, values: Mapping[str, Any]) -> None:
    out.event("device", line, event.time, {"device": event.device, "outcome": "reached", **values})


def _stopped(event: WindowsEvent, line: Line, out: Collected, name: str | None) -> None:
    service = _AGENTS.get((name or "").lower())
    if service is None:
        out.noise[NOT_WATCHED] += 1
    else:
        _device(event, line, out, {"kind": "agent-stopped", "change": service})


def _service_of(event: WindowsEvent) -> str:
    """Read the service's own name, in every language the same, out of the binary part (UTF-16 in hex)."""
    try:
        return bytes.fromhex(event.text("Binary") or "").decode("utf-16-le").rstrip("\0")
    except ValueError:
        return ""


def service_state(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Service Control Manager 7036: a service entered a state."""
    name, apart, state = _service_of(event).rpartition("/")
    if not apart:
        name, state = event.text("param1") or "", event.text("param2") or ""
    _stopped(event, line, out, name if state.lower() in (_STOPPED, "stopped") else None)


def service_start_type(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Service Control Manager 7040: how a service starts was changed; disabling is taken."""
    name = event.text("param4") or event.text("param1")
    _stopped(event, line, out, name if (event.text("param3") or "").lower() == "disabled" else None)


def service_died(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Service Control Manager 7034: a service ended unexpectedly."""
    name = _service_of(event)
    _stopped(event, line, out, name if name.lower() in _AGENTS else event.text("param1"))


def _protection_off(what: str) -> Put:
    def put(event: WindowsEvent, line: Line, out: Collected) -> None:
        _device(event, line, out, {"kind": "agent-stopped", "change": what})

    return put


def cleared(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Eventlog 1102 (the Security log) and 104 (another log): somebody emptied a log."""
    user = event.person("SubjectUserName", "SubjectUserSid")
    _device(
        event, line, out, {"user": user, "kind": "log-cleared", "change": event.text("Channel") or "Security"}
    )


def audit_policy(event: WindowsEvent, line: Line, out: Collected) -> None:
    """Security 4719: somebody changed what is audited. Group policy does it too, as the machine: noise."""
    user = event.person("SubjectUserName", "SubjectUserSid")
    if user is None:
        out.noise[MACHINE] += 1
    else:
        _device(event, line, out, {"user": user, "kind": "config-changed", "change": "audit policy"})


SECURITY: Mapping[int, Put] = {4688: started, 4719: audit_policy}
"""Events of Microsoft-Windows-Security-Auditing that tell of programs and settings."""
SYSMON: Mapping[int, Put] = {1: created, 3: connected, 22: looked_up}
"""Events of Microsoft-Windows-Sysmon; 11 (a file was made) does not tell whether its drive is portable."""
SERVICES: Mapping[int, Put] = {7034: service_died, 7036: service_state, 7040: service_start_type}
"""Events of the Service Control Manager."""
DEFENDER: Mapping[int, Put] = {
    5001: _protection_off("real-time protection"),
    5010: _protection_off("malware scanning"),
    5012: _protection_off("virus scanning"),
}
"""Events of Microsoft-Windows-Windows Defender."""
CLEARED: Mapping[int, Put] = {104: cleared, 1102: cleared}
"""Events of Microsoft-Windows-Eventlog."""
