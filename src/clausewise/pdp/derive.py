"""The few attributes that need more than one fact: employment, duty, grants, ownership of an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack

Row = Mapping[str, object]
Grant = tuple[str, str]
"""(clause, what): what is `noun:name`, or `*` for anything that the clause covers."""


class HostLabels(Protocol):
    """What the builder needs of labels: category bits of a host, and the words of the bits."""

    categories: tuple[str, ...]
    digest: str

    def mask(self, host: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Known:
    """What a derivation may look at: the law's routing, the facts, the person, the thing and the time."""

    pack: Pack
    facts: Facts
    person: str | None
    resource: str
    at: datetime

    def row(self, table: str, key: str | None = None) -> Row | None:
        """The row of `table` for `key` (default: the thing asked about) at the time asked about."""
        if not self.facts.has(table):
            return None
        return self.facts.row(table, self.resource if key is None else key, self.at)


def employment(known: Known) -> str | None:
    """`separated` from the moment after the last day's end; `suspended` while an account is (7.b, 7.c)."""
    staff = known.row("staff", known.person or "")
    if staff is None:
        return None
    start, end = staff.get("start"), staff.get("end")
    if (isinstance(end, datetime) and end <= known.at) or (isinstance(start, datetime) and known.at < start):
        return "separated"
    account = known.row("accounts", str(staff.get("account") or known.person))
    if account is not None:
        since, until = account.get("suspended_from"), account.get("suspended_to")
        if (
            isinstance(since, datetime)
            and since <= known.at
            and not (isinstance(until, datetime) and until <= known.at)
        ):
            return "suspended"
    return "active"


def minor(known: Known) -> str | None:
    """A pupil is a minor to every norm here; staff are not; of others nothing is known."""
    staff = known.row("staff", known.person or "")
    kind = staff.get("kind") if staff else None
    return {"student": "yes", "employee": "no", "board": "no", "contractor": "no"}.get(str(kind))


def office_for(pack: Pack, clause: str) -> str | None:
    """The office whose yes counts for `clause`, as the text says it; None where the text names nobody."""
    if clause in pack.clauses:
        authority = pack.clauses[clause].authority
        return authority if authority in pack.registers["designations"] else None
    for office in pack.registers["designations"].values():
        listed = office.get("clauses", [])
        if isinstance(listed, list) and clause in listed:
            return office.id
    return None


def grant_stands(pack: Pack, facts: Facts, row: Row, at: datetime) -> bool:
    """Whether a recorded permission covers `at`: decided by the office that its clause names, decided
    before, and inside its interval. A prior permission covers nothing before it was decided (9.c, 9.h).
    """
    office = office_for(pack, str(row.get("clause")))
    decided, since = row.get("decided_at"), row.get("valid_from")
    until, revoked = row.get("valid_to"), row.get("revoked_at")
    if office is None or not isinstance(decided, datetime):
        return False
    if not facts.holds(str(row.get("by")), office, decided):
        return False
    if str(row.get("by")).casefold() == str(row.get("person")).casefold():
        return False  # nobody decides on their own request, however the name is written
    begins = max(decided, since) if isinstance(since, datetime) else decided
    ends = [t for t in (until, revoked) if isinstance(t, datetime)]
    return begins <= at and all(at < end for end in ends)


def grants_of(pack: Pack, facts: Facts, person: str | None, at: datetime) -> frozenset[Grant]:
    """Every (clause, what) that this person holds a standing permission for at `at`."""
    if person is None or not facts.has("grants"):
        return frozenset()
    return frozenset(
        (str(row["clause"]), str(row.get("what") or "*"))
        for row in facts.grants(person, at)
        if grant_stands(pack, facts, row, at)
    )


def duty(known: Known) -> str | None:
    """`on` or `off` from the work schedule, where there is one; breaks and lunch are off (reading of 18.b)."""
    found = known.facts.duty(known.person, known.at) if known.person else "unknown"
    return None if found == "unknown" else found


