"""Logs of the county's own servers: ISC DHCP, FreeRADIUS accounting, Postfix, a Linux server, Zeek conn and smtp."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from clausewise.sample.machines import Device, address, mac_of, octets
from clausewise.sample.period import iso
from clausewise.sample.stage import MINUTE, Stage
from clausewise.sample.zeek import flow_name, write_zeek

SITE = "OUT"  # the outdoor school has a DHCP server of its own
FEED = "isc-dhcp"
CONN_FIELDS = (
    "ts time uid string id.orig_h addr id.orig_p port id.resp_h addr id.resp_p port proto enum service string "
    "duration interval orig_bytes count resp_bytes count conn_state string local_orig bool"
)
SMTP_FIELDS = (
    "ts time uid string id.orig_h addr id.orig_p port id.resp_h addr id.resp_p port trans_depth count helo string "
    "mailfrom string rcptto set[string] last_reply string tls bool"
)
MAIL_SERVER, OUTSIDE_SERVER = "10.10.0.25", "203.0.113.25"


@dataclass(slots=True)
class TextLog:
    """Entries as (milliseconds, text), an entry being one line or several."""

    events: list[tuple[int, str]] = field(default_factory=list)

    def syslog(self, at: int, host: str, program: str, text: str) -> None:
        """One line as rsyslog writes it with full times (RFC 3339)."""
        self.events.append((at, f"{iso(at)} {host} {program}: {text}\n"))

    def write(self, path: Path) -> Path:
        """Write in order of time; returns the path."""
        self.events.sort()
        path.write_text("".join(text for _, text in self.events), encoding="ascii", newline="\n")
        return path


def leases(log: TextLog, stage: Stage) -> None:
    """Addresses that the outdoor school's server gave: to its own machines, to guests, to strangers (9.d)."""
    octet = octets()[SITE]
    machines = [d for d in stage.cast.park.devices if d.site == SITE and d.status == "authorized"][:60]
    for day in range(stage.cast.period.days):
        if stage.cast.period.date(day).weekday() < 5:
            for n, device in enumerate(machines):
                _lease(log, stage.at(day, 455 + n / 3), device.mac, device.ip, device.device.lower())
    plan = (
        (
            "staff",
            4,
            True,
            "no register knows this machine, and the outdoor school's server gave it an address",
        ),
        ("guest", 6, False, "a guest's telephone on the network that is meant for it"),
        ("refused", 3, False, "the server refused the machine an address: it never joined"),
    )
    for kind, many, broken, why in plan:
        for n in range(many):
            mac = mac_of(stage.cast.rng, invented=kind == "guest")
            ip = address(octet, "guest" if kind == "guest" else "staff", 700 + n)
            moments = stage.cast.times("duty", 1 + n % 3)
            for at in moments:
                if kind == "refused":
                    log.syslog(at, "dhcp-out", "dhcpd[611]", f"DHCPNAK on {ip} to {mac} via eth0")
                else:
                    _lease(log, at, mac, ip, "")
            (stage.broken if broken else stage.innocent)("9.d", "", mac, moments, why, FEED)


def _lease(log: TextLog, at: int, mac: str, ip: str, name: str) -> None:
    called = f" ({name})" if name else ""
    log.syslog(at, "dhcp-out", "dhcpd[611]", f"DHCPREQUEST for {ip} from {mac}{called} via eth0")
    log.syslog(at + 4, "dhcp-out", "dhcpd[611]", f"DHCPACK on {ip} to {mac}{called} via eth0")


def wireless(log: TextLog, stage: Stage) -> None:
    """FreeRADIUS accounting of the wireless network: who was on it, from when to when, with which machine."""
    people = list(stage.own.items())[40:100]
    for day in range(0, stage.cast.period.days, 3):
        if stage.cast.period.date(day).weekday() > 4:
            continue
        for n, (person, device) in enumerate(people):
            session, begins = f"{day:04X}{n:04X}", stage.at(day, 500 + n)
            _accounting(log, begins, person, device, session, "Start", ())
            sizes = (f"Acct-Input-Octets = {40_000 + n}", f"Acct-Output-Octets = {900_000 + n}")
            _accounting(log, begins + 180 * MINUTE, person, device, session, "Stop", sizes)


