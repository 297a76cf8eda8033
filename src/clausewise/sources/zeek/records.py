"""What the records of Zeek's conn, dhcp, dns, http, smtp and ssl logs mean as events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from clausewise.sources.hosts import normal_host, read_target, referrer_host, split_url
from clausewise.sources.rows import Collected, Line, short, whole
from clausewise.sources.times import from_iso, from_seconds, zone_named

Record = Mapping[str, str]

READ = frozenset(
    "_path ts id.orig_h id.resp_h id.resp_p method host uri status_code referrer response_body_len"
    " request_body_len trans_depth query qtype_name qclass rcode_name server_name established cipher"
    " mac assigned_addr assigned_ip client_addr host_name lease_time"
    " helo mailfrom rcptto last_reply is_webmail proto service duration orig_bytes resp_bytes conn_state".split()
)
"""The fields that are read; all others are left alone."""

_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})")
_name = lru_cache(maxsize=1 << 14)(normal_host)
_UTC = zone_named("UTC")
_NETBIOS = frozenset({"NB", "NBSTAT"})


def unescape(text: str) -> str:
    r"""Undo Zeek's `\x09`; runs of escaped bytes are read as UTF-8."""
    if "\\x" not in text:
        return text
    raw = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw


def kind_of(record: Record) -> str:
    """Name the log that a record without a `path` is from, by fields that only that log has."""
    for kind, field in (("http", "method"), ("dns", "query"), ("ssl", "server_name"), ("dhcp", "mac")):
        if field in record:
            return kind
    for kind, field in (
        ("conn", "conn_state"),
        ("smtp", "helo"),
        ("smtp", "mailfrom"),
        ("smtp", "rcptto"),
        ("smtp", "last_reply"),
        ("smtp", "is_webmail"),
        ("http", "trans_depth"),
        ("dns", "qclass"),
        ("ssl", "cipher"),
        ("dhcp", "lease_time"),
    ):
        if field in record:
            return kind
    return ""


def _time(record: Record) -> int | None:
    text = record.get("ts", "")
    seconds = from_seconds(text)
    return seconds if seconds is not None else from_iso(text, _UTC)


def _host_port(text: str) -> tuple[str | None, int | None]:
    target = read_target(text.encode("utf-8", "replace"), connect=True)
    if target.host is None and ":" in text:
        return normal_host(text), None  # an IPv6 address without brackets
    return target.host, target.port if text.rpartition(":")[2].isdigit() else None


def _path(uri: str) -> str:
    if uri.startswith("/"):
        return split_url("://" + uri)[1]  # no host stands in it
    return split_url(uri)[1] if "://" in uri else split_url("://" + "/" + uri)[1]


def put_http(record: Record, line: Line, out: Collected) -> None:
    """One request that crossed the wire."""
    method, uri = record.get("method"), record.get("uri") or "/"
    tunnel = method == "CONNECT"
    host, port = _host_port(uri if tunnel else record.get("host") or record.get("id.resp_h", ""))
    time, status = _time(record), short(record.get("status_code", "0"), most=999)
    if time is None or host is None or status is None:
        problem = "the time" if time is None else "the host" if host is None else "the status"
        out.reject(line, f"{problem} cannot be read", host)
        return
    values = {
        "src_ip": record.get("id.orig_h"),
        "host": host,
        "method": method,
        "status": status,
        "port": port if port is not None else short(record.get("id.resp_p"), most=65535),
        # The wire shows the site's own answers, and a proxy's only as 407.
        "outcome": "attempted" if status == 407 else "reached" if status else "unknown",
        "bytes_down": whole(record.get("response_body_len")),
        "bytes_up": whole(record.get("request_body_len")),
        "scheme": None if tunnel else "http",
        "path": None if tunnel else _path(uri),
        "referrer_host": referrer_host(record.get("referrer", "")),
        "tunnel": tunnel,
    }
    out.event("http", line, time, values)


def put_dns(record: Record, line: Line, out: Collected) -> None:
    """One question for a name. That a name was looked up is not yet a visit."""
    query = record.get("query")
    host = _name(query) if query else None
    if record.get("qtype_name") in _NETBIOS and not out.protected_names.host(host):
        out.noise["netbios"] += 1
        return
    if not query:
        out.noise["no-name"] += 1
        return
    time = _time(record)
    if time is None or host is None:
        out.reject(line, f"the {'time' if time is None else 'host'} cannot be read", host)
        return
    rcode = record.get("rcode_name")
    values = {
        "src_ip": record.get("id.orig_h"),
        "host": host,
        "qtype": record.get("qtype_name"),
        "rcode": rcode,
        "outcome": "unknown" if rcode is None else "reached" if rcode == "NOERROR" else "attempted",
    }
    out.event("dns", line, time, values)


