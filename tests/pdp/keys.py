"""Questions for these tests: any key a pack can be asked, drawn at random or a step away from an example."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cache

from hypothesis import strategies as st

from clausewise.model.judgement import Key, Value
from clausewise.model.law import Attribute
from clausewise.pack import load_pack
from clausewise.pdp.engine import GRANTED, Pdp
from clausewise.pdp.schema import PRINCIPALS
from clausewise.review.examples import Scene, stage
from clausewise.review.soundness import domain
from toy_pack.toy import toy

NO_VALUES: Mapping[str, Value] = {}
TOY_FIXED: Mapping[str, Value] = {"resource.weight": 1, "resource.kinds": frozenset({"blade"})}
"""What is held still where the small pack is walked through whole: some 1,300 keys an act remain."""


@cache
def engine(name: str) -> Pdp:
    """The engine of `toy` or `ar4040`, made once."""
    return Pdp(toy() if name == "toy" else load_pack(name))


def periods(pdp: Pdp) -> int:
    """How many dated states of the law the pack has."""
    norms, guards = pdp.pack.norms(), pdp.pack.guards.values()
    since = {n.in_force_from for n in norms} | {g.in_force_from for g in guards}
    until = {n.in_force_to for n in norms} | {g.in_force_to for g in guards}
    return len((since | until) - {min(since).min, min(since).max}) + 1


def attribute_of(pdp: Pdp, act: str, path: str) -> Attribute:
    """The attribute behind `resource.owner`, `context.duty` or `principal.status` of an act."""
    variable, name = path.split(".", 1)
    owner = pdp.pack.acts[act].resource if variable == "resource" else variable
    return pdp.pack.attributes[f"{owner}.{name}"]


def values_of(attribute: Attribute) -> st.SearchStrategy[Value]:
    """Every value that the attribute can take; sets of words in any mixture."""
    if attribute.type == "words":
        return (
            st.frozensets(st.sampled_from(sorted(attribute.values)), max_size=3)
            if attribute.values
            else st.just(frozenset())
        )
    return st.sampled_from(domain(attribute))


@cache
def _staged(name: str) -> tuple[tuple[str, str, dict[str, Value]], ...]:
    pack = engine(name).pack
    written = [*(c.examples for c in pack.clauses.values()), *(g.examples for g in pack.guards.values())]
    scenes = [stage(pack, example)[0] for examples in written for example in examples]
    return tuple((s.act, s.principal_type, dict(s.values)) for s in scenes)


@st.composite
def keys(
    draw: st.DrawFn, name: str, *, newest: bool = False, governed: bool = False, reading: str = ""
) -> Key:
    """A key of the pack called `name`. Half start from a worked example, so that norms and guards do speak.

    `newest`: by today's law. `governed`: of somebody inside the scope. `reading`: only acts that read this.
    """
    pdp = engine(name)
    last = periods(pdp) - 1
    if reading:
        newest = governed = True
        acts = [a for a in sorted(pdp.pack.acts) if reading in pdp.reads(a, "Employee", last)]
    known: dict[str, Value] = {}
    if reading:
        act, kind = draw(st.sampled_from(acts)), "Employee"
        known = next((k for a, t, k in _staged(name) if (a, t) == (act, kind)), {})
    elif draw(st.booleans()):
        act, kind, known = draw(st.sampled_from(_staged(name)))
    else:
        act, kind = draw(st.sampled_from(sorted(pdp.pack.acts))), draw(st.sampled_from(PRINCIPALS))
    if governed and kind not in pdp.pack.governed:
        kind = "Employee"
    period = last if newest else draw(st.sampled_from([last, last, *range(last + 1)]))
    reads = pdp.reads(act, kind, period)
    turned = set(draw(st.lists(st.sampled_from(reads), max_size=3))) if known and reads else set(reads)
    values = tuple(
        draw(values_of(attribute_of(pdp, act, path))) if path in turned or path not in known else known[path]
        for path in reads
    )
    return Key(act, kind, values, period)


def scene_of(pdp: Pdp, key: Key) -> Scene:
    """The same question for an evaluator that knows nothing of keys."""
    reads = pdp.reads(key.act, key.principal_type, key.period)
    values = dict(zip(reads, key.values, strict=True))
    return Scene(key.act, key.principal_type, pdp.pack.acts[key.act].resource, values)


def with_grants(pdp: Pdp, key: Key, clauses: frozenset[str]) -> Key | None:
    """The key of somebody who holds these permissions too; None where no policy reads permissions."""
    reads = pdp.reads(key.act, key.principal_type, key.period)
    if GRANTED not in reads:
        return None
    place = reads.index(GRANTED)
    had = key.values[place]
    assert isinstance(had, frozenset)
    values = (*key.values[:place], had | clauses, *key.values[place + 1 :])
    return Key(key.act, key.principal_type, values, key.period)


def all_keys(name: str, act: str, kind: str, fixed: Mapping[str, Value] = NO_VALUES) -> Iterator[Key]:
    """Every key of one act by one kind of person under the newest law; what is `fixed` keeps its value."""
    pdp = engine(name)
    period = periods(pdp) - 1
    reads = pdp.reads(act, kind, period)
    choices = [(fixed[p],) if p in fixed else set(domain(attribute_of(pdp, act, p))) for p in reads]
    for values in itertools.product(*choices):
        yield Key(act, kind, values, period)
