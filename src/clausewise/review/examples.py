"""Runs the worked examples that every clause carries and says which come out otherwise than written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clausewise.model.judgement import Key, Value
from clausewise.model.law import Attribute, Example, Pack
from clausewise.pack import Problem
from clausewise.pdp.cedar import PolicySet
from clausewise.pdp.engine import Pdp
from clausewise.pdp.tree import Policy


@dataclass(frozen=True, slots=True)
class Scene:
    """An example with every attribute filled in: what it leaves out is unremarkable."""

    act: str
    principal_type: str
    resource_type: str
    values: Mapping[str, Value]


def stage(pack: Pack, example: Example) -> tuple[Scene, list[Problem]]:
    """The scene of an example, and what it names that the pack does not know."""
    problems = []
    act = pack.acts.get(example.act)
    if act is None:
        what = f"act `{example.act}` is not in acts/"
        return Scene(example.act, "Employee", "", {}), [Problem(example.place, what, "name one that is")]
    principal = dict(example.principal)
    kind = str(principal.pop("type", act.principal[0]))
    values: dict[str, Value] = {}
    for variable, owner, given, names in (
        ("principal", "principal", principal, None),
        ("resource", act.resource, dict(example.resource), None),
        ("context", "context", dict(example.context), act.context),
    ):
        known = {
            a.name: a
            for a in pack.attributes.values()
            if a.owner == owner and (names is None or a.name in names)
        }
        for name in given.keys() - known.keys():
            what = f"{variable} has no `{name}` in act `{act.id}`"
            problems.append(Problem(example.place, what, "add it to the act or remove it"))
        for name, attribute in known.items():
            values[f"{variable}.{name}"] = _as_value(
                attribute, given.get(name, attribute.plain), example, problems
            )
    return Scene(act.id, kind, act.resource, values), problems


def _as_value(attribute: Attribute, raw: object, example: Example, problems: list[Problem]) -> Value:
    wrong = (attribute.type == "word" and raw not in attribute.values) or (
        attribute.type == "words"
        and isinstance(raw, list | frozenset)
        and attribute.values
        and not set(raw) <= set(attribute.values)
    )
    if wrong or (attribute.type == "flag" and not isinstance(raw, bool)):
        what = f"`{attribute.path} = {raw}` is not among its values"
        problems.append(
            Problem(example.place, what, "use " + ", ".join(attribute.values or ("true", "false")))
        )
    if isinstance(raw, list | frozenset):
        return frozenset(str(word) for word in raw)
    assert isinstance(raw, bool | int | str)
    return raw


def key_of(pdp: Pdp, scene: Scene) -> Key:
    """The key of a scene under the newest state of the law."""
    period = pdp.newest_period()
    reads = pdp.reads(scene.act, scene.principal_type, period)
    return Key(scene.act, scene.principal_type, tuple(scene.values[path] for path in reads), period)


def holds(policies: Sequence[Policy], scene: Scene) -> tuple[frozenset[str], Mapping[str, str]]:
    """(ids of the policies that hold, errors by id) for a scene, its policies alone."""
    reads = {path for policy in policies for path in policy.reads()}
    parts: dict[str, dict[str, object]] = {"principal": {}, "resource": {}, "context": {}}
    for path in reads & scene.values.keys():
        variable, name = path.split(".", 1)
        value = scene.values[path]
        parts[variable][name] = sorted(value) if isinstance(value, frozenset) else value
    principal = {"type": scene.principal_type, "id": "p"}
    resource = {"type": scene.resource_type, "id": "r"}
    matched = PolicySet(policies).ask(
        {
            "principal": principal,
            "action": {"type": "Action", "id": scene.act},
            "resource": resource,
            "context": parts["context"],
        },
        [
            {"uid": principal, "attrs": parts["principal"], "parents": []},
            {"uid": resource, "attrs": parts["resource"], "parents": []},
        ],
    )
    return matched.holds, matched.errors


def verdict_alone(policies: Sequence[Policy], scene: Scene) -> str:
    """The verdict of one norm's policies on a scene, as the engine would give it."""
    applying = [p for p in policies if p.applies_to(scene.act, scene.principal_type, scene.resource_type)]
    if not applying:
        return "not_applicable"
    held, errors = holds(applying, scene)
    if errors:
        return "indeterminate"
    if any(p.id in held for p in applying if not p.unknown_side):
        return "violated"
    return "indeterminate" if held else "satisfied"


def run_example(pdp: Pdp, example: Example, *, guard: bool = False) -> list[Problem]:
    """Problems of one example: words it uses wrongly, or a verdict or answer other than written."""
    scene, problems = stage(pdp.pack, example)
    if problems:
        return problems
    name = f"guard:{example.norm}" if guard else example.norm
    policies = pdp.policies().get(name)
    if policies is None:
        what = f"`{example.norm}` has no policy"
        return [Problem(example.place, what, "examples are for norms judged by a policy")]
    if guard:
        applying = [p for p in policies if p.applies_to(scene.act, scene.principal_type, scene.resource_type)]
        got = "applies" if applying and holds(applying, scene)[0] else "silent"
    else:
        got = verdict_alone(policies, scene)
    if got != example.verdict:
        problems.append(
            Problem(example.place, f"{example.norm} is {got}, written {example.verdict}", example.says)
        )
    if example.answer:
        answer = pdp.outcome(key_of(pdp, scene)).answer.value
        if answer != example.answer:
            problems.append(
                Problem(example.place, f"the answer is {answer}, written {example.answer}", example.says)
            )
    return problems


def run_all(pdp: Pdp) -> tuple[int, list[Problem]]:
    """(number of examples run, problems) over every clause and guard of the pack."""
    count, problems = 0, list[Problem]()
    for clause in pdp.pack.clauses.values():
        for example in clause.examples:
            count += 1
            problems += run_example(pdp, example)
    for guard in pdp.pack.guards.values():
        for example in guard.examples:
            count += 1
            problems += run_example(pdp, example, guard=True)
    return count, problems
