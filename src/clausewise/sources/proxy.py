"""What a Squid proxy's own words mean: result codes, hierarchy codes and user names."""

from __future__ import annotations

import re
from urllib.parse import unquote

_RESULT = re.compile(r"([^/]+)/(-|[0-9]{1,3})")
_HIERARCHY = re.compile(r"([A-Za-z_]+)/.*|-", re.DOTALL)

PEER_QUERY = "peer-query"
"""Noise: another cache asked this one whether it holds a page (ICP); no person did."""
NO_REQUEST = "no-request"
"""Noise: a connection without a readable request (`error:...` in place of an address)."""


def read_result(text: str) -> tuple[str, int] | None:
    """Read `TCP_MISS/200` as code and status (0 when there is none); None when it is no such field."""
    found = _RESULT.fullmatch(text)
    if not found:
        return None
    return found[1], 0 if found[2] == "-" else int(found[2])


def read_hierarchy(text: str) -> str | None:
    """Read `HIER_DIRECT/192.0.2.1` as its code; None when it is no such field."""
    found = _HIERARCHY.fullmatch(text)
    if not found:
        return None
    return found[1] or "NONE"


def outcome_of(code: str, status: int, hierarchy: str) -> str:
    """Tell whether the site was reached: `reached`, `attempted` or `unknown`.

    A refusal by the proxy (DENIED, 407, or 403 and 5xx without an upstream) is an attempt only. A 403
    that came from the site itself means that the site was reached. Status 0 tells nothing.
    """
    alone = hierarchy.endswith("NONE") and "HIT" not in code
    if "DENIED" in code or status == 407 or (alone and (status == 403 or status >= 500)):
        return "attempted"
    return "reached" if status else "unknown"


def read_user(text: str) -> str | None:
    """Read a user name as Squid writes it (`-` is nobody, `%5C` a backslash)."""
    if text in ("-", ""):
        return None
    return unquote(text, errors="replace") if "%" in text else text


def noise_of(method: str, url: str) -> str | None:
    """Name the declared noise that a line is, if no person asked for anything."""
    if method.startswith("ICP_"):
        return PEER_QUERY
    return NO_REQUEST if url.startswith("error:") else None
