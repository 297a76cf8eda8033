"""Judges each condition of a policy by itself, so that a person can see which ones were met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clausewise.audit.policy_text import OPERATOR, Stretch, stretches
from clausewise.model.judgement import Key, Value
from clausewise.pdp.cedar import PolicySet, PolicySyntaxError, parse
from clausewise.pdp.engine import Pdp
from clausewise.pdp.tree import Json, Policy, parts, paths_in

TRUE, FALSE, ERROR = "true", "false", "error"
ANYTHING: Json = {"op": "All"}


@dataclass(frozen=True, slots=True)
class Part:
    """One conjunct of a `when` or disjunct of an `unless`, judged alone.

    `start` and `end` are places in the policy's text; both are -1 where the text could not be matched
    with the parsed policy, and then `text` is empty. `line` counts from 1.
    """

    kind: str
    mark: str
    deciding: bool
    reads: frozenset[str]
    text: str = ""
    start: int = -1
    end: int = -1
    line: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One policy of a norm or guard: the plain one, or the one that says when nobody knows.

    `in_scope` says whether it speaks of this act, kind of person and kind of thing at all; `holds` whether
    all of its `when` and none of its `unless` are met, None where that cannot be evaluated.
    """

    policy: str
    unknown_side: bool
    in_scope: bool
    holds: bool | None
    parts: tuple[Part, ...]


def sides(pdp: Pdp, key: Key, name: str, text: str) -> tuple[Side, ...]:
    """Each policy of a norm (or `guard:ID`) with every part of its conditions judged for `key`.

    Raises:
        ValueError: the key has not the attributes that this law reads; it was judged by another pack.
    """
    reads = pdp.reads(key.act, key.principal_type, key.period)
    if len(reads) != len(key.values):
        raise ValueError(f"{name}: the question was judged by another pack; load that one to see its parts")
    values = dict(zip(reads, key.values, strict=True))
    policies = pdp.policies()[name]
    places = _places(policies, text)
    resource = pdp.pack.acts[key.act].resource
    return tuple(
        _side(policy, key, resource, values, text, places[number] if places else None)
        for number, policy in enumerate(policies)
    )


def _side(
    policy: Policy,
    key: Key,
    resource: str,
    values: Mapping[str, Value],
    text: str,
    places: Sequence[Stretch] | None,
) -> Side:
    in_scope = policy.applies_to(key.act, key.principal_type, resource)
    each = [(kind, part) for kind, body in policy.conditions() for part in parts(body, OPERATOR[kind])]
    marks = _marks(policy, [part for _, part in each], key, resource, values) if in_scope else []
    holds, last = _settled([kind for kind, _ in each], marks) if in_scope else (False, -1)
    found = []
    for number, (kind, part) in enumerate(each):
        mark = marks[number] if in_scope else ""
        one = Part(kind, mark, number == last, frozenset(paths_in(part)))
        if places is not None:
            at = places[number]
            line = text.count("\n", 0, at.start) + 1
            words = " ".join(text[at.start : at.end].split())
            one = replace(one, text=words, start=at.start, end=at.end, line=line)
        found.append(one)
    return Side(policy.id, policy.unknown_side, in_scope, holds, tuple(found))


def _settled(kinds: Sequence[str], marks: Sequence[str]) -> tuple[bool | None, int]:
    """Whether the whole policy holds, and the number of the part that settled it, read in order.

    A part that fails settles it at once; where none fails the last part does (-1 if there is no part).
    """
    for number, (kind, mark) in enumerate(zip(kinds, marks, strict=True)):
        if mark == ERROR:
            return None, number
        if mark == (FALSE if kind == "when" else TRUE):
            return False, number
    return True, len(marks) - 1


def _marks(
    policy: Policy, bodies: Sequence[Json], key: Key, resource: str, values: Mapping[str, Value]
) -> list[str]:
    """What Cedar says of each part, as a policy that has this part for its only condition."""
    alone = [_alone(policy, body, f"part{number}") for number, body in enumerate(bodies)]
    matched = PolicySet(alone).ask(*request_of(key, resource, values))
    return [ERROR if p.id in matched.errors else TRUE if p.id in matched.holds else FALSE for p in alone]


def _alone(policy: Policy, body: Json, name: str) -> Policy:
    source = {
        "effect": "forbid",
        "principal": ANYTHING,
        "action": ANYTHING,
        "resource": ANYTHING,
        "conditions": [{"kind": "when", "body": body}],
    }
    nothing = frozenset[str]()
    return replace(policy, id=name, actions=nothing, principals=nothing, resources=nothing, source=source)


def request_of(key: Key, resource: str, values: Mapping[str, Value]) -> tuple[Json, list[Json]]:
    """The question as Cedar takes it: the request and its two entities, under plain names."""
    variables: dict[str, dict[str, object]] = {"principal": {}, "resource": {}, "context": {}}
    for path, value in values.items():
        variable, name = path.split(".", 1)
        variables[variable][name] = sorted(value) if isinstance(value, frozenset) else value
    who, what = {"type": key.principal_type, "id": "p"}, {"type": resource, "id": "r"}
    request = {
        "principal": who,
        "action": {"type": "Action", "id": key.act},
        "resource": what,
        "context": variables["context"],
    }
    entities = [
        {"uid": who, "attrs": variables["principal"], "parents": []},
        {"uid": what, "attrs": variables["resource"], "parents": []},
    ]
    return request, entities


def _places(policies: Sequence[Policy], text: str) -> list[list[Stretch]] | None:
    """Where each part of each policy stands; None unless every place, parsed again, is that very part."""
    found: list[list[Stretch]] = [[] for _ in policies]
    for stretch in stretches(text):
        if stretch.policy >= len(policies):
            return None
        found[stretch.policy].append(stretch)
    for policy, places in zip(policies, found, strict=True):
        bodies = [part for kind, body in policy.conditions() for part in parts(body, OPERATOR[kind])]
        if len(bodies) != len(places):
            return None
        for body, place in zip(bodies, places, strict=True):
            if _parsed(text[place.start : place.end]) != body:
                return None
    return found


def _parsed(text: str) -> Json | None:
    """The expression in `text`; None where it is none."""
    try:
        policy = parse(f"permit (principal, action, resource) when {{ {text} }};", "part")[0]
    except PolicySyntaxError:
        return None
    return next(body for _, body in policy.conditions())