def _accounting(
    log: TextLog, at: int, person: str, device: Device, session: str, kind: str, sizes: Iterable[str]
) -> None:
    attributes = [
        f'Acct-Session-Id = "{session}"',
        f"Acct-Status-Type = {kind}",
        f'User-Name = "{person}"',
        'NAS-Identifier = "ap-library"',
        f'Calling-Station-Id = "{device.mac.upper().replace(":", "-")}"',
        f"Framed-IP-Address = {device.ip}",
        *sizes,
        f"Timestamp = {at // 1000}",
    ]
    head = datetime.fromtimestamp(at // 1000, UTC).strftime("%a %b %e %H:%M:%S %Y")
    log.events.append((at, head + "\n" + "".join(f"\t{line}\n" for line in attributes) + "\n"))


def letters(log: TextLog, stage: Stage) -> None:
    """Postfix: mail that people sent, inside and out, some of it over channels that nobody may read about."""
    people = list(stage.own)
    for n in range(300):
        person, at = people[(n * 7) % len(people)], stage.cast.times("duty", 1)[0]
        queue, host = f"4Xk{n:08X}", "mail"
        to = (
            "grievance@csea-chapter.example"
            if n % 60 == 0
            else f"{people[(n * 11) % len(people)]}@redbud.example"
            if n % 3
            else f"parent{n}@mail.example"
        )
        sent = "status=bounced (550 5.1.1 unknown)" if n % 29 == 0 else "status=sent (250 2.0.0 Ok)"
        client = f"client=pc[{stage.own[person].ip}], sasl_method=PLAIN, sasl_username={person}"
        log.syslog(at, host, "postfix/submission/smtpd[21]", f"{queue}: {client}")
        log.syslog(
            at + 2,
            host,
            "postfix/qmgr[9]",
            f"{queue}: from=<{person}@redbud.example>, size={900 + 37 * n}, nrcpt=1 (queue active)",
        )
        relay = f"relay=mx.example[{OUTSIDE_SERVER}]:25, delay=0.9, delays=0/0/0/0.9, dsn=2.0.0"
        log.syslog(at + 900, host, "postfix/smtp[22]", f"{queue}: to=<{to}>, {relay}, {sent}")
        log.syslog(at + 950, host, "postfix/qmgr[9]", f"{queue}: removed")


def linux(log: TextLog, stage: Stage) -> None:
    """A Linux server that technicians sign in to, and at which strangers guess in vain."""
    for n in range(60):
        person, at = ("priya.toor", "tou.vang", "wei.chen")[n % 3], stage.cast.times("duty", 1)[0]
        ip, program = stage.own[person].ip, f"sshd[{1000 + n}]"
        log.syslog(
            at,
            "files1",
            program,
            f"Accepted publickey for {person} from {ip} port {50_000 + n} ssh2: ED25519 SHA256:a",
        )
        if n % 4 == 0:
            command = "TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/usr/bin/apt update"
            log.syslog(at + 20_000, "files1", "sudo", f"{person} : {command}")
        if n % 5 == 0:
            guess = f"Failed password for root from 198.51.100.{n + 1} port 40{n:03d} ssh2"
            log.syslog(at + 31_000, "files1", f"sshd[{2000 + n}]", guess)
        closed = f"pam_unix(sshd:session): session closed for user {person}"
        log.syslog(at + 40 * MINUTE, "files1", program, closed)


def zeek_logs(folder: Path, stage: Stage) -> tuple[Path, Path]:
    """Zeek's conn.log and smtp.log of the county's edge; returns their paths."""
    rng, people = stage.cast.rng, list(stage.own)
    flows, mails = [], []
    for n in range(900):
        person, at = people[(n * 13) % len(people)], stage.cast.times("duty", 1)[0]
        ip, service = stage.own[person].ip, ("ssl", "dns", "smtp", "-")[n % 4]
        port = {"ssl": 443, "dns": 53, "smtp": 25, "-": 445}[service]
        down = int(rng.integers(900, 90_000))
        flows.append(
            (
                at,
                (
                    f"{_stamp(at)}\t{flow_name((at, n))}\t{ip}\t{40_000 + n}\t{OUTSIDE_SERVER}\t{port}\ttcp\t{service}\t"
                    f"1.5\t{down // 9}\t{down}\t{'SF' if n % 9 else 'S0'}\tT\n"
                ),
            )
        )
        if n % 4 == 0:
            to = f"{people[(n * 5) % len(people)]}@redbud.example"
            mails.append(
                (
                    at,
                    (
                        f"{_stamp(at)}\t{flow_name((at, n, 'm'))}\t{ip}\t{41_000 + n}\t{MAIL_SERVER}\t25\t1\tpc\t"
                        f"{person}@redbud.example\t{to}\t250 2.0.0 Ok: queued\tF\n"
                    ),
                )
            )
    period = stage.cast.period
    return (
        write_zeek(folder / "conn.log", "conn", CONN_FIELDS, period, (row for _, row in sorted(flows))),
        write_zeek(folder / "smtp.log", "smtp", SMTP_FIELDS, period, (row for _, row in sorted(mails))),
    )


def _stamp(at: int) -> str:
    return f"{at // 1000}.{at % 1000:03d}000"
