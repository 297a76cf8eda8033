"""A slow and obvious reader of Squid's native log: the oracle of the fast one. Shares no code with it."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """Events as dictionaries, rejects as (line, offset, reason), noise counts, protected total."""

    events: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[tuple[int, int, str]] = field(default_factory=list)
    noise: dict[str, int] = field(default_factory=dict)
    protected: int = 0
    lines: int = 0


def read_squid(data: bytes, protected_hosts: frozenset[str] = frozenset()) -> Answer:
    """Read a whole file at once, line after line."""
    answer, offset = Answer(), 0
    if data.startswith(b"\xef\xbb\xbf"):
        data, offset = data[3:], 3
    pieces = data.split(b"\n")
    if pieces[-1] == b"":
        pieces.pop()
    for number, piece in enumerate(pieces, 1):
        raw = piece[:-1] if piece.endswith(b"\r") else piece
        answer.lines += 1
        read_line(raw, number, offset, answer, protected_hosts)
        offset += len(piece) + 1
    return answer


def read_line(raw: bytes, number: int, offset: int, answer: Answer, protected_hosts: frozenset[str]) -> None:
    words = [word for word in raw.split(b" ") if word]
    if not words:
        answer.noise["blank"] = answer.noise.get("blank", 0) + 1
        return
    if words[0].startswith(b"#"):
        answer.noise["comment"] = answer.noise.get("comment", 0) + 1
        return
    where: dict[str, Any] = {"problem": "unread"}
    if len(words) >= 7:
        where = read_address(words[6], words[5] == b"CONNECT")
        host = where.get("host")
        if host and any(host == name or host.endswith("." + name) for name in protected_hosts):
            answer.protected += 1
            return
    if len(words) < 9:
        answer.rejects.append((number, offset, "fewer than 9 fields"))
        return
    wrong = first_problem(words)
    if wrong:
        answer.rejects.append((number, offset, wrong))
    elif words[5].startswith(b"ICP_"):
        answer.noise["peer-query"] = answer.noise.get("peer-query", 0) + 1
    elif words[6].startswith(b"error:"):
        answer.noise["no-request"] = answer.noise.get("no-request", 0) + 1
    elif where["problem"]:
        answer.rejects.append((number, offset, where["problem"]))
    else:
        answer.events.append(make_event(words, where, number, offset, len(raw)))


def first_problem(words: list[bytes]) -> str | None:
    if not re.fullmatch(rb"[0-9]{1,11}\.[0-9]{3}", words[0]):
        return "the time cannot be read"
    if not re.fullmatch(rb"-?[0-9]{1,18}", words[1]):
        return "the duration is no number"
    if not re.fullmatch(rb"[^/]+/(-|[0-9]{1,3})", words[3]):
        return "the result code cannot be read"
    if not re.fullmatch(rb"[0-9]{1,18}", words[4]):
        return "the size is no number"
    if words[8] != b"-" and not re.match(rb"[A-Za-z_]+/", words[8]):
        return "the hierarchy code cannot be read"
    return None


def read_address(url: bytes, connect: bool) -> dict[str, Any]:
    """Give scheme, host, port and path, or a problem."""
    if connect:
        scheme, authority, rest = None, url, None
    else:
        found = re.fullmatch(rb"([^:]*)://([^/?#]*)(.*)", url, re.DOTALL)
        before = found[1] + b"://" + found[2] if found else url
        if len(before) > 2048:
            return {"problem": "the address is too long"}
        if not found or not re.fullmatch(rb"[A-Za-z][A-Za-z0-9+.-]*", found[1]):
            return {"problem": "the address names no host"}
        scheme, rest = found[1].decode().lower(), found[3]
        authority = found[2].split(b"@")[-1]
    if len(authority) > 2048:
        return {"problem": "the address is too long"}
    text = authority.decode("utf-8", "replace")
    if text.startswith("["):
        inside, closed, after = text[1:].partition("]")
        if not closed or (after and not after.startswith(":")):
            return {"problem": "the host cannot be read"}
        host, port = six(inside), after[1:]
    else:
        name, _, port = text.partition(":")
        host = plain(name)
    if not host:
        return {"problem": "the host cannot be read"}
    if port == "":
        known = {"http": 80, "ws": 80, "https": 443, "wss": 443, "ftp": 21, None: 443}
        number = known.get(scheme)
    elif re.fullmatch(r"[0-9]{1,5}", port) and int(port) < 65536:
        number = int(port)
    else:
        return {"problem": "the port cannot be read"}
    path = None
    if rest is not None:
        path = re.split(rb"[?#]", rest)[0][:2048].decode("utf-8", "replace") or "/"
    return {"problem": None, "scheme": scheme, "host": host, "port": number, "path": path}


def six(text: str) -> str | None:
    try:
        return str(ipaddress.IPv6Address(text.split("%")[0]))
    except ValueError:
        return None


def plain(name: str) -> str | None:
    if name.endswith("."):
        name = name[:-1]
    if len(name) > 253:
        return None
    if "%" in name:
        name = urllib.parse.unquote(name, errors="replace")
        if name.endswith("."):
            name = name[:-1]
    if any(ord(letter) > 127 for letter in name):
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
        if name.endswith("."):
            name = name[:-1]
    name = name.lower()
    labels = name.split(".")
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-_")
    fine = all(1 <= len(label) <= 63 and set(label) <= allowed for label in labels)
    return name if fine and len(name) <= 253 else None


def make_event(
    words: list[bytes], where: dict[str, Any], number: int, offset: int, length: int
) -> dict[str, Any]:
    text = [word.decode("utf-8", "replace") for word in words]
    seconds, thousandths = text[0].split(".")
    code, status = text[3].split("/")
    way = text[8].split("/")[0] if "/" in text[8] else "NONE"
    status_number = 0 if status == "-" else int(status)
    return {
        "time": int(seconds) * 1_000_000 + int(thousandths) * 1000,
        "line": number,
        "offset": offset,
        "length": length,
        "user": person(text[7]),
        "src_ip": person(text[2]),
        "host": where["host"],
        "port": where["port"],
        "method": text[5],
        "status": status_number,
        "outcome": outcome(code, status_number, way),
        "bytes_down": int(text[4]),
        "bytes_up": None,
        "scheme": where["scheme"],
        "path": where["path"],
        "referrer_host": None,
        "tunnel": text[5] == "CONNECT",
        "duration_ms": int(text[1]),
    }


def person(text: str) -> str | None:
    return None if text == "-" else urllib.parse.unquote(text, errors="replace")


def outcome(code: str, status: int, way: str) -> str:
    if "DENIED" in code or status == 407:
        return "attempted"
    if way in ("-",) or way.endswith("NONE"):
        from_proxy_itself = "HIT" not in code
        if from_proxy_itself and (status == 403 or status >= 500):
            return "attempted"
    return "unknown" if status == 0 else "reached"