def put_ssl(record: Record, line: Line, out: Collected) -> None:
    """One encrypted connection; without a server name its address stands for the host."""
    time, host = _time(record), _name(record.get("server_name") or record.get("id.resp_h", ""))
    if time is None or host is None:
        out.reject(line, f"the {'time' if time is None else 'host'} cannot be read", host)
        return
    made = record.get("established")
    values = {
        "src_ip": record.get("id.orig_h"),
        "host": host,
        "port": short(record.get("id.resp_p"), most=65535),
        "outcome": "reached" if made == "T" else "attempted" if made == "F" else "unknown",
    }
    out.event("tls", line, time, values)


def put_dhcp(record: Record, line: Line, out: Collected) -> None:
    """One device that asked for an address."""
    time, mac = _time(record), record.get("mac")
    if time is None or not mac:
        out.reject(line, f"the {'time' if time is None else 'MAC address'} cannot be read")
        return
    address = record.get("assigned_addr") or record.get("assigned_ip") or record.get("client_addr")
    name = record.get("host_name")
    out.event("dhcp", line, time, {"mac": mac.lower(), "ip": address, "hostname": name})


def put_smtp(record: Record, line: Line, out: Collected) -> None:
    """One mail that crossed the wire unencrypted, one event a recipient; its subject is not read."""
    sender = record.get("mailfrom", "").strip("<> ") or None
    recipients = _several(record.get("rcptto", ""))
    if not recipients:
        out.noise["no-recipient"] += 1  # most of all: what came before the two sides began to encrypt
        return
    reply = record.get("last_reply", "")[:1]
    values = {
        "sender": sender,
        "src_ip": record.get("id.orig_h"),
        "service": record.get("id.resp_h"),
        "outcome": "reached" if reply == "2" else "attempted" if reply == "5" else "unknown",
    }
    time = _time(record)
    out.several(line, [("mail", time, {**values, "recipient": recipient}) for recipient in recipients])


def _several(text: str) -> list[str]:
    """Read a set: `a,b` in tables, `["a", "b"]` in JSON; in order, each once."""
    parts: list[object] = list(text.split(","))
    if text.startswith("["):
        try:
            parts = json.loads(text)
        except (ValueError, RecursionError):
            parts = []
    # JSON may name half of a surrogate pair, which no column can hold.
    whole_parts = (part.encode("utf-8", "replace").decode() for part in parts if isinstance(part, str))
    names = (part.strip("<> ") for part in whole_parts)
    return list(dict.fromkeys(name for name in names if name))


_MADE = frozenset({"SF", "S1", "S2", "S3", "RSTO", "RSTR"})
_NOT_MADE = frozenset({"S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR"})


def put_conn(record: Record, line: Line, out: Collected) -> None:
    """One connection; bytes are those of the two sides' payload, without headers."""
    there = record.get("id.resp_h")
    if out.protected_names.host(normal_host(there) if there else None):
        out.protected += 1
        return
    state, took = record.get("conn_state"), from_seconds(record.get("duration", ""))
    protocol = record.get("proto")
    values = {
        "src_ip": record.get("id.orig_h"),
        "dst_ip": there,
        # For ICMP the ports hold its type and code.
        "port": None if protocol == "icmp" else short(record.get("id.resp_p"), most=65535),
        "protocol": protocol,
        "service": record.get("service"),
        "bytes_up": whole(record.get("orig_bytes")),
        "bytes_down": whole(record.get("resp_bytes")),
        "duration_ms": None if took is None else took // 1000,
        "outcome": "reached" if state in _MADE else "attempted" if state in _NOT_MADE else "unknown",
    }
    out.event("conn", line, _time(record), values)


PUT: Mapping[str, Callable[[Record, Line, Collected], None]] = {
    "http": put_http,
    "dns": put_dns,
    "ssl": put_ssl,
    "dhcp": put_dhcp,
    "smtp": put_smtp,
    "conn": put_conn,
}
