"""Writes the reference pages on the law from the pack itself, so that they cannot say something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clausewise.cli import _place
from clausewise.cli._markdown import MADE, codes, page, table
from clausewise.model.law import Act, Attribute, Clause, Entry, Guard, Norm, Pack
from clausewise.model.words import ADDRESSEES, MODALITIES, Answer, JudgedBy, Kind, Rank, Verdict
from clausewise.pdp.schema import cedar_schema

ACTS = """\
One file each in `acts/`. `clausewise ask` takes the name and the thing, as in `use_service service:dropbox`."""
ATTRIBUTES = """\
Every attribute has a value always: there are no optional ones. *From* is tried in order; *unknown* stands when no
source knows."""
SCHEMA = "Generated from the two lists above; `clausewise pack schema` prints it."


def clauses(pack: Pack) -> str:
    """Every clause with its reading, norms, authority and blind spots; then the guards above them."""
    norms = pack.norms()
    judged = {by: sum(norm.judged_by is by for norm in norms) for by in JudgedBy}
    lines = [
        f"# {pack.regulation}, clause by clause",
        MADE,
        "",
        _introduction(pack),
        "",
        f"{len(pack.clauses)} clauses with {len(norms)} norms: "
        + ", ".join(f"{count} judged by {by}" for by, count in judged.items() if by is not JudgedBy.NONE)
        + f", {judged[JudgedBy.NONE]} that nobody can break.",
    ]
    for clause in pack.clauses.values():
        lines += _clause(pack, clause)
    lines += [
        "",
        "## Guards",
        "",
        "A *floor* forbids by statute and nothing lifts it. A *shield* sets norms aside.",
    ]
    lines += [
        "Where the last column says *from memory*, nobody has compared the citation with the code.",
        "",
    ]
    rows = (
        [g.id, g.kind, _words(g.title), g.cite, _aside(g), _verified(g.verified)]
        for g in pack.guards.values()
    )
    lines += table(("guard", "kind", "what", "law", "sets aside", "citation"), rows)
    return page(lines)


def _introduction(pack: Pack) -> str:
    return (
        f"{pack.title['en']}, {pack.issuer}, as revised on {pack.in_force_from}. The readings are this project's "
        "own words; the regulation and the law decide. `clausewise pack show 9.f` shows one clause with its "
        "policies and examples, and with the county's text once `clausewise pack text` has taken it in."
    )


def _clause(pack: Pack, clause: Clause) -> Iterator[str]:
    yield from (
        "",
        f"## {clause.id} {clause.title['en']}",
        "",
        f"*{clause.title['es']}*",
        "",
        clause.reading["en"],
        "",
    )
    yield from table(
        ("norm", "kind", "who, in the text's word", "judged by", "examples"),
        (
            [_norm_name(norm), norm.kind, _force(norm), _judge(norm), _examples(clause, norm)]
            for norm in clause.norms
        ),
    )
    yield from ("", f"- Who may say yes: {_place.authority(pack, clause, 'en')}")
    if clause.told:
        yield f"- Told or asked: {', '.join(_office(pack, office) for office in clause.told)}"
    if clause.routes:
        routes = (_words(pack.registers["routes"][route]["title"]) for route in clause.routes)
        yield f"- People: {'; '.join(routes)}"
    if clause.windows:
        yield f"- Counted over time: {', '.join(f'`{window.id}`' for window in clause.windows)}"
    for cell, reason in clause.not_applicable.items():
        yield f"- {cell.capitalize()}: nothing. {reason[:1].upper()}{reason[1:]}"
    if clause.legal:
        yield f"- Law: {'; '.join(_law(pack.registers['legal'][name]) for name in clause.legal)}"
    yield f"- What software cannot see: {clause.cannot_judge['en']}"


def _norm_name(norm: Norm) -> str:
    return f"`{norm.id}`" + (" (advice)" if norm.advice else "")


def _force(norm: Norm) -> str:
    return norm.addressee if norm.modality == "none" else f"{norm.addressee}, *{norm.modality}*"


def _judge(norm: Norm) -> str:
    if norm.judged_by is JudgedBy.POLICY:
        return "policy, a permission can excuse" if norm.grantable else "policy"
    if norm.judged_by is JudgedBy.CLOCK:
        return f"clock `{norm.clock}`"
    return str(norm.judged_by)


def _examples(clause: Clause, norm: Norm) -> str:
    return str(sum(example.norm == norm.id for example in clause.examples) or "")


def _law(reference: Entry) -> str:
    """The citation as it stands now, and how sure we are of it."""
    cite = str(reference.get("cite") or reference.get("printed") or reference.id)
    status = str(reference.get("status", ""))
    notes = [status.replace("_", " ")] if status not in ("", "in_force") else []
    if not reference.get("verified", False):
        notes.append("from memory")
    return cite + (f" ({', '.join(notes)})" if notes else "")


def _verified(verified: bool) -> str:
    return "compared" if verified else "from memory"


def _aside(guard: Guard) -> str:
    return ", ".join(f"`{norm}`" for norm in guard.sets_aside)


def _office(pack: Pack, office: str) -> str:
    entry = pack.registers["designations"].get(office)
    return _words(entry["title"]) if entry else office


def vocabulary(pack: Pack) -> str:
    """The nouns, verbs and fixed words that a clause may use, and the schema they make."""
    return page(
        [
            *("# Vocabulary", MADE, "", "The words that clauses, examples and questions are written in."),
            *("", "## Acts", "", ACTS, "", *_acts(pack)),
            *("", "## Attributes", "", ATTRIBUTES, "", *_attributes(pack)),
            *("", "## Offices", "", *_offices(pack)),
            *("", "## The county's numbers", "", *_numbers(pack)),
            *("", "## Fixed words", "", *_fixed_words()),
            *(
                "",
                "## The Cedar schema",
                "",
                SCHEMA,
                "",
                "```cedarschema",
                cedar_schema(pack).rstrip(),
                "```",
            ),
        ]
    )


def _acts(pack: Pack) -> list[str]:
    return table(
        ("act", "May I ...?", "of whom", "thing", "context", "in logs of", "asked by"),
        (_act(act) for act in pack.acts.values()),
    )


def _attributes(pack: Pack) -> list[str]:
    return table(
        ("attribute", "type", "values", "from", "unknown", "what it means"),
        (_attribute(attribute) for attribute in pack.attributes.values()),
    )


def _offices(pack: Pack) -> list[str]:
    offices = pack.registers["designations"].values()
    return table(("office", "title", "named by"), (_office_row(office) for office in offices))


def _numbers(pack: Pack) -> list[str]:
    return table(
        ("parameter", "value", "clause", "source", "what it does"),
        (
            [
                f"`{e.id}`",
                f"{e['value']} {e.get('unit', '')}",
                e.get("clause"),
                e.get("source"),
                _words(e.get("says")),
            ]
            for e in pack.registers["parameters"].values()
        ),
    )


def _fixed_words() -> list[str]:
    rows = [
        ["kind of norm", codes(Kind)],
        ["judged by", codes(JudgedBy)],
        ["verdict on a norm", codes(Verdict)],
        ["answer", codes(Answer)],
        ["rank of law", codes(Rank)],
        ["addressee", codes(sorted(ADDRESSEES))],
        ["modality", codes(sorted(MODALITIES))],
    ]
    return table(("for", "words"), rows)


def _act(act: Act) -> list[str]:
    logs = ", ".join(dict.fromkeys(rule.cls for rule in act.logs))
    return [
        f"`{act.id}`",
        act.says["en"],
        ", ".join(act.principal),
        act.resource,
        codes(act.context),
        logs,
        ", ".join(act.gates),
    ]


def _attribute(attribute: Attribute) -> list[str]:
    unknown = attribute.unknown
    shown = (
        "none"
        if isinstance(unknown, frozenset)
        else str(unknown).lower()
        if isinstance(unknown, bool)
        else str(unknown)
    )
    sources = ", ".join(f"`{source}`" for source in attribute.sources)
    return [
        f"`{attribute.path}`",
        attribute.type,
        ", ".join(attribute.values),
        sources,
        shown,
        attribute.says["en"],
    ]


def _office_row(office: Entry) -> list[str]:
    source = {"text": "the text", "ours": "this project"}.get(str(office.get("source")), "")
    return [f"`{office.id}`", _words(office["title"]), source]


def _words(words: object) -> str:
    return str(words.get("en", "")) if isinstance(words, Mapping) else str(words or "")
