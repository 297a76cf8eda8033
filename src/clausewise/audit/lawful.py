"""Tries what would have made an act lawful: one other value at a time, put to the law again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from clausewise.model.judgement import Key, Value
from clausewise.model.law import Attribute
from clausewise.model.words import Answer, Verdict
from clausewise.pdp.engine import GRANTED, Pdp
from clausewise.pdp.tree import Policy, literals_in

ASIDE = "set aside"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One value that would have changed the verdict on the norm: what it was, what it would be, what follows.

    `verdict` is the norm's own then (a value of `Verdict`, or "set aside" by a shield); `answer` that of
    the whole regulation, in which another norm may still stand in the way.
    """

    path: str
    was: Value
    value: Value
    verdict: str
    answer: Answer


def otherwise(pdp: Pdp, key: Key, norm: str) -> tuple[Otherwise, ...]:
    """Every other value of one attribute alone with which `norm` is not violated; lawful ones first."""
    reads = pdp.reads(key.act, key.principal_type, key.period)
    relevant = _relevant(pdp, norm)
    found = list[Otherwise]()
    for place, (path, was) in enumerate(zip(reads, key.values, strict=True)):
        if path not in relevant:
            continue
        attribute = attribute_of(pdp, key.act, path)
        for value in _others(attribute, was, pdp.policies()[norm]):
            values = (*key.values[:place], value, *key.values[place + 1 :])
            outcome = pdp.judge_afresh(replace(key, values=values))
            if norm not in outcome.violated():
                aside = norm in {name for name, _ in outcome.set_aside}
                verdict = ASIDE if aside else dict(outcome.verdicts)[norm].value
                found.append(Otherwise(path, was, value, verdict, outcome.answer))
    return tuple(sorted(found, key=lambda one: one.verdict == Verdict.INDETERMINATE.value))


def _relevant(pdp: Pdp, norm: str) -> frozenset[str]:
    """The attributes that can matter: those the norm's policies read, and those of shields that name it."""
    names = [norm, *(f"guard:{g.id}" for g in pdp.pack.guards.values() if norm in g.sets_aside)]
    return frozenset(path for name in names for policy in pdp.policies()[name] for path in policy.reads())


def attribute_of(pdp: Pdp, act: str, path: str) -> Attribute:
    """The attribute behind `resource.provided` or `context.duty` in a question about `act`."""
    variable, name = path.split(".", 1)
    owner = pdp.pack.acts[act].resource if variable == "resource" else variable
    return pdp.pack.attributes[f"{owner}.{name}"]


def _others(attribute: Attribute, was: Value, policies: tuple[Policy, ...]) -> Iterator[Value]:
    """The other values an attribute may have, one step away where it is a set."""
    if isinstance(was, bool):
        yield not was
    elif isinstance(was, frozenset):
        yield from (was - {word} for word in sorted(was))
        if len(was) > 1:
            yield frozenset()
        if f"{attribute.owner}.{attribute.name}" == GRANTED:
            yield from (was | {word} for word in attribute.values if word not in was)
    elif isinstance(was, int):
        edges = {int(n) for p in policies for n in literals_in(p.source["conditions"]) if type(n) is int}
        yield from sorted({n + step for n in edges for step in (-1, 0, 1)} - {was})
    else:
        yield from (word for word in attribute.values if word != was)
