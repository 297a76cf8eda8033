"""Zeek's dns.log and dhcp.log: what machines asked for, and which machines took an address."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from clausewise.sample.browsing import DENIED_403, Lines, Walkers
from clausewise.sample.cast import Cast
from clausewise.sample.hosts import HostPool
from clausewise.sample.key import Entry, Key
from clausewise.sample.machines import Device, Park, address, mac_of, octets
from clausewise.sample.period import Period

DNS_SHARE = 0.12
RESOLVER = "10.10.0.53"
DNS_FIELDS = (
    "ts time uid string id.orig_h addr id.orig_p port id.resp_h addr id.resp_p port proto enum "
    "trans_id count rtt interval query string qclass count qclass_name string qtype count "
    "qtype_name string rcode count rcode_name string AA bool TC bool RD bool RA bool Z count "
    "answers vector[string] TTLs vector[interval] rejected bool"
)
DHCP_FIELDS = (
    "ts time uids set[string] client_addr addr server_addr addr mac string host_name string "
    "client_fqdn string domain string requested_addr addr assigned_addr addr lease_time interval "
    "client_message string server_message string msg_types vector[string] duration interval"
)
QTYPES = ((1, "A"), (28, "AAAA"), (65, "HTTPS"))


def write_zeek(path: Path, name: str, fields: str, period: Period, rows: Iterable[str]) -> Path:
    """Write one of Zeek's logs; `fields` are its columns, each name before its type. Returns the path."""
    words = fields.split()
    head = [
        "#separator \\x09",
        "#set_separator\t,",
        "#empty_field\t(empty)",
        "#unset_field\t-",
        f"#path\t{name}",
        f"#open\t{period.date(0)}-00-00-00",
        "\t".join(["#fields", *words[::2]]),
        "\t".join(["#types", *words[1::2]]),
    ]
    tail = f"#close\t{period.date(period.days)}-00-00-00\n"
    path.write_text("\n".join(head) + "\n" + "".join(rows) + tail, encoding="ascii", newline="\n")
    return path


def flow_name(mark: object) -> str:
    """A name of a connection as Zeek gives one, always the same for the same mark."""
    return f"C{zlib.crc32(repr(mark).encode()):010d}"


def dns_row(millis: int, ip: str, query: str, kind: int, number: int) -> str:
    """One query with its answer code; no answers are listed, as where a county logs queries only."""
    code, word = QTYPES[kind]
    return (
        f"{millis // 1000}.{millis % 1000:03d}{number % 1000:03d}\t{flow_name((millis, ip, number))}\t{ip}\t"
        f"{20_000 + number % 40_000}\t{RESOLVER}\t53\tudp\t{number % 65_536}\t0.00{number % 90 + 10}\t{query}\t1\t"
        f"C_INTERNET\t{code}\t{word}\t0\tNOERROR\tF\tF\tT\tT\t0\t-\t-\tF\n"
    )


def write_dns(
    path: Path,
    rng: np.random.Generator,
    period: Period,
    lines: Lines,
    pool: HostPool,
    walkers: Walkers,
    told: list[tuple[int, str]],
) -> Path:
    """A share of the ordinary requests was looked up first; the story's lookups are added."""
    many = len(lines.millis)
    chosen = np.flatnonzero((rng.random(many) < DNS_SHARE) & (lines.result != DENIED_403))
    kinds = rng.choice(3, size=len(chosen), p=[0.62, 0.24, 0.14]).tolist()
    columns = (
        lines.millis[chosen] - rng.integers(4, 60, len(chosen)),
        lines.walker[chosen],
        lines.host[chosen],
    )
    rows = [
        (at, dns_row(at, walkers.ips[walker], pool.names[host], kind, n))
        for n, (at, walker, host, kind) in enumerate(
            zip(*(column.tolist() for column in columns), kinds, strict=True)
        )
    ]
    return write_zeek(path, "dns", DNS_FIELDS, period, (row for _, row in sorted(rows + told)))


def lookups(cast: Cast, key: Key) -> list[tuple[int, str]]:
    """Names that were only looked up (a page's prefetch): nothing was reached, so nothing was broken."""
    told = []
    plan = (
        ("11/circumvent", "harmful:proxy_vpn:seen", 14),
        ("3/explicit", "harmful:adult:seen", 14),
        ("9.f/provided", "content.dropboxapi.com", 6),
        ("9/malware", "harmful:malware", 6),
    )
    for norm, wanted, many in plan:
        hosts = cast.hosts([wanted])
        for n in range(many):
            person, ip = cast.player("staff")
            host, moments = hosts[n % len(hosts)], cast.times("duty", 1 + n % 2)
            told += [(at, dns_row(at, ip, host, 0, n)) for at in moments]
            key.lookalikes.append(
                Entry(
                    norm,
                    person,
                    host,
                    moments[0],
                    moments[-1],
                    len(moments),
                    "only a name was looked up; no connection followed",
                    "dns",
                )
            )
    return told


