"""The ordinary day: page views of staff, students, guests and machines, as columns of proxy lines.

Nothing here is a breach: what people do wrong, or seem to, is told in `story`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from clausewise.sample.hosts import HostPool
from clausewise.sample.machines import Park
from clausewise.sample.people import Person, working
from clausewise.sample.period import Period

SLOT_MINUTES = 15
SLOTS = 24 * 60 // SLOT_MINUTES
# how busy each local hour of a school day is, from midnight on
STAFF_DAY = (1, 1, 1, 1, 1, 3, 14, 60, 95, 100, 98, 92, 80, 88, 92, 70, 34, 14, 8, 6, 5, 4, 2, 1)
STUDENT_DAY = (0, 0, 0, 0, 0, 0, 0, 6, 80, 100, 96, 90, 40, 92, 70, 14, 2, 0, 0, 0, 0, 0, 0, 0)
WEEKEND = 0.02
HTTP_ONLY = (
    "ocsp.digicert.com",
    "ocsp.pki.goog",
    "ctldl.windowsupdate.com",
    "download.windowsupdate.com",
    "www.msftconnecttest.com",
    "detectportal.firefox.com",
)
RESULTS = (
    "TCP_TUNNEL/200",
    "TCP_MISS/200",
    "TCP_HIT/200",
    "TCP_MEM_HIT/200",
    "TCP_REFRESH_UNMODIFIED/304",
    "TCP_MISS/304",
    "TCP_MISS/302",
    "TCP_MISS/404",
    "TCP_DENIED/403",
    "TCP_DENIED/407",
    "TCP_TUNNEL_ABORTED/200",
    "TCP_MISS_ABORTED/000",
)
DENIED_403, DENIED_407 = 8, 9


@dataclass(frozen=True, slots=True)
class Lines:
    """Proxy lines as equal-long columns; `host`, `result` and `walker` are positions in their tables."""

    millis: np.ndarray
    elapsed: np.ndarray
    walker: np.ndarray
    result: np.ndarray
    size: np.ndarray
    host: np.ndarray
    plain: np.ndarray


@dataclass(frozen=True, slots=True)
class Walkers:
    """Everybody behind the proxy: address and user name (`-` on networks that ask for none)."""

    ips: tuple[str, ...]
    users: tuple[str, ...]
    staff: int
    students: int


def make_walkers(people: tuple[Person, ...], park: Park, quiet: Collection[str] = ()) -> Walkers:
    """Staff at their own device first, then the students' and the guests' networks; not who is `quiet`."""
    devices = {device.assigned_to: device.ip for device in park.devices if device.assigned_to}
    staff = [person for person in people if working(person) and person.id not in quiet]
    students, guests = park.of("students"), park.of("guest")
    ips = (*(devices[person.id] for person in staff), *students, *guests)
    users = (*(person.id for person in staff), *("-" for _ in (*students, *guests)))
    return Walkers(ips, users, len(staff), len(students))


def browse(rng: np.random.Generator, period: Period, pool: HostPool, walkers: Walkers, many: int) -> Lines:
    """`many` lines of ordinary browsing, in order of time."""
    sizes = np.minimum(rng.geometric(1 / 9, size=many // 4 + 64), 60)
    visits = int(np.searchsorted(np.cumsum(sizes), many)) + 1
    sizes = sizes[:visits]
    walker, slot, start = _visits(rng, period, walkers, visits)
    first = _front_pages(rng, pool, walkers, walker, slot)
    of_visit = np.repeat(np.arange(visits), sizes)[:many]
    place = np.arange(many) - (np.cumsum(sizes) - sizes)[of_visit]
    host = np.where(place == 0, first[of_visit], _parts(rng, pool, first[of_visit]))
    millis = start[of_visit] + (place * rng.exponential(900, many)).astype(np.int64)
    millis = np.minimum(millis, period.end - 1)
    order = np.argsort(millis, kind="stable")
    return _transfers(rng, pool, walkers, millis[order], walker[of_visit][order], host[order])


def _visits(
    rng: np.random.Generator, period: Period, walkers: Walkers, visits: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    group = rng.choice(3, size=visits, p=[0.74, 0.21, 0.05])
    activity = rng.lognormal(0, 0.6, walkers.staff)
    staff = rng.choice(walkers.staff, size=visits, p=activity / activity.sum())
    students = walkers.staff + rng.integers(0, walkers.students, visits)
    guests = rng.integers(walkers.staff + walkers.students, len(walkers.ips), visits)
    walker = np.choose(group, [staff, students, guests])
    slots = np.where(
        group == 1, _slots(rng, period, STUDENT_DAY, visits), _slots(rng, period, STAFF_DAY, visits)
    )
    base = np.array(
        [period.millis(day, slot * SLOT_MINUTES) for day in range(period.days) for slot in range(SLOTS)]
    )
    start = base[slots] + rng.integers(0, SLOT_MINUTES * 60_000, visits)
    return walker, slots % SLOTS, start


def _slots(rng: np.random.Generator, period: Period, day: tuple[int, ...], many: int) -> np.ndarray:
    one = np.repeat(np.array(day, dtype=float), 60 // SLOT_MINUTES)
    weight = np.concatenate(
        [one * (WEEKEND if period.date(n).weekday() > 4 else 1) for n in range(period.days)]
    )
    return rng.choice(len(weight), size=many, p=weight / weight.sum())


def _front_pages(
    rng: np.random.Generator, pool: HostPool, walkers: Walkers, walker: np.ndarray, slot: np.ndarray
) -> np.ndarray:
    """The page that a visit begins with: work on duty, often personal at lunch and after hours."""
    many = len(walker)
    free = (slot < 30) | (slot >= 64) | ((slot >= 48) & (slot < 50))  # 07:30-16:00 with lunch 12:00-12:30
    personal = np.where(free, 0.5, np.where(walker < walkers.staff, 0.03, 0.12))
    dice = rng.random(many)
    rest = (dice - personal) / (1 - personal)
    page = pool.draw(rng, "work", many)
    page = np.where(rest > 0.58, pool.draw(rng, "sites", many), page)
    page = np.where(rest > 0.88, pool.draw(rng, "telemetry", many), page)
    page = np.where(rest > 0.99, pool.draw(rng, "support", many), page)
    return np.where(dice < personal, pool.draw(rng, "personal", many), page)


def _parts(rng: np.random.Generator, pool: HostPool, own: np.ndarray) -> np.ndarray:
    """The other requests of a page view: its own host again, assets, content networks, advertising."""
    many = len(own)
    dice = rng.random(many)
    edges = (("asset", 0.30), ("shards", 0.55), ("ads", 0.73), ("telemetry", 0.89), ("sites", 0.93))
    part = own
    for kind, edge in edges:
        part = np.where(dice > edge, pool.draw(rng, kind, many), part)
    return part


def _transfers(
    rng: np.random.Generator,
    pool: HostPool,
    walkers: Walkers,
    millis: np.ndarray,
    walker: np.ndarray,
    host: np.ndarray,
) -> Lines:
    """How each request went: tunnel or plain, hit or miss, refused, how long and how big."""
    many = len(millis)
    plain_only = np.isin(host, [pool.names.index(name) for name in HTTP_ONLY])
    plain = plain_only | (rng.random(many) < 0.22) & (host >= pool.first_site) & (host < pool.first_shard)
    result = np.where(
        plain,
        rng.choice([1, 2, 3, 4, 5, 6, 7, 11], size=many, p=[0.6, 0.1, 0.06, 0.08, 0.06, 0.06, 0.03, 0.01]),
        np.where(rng.random(many) < 0.01, 10, 0),
    )
    size = (
        np.where(plain, rng.lognormal(8.2, 1.3, many), rng.lognormal(9.2, 1.4, many)).astype(np.int64) + 180
    )
    elapsed = np.where(plain, rng.lognormal(4.2, 0.9, many), rng.lognormal(7.6, 1.5, many)).astype(np.int64)
    size = np.where(result >= 10, size // 8, np.where((result == 4) | (result == 5), 320 + size % 90, size))
    refused = rng.random(many)
    result = np.where(refused < 0.012, DENIED_403, result)
    result = np.where((refused > 0.97) & (walker < walkers.staff), DENIED_407, result)
    host = np.where(result == DENIED_403, pool.draw(rng, "blocked", many), host)
    plain &= result != DENIED_403
    denied = (result == DENIED_403) | (result == DENIED_407)
    size = np.where(denied, rng.integers(3900, 4400, many), np.minimum(size, 40_000_000))
    elapsed = np.where(denied, rng.integers(0, 3, many), np.minimum(elapsed, 50_000))
    return Lines(millis, elapsed, walker, result, size, host, plain)
