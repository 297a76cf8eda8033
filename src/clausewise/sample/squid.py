"""The proxy's log: one plain Squid native file per local day, user names as the proxy saw them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from clausewise.sample.browsing import DENIED_407, RESULTS, Lines, Walkers
from clausewise.sample.hosts import HostPool, peer_of
from clausewise.sample.period import Period

PATHS = (
    "/",
    "/index.html",
    "/style.css",
    "/logo.png",
    "/photo-{0}.jpg",
    "/news/{0}",
    "/feed.xml?since={0}",
    "/app-{0}.js",
)
TYPES = (
    "text/html",
    "text/html",
    "text/css",
    "image/png",
    "image/jpeg",
    "text/html",
    "application/xml",
    "application/javascript",
)


def native(
    millis: int, elapsed: int, ip: str, result: str, size: int, request: str, user: str, peer: str, kind: str
) -> str:
    """One line of Squid's native format, with its line feed.  `request` is method and URL."""
    return (
        f"{millis // 1000}.{millis % 1000:03d} {elapsed:6d} {ip} {result} {size} {request} {user} {peer} "
        f"{kind}\n"
    )


def write_days(
    folder: Path,
    period: Period,
    lines: Lines,
    pool: HostPool,
    walkers: Walkers,
    story: Iterable[tuple[int, str]],
    progress: Callable[[int], None],
) -> tuple[Path, ...]:
    """Write `proxy-YYYY-MM-DD.log` per day, the story's lines among the ordinary ones.

    `lines` and `story` are in order of time.  `progress` gets the number of lines written so far.
    """
    told = list(story)
    told_at = np.array([millis for millis, _ in told], dtype=np.int64)
    connect = np.array([f"CONNECT {name}:443" for name in pool.names], dtype=object)
    peers = np.array([f"HIER_DIRECT/{peer_of(name)}" for name in pool.names], dtype=object)
    edges = [period.millis(day) for day in range(period.days + 1)]
    paths, done = [], 0
    for day in range(period.days):
        low, high = (int(n) for n in np.searchsorted(lines.millis, edges[day : day + 2]))
        first, last = (int(n) for n in np.searchsorted(told_at, edges[day : day + 2]))
        text = _day(lines, slice(low, high), pool, walkers, connect, peers) + [
            line for _, line in told[first:last]
        ]
        order = np.argsort(np.concatenate([lines.millis[low:high], told_at[first:last]]), kind="stable")
        path = folder / f"proxy-{period.date(day)}.log"
        path.write_text("".join([text[n] for n in order.tolist()]), encoding="ascii", newline="\n")
        paths.append(path)
        done += len(text)
        progress(done)
    return tuple(paths)


def _day(
    lines: Lines, part: slice, pool: HostPool, walkers: Walkers, connect: np.ndarray, peers: np.ndarray
) -> list[str]:
    host, result, walker = lines.host[part], lines.result[part], lines.walker[part]
    denied = np.char.startswith(np.array(RESULTS), "TCP_DENIED")[result]
    request = connect[host]
    kind = np.where(denied, "text/html", "-").astype(object)
    plain = np.flatnonzero(lines.plain[part])
    marks = (lines.millis[part] % 9973)[plain].tolist()
    request[plain] = [
        f"GET http://{pool.names[n]}{PATHS[mark % len(PATHS)].format(mark)}"
        for n, mark in zip(host[plain].tolist(), marks, strict=True)
    ]
    kind[plain] = [TYPES[mark % len(TYPES)] for mark in marks]
    user = np.array(walkers.users, dtype=object)[walker]
    user[result == DENIED_407] = "-"
    kind[result == DENIED_407] = "text/html"
    peer = peers[host]
    peer[denied] = "HIER_NONE/-"
    seconds, thousandths = np.divmod(lines.millis[part], 1000)
    columns = (
        seconds,
        thousandths,
        lines.elapsed[part],
        np.array(walkers.ips, dtype=object)[walker],
        np.array(RESULTS, dtype=object)[result],
        lines.size[part],
        request,
        user,
        peer,
        kind,
    )
    form = "%d.%03d %6d %s %s %d %s %s %s %s\n"
    return [form % row for row in zip(*(column.tolist() for column in columns), strict=True)]
