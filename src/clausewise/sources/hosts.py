"""Reads the host out of a web address, always to the same spelling: lower-case, ASCII, no port, no dot."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import unquote

_PLAIN = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_PARTS = re.compile(r"([^/?#]*)([^?#]*)")
_BRACKETS = re.compile(r"(\[[^\]]*\])(?::(.*))?", re.DOTALL)
_PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}

LONGEST_HOST = 253
LONGEST_TARGET = 2048
"""Bytes of `scheme://userinfo@host:port` beyond which an address is rejected, not guessed at."""
LONGEST_PATH = 2048
"""Bytes of a path that are kept."""


class Target(NamedTuple):
    """Where a request went; `problem` says why `host` is missing."""

    scheme: str | None
    host: str | None
    port: int | None
    problem: str | None


def normal_host(text: str) -> str | None:
    """Give the one spelling of a host name or address, or None when it is neither.

    Names beyond ASCII become their `xn--` form (IDNA 2003, as browsers of the logs' time sent them);
    IPv6 addresses lose brackets and zone and are shortened.
    """
    if ":" in text or (text.startswith("[") and text.endswith("]")):
        return _ipv6(text.strip("[]"))
    name = text.removesuffix(".")
    if len(name) > LONGEST_HOST:
        return None
    if "%" in name:
        name = unquote(name, errors="replace").removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").removesuffix(".")
        except UnicodeError:
            return None
    name = name.lower()
    return name if len(name) <= LONGEST_HOST and _PLAIN.fullmatch(name) else None


def _ipv6(text: str) -> str | None:
    try:
        return IPv6Address(text.partition("%")[0]).compressed
    except ValueError:
        return None


@lru_cache(maxsize=1 << 17)
def read_target(raw: bytes, connect: bool) -> Target:
    """Read `scheme://userinfo@host:port` (no path), or `host:port` when the method is CONNECT."""
    if len(raw) > LONGEST_TARGET:
        return _no_target("the address is too long")
    text = raw.decode("utf-8", "replace")
    if connect:
        return _read_authority(None, text)
    scheme, apart, rest = text.partition("://")
    if not apart or not _SCHEME.fullmatch(scheme):
        return _no_target("the address names no host")
    return _read_authority(scheme.lower(), rest.rpartition("@")[2])


def _no_target(problem: str) -> Target:
    return Target(None, None, None, problem)


def _read_authority(scheme: str | None, text: str) -> Target:
    name, _, digits = text.partition(":")
    if name.startswith("["):
        found = _BRACKETS.fullmatch(text)
        name, digits = (found[1], found[2] or "") if found else ("", "")
    host = normal_host(name) if name else None
    if host is None:
        return _no_target("the host cannot be read")
    if not digits:
        return Target(scheme, host, _PORTS.get(scheme or "https"), None)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5 and int(digits) <= 65535):
        return _no_target("the port cannot be read")
    return Target(scheme, host, int(digits), None)


def split_url(url: str) -> tuple[str, str]:
    """Split a URL into `scheme://authority` and its path without query (at most 2,048 bytes of it)."""
    apart = url.find("://")
    begin = apart + 3 if apart >= 0 else 0
    found = _PARTS.match(url, begin)
    end, until = (found.end(1), found.end(2)) if found else (begin, begin)
    path = url[end:until]
    if len(path) * 4 > LONGEST_PATH:
        path = path.encode("utf-8", "replace")[:LONGEST_PATH].decode("utf-8", "replace")
    return url[:end], path or "/"


def referrer_host(text: str) -> str | None:
    """Give the host of a Referer header, None when there is none."""
    return read_target(split_url(text)[0].encode("utf-8", "replace"), connect=False).host
