"""Turns the files of a pack into frozen values and says everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from clausewise.model.law import NO_WORDS, Act, Attribute, Clause, Entry, Guard, LogRule, Pack, Words
from clausewise.model.words import LANGUAGES, Rank
from clausewise.pack.clauses import read_clause, read_guard
from clausewise.pack.fields import Fields
from clausewise.pack.problems import PackError, Problem
from clausewise.pack.source import Source

REGISTERS = {  # file -> the array of tables it holds
    "parameters.toml": "parameter",
    "clocks.toml": "clock",
    "designations.toml": "office",
    "legal.toml": "reference",
    "tensions.toml": "tension",
    "categories.toml": "category",
}
ROW_FIELDS = {
    "parameter": "id value unit from to clause source says note".split(),
    "clock": "id trigger limit unit bound roll told source verified clause from to says note".split(),
    "office": "id title source clauses from to note".split(),
    "reference": "id kind printed code cite title status now clauses guards verified note from to".split(),
    "tension": "id clauses question default alternatives note".split(),
    "category": "id list words never_personal note".split(),
    "route": "id clause kind title to needs clocks yields says note".split(),
}
HEAD_FIELDS = (
    "format id regulation title issuer rank adopted revised in_force_from zone languages scope extends disabled"
).split()
ACT_FIELDS = "id principal resource context gates says refers cannot_show log note".split()
ATTRIBUTE_FIELDS = "type values from plain unknown says ask note".split()
ATTRIBUTE_TYPES = {"flag": bool, "word": str, "words": list, "number": int}
FILES = (
    "pack.toml", "attributes.toml", "shape.toml", *REGISTERS, "acts/*.toml", "routes/*.toml",
    "guards/*/guard.toml", "guards/*/guard.cedar", "guards/*/examples.toml",
    "clauses/*/clause.toml", "clauses/*/examples.toml", "clauses/*/*.cedar", "clauses/*/*.window.toml",
)  # fmt: skip


def read_pack(source: Source, digest: str) -> Pack:
    """The pack that these files make.

    Raises:
        PackError: all problems at once.
    """
    problems = [*source.problems, *_strays(source)]
    if "pack.toml" not in source.tables:
        what = Problem(source.at("pack.toml"), "missing or unreadable", "a pack starts with this file")
        raise PackError([*problems, what])
    clauses = _clauses(source, problems)
    parts = {
        "attributes": _attributes(source, problems, clauses),
        "acts": _acts(source, problems),
        "clauses": clauses,
        "guards": _guards(source, problems),
        "registers": _registers(source, problems),
    }
    pack = _head(source, digest, parts, problems)
    if problems:
        raise PackError(problems)
    return pack


def _head(source: Source, digest: str, parts: Mapping[str, Any], problems: list[Problem]) -> Pack:
    """What pack.toml says of the pack, with the parts that the other files hold."""
    f = Fields(source.at("pack.toml"), source.tables["pack.toml"], problems)
    f.known(HEAD_FIELDS)
    scope = f.row.get("scope", {})
    return Pack(
        id=f.text("id"),
        digest=digest,
        title=f.words("title"),
        regulation=f.text("regulation"),
        issuer=f.text("issuer"),
        zone=f.text("zone"),
        in_force_from=f.day("in_force_from", date.min),
        scope=f.mapping("scope", drop=("governed",)),
        governed=frozenset(scope.get("governed", ()) if isinstance(scope, dict) else ()),
        revised=tuple(f.row.get("revised", ())),
        adopted=f.day("adopted", date.min),
        extends=f.text("extends", ""),
        disabled=f.mapping("disabled"),
        rank=Rank(f.choice("rank", [r.value for r in Rank], "regulation")),
        **parts,
    )


def _strays(source: Source) -> list[Problem]:
    """Files that nothing reads, most often because a name or a folder is misspelled."""
    return [
        Problem(source.at(name), "nothing reads this file", "rename it as the pack layout says, or remove it")
        for name in sorted(source.texts)
        if not any(fnmatchcase(name, f) and name.count("/") == f.count("/") for f in FILES)
    ]


def _attributes(
    source: Source, problems: list[Problem], clauses: Mapping[str, Clause]
) -> dict[str, Attribute]:
    grantable = {c.id for c in clauses.values() if any(n.grantable for n in c.norms)}
    found = {}
    for owner, names in source.tables.get("attributes.toml", {}).items():
        for name, row in names.items():
            f = Fields(f"{source.at('attributes.toml')} [{owner}.{name}]", row, problems)
            attribute = _attribute(f, owner, name, grantable)
            found[attribute.path] = attribute
    return found


def _attribute(f: Fields, owner: str, name: str, grantable: set[str]) -> Attribute:
    f.known(ATTRIBUTE_FIELDS)
    kind = f.choice("type", list(ATTRIBUTE_TYPES), "word")
    values = f.texts("values")
    if (owner, name) == ("context", "granted"):
        # The clauses that name an authority are the words of this set, and guards may add openings.
        values = tuple(sorted({*values, *grantable}))
    return Attribute(
        owner=owner,
        name=name,
        type=kind,
        values=values,
        sources=f.texts("from"),
        plain=_value(f, kind, values, "plain"),
        unknown=_value(f, kind, values, "unknown"),
        says=f.words("says"),
        ask=bool(f.row.get("ask", False)),
    )


def _value(f: Fields, kind: str, values: tuple[str, ...], name: str) -> object:
    raw = f.row.get(name)
    if not isinstance(raw, ATTRIBUTE_TYPES[kind]):
        f.wrong(f"`{name}` is `{raw}`, not a {kind}", f"write a {kind}")
    elif kind == "word" and raw not in values:
        f.wrong(f"`{name} = {raw}` is not one of its values", "use one of " + ", ".join(values))
    return frozenset(raw) if isinstance(raw, list) else raw


def _acts(source: Source, problems: list[Problem]) -> dict[str, Act]:
    acts = {}
    for name in source.named("acts/", ".toml"):
        f = Fields(source.at(name), source.tables[name], problems)
        f.known(ACT_FIELDS)
        act = Act(
            id=f.text("id"),
            principal=f.texts("principal"),
            resource=f.text("resource"),
            context=f.texts("context"),
            gates=f.texts("gates"),
            says=f.words("says"),
            refers=f.words("refers"),
            cannot_show=f.words("cannot_show"),
            logs=tuple(_log_rule(f, log) for log in f.row.get("log", ())),
        )
        if name != f"acts/{act.id}.toml":
            f.wrong(f"the file is not called {act.id}.toml", "one file per act, named after it")
        acts[act.id] = act
    return acts


def _log_rule(act: Fields, row: Mapping[str, Any]) -> LogRule:
    f = Fields(f"{act.place} [[log]]", row, act.problems)
    f.known(("class", "when", "resource"))
    return LogRule(f.text("class"), tuple(tuple(c) for c in row.get("when", ())), f.text("resource"))


def _clauses(source: Source, problems: list[Problem]) -> dict[str, Clause]:
    found: dict[str, Clause] = {}
    for name in source.named("clauses/", "/clause.toml"):
        clause = read_clause(source, name.split("/")[1], problems)
        if clause.id in found:
            what = f"clause `{clause.id}` stands in {found[clause.id].folder} too"
            problems.append(Problem(source.at(name), what, "give each clause its own id"))
        found[clause.id] = clause
    return found


def _guards(source: Source, problems: list[Problem]) -> dict[str, Guard]:
    found: dict[str, Guard] = {}
    for name in source.named("guards/", "/guard.toml"):
        guard = read_guard(source, name.split("/")[1], problems)
        if guard.id in found:
            problems.append(
                Problem(source.at(name), f"guard `{guard.id}` stands twice", "give each its own id")
            )
        found[guard.id] = guard
    return found


def _registers(source: Source, problems: list[Problem]) -> dict[str, dict[str, Entry]]:
    registers: dict[str, dict[str, Entry]] = {}
    for file, array in REGISTERS.items():
        register = registers[file.removesuffix(".toml")] = {}
        table = Fields(source.at(file), source.tables.get(file, {}), problems)
        table.known((array,))
        for row in table.row.get(array, ()):
            # A category is known by the category of the merged list that it stands for.
            row = {"id": row.get("list"), **row} if array == "category" else row
            _enter(register, Fields(table.place, row, problems), ROW_FIELDS[array])
    routes = registers["routes"] = {}
    for name in source.named("routes/", ".toml"):
        _enter(routes, Fields(source.at(name), source.tables[name], problems), ROW_FIELDS["route"])
    return registers


def _enter(register: dict[str, Entry], f: Fields, names: list[str]) -> None:
    entry_id = f.row.get("id")
    if not isinstance(entry_id, str) or not entry_id:
        f.wrong("a row without `id`", 'give it one, as id = "..."')
        return
    if entry_id in register:
        f.wrong(f"`{entry_id}` stands twice", "give each row its own id")
    register[entry_id] = Entry(entry_id, dict(f.row), f.place)
    here = Fields(f"{f.place} `{entry_id}`", f.row, f.problems)
    here.known(names)
    for name in ("says", "title", "question", "default"):
        words: Words = f.row.get(name, NO_WORDS)
        if isinstance(words, dict) and name in f.row and any(not words.get(lang) for lang in LANGUAGES):
            here.wrong(f"`{name}` lacks a language", "write en and es")
