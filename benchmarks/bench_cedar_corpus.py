"""Puts Cedar's public test corpus through the audit's compiler, and compares every verdict with Cedar's.

Unpack `corpus-tests.tar.gz` of github.com/cedar-policy/cedar-integration-tests, then run
`python benchmarks/bench_cedar_corpus.py FOLDER`, or `--smoke` for a few policies that stand in this file.
For each request it compares policy by policy (holds, does not, errs) with Cedar, and the decision, the reasons
and the errors with what the corpus itself records. A difference, or under 99 % carried, is a failure.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cedarpy
import duckdb

from clausewise.audit.relational import DUCKDB, Uncompilable, compile_policy
from clausewise.audit.relational.entities import EntityScope, Store, Table
from clausewise.pdp.cedar import ERROR_ID, PolicySyntaxError, parse
from clausewise.pdp.tree import Policy

Json = dict[str, Any]
TARGET = 99.0
"""Percent of the policy sets that Cedar's library loads."""

SMOKE = (
    'permit(principal in Group::"staff", action, resource) when { principal.level + 1 > 2 };',
    'forbid(principal, action == Action::"view", resource) unless { resource.tags.contains("open") };',
    "permit(principal, action, resource) when { principal.boss.level * 9223372036854775807 > 0 };",
    'permit(principal, action, resource) when { context.at.offset(duration("1h")) < datetime("2024-01-02") };',
)
SMOKE_ENTITIES: list[Json] = [
    {
        "uid": {"type": "User", "id": "ana"},
        "attrs": {"level": 2},
        "parents": [{"type": "Group", "id": "staff"}],
    },
    {
        "uid": {"type": "User", "id": "bo"},
        "attrs": {"level": 1, "boss": {"__entity": {"type": "User", "id": "ana"}}},
        "parents": [],
    },
    {"uid": {"type": "File", "id": "f"}, "attrs": {"tags": ["open", "old"]}, "parents": []},
]


@dataclass(frozen=True, slots=True)
class Case:
    """One policy set with its data and requests; `recorded` says whether the requests carry Cedar's answers."""

    name: str
    policies: str
    entities: list[Json]
    requests: list[Json]
    recorded: bool = True


@dataclass(slots=True)
class Figures:
    """What was carried, refused and compared."""

    sets: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    carried: int = 0
    requests: int = 0
    erring: int = 0
    differences: int = 0
    smallest: str = ""

    def differs(self, what: str) -> None:
        """Count a difference; the shortest is shown."""
        self.differences += 1
        if not self.smallest or len(what) < len(self.smallest):
            self.smallest = what


def corpus(folder: Path) -> Iterator[Case]:
    """The policy sets of the unpacked corpus, by name."""
    for path in sorted(folder.glob("*.json")):
        if path.name.endswith(".entities.json"):
            continue
        told = json.loads(path.read_text(encoding="utf-8"))
        text = path.with_suffix(".cedar").read_text(encoding="utf-8")
        entities = json.loads(path.with_suffix(".entities.json").read_text(encoding="utf-8"))
        yield Case(path.stem, text, entities, told["requests"])


def smoke() -> Iterator[Case]:
    """The policies in this file, over three people of whom the data knows two."""
    context = {"at": {"__extn": {"fn": "datetime", "arg": "2024-01-01"}}}
    requests = [
        {
            "principal": {"type": "User", "id": name},
            "action": {"type": "Action", "id": "view"},
            "resource": {"type": "File", "id": "f"},
            "context": context,
        }
        for name in ("ana", "bo", "nobody")
    ]
    yield Case("smoke", "\n".join(SMOKE), SMOKE_ENTITIES, requests, recorded=False)


def environments(requests: Iterable[Json]) -> Iterator[list[Json]]:
    """The requests of each pair of types and each action: what is compiled together."""
    found: dict[tuple[str, ...], list[Json]] = {}
    for request in requests:
        action = request["action"]
        key = (request["principal"]["type"], action["type"], action["id"], request["resource"]["type"])
        found.setdefault(key, []).append(request)
    yield from found.values()


