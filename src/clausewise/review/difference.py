"""What changes between two packs: clauses, norms, readings, and every example whose verdict moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clausewise.model.law import Clause, Example, Pack
from clausewise.pdp.engine import Pdp
from clausewise.review.examples import key_of, stage


def differences(old: Pack, new: Pack) -> Iterator[str]:
    """One line per difference, clause by clause; then the examples of either that are answered otherwise."""
    for clause_id in [*old.clauses, *(c for c in new.clauses if c not in old.clauses)]:
        before, after = old.clauses.get(clause_id), new.clauses.get(clause_id)
        if before is None:
            yield f"{clause_id}: added, {after.title['en'] if after else ''}"
        elif after is None:
            yield f"{clause_id}: removed, {before.title['en']}"
        else:
            yield from _clause(before, after)
    for norm in sorted(new.disabled.keys() - old.disabled.keys()):
        yield f"{norm}: disabled, {new.disabled[norm]}"
    for guard_id in sorted(old.guards.keys() ^ new.guards.keys()):
        yield f"guard {guard_id}: {'added' if guard_id in new.guards else 'removed'}"
    for name, entry in sorted(new.registers["parameters"].items()):
        then = old.registers["parameters"].get(name)
        if then is not None and then["value"] != entry["value"]:
            yield f"parameter {name}: {then['value']} becomes {entry['value']}"
    yield from _answers(old, new)


def _clause(before: Clause, after: Clause) -> Iterator[str]:
    for name in ("title", "reading", "cannot_judge", "authority", "routes", "told"):
        if getattr(before, name) != getattr(after, name):
            yield f"{after.id}: {name.replace('_', ' ')} changed"
    norms = {n.id: n for n in before.norms}
    for norm in after.norms:
        then = norms.pop(norm.id, None)
        if then is None:
            yield f"{norm.id}: norm added"
        elif then.policy != norm.policy:
            yield f"{norm.id}: policy changed"
        elif then != norm:
            yield f"{norm.id}: norm changed"
    for gone in norms:
        yield f"{gone}: norm removed"


def _answers(old: Pack, new: Pack) -> Iterator[str]:
    """Each example of either pack that the two answer differently."""
    one, two = Pdp(old), Pdp(new)
    seen = set[tuple[str, str]]()
    for pack in (old, new):
        for clause in pack.clauses.values():
            for example in clause.examples:
                if (example.norm, example.says) in seen:
                    continue
                seen.add((example.norm, example.says))
                first, second = _answer(one, example), _answer(two, example)
                if first != second:
                    yield f"answer: {first} becomes {second}: {example.says}"


def _answer(pdp: Pdp, example: Example) -> str:
    """What a pack answers to an example, of which it may not know every word: those it cannot ask about."""
    act = pdp.pack.acts.get(example.act)
    if act is None:
        return "not asked"
    known = {a.path for a in pdp.pack.attributes.values()}
    fitted = replace(
        example,
        principal={k: v for k, v in example.principal.items() if k == "type" or f"principal.{k}" in known},
        resource={k: v for k, v in example.resource.items() if f"{act.resource}.{k}" in known},
        context={k: v for k, v in example.context.items() if k in act.context},
    )
    scene, problems = stage(pdp.pack, fitted)
    return "not asked" if problems else pdp.outcome(key_of(pdp, scene)).answer.value
