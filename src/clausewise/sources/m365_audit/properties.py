"""Takes the properties of a Microsoft 365 audit record: who acted, from where, with what result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clausewise.sources.addresses import address
from clausewise.sources.json_lines import lower, word

Record = Mapping[str, Any]
Meaning = list[tuple[str, Mapping[str, Any]]] | str
"""The events (class, columns) that a record stands for, or the word of the noise that it is."""

# UserType of the common schema: datacenter administrator, system, application, service principal, policies.
_MACHINES = frozenset("345678")
_NOBODY = frozenset({"", "not available", "unknown", "app@sharepoint", "system account", "s-1-5-18"})
_PREFIXES = ("serviceprincipal_", "nt authority\\", "nt service\\", "sharepoint\\", "urn:spo:", "00000000-")


def user(record: Record) -> str | None:
    """Give the person's sign-in name in lower case; None for services, anonymous links and Microsoft's own."""
    if word(record.get("UserType")) in _MACHINES:
        return None
    name = lower(record.get("UserId")) or ""
    if name in _NOBODY or name.startswith(_PREFIXES):
        return None
    return name


def src_ip(record: Record) -> str | None:
    """Give the client's address, whichever property holds it."""
    for name in ("ClientIP", "ClientIPAddress", "ActorIpAddress"):
        found = address(word(record.get(name)))
        if found:
            return found
    return None


def outcome(record: Record) -> str:
    """Tell by ResultStatus whether it was done; records without one tell of what was done."""
    said = (word(record.get("ResultStatus")) or "").lower()
    return "attempted" if said in ("failed", "failure", "false") else "reached"


def pairs(record: Record, name: str) -> Iterator[Mapping[str, Any]]:
    """Give the objects of a list property."""
    listed = record.get(name)
    return (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else iter(())


def named(record: Record, name: str, *wanted: str) -> str | None:
    """Give the first filled value of these names in a list of Name and Value."""
    found = {
        one.get("Name"): one.get("Value") for one in pairs(record, name) if isinstance(one.get("Name"), str)
    }
    for want in wanted:
        text = word(found.get(want))
        if text is not None:
            return text
    return None
