"""Makes one web event out of the fields of a proxy's log line, for formats read line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clausewise.sources import proxy
from clausewise.sources.hosts import Target, read_target, referrer_host, split_url
from clausewise.sources.rows import Collected, Line, short, whole


def put_request(fields: Mapping[str, str], time: int | None, line: Line, out: Collected) -> None:
    """Judge one proxy line by its fields: event, reject or noise.

    Known fields: client, user, method, url, status, code, hierarchy, down, up, referrer, elapsed.
    """
    method, url = fields.get("method", "-"), fields.get("url", "")
    connect = method == "CONNECT"
    address, path = split_url(url)
    target = read_target((url if connect else address).encode("utf-8", "replace"), connect)
    problem = None if time is not None else "the time cannot be read"
    status = _status(fields.get("status", "-"))
    if problem is None and status is None:
        problem = "the status cannot be read"
    if problem:
        out.reject(line, problem, target.host)
        return
    noise = proxy.noise_of(method, url)
    if noise and not out.protected_names.host(target.host):
        out.noise[noise] += 1
    elif target.problem:
        out.reject(line, target.problem)
    else:
        values = _values(fields, target, status or 0)
        out.event(
            "http",
            line,
            time or 0,
            values | {"path": None if connect else path, "tunnel": connect, "method": method},
        )


def _status(text: str) -> int | None:
    return 0 if text == "-" else short(text, most=999)


def _values(fields: Mapping[str, str], target: Target, status: int) -> dict[str, Any]:
    code, way = fields.get("code", ""), fields.get("hierarchy", "")
    referrer = fields.get("referrer", "-")
    return {
        "user": proxy.read_user(fields.get("user", "-")),
        "src_ip": proxy.read_user(fields.get("client", "-")),
        "host": target.host,
        "port": target.port,
        "status": status,
        "outcome": proxy.outcome_of(code, status, way),
        "bytes_down": whole(fields.get("down")),
        "bytes_up": whole(fields.get("up")),
        "scheme": target.scheme,
        "referrer_host": None if referrer in ("-", "") else referrer_host(referrer),
        "duration_ms": whole(fields.get("elapsed")),
    }
