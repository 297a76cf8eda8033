"""Reads the JSON audit log of a Samba domain controller: sign-ins, password and group changes.

Fields after "Setting up Audit Logging" of the Samba wiki and Samba's `auth_log.c`, `audit_log.c` and
`group_audit.c`. Samba writes them with `log level = 1 auth_json_audit:3 dsdb_json_audit:5`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from clausewise.sources.addresses import address
from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.json_lines import NOT_WATCHED, word
from clausewise.sources.rows import Collected, Line, Reader, parse_with
from clausewise.sources.times import from_iso, zone_named
from clausewise.sources.windows_record import MACHINE, device_name, person

Entry = Mapping[str, Any]

_UTC = zone_named("UTC")
_SERVICE = "Samba AD"
# Samba's own log lines stand between those of the audit: a head with date and place, or text for people.
_HEAD = re.compile(r"\[[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_FOR_PEOPLE = re.compile(
    r" *(?:Auth|Authorization|Successful AuthZ|DSDB Change|DSDB Transaction|Password|Group Change)[: ]"
)
_OK = "NT_STATUS_OK"
_NO_SESSION = frozenset({"0", "0000000000000000"})


def _signed_in(entry: Entry, time: int | None, line: Line, out: Collected) -> None:
    if word(entry.get("authDescription")) == "LDAP Modify":
        out.noise[NOT_WATCHED] += 1  # a password change, which comes again as passwordChange
        return
    names = (word(entry.get(name)) for name in ("becameAccount", "mappedAccount", "clientAccount"))
    name = next(filter(None, names), None)
    account = person(name, word(entry.get("becameSid")))
    if account is None:
        out.noise["no-name" if name is None else MACHINE] += 1
        return
    session = word(entry.get("logonId"))
    kind = word(entry.get("logonType"))
    values = {
        "account": account,
        "src_ip": _address(word(entry.get("remoteAddress"))),
        "device": device_name(word(entry.get("workstation")) or word(entry.get("netlogonComputer"))),
        "outcome": "reached" if word(entry.get("status")) == _OK else "attempted",
        "kind": "login",
        "session": None if session in _NO_SESSION else session,
        "logon_type": None if kind == "0" else kind,
        "service": word(entry.get("serviceDescription")),
    }
    out.event("auth", line, time, values)


def _changed(operation: str, what: str, target: str) -> Callable[[Entry, int | None, Line, Collected], None]:
    """Make the reader of a change; who made it stands in the log as a security identifier alone."""

    def put(entry: Entry, time: int | None, line: Line, out: Collected) -> None:
        if entry.get("performedAsSystem") is True:
            out.noise[MACHINE] += 1
            return
        made = word(entry.get(what))
        values = {
            "service": _SERVICE,
            "operation": f"{operation} {made}" if made else operation,
            "target": word(entry.get(target)),
            "src_ip": _address(word(entry.get("remoteAddress"))),
            "outcome": "reached" if word(entry.get("status")) == "Success" else "attempted",
        }
        out.event("admin", line, time, values)

    return put


_PUT: Mapping[str, Callable[[Entry, int | None, Line, Collected], None]] = {
    "Authentication": _signed_in,
    "dsdbChange": _changed("dsdbChange", "operation", "dn"),
    "passwordChange": _changed("passwordChange", "action", "dn"),
    "groupChange": _changed("groupChange", "action", "group"),
}
_IDLE = frozenset({"Authorization", "KDC Authorization", "dsdbTransaction", "replicatedUpdate"})


def _address(text: str | None) -> str | None:
    """Read `ipv4:10.1.2.3:50123` and `ipv6:2001:db8::9:50123`; the port stands last."""
    family, _, rest = (text or "").partition(":")
    return address(rest.rpartition(":")[0]) if family in ("ipv4", "ipv6") else None


class SambaReader:
    """Reads one entry a line, whatever syslog or Samba put before it."""

    memory: Any = None

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        begin = line.text.find("{")
        if begin < 0:
            _read_other(line, out)
            return
        try:
            record = json.loads(line.text[begin:])
        except (ValueError, RecursionError):
            out.reject(line, "the line is no JSON")
            return
        kind = word(record.get("type")) or ""
        entry = record.get(kind)
        if kind in _IDLE:
            out.noise[NOT_WATCHED] += 1
        elif kind not in _PUT or not isinstance(entry, dict):
            out.reject(line, "the line is no entry of a Samba audit log")
        else:
            _PUT[kind](entry, from_iso(word(record.get("timestamp")) or "", _UTC), line, out)

    def end(self, out: Collected) -> None:
        """Nothing is held back."""


def _read_other(line: Line, out: Collected) -> None:
    if not line.text.strip():
        out.noise["blank"] += 1
    elif _HEAD.match(line.text):
        out.noise["samba-head"] += 1
    elif _FOR_PEOPLE.match(line.text):
        out.noise["samba-text"] += 1
    else:
        out.reject(line, "the line holds no JSON; switch on auth_json_audit, not auth_audit alone")


def begin(memory: Any, option: Any) -> Reader:
    """Give the reader of a block."""
    return SambaReader()


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "samba_audit",
    "Samba domain controller audit log (JSON)",
    ("admin", "auth"),
    parse,
    finish,
    alone=True,
)
