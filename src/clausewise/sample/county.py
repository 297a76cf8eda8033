"""Build the whole county into a folder: papers, logs, deny lists and the answer key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clausewise.sample import signins, squid, zeek
from clausewise.sample.browsing import Lines, browse, make_walkers
from clausewise.sample.cast import Cast
from clausewise.sample.hosts import HostPool, make_hosts
from clausewise.sample.key import Key, write_key
from clausewise.sample.machines import make_park
from clausewise.sample.newer import Newer, in_the_export, play
from clausewise.sample.paperwork import write_lists, write_mappings, write_papers
from clausewise.sample.people import make_people, working
from clausewise.sample.period import Period, stream
from clausewise.sample.stage import Stage
from clausewise.sample.story import Told, tell

SMALLEST = 20_000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What was written where.  `truth` counts the breaches per norm, `lookalikes` the innocent acts."""

    out: Path
    seed: int
    period: Period
    people: int
    proxy: tuple[Path, ...]
    dns: Path
    dhcp: Path
    signin: Path
    newer: tuple[Path, ...]
    facts: tuple[Path, ...]
    lists: tuple[Path, ...]
    key: tuple[Path, ...]
    proxy_lines: int
    distinct_hosts: int
    truth: dict[str, int]
    lookalikes: dict[str, int]


def build(
    out: Path,
    *,
    seed: int = 4040,
    lines: int = 1_000_000,
    period: Period | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Built:
    """Write the sample county into `out` (made if missing; files of the same names are replaced).

    `lines` is the exact number of proxy lines, at least 20,000; all else, the acts of the story among it, does
    not change with it.  The same `seed`, `lines` and `period` give the same bytes.  `progress` is told the
    stage and how many lines are done.  Raises ValueError when `lines` is too small.
    """
    if lines < SMALLEST:
        raise ValueError(f"sample: {lines} lines cannot hold the story; ask for at least {SMALLEST}")
    period = period or Period()
    (out / "logs").mkdir(parents=True, exist_ok=True)
    progress("people and machines", 0, lines)
    happened = _happenings(seed, period)
    progress("browsing", 0, lines)
    key, written = happened.key, _write_logs(out / "logs", seed, lines, happened, progress)
    return Built(
        out=out,
        seed=seed,
        period=period,
        people=len(happened.cast.people),
        proxy=written.proxy,
        dns=written.dns,
        dhcp=written.dhcp,
        signin=written.signin,
        newer=written.newer,
        facts=_write_facts(out / "facts", happened),
        lists=(*write_lists(out / "lists"), *write_mappings(out / "mappings")),
        key=write_key(out, key, **_summary(seed, period, lines, written.hosts)),
        proxy_lines=lines,
        distinct_hosts=written.hosts,
        truth=key.count(key.breaches()),
        lookalikes=key.count(key.lookalikes),
    )


@dataclass(frozen=True, slots=True)
class _Happened:
    """The two weeks before anything is written."""

    cast: Cast
    key: Key
    told: Told
    leases: zeek.Leases
    events: signins.Signins
    asked: list[tuple[int, str]]
    newer: Newer


@dataclass(frozen=True, slots=True)
class _Written:
    """The logs, and how many different hosts the proxy's log names."""

    proxy: tuple[Path, ...]
    dns: Path
    dhcp: Path
    signin: Path
    newer: tuple[Path, ...]
    hosts: int


def _happenings(seed: int, period: Period) -> _Happened:
    """Who lives here, and everything that the logs tell besides ordinary browsing, with its answer key."""
    people, key = make_people(seed, period), Key()
    cast = Cast(people, make_park(seed, people, period), period, stream(seed, "story"))
    told = tell(cast, key)
    asked = zeek.lookups(cast, key)
    events = signins.Signins()
    signins.leavers(events, cast, key, in_the_export(people))
    signins.other_accounts(events, cast, key)
    signins.two_places(events, cast, key)
    leases = zeek.Leases()
    absent = {person.id for person in people if not working(person)}
    zeek.ordinary_leases(leases, stream(seed, "leases"), period, cast.park, absent)
    zeek.strangers(leases, cast, key)
    newer = play(Stage(cast, key))
    elsewhere = newer.stage.elsewhere | events.told
    signins.ordinary_signins(events, stream(seed, "signins"), period, people, cast.park, elsewhere)
    return _Happened(cast, key, told, leases, events, asked, newer)


def _write_logs(logs: Path, seed: int, lines: int, happened: _Happened, progress: Progress) -> _Written:
    cast, told = happened.cast, happened.told
    period, pool = cast.period, make_hosts(seed)
    walkers = make_walkers(cast.people, cast.park, happened.newer.stage.quiet)
    usual = browse(stream(seed, "browsing"), period, pool, walkers, lines - len(told.proxy))
    days = squid.write_days(
        logs, period, usual, pool, walkers, told.proxy, lambda done: progress("proxy log", done, lines)
    )
    progress("dns, dhcp and other logs", lines, lines)
    newer = happened.newer.write(logs)
    return _Written(
        proxy=days,
        dns=zeek.write_dns(
            logs / "dns.log", stream(seed, "dns"), period, usual, pool, walkers, happened.asked
        ),
        dhcp=happened.leases.write(logs / "dhcp.log", period),
        signin=happened.events.write(logs / "signin.csv"),
        newer=newer,
        hosts=_distinct(usual, pool, told),
    )


def _summary(seed: int, period: Period, lines: int, hosts: int) -> dict[str, int | str]:
    return {"seed": seed, "start": f"{period.start}", "proxy_lines": lines, "distinct_hosts": hosts}


def _write_facts(folder: Path, happened: _Happened) -> tuple[Path, ...]:
    cast, told = happened.cast, happened.told
    devices = (*cast.park.devices, *happened.leases.registered)
    return write_papers(
        folder, cast.period, cast.people, devices, told.grants + happened.newer.stage.grants, told.reports
    )


def _distinct(usual: Lines, pool: HostPool, told: Told) -> int:
    """How many different hosts the proxy's log names."""
    return len({pool.names[place] for place in np.unique(usual.host).tolist()} | told.hosts)
