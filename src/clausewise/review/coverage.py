"""The coverage table: for each clause, what shows it before, during and after an act, and through people.

A cell is never declared. It holds the ids of what shows it, or `n/a` with the pack's reason, or `not yet`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from clausewise.model.law import Clause, Norm, Pack
from clausewise.model.words import JudgedBy

NOT_YET = "not yet"


def coverage(
    pack: Pack,
    sources: Mapping[str, Collection[str]],
    gates: Collection[str],
    fields: Mapping[str, Collection[str]],
) -> list[dict[str, object]]:
    """One row a clause, in printed order.

    Args:
        sources: log class to the sources that exist for it. gates: the enforcement points that exist.
        fields: log class to what its events can tell; a rule that asks for more shows nothing yet.
    """
    return [_row(pack, clause, sources, gates, fields) for clause in pack.clauses.values()]


def _row(
    pack: Pack,
    clause: Clause,
    sources: Mapping[str, Collection[str]],
    gates: Collection[str],
    fields: Mapping[str, Collection[str]],
) -> dict[str, object]:
    judged = [n for n in clause.norms if n.judged_by in (JudgedBy.POLICY, JudgedBy.PEOPLE)]
    acts = sorted({act for norm in judged for act in norm.acts})
    return {
        "id": clause.id,
        "title": clause.title["en"],
        "norms": [_norm(norm) for norm in clause.norms],
        "authority": clause.authority,
        "examples": len(clause.examples),
        "guards": _guards(pack, clause),
        "before": _cell(clause, "before", [f"ask:{act}" for act in acts]),
        "during": _cell(clause, "during", *_gated(pack, judged, gates)),
        "after": _cell(clause, "after", *_logged(pack, clause, judged, sources, fields)),
        "people": _cell(clause, "people", _people(pack, clause)),
        "cannot_judge": clause.cannot_judge["en"],
    }


def _norm(norm: Norm) -> dict[str, str]:
    return {
        "id": norm.id,
        "kind": norm.kind.value,
        "addressee": norm.addressee,
        "modality": norm.modality,
        "judged_by": norm.judged_by.value,
    }


def _cell(clause: Clause, name: str, shown_by: list[str], waits: Sequence[str] = ()) -> str:
    if shown_by:
        return ", ".join(shown_by)
    reason = clause.not_applicable.get(name)
    if reason:
        return f"n/a: {reason}"
    return f"{NOT_YET}, waits for {', '.join(waits)}" if waits else NOT_YET


def _guards(pack: Pack, clause: Clause) -> list[str]:
    """Shields that can set a norm of this clause aside, and floors over an act that it speaks of."""
    norms, acts = {n.id for n in clause.norms}, {a for n in clause.norms for a in n.acts}
    return sorted(
        g.id
        for g in pack.guards.values()
        if norms & set(g.sets_aside)
        or (g.kind == "floor" and any(f'Action::"{a}"' in g.policy for a in acts))
    )


def _gated(pack: Pack, judged: list[Norm], gates: Collection[str]) -> tuple[list[str], list[str]]:
    """(gates that ask an act of a norm that a policy judges, gates that would but do not exist)."""
    wanted = {g for n in judged if n.judged_by is JudgedBy.POLICY for a in n.acts for g in pack.acts[a].gates}
    there = wanted & set(gates)
    return [f"gate:{g}" for g in sorted(there)], [f"gate:{g}" for g in sorted(wanted - there)]


def _logged(
    pack: Pack,
    clause: Clause,
    judged: list[Norm],
    sources: Mapping[str, Collection[str]],
    fields: Mapping[str, Collection[str]],
) -> tuple[list[str], list[str]]:
    """(sources whose events stand for an act of a norm that a policy judges, windows and log classes awaited)."""
    found, waits = set[str](), {f"window:{window.id}" for window in clause.windows}
    for norm in judged:
        for act in norm.acts:
            for rule in pack.acts[act].logs:
                unseen = sorted({str(name) for name, *_ in rule.when} - set(fields.get(rule.cls, ())))
                if not sources.get(rule.cls):
                    waits.add(f"{rule.cls} events")
                elif unseen:
                    waits.add(f"{rule.cls} events that tell {' and '.join(unseen)}")
                elif norm.judged_by is JudgedBy.POLICY:
                    found |= {f"{act}<-{source}" for source in sources[rule.cls]}
    return sorted(found), sorted(waits)


def _people(pack: Pack, clause: Clause) -> list[str]:
    """The routes and clocks that exist as data for this clause."""
    routes = [f"route:{r}" for r in clause.routes if r in pack.registers["routes"]]
    clocks = [f"clock:{n.clock}" for n in clause.norms if n.clock in pack.registers["clocks"]]
    return routes + sorted(set(clocks))
