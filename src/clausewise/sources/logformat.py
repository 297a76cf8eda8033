"""Turns a Squid `logformat` line into a reader: each `%code` of the format becomes a named field."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODE = re.compile(
    r"%(?P<quote>[\"\[#'/]|\\)?(?P<align>-)?(?P<zero>0)?(?P<width>[0-9]+)?(?:\.[0-9]+)?(?P<arg>\{[^}]*\})?"
    r"(?P<name>%|(?:[a-z_]+::)?[<>]?[A-Za-z_]+)(?P<tail>\{[^}]*\})?"
)

_FIELDS = {
    ">a": "client",
    ">A": "client",
    "un": "user",
    "ul": "user",
    "ui": "ident",
    "ue": "user",
    "us": "user",
    "rm": "method",
    ">rm": "method",
    "<rm": "method",
    "ru": "url",
    ">ru": "url",
    "<ru": "url",
    ">Hs": "status",
    "Hs": "status",
    "<Hs": "upstream_status",
    "Ss": "code",
    "Sh": "hierarchy",
    "<st": "down",
    ">st": "up",
    "st": "both",
    "tr": "elapsed",
    "ts": "seconds",
    "tu": "fraction",
    "tl": "stamp",
    "tg": "stamp",
}
"""Squid's codes (documentation of the `logformat` directive) and the fields they fill here."""

_BLANKS = r"[ \t]++"  # possessive: a megabyte of blanks must not be tried in every split

_PATTERNS = {
    "seconds": r"[0-9]{1,11}",
    "fraction": r"[0-9]{1,6}",
    "elapsed": r"-?[0-9]{1,18}|-",
    "status": r"-|[0-9]{1,3}",
    "down": r"-|[0-9]{1,18}",
    "up": r"-|[0-9]{1,18}",
    "code": r"[^\s/:]+",
    "hierarchy": r"-|[A-Za-z_]+",
    "stamp": r"[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4}",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A compiled logformat: a pattern for the whole line, and how many digits its fraction has."""

    pattern: re.Pattern[str]
    fields: frozenset[str]


def compile_format(text: str) -> Layout:
    """Compile the text after `logformat NAME`. Raises `ValueError` with place, problem and remedy."""
    parts: list[str] = []
    seen: set[str] = set()
    at = 0
    body = re.sub(r"^\s*logformat\s+\S+\s+", "", text).strip()
    while at < len(body):
        if body[at] == "%":
            found = _CODE.match(body, at)
            if not found:
                raise ValueError(f"logformat column {at + 1}: unknown code; see squid's logformat directive")
            parts.append(_piece(found, seen, _follows(body, found.end())))
            at = found.end()
        elif body[at].isspace():
            parts.append(_BLANKS)
            at = len(body) - len(body[at:].lstrip())
        else:
            parts.append(re.escape(body[at]))
            at += 1
    _check(seen)
    return Layout(re.compile(r"[ \t]*+" + "".join(parts) + r"[ \t]*+", re.DOTALL), frozenset(seen))


def _follows(body: str, at: int) -> str:
    return body[at] if at < len(body) else ""


def _piece(found: re.Match[str], seen: set[str], follows: str) -> str:
    name, argument = found["name"].removeprefix("http::"), (found["arg"] or found["tail"] or "").strip("{}")
    if name == "%":
        return "%"
    field = _FIELDS.get(name)
    if name in (">h", ">ha") and argument.lower() == "referer":
        field = "referrer"
    if name in ("tl", "tg") and argument:
        field = None  # a time with a form of its own: not read
    pad = "[ \t]*+" if found["width"] and not found["zero"] and not found["align"] else ""
    pattern = _PATTERNS.get(field or "", _anything(follows))
    if field is None or field in seen:
        return f"{pad}(?:{pattern})"
    seen.add(field)
    return f"{pad}(?P<{field}>{pattern})"


def _anything(follows: str) -> str:
    """A field without a form of its own ends where the format's next character stands."""
    if follows in ('"', "]"):
        return r'(?:[^"\\]|\\.)*+' if follows == '"' else r"[^\]]*"
    return r"[^\s]*" if follows in ("", " ", "\t", "%") else rf"[^\s{re.escape(follows)}]*"


def _check(seen: set[str]) -> None:
    for field, codes in (("url", "%ru"), ("method", "%rm"), ("status", "%>Hs")):
        if field not in seen:
            raise ValueError(f"logformat: {codes} is missing; add it, without it no request can be read")
    if "seconds" not in seen and "stamp" not in seen:
        raise ValueError("logformat: no time; add %ts.%03tu or %tl")
