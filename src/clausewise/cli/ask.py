"""`clausewise ask`: may I? The answer in one breath, with the clause, who can say yes and what to do next."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from clausewise.cli import _inputs, _place
from clausewise.cli._inputs import Office
from clausewise.labels import known_services
from clausewise.model.judgement import Judgement, Outcome, key_to_json
from clausewise.model.law import Act, Clause, Norm
from clausewise.model.words import Answer, Verdict
from clausewise.pdp.build import NeedsMore

HEADS = {
    Answer.ALLOW: {"en": "Yes, you may.", "es": "Sí, puede."},
    Answer.DENY: {"en": "No.", "es": "No."},
    Answer.NEEDS_PERMISSION: {
        "en": "Not yet: you need permission first.",
        "es": "Aún no: primero necesita permiso.",
    },
    Answer.NEEDS_PERSON: {"en": "A person has to look at this.", "es": "Esto lo tiene que ver una persona."},
    Answer.NOT_GOVERNED: {
        "en": "This regulation does not speak of that.",
        "es": "Este reglamento no habla de eso.",
    },
}
EPILOG = """\
examples:
  clausewise ask --as ana.lopez take_offsite device:RCOE-1182
  clausewise ask --as ana.lopez use_service service:dropbox --lang es
  clausewise ask                      (lists what can be asked)
A question leaves no trace: nothing is stored.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "ask",
        help="may I?",
        description="May I? The answer, the clause, who can say yes and what to do next.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("act", nargs="?", help="what you want to do; without it, the list")
    sub.add_argument("resource", nargs="?", help="the thing, as noun:name")
    sub.add_argument(
        "--as", dest="person", default="", help="who asks: id, account or mail of the staff list"
    )
    sub.add_argument("--at", default="", help="when, as 2026-10-05T09:00 in the county's time (default now)")
    sub.add_argument(
        "--with",
        dest="said",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="something only you know, such as data=confidential",
    )
    sub.add_argument("--lang", choices=("en", "es"), default="en")
    sub.add_argument("--json", action="store_true")
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer one question, or list what can be asked."""
    office = _inputs.office(args.pack)
    if not args.act or args.act not in office.pack.acts or not args.resource:
        return _guide(office, args)
    said = _said(office, office.pack.acts[args.act], args.said)
    at = moment(args.at, office.pack.zone)
    resource = args.resource.partition(":")[2] or args.resource
    person = office.facts.principal(args.person, at) if args.person else None
    if args.person and person is None and office.facts.has("staff"):
        raise ValueError(
            f"--as {args.person}: nobody of that name on the staff list; use an id, account or mail"
        )
    assume = None if office.facts.has("staff") and person else "Employee"
    while True:
        try:
            guided = sys.stdin.isatty() and not args.json
            question = office.builder.question(
                args.act, person, resource, at, said=said, assume=assume, guided=guided
            )
            break
        except NeedsMore as more:
            said[more.attribute.name] = _prompt(more, args.lang)
    judgement = office.pdp.judge(question, facts=office.facts.digest, labels=office.labels.digest)
    if args.json:
        print(json.dumps(as_json(office, judgement), ensure_ascii=False, indent=1))
    else:
        print("\n".join(words(office, judgement, args.act, args.lang, assumed=assume is not None)))
    return 0


def _said(office: Office, act: Act, pairs: Sequence[str]) -> dict[str, object]:
    """What the asker said, by attribute; a misspelt name or word is refused, since it would change the answer."""
    known = {
        a.name: a
        for a in office.pack.attributes.values()
        if "said" in a.sources
        and (a.owner in ("principal", act.resource) or (a.owner == "context" and a.name in act.context))
    }
    said: dict[str, object] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in known:
            raise ValueError(
                f"--with {pair}: {act.id} has no `{name}`; it has {', '.join(sorted(known)) or 'none'}"
            )
        values = known[name].values or ("true", "false", "yes", "no")
        for word in value.split(","):
            if word not in values and known[name].type != "number":
                raise ValueError(f"--with {pair}: `{word}` is not known; use one of {', '.join(values)}")
        said[name] = value
    return said


def moment(typed: str, zone: str) -> datetime:
    """The time typed, in the county's zone unless it names one; now if nothing was typed."""
    if not typed:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise ValueError(f"--at {typed}: not a time; write it as 2026-10-05T09:00") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _guide(office: Office, args: argparse.Namespace) -> int:
    """What can be asked, or how to name the thing."""
    acts = office.pack.acts
    if args.act in acts:
        act = acts[args.act]
        print(f"{act.says[args.lang]}: {act.refers[args.lang]}")
        return 2
    if args.act:
        print(f"{args.act}: not an act; these are")
    for act in acts.values():
        print(f"  {act.id:<28} {act.says[args.lang]}")
    return 2 if args.act else 0


