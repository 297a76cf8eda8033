"""The fact tables a county may hand in: which columns each has, what they mean and what may stand in them.

This page is the whole vocabulary of facts. A table or column that a county leaves out is *unknown*, never
guessed; a column that is not listed here is refused, so that a misspelt heading cannot silently lose facts.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final


class Kind(Enum):
    """How the text of a cell is read, and what a row then holds (None is always "unknown")."""

    TEXT = "text"  # str
    NAME = "name"  # str without blanks around; compared without regard to case
    MAIL = "mail"  # str, lower case
    WORD = "word"  # str, one of the allowed words
    FLAG = "flag"  # bool
    SINCE = "since"  # bool; a date says yes, and that the row holds from that day unless valid_from says otherwise
    NUMBER = "number"  # int
    MOMENT = "moment"  # aware UTC datetime; a date alone is the first instant of that day in the county
    LAST_DAY = "last day"  # aware UTC datetime; a date alone includes that day, so it is the next midnight
    CLOCK = "clock"  # str "HH:MM", local wall time
    BREAKS = "breaks"  # tuple of str "HH:MM-HH:MM", local wall time
    CHANNEL = "channel"  # str, an address, domain or host in lower case, without a leading @ or trailing dot
    HOST = "host"  # str, lower case ASCII, no trailing dot
    HOSTS = "hosts"  # tuple of str as HOST; a leading "=" means this very host and none below it
    ADDRESSES = "addresses"  # tuple of str, IP addresses in their shortest form
    MAC = "mac"  # str "aa:bb:cc:dd:ee:ff"
    NETWORK = "network"  # str, CIDR


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `refers` names the table whose key its value must be; `loose` lets other text stand too."""

    name: str
    kind: Kind
    example: str
    says: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    default: str = ""
    refers: str = ""
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `key` columns together name a row; `spans` are pairs (start, end) that must not run backwards."""

    name: str
    says: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    spans: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


PERIOD: Final = (
    Column("valid_from", Kind.MOMENT, "2026-08-01", "the row holds from this moment; blank: always did"),
    Column("valid_to", Kind.MOMENT, "", "the row no longer holds from this moment; blank: still does"),
    Column("known_from", Kind.MOMENT, "", "the county has known it since; blank: always"),
)
PERIOD_NAMES: Final = frozenset(column.name for column in PERIOD)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_PERSON = "staff"


def _table(
    name: str, says: str, key: str, *columns: Column, spans: tuple[tuple[str, str], ...] = ()
) -> Table:
    own = {column.name for column in columns}
    period = tuple(column for column in PERIOD if column.name not in own)
    return Table(name, says, tuple(key.split()), columns + period, (*spans, ("valid_from", "valid_to")))


_STAFF = _table(
    "staff", "everyone the county knows: employees, board, contractors, students, guests", "id",
    Column("id", Kind.NAME, "ana.lopez", "used everywhere else; left out: the mail name before the @"),
    Column("name", Kind.TEXT, "Ana Lopez", "the person's name", required=True),
    Column("mail", Kind.MAIL, "ana.lopez@redbud.example", "work mail address"),
    Column("kind", Kind.WORD, "employee", "what the person is to the county", default="employee",
           allowed=("employee", "board", "contractor", "student", "guest", "service")),
    Column("site", Kind.TEXT, "Main Office", "where the person works"),
    Column("supervisor", Kind.NAME, "rosa.kim", "id or mail of the supervisor", refers=_PERSON),
    Column("start", Kind.MOMENT, "2019-08-12", "first day of work"),
    Column("end", Kind.LAST_DAY, "", "last day of work; blank: still here"),
    Column("educator", Kind.FLAG, "yes", "whether the person teaches"),
    Column("account", Kind.NAME, "alopez", "sign-in name, if the accounts table is not given"),
    spans=(("start", "end"),),
)  # fmt: skip

_ACCOUNTS = _table(
    "accounts", "sign-in names, and whose they are", "account",
    Column("account", Kind.NAME, "alopez", "sign-in name as logs print it", required=True),
    Column("owner", Kind.NAME, "ana.lopez", "whose it is; blank for a shared account", refers=_PERSON),
    Column("kind", Kind.WORD, "personal", "what kind of account", default="personal",
           allowed=("personal", "shared", "service")),
    Column("custodian", Kind.NAME, "", "who answers for a shared or service account", refers=_PERSON),
    Column("suspended_from", Kind.MOMENT, "", "suspended from"),
    Column("suspended_to", Kind.LAST_DAY, "", "last day of the suspension; blank: until further notice"),
    spans=(("suspended_from", "suspended_to"),),
)  # fmt: skip

_DEVICES = _table(
    "devices", "computers, phones and other equipment", "device",
    Column("device", Kind.NAME, "RCOE-1182", "inventory name", required=True),
    Column("mac", Kind.MAC, "02:00:5e:10:11:82", "network card address"),
    Column("kind", Kind.TEXT, "laptop", "laptop, desktop, phone, ..."),
    Column("owner", Kind.WORD, "county", "whose property", allowed=("county", "personal")),
    Column("assigned_to", Kind.NAME, "ana.lopez", "a person, or a room", refers=_PERSON, loose=True),
    Column("site", Kind.TEXT, "Main Office", "where it belongs"),
    Column("encrypted", Kind.FLAG, "yes", "whether its disk is encrypted"),
    Column("status", Kind.WORD, "authorized", "standing on the register",
           allowed=("authorized", "pending", "lost", "retired")),
    Column("ip", Kind.ADDRESSES, "10.20.4.17", "fixed network addresses, if any"),
)  # fmt: skip

_SERVICES = _table(
    "services", "online services, provided by the county or not", "service",
    Column("service", Kind.NAME, "boxdrive", "short name", required=True),
    Column("name", Kind.TEXT, "Box Drive", "name people use"),
    Column("hosts", Kind.HOSTS, "boxdrive.example =cdn.files.example",
           "hosts it runs on, each with everything below it; =host for that very host alone"),
    Column("provided", Kind.FLAG, "no", "whether the county provides it"),
    Column("fee", Kind.FLAG, "no", "whether it costs a fee"),
    Column("purpose", Kind.TEXT, "file sharing", "what it is for; same purpose: stands in for it"),
    Column("student_pii", Kind.FLAG, "no", "whether it holds students' private details"),
    Column("marketing", Kind.FLAG, "no", "whether it markets to students"),
    Column("contact_approved", Kind.FLAG, "no", "whether it is approved for writing to families"),
    Column("storage", Kind.FLAG, "yes", "whether it keeps files"),
)  # fmt: skip

_SOFTWARE = _table(
    "software",
    "programs on the county's software register",
    "title",
    Column("title", Kind.NAME, "Draw Studio", "title as the register prints it", required=True),
    Column("class", Kind.TEXT, "ordinary", "ordinary, scanner, sniffer, ..."),
    Column("authorized", Kind.FLAG, "yes", "whether it may be installed"),
    Column("licences", Kind.NUMBER, "40", "how many licences the county holds"),
)

_SITES = _table(
    "sites",
    "web sites and pages that speak for the county",
    "host",
    Column("host", Kind.HOST, "spring.redbud.example", "host name", required=True),
    Column("owner", Kind.TEXT, "Spring School", "office or person that runs it"),
    Column("title", Kind.TEXT, "Spring School", "title"),
    Column("approved", Kind.FLAG, "yes", "whether its publication was approved"),
    Column("monitored", Kind.FLAG, "yes", "whether it is an official account that somebody watches"),
    Column("disclaimer", Kind.FLAG, "no", "whether it carries the disclaimer"),
)

_GRANTS = _table(
    "grants",
    "written permissions",
    "id",
    Column("id", Kind.NAME, "g-2026-014", "number of the permission", required=True),
    Column("clause", Kind.NAME, "9.c", "clause that asks for it", required=True),
    Column("person", Kind.NAME, "ana.lopez", "who may", required=True, refers=_PERSON),
    Column("what", Kind.TEXT, "device:RCOE-1182", "which thing; blank: whatever the clause speaks of"),
    Column("by", Kind.NAME, "rosa.kim", "who decided", required=True, refers=_PERSON),
    Column("decided_at", Kind.MOMENT, "2026-09-01 09:30", "when it was decided", required=True),
    Column("valid_from", Kind.MOMENT, "2026-09-01 09:30", "permitted from; never before it was decided"),
    Column("valid_to", Kind.MOMENT, "2027-07-01", "no longer permitted from then; blank: until revoked"),
    Column("revoked_at", Kind.MOMENT, "", "taken back at"),
)

_DESIGNATIONS = _table(
    "designations",
    "who holds an office that the regulation names, and from when",
    "person office",
    Column("person", Kind.NAME, "rosa.kim", "who holds it", required=True, refers=_PERSON),
    Column("office", Kind.NAME, "technology-services", "id of the office", required=True),
    Column("written_by", Kind.TEXT, "Superintendent", "who signed the designation"),
)

_CAPABILITIES = _table(
    "capabilities",
    "ways of monitoring the county has announced",
    "id",
    Column("id", Kind.NAME, "web-audit", "short name", required=True),
    Column("purpose", Kind.TEXT, "audit of web logs", "what it is for"),
    Column("staff_notice", Kind.MOMENT, "2026-08-03", "when staff were told"),
    Column("union_notice", Kind.MOMENT, "2026-07-20", "when the unions were told"),
    Column("in_force_from", Kind.MOMENT, "2026-09-01", "in force from"),
    Column("enabled_by", Kind.NAME, "rosa.kim", "who switched it on", refers=_PERSON, loose=True),
    Column("confirmed_by", Kind.NAME, "ben.ortiz", "who confirmed it", refers=_PERSON, loose=True),
)

_SELF_REPORTS = _table(
    "self_reports",
    "what people reported about themselves, such as a page opened by mistake",
    "person clause host at",
    Column("person", Kind.NAME, "ana.lopez", "who reported", required=True, refers=_PERSON),
    Column("clause", Kind.NAME, "9.h", "clause", required=True),
    Column("host", Kind.HOST, "casino.example", "which host, if one"),
    Column("at", Kind.MOMENT, "2026-10-05 14:20", "when it was reported", required=True),
)

_SCHEDULES = _table(
    "schedules",
    "work schedules of a person, a site or everyone; a weekday without a row is a day off",
    "who weekday",
    Column("who", Kind.NAME, "default", "a person's id, site:NAME or default", required=True),
    Column("weekday", Kind.WORD, "mon", "day of the week", required=True, allowed=WEEKDAYS),
    Column("start", Kind.CLOCK, "08:00", "work begins; blank with a blank end: day off"),
    Column("end", Kind.CLOCK, "16:30", "work ends; earlier than the start: on the next day"),
    Column("breaks", Kind.BREAKS, "10:00-10:15 12:00-12:30", "breaks and lunch"),
)

_PROTECTED = _table(
    "protected_channels", "mail and hosts that must never be looked at", "match value",
    Column("match", Kind.WORD, "recipient", "what is compared", required=True,
           allowed=("sender", "recipient", "host")),
    Column("value", Kind.CHANNEL, "steward@union.example", "address, domain or host", required=True),
    Column("reason", Kind.WORD, "union", "why", required=True,
           allowed=("union", "counsel", "whistleblower", "mandated-report", "health")),
)  # fmt: skip

_NETWORKS = _table(
    "networks",
    "address ranges, and who uses them",
    "cidr",
    Column("cidr", Kind.NETWORK, "10.20.4.0/22", "address range", required=True),
    Column("site", Kind.TEXT, "Main Office", "where"),
    Column("profile", Kind.WORD, "staff", "who uses it", allowed=("staff", "students", "guest", "personal")),
)

_WORKS = _table(
    "works",
    "protected works such as books, pictures and films",
    "work",
    Column("work", Kind.NAME, "river-atlas", "short name", required=True),
    Column("registered", Kind.SINCE, "2026-02-17", "yes, no, or the day it was registered"),
    Column("permission", Kind.FLAG, "no", "whether its owner permits the use"),
    Column("licence", Kind.TEXT, "", "licence, if any"),
)

_DRIVES = _table(
    "drives",
    "portable drives and sticks",
    "drive",
    Column("drive", Kind.NAME, "USB-0417", "serial or inventory number", required=True),
    Column("encrypted", Kind.FLAG, "yes", "whether it is encrypted"),
    Column("owner", Kind.TEXT, "county", "whose it is"),
)

_SUPPRESSIONS = _table(
    "suppressions",
    "findings that somebody has set apart for a time, with the reason; they are counted and listed, never deleted",
    "id",
    Column("id", Kind.NAME, "s-2026-003", "number of the suppression", required=True),
    Column("norm", Kind.NAME, "9.f/provided", "norm whose findings are set apart", required=True),
    Column("person", Kind.NAME, "ana.lopez", "only those about this person", refers=_PERSON),
    Column("host", Kind.HOST, "cdn.files.example", "only those of this very host"),
    Column("thing", Kind.TEXT, "boxdrive", "only those about this thing: a service, a device, a program"),
    Column("reason", Kind.TEXT, "the list has the wrong owner; fixed in the next one", "why", required=True),
    Column("by", Kind.NAME, "rosa.kim", "who decided; never about themselves", required=True, refers=_PERSON),
    Column("decided_at", Kind.MOMENT, "2026-10-06 09:30", "when it was decided", required=True),
    Column("valid_from", Kind.MOMENT, "2026-10-06 09:30", "set apart from this moment; blank: since decided"),
    Column(
        "valid_to", Kind.LAST_DAY, "2026-12-18", "last day; at most a year after it begins", required=True
    ),
)

_DISPOSITIONS = _table(
    "dispositions",
    "what somebody made of a finding, and why",
    "finding decided_at",
    Column("finding", Kind.NAME, "52fa88261b446e3931c962c937c5d1fb", "id of the finding", required=True),
    Column("outcome", Kind.WORD, "explained", "what came of it", required=True,
           allowed=("no-concern", "explained", "case-opened", "corrected")),
    Column("reason", Kind.TEXT, "the class was on an outing; see the plan of Oct 5", "why", required=True),
    Column("by", Kind.NAME, "rosa.kim", "who decided; never about themselves", required=True, refers=_PERSON),
    Column("decided_at", Kind.MOMENT, "2026-10-06 09:30", "when it was decided", required=True),
)  # fmt: skip

TABLES: Final = MappingProxyType({table.name: table for table in (
    _STAFF, _ACCOUNTS, _DEVICES, _SERVICES, _SOFTWARE, _SITES, _GRANTS, _DESIGNATIONS, _CAPABILITIES,
    _SELF_REPORTS, _SCHEDULES, _PROTECTED, _NETWORKS, _WORKS, _DRIVES, _SUPPRESSIONS, _DISPOSITIONS,
)})  # fmt: skip


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy for a word that is not known: the nearest known one, or the list of all of them."""
    names = list(known)
    close = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else "use one of " + ", ".join(names)
