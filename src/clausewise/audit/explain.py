"""Puts together all that stands behind one finding: question, policy, guards, lists, rows, and what would do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clausewise.audit.enrich import FIELDS
from clausewise.audit.findings import PSEUDONYM, Finding
from clausewise.audit.lawful import Otherwise, attribute_of, otherwise
from clausewise.audit.naming import Naming
from clausewise.audit.parts import Side, sides
from clausewise.audit.timeline import moment
from clausewise.audit.used_rows import Seeker, Used
from clausewise.facts.snapshot import Facts
from clausewise.labels import LabelError, Labels
from clausewise.model.judgement import Key, Value, key_from_json
from clausewise.model.law import Attribute, Clause, Guard, Norm
from clausewise.pdp.build import Builder
from clausewise.pdp.derive import covers
from clausewise.pdp.engine import GRANTED, Pdp
from clausewise.sources.contract import SCHEMAS

DEFAULT = "default"
"""Source of a value that stands because nothing spoke."""
UNSEEN = "unseen"
"""Source of a value that came with the log line or a row that this command may not or cannot look up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One attribute of the question: value, the source of `attributes.toml` it came from, and whether the
    norm's own policies read it."""

    attribute: Attribute
    path: str
    value: Value
    source: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Considered:
    """One guard that could have spoken: whether it applied, and its policies judged part by part.

    `why` is `applies`, `other` (speaks of other acts, people or things), `not in force`, `condition` (a
    condition was not met) or `error`.
    """

    guard: Guard
    applied: bool
    why: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of one list that gave the host a category; `digest` is the list's (sha256 hex)."""

    list: str
    entry: str
    category: str
    licence: str
    retrieved: str
    digest: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that stands behind one finding. Nobody is named in it.

    `same_law`, `same_facts` and `same_labels` say whether what is at hand is what judged then. Under another
    law the key cannot be read, so question, policy, guards and `otherwise` are empty.
    """

    finding: Finding
    clause: Clause | None
    norm: Norm | None
    same_law: bool
    same_facts: bool
    same_labels: bool
    question: tuple[Asked, ...] = ()
    sides: tuple[Side, ...] = ()
    guards: tuple[Considered, ...] = ()
    lists: tuple[Listed, ...] = ()
    service_of_host: str = ""
    rows: tuple[Used, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()
    judgements: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What an explanation is drawn from. `facts` are those that judged the finding where they are still kept."""

    pdp: Pdp
    facts: Facts
    labels: Labels | None
    naming: Naming


def explain(judgements: Sequence[Finding], material: Material) -> Explanation:
    """The explanation of a finding, given all its kept judgements, oldest first; the newest is explained.

    A withdrawn finding carries the question that was once violated, so it is explained as it was then.
    """
    finding, pdp = judgements[-1], material.pdp
    then = next((f for f in reversed(judgements) if f.status != "withdrawn"), finding)
    labels = material.labels.digest if material.labels else ""
    same_law = then.digests.pack == pdp.pack.digest
    norm = next((n for n in pdp.pack.norms() if n.id == finding.norm), None)
    plain = Explanation(
        finding=finding,
        clause=pdp.pack.clauses.get(finding.clause),
        norm=norm,
        same_law=same_law,
        same_facts=then.digests.facts == material.facts.digest,
        same_labels=then.digests.labels == labels,
        lists=tuple(_lists(then.host, material.labels)),
        service_of_host=_service(then.host, material),
        judgements=tuple(judgements),
    )
    return _with_question(plain, then, norm, material) if same_law and norm else plain


def _with_question(plain: Explanation, then: Finding, norm: Norm, material: Material) -> Explanation:
    """The explanation with all that can be read off the key, under the law that judged it."""
    pdp = material.pdp
    key = key_from_json(json.loads(then.key))
    seeker = _seeker(then, material)
    reads = {path for policy in pdp.policies().get(norm.id, ()) for path in policy.reads()}
    attributes = {path: attribute_of(pdp, key.act, path) for path in _paths(pdp, key)}
    builder = Builder(pdp, material.facts, material.labels)
    return replace(
        plain,
        question=tuple(
            Asked(
                attribute, path, value, _source(path, attribute, value, key, seeker, builder), path in reads
            )
            for (path, attribute), value in zip(attributes.items(), key.values, strict=True)
        ),
        sides=sides(pdp, key, norm.id, norm.policy) if norm.policy else (),
        guards=tuple(_considered(pdp, key, norm.id)),
        rows=seeker.used(attributes),
        otherwise=otherwise(pdp, key, norm.id) if norm.policy else (),
    )