def _prompt(more: NeedsMore, lang: str) -> str:
    """Ask the person at the terminal for one of the words of an attribute."""
    choices = [v for v in more.attribute.values if v != "unknown"]
    print(f"{more.attribute.says[lang]}?", file=sys.stderr)
    for number, choice in enumerate(choices, 1):
        print(f"  {number} {choice.replace('_', ' ')}", file=sys.stderr)
    typed = input("> ").strip()
    if typed.isdigit() and 1 <= int(typed) <= len(choices):
        return choices[int(typed) - 1]
    return typed or "unknown"


def words(office: Office, judgement: Judgement, act: str, lang: str, *, assumed: bool) -> list[str]:
    """The answer as an employee reads it."""
    outcome = judgement.outcome
    lines = [HEADS[outcome.answer][lang]]
    for clause_id, norms in _by_clause(office, _deciding(judgement)).items():
        clause = office.pack.clauses[clause_id]
        lines.append("")
        lines.append(f"{office.pack.regulation} {clause.id}, {clause.title[lang]}")
        unknown = set(outcome.of(Verdict.INDETERMINATE))
        for norm in norms:
            said = _not_known(office, judgement, norm, lang) if norm.id in unknown else [_says(norm, lang)]
            lines += [f"  {line}" for line in said if line]
        lines.append(f"  {clause.reading[lang]}")
        yes = {"en": "Who can say yes", "es": "Quién puede decir que sí"}[lang]
        if outcome.answer in (Answer.DENY, Answer.NEEDS_PERMISSION, Answer.NEEDS_PERSON):
            lines.append(f"  {yes}: {_place.authority(office.pack, clause, lang)}")
        lines += [f"  {line}" for line in _next(office, clause, judgement, lang)]
        lines += [f"  “{sentence}”" for sentence in _place.quoted(office.pack, clause.id)]
    lines += _guards(office, outcome, lang)
    for norm_id in outcome.advice:
        advice = {"en": "Advice", "es": "Consejo"}[lang]
        lines += ["", f"{advice} ({norm_id}): {_says(office.pack.norm(norm_id), lang)}"]
    if assumed and not office.facts.has("staff"):
        lines += [
            "",
            {
                "en": "There is no staff list yet, so this speaks of any employee. clausewise facts template DIR",
                "es": "Aún no hay lista de personal; esto vale para cualquier empleado. clausewise facts template DIR",
            }[lang],
        ]
    lines += [
        "",
        f"{act} · {office.pack.regulation} {office.pack.in_force_from} · pack {judgement.digests.pack[:12]} · facts {judgement.digests.facts[:12]}",
    ]
    return lines


def _guards(office: Office, outcome: Outcome, lang: str) -> list[str]:
    """The floors that hold, and what a shield set aside, each with its statute."""
    lines = []
    for floor in outcome.floors:
        guard = office.pack.guards[floor]
        lines += ["", f"{guard.cite}: {guard.reading[lang]}"]
    for norm_id, shield in outcome.set_aside:
        guard = office.pack.guards[shield]
        aside = {"en": "set aside by", "es": "apartado por"}[lang]
        lines += ["", f"{norm_id} {aside} {guard.cite}: {guard.title[lang]}"]
    return lines


