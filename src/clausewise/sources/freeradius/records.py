"""What the attributes of a RADIUS accounting record (RFC 2866) and the lines of radius.log mean as events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from clausewise.sources.addresses import address
from clausewise.sources.mac_addresses import normal_mac
from clausewise.sources.rows import whole
from clausewise.sources.times import from_seconds, month_named

READ = frozenset(
    "Acct-Status-Type User-Name Calling-Station-Id Called-Station-Id Framed-IP-Address Framed-IPv6-Address"
    " NAS-Identifier NAS-IP-Address Acct-Session-Id Acct-Input-Octets Acct-Output-Octets"
    " Acct-Input-Gigawords Acct-Output-Gigawords Event-Timestamp Timestamp".split()
)
"""The attributes that are read; all others, passwords among them, are left alone."""

KINDS = {
    "Start": "network-start",
    "Stop": "network-stop",
    "Interim-Update": "network-update",
    "Alive": "network-update",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(
    r"([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([A-Za-z0-9+-]{1,8})"
)
_NETBIOS = re.compile(r"[A-Za-z0-9_-]{1,15}\\(.+)", re.DOTALL)
_LOGIN = re.compile(r"(?:\([0-9]{1,20}\) +)?(Login OK|Login incorrect)(.*)", re.DOTALL)
_CLIENT = re.compile(r"\(from client (\S{1,255}) port [0-9]{1,12}(?: cli (\S{1,64}?))?(?: via TLS tunnel)?\)")


def user_of(name: str | None) -> str | None:
    r"""Give the person of a User-Name: no machine (`host/…`, `…$`, a MAC address), no `DOMAIN\` before it."""
    if not name or name == "-" or name.startswith("host/") or name.endswith("$") or normal_mac(name):
        return None
    found = _NETBIOS.fullmatch(name)
    return found[1] if found else name


def values_of(record: Mapping[str, str], kind: str) -> dict[str, object]:
    """Give the columns of an accounting record. Bytes are those both ways (RFC 2869, gigawords)."""
    _, _, network = record.get("Called-Station-Id", "").partition(":")
    return {
        "user": user_of(record.get("User-Name")),
        "src_ip": address(record.get("Framed-IP-Address") or record.get("Framed-IPv6-Address")),
        "mac": normal_mac(record.get("Calling-Station-Id")),
        "device": record.get("NAS-Identifier") or record.get("NAS-IP-Address"),
        "outcome": "reached",
        "kind": kind,
        "session": record.get("Acct-Session-Id"),
        # Access points write `AA-BB-CC-DD-EE-FF:name of the network` (RFC 3580, 3.20).
        "service": network if network and normal_mac(record["Called-Station-Id"][:17]) else None,
        "bytes": _bytes(record),
    }


def _bytes(record: Mapping[str, str]) -> int | None:
    total, known = 0, False
    for way in ("Input", "Output"):
        octets = whole(record.get(f"Acct-{way}-Octets"))
        words = whole(record.get(f"Acct-{way}-Gigawords"))
        if octets is not None:
            total, known = total + octets + ((words or 0) << 32), True
    return total if known and total < 1 << 63 else None


def time_of(record: Mapping[str, str], zone: tzinfo, written: int | None) -> int | None:
    """Give the time of a record in microseconds: the event's own, else the server's, else the block's."""
    event = record.get("Event-Timestamp", "")
    for time in (from_seconds(event), _dated(event, zone), from_seconds(record.get("Timestamp", ""))):
        if time is not None:
            return time
    return written


def _dated(text: str, zone: tzinfo) -> int | None:
    """Read `Oct  5 2026 10:11:12 PDT`; letters that are neither UTC nor the zone's own tell nothing."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    day, year, hour, minute, second = (int(found[k]) for k in (2, 3, 4, 5, 6))
    places = [UTC] if found[7] in ("UTC", "GMT") else [zone]
    try:
        for place in places:
            for fold in (0, 1):
                moment = datetime(
                    year, month_named(found[1]), day, hour, minute, second, tzinfo=place, fold=fold
                )
                if place is UTC or moment.tzname() == found[7]:
                    return (moment - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        pass
    return None


def read_login(text: str) -> dict[str, object] | None:
    """Read `Login OK: [user] (from client …)`; None for any other message.

    What follows the name after a slash is a password in some configurations (`auth_badpass`): it is cut
    off before anything else is looked at, even where a name itself holds a slash.
    """
    found = _LOGIN.fullmatch(text)
    if not found:
        return None
    inside = found[2].partition(": [")[2] if ": [" in found[2] else found[2].partition("[")[2]
    name, slash, rest = inside.partition("/")
    if name == "host" and slash:
        name, slash = "host/" + rest.partition("/")[0], "/"
    if "] (from client" in name or not slash:
        name = name.partition("] (from client")[0]
    tail = _CLIENT.search(text, max(text.rfind("(from client "), 0))
    return {
        "user": user_of(name.partition("]")[0]),
        "mac": normal_mac(tail[2]) if tail else None,
        "device": tail[1] if tail else None,
        "outcome": "reached" if found[1] == "Login OK" else "attempted",
        "kind": "login",
    }
