"""Counties and logs drawn at random, small and full of edges: people who come and go, facts known late, odd names."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache

import pyarrow as pa

from clausewise.audit.enrich import Enricher
from clausewise.audit.judge import Judge
from clausewise.audit.known import blind_norms
from clausewise.audit.lake.encode import Encoder
from clausewise.audit.lake.keys import Keys
from clausewise.audit.plan.duck import Duck
from clausewise.audit.plan.engine import Engine
from clausewise.audit.plan.judge import Relational
from clausewise.audit.plan.run import with_source
from clausewise.audit.plan.world import World
from clausewise.audit.timeline import microseconds
from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Key, Outcome
from clausewise.pdp.build import Builder
from clausewise.sources.contract import SCHEMAS
from facts.county import facts
from pdp.keys import engine

SECRET = b"a key that only tests have"
START = datetime(2026, 10, 1, tzinfo=UTC)
HOSTS = ("page.example", "drive.box.example", "box.example", "bet.test", "sub.bet.test", "hide.test", "clinic.test",
         "ads.test", "talk.example", "spring.redbud.example", "10.0.0.9", "weird_host")  # fmt: skip
CATEGORIES = ("gambling", "proxy_vpn", "health", "ads_tracking", "social_media", "streaming", "piracy", "adult",
              "malware", "hacking_tools")  # fmt: skip
LISTED = {"bet.test": "gambling adult", "hide.test": "proxy_vpn", "clinic.test": "health", "ads.test": "ads_tracking",
          "talk.example": "social_media", "page.example": "streaming piracy", "weird_host": "malware hacking_tools"}  # fmt: skip
PEOPLE = (
    "ana",
    "ben",
    "cy",
    "dee",
    "eva",
    "front-desk",
    "nobody.known",
    "Ana",
    "ana@redbud.example",
    "aacct",
)
DEVICES = ("RCOE-1", "RCOE-2", "rcoe-1", "unknown-1", "USB-1", "usb-2")
ADDRESSES = ("10.1.0.5", "10.2.0.6", "10.3.0.7", "198.51.100.9", "fe80::1", "")
SPAN = "valid_from,valid_to,known_from"
MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:99")


class Lists:
    """A label file in memory."""

    categories = CATEGORIES
    digest = "lists"

    def mask(self, host: str) -> int:
        words = " ".join(names for name, names in LISTED.items() if host == name or host.endswith("." + name))
        return sum(1 << bit for bit, name in enumerate(CATEGORIES) if name in words.split())

    def service(self, host: str) -> str | None:
        return "talk" if host == "talk.example" else None

    def use_evidence(self, host: str) -> bool:
        return host.startswith("drive.")


def moment_text(dice: random.Random, *, blank: float = 0.4) -> str:
    """A time around the log's, or none."""
    if dice.random() < blank:
        return ""
    return (START + timedelta(hours=dice.randrange(-72, 72))).strftime("%Y-%m-%d %H:%M")


def period(dice: random.Random) -> str:
    """valid_from, valid_to, known_from of a row that does not run backwards."""
    low, high = sorted(dice.sample(range(-96, 96), 2))
    begins = "" if dice.random() < 0.5 else (START + timedelta(hours=low)).strftime("%Y-%m-%d %H:%M")
    ends = "" if dice.random() < 0.6 else (START + timedelta(hours=high)).strftime("%Y-%m-%d %H:%M")
    return f"{begins},{ends},{moment_text(dice, blank=0.7)}"


def draw_staff(dice: random.Random) -> list[str]:
    """Five people, of whom some leave and some are known late."""
    rows = ["id,name,mail,kind,site,start,end,educator,account," + SPAN]
    for person in ("ana", "ben", "cy", "dee", "eva"):
        kind = dice.choice(["employee", "employee", "employee", "student", "board", "contractor", "guest"])
        end = dice.choice(["", "", "2026-09-30", "2026-10-01", "2026-10-02"])
        account = "aacct" if person == "ana" and dice.random() < 0.5 else ""
        teaches = dice.choice(["yes", "no", ""])
        rows.append(
            f"{person},{person.title()} X,{person}@redbud.example,{kind},Main,2020-01-01,{end},{teaches},"
            f"{account},{period(dice)}"
        )
    return rows


