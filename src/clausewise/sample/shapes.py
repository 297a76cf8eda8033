"""How an act looks in the proxy's log: an upload, a glance, a refused try, a picture inside an advertisement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clausewise.sample.hosts import peer_of
from clausewise.sample.squid import native

MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Shape:
    """Request form, result, range of milliseconds, range of bytes sent to the client, content type."""

    request: str
    result: str
    elapsed: tuple[int, int]
    size: tuple[int, int]
    kind: str = "-"

    @property
    def reached(self) -> bool:
        """Whether the proxy let it through."""
        return not self.result.startswith("TCP_DENIED")


_TUNNEL, _MISS, _DENIED = "TCP_TUNNEL/200", "TCP_MISS/200", "TCP_DENIED/403"
_CONNECT = "CONNECT {host}:443"
_PROGRAM = "application/x-msdownload"
SHAPES = {
    "upload": Shape(_CONNECT, _TUNNEL, (60_000, 600_000), (120_000, 900_000)),
    "session": Shape(_CONNECT, _TUNNEL, (60_000, 240_000), (120_000, 3 * MEGA)),
    "look": Shape(_CONNECT, _TUNNEL, (300, 1_800), (4_000, 40_000)),
    "get": Shape("GET http://{host}/", "TCP_MISS/301", (40, 300), (420, 2_000), "text/html"),
    "post": Shape(
        "POST http://{host}/upload/{number}", _MISS, (2_000, 60_000), (300, 1_500), "application/json"
    ),
    "denied": Shape(_CONNECT, _DENIED, (0, 2), (3_900, 4_400), "text/html"),
    "page": Shape(_CONNECT, _TUNNEL, (1_500, 30_000), (30_000, 2 * MEGA)),
    "pixel": Shape("GET http://{host}/px-{number}.gif", _MISS, (20, 90), (290, 900), "image/gif"),
    "bulk": Shape(_CONNECT, _TUNNEL, (20_000, 400_000), (20 * MEGA, 400 * MEGA)),
    "stream": Shape(_CONNECT, _TUNNEL, (120_000, 600_000), (200 * MEGA, 400 * MEGA)),
    "clip": Shape(_CONNECT, _TUNNEL, (60_000, 200_000), (20 * MEGA, 60 * MEGA)),
    "album": Shape(_CONNECT, _TUNNEL, (30_000, 120_000), (90 * MEGA, 120 * MEGA)),
    "download": Shape(
        "GET http://{host}/files/{title}-{version}-setup.exe",
        _MISS,
        (2_000, 50_000),
        (3 * MEGA, 90 * MEGA),
        _PROGRAM,
    ),
    "denied-download": Shape(
        "GET http://{host}/files/{title}-{version}-setup.exe", _DENIED, (0, 2), (3_900, 4_400), "text/html"
    ),
    "exe-page": Shape(
        "GET http://{host}/wiki/File:{title}-setup.exe", _MISS, (60, 400), (8_000, 30_000), "text/html"
    ),
    "tool": Shape(
        "GET http://{host}/dist/{title}-{version}-setup.exe",
        _MISS,
        (2_000, 50_000),
        (3 * MEGA, 60 * MEGA),
        _PROGRAM,
    ),
    "malware": Shape(
        "GET http://{host}/get/{title}-{version}.exe", _MISS, (500, 9_000), (300_000, 4 * MEGA), _PROGRAM
    ),
}


def draw_line(
    rng: np.random.Generator, shape: Shape, millis: int, ip: str, user: str, host: str, title: str
) -> str:
    """One proxy line of this shape."""
    number = int(rng.integers(1000, 9999))
    request = shape.request.format(
        host=host, number=number, title=title, version=f"{number // 1000}.{number % 10}"
    )
    peer = f"HIER_DIRECT/{peer_of(host)}" if shape.reached else "HIER_NONE/-"
    return native(
        millis,
        int(rng.integers(*shape.elapsed, endpoint=True)),
        ip,
        shape.result,
        int(rng.integers(*shape.size, endpoint=True)),
        request,
        user,
        peer,
        shape.kind,
    )
