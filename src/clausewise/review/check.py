"""Everything that `pack check` asks of a pack, in one list of problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clausewise.model.law import Clause, Norm, Pack
from clausewise.model.words import JudgedBy, Kind
from clausewise.pack import Problem
from clausewise.pdp.cedar import PolicySyntaxError
from clausewise.pdp.derive import DERIVED
from clausewise.pdp.engine import Pdp
from clausewise.review.examples import run_all
from clausewise.review.mutations import idle_parts
from clausewise.review.soundness import grants_outside_unless, unsound

NOT_OFFICES = {"none", "n/a"}
SOURCES = ("fact:", "derive:", "label:", "event:", "said")


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, and how much it tried."""

    problems: tuple[Problem, ...]
    clauses: int = 0
    norms: int = 0
    examples: int = 0
    combinations: int = 0


def check_pack(pack: Pack) -> Report:
    """All problems of a loaded pack: routing, words, both sides, mutations, soundness of policies."""
    problems = [*_clause_problems(pack), *_register_problems(pack), *_word_problems(pack)]
    try:
        pdp = Pdp(pack)
    except PolicySyntaxError as error:
        return Report((*problems, Problem("policies", str(error), "mend the Cedar text")))
    problems += grants_outside_unless(pdp.policies())
    problems += _policy_shape(pdp)
    unread = list(_unreadable(pdp))
    if unread:
        return Report((*problems, *unread))
    examples, wrong = run_all(pdp)
    problems += wrong
    if not wrong:
        problems += idle_parts(pdp)
    tried, unsure = unsound(pdp)
    problems += unsure
    return Report(tuple(problems), len(pack.clauses), len(pack.norms()), examples, tried)


def _clause_problems(pack: Pack) -> Iterator[Problem]:
    for clause in pack.clauses.values():
        place = f"clauses/{clause.folder}/clause.toml"
        yield from _known(place, "route", clause.routes, pack.registers["routes"])
        yield from _known(place, "reference", clause.legal, pack.registers["legal"])
        offices = pack.registers["designations"]
        yield from _known(place, "office", clause.told, offices)
        if clause.authority not in NOT_OFFICES:
            yield from _known(place, "office", [clause.authority], offices)
        if clause.authority in NOT_OFFICES and any(n.grantable for n in clause.norms):
            yield Problem(
                place, "a norm is grantable, but the text names no authority", "set grantable = false"
            )
        for route in clause.routes:
            entry = pack.registers["routes"].get(route)
            if entry and entry.get("yields") == "grant" and clause.authority == "none":
                yield Problem(
                    place, f"route `{route}` yields a grant, but nobody may grant it", "remove the route"
                )
        for norm in clause.norms:
            yield from _norm_problems(pack, clause, norm, place)
    for guard in pack.guards.values():
        yield from _known(
            f"guards/{guard.id}/guard.toml", "norm", guard.sets_aside, {n.id for n in pack.norms()}
        )


def _norm_problems(pack: Pack, clause: Clause, norm: Norm, place: str) -> Iterator[Problem]:
    yield from _known(f"{place} norm `{norm.id}`", "act", norm.acts, pack.acts)
    if norm.judged_by is JudgedBy.CLOCK:
        yield from _known(f"{place} norm `{norm.id}`", "clock", [norm.clock], pack.registers["clocks"])
    judged = norm.kind in (Kind.PROHIBITION, Kind.DUTY)
    if judged and norm.judged_by is JudgedBy.NONE:
        yield Problem(
            place, f"`{norm.id}` is a {norm.kind} that nobody judges", "say policy, clock or people"
        )
    if not judged and norm.judged_by is not JudgedBy.NONE:
        yield Problem(place, f"`{norm.id}` is a {norm.kind}; it cannot be broken", 'set judged_by = "none"')
    if norm.modality == "should" and judged and not norm.advice:
        yield Problem(place, f"`{norm.id}` says should, which only advises", "set advice = true")
    if norm.judged_by is JudgedBy.POLICY:
        sides = {e.verdict for e in clause.examples if e.norm == norm.id}
        for side in {"violated", "satisfied"} - sides:
            yield Problem(place, f"`{norm.id}` has no example that is {side}", "both sides have one")
    if norm.grantable != ("context.granted" in norm.policy):
        yield Problem(
            place, f"`{norm.id}`: grantable and its policy disagree", "read context.granted or do not"
        )


