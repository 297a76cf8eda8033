"""Reads one clause folder or one guard folder: counsel's file, the engineer's file and their examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from clausewise.model.law import Clause, Example, Guard, Norm
from clausewise.model.words import ADDRESSEES, MODALITIES, JudgedBy, Kind, Rank
from clausewise.pack.fields import Fields
from clausewise.pack.problems import Problem
from clausewise.pack.source import Source
from clausewise.pack.windows import read_window

CLAUSE_FIELDS = (
    "id title reading cannot_judge authority authority_note permission told routes legal guards_above "
    "nearest_yes in_force_from in_force_to not_applicable norm rank"
).split()
NORM_FIELDS = (
    "id kind addressee modality judged_by acts policy grantable says sentence why_people clock advice "
    "finding certainty in_force_from in_force_to"
).split()
GUARD_FIELDS = "id kind title reading cite rank holds_for sets_aside in_force_from in_force_to verified note clauses".split()
Dates = tuple[date, date]


def read_clause(source: Source, folder: str, problems: list[Problem]) -> Clause:
    """The clause in `clauses/<folder>`; problems are appended to `problems`."""
    base = f"clauses/{folder}"
    f = Fields(source.at(f"{base}/clause.toml"), source.tables[f"{base}/clause.toml"], problems)
    f.known(CLAUSE_FIELDS)
    in_force = f.day("in_force_from", date.min), f.day("in_force_to", date.max)
    norms = [_norm(source, base, f, row, in_force) for row in f.row.get("norm", ())]
    policies = {name for name in source.texts if name.startswith(f"{base}/") and name.endswith(".cedar")}
    problems += [
        Problem(source.at(name), "no norm names this policy", "name it, or remove the file")
        for name in sorted(policies - {norm.policy_file for norm in norms})
    ]
    twice = sorted(norm_id for norm_id, count in Counter(norm.id for norm in norms).items() if count > 1)
    problems += [
        Problem(f.place, f"norm `{norm_id}` stands twice", "give each norm its own id") for norm_id in twice
    ]
    return Clause(
        id=f.text("id"),
        folder=folder,
        title=f.words("title"),
        reading=f.words("reading"),
        cannot_judge=f.words("cannot_judge"),
        authority=f.text("authority"),
        authority_note=f.words("authority_note", required=False),
        permission=f.choice("permission", ("", "prior-written", "approval"), ""),
        told=f.texts("told"),
        routes=f.texts("routes"),
        legal=f.texts("legal"),
        nearest_yes=f.words("nearest_yes", required=False),
        not_applicable=f.mapping("not_applicable"),
        norms=tuple(norms),
        examples=_examples(source, base, problems),
        windows=tuple(
            read_window(source, name, problems) for name in source.named(f"{base}/", ".window.toml")
        ),
        in_force_from=in_force[0],
        in_force_to=in_force[1],
    )


def _norm(source: Source, base: str, clause: Fields, row: Mapping[str, Any], in_force: Dates) -> Norm:
    f = Fields(f"{clause.place} norm `{row.get('id')}`", row, clause.problems)
    f.known(NORM_FIELDS)
    judged_by = JudgedBy(f.choice("judged_by", [j.value for j in JudgedBy], "none"))
    return Norm(
        id=_norm_id(f, str(clause.row.get("id"))),
        clause=str(clause.row.get("id")),
        kind=Kind(f.choice("kind", [k.value for k in Kind], "statement")),
        addressee=f.choice("addressee", ADDRESSEES, "employees"),
        modality=f.choice("modality", MODALITIES, "none"),
        judged_by=judged_by,
        acts=f.texts("acts"),
        policy=_policy(source, base, f, judged_by),
        policy_file=f"{base}/{row['policy']}" if row.get("policy") else "",
        grantable=bool(row.get("grantable", False)),
        advice=bool(row.get("advice", False)),
        finding=f.choice("finding", ("person", "device", "county"), "person"),
        certainty=f.choice("certainty", ("exact", "indicative"), "exact"),
        clock=f.text("clock", ""),
        says=f.words("says", required=judged_by is JudgedBy.POLICY),
        why_people=f.words("why_people", required=judged_by is JudgedBy.PEOPLE),
        sentence=f.texts("sentence"),
        in_force_from=f.day("in_force_from", in_force[0]),
        in_force_to=f.day("in_force_to", in_force[1]),
    )


def _norm_id(f: Fields, clause_id: str) -> str:
    norm_id = f.text("id")
    if norm_id.split("/")[0] != clause_id:
        f.wrong(f"its id does not start with `{clause_id}`", f"write {clause_id}/...")
    return norm_id


def _policy(source: Source, base: str, f: Fields, judged_by: JudgedBy) -> str:
    """The Cedar text of a norm that a policy judges; empty for every other."""
    name = f.text("policy", "")
    policy = source.texts.get(f"{base}/{name}", "") if name else ""
    if judged_by is JudgedBy.POLICY and not policy:
        f.wrong(f"judged by a policy, but `{name}` is not there", "write the .cedar file beside it")
    if judged_by is not JudgedBy.POLICY and name:
        f.wrong("has a policy but is not judged by one", 'set judged_by = "policy" or remove the file')
    return policy


def _examples(source: Source, base: str, problems: list[Problem]) -> tuple[Example, ...]:
    name, found = f"{base}/examples.toml", []
    for number, row in enumerate(source.tables.get(name, {}).get("example", ()), 1):
        f = Fields(f"{source.at(name)} example {number}", row, problems)
        f.known(("norm", "guard", "says", "act", "principal", "resource", "context", "verdict", "answer"))
        found.append(
            Example(
                norm=str(row.get("norm", row.get("guard", ""))),
                says=f.text("says"),
                act=f.text("act"),
                verdict=f.text("verdict"),
                principal=row.get("principal", {}),
                resource=row.get("resource", {}),
                context=row.get("context", {}),
                answer=f.text("answer", ""),
                place=f.place,
            )
        )
    return tuple(found)


def read_guard(source: Source, folder: str, problems: list[Problem]) -> Guard:
    """The guard in `guards/<folder>`: a floor is one Cedar `forbid`, a shield one `permit`."""
    base = f"guards/{folder}"
    f = Fields(source.at(f"{base}/guard.toml"), source.tables[f"{base}/guard.toml"], problems)
    f.known(GUARD_FIELDS)
    policy = source.texts.get(f"{base}/guard.cedar", "")
    if not policy:
        f.wrong("`guard.cedar` is not there", "write the policy beside guard.toml")
    return Guard(
        id=f.text("id"),
        kind=f.choice("kind", ("floor", "shield"), "floor"),
        title=f.words("title"),
        reading=f.words("reading"),
        cite=f.text("cite"),
        rank=Rank(f.choice("rank", [r.value for r in Rank], "statute")),
        holds_for=f.words("holds_for"),
        sets_aside=f.texts("sets_aside"),
        policy=policy,
        verified=bool(f.row.get("verified", False)),
        examples=_examples(source, base, problems),
        in_force_from=f.day("in_force_from", date.min),
        in_force_to=f.day("in_force_to", date.max),
    )
