"""Proves by trying: no policy of the pack can err, whatever values its attributes take."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from clausewise.model.judgement import Value
from clausewise.model.law import Attribute, Pack
from clausewise.pack import Problem
from clausewise.pdp.cedar import validate
from clausewise.pdp.engine import Pdp
from clausewise.pdp.schema import cedar_schema
from clausewise.pdp.tree import Policy, paths_in
from clausewise.review.examples import Scene, holds

NUMBERS = (-(2**63), -1, 0, 1, 2**63 - 1)
MOST = 4_096
"""Combinations tried for one policy; beyond it, each pair of neighbouring values is still tried once."""


def domain(attribute: Attribute) -> tuple[Value, ...]:
    """Every value that can matter to a policy: all words, both flags, the ends of the numbers."""
    if attribute.type == "flag":
        return (False, True)
    if attribute.type == "word":
        return attribute.values
    if attribute.type == "number":
        return NUMBERS
    words = attribute.values
    return (frozenset[str](), *(frozenset({word}) for word in words), frozenset(words))


def unsound(pdp: Pdp) -> tuple[int, list[Problem]]:
    """(combinations tried, problems): errors at run time, and what Cedar's strict validation refuses."""
    tried, problems = 0, list[Problem]()
    every = [policy for policies in pdp.policies().values() for policy in policies]
    for message in validate(every, cedar_schema(pdp.pack)):
        problems.append(Problem("policies", message, "use the attributes and values of attributes.toml"))
    for policy in every:
        for scene in scenes(pdp.pack, policy):
            tried += 1
            errors = holds([policy], scene)[1]
            if errors:
                text = "; ".join(errors.values())
                problems.append(Problem(policy.id, f"errs: {text}", "guard it so that it cannot"))
                break
    return tried, problems


def scenes(pack: Pack, policy: Policy) -> Iterator[Scene]:
    """Scenes over all combinations of what the policy reads (at most `MOST`)."""
    act = next((a for a in pack.acts.values() if a.id in policy.actions), None)
    if act is None:
        return
    kind = next(iter(policy.principals), act.principal[0])
    paths = sorted(policy.reads())
    domains = []
    for path in paths:
        variable, name = path.split(".", 1)
        attribute = pack.attributes.get(f"{act.resource if variable == 'resource' else variable}.{name}")
        if attribute is None:
            return
        domains.append(domain(attribute))
    for values in itertools.islice(itertools.product(*domains), MOST):
        yield Scene(act.id, kind, act.resource, dict(zip(paths, values, strict=True)))


def grants_outside_unless(policies: Mapping[str, tuple[Policy, ...]]) -> list[Problem]:
    """A permission may only excuse: `context.granted` anywhere but in `unless` (or a shield) is refused."""
    problems = []
    for name, of_norm in policies.items():
        for policy in of_norm:
            for kind, body in policy.conditions():
                if kind == "when" and policy.effect == "forbid" and _reads_granted(body):
                    problems.append(Problem(name, "reads `context.granted` in `when`", "move it to `unless`"))
                if kind == "unless" and _negates_granted(body):
                    problems.append(
                        Problem(name, "negates `context.granted`", "a permission can only excuse")
                    )
    return problems


def _reads_granted(body: object) -> bool:
    return "context.granted" in set(paths_in(body))


def _negates_granted(body: object) -> bool:
    """Whether a `!` anywhere stands over a reading of the grants."""
    if isinstance(body, list):
        return any(_negates_granted(part) for part in body)
    if not isinstance(body, dict):
        return False
    if "!" in body and _reads_granted(body["!"]):
        return True
    return any(_negates_granted(part) for part in body.values())
