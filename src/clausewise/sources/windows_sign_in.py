"""What Windows' sign-in events mean: who signed in where, locked, left, or used another's account.

Event numbers and fields after Microsoft's "Advanced security auditing" reference, one page an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clausewise.sources.rows import Collected, Line
from clausewise.sources.windows_record import MACHINE, Put, WindowsEvent, device_name, same_person

_UNLOCKS = frozenset({"7", "13"})  # unlock, cached unlock
_RUN_AS = "9"  # new credentials: runas /netonly
_AT_THE_KEYBOARD = frozenset({"2", _RUN_AS})


def _put(event: WindowsEvent, line: Line, out: Collected, values: Mapping[str, Any]) -> None:
    out.event("auth", line, event.time, {"device": event.device, "outcome": "reached", **values})


def _sign_in(event: WindowsEvent, line: Line, out: Collected, outcome: str) -> None:
    kind = event.text("LogonType")
    account = event.person("TargetUserName", "TargetUserSid")
    if kind == _RUN_AS:
        # The session keeps the caller's name; the account it uses on the network stands apart.
        account = event.person("TargetOutboundUserName") or account
    if account is None:
        out.noise[MACHINE] += 1
        return
    user = event.person("SubjectUserName", "SubjectUserSid") if kind in _AT_THE_KEYBOARD else None
    other = user is not None and not same_person(user, account)
    values = {
        "user": user if other else None,
        "account": account,
        "src_ip": event.address("IpAddress"),
        "outcome": outcome,
        "kind": "unlock" if kind in _UNLOCKS else "login",
        "explicit": other,
        "session": event.session("TargetLogonId"),
        "logon_type": kind,
    }
    _put(event, line, out, values)


def signed_in(event: WindowsEvent, line: Line, out: Collected) -> None:
    """4624: an account signed in. Unlocking (types 7 and 13) is an unlock, not a new sign-in."""
    _sign_in(event, line, out, "reached")


def failed(event: WindowsEvent, line: Line, out: Collected) -> None:
    """4625: an account failed to sign in."""
    _sign_in(event, line, out, "attempted")


def explicit(event: WindowsEvent, line: Line, out: Collected) -> None:
    """4648: somebody signed in to something with another account's credentials.

    Windows writes it when the credentials are used; that they were refused shows in 4625 where they were
    tried. Using one's own is noise.
    """
    user = event.person("SubjectUserName", "SubjectUserSid")
    account = event.person("TargetUserName")
    if user is None or account is None:
        out.noise[MACHINE] += 1
        return
    if same_person(user, account):
        out.noise["own-credentials"] += 1
        return
    server = event.text("TargetServerName")
    values = {
        "user": user,
        "account": account,
        "src_ip": event.address("IpAddress"),
        "kind": "login",
        "explicit": True,
        "session": event.session("SubjectLogonId"),
        "service": None if server is None or server.lower() == "localhost" else server,
    }
    _put(event, line, out, values)


def _of(kind: str, name: str, sid: str, session: str, address: str = "") -> Put:
    """Make the reader of an event that says one thing of one account."""

    def put(event: WindowsEvent, line: Line, out: Collected) -> None:
        account = event.person(name, sid)
        if account is None:
            out.noise[MACHINE] += 1
            return
        values = {
            "account": account,
            "src_ip": event.address(address) if address else None,
            "kind": kind,
            "session": event.session(session),
            "logon_type": event.text("LogonType"),
        }
        _put(event, line, out, values)

    return put


def locked_out(event: WindowsEvent, line: Line, out: Collected) -> None:
    """4740: too many failures locked an account; the caller's computer stands in the domain field."""
    account = event.person("TargetUserName")
    if account is None:
        out.noise[MACHINE] += 1
        return
    device = device_name(event.text("TargetDomainName")) or event.device
    _put(event, line, out, {"account": account, "kind": "lockout", "device": device, "outcome": "attempted"})


def disabled(event: WindowsEvent, line: Line, out: Collected) -> None:
    """4725: somebody disabled an account."""
    account = event.person("TargetUserName")
    if account is None:
        out.noise[MACHINE] += 1
        return
    user = event.person("SubjectUserName", "SubjectUserSid")
    _put(event, line, out, {"user": user, "account": account, "kind": "disabled"})


def screen_saver(event: WindowsEvent, line: Line, out: Collected) -> None:
    """4802, 4803: a screen saver came or went. It locks nothing unless 4800 says so: noise."""
    out.noise["screen-saver"] += 1


_TARGET = ("TargetUserName", "TargetUserSid", "TargetLogonId")

SIGN_INS: Mapping[int, Put] = {
    4624: signed_in,
    4625: failed,
    4634: _of("logout", *_TARGET),
    4647: _of("logout", *_TARGET),
    4648: explicit,
    4672: _of("special", "SubjectUserName", "SubjectUserSid", "SubjectLogonId"),
    4725: disabled,
    4740: locked_out,
    4778: _of("connect", "AccountName", "", "LogonID", "ClientAddress"),
    4779: _of("disconnect", "AccountName", "", "LogonID", "ClientAddress"),
    4800: _of("lock", *_TARGET),
    4801: _of("unlock", *_TARGET),
    4802: screen_saver,
    4803: screen_saver,
}
"""Events of the provider Microsoft-Windows-Security-Auditing that tell of sign-ins."""
