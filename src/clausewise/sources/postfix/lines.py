"""Reads the messages of Postfix programs: who handed a mail in, who sent it, what became of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from clausewise.sources.addresses import address
from clausewise.sources.rows import whole

DAEMONS = frozenset(
    "anvil bounce cleanup discard error flush lmtp local master oqmgr nqmgr pickup pipe postdrop postscreen"
    " postsuper proxymap qmgr retry scache showq smtp smtpd tlsproxy trivial-rewrite verify virtual".split()
)
"""The programs of Postfix, as they sign in the log after the name of the instance."""

# A short queue id is hexadecimal; a long one counts in base 52 without vowels (postconf, enable_long_queue_ids).
ABOUT_A_MAIL = re.compile(
    r"(NOQUEUE|[0-9A-F]{5,20}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,30}): (.*)", re.DOTALL
)
_IN_BRACKETS = re.compile(r"\[([0-9A-Fa-f.:]{2,45})\]")
_SENDER = re.compile(r"from=<(.*)>, (?:size=([0-9]{1,18}), |(status=))")
_LOCAL = re.compile(r"uid=[0-9]{1,10} from=<(.*)>")
_REFUSED_AT = re.compile(
    r"[a-z-]{1,20}: (?:RCPT|DATA|MAIL|END-OF-MESSAGE|BDAT) from [^\s\[]{0,255}\[([^\]\s]{1,60})\]"
)
_QUOTED_FROM = re.compile(r" from [^\s\[]{0,255}\[([^\]\s]{1,60})\]$")
_SIGNED_IN = re.compile(r" sasl_username=<?([^\s<>,]{1,255})")
_ADDRESS = re.compile(r"<([^<>\s,]{1,320})")
_WORD = re.compile(r"[A-Za-z-]{1,20}")
_HERE = ("[127.0.0.1]", "[::1]")
_OUTCOMES = {"sent": "reached", "bounced": "attempted", "expired": "attempted", "force-expired": "attempted"}


class Client(NamedTuple):
    """Who handed a mail in; `before` is the mail's id before a filter on this machine handed it back."""

    ip: str | None
    user: str | None
    before: str | None


class Delivery(NamedTuple):
    """What became of a mail for one recipient; `noise` names a line that is no delivery to anybody."""

    recipient: str
    written_to: str
    relay: str | None
    outcome: str
    noise: str


class Refusal(NamedTuple):
    """A mail that was not taken."""

    sender: str
    recipient: str
    ip: str | None
    user: str | None


def addresses(text: str) -> list[str]:
    """Give whatever stands after a `<` and could be an address, for lines that cannot be read."""
    return _ADDRESS.findall(text)


def read_client(text: str) -> Client:
    """Read `client=name[address], sasl_username=…, orig_queue_id=…, orig_client=name[address]`."""
    parts = dict(part.partition("=")[::2] for part in text.split(", "))
    # A filter says for whom it hands a mail back (XFORWARD, postconf smtpd_authorized_xforward_hosts).
    found = _IN_BRACKETS.search(parts.get("orig_client") or parts.get("client", ""))
    return Client(
        address(found[1]) if found else None,
        parts.get("sasl_username") or None,
        parts.get("orig_queue_id") or None,
    )


def read_sender(text: str) -> tuple[str, int | None, bool] | None:
    """Read `from=<…>, size=…` into sender, bytes and whether the mail was given up; None for neither."""
    found = _SENDER.match(text)
    return (found[1], whole(found[2]), found[3] is not None) if found else None


def read_local_sender(text: str) -> str | None:
    """Read the sender of `uid=… from=<…>`, a mail handed in by a program of the machine itself."""
    found = _LOCAL.match(text)
    return found[1] if found else None


def read_delivery(text: str, program: str) -> Delivery | None:
    """Read `to=<…>, orig_to=<…>, relay=…, …, status=…`; None when it is none."""
    head, apart, tail = text.partition(">, relay=")
    relay, _, tail = tail.partition(", ")
    found = _WORD.match(tail.partition(" status=")[2])
    if not apart or not found or not head.startswith("to=<"):
        return None
    to, _, written_to = head[len("to=<") :].partition(">, orig_to=<")
    status, noise = found[0].lower(), ""
    if status in ("deliverable", "undeliverable"):
        noise = "address-probe"
    elif status == "sent" and " (forwarded as " in tail:
        noise = "handed-on"
    elif status == "sent" and "queued as " in tail and relay[relay.find("[") :].startswith(_HERE):
        noise = "handed-on"  # to a filter on this machine, which hands it back as a mail of its own
    outcome = "attempted" if program == "discard" else _OUTCOMES.get(status, "unknown")
    name = relay.partition("[")[0].lower()
    return Delivery(to, written_to, None if name in ("", "none") else name, outcome, noise)


def read_refusal(text: str) -> Refusal | None:
    """Read `reject: RCPT from name[address]: …; from=<…> to=<…> proto=…`; None when nobody is named.

    What stands between, a reply or a header of the mail, is not kept.
    """
    # The last of its kind: a header that the line quotes may hold the same words.
    head, apart, tail = text.rpartition("; from=<")
    sender, to, tail = tail.partition(" to=<")
    if not apart or not to:
        return None
    recipient, closed, tail = tail.partition(">")
    if not closed:
        return None
    found = _REFUSED_AT.match(head) or _QUOTED_FROM.search(head[-330:])
    signed = _SIGNED_IN.search(tail)
    ip = address(found[1]) if found else None
    return Refusal(sender.rstrip(">,"), recipient, ip, signed[1] if signed else None)
