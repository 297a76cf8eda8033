"""The judges of these tests: Cedar itself, and compiled policies run by an engine; and how they are compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import cedarpy
import duckdb

from clausewise.audit.relational import DUCKDB, Dialect, Scope, Uncompilable, compile_policy
from clausewise.audit.relational.entities import EntityScope, Store, Table
from clausewise.pdp.cedar import ERROR_ID
from clausewise.pdp.tree import Policy
from relational.drawing import Drawing, Kind, Maker
from relational.worlds import WORLD, World

Json = dict[str, Any]
Verdicts = list[list[bool | None]]
"""For each request, for each policy: whether it holds; None if it errs."""
Engine = Callable[[Sequence[Table], str], list[tuple[bool | None, ...]]]
"""Makes the tables, runs the query (whose last column numbers the rows) and gives the rows in order."""


def cedar(policies: Sequence[Policy], requests: Sequence[Json], entities: Sequence[Json]) -> Verdicts:
    """Cedar's own verdicts; every policy is asked as a `forbid`, so that each that holds is named."""
    static = {policy.id: {**policy.source, "effect": "forbid"} for policy in policies}
    document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
    handle = cedarpy.PolicySet.from_json_str(json.dumps(document))
    known = cedarpy.Entities.from_json_str(json.dumps(entities))
    found: Verdicts = []
    for answer in cedarpy.is_authorized_batch(list(requests), handle, known):
        holds, errors = set(answer.diagnostics.reasons), set()
        for message in answer.diagnostics.errors:
            named = ERROR_ID.search(message)
            assert named, message
            errors.add(named.group(1))
        found.append([None if p.id in errors else p.id in holds for p in policies])
    return found


def in_duckdb(tables: Sequence[Table], query: str) -> list[tuple[bool | None, ...]]:
    """DuckDB, in memory."""
    connection = _connection()
    for table in tables:
        connection.execute(f"CREATE OR REPLACE TABLE {table.name} ({table.declared(DUCKDB)})")
        if table.rows:
            row = f"({', '.join('?' * len(table.columns))})"
            cells = [_as_map(value) for row in table.rows for value in row]
            connection.execute(f"INSERT INTO {table.name} VALUES {', '.join([row] * len(table.rows))}", cells)
    return [row[:-1] for row in connection.execute(query).fetchall()]


@cache
def _connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def _as_map(value: object) -> object:
    return {"key": list(value), "value": list(value.values())} if isinstance(value, dict) else value


@dataclass(slots=True)
class Tally:
    """What a comparison went through, and the first difference."""

    policies: int = 0
    refused: int = 0
    verdicts: int = 0
    true: int = 0
    errors: int = 0
    differences: int = 0
    first: str = ""

    def note(self, policy: Policy, request: Json, sql: str, ours: bool | None, theirs: bool | None) -> None:
        """Count one verdict."""
        self.verdicts += 1
        self.true += theirs is True
        self.errors += theirs is None
        if ours is not theirs:
            self.differences += 1
            conditions = json.dumps(policy.source["conditions"])
            if not self.first or len(conditions) < len(self.first):
                self.first = f"{conditions}\nCedar {theirs}, SQL {ours}: {sql}\n{json.dumps(request)}"


def compiled(
    policies: Iterable[Policy], scope: Scope, dialect: Dialect, tally: Tally
) -> list[tuple[Policy, str]]:
    """The policies that compile, with their SQL."""
    found = []
    for policy in policies:
        tally.policies += 1
        try:
            found.append((policy, compile_policy(policy, scope, dialect).sql(dialect.name)))
        except Uncompilable:
            tally.refused += 1
    return found


def compare_world(
    seed: int,
    tally: Tally,
    *,
    engine: Engine = in_duckdb,
    dialect: Dialect = DUCKDB,
    favoured: Mapping[Kind, Maker] | None = None,
) -> Tally:
    """Draw a world and policies from a seed, and put every request to both judges."""
    chance = Random(seed)
    world = World(chance, requests=30)
    drawing = Drawing(chance, WORLD, favoured)
    drawn = [drawing.policy(f"p{n}", chance.randint(1, 4)) for n in range(6)]
    store = Store(world.entities, world.requests)
    scope = EntityScope(store, dialect)
    carried = compiled(drawn, scope, dialect, tally)
    if not carried:
        return tally
    columns = ", ".join(sql for _, sql in carried)
    query = f"SELECT {columns}, request.number {scope.source()} ORDER BY request.number"
    ours = engine(list(store.tables.values()), query)
    theirs = cedar([policy for policy, _ in carried], world.requests, world.entities)
    assert len(ours) == len(theirs)
    for request, our_row, their_row in zip(world.requests, ours, theirs, strict=True):
        for (policy, sql), one, other in zip(carried, our_row, their_row, strict=True):
            tally.note(policy, request, sql, one, other)
    return tally
