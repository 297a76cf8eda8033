"""Turn a host name as logs and lists write it into the one form that look-ups use."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLAIN = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LENGTH = {size: chr(size) for size in range(1, 64)}
_LONGEST_NAME = 253


class LabelError(ValueError):
    """A list, a service map or an answer file cannot be used; the text says where, why and what to do."""


def canonical(host: str) -> str | None:
    """Return `host` in lower-case ASCII without a trailing dot; None if it is not a DNS name.

    Addresses are not names: IPv4 and IPv6 literals give None.  Names in other scripts are put into
    their ASCII (IDNA) form.
    """
    name = host.strip().lower().removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower().removesuffix(".")
        except UnicodeError:
            return None
    if len(name) > _LONGEST_NAME or _PLAIN.fullmatch(name) is None or is_address(name):
        return None
    return name


def is_address(name: str) -> bool:
    """True if `name` is an IP literal; browsers read every name with a numeric last label as IPv4."""
    return ":" in name or _NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]) is not None


def wire(host: str) -> bytes | None:
    """Return the DNS wire form of `host` (each label after its length, a zero at the end), or None.

    This is the key form that dnsdist reads with `KeyValueLookupKeySuffix(2, true)`.  The label that
    starts at character `n` of the name has its length at byte `n` of the key, so the key of a parent
    is a slice of the key of its child.  An address gets a key too; no entry is ever an address, so
    nothing is found under it.
    """
    name = host.lower()
    if name.endswith("."):
        name = name[:-1]
    if not name or len(name) > _LONGEST_NAME:
        return wire_of_odd(host)
    try:
        key = "".join([_LENGTH[len(label)] + label for label in name.split(".")])
        return key.encode("ascii") + b"\0"
    except (KeyError, UnicodeEncodeError):
        return wire_of_odd(host)


def wire_of_odd(host: str) -> bytes | None:
    """The slow way to the key, for a host that is not plain ASCII or not well formed."""
    name = canonical(host)
    return None if name is None else wire(name)


def unwire(key: bytes) -> str:
    """Return the name that the wire key `key` stands for."""
    labels, at = [], 0
    while key[at]:
        labels.append(key[at + 1 : at + 1 + key[at]].decode("ascii"))
        at += key[at] + 1
    return ".".join(labels)


def suffixes(name: str) -> Iterator[str]:
    """Yield `name` and each of its parents, the longest first: a.b.c, b.c, c."""
    yield name
    at = name.find(".")
    while at >= 0:
        name = name[at + 1 :]
        yield name
        at = name.find(".")


def split_entry(entry: str) -> tuple[str, bool]:
    """Split a list entry into its name and whether it holds for that exact host alone (`=host`)."""
    return (entry[1:], True) if entry.startswith("=") else (entry, False)
