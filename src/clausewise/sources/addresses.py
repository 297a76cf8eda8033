"""Reads the IP address out of what cloud logs print: with a port, in brackets, or mapped into IPv6."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address


@lru_cache(maxsize=1 << 14)
def address(text: str | None) -> str | None:
    """Give the shortest spelling of an address without port, brackets and zone; None when it is none.

    Reads `198.51.100.7:50412`, `[2001:db8::9]:443`, `fe80::1%eth0` and `::ffff:198.51.100.7`.
    """
    if not text:
        return None
    name = text.strip()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    try:
        if ":" not in name:
            return str(IPv4Address(name))
        long = IPv6Address(name.partition("%")[0])
    except ValueError:
        return None
    return str(long.ipv4_mapped or long)
