"""Writes the Cedar schema of a pack from its nouns (attributes) and verbs (acts), so neither stands twice."""

from __future__ import annotations

from collections.abc import Iterable

from clausewise.model.law import Attribute, Pack

CEDAR_TYPES = {"flag": "Bool", "word": "String", "words": "Set<String>", "number": "Long"}
PRINCIPALS = ("Employee", "AccountHolder", "Other")


def _record(attributes: Iterable[Attribute], indent: str = "  ") -> str:
    rows = [f"{indent}{a.name}: {CEDAR_TYPES[a.type]}," for a in sorted(attributes, key=lambda a: a.name)]
    return "{\n" + "\n".join(rows) + ("\n" if rows else "") + indent[:-2] + "}"


def cedar_schema(pack: Pack) -> str:
    """The schema in Cedar's text form: three kinds of principal, the nouns, and an action for each act."""
    by_owner: dict[str, list[Attribute]] = {}
    for attribute in pack.attributes.values():
        by_owner.setdefault(attribute.owner, []).append(attribute)
    lines = [f"entity {name} {_record(by_owner.get('principal', ()))};" for name in PRINCIPALS]
    lines += [
        f"entity {owner} {_record(rows)};"
        for owner, rows in sorted(by_owner.items())
        if owner not in ("principal", "context")
    ]
    for act in sorted(pack.acts.values(), key=lambda a: a.id):
        context = _record((pack.attributes[f"context.{name}"] for name in act.context), "    ")
        lines.append(
            f'action "{act.id}" appliesTo {{\n  principal: [{", ".join(act.principal)}],\n'
            f"  resource: [{act.resource}],\n  context: {context}\n}};"
        )
    return "\n".join(lines) + "\n"
