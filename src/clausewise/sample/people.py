"""Who: 1,300 people who do not exist, with their sites, supervisors, hours and start dates."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from clausewise.sample import stock
from clausewise.sample.period import Period, stream

HEADCOUNT = 1300
ANA_PLACE = 1181  # the teacher whose laptop is RCOE-1182: devices are numbered in the order of the staff list
BOARD, CONTRACTORS, LEAVERS = 7, 72, 42


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the staff list.  `end` is the last day of work, or empty; `hours` full, part or unknown."""

    id: str
    name: str
    kind: str
    site: str
    supervisor: str
    start: str
    end: str
    educator: bool
    hours: str
    title: str = ""

    @property
    def mail(self) -> str:
        """The county's mail address of this person."""
        return f"{self.id}@redbud.example"


def make_people(seed: int, period: Period) -> tuple[Person, ...]:
    """The staff list, in staff order; the same seed gives the same people."""
    rng = stream(seed, "people")
    key = [_key_person(row, period) for row in stock.rows("key_people.csv")]
    ana = key.pop()
    names = _names(rng, {person.id for person in (*key, ana)})
    made = [_ordinary(rng, period, next(names)) for _ in range(HEADCOUNT - len(key) - 1)]
    made = _with_supervisors(rng, [*key, *made])
    made = _with_kinds(rng, made, len(key), period)
    made.insert(ANA_PLACE, ana)
    return tuple(made)


def _key_person(row: dict[str, str], period: Period) -> Person:
    return Person(
        row["id"],
        row["name"],
        row["kind"],
        row["site"],
        row["supervisor"],
        period.date(-1500).isoformat(),
        "",
        row["educator"] == "yes",
        "full",
        row["title"],
    )


def _names(rng: np.random.Generator, taken: set[str]) -> Iterator[tuple[str, str]]:
    stocks = stock.toml("names.toml")
    never = set(stocks.pop("never"))
    keys = sorted(stocks)
    share = np.array([stocks[key]["share"] for key in keys], dtype=float)
    while True:
        one = stocks[keys[rng.choice(len(keys), p=share / share.sum())]]
        other = stocks[keys[rng.choice(len(keys), p=share / share.sum())]] if rng.random() < 0.12 else one
        name = f"{rng.choice(one['first'])} {rng.choice(other['family'])}"
        if name in never:
            continue
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        first, _, family = plain.partition(" ") if plain.count(" ") == 1 else _split(plain, one["first"])
        base = f"{first.replace(' ', '')}.{family.replace(' ', '')}"
        ident, number = base, 2
        while ident in taken:
            ident, number = f"{base}{number}", number + 1
        taken.add(ident)
        yield ident, name


def _split(plain: str, firsts: list[str]) -> tuple[str, str, str]:
    for first in sorted(firsts, key=len, reverse=True):
        if plain.startswith(first.lower() + " "):
            return first.lower(), " ", plain[len(first) + 1 :]
    return plain.partition(" ")


def _ordinary(rng: np.random.Generator, period: Period, named: tuple[str, str]) -> Person:
    places = stock.toml("places.toml")["site"]
    share = np.array([place["share"] for place in places], dtype=float)
    site = places[rng.choice(len(places), p=share / share.sum())]["id"]
    educator = site not in {"ADM", "TRN"} and rng.random() < 0.55
    hours = str(rng.choice(["full", "part", "unknown"], p=[0.86, 0.09, 0.05]))
    start = period.date(-int(rng.integers(90, 9000))).isoformat()
    title = (
        "Teacher" if educator else str(rng.choice(["Clerk", "Aide", "Specialist", "Analyst", "Custodian"]))
    )
    return Person(named[0], named[1], "employee", site, "", start, "", educator, hours, title)


def _with_supervisors(rng: np.random.Generator, made: list[Person]) -> list[Person]:
    """Some thirty leads per county: the first ordinary people met at each site lead the others there."""
    leads: dict[str, list[str]] = {}
    done = []
    for person in made:
        if person.supervisor or person.title.startswith("County"):
            done.append(person)
            continue
        site = leads.setdefault(person.site, [])
        if len(site) < 3:
            site.append(person.id)
            done.append(replace(person, supervisor="james.okafor"))
        else:
            done.append(replace(person, supervisor=str(rng.choice(site))))
    return done


def _with_kinds(rng: np.random.Generator, made: list[Person], first: int, period: Period) -> list[Person]:
    """Name the board, the contractors and the people who left before or during the two weeks."""
    supervisors = {person.supervisor for person in made}
    free = [n for n in range(first, len(made)) if made[n].id not in supervisors]
    chosen = rng.permutation(np.array(free))[: BOARD + CONTRACTORS + LEAVERS]
    for place, n in enumerate(int(n) for n in chosen):
        person = made[n]
        if place < BOARD:
            made[n] = replace(person, kind="board", title="Trustee", educator=False, supervisor="")
        elif place < BOARD + CONTRACTORS:
            made[n] = replace(person, kind="contractor", title="Contractor", educator=False)
        else:
            gone = -40 + (place - BOARD - CONTRACTORS) * 48 // LEAVERS  # from 40 days before to the 8th day
            made[n] = replace(person, end=period.date(gone).isoformat(), hours="full")
    return made


def working(person: Person) -> bool:
    """Whether the person is on duty for the whole period (nobody who left, and not the board)."""
    return not person.end and person.kind != "board"
