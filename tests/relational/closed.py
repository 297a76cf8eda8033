"""Questions over a pack's own closed vocabulary: drawn at random, put to Cedar as words and to SQL as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import Any

from sqlglot import exp

from clausewise.audit.relational import DUCKDB, LONG, Columns, Dialect, Value, Word, Words, columns_of
from clausewise.audit.relational.carried import environments
from clausewise.audit.relational.entities import Table
from clausewise.audit.relational.types import Type
from clausewise.model.law import Act, Pack
from clausewise.pack import load_pack
from clausewise.pdp.engine import Pdp
from clausewise.pdp.tree import Policy
from relational import drawing
from relational.drawing import Drawing, Kind
from relational.judges import Engine, Tally, cedar, compiled, in_duckdb

Json = dict[str, Any]
MISSING = 0.04
"""How often a column is NULL, which no question of a pack is; the policies must say so all the same."""


@cache
def pack_of(name: str) -> Pack:
    """A pack that comes with the program."""
    return load_pack(name)


@cache
def policies_of(name: str) -> tuple[Policy, ...]:
    """Every policy of a pack, guards too."""
    return tuple(policy for policies in Pdp(pack_of(name)).policies().values() for policy in policies)


def environments_of(name: str) -> Iterator[tuple[Columns, list[Policy]]]:
    """The columns of each act and kind of person, and the policies that speak of it."""
    found: dict[tuple[str, str], tuple[Act, list[Policy]]] = {}
    for policy in policies_of(name):
        for act, principal_type in environments(pack_of(name), policy):
            found.setdefault((act.id, principal_type), (act, []))[1].append(policy)
    for (_, principal_type), (act, policies) in found.items():
        yield columns_of(pack_of(name), act, principal_type), policies


def drawn_columns(chance: Random, name: str) -> Columns:
    """The columns of an act chosen at random, with two numbers and a second vocabulary beside them."""
    act = chance.choice(sorted(pack_of(name).acts.values(), key=lambda act: act.id))
    found = columns_of(pack_of(name), act, chance.choice(act.principal))
    words = ("personal", "a*b", "", "malware", "yes", "no", "hateful", "a_b")
    more: dict[str, Type] = {
        "context.count": LONG, "context.limit": LONG, "context.other": Word(words[::-1]),
        "context.marks": Words(words), "resource.categories": Words(words[:5]), "principal.owns": Words(words[3:]),
    }  # fmt: skip
    values = {path: Value(kind, exp.column(path.replace(".", "_"))) for path, kind in more.items()}
    return Columns(found.principal_type, found.action, found.resource_type, {**found.values, **values})


def vocabulary(columns: Columns) -> drawing.Words:
    """What random policies over these columns may speak of."""
    paths: dict[Kind, list[Json]] = {}
    strings = ["", "a*b", "a_b", "none of these"]
    for path, value in columns.values.items():
        variable, name = path.split(".", 1)
        kind = _kind(value.type)
        paths.setdefault(kind, []).append({".": {"left": {"Var": variable}, "attr": name}})
        if isinstance(value.type, Word | Words):
            strings += value.type.values
    person, thing = f"entity {columns.principal_type}", f"entity {columns.resource_type}"
    paths |= {person: [{"Var": "principal"}], thing: [{"Var": "resource"}]}
    return drawing.Words(
        paths=paths,
        kinds=["bool", "string", "string", "set string", "set string", "long", person, thing],
        entities={columns.principal_type: ["p"], columns.resource_type: ["r"]},
        attributes=[path.split(".", 1)[1] for path in columns.values] + ["nothing"],
        strings=strings,
    )


def _kind(of: Type) -> Kind:
    if isinstance(of, Word):
        return "string"
    return "set string" if isinstance(of, Words) else "long" if of == LONG else "bool"


class Question:
    """One row: the same values as Cedar's request and entities, and as the columns hold them."""

    def __init__(self, chance: Random, columns: Columns) -> None:
        parts: dict[str, Json] = {"principal": {}, "resource": {}, "context": {}}
        self.cells: list[object] = []
        for path, value in columns.values.items():
            said, held = (None, None) if chance.random() < MISSING else _drawn(chance, value.type)
            self.cells.append(held)
            if said is not None:
                variable, name = path.split(".", 1)
                parts[variable][name] = said
        person, thing = (
            {"type": columns.principal_type, "id": "p"},
            {"type": columns.resource_type, "id": "r"},
        )
        action = {"type": "Action", "id": columns.action}
        self.request = {
            "principal": person, "action": action, "resource": thing, "context": parts["context"],
        }  # fmt: skip
        self.entities = [
            {"uid": person, "attrs": parts["principal"], "parents": []},
            {"uid": thing, "attrs": parts["resource"], "parents": []},
        ]


def _drawn(chance: Random, of: Type) -> tuple[object, object]:
    """A value as Cedar reads it and as the column holds it."""
    if isinstance(of, Word):
        code = chance.randrange(len(of.values))
        return of.values[code], code
    if isinstance(of, Words):
        places = [i for i in range(len(of.values)) if chance.random() < min(0.5, 2 / len(of.values))]
        return [of.values[i] for i in places], sum(1 << i for i in places)
    value = chance.choice(drawing.LONGS) if of == LONG else chance.random() < 0.5
    return value, value


def compare(
    columns: Columns,
    policies: Sequence[Policy],
    questions: Sequence[Question],
    tally: Tally,
    dialect: Dialect = DUCKDB,
    engine: Engine = in_duckdb,
) -> None:
    """Put questions about one act to Cedar and to the engine."""
    names = [path.replace(".", "_") for path in columns.values]
    flat = {
        path: Value(value.type, exp.column(name))
        for (path, value), name in zip(columns.values.items(), names, strict=True)
    }
    scope = Columns(columns.principal_type, columns.action, columns.resource_type, flat)
    shapes = [
        ("number", LONG, False),
        *((n, v.type, False) for n, v in zip(names, flat.values(), strict=True)),
    ]
    rows = tuple((number, *question.cells) for number, question in enumerate(questions))
    carried = compiled(policies, scope, dialect, tally)
    query = f"SELECT {''.join(sql + ', ' for _, sql in carried)} number FROM request ORDER BY number"
    ours = engine([Table("request", tuple(shapes), rows)], query)
    for question, row in zip(questions, ours, strict=True):
        (theirs,) = cedar([policy for policy, _ in carried], [question.request], question.entities)
        for (policy, sql), one, other in zip(carried, row, theirs, strict=True):
            said = {**question.request, "attributes": question.entities}
            tally.note(policy, said, sql, one, other)


def compare_drawn(seed: int, tally: Tally, *, engine: Engine = in_duckdb, dialect: Dialect = DUCKDB) -> Tally:
    """Random policies over the vocabulary of the pack, from a seed."""
    chance = Random(seed)
    columns = drawn_columns(chance, "ar4040")
    drawer = Drawing(chance, vocabulary(columns))
    policies = [drawer.policy(f"p{n}", chance.randint(1, 4)) for n in range(8)]
    questions = [Question(chance, columns) for _ in range(20)]
    compare(columns, policies, questions, tally, dialect, engine)
    return tally
