"""Breaks each policy on purpose, one part at a time: an example must notice, or the part is not needed."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

from clausewise.model.law import Example
from clausewise.pack import Problem
from clausewise.pdp.engine import Pdp
from clausewise.pdp.tree import Json, Policy, joined, parts
from clausewise.review.examples import holds, stage, verdict_alone

OPERATOR = {"when": "&&", "unless": "||"}
TRUE: Json = {"Value": True}


def mutants(policy: Policy) -> Iterator[tuple[str, Policy | None]]:
    """(what was done, the mutant) for each way to break `policy`; None stands for the policy removed."""
    yield "removed", None
    yield "negated", _with_conditions(policy, [{"kind": "when", "body": {"!": {"arg": _whole(policy)}}}])
    for number, (kind, body) in enumerate(policy.conditions()):
        operator = OPERATOR[kind]
        operands = parts(body, operator)
        word = "conjunct" if kind == "when" else "disjunct"
        for index in range(len(operands)):
            rest = operands[:index] + operands[index + 1 :]
            conditions = copy.deepcopy(policy.source["conditions"])
            if rest:
                conditions[number]["body"] = joined(rest, operator)
            else:
                del conditions[number]
            yield f"{word} {index + 1} of `{kind}` dropped", _with_conditions(policy, conditions)


def _with_conditions(policy: Policy, conditions: list[Json]) -> Policy:
    return replace(policy, source={**policy.source, "conditions": conditions})


def _whole(policy: Policy) -> Json:
    """All conditions of a policy as one expression."""
    bodies = [b if kind == "when" else {"!": {"arg": b}} for kind, b in policy.conditions()]
    return joined(bodies, "&&") if bodies else TRUE


def idle_parts(pdp: Pdp) -> list[Problem]:
    """Every part of every policy that no example needs, unless the policy says why with `@keeps("...")`."""
    problems = []
    for clause in pdp.pack.clauses.values():
        for norm in clause.norms:
            if norm.policy:
                examples = [e for e in clause.examples if e.norm == norm.id]
                problems += _idle(pdp, norm.id, norm.policy_file, examples, guard=False)
    for guard in pdp.pack.guards.values():
        problems += _idle(
            pdp, f"guard:{guard.id}", f"guards/{guard.id}/guard.cedar", guard.examples, guard=True
        )
    return problems


def _idle(pdp: Pdp, name: str, place: str, examples: Sequence[Example], *, guard: bool) -> list[Problem]:
    policies = pdp.policies()[name]
    staged = [stage(pdp.pack, example) for example in examples]
    scenes = [scene for scene, wrong in staged if not wrong]

    def verdicts(of: Sequence[Policy]) -> list[str]:
        if not guard:
            return [verdict_alone(of, scene) for scene in scenes]
        return [
            str(bool(holds([p for p in of if p.applies_to(s.act, s.principal_type, s.resource_type)], s)[0]))
            for s in scenes
        ]

    before = verdicts(policies)
    problems = []
    for number, policy in enumerate(policies):
        if "keeps" in policy.source.get("annotations", {}):
            continue
        for what, mutant in mutants(policy):
            others = [*policies[:number], *([mutant] if mutant else []), *policies[number + 1 :]]
            if verdicts(others) == before:
                problems.append(
                    Problem(
                        place, f"`{policy.id}` {what}, and no example notices", "add an example that needs it"
                    )
                )
    return problems