def _register_problems(pack: Pack) -> Iterator[Problem]:
    """What windows and routes name must exist: a threshold, a norm, an act, a clock, an office, a clause."""
    norms, registers = {n.id for n in pack.norms()}, pack.registers
    for clause in pack.clauses.values():
        for window in clause.windows:
            place = f"clauses/{clause.folder} window `{window.id}`"
            yield from _known(place, "parameter", [window.threshold_parameter], registers["parameters"])
            yield from _known(place, "norm", [window.norm], norms)
            yield from _known(place, "act", [window.act], pack.acts)
    for route in registers["routes"].values():
        clocks, offices, clause_id = route.get("clocks", []), route.get("to", []), route.get("clause", "")
        if isinstance(clocks, list) and isinstance(offices, list):
            yield from _known(route.place, "clock", clocks, registers["clocks"])
            yield from _known(route.place, "office", offices, registers["designations"])
        yield from _known(route.place, "clause", [str(clause_id)], pack.clauses)


def _known(place: str, what: str, names: Iterable[str], register: Iterable[str]) -> Iterator[Problem]:
    there = set(register)
    for name in names:
        if name not in there:
            yield Problem(place, f"no {what} `{name}`", "add it or name one that exists")


def _word_problems(pack: Pack) -> Iterator[Problem]:
    for attribute in pack.attributes.values():
        place = f"attributes.toml [{attribute.path}]"
        for source in attribute.sources:
            name = source.partition(":")[2]
            if not source.startswith(SOURCES):
                yield Problem(place, f"source `{source}` is not known", "use one of " + ", ".join(SOURCES))
            elif source.startswith("derive:") and name not in DERIVED and name != "granted":
                yield Problem(place, f"no derivation `{name}`", "use one of " + ", ".join(sorted(DERIVED)))
    for act in pack.acts.values():
        place = f"acts/{act.id}.toml"
        yield from _known(place, "context attribute", (f"context.{c}" for c in act.context), pack.attributes)
        if not any(a.owner == act.resource for a in pack.attributes.values()):
            yield Problem(place, f"no attribute of `{act.resource}`", "add the noun to attributes.toml")
    for category in pack.registers["categories"].values():
        words, allowed = category.get("words", []), pack.attributes.get("Site.categories")
        if allowed and isinstance(words, list):
            yield from _known(f"categories.toml `{category.id}`", "word", words, allowed.values)


def _policy_shape(pdp: Pdp) -> Iterator[Problem]:
    """One forbid per norm with its unknown side, shields permit, and every scope names acts and a noun."""
    for name, policies in pdp.policies().items():
        shield = name.startswith("guard:") and pdp.pack.guards[name[6:]].kind == "shield"
        want = "permit" if shield else "forbid"
        plain = [p for p in policies if not p.unknown_side]
        if len(plain) != 1 or len(policies) > 2:
            yield Problem(name, f"has {len(policies)} policies", "write one, and at most one unknown side")
        for policy in policies:
            if policy.effect != want:
                yield Problem(name, f"is a {policy.effect}", f"write {want}")
            yield from _known(name, "act", policy.actions, pdp.pack.acts)
            if not policy.actions and not name.startswith("guard:"):
                yield Problem(name, "speaks of every act", "name the acts in its scope")


def _unreadable(pdp: Pdp) -> Iterator[Problem]:
    """Attributes that a policy reads but that an act in its scope does not carry."""
    for name, policies in pdp.policies().items():
        for policy in policies:
            for act in pdp.pack.acts.values():
                if not any(policy.applies_to(act.id, kind, act.resource) for kind in act.principal):
                    continue
                owners = {"principal": "principal", "resource": act.resource, "context": "context"}
                for path in sorted(policy.reads()):
                    variable, attribute = path.split(".", 1)
                    there = f"{owners[variable]}.{attribute}" in pdp.pack.attributes
                    if not there or (variable == "context" and attribute not in act.context):
                        what = f"reads `{path}`, which act `{act.id}` does not carry"
                        yield Problem(name, what, "add it to the act, or narrow the scope of the policy")
