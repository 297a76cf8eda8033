"""Reads the hardware address of a network card, always to the same spelling: aa:bb:cc:dd:ee:ff."""

from __future__ import annotations

import re

_APART = re.compile(r"[-:. ]")
_DIGITS = re.compile(r"[0-9a-f]{12}")


def normal_mac(text: str | None) -> str | None:
    """Give the one spelling of an EUI-48 address, whatever stands between its digits; None when it is none."""
    if not text or len(text) > 17:
        return None
    digits = _APART.sub("", text).lower()
    if not _DIGITS.fullmatch(digits):
        return None
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))
