"""Reads what OpenSSH, PAM, sudo and su write: who signed in, who took which special rights."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from clausewise.sources.addresses import address

Values = dict[str, object]

# A name may hold blanks, and whoever tries to sign in chooses it: the last ` from ` counts.
_SSH = re.compile(
    r"(Accepted|Failed) (\S{1,64}) for (.{0,300}) from (\S{2,64}) port [0-9]{1,5}(?: .*)?", re.DOTALL
)
_SESSION = re.compile(
    r"pam_[a-z]{1,16}\(([a-z0-9_-]{1,32}):session\): session (opened|closed) for user ([^\s(]{1,64})"
)
_SUDO = re.compile(r" {0,16}(\S{1,64}) : (.*)", re.DOTALL)
_SUDO_AS = re.compile(r"(?:^| ; )USER=([^\s;]{1,64}) ;")
_SU = re.compile(r"(FAILED SU )?\(to ([^\s)]{1,64})\) ([^\s]{1,64}) on ")
_SEATS = ("login", "gdm", "lightdm", "sddm", "xdm", "kde")
_SSHD = frozenset({"sshd", "sshd-session", "sshd-auth"})


def read_sign_in(program: str, text: str) -> Values | None:
    """Give the columns of an auth event without the device; None for any other message."""
    if text.startswith("pam_"):
        return _read_session(text)
    read = READERS.get(program)
    return read(text) if read else None


def _read_ssh(text: str) -> Values | None:
    found = _SSH.fullmatch(text)
    if not found:
        return None
    name, known = found[3], not found[3].startswith("invalid user ")
    return {
        # A name that is no account here is nobody's, and now and then a password in the wrong field.
        "user": name if known and name and " " not in name else None,
        "src_ip": address(found[4]),
        "outcome": "reached" if found[1] == "Accepted" else "attempted",
        "kind": "login",
        "service": "ssh",
    }


def _read_session(text: str) -> Values | None:
    found = _SESSION.match(text)
    if not found:
        return None
    service, opened = found[1], found[2] == "opened"
    seat = service.startswith(_SEATS)
    # A session that ssh opens follows its own line of the login, which knows the address.
    if not seat and not (service == "sshd" and not opened):
        return None
    return {
        "user": None if found[3] in ("gdm", "lightdm", "sddm") else found[3],
        "outcome": "reached",
        "kind": "login" if opened else "logout",
        "service": "ssh" if service == "sshd" else service,
    }


def _read_sudo(text: str) -> Values | None:
    """Read `ana : TTY=pts/0 ; PWD=… ; USER=root ; COMMAND=…`; the command and the folder are not kept."""
    found = _SUDO.fullmatch(text)
    before, apart, _ = found[2].partition("COMMAND=") if found else ("", "", "")
    if not found or not apart:
        return None
    account = _SUDO_AS.search(before)
    allowed = before.startswith(("TTY=", "PWD=", "USER=", "HOST="))
    return {
        "user": found[1],
        "account": account[1] if account else None,
        "outcome": "reached" if allowed else "attempted",
        "kind": "special",
        "service": "sudo",
    }


def _read_su(text: str) -> Values | None:
    found = _SU.match(text)
    if not found:
        return None
    return {
        "user": found[3],
        "account": found[2],
        "outcome": "attempted" if found[1] else "reached",
        "kind": "special",
        "service": "su",
    }


READERS: Mapping[str, Callable[[str], Values | None]] = {
    **dict.fromkeys(_SSHD, _read_ssh),
    "sudo": _read_sudo,
    "su": _read_su,
    "su-l": _read_su,
}
