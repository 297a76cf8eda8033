"""When each user was on duty, as spans cut at every UTC day, so that a join compares few of them with an event."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from datetime import datetime

import pyarrow as pa

from clausewise.audit.plan.people import People
from clausewise.audit.timeline import microseconds, moment
from clausewise.facts.snapshot import Facts

DAY = 86_400_000_000
"""Microseconds."""
SCHEMA = pa.schema(
    [
        ("user", pa.int64()),
        ("day", pa.int64()),
        ("since", pa.int64()),
        ("until", pa.int64()),
        ("duty", pa.string()),
    ]
)
Spans = list[tuple[int, int, str]]


class DutyTable:
    """Spans of duty ("on", "off", "unknown") of the users met so far, over the days met so far."""

    def __init__(self, facts: Facts, people: People) -> None:
        self.facts, self.people = facts, people
        self._days: dict[int, set[int]] = {}
        self._shared: dict[tuple[object, ...], Spans] = {}
        self._rows: list[tuple[object, ...]] = []

    def learn(self, users: Iterable[int], low: int, high: int) -> bool:
        """Find the spans of these users on the days from `low` to `high` (microseconds); whether any was new."""
        days, before = set(range(low // DAY, high // DAY + 1)), len(self._rows)
        for user in users:
            new = days - self._days.setdefault(user, set())
            if new and user in self.people.names:
                self._days[user] |= new
                self._rows += self._of(user, min(new), max(new) + 1, new)
        return len(self._rows) > before

    def table(self) -> pa.Table:
        """All spans found so far."""
        held = list(zip(*self._rows, strict=True)) or [()] * len(SCHEMA)
        return pa.Table.from_arrays(
            [pa.array(c, field.type) for c, field in zip(held, SCHEMA, strict=True)], schema=SCHEMA
        )

    def _of(self, user: int, first: int, end: int, days: set[int]) -> Iterator[tuple[object, ...]]:
        start, stop = first * DAY, end * DAY
        for since, until, person in self.people.person_spans(user, start, stop):
            for begins, ends, duty in self._duty(person, since, until):
                for day in range(begins // DAY, (ends - 1) // DAY + 1):
                    if day in days:
                        yield user, day, max(begins, day * DAY), min(ends, (day + 1) * DAY), duty

    def _duty(self, person: str | None, since: int, until: int) -> Spans:
        """The spans of one person's duty; people with the same work schedule share them."""
        if person is None:
            return [(since, until, "unknown")]
        start, end = moment(since), moment(until)
        kind = self.facts.schedule_kind(person, start, end)
        if kind is None:
            return self._spans(person, start, end)
        shared = self._shared.get((kind, since, until))
        if shared is None:
            shared = self._shared[kind, since, until] = self._spans(person, start, end)
        return shared

    def _spans(self, person: str, start: datetime, end: datetime) -> Spans:
        edges = [start, *(e for e in self.facts.duty_boundaries(person, start, end) if e < end), end]
        return [
            (microseconds(a), microseconds(b), self.facts.duty(person, a))
            for a, b in itertools.pairwise(edges)
        ]