def draw_grants(dice: random.Random) -> list[str]:
    """Permissions for everything or one thing, decided before or after, some taken back."""
    rows = ["id,clause,person,what,by,decided_at,valid_from,valid_to,revoked_at"]
    for number in range(dice.randrange(6)):
        clause = dice.choice(["9.h", "9.h", "9.c", "3.a/preview", "254(h)(5)(D)", "9/test"])
        what = dice.choice(["", "service:box", "service:box", "host:bet.test", "software:nmap", "bet.test"])
        decided = moment_text(dice, blank=0)
        revoked = moment_text(dice, blank=0.8)
        revoked = revoked if revoked > decided else ""
        person = dice.choice(["ana", "ben", "cy"])
        rows.append(f"g{number},{clause},{person},{what},eva,{decided},{decided},,{revoked}")
    return rows


def draw_things(dice: random.Random) -> dict[str, list[str]]:
    """Services, sites, devices, programs and drives of which one fact or another is unknown."""
    maybe = ["yes", "no", ""]
    return {
        "services": [
            "service,hosts,provided,fee,storage," + SPAN,
            f"box,box.example,{dice.choice(maybe)},{dice.choice(maybe)},yes,{period(dice)}",
            f"talk,talk.example,{dice.choice(['yes', 'no'])},,,{period(dice)}",
        ],
        "sites": ["host,approved,monitored," + SPAN]
        + [
            f"{h},{dice.choice(maybe)},{dice.choice(maybe)},{period(dice)}"
            for h in ("bet.test", "talk.example", "page.example")
        ],
        "devices": ["device,mac,owner,assigned_to,encrypted,status," + SPAN]
        + [
            f"RCOE-{n},02:00:00:00:00:0{n},{dice.choice(['county', 'personal', ''])},ana,{dice.choice(maybe)},"
            f"{dice.choice(['authorized', 'pending', 'lost', 'retired'])},{period(dice)}"
            for n in (1, 2)
        ],
        "software": [
            "title,class,authorized,licences," + SPAN,
            f"nmap,scanner,no,,{period(dice)}",
            f"draw,ordinary,yes,3,{period(dice)}",
        ],
        "drives": ["drive,encrypted," + SPAN, f"USB-1,{dice.choice(maybe)},{period(dice)}"],
        "networks": [
            "cidr,site,profile",
            "10.1.0.0/16,Main,staff",
            f"10.2.0.0/16,Main,{dice.choice(['students', 'guest', 'staff'])}",
        ],
    }


def draw_facts(dice: random.Random) -> Facts:
    """A county's papers; each table may be missing."""
    accounts = ["account,owner,kind,custodian,suspended_from,suspended_to," + SPAN]
    own = ("ana", "ben", "cy")
    accounts += [f"{who},{who},personal,,{moment_text(dice, blank=0.7)},,{period(dice)}" for who in own]
    accounts.append(f"front-desk,,shared,{dice.choice(['', 'ben'])},,,{period(dice)}")
    offices = ("superintendent-or-designee", "technology-services", "filter-authority")
    tables = {
        "staff": draw_staff(dice),
        "accounts": accounts,
        "grants": draw_grants(dice),
        "designations": ["person,office", *(f"eva,{office}" for office in offices)],
        **draw_things(dice),
    }
    gone = {name for name in tables if dice.random() < 0.12}
    if "staff" in gone:  # who is nowhere on a list cannot be named by one
        gone |= {"accounts", "grants", "designations", "devices"}
    return facts(**{name: "\n".join(rows) + "\n" for name, rows in tables.items() if name not in gone})


def draw_time(dice: random.Random) -> int:
    """Some events fall on an hour, or on a local midnight, where facts begin and end."""
    on_the_hour, at_midnight = dice.randrange(-60, 60) * 3600, dice.randrange(-2, 3) * 86_400 + 7 * 3600
    return microseconds(START) + 1_000_000 * dice.choice(
        [on_the_hour, at_midnight, dice.randrange(-216_000, 216_000)]
    )


