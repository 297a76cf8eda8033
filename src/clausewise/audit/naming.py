"""Decides what of a person a finding may carry: a keyed pseudonym where that is in force, never a name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from clausewise.audit.findings import pseudonym
from clausewise.audit.timeline import moment
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack

FEEDS = {
    "http": "proxy",
    "dns": "dns",
    "dhcp": "dhcp",
    "auth": "signin",
    "mail": "mail",
    "share": "sharing",
    "process": "endpoint",
    "file": "endpoint",
    "device": "endpoint",
    "software": "endpoint",
    "conn": "network",
    "mailbox": "mailbox",
    "admin": "cloud-admin",
}
"""Class of event to the id of its feed in the capability register; a source's own name counts as well."""
BELONGING = frozenset({"Account", "Mailbox"})
"""Nouns whose names are people's: the name of the thing would tell who is meant."""
TYPED = frozenset({"Software", "Work", "Topic"})
"""Nouns that people give names to; their names may hold somebody's."""
SHORTEST = 5
"""Letters: a shorter account name is found inside ordinary words by chance."""


def in_force_since(facts: Facts, names: Collection[str], at: datetime) -> datetime | None:
    """When the capability known by one of `names` began to hold at `at` (rule 18).

    None before its day, after it ended, or unless two different people enabled it.
    """
    for row in facts.rows("capabilities", at):
        begins, two = row.get("in_force_from"), (row.get("enabled_by"), row.get("confirmed_by"))
        enabled = all(two) and two[0] != two[1]
        if row.get("id") in names and enabled and isinstance(begins, datetime) and begins <= at:
            return begins
    return None


class Naming:
    """Pseudonyms, the capability register and self-reports, as of the time of each event."""

    def __init__(self, key: bytes, pack: Pack, facts: Facts) -> None:
        self.facts = facts
        self.said = set[str]()
        self._key = key
        self._window = timedelta(hours=int(str(pack.parameter("self_report_window_hours"))))
        self._reports = self._own_reports()
        self._known: tuple[tuple[str, str], ...] | None = None
        self._owners: dict[tuple[str, str], str] = {}

    def person(self, name: str, when: int) -> str:
        """The id of the person that a log calls `name`; the name itself where no list knows it."""
        return self.facts.principal(name, moment(when)) or name

    def pseudonym(self, person: str) -> str:
        """The keyed pseudonym of a person; empty for nobody."""
        return pseudonym(self._key, person)

    def thing(self, noun: str, text: str, when: int, *, named: bool) -> str:
        """The name of a thing as a finding may carry it: its owner's pseudonym if it would name a person."""
        owner = self.facts.principal(text, moment(when)) or self._owner(noun, text)
        if not owner:
            return text
        return self.pseudonym(owner) if named else ""

    def _owner(self, noun: str, text: str) -> str:
        """Whom a thing's name would name, whenever that held; the name itself where nobody can say."""
        owner = self._owners.get((noun, text))
        if owner is None:
            owner = next(self._owners_of(noun, text), "")
            self._owners[noun, text] = owner
        return owner

    def _owners_of(self, noun: str, text: str) -> Iterator[str]:
        if not text:
            return
        for column in ("id", "mail", "account"):
            yield from (str(row["id"]) for row in self.facts.ever("staff", column, text))
        yield from (str(r["owner"]) for r in self.facts.ever("accounts", "account", text) if r.get("owner"))
        if noun in BELONGING or "@" in text:
            yield text
        if noun in TYPED:
            yield from (person for name, person in self._names() if name in text.lower())

    def _names(self) -> tuple[tuple[str, str], ...]:
        """Every name of every person on the staff list that is long enough to tell, with the person's id."""
        if self._known is None:
            self._known = tuple(
                (str(name).lower(), str(row["id"]))
                for row in self.facts.rows("staff")
                for name in (row["id"], row.get("account"), row.get("mail"), row.get("name"))
                if name and len(str(name)) >= SHORTEST
            )
        return self._known

    def allowed(self, source: str, cls: str, when: int) -> bool:
        """Whether this feed's entry in the capability register was in force (rule 18); else aggregate."""
        if in_force_since(self.facts, {source, FEEDS.get(cls, cls)}, moment(when)) is not None:
            return True
        self.said.add(
            f"feed {FEEDS.get(cls, cls)}: not in force in the capability register; "
            "its findings are aggregate, without names"
        )
        return False

    def self_reported(self, person: str, clause: str, things: tuple[str, str], when: int) -> bool:
        """A report of one's own act is shown as that and never as a violation (rule 16)."""
        at = moment(when)
        return any(
            of == clause and host in ("", *things) and abs(told - at) <= self._window
            for of, host, told in self._reports.get(person, ())
        )

    def _own_reports(self) -> dict[str, list[tuple[str, str, datetime]]]:
        """Self-reports by person: clause, host (empty for any) and time."""
        found: dict[str, list[tuple[str, str, datetime]]] = {}
        for row in self.facts.rows("self_reports"):
            at = row.get("at")
            if isinstance(at, datetime):
                report = (str(row.get("clause")), str(row.get("host") or "").lower(), at)
                found.setdefault(str(row.get("person")), []).append(report)
        return found