@dataclass(slots=True)
class Leases:
    """DHCP events as (milliseconds, line), and the devices that the story adds to the register."""

    events: list[tuple[int, str]] = field(default_factory=list)
    registered: list[Device] = field(default_factory=list)

    def add(self, at: int, mac: str, ip: str, name: str) -> None:
        """One lease taken at `at` (Unix milliseconds) by a machine that calls itself `name` (`-`: nothing)."""
        server = ip[: ip.index(".", 3)] + ".0.1"
        self.events.append(
            (
                at,
                (
                    f"{at // 1000}.{at % 1000:03d}000\t{flow_name((at, mac))}\t{ip}\t{server}\t{mac}\t{name}\t-\tredbud.example\t"
                    f"{ip}\t{ip}\t43200.000000\t-\t-\tREQUEST,ACK\t0.004{at % 1000:03d}\n"
                ),
            )
        )

    def write(self, path: Path, period: Period) -> Path:
        """Write dhcp.log in order of time; returns its path."""
        return write_zeek(path, "dhcp", DHCP_FIELDS, period, (row for _, row in sorted(self.events)))


def ordinary_leases(
    leases: Leases, rng: np.random.Generator, period: Period, park: Park, absent: set[str]
) -> None:
    """Every working day each machine renews its address; phones of guests come with invented MACs."""
    machines = [
        (device.mac, device.ip, device.device.lower())
        for device in park.devices
        if device.assigned_to not in absent
    ]
    machines += [(mac, ip, "-") for mac, ip in park.guests]
    for day in range(period.days):
        if period.date(day).weekday() > 4:
            continue
        here = rng.random(len(machines)) < 0.9
        minutes = rng.normal(462, 20, len(machines)).tolist()
        for machine, present, minute in zip(machines, here.tolist(), minutes, strict=True):
            if present:
                leases.add(period.millis(day, minute), *machine)


def strangers(leases: Leases, cast: Cast, key: Key) -> None:
    """Machines new to the network: unknown ones, ones still waiting for an answer, and properly registered ones."""
    places, rng = list(octets().items()), cast.rng
    plan = (
        ("", "staff", 12, "no register knows this machine, and it took an address on a staff network"),
        ("pending", "staff", 4, "asked for but not yet authorized when it took an address"),
        ("lost", "staff", 1, "a laptop reported lost took an address again"),
        ("new", "staff", 10, "registered as authorized the day before it came"),
        ("personal", "personal", 8, "a private machine that Technology Services authorized"),
    )
    for status, profile, many, why in plan:
        for n in range(many):
            site, octet = places[(n * 5 + len(status)) % len(places)]
            mac, ip = mac_of(rng), address(octet, profile, 600 + n + 40 * len(status))
            moments = cast.times("duty", 1 + n % 4, after=2)
            for at in moments:
                leases.add(at, mac, ip, "-" if not status else f"host-{mac[-5:].replace(':', '')}")
            if status:
                leases.registered.append(_registered(cast, status, mac, ip, site, moments[0], n))
            rows = key.truth if status in ("", "pending", "lost") else key.lookalikes
            rows.append(Entry("9.d", "", mac, moments[0], moments[-1], len(moments), why, "dhcp"))
    guests = len(cast.park.guests)
    key.lookalikes.append(
        Entry(
            "9.d",
            "",
            "guest networks",
            cast.period.millis(0),
            cast.period.end - 1,
            guests,
            "guests' phones on the network that is meant for them",
            "dhcp",
        )
    )


def _registered(cast: Cast, status: str, mac: str, ip: str, site: str, first: int, number: int) -> Device:
    private = status == "personal"
    register = f"PERS-{number + 1:04d}" if private else f"RCOE-{3000 + 100 * len(status) + number}"
    day = (first - cast.period.millis(0)) // 86_400_000 - 1
    return Device(
        register,
        mac,
        "laptop",
        "personal" if private else "county",
        cast.player("staff")[0] if private else "",
        site,
        "unknown" if private else "yes",
        status if status in ("pending", "lost") else "authorized",
        ip,
        cast.period.date(day).isoformat(),
    )