def _paths(pdp: Pdp, key: Key) -> tuple[str, ...]:
    return pdp.reads(key.act, key.principal_type, key.period)


def _seeker(finding: Finding, material: Material) -> Seeker:
    """Looks rows up for the person behind the pseudonym; a thing whose name is hidden is not looked up."""
    facts, naming = material.facts, material.naming
    person = None
    if finding.person:
        ids = (str(row["id"]) for row in facts.rows("staff"))
        person = next((one for one in ids if naming.pseudonym(one) == finding.person), None)
    thing = "" if finding.resource.startswith(PSEUDONYM) else finding.resource

    def mask(text: str) -> str:
        return naming.thing("Topic", text, finding.time, named=True)

    return Seeker(facts, person, thing, moment(finding.time), mask)


def _source(path: str, attribute: Attribute, value: Value, key: Key, seeker: Seeker, builder: Builder) -> str:
    """Which source of an attribute gave its value: the first that says just this, by the facts at hand."""
    for source in attribute.sources:
        kind, _, name = source.partition(":")
        if kind == "event" and _told_by_log(builder.pdp, key.act, name):
            return source
        if kind in ("said", "event"):
            continue
        about = seeker.person if attribute.owner in ("principal", "context") else seeker.thing
        if path == GRANTED:
            return source if _granted(seeker, key, builder) == value else UNSEEN
        if not about:
            return UNSEEN
        if builder.told(attribute, source, seeker.person, seeker.thing, seeker.at) == value:
            return source
    return DEFAULT if _as_unknown(attribute) == value else UNSEEN


def _as_unknown(attribute: Attribute) -> object:
    unknown = attribute.unknown
    return frozenset(unknown) if isinstance(unknown, list | tuple) else unknown


def _granted(seeker: Seeker, key: Key, builder: Builder) -> frozenset[str]:
    noun = builder.pack.acts[key.act].resource
    held = builder.grants(seeker.person, seeker.at)
    return frozenset(clause for clause, what in held if covers(what, noun, seeker.thing))


def _told_by_log(pdp: Pdp, act: str, field: str) -> bool:
    """Whether some log in which this act shows can tell that field."""
    return any(
        field in FIELDS.get(rule.cls, ()) or (rule.cls in SCHEMAS and field in SCHEMAS[rule.cls].names)
        for rule in pdp.pack.acts[act].logs
    )


def _considered(pdp: Pdp, key: Key, norm: str) -> Sequence[Considered]:
    """Each floor that speaks of this act, and each shield that names this norm, with what became of it."""
    found = []
    outcome = pdp.judge_afresh(key)
    shields = {shield for _, shield in outcome.set_aside}
    for guard in pdp.pack.guards.values():
        policies = pdp.policies()[f"guard:{guard.id}"]
        speaks = any(not p.actions or key.act in p.actions for p in policies)
        if norm not in guard.sets_aside and not (guard.kind == "floor" and speaks):
            continue
        judged = sides(pdp, key, f"guard:{guard.id}", guard.policy)
        applied = guard.id in outcome.floors or guard.id in shields
        found.append(Considered(guard, applied, _why(judged, applied), judged))
    return found


def _why(judged: Sequence[Side], applied: bool) -> str:
    if applied:
        return "applies"
    spoke = [side for side in judged if side.in_scope]
    if not spoke:
        return "other"
    if any(side.holds is None for side in spoke):
        return "error"
    return "not in force" if any(side.holds for side in spoke) else "condition"


def _lists(host: str, labels: Labels | None) -> Sequence[Listed]:
    """Every list entry that gives the host a category, with the day on which the list was fetched."""
    if not host or labels is None:
        return ()
    try:
        told = labels.explain(host)
    except LabelError:
        return ()
    known: Mapping[str, Mapping[str, object]] = {row["id"]: row for row in labels.meta.get("lists", ())}
    return [
        Listed(
            row.list,
            row.entry,
            row.category,
            row.licence,
            row.retrieved.isoformat() if row.retrieved else "",
            str(known.get(row.list, {}).get("digest", "")),
        )
        for row in told
    ]


def _service(host: str, material: Material) -> str:
    """The online service that a host belongs to: as the county's own table has it, else as the lists do."""
    if not host:
        return ""
    own = material.facts.service_of(host) if material.facts.has("services") else None
    return own or (material.labels.service(host) if material.labels else None) or ""
