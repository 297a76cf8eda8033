"""Who a log's user was at each moment, as a table of non-overlapping spans: one row while nothing about them changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import pyarrow as pa

from clausewise.audit.plan.coding import Coding
from clausewise.audit.timeline import changes_of, microseconds, moment
from clausewise.facts.snapshot import Facts
from clausewise.pdp.build import Builder, State

BEGINNING, END = -(2**62), 2**62
PTYPES = ("Employee", "AccountHolder", "Other")
Span = tuple[int, int, datetime]
"""From, until (microseconds, the end excluded), and a moment inside at which facts may be asked."""


def spans(cuts: Iterable[datetime]) -> list[Span]:
    """The spans between times at which something changes, from the beginning of time to its end."""
    edges = sorted({microseconds(cut) for cut in cuts})
    starts = [BEGINNING, *edges]
    return [(start, end, moment(max(start, 0))) for start, end in zip(starts, [*edges, END], strict=True)]


def names_of(facts: Facts) -> set[str]:
    """Every name by which a log may call somebody of whom a fact is known, folded as logs are."""
    found = {
        str(row[column])
        for table, columns in (("staff", ("id", "mail", "account")), ("accounts", ("account", "owner")),
                               ("grants", ("person",)))
        for row in facts.rows(table)
        for column in columns
        if row.get(column)
    }  # fmt: skip
    return {name.strip().casefold() for name in found}


class People:
    """The spans of every user met so far; users are the lake's keys, people are pseudonym keys too."""

    def __init__(
        self,
        builder: Builder,
        key_of: Callable[[str], int],
        codings: Mapping[str, Coding],
        *,
        assume: str | None,
    ) -> None:
        self.builder, self.facts, self.key_of, self.assume = builder, builder.facts, key_of, assume
        self.paths = [a.path for a in builder.pack.attributes.values() if a.owner == "principal"]
        self.codings = codings
        self.names: dict[int, str] = {key_of(name): name for name in names_of(self.facts)}
        self.states: dict[tuple[int, int], State] = {}
        self._known: set[int] = set()
        self._rows: list[tuple[object, ...]] = []
        self.schema = pa.schema(
            [("user", pa.int64()), ("since", pa.int64()), ("until", pa.int64()), ("person", pa.int64()),
             ("ptype", pa.int32()), ("granted", pa.int64())]
            + [(column_of(path), pa.int64()) for path in self.paths]
        )  # fmt: skip

    def learn(self, users: Iterable[int]) -> bool:
        """Find the spans of users that are new; whether there were any. A user nobody knows has no row."""
        new = [user for user in dict.fromkeys(users) if user not in self._known]
        self._known.update(new)
        for user in new:
            if user in self.names:
                self._rows += self._of(user, self.names[user])
        return bool(new)

    def table(self) -> pa.Table:
        """All spans found so far."""
        columns = list(zip(*self._rows, strict=True)) or [()] * len(self.schema)
        return pa.Table.from_arrays(
            [pa.array(column, field.type) for column, field in zip(columns, self.schema, strict=True)],
            schema=self.schema,
        )

    def default(self, assume: str | None) -> dict[str, int]:
        """What stands for somebody of whom nothing is known, or for nobody: a code per column."""
        state = self.builder.state(None, moment(0), assume=assume)
        return self._codes(state) | {"ptype": PTYPES.index(state.principal_type)}

    def met(self) -> frozenset[int]:
        """The users met so far."""
        return frozenset(self._known)

    def person(self, user: int, when: int) -> str | None:
        """The staff id of a user at a time (microseconds); None where no list knows it."""
        name = self.names.get(user)
        return self.facts.principal(name, moment(when)) if name else None

    def person_spans(self, user: int, start: int, end: int) -> Iterator[tuple[int, int, str | None]]:
        """Whose a user's name was, from `start` to before `end` (microseconds), span by span."""
        name = self.names[user]
        for since, until, at in spans(changes_of(self.facts, name)):
            if since < end and until > start:
                person = self.facts.principal(name, at) or self._unlisted(name)
                yield max(since, start), min(until, end), person

    def _unlisted(self, name: str) -> str | None:
        """With no staff list at all a user's name is all there is; with one, a stranger is nobody."""
        return None if self.facts.has("staff") else name

    def _of(self, user: int, name: str) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for start, end, at in spans(changes_of(self.facts, name)):
            known = self.facts.principal(name, at)
            person = known or self._unlisted(name)
            state = self.builder.state(person, at, assume=self.assume)
            self.states[user, start] = state
            values = tuple(self._codes(state).values())
            rest = (self.key_of(known or name), PTYPES.index(state.principal_type), *values)
            if rows and rows[-1][3:] == rest:
                rows[-1] = (user, rows[-1][1], end, *rest)
            else:
                rows.append((user, start, end, *rest))
        return rows

    def _codes(self, state: State) -> dict[str, int]:
        values = dict(state.values)
        everywhere = frozenset(clause for clause, what in state.grants if what == "*")
        granted = self.codings.get("context.granted")
        return {"granted": granted.code(everywhere) if granted else 0} | {
            column_of(path): self.codings[path].code(values[path]) for path in self.paths
        }


def column_of(path: str) -> str:
    """The column that holds an attribute: `principal.status` is `principal_status`."""
    return path.replace(".", "_").lower()
