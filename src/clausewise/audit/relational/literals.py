"""Reads the texts of Cedar's decimal, datetime, duration and ip constructors into numbers, as Cedar does."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date

LONGS = range(-(2**63), 2**63)
DAY = 86_400_000
"""Milliseconds of a day."""

DECIMAL = re.compile(r"(-?)([0-9]+)\.([0-9]{1,4})")
DATETIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?"
)
DURATION = re.compile(r"(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?")
UNITS = (DAY, 3_600_000, 60_000, 1000, 1)


def decimal(text: str) -> int:
    """Ten-thousandths.

    Raises:
        ValueError: Cedar would not read it, or it does not fit 64 bits; so for all readers here.
    """
    found = _matched(DECIMAL, text)
    size = int(found[2]) * 10_000 + int(found[3].ljust(4, "0"))
    return _fits(-size if found[1] else size)


def datetime(text: str) -> int:
    """Milliseconds since 1970-01-01 UTC."""
    found = _matched(DATETIME, text)
    year, month, day = (int(found[i]) for i in (1, 2, 3))
    # Python has no year 0; the calendar repeats after 400 years, which are 146,097 days.
    days = date(year or 400, month, day).toordinal() - (0 if year else 146_097) - date(1970, 1, 1).toordinal()
    hour, minute, second, milli = (int(found[i] or 0) for i in (4, 5, 6, 7))
    off_hours, off_minutes = int(found[9] or 0), int(found[10] or 0)
    if hour > 23 or minute > 59 or second > 59 or off_hours > 23 or off_minutes > 59:
        raise ValueError(f"{text}: no such time of day")
    offset = (off_hours * 60 + off_minutes) * (-60_000 if found[8] == "-" else 60_000)
    return days * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + milli - offset


def duration(text: str) -> int:
    """Milliseconds."""
    found = _matched(DURATION, text)
    amounts = found.groups()[1:]
    if not any(amounts):
        raise ValueError(f"{text}: no amount")
    size = sum(int(amount) * unit for amount, unit in zip(amounts, UNITS, strict=True) if amount)
    return _fits(-size if found[1] else size)


def ip(text: str) -> str:
    """Family, prefix, address, first and last address of the range, at fixed width: it compares as text."""
    address, slash, prefix = text.partition("/")
    if "%" in text or ("." in address and ":" in address):
        raise ValueError(f"{text}: neither a zone nor an IPv4 address inside an IPv6 one")
    if slash and not re.fullmatch("0|[1-9][0-9]{0,2}", prefix):
        raise ValueError(f"{text}: no prefix length after the slash")
    whole = ipaddress.ip_interface(text)
    low, high = whole.network.network_address, whole.network.broadcast_address
    hexes = "".join(f"{int(part):032x}" for part in (whole.ip, low, high))
    return f"{whole.version}{whole.network.prefixlen:03}{hexes}"


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"{text}: not written as Cedar writes it")
    return found


def _fits(value: int) -> int:
    if value not in LONGS:
        raise ValueError(f"{value}: more than 64 bits")
    return value


READERS: dict[str, Callable[[str], int | str]] = {
    "decimal": decimal,
    "datetime": datetime,
    "duration": duration,
    "ip": ip,
}
"""By the name of Cedar's constructor."""