def device_authorized(known: Known) -> str | None:
    """From Technology Services' register, by device name or hardware address (9.d)."""
    row = known.row("devices")
    if row is None and known.facts.has("devices"):
        hits = known.facts.lookup("devices", "mac", known.resource.lower(), known.at)
        row = hits[0] if hits else None
    if row is None:
        return None
    return {"authorized": "yes", "lost": "lost"}.get(str(row.get("status")), "no")


def own_account(known: Known) -> bool | None:
    """Whether the account is the person's, or one that they keep for others as its named custodian."""
    row = known.row("accounts")
    if row is not None:
        return known.person is not None and known.person in (row.get("owner"), row.get("custodian"))
    staff = known.row("staff", known.person or "")
    if staff is None:
        return None
    own = (staff.get("account"), staff.get("mail"), known.person)
    return known.resource.casefold() in {str(name).casefold() for name in own if name}


def shared_account(known: Known) -> bool | None:
    """A shared account counts as one only while it has a named custodian [ours, clause 1]."""
    row = known.row("accounts")
    return None if row is None else row.get("kind") == "shared" and bool(row.get("custodian"))


def mailbox_right(known: Known) -> str | None:
    """`owner` for one's own mailbox; anything else has to be said by who opens it."""
    staff = known.row("staff", known.person or "")
    names = [known.person, *((staff.get("mail"), staff.get("account")) if staff else ())]
    own = {str(name).casefold() for name in names if name}
    return "owner" if known.resource.casefold() in own else None


def portable(known: Known) -> bool | None:
    """A drive on the drive register is portable storage."""
    return True if known.row("drives") is not None else None


def storage_place(known: Known) -> str | None:
    """A service is county storage if the county provides it (reading of 9.e), else a personal cloud.

    Where the services table does not say whether it is provided, nobody knows.
    """
    row = known.row("services")
    if row is not None:
        provided = row.get("provided")
        return None if provided is None else ("county" if provided is True else "personal_cloud")
    return "other" if known.row("drives") is not None else None


def licence_left(known: Known) -> str | None:
    """Whether the licence ledger shows any licence at all for the title; counting installs is the audit's."""
    row = known.row("software")
    licences = row.get("licences") if row else None
    return None if not isinstance(licences, int) else ("yes" if licences > 0 else "no")


def software_owner(known: Known) -> str | None:
    """A title on the software register with licences is the county's."""
    row = known.row("software")
    return None if row is None else ("county" if row.get("licences") else "other")


def authorized_test(known: Known) -> bool | None:
    """A tool or test that Technology Services approved for this person, kept as a grant of `9/test`."""
    held = grants_of(known.pack, known.facts, known.person, known.at)
    return any(clause == "9/test" and covers(what, "Software", known.resource) for clause, what in held)


ALIASES = {"Site": "host", "Publication": "site"}
"""Other words that people write for a noun when they name the thing of a permission."""


def covers(what: str, noun: str, resource: str) -> bool:
    """Whether a grant's `what` names this thing: `*`, `software:nmap`, or the bare name."""
    if what == "*":
        return True
    kind, _, name = what.rpartition(":")
    return name.lower() == resource.lower() and kind.lower() in ("", noun.lower(), ALIASES.get(noun, ""))


DERIVED: Mapping[str, Callable[[Known], object | None]] = {
    "employment": employment,
    "minor": minor,
    "duty": duty,
    "device_authorized": device_authorized,
    "own_account": own_account,
    "shared_account": shared_account,
    "mailbox_right": mailbox_right,
    "portable": portable,
    "storage_place": storage_place,
    "licence_left": licence_left,
    "software_owner": software_owner,
    "authorized_test": authorized_test,
}
"""Derivations by the name that `attributes.toml` gives after `derive:`; `granted` is the builder's own."""

PERSONAL = frozenset({"own_account", "shared_account", "mailbox_right", "authorized_test"})
"""Derivations that look at person and thing together."""