CHOICES: dict[str, tuple[object, ...]] = {
    "user": (*PEOPLE, None, None),
    "account": (*PEOPLE, "ghost"),
    "mailbox": PEOPLE,
    "src_ip": (*ADDRESSES, None),
    "ip": (*ADDRESSES, None),
    "mac": MACS,
    "host": HOSTS,
    "outcome": ("reached", "attempted", "unknown", None, "success", "failure"),
    "method": ("GET", "POST", "CONNECT", None),
    "bytes_down": (0, 11_999, 65_535, 65_536, 100_000, 1_000_000, 1_000_000, 2_000_000, None),
    "duration_ms": (0, 59_999, 60_000, None),
    "tunnel": (True, False, None),
    "path": ("/", "/a.png", "/files/nmap-7.exe", "/draw_2.MSI?x=1", "/other.exe", None),
    "explicit": (True, False, None),
    "kind": ("login", "logout", "drive-mount", None),
    "device": (*DEVICES, None),
    "drive": ("USB-1", "usb-1", "USB-9", None, ""),
    "encrypted": ("yes", "no", "unknown", None),
    "change": ("agent", None),
    "operation": ("open", "send-as", "size", None),
    "image": ("nmap-7.exe", "draw.exe", "other.exe", None),
    "system": (True, False, None),
}
"""Values that rules and policies care about, by column; any other column is empty."""


def draw_rows(dice: random.Random, cls: str, count: int) -> pa.Table:
    """Events of one class."""
    columns: dict[str, list[object]] = {}
    for name in SCHEMAS[cls].names:
        if name == "time":
            columns[name] = [draw_time(dice) for _ in range(count)]
        elif name in ("line", "offset", "length"):
            columns[name] = [1] * count if name == "length" else list(range(count))
        else:
            columns[name] = [dice.choice(CHOICES.get(name, (None,))) for _ in range(count)]
    return pa.table(columns, schema=SCHEMAS[cls])


Hits = dict[tuple[str, int, str, str], Key]
"""(act, row, norm, verdict) to the key that was judged."""


@cache
def pack_name() -> str:
    return "ar4040"


def by_single_questions(known: Facts, cls: str, table: pa.Table) -> tuple[Hits, Judge]:
    """The first audit: numpy, the builder of single questions, Cedar."""
    pdp = engine(pack_name())
    enricher, builder = Enricher(pdp.pack, known, Lists()), Builder(pdp, known, Lists())
    skip = frozenset(blind.norm for blind in blind_norms(pdp, known))
    assume = None if known.has("staff") else "Employee"
    judge = Judge(pdp, builder, enricher, skip=skip, assume=assume)
    events = enricher.events(cls, table)
    found: Hits = {}
    for hit in judge.block(events):
        for row, key in zip(hit.rows.tolist(), hit.keys.tolist(), strict=True):
            found[hit.act, int(events.offset[row]), hit.norm, hit.verdict] = judge.keys[key]
    return found, judge


def by_the_plan(
    known: Facts, cls: str, table: pa.Table, runs: Engine | None = None
) -> tuple[Hits, Relational]:
    """The second evaluator: the lake's columns, joins, compiled norms."""
    pdp, builder = engine(pack_name()), Builder(engine(pack_name()), known, Lists())
    enricher = Enricher(pdp.pack, known, Lists())
    world = World(pdp, builder, enricher, SECRET)
    skip = frozenset(blind.norm for blind in blind_norms(pdp, known))
    duck = runs or Duck(threads=1)
    relational = Relational(world, duck, skip)
    keys = Keys(SECRET)
    encoded = Encoder(pdp.pack, Facts.empty(), Lists(), keys).encode(cls, table, 1, "drawn", None)
    world.hosts.learn(dict(keys.taken()))
    duck.put("drawn", with_source(encoded, "drawn"))
    found: Hits = {}
    for one in relational.slab(cls, "drawn"):
        for row in one.rows.to_pylist():
            norm, verdict = one.norms[row["norm"]]
            ptype, packed = world.ptypes[row["ptype"]], tuple(row[name] for name in one.plan.columns)
            key = relational.verdicts(one.plan, ptype, row["period"]).key(packed)
            found[one.plan.act.id, row["offset"], norm, verdict] = key
    if runs is None:
        duck.close()
    return found, relational


def outcomes_of(relational: Relational) -> dict[Key, Outcome]:
    """Every question that the plan asked, with its outcome."""
    return {
        relational.verdicts(relational.world.plan(act), ptype, period).key(packed): outcome
        for (act, ptype, period, packed), outcome in relational.outcomes.items()
    }