def _deciding(judgement: Judgement) -> list[str]:
    """The norms that made the answer what it is."""
    outcome = judgement.outcome
    violated = [n for n in outcome.violated() if n not in outcome.advice]
    if violated:
        return violated
    return (
        [*outcome.of(Verdict.INDETERMINATE), *outcome.of(Verdict.PEOPLE)]
        if outcome.answer is Answer.NEEDS_PERSON
        else []
    )


def _by_clause(office: Office, norm_ids: list[str]) -> Mapping[str, list[Norm]]:
    found: dict[str, list[Norm]] = {}
    for norm_id in norm_ids:
        norm = office.pack.norm(norm_id)
        found.setdefault(norm.clause, []).append(norm)
    return found


def _says(norm: Norm, lang: str) -> str:
    return norm.says[lang] or norm.why_people[lang]


def _not_known(office: Office, judgement: Judgement, norm: Norm, lang: str) -> list[str]:
    """What nobody could say, one line each: the reason why this norm has no verdict."""
    key = judgement.question.key
    act, read = office.pack.acts[key.act], office.pdp.reads(key.act, key.principal_type, key.period)
    of_norm = {path for policy in office.pdp.policies()[norm.id] for path in policy.reads()}
    head = {"en": "Not known", "es": "No se sabe"}[lang]
    lines = []
    for path, value in zip(read, key.values, strict=True):
        variable, name = path.split(".", 1)
        attribute = office.pack.attributes[f"{act.resource if variable == 'resource' else variable}.{name}"]
        if path in of_norm and value == "unknown":
            choices = "|".join(v for v in attribute.values if v != "unknown")
            hint = f" (--with {name}={choices})" if "said" in attribute.sources else ""
            lines.append(f"{head}: {attribute.says[lang]}{hint}")
    return lines or [_says(norm, lang)]


def _next(office: Office, clause: Clause, judgement: Judgement, lang: str) -> list[str]:
    """The nearest yes, and where people take over."""
    lines = []
    provided = _provided_instead(office, judgement)
    nearest = clause.nearest_yes[lang]
    if nearest and ("{provided}" not in nearest or provided):
        lines.append(nearest.format(provided=provided))
    for route in clause.routes:
        entry = office.pack.registers["routes"].get(route)
        says = entry.get("says") if entry else None
        if isinstance(says, dict):
            lines.append(f"→ {says[lang]}")
    return lines


def _provided_instead(office: Office, judgement: Judgement) -> str:
    """The service that the county provides for the same purpose as the one asked about; empty if none."""
    facts, at, name = office.facts, judgement.question.at, judgement.question.resource
    if not facts.has("services"):
        return ""
    row, known = facts.row("services", name, at), known_services().get(name)
    purpose = (row.get("purpose") if row else None) or (known.purpose if known else None)
    wanted = str(purpose or "").replace("_", " ").lower()
    for other in facts.rows("services", at):
        has = str(other.get("purpose") or "").replace("_", " ").lower()
        if other.get("fee") is True or str(other.get("service")) == name:
            continue
        if (
            wanted
            and other.get("provided") is True
            and (wanted == has or wanted in has or (has and has in wanted))
        ):
            return str(other.get("name") or other.get("service"))
    return ""


def as_json(office: Office, judgement: Judgement) -> dict[str, object]:
    """The judgement for a machine: answer, clauses, authorities, the key and the digests."""
    outcome = judgement.outcome
    deciding = _deciding(judgement)
    clauses = sorted({office.pack.norm(n).clause for n in deciding})
    return {
        "answer": outcome.answer.value,
        "clauses": clauses,
        "norms": dict(outcome.verdicts),
        "authority": {c: office.pack.clauses[c].authority for c in clauses},
        "grants_needed": list(outcome.grants_needed),
        "floors": list(outcome.floors),
        "set_aside": [list(pair) for pair in outcome.set_aside],
        "advice": list(outcome.advice),
        "routes": [r for c in clauses for r in office.pack.clauses[c].routes],
        "at": judgement.question.at.isoformat(),
        "key": key_to_json(judgement.question.key),
        "digests": {
            "pack": judgement.digests.pack,
            "facts": judgement.digests.facts,
            "labels": judgement.digests.labels,
        },
    }
