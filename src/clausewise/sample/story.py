"""The acts put into the proxy's log on purpose, as `data/story.toml` tells them, with their answer key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from clausewise.sample import stock
from clausewise.sample.cast import Cast
from clausewise.sample.key import Entry, Key
from clausewise.sample.period import iso
from clausewise.sample.shapes import SHAPES, draw_line

DAY, MINUTE = 86_400_000, 60_000
SERVICE_OTHER = "service:zoom-webinar-plus"


@dataclass(slots=True)
class Told:
    """What the story leaves behind: proxy lines by time, permissions, self-reports."""

    proxy: list[tuple[int, str]] = field(default_factory=list)
    grants: list[dict[str, str]] = field(default_factory=list)
    reports: list[dict[str, str]] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)


def tell(cast: Cast, key: Key) -> Told:
    """Play every act; adds to `key`, returns the lines in order of time."""
    told = Told()
    services = {
        host: f"service:{row['service']}"
        for row in stock.rows("facts/services.csv")
        for host in row["hosts"].split()
    }
    for act in stock.toml("story.toml")["act"]:
        hosts = cast.hosts(act["hosts"])
        for number in range(act["count"]):
            _play(cast, key, told, act, hosts[number % len(hosts)], number, services)
    told.proxy.sort()
    return told


def _play(
    cast: Cast, key: Key, told: Told, act: dict[str, Any], host: str, number: int, services: dict[str, str]
) -> None:
    person, ip = cast.player(act["who"])
    low, high = act["lines"]
    lines = int(cast.rng.integers(low, high, endpoint=True))
    shape, titles = SHAPES[act["shape"]], act.get("titles", [""])
    title = titles[number % len(titles)]
    moments = cast.times(act["when"], lines, after=2 if "grant" in act else 0)
    told.proxy += [(at, draw_line(cast.rng, shape, at, ip, person or "-", host, title)) for at in moments]
    told.hosts.add(host)
    if "grant" in act:
        what = services.get(host, f"software:{title}" if title else f"host:{host}")
        told.grants.append(_grant(act["grant"], person, what, moments, len(told.grants)))
    if "report" in act:
        told.reports.append(
            {"person": person, "clause": act["report"], "host": host, "at": iso(moments[-1] + 4 * MINUTE)}
        )
    _judge(cast, key, act, person, host, moments)


def _judge(cast: Cast, key: Key, act: dict[str, Any], person: str, host: str, moments: list[int]) -> None:
    remark = " (the host is on no list)" if host in cast.unlisted else ""
    why, innocent = act["why"] + remark, act.get("seems_why", act["why"]) + remark
    span = (moments[0], moments[-1], len(moments))
    key.truth += [Entry(norm, person, host, *span, why) for norm in act.get("breaks", [])]
    key.windows += [Entry(norm, person, host, *span, why) for norm in act.get("window", [])]
    key.lookalikes += [Entry(norm, person, host, *span, innocent) for norm in act.get("seems", [])]
    if act.get("offensive") or act.get("social"):
        norm = "3.b/block-social" if act.get("social") else "3.b/block-offensive"
        key.blame_county(norm, host, *span, "the county let this host through" + remark)
    if SHAPES[act["shape"]].reached and act["who"] not in ("students", "guests"):
        cast.note_seen(host)


def _grant(kind: str, person: str, what: str, moments: list[int], number: int) -> dict[str, str]:
    """A written permission of the kind that the act tells of: good, late, run out, revoked, by another office."""
    first, last = moments[0], moments[-1]
    decided, begins, ends, revoked = first - 20 * DAY, first - 19 * DAY, last + 200 * DAY, ""
    clause, office = {"preview": ("3.a/preview", "james.okafor"), "tool": ("9/test", "wei.chen")}.get(
        kind, ("9.h", "james.okafor")
    )
    if kind == "late":
        decided = last + 2 * 3_600_000
    elif kind == "expired":
        decided, begins, ends = first - 90 * DAY, first - 89 * DAY, first - DAY
    elif kind == "revoked":
        revoked = iso(first - DAY)
    elif kind == "wrong-office":
        office = "ruth.abrams"
    elif kind == "other-thing":
        what = SERVICE_OTHER
    return {
        "id": f"G-{number + 1:04d}",
        "clause": clause,
        "person": person,
        "what": what,
        "by": office,
        "decided_at": iso(decided),
        "valid_from": iso(begins),
        "valid_to": iso(ends),
        "revoked_at": revoked,
    }
