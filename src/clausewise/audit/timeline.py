"""Who a log's user was at each moment, as a small number: one per span in which nothing about them changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np

from clausewise.facts.snapshot import Facts
from clausewise.pdp.build import Builder, State

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """Microseconds since 1970 as an aware time, without the rounding of floats."""
    return EPOCH + SECOND * int(microseconds)


def microseconds(at: datetime) -> int:
    """The inverse of `moment`."""
    return (at - EPOCH) // SECOND


def turns(facts: Facts, tables: Iterable[str]) -> set[datetime]:
    """Every time at which some row of these tables begins, ends or becomes known."""
    return {
        value
        for table in tables
        for row in facts.rows(table)
        for name in ("valid_from", "valid_to", "known_from")
        if isinstance(value := row.get(name), datetime)
    }


class Timeline:
    """States of users over time. Users are codes; a state is shared by all whose values are equal.

    `assume` is the kind of principal of somebody where no staff list says, `nobody` of an event by nobody.
    """

    def __init__(
        self, builder: Builder, names: list[str], *, assume: str | None, nobody: str | None = None
    ) -> None:
        self.builder, self.names, self.assume, self.nobody = builder, names, assume, nobody
        self.states: list[State] = []
        self._ids: dict[tuple[object, ...], int] = {}
        self._spans: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, users: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The state number of each event's user at its time."""
        out = np.zeros(len(users), dtype=np.int64)
        if not len(users):
            return out
        low, high = int(times.min()), int(times.max())
        present = np.unique(users)
        base = np.zeros(int(present[-1]) + 1, dtype=np.int64)
        moving = []
        for user in present.tolist():
            cuts, states = self._span(user)
            first = int(np.searchsorted(cuts, low, side="right"))
            base[user] = states[first]
            if int(np.searchsorted(cuts, high, side="right")) != first:
                moving.append(user)
        out[:] = base[users]
        if moving:
            rows = np.nonzero(np.isin(users, moving))[0]
            rows = rows[np.argsort(users[rows], kind="stable")]
            ends = np.nonzero(np.diff(users[rows], append=-1))[0] + 1
            for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
                cuts, states = self._span(int(users[rows[start]]))
                some = rows[start:end]
                out[some] = states[np.searchsorted(cuts, times[some], side="right")]
        return out

    def _span(self, user: int) -> tuple[np.ndarray, np.ndarray]:
        """(cut times, state of each span): one more state than cuts."""
        known = self._spans.get(user)
        if known is None:
            cuts = sorted({microseconds(t) for t in changes_of(self.builder.facts, self.names[user])})
            starts = [-(2**62), *cuts]
            states = [self._number(user, moment(max(start, 0))) for start in starts]
            known = self._spans[user] = (np.array(cuts, dtype=np.int64), np.array(states, dtype=np.int64))
        return known

    def _number(self, user: int, at: datetime) -> int:
        name = self.names[user]
        person = (self.builder.facts.principal(name, at) or self._unlisted(name)) if name else None
        state = self.builder.state(person, at, assume=self.assume if name else self.nobody)
        shared = (state.principal_type, state.values, state.grants)
        number = self._ids.get(shared)
        if number is None:
            number = self._ids[shared] = len(self.states)
            self.states.append(state)
        return number

    def _unlisted(self, name: str) -> str | None:
        """With no staff list at all a user's name is all there is; with one, a stranger is nobody."""
        return None if self.builder.facts.has("staff") else name


def changes_of(facts: Facts, name: str) -> Iterable[datetime]:
    """Every time at which something about this user may change: employment, account, permissions."""
    if not name:
        return
    people = {name} | {
        str(r["id"]) for column in ("account", "mail") for r in facts.ever("staff", column, name)
    }
    people |= {str(row["owner"]) for row in facts.ever("accounts", "account", name) if row.get("owner")}
    for person in people:
        for row in facts.ever("staff", "id", person):
            yield from facts.boundaries_where("accounts", "account", row.get("account") or person)
        for table, column in (("staff", "id"), ("grants", "person"), ("accounts", "owner")):
            yield from facts.boundaries_where(table, column, person)
        for row in facts.ever("grants", "person", person):
            # A permission counts no longer, or not yet, by the office of who gave it (9.c: by whom decided).
            yield from (t for t in (row.get("covers_from"),) if isinstance(t, datetime))
