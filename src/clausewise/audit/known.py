"""What an audit may judge with the facts at hand, and what it must say it could not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clausewise.facts.snapshot import Facts
from clausewise.model.law import Norm, Pack
from clausewise.model.words import JudgedBy
from clausewise.pdp.engine import Pdp

DERIVED_FROM: Mapping[str, tuple[str, ...]] = {
    "employment": ("staff",),
    "minor": ("staff",),
    "duty": ("schedules",),
    "device_authorized": ("devices",),
    "own_account": ("accounts", "staff"),
    "shared_account": ("accounts",),
    "granted": ("grants",),
    "licence_left": ("software",),
}
"""The tables of which a derivation needs one; the other derivations do without."""


@dataclass(frozen=True, slots=True)
class Blind:
    """A norm that this audit cannot judge, and the fact tables that would let it."""

    norm: str
    needs: tuple[str, ...]


def blind_norms(pdp: Pdp, facts: Facts) -> tuple[Blind, ...]:
    """Norms that logs could show but whose facts the county has not given: never judged by a default."""
    found = []
    for norm in pdp.pack.norms():
        if norm.judged_by is JudgedBy.POLICY and any(pdp.pack.acts[a].logs for a in norm.acts):
            missing = _missing(pdp, norm, facts)
            if missing:
                found.append(Blind(norm.id, missing))
    return tuple(found)


def _missing(pdp: Pdp, norm: Norm, facts: Facts) -> tuple[str, ...]:
    reads = {path for policy in pdp.policies()[norm.id] for path in policy.reads()}
    wanted = set[str]()
    for act_id in norm.acts:
        act = pdp.pack.acts[act_id]
        for path in reads:
            variable, name = path.split(".", 1)
            attribute = pdp.pack.attributes.get(
                f"{act.resource if variable == 'resource' else variable}.{name}"
            )
            wanted |= _tables(pdp.pack, attribute.sources if attribute else (), facts)
    return tuple(sorted(wanted))


def _tables(pack: Pack, sources: tuple[str, ...], facts: Facts) -> set[str]:
    """Tables without which none of these sources can speak; empty if one can."""
    wanted = set[str]()
    for source in sources:
        kind, _, name = source.partition(":")
        if kind in ("event", "label"):
            return set()
        tables = (
            (name.split(".")[0],)
            if kind == "fact"
            else DERIVED_FROM.get(name, ())
            if kind == "derive"
            else ()
        )
        if any(facts.has(table) for table in tables):
            return set()
        wanted |= set(tables[:1])
    return wanted
