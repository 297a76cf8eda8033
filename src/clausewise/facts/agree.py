"""Whether the tables agree with each other: people who are named exist, and no thing is two things at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from .index import BEGINNING, END_OF_TIME, moment
from .problem import Problem
from .tables import TABLES, Column, Table, nearest
from .typed import Tables, Typed, TypedTable

LONGEST_SUPPRESSION: Final = timedelta(days=367)  # a year by the calendar, its last day included
_SEVERAL: Final = ""  # a name that more than one person has


def cross_check(tables: Tables, problems: list[Problem]) -> tuple[Tables, list[str]]:
    """Check all tables together; returns them with people named by id, and notices. Adds to `problems`."""
    notices: list[str] = []
    people = _people(tables["staff"].rows) if "staff" in tables else None
    checked = {}
    for name, table in tables.items():
        sound = (row for row in table.rows if not row.broken)
        rows = _once(_resolve(TABLES[name], row, people, problems) for row in sound)
        _overlaps(TABLES[name], rows, problems)
        if name == "grants":
            notices += filter(None, map(_early, rows))
        if name == "services":
            _shared_hosts(rows, problems)
        if name == "suppressions":
            problems += (problem for row in rows for problem in _suppression(row))
        checked[name] = TypedTable(tuple(rows), table.columns)
    return Tables(checked), notices


def _people(rows: Iterable[Typed]) -> dict[str, str]:
    """How a county may name a person (id, mail, account, unique full name) -> id."""
    names: dict[str, str] = {}
    for column in ("name", "account", "mail", "id"):  # the surest last, so that it wins
        found: dict[str, str] = {}
        for row in rows:
            if text := row.values[column]:
                word, who = str(text).casefold(), str(row.values["id"])
                found[word] = who if found.get(word, who).casefold() == who.casefold() else _SEVERAL
        names.update(found)
    return names


def _resolve(spec: Table, row: Typed, people: Mapping[str, str] | None, problems: list[Problem]) -> Typed:
    """Replace the ways a person may be named by the person's id; without a staff table nothing is known."""
    if people is None:
        return row
    changed: dict[str, object] = {}
    for column in spec.columns:
        text = row.values[column.name]
        if column.refers and text is not None:
            changed[column.name] = _person(column, row, str(text), people, problems)
    if spec.name == "schedules":
        who = str(row.values["who"])
        if who.casefold() == "default":
            changed["who"] = "default"
        elif not who.casefold().startswith("site:"):
            changed["who"] = _person(_WHO, row, who, people, problems)
    return Typed(row.file, row.line, {**row.values, **changed}) if changed else row


_WHO: Final = next(column for column in TABLES["schedules"].columns if column.name == "who")


def _person(column: Column, row: Typed, text: str, people: Mapping[str, str], problems: list[Problem]) -> str:
    who = people.get(text.casefold())
    if who:
        return who
    if not column.loose:
        what = f"{column.name} `{text}` is not in the staff table"
        remedy = _likely(text, people)
        if who == _SEVERAL:
            what, remedy = f"{column.name} `{text}` is the name of several people", "write the id instead"
        problems.append(Problem(row.file, row.line, what, remedy))
    return text


def _likely(text: str, people: Mapping[str, str]) -> str:
    guess = nearest(text, people)
    return guess if guess.startswith("did") else "add the person to the staff table or leave it blank"


def row_key(spec: Table, values: Mapping[str, object]) -> str:
    """The key of a row as one string, as-is: its key columns joined by `|`, times in ISO."""
    parts = (values[name] for name in spec.key)
    return "|".join("" if v is None else v.isoformat() if isinstance(v, datetime) else str(v) for v in parts)


def _overlaps(spec: Table, rows: Iterable[Typed], problems: list[Problem]) -> None:
    """Refuse two rows of one key whose validity overlaps: the thing would be two things at once."""
    by_key: defaultdict[str, list[Typed]] = defaultdict(list)
    for row in rows:
        by_key[row_key(spec, row.values).casefold()].append(row)
    for same in by_key.values():
        if len(same) == 1:
            continue
        same.sort(key=lambda row: (_from(row), row.file, row.line))
        longest = same[0]
        for row in same[1:]:
            if _from(row) < _to(longest):
                problems.append(_overlap(spec, longest, row))
            if _to(row) > _to(longest):
                longest = row


def _overlap(spec: Table, one: Typed, other: Typed) -> Problem:
    first, second = sorted((one, other), key=lambda row: (row.line > 0, row.file, row.line))
    key = row_key(spec, second.values)
    place = f"{first.file}:{first.line}" if first.line else first.file
    if all(row.values[name] is None for row in (one, other) for name in ("valid_from", "valid_to")):
        remedy = "remove one, or say with valid_from and valid_to when each holds"
        return Problem(second.file, second.line, f"`{key}` stands already at {place}", remedy)
    what = f"`{key}` holds at the same time as {place}"
    return Problem(
        second.file, second.line, what, "end the earlier row with valid_to where the later one begins"
    )


def _from(row: Typed) -> datetime:
    return moment(row.values, "valid_from", BEGINNING)


def _to(row: Typed) -> datetime:
    return moment(row.values, "valid_to", END_OF_TIME)


def _early(row: Typed) -> str:
    """A notice for a permission typed to begin before it was decided: it is kept, and cut when used."""
    decided, start = row.values["decided_at"], row.values["valid_from"]
    if (
        not row.line
        or not isinstance(decided, datetime)
        or not isinstance(start, datetime)
        or start >= decided
    ):
        return ""
    return (
        f"{row.file}:{row.line}: permission `{row.values['id']}` begins before it was decided; "
        f"it covers nothing before {decided:%Y-%m-%d %H:%M} UTC"
    )


def _suppression(row: Typed) -> Iterable[Problem]:
    """What is wrong with setting findings apart: about oneself, about everything, or without a near end."""
    values, place = row.values, (row.file, row.line)
    by, person = str(values["by"]).casefold(), str(values["person"] or "").casefold()
    if by == person:
        yield Problem(*place, "nobody sets apart findings about themselves", "another person must decide")
    if not any(values[name] for name in ("person", "host", "thing")):
        remedy = "name a person, a host or a thing; a whole norm is switched off by an overlay of the law"
        yield Problem(*place, "would set apart every finding of the norm", remedy)
    begins, ends = values["valid_from"] or values["decided_at"], values["valid_to"]
    if isinstance(begins, datetime) and isinstance(ends, datetime) and ends - begins > LONGEST_SUPPRESSION:
        yield Problem(*place, "lasts longer than a year", "give an end within a year; decide again then")


def _once(rows: Iterable[Typed]) -> list[Typed]:
    """Leave out a row that says exactly what a row of another file says already."""
    seen: dict[tuple[object, ...], str] = {}
    return [row for row in rows if seen.setdefault(tuple(row.values.values()), row.file) == row.file]


def _shared_hosts(rows: Iterable[Typed], problems: list[Problem]) -> None:
    """Refuse a host that two services claim in the very same words: nobody could say which was used."""
    owners: dict[str, Typed] = {}
    for row in rows:
        hosts = row.values["hosts"]
        for host in hosts if isinstance(hosts, tuple) else ():
            other = owners.setdefault(host, row)
            mine, theirs = str(row.values["service"]), str(other.values["service"])
            if mine.casefold() != theirs.casefold():
                what = f"host `{host}` already belongs to service `{theirs}`"
                problems.append(Problem(row.file, row.line, what, "leave it with one of the two"))
