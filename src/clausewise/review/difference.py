"""What changes between two packs: clauses, norms, readings, and every example whose verdict moves."""

from __future__ import annotations

from collections.abc import Iterator

from clausewise.model.law import Clause, Pack
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
    one, two = Pdp(old), Pdp(new)
    seen = set[tuple[str, str]]()
    for pack in (old, new):
        for clause in pack.clauses.values():
            for example in clause.examples:
                if (example.norm, example.says) in seen or not {
                    example.act
                } <= old.acts.keys() & new.acts.keys():
                    continue
                seen.add((example.norm, example.says))
                (a, wrong_a), (b, wrong_b) = stage(old, example), stage(new, example)
                if wrong_a or wrong_b:
                    continue
                first, second = one.outcome(key_of(one, a)).answer, two.outcome(key_of(two, b)).answer
                if first != second:
                    yield f"answer: {first} becomes {second}: {example.says}"
