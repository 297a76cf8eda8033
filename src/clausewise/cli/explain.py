"""`clausewise explain`: all that stands behind one finding, without anybody's name."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from clausewise.audit import store
from clausewise.audit.explain import Explanation, Material, explain
from clausewise.audit.findings import Finding
from clausewise.audit.naming import Naming
from clausewise.audit.parts import Side
from clausewise.audit.standing import Standing
from clausewise.audit.timeline import moment
from clausewise.cli import _chosen, _inputs, _place
from clausewise.cli._explain_words import Teller
from clausewise.facts import publish
from clausewise.facts.problem import FactsError
from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Value

EPILOG = """\
examples:
  clausewise explain 3f2a
  clausewise explain 3f2a --lang es
Nobody is named: who is meant is shown only through `clausewise reveal`.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "explain",
        help="what stands behind a finding: clause, question, policy, facts",
        description="Show what stands behind one finding: the clause, the question, the policy condition by"
        " condition, guards, lists, facts as they were, and what would have made it lawful.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("finding", help="id of a finding, or its beginning")
    sub.add_argument("--lang", choices=("en", "es"), default="en")
    sub.add_argument("--json", action="store_true")
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Explain one kept finding."""
    home = _place.home()
    judgements = one(home, args.finding)
    office = _inputs.office(args.pack)
    facts = _facts_then(home, judgements, office.facts)
    naming = Naming(store.pseudonym_key(home), office.pack, facts)
    found = explain(judgements, Material(office.pdp, facts, office.labels, naming))
    quoted = _place.quoted(office.pack, found.finding.clause)
    now = datetime.now(UTC)
    stands = _chosen.stand(judgements[-1:], office.facts, office.pack, home, now)[found.finding.id]
    if args.json:
        print(json.dumps(as_json(found, quoted, stands), ensure_ascii=False, indent=1))
    else:
        print("\n".join(Teller(found, office.pdp, args.lang, stands, quoted).lines()))
    return 0


def one(home: Path, begins: str) -> list[Finding]:
    """Every judgement of the one kept finding whose id begins so.

    Raises:
        ValueError: there is none, or several.
    """
    found = store.judgements(home, begins)
    if len(found) != 1:
        what = "no finding begins" if not found else f"{len(found)} findings begin"
        raise ValueError(f"{begins}: {what} with that; clausewise findings list --csv FILE lists the ids")
    return next(iter(found.values()))


def _facts_then(home: Path, judgements: list[Finding], now: Facts) -> Facts:
    """The snapshot that the newest judgement was made with, if it is still kept; else today's."""
    digest = judgements[-1].digests.facts
    if judgements[-1].status == "withdrawn" and len(judgements) > 1:
        digest = judgements[-2].digests.facts
    if not digest or digest == now.digest:
        return now
    try:
        return publish.load(home, digest)
    except FactsError:
        return now


def as_json(found: Explanation, quoted: tuple[str, ...], stands: Standing) -> dict[str, object]:
    """The explanation for a machine; the same things in the same order."""
    finding, norm = found.finding, found.norm
    return {
        "finding": {k: v for k, v in finding.row().items() if k not in ("key", "time", "judged")},
        "time": moment(finding.time).isoformat(),
        "standing": {"state": stands.state, "outcome": stands.outcome, "reason": stands.reason}
        | {"until": stands.until.isoformat() if stands.until else "", "by": stands.by},
        "clause": _clause(found, quoted),
        "norm": {"says": dict(norm.says), "grantable": norm.grantable} if norm else {},
        "same": {"pack": found.same_law, "facts": found.same_facts, "labels": found.same_labels},
        "question": _question(found),
        "policy": {"text": norm.policy if norm else "", "sides": [_side(side) for side in found.sides]},
        "guards": [
            {"id": g.guard.id, "kind": g.guard.kind, "cite": g.guard.cite, "applied": g.applied, "why": g.why}
            | {"sides": [_side(side) for side in g.sides]}
            for g in found.guards
        ],
        "lists": [{name: getattr(row, name) for name in row.__slots__} for row in found.lists],
        "service": found.service_of_host,
        "facts": [{"table": r.table, "state": r.state, "row": dict(r.cells)} for r in found.rows],
        "otherwise": [
            {"attribute": o.path, "value": _plain(o.value), "verdict": o.verdict, "answer": o.answer.value}
            for o in found.otherwise
        ],
        "judgements": [
            {
                "status": j.status,
                "reason": j.reason,
                "judged": moment(j.judged).isoformat() if j.judged else "",
            }
            | {"digests": {"pack": j.digests.pack, "facts": j.digests.facts, "labels": j.digests.labels}}
            for j in found.judgements
        ],
    }


def _clause(found: Explanation, quoted: tuple[str, ...]) -> dict[str, object]:
    clause = found.clause
    return {
        "id": found.finding.clause,
        "title": dict(clause.title) if clause else {},
        "reading": dict(clause.reading) if clause else {},
        "quoted": list(quoted),
        "authority": clause.authority if clause else "",
        "routes": list(clause.routes) if clause else [],
    }


def _question(found: Explanation) -> list[dict[str, object]]:
    return [
        {
            "attribute": asked.path,
            "says": dict(asked.attribute.says),
            "value": _plain(asked.value),
            "source": asked.source,
            "sources": list(asked.attribute.sources),
            "read_by_norm": asked.decides,
        }
        for asked in found.question
    ]


def _plain(value: Value) -> object:
    """A value as JSON has it: a set is a sorted list."""
    return sorted(value) if isinstance(value, frozenset) else value


def _side(side: Side) -> dict[str, object]:
    return {
        "policy": side.policy,
        "unknown_side": side.unknown_side,
        "in_scope": side.in_scope,
        "holds": side.holds,
        "parts": [
            {"kind": p.kind, "mark": p.mark, "deciding": p.deciding, "text": p.text, "line": p.line}
            for p in side.parts
        ],
    }
