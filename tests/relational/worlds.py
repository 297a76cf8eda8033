"""A small invented world for random policies: people, groups and files with every type of attribute, some missing."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from relational.drawing import ADDRESSES, DATES, DECIMALS, DURATIONS, LONGS, STRINGS, Kind, Words

Json = dict[str, Any]
MISSING = 0.05
"""How often an attribute is not there."""

RECORDS: dict[str, dict[str, Kind]] = {
    "Home": {"city": "string", "zip": "long", "geo": "record Geo"},
    "Geo": {"x": "long", "X": "long"},
    "Pair": {"a": "long", "b": "string"},
}
ENTITIES: dict[str, dict[str, Kind]] = {
    "User": {
        "age": "long", "Age": "long", "name": "string", "on": "bool", "boss": "entity User",
        "groups": "set entity Group", "nums": "set long", "words": "set string", "born": "datetime",
        "span": "duration", "cost": "decimal", "at": "ip", "home": "record Home", "pairs": "set record Pair",
        "nested": "set set long",
    },
    "Group": {"level": "long", "lead": "entity User"},
    "File": {"owner": "entity User", "size": "long", "names": "set string", "home": "record Home"},
}  # fmt: skip
CONTEXT: dict[str, Kind] = {
    "now": "datetime", "n": "long", "m": "long", "s": "string", "t": "string", "ok": "bool", "who": "entity User",
    "nums": "set long", "pair": "record Pair", "span": "duration", "at": "ip", "cost": "decimal",
}  # fmt: skip
TAGS: dict[str, Kind] = {"User": "string", "Group": "record Pair", "File": "set long"}
IDS = {
    "User": ["u0", "u1", "u2", "u3", "gone"],
    "Group": ["g0", "g1", "g2", "g3"],
    "File": ["f0", "f1", "none"],
}
MISREAD = {"2024-13-01", "1h1d", "922337203685477.5808", "1.23456", "010.0.0.1", "10.0.0.1/33"}
"""Texts among the literals that Cedar does not read; Cedar refuses them in data, so data has none."""
WRITTEN = {"datetime": DATES, "duration": DURATIONS, "decimal": DECIMALS, "ip": ADDRESSES}


def paths(depth: int = 3) -> dict[Kind, list[Json]]:
    """Every attribute that can be reached in so many steps, by kind."""
    found: dict[Kind, list[Json]] = {}

    def walk(node: Json, kind: Kind, left: int) -> None:
        found.setdefault(kind, []).append(node)
        base, _, name = kind.partition(" ")
        fields = {"entity": ENTITIES, "record": RECORDS}.get(base, {}).get(name, {})
        for attribute, inner in fields.items() if left else ():
            walk({".": {"left": node, "attr": attribute}}, inner, left - 1)

    walk({"Var": "principal"}, "entity User", depth)
    walk({"Var": "resource"}, "entity File", depth)
    for attribute, kind in CONTEXT.items():
        walk({".": {"left": {"Var": "context"}, "attr": attribute}}, kind, depth - 1)
    return found


PATHS = paths()
ATTRIBUTES = sorted(
    {name for fields in (*ENTITIES.values(), *RECORDS.values()) for name in fields} | {"none"}
)
WORLD = Words(
    paths=PATHS,
    kinds=[kind for kind in PATHS if kind != "set set long"] + ["set set long"],
    entities=IDS,
    records=RECORDS,
    attributes=ATTRIBUTES,
    tags=TAGS,
)


class World:
    """Entities and requests drawn at random, as Cedar's JSON."""

    def __init__(self, chance: Random, requests: int) -> None:
        self._chance = chance
        self.entities = list(self._entities())
        self.requests = [self._request() for _ in range(requests)]

    def _entities(self) -> Iterator[Json]:
        for kind, fields in ENTITIES.items():
            for number, name in enumerate(n for n in IDS[kind] if n not in ("gone", "none")):
                tags = {word: self._value(TAGS[kind]) for word in STRINGS[:5] if self._chance.random() < 0.4}
                uid = {"type": kind, "id": name}
                attrs = {f: self._value(k) for f, k in fields.items() if self._chance.random() > MISSING}
                yield {"uid": uid, "attrs": attrs, "parents": self._parents(kind, number), "tags": tags}

        for name, above in (("view", ["any"]), ("any", []), ("edit", [])):
            parents = [{"type": "Action", "id": one} for one in above]
            yield {"uid": {"type": "Action", "id": name}, "attrs": {}, "parents": parents}

    def _parents(self, kind: str, number: int) -> list[Json]:
        """Groups above; a group only below later ones, so that there is no circle."""
        groups = IDS["Group"][number + 1 :] if kind == "Group" else IDS["Group"]
        return [{"type": "Group", "id": name} for name in groups if self._chance.random() < 0.3]

    def _request(self) -> Json:
        context = {f: self._value(k) for f, k in CONTEXT.items() if self._chance.random() > MISSING}
        return {
            "principal": {"type": "User", "id": self._chance.choice(IDS["User"])},
            "action": {"type": "Action", "id": "view"},
            "resource": {"type": "File", "id": self._chance.choice(IDS["File"])},
            "context": context,
        }

    def _value(self, kind: Kind) -> object:
        base, _, rest = kind.partition(" ")
        if base in WRITTEN:
            text = self._chance.choice([text for text in WRITTEN[base] if text not in MISREAD])
            return {"__extn": {"fn": base, "arg": text}}
        if base == "entity":
            return {"__entity": {"type": rest, "id": self._chance.choice(IDS[rest])}}
        if base == "set":
            return [self._value(rest) for _ in range(self._chance.randint(0, 3))]
        if base == "record":
            fields = RECORDS[rest].items()
            return {f: self._value(k) for f, k in fields if self._chance.random() > MISSING}
        pool: list[Any] = {"bool": [True, False], "long": LONGS, "string": STRINGS}[base]
        return self._chance.choice(pool)
