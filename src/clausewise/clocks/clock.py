"""A clock as the pack declares it in clocks.toml: what starts it, how long it runs and who is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from clausewise.model.law import NO_WORDS, Entry, Pack, Words

Word = TypeVar("Word", bound=StrEnum)


class Unit(StrEnum):
    """What a limit counts. Hours run through nights and weekends; every other unit ends with a local day."""

    HOUR = "hour"
    DAY = "day"
    BUSINESS_DAY = "business_day"
    WEEK = "week"
    YEAR = "year"


class Bound(StrEnum):
    """`latest`: to be done by then (a deadline). `earliest`: not to be done before then (a waiting time)."""

    LATEST = "latest"
    EARLIEST = "earliest"


class ClockError(ValueError):
    """A row of clocks.toml that cannot be counted by; `place: problem; remedy`."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. `limit` counts units, 0 is at once; it runs for triggers on local days `since` to `until`.

    `roll`: a limit that ends on a closed day ends with the next business day instead. `verified`: somebody
    here has read the law named in `source`.
    """

    id: str
    trigger: str
    limit: int
    unit: Unit
    told: tuple[str, ...]
    source: str
    verified: bool = False
    clause: str = ""
    since: date = date.min
    until: date = date.max
    roll: bool = False
    bound: Bound = Bound.LATEST
    says: Words = field(default_factory=lambda: NO_WORDS)


def read_clock(entry: Entry) -> Clock:
    """The clock that a row of clocks.toml declares.

    Raises:
        ClockError: a limit, unit, bound, date or list of offices that cannot be counted by.
    """
    place = f"{entry.place or 'clocks.toml'} `{entry.id}`"
    limit, unit = entry.get("limit"), _word(place, "unit", entry.get("unit"), Unit)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise ClockError(f"{place}: limit `{limit}` is not a count; write a whole number, 0 for at once")
    since, until = (_day(place, name, entry, end) for name, end in (("from", date.min), ("to", date.max)))
    if until < since:
        raise ClockError(f"{place}: ends on {until}, before it begins; give a later `to`")
    roll, offices, says = entry.get("roll", False), entry.get("told", []), entry.get("says", NO_WORDS)
    if roll and unit is Unit.HOUR:
        raise ClockError(f"{place}: hours run through closed days and cannot roll; remove `roll`")
    if not isinstance(offices, list):
        raise ClockError(f"{place}: `told` is not a list; write the ids of offices")
    return Clock(
        id=entry.id,
        trigger=str(entry.get("trigger", "")),
        limit=limit,
        unit=unit,
        told=tuple(str(office) for office in offices),
        source=str(entry.get("source", "")),
        verified=entry.get("verified") is True,
        clause=str(entry.get("clause", "")),
        since=since,
        until=until,
        roll=roll is True,
        bound=_word(place, "bound", entry.get("bound", Bound.LATEST.value), Bound),
        says=says if isinstance(says, dict) else NO_WORDS,
    )


def clocks_of(pack: Pack) -> dict[str, Clock]:
    """Every clock of a pack by id, in the order of its file; ClockError at the first that cannot be read."""
    return {entry.id: read_clock(entry) for entry in pack.registers["clocks"].values()}


def _word(place: str, name: str, raw: object, words: type[Word]) -> Word:
    try:
        return words(str(raw))
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise ClockError(f"{place}: {name} `{raw}` is not known; use one of {known}") from None


def _day(place: str, name: str, entry: Entry, otherwise: date) -> date:
    found = entry.get(name, otherwise)
    if not isinstance(found, date):
        raise ClockError(f"{place}: `{name} = {found}` is not a date; write it without quotes, as 2026-07-01")
    return found
