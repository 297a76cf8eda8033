"""What one Windows event says of itself, and whose name stands in it: a person's or the machine's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from clausewise.sources.addresses import address
from clausewise.sources.json_lines import word
from clausewise.sources.rows import Collected, Line

MACHINE = "machine"
"""The noise of sign-ins and changes that Windows makes for itself: computer and service accounts."""


class WindowsEvent(NamedTuple):
    """One event: when (microseconds since 1970 UTC), on which computer, and its named data.

    `task` is the number of the task category, or its name where the exporter gives the name alone.
    """

    time: int | None
    device: str | None
    task: str | None
    data: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """Give a field as text; None for what Windows prints for nothing."""
        found = word(self.data.get(name))
        return None if found in _NOTHING else found

    def person(self, name: str, sid: str = "") -> str | None:
        """Give the sign-in name in a field, None when it is no person's."""
        found = word(self.data.get(name))
        return person(found, word(self.data.get(sid)) if sid and found else None)

    def address(self, name: str) -> str | None:
        """Give the address in a field; an address of the computer itself is none."""
        found = address(word(self.data.get(name)))
        return None if found is None or found == "::1" or found.startswith("127.") else found

    def session(self, name: str) -> str | None:
        """Give a logon id (`0x6a423`), the number of a session until the computer starts anew."""
        found = self.text(name)
        return found.lower() if found and found.lower() not in _NO_SESSION else None


Put = Callable[[WindowsEvent, Line, Collected], None]

_NO_SESSION = frozenset({"0x0", "0"})
_NOTHING = frozenset({None, "", "-", "?"})
# Names of the accounts that Windows itself signs in, and the domains that hold such accounts alone.
_OWN_NAMES = frozenset(
    "system|local system|localsystem|local service|network service|anonymous logon|iusr|local_system".split(
        "|"
    )
)
_OWN_DOMAINS = frozenset({"nt authority", "nt service", "window manager", "font driver host", "iis apppool"})
_OWN_BEGINNINGS = ("dwm-", "umfd-")
# Well-known security identifiers hold in every language; the names do not (SISTEMA, Système). [MS-DTYP] 2.4.2.4.
_OWN_SIDS = frozenset({"S-1-5-7", "S-1-5-18", "S-1-5-19", "S-1-5-20"})
_OWN_SID_BEGINNINGS = ("S-1-5-80-", "S-1-5-82-", "S-1-5-83-", "S-1-5-90-", "S-1-5-96-")


@lru_cache(maxsize=1 << 14)
def person(name: str | None, sid: str | None = None) -> str | None:
    r"""Give the sign-in name of a person: `DOMAIN\name` loses its domain, `name@domain` keeps it.

    None for computers (`PC-0412$`), for accounts of Windows itself, by name or by security identifier,
    and for an empty name.
    """
    domain, apart, short = (name or "").rpartition("\\")
    if domain.lower() in _OWN_DOMAINS or (sid and (sid in _OWN_SIDS or sid.startswith(_OWN_SID_BEGINNINGS))):
        return None
    short = short.strip() if apart else short
    low = short.lower()
    if short in _NOTHING or short.endswith("$") or low in _OWN_NAMES:
        return None
    if low.startswith(_OWN_BEGINNINGS) and low.rpartition("-")[2].isdigit():
        return None
    return short


def same_person(one: str, other: str) -> bool:
    """Tell whether two sign-in names are one, whatever their case and their domain."""
    return one.partition("@")[0].casefold() == other.partition("@")[0].casefold()


@lru_cache(maxsize=1 << 12)
def device_name(computer: str | None) -> str | None:
    """Give the short name of a computer in capitals: `pc-0412.redbud.example` is `PC-0412`."""
    name = (computer or "").strip().lstrip("\\").partition(".")[0].upper()
    return name if name and name != "-" else None
