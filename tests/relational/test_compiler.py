"""What the compiler promises beside its verdicts: atoms, necessary conditions, refusals that help, bounded size."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from sqlglot import exp

from clausewise.audit.relational import (
    DUCKDB,
    SPARK,
    STRING,
    Columns,
    Uncompilable,
    Value,
    Word,
    Words,
    atoms,
    carried,
    compile_policy,
    necessary,
)
from clausewise.audit.relational.entities import Table
from clausewise.audit.relational.types import LONG
from clausewise.pdp.cedar import parse
from clausewise.pdp.tree import Policy
from relational.closed import Question, drawn_columns, pack_of, policies_of, vocabulary
from relational.drawing import Drawing
from relational.judges import Tally, compiled, in_duckdb

DUTY = Value(Word(("on", "off", "a*b")), exp.column("duty"))
KINDS = Value(Words(("games", "malware")), exp.column("kinds"))
NOTE = Value(STRING, exp.column("note"))
COLUMNS = Columns(
    "Employee",
    "visit",
    "Site",
    {"context.duty": DUTY, "resource.kinds": KINDS, "context.note": NOTE},
    frozenset({"context.duty", "resource.kinds"}),
)


def policy(conditions: str, scope: str = "principal, action, resource") -> Policy:
    """One policy, called `9.f/test`."""
    (found,) = parse(f"forbid({scope}) {conditions};", "9.f/test")
    return found


def sql(conditions: str, scope: str = "principal, action, resource") -> str:
    """The policy over the columns above, as DuckDB reads it."""
    return compile_policy(policy(conditions, scope), COLUMNS, DUCKDB).sql("duckdb")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('context.duty == "off"', "duty = 1"),
        ('context.duty != "off"', "duty <> 1"),
        ('context.duty == "never heard of"', "CASE WHEN NOT duty IS NULL THEN FALSE END"),
        ('context.duty like "o*"', "duty IN (0, 1)"),
        ('context.duty like "*\\**"', "duty = 2"),
        ('["on", "a*b", "else"].contains(context.duty)', "duty IN (0, 2)"),
        ('resource.kinds.contains("malware")', "(kinds & 2) <> 0"),
        ("resource.kinds.isEmpty()", "kinds = 0"),
        ('resource.kinds.containsAny(["malware", "games"])', "(kinds & CAST(3 AS BIGINT)) <> 0"),
        ('resource.kinds == ["games"]', "kinds = CAST(1 AS BIGINT)"),
        ('context.note like "a*"', "STARTS_WITH(note, 'a')"),
        ('context.note like "a_*!%*"', "note LIKE 'a!_%!!!%%' ESCAPE '!'"),
        ("principal is Employee && resource is Site", "TRUE"),
        ("context.nothing == 1", "NULL"),
        ("context has nothing", "FALSE"),
    ],
)
def test_a_closed_vocabulary_becomes_numbers(condition: str, expected: str) -> None:
    assert sql(f"when {{ {condition} }}") == expected


def test_another_action_is_false_and_any_is_true() -> None:
    assert sql("", 'principal, action == Action::"listen", resource') == "FALSE"
    assert sql("", 'principal is Employee, action in [Action::"listen", Action::"visit"], resource') == "TRUE"


def test_an_error_on_the_left_is_not_hidden_by_false_on_the_right() -> None:
    chain = compile_policy(policy('when { context.note == "x" && context.duty == "on" }'), COLUMNS, DUCKDB)
    rows = in_duckdb(
        [
            Table(
                "request",
                (("note", STRING, False), ("duty", LONG, False)),
                ((None, 1), ("x", 0), ("y", None)),
            )
        ],
        f"SELECT {chain.sql('duckdb')}, 0 FROM request",
    )
    assert rows == [(None,), (True,), (False,)]


def test_atoms_are_the_conditions_in_order_each_with_its_place() -> None:
    text = 'when { context.duty == "on" && (context.note == "" && !resource.kinds.isEmpty()) }'
    asked = policy(f'{text} unless {{ context.note == "a" || context.duty == "off" }}')
    found = atoms(asked, COLUMNS, DUCKDB)
    assert [atom.kind for atom in found] == ["when", "when", "when", "unless", "unless"]
    assert [atom.sql.sql("duckdb") for atom in found] == [
        "duty = 0", "note = ''", "kinds <> 0", "note = 'a'", "duty = 1",
    ]  # fmt: skip
    for atom in found:
        node = asked.source
        for step in atom.path:
            node = node[step]  # type: ignore[index]
        assert node == atom.source


def test_necessary_conditions_end_where_an_error_may_come_first() -> None:
    text = 'when { context.duty == "on" && context.note == "x" && resource.kinds.isEmpty() }'
    found = necessary(policy(text), COLUMNS, DUCKDB)
    assert found is not None
    assert found.sql("duckdb") == "(duty = 0) AND (NOT ((note = 'x') IS FALSE))"
    assert necessary(policy(""), COLUMNS, DUCKDB) is None
    either = 'when { context.duty == "on" || resource.kinds.isEmpty() }'
    found = necessary(policy(either), COLUMNS, DUCKDB)
    assert found is not None
    assert found.sql("duckdb") == "(duty = 0) OR (kinds = 0)"


def test_a_necessary_condition_keeps_every_row_that_holds_or_errs() -> None:
    kept = judged = 0
    for seed in range(12):
        chance = Random(seed)
        columns = drawn_columns(chance, "ar4040")
        names = [path.replace(".", "_") for path in columns.values]
        values = {
            p: Value(v.type, exp.column(n)) for (p, v), n in zip(columns.values.items(), names, strict=True)
        }
        known = frozenset(path for path in values if chance.random() < 0.6)
        scope = replace(columns, values=values, known=known)
        drawer = Drawing(chance, vocabulary(columns))
        drawn = compiled([drawer.policy(f"p{n}", 3) for n in range(6)], scope, DUCKDB, Tally())
        rows = [
            tuple(question.cells)
            for question in (Question(chance, columns) for _ in range(60))
            if all(
                cell is not None for path, cell in zip(values, question.cells, strict=True) if path in known
            )
        ]
        needed = [necessary(one, scope, DUCKDB) for one, _ in drawn]
        tests = [
            f"({text}) IS NOT FALSE, {'TRUE' if need is None else need.sql('duckdb')}"
            for (_, text), need in zip(drawn, needed, strict=True)
        ]
        shape = tuple((n, v.type, False) for n, v in zip(names, values.values(), strict=True))
        for row in in_duckdb(
            [Table("request", shape, tuple(rows))], f"SELECT {', '.join(tests)}, 0 FROM request"
        ):
            for matters, keep in zip(row[::2], row[1::2], strict=True):
                assert keep or not matters
                kept += keep is True
                judged += 1
    assert 0 < kept < 0.9 * judged


@pytest.mark.parametrize(
    ("text", "scope", "problem"),
    [
        ('when { principal in Group::"x" }', "principal, action, resource", "`in` of a person or thing"),
        ("", 'principal == Employee::"ana", action, resource', "`principal` has no key"),
        (
            'when { decimal(context.note) == decimal("1.0") }',
            "principal, action, resource",
            "`decimal` of a computed",
        ),
        ('when { Employee::"ana".status == "x" }', "principal, action, resource", "`.status` of an entity"),
    ],
)
def test_what_no_column_answers_is_refused_with_place_and_remedy(text: str, scope: str, problem: str) -> None:
    with pytest.raises(Uncompilable, match=problem) as refusal:
        sql(text, scope)
    assert str(refusal.value).startswith("9.f/test: ")
    assert "; " in str(refusal.value)


def test_an_open_template_and_an_unknown_operator_are_refused() -> None:
    plain = policy("")
    slot = {**plain.source, "principal": {"op": "==", "slot": "?principal"}}
    with pytest.raises(Uncompilable, match="link the template"):
        compile_policy(replace(plain, source=slot), COLUMNS, DUCKDB)
    odd = {**plain.source, "conditions": [{"kind": "when", "body": {"soundsLike": []}}]}
    with pytest.raises(Uncompilable, match="`soundsLike` is not an operator"):
        compile_policy(replace(plain, source=odd), COLUMNS, DUCKDB)


def test_long_chains_and_deep_nests_stay_in_bounds() -> None:
    long = " && ".join(f'context.note != "{n}"' for n in range(300))
    assert len(sql(f"when {{ {long} }}")) < 30_000
    deep = 'context.note == "0"'
    for n in range(25):
        deep = f'({deep} {"&&" if n % 2 else "||"} context.note == "{n}")'
    assert len(sql(f"when {{ {deep} }}")) < 10_000
    for n in range(30, 110):
        deep = f'({deep} {"&&" if n % 2 else "||"} context.note == "{n}")'
    with pytest.raises(Uncompilable, match="more than 60 levels; split"):
        sql(f"when {{ {deep} }}")


@pytest.mark.parametrize("name", ["ar4040", "lantern-bay"])
def test_every_policy_of_a_pack_is_carried_by_both_engines(name: str) -> None:
    assert not [
        problem for one in policies_of(name) for problem in carried(pack_of(name), one, (DUCKDB, SPARK))
    ]


def test_a_pack_hears_what_is_not_carried() -> None:
    pack = pack_of("ar4040")
    act = pack.acts["visit_site"]
    (bad,) = parse(f'forbid(principal in Group::"x", action == Action::"{act.id}", resource);', "9.f/test")
    (problem,) = carried(pack, bad)
    assert problem == (
        "9.f/test: `in` of a person or thing, which have no hierarchy here; test an attribute instead"
    )
    with pytest.raises(ValueError, match="63 words: more than 62 in one mask"):
        Words(tuple(str(n) for n in range(63)))