def load(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Make the tables, with their rows."""
    for table in tables:
        connection.execute(f"CREATE OR REPLACE TABLE {table.name} ({table.declared(DUCKDB)})")
        if table.rows:
            one = f"({', '.join('?' * len(table.columns))})"
            cells = [
                {"key": list(cell), "value": list(cell.values())} if isinstance(cell, dict) else cell
                for row in table.rows
                for cell in row
            ]
            connection.execute(f"INSERT INTO {table.name} VALUES {', '.join([one] * len(table.rows))}", cells)


def in_duckdb(
    connection: duckdb.DuckDBPyConnection,
    policies: Sequence[Policy],
    entities: list[Json],
    requests: list[Json],
) -> list[list[bool | None]]:
    """Verdicts of the compiled policies, a row for each request."""
    store = Store(entities, requests)
    scope = EntityScope(store, DUCKDB)
    columns = [compile_policy(policy, scope, DUCKDB).sql(DUCKDB.name) for policy in policies]
    load(connection, store.tables.values())
    selected = ", ".join([*columns, "request.number"])
    rows = connection.execute(f"SELECT {selected} {scope.source()} ORDER BY request.number").fetchall()
    return [list(row[:-1]) for row in rows]


def in_cedar(
    handle: cedarpy.PolicySet, policies: Sequence[Policy], entities: cedarpy.Entities, requests: list[Json]
) -> list[list[bool | None]]:
    """Verdicts of Cedar; every policy stands as a `forbid`, so that each that holds is named."""
    asked = [{name: r[name] for name in ("principal", "action", "resource", "context")} for r in requests]
    found: list[list[bool | None]] = []
    for answer in cedarpy.is_authorized_batch(asked, handle, entities):
        named = (ERROR_ID.search(message) for message in answer.diagnostics.errors)
        errors = {match.group(1) for match in named if match}
        holds = set(answer.diagnostics.reasons)
        found.append([None if p.id in errors else p.id in holds for p in policies])
    return found


def decided(policies: Sequence[Policy], verdicts: Sequence[bool | None]) -> Json:
    """Cedar's decision from the verdicts: some permit and no forbid; with what decided and what erred."""
    holding = {effect: [n for n, p in enumerate(policies) if p.effect == effect and verdicts[n]] for effect in
               ("permit", "forbid")}  # fmt: skip
    reasons = holding["forbid"] or holding["permit"]
    return {
        "decision": "deny" if holding["forbid"] or not holding["permit"] else "allow",
        "reason": sorted(f"policy{n}" for n in reasons),
        "errors": sorted(f"policy{n}" for n, verdict in enumerate(verdicts) if verdict is None),
    }


def compare(case: Case, connection: duckdb.DuckDBPyConnection, figures: Figures) -> None:
    """Run one policy set through both and note what comes of it."""
    figures.sets += 1
    try:
        policies = parse(case.policies, case.name)
        static = {p.id: {**p.source, "effect": "forbid"} for p in policies}
        document = {"templates": {}, "staticPolicies": static, "templateLinks": []}
        handle = cedarpy.PolicySet.from_json_str(json.dumps(document))
        entities = cedarpy.Entities.from_json_str(json.dumps(case.entities))
    except (PolicySyntaxError, ValueError) as problem:
        figures.unread[str(problem)[:80]] += 1
        return
    rows: list[tuple[Json, list[bool | None], list[bool | None]]] = []
    try:
        for requests in environments(case.requests):
            ours = in_duckdb(connection, policies, case.entities, requests)
            rows += zip(requests, ours, in_cedar(handle, policies, entities, requests), strict=True)
    except Uncompilable as problem:
        figures.refused[re.sub(r"^[0-9a-f]{40}(!\d+)?: ", "", str(problem))] += 1
        return
    figures.carried += 1
    for request, one, other in rows:
        figures.requests += 1
        figures.erring += None in other
        if one != other:
            figures.differs(f"{case.policies}\n{json.dumps(request)}\nSQL {one}, Cedar {other}")
        elif case.recorded:
            told = {name: request[name] for name in ("decision", "reason", "errors")}
            said = decided(policies, one)
            if {**told, "reason": sorted(told["reason"]), "errors": sorted(told["errors"])} != said:
                figures.differs(f"{case.policies}\nrecorded {told}, SQL {said}")


def report(figures: Figures, seconds: float) -> str:
    """The figures in words."""
    loaded = figures.sets - sum(figures.unread.values())
    lines = [
        f"policy sets      {figures.sets:,}, of which Cedar's library loads {loaded:,}",
        f"carried          {figures.carried:,} ({100 * figures.carried / loaded:.2f} %; target {TARGET} %)",
        f"requests         {figures.requests:,}, of which {figures.erring:,} with a policy that errs",
        f"differences      {figures.differences:,}",
        f"time             {seconds:.1f} s",
    ]
    groups: Mapping[str, Counter[str]] = {"not loaded": figures.unread, "refused": figures.refused}
    for name, reasons in groups.items():
        lines += [f"{name:<16} {count:,} x {reason}" for reason, count in reasons.most_common()]
    return "\n".join(
        lines + ([f"\nthe smallest difference:\n{figures.smallest}"] if figures.smallest else [])
    )


def main() -> int:
    """Run the corpus, or a few policies; 1 if anything differs or too little is carried."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="where corpus-tests.tar.gz was unpacked")
    parser.add_argument("--smoke", action="store_true", help="a few policies, a second: does it still run")
    options = parser.parse_args()
    if options.smoke == (options.folder is not None):
        parser.error("one of FOLDER and --smoke: neither or both given; name the unpacked corpus")
    figures, began = Figures(), time.perf_counter()
    connection = duckdb.connect(config={"threads": 1})
    for case in smoke() if options.smoke else corpus(options.folder):
        compare(case, connection, figures)
    if not figures.sets:
        parser.error(f"{options.folder}: no policy sets in it; unpack corpus-tests.tar.gz there")
    print(report(figures, time.perf_counter() - began))
    loaded = figures.sets - sum(figures.unread.values())
    return int(bool(figures.differences) or 100 * figures.carried < TARGET * loaded)


if __name__ == "__main__":
    sys.exit(main())
