"""Draws Cedar expressions at random, as trees: of every operator, of depth 1 to 4, now and then ill-typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from clausewise.pdp.tree import Policy

Json = dict[str, Any]
Maker = Callable[["Drawing", "Kind", int], Json]
Kind = str
"""`bool`, `long`, `string`, `decimal`, `datetime`, `duration`, `ip`, `entity X`, `set KIND`, `record NAME`."""

ILL_TYPED = 0.04
"""How often a node is of another type than it should be."""

LONGS = [
    0,
    1,
    2,
    3,
    -1,
    -2,
    5,
    7,
    1000,
    86_400_000,
    2**31 - 1,
    2**31,
    -(2**31),
    3_037_000_500,
    2**62,
    2**63 - 1,
    -(2**63),
]
STRINGS = [
    "",
    "a",
    "A",
    "b",
    "ab",
    "a*b",
    "a_b",
    "a%b",
    "!",
    "\\",
    "\0",
    "é",
    "😀",
    "￿",
    "'",
    '"',
    "  ",
    "1:a",
]
DATES = [
    "1970-01-01", "1969-12-31T23:59:59.999Z", "2024-02-29", "2024-02-29T12:00:00+0530", "1960-06-15T06:30:00Z",
    "9999-12-31", "0000-01-01", "2024-01-02", "2024-13-01", "1969-12-31",
]  # fmt: skip
DURATIONS = [
    "0ms",
    "1d",
    "-1d",
    "25h",
    "5m",
    "36h",
    "-1d2h3m4s5ms",
    "90m",
    "1s",
    "-1ms",
    "9223372036854775807ms",
    "1h1d",
]
DECIMALS = [
    "0.0",
    "1.5",
    "-1.5",
    "1.50",
    "922337203685477.5807",
    "-0.0001",
    "922337203685477.5808",
    "1.23456",
]
ADDRESSES = [
    "10.0.0.1", "10.0.0.0/8", "10.1.0.0/16", "127.0.0.1", "127.0.0.0/7", "224.1.2.3", "::1", "ff02::1",
    "2001:db8::/32", "2001:db8::1", "0.0.0.0/0", "::/0", "010.0.0.1", "10.0.0.1/33",
]  # fmt: skip
WRITTEN = {"decimal": DECIMALS, "datetime": DATES, "duration": DURATIONS, "ip": ADDRESSES}
COMPARED = ("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual")


@dataclass(frozen=True, slots=True)
class Words:
    """What expressions may speak of: readable paths and literals by kind, records and their fields, entity types."""

    paths: Mapping[Kind, Sequence[Json]]
    kinds: Sequence[Kind]
    entities: Mapping[str, Sequence[str]]
    records: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)
    attributes: Sequence[str] = ()
    tags: Mapping[str, Kind] = field(default_factory=dict)
    strings: Sequence[str] = tuple(STRINGS)
    longs: Sequence[int] = tuple(LONGS)

    def owners(self) -> list[Kind]:
        """Kinds that have attributes."""
        return [kind for kind in self.kinds if kind.startswith(("entity", "record"))]


class Drawing:
    """Draws from one source of chance over one stock of words."""

    def __init__(self, chance: Random, words: Words, favoured: Mapping[Kind, Maker] | None = None) -> None:
        self.chance, self.words, self.favoured = chance, words, favoured or {}

    def policy(self, name: str, depth: int) -> Policy:
        """A policy of one to three conditions; where there is a hierarchy, now and then with a scope."""
        kinds = self.chance.choices(["when", "unless"], [3, 1], k=self.chance.choice([1, 1, 2, 3]))
        source = {
            "effect": "forbid",
            "principal": self.constraint(),
            "action": self.action(),
            "resource": self.constraint(),
            "conditions": [{"kind": kind, "body": self.expression("bool", depth)} for kind in kinds],
        }
        none: frozenset[str] = frozenset()
        return Policy(name, "forbid", none, none, none, False, source)

    def constraint(self) -> Json:
        """What the scope asks of principal or resource; mostly nothing."""
        if not self.words.tags or self.chance.random() < 0.85:
            return {"op": "All"}
        kind, above = (self.chance.choice(list(self.words.entities)) for _ in range(2))
        group = {"entity": {"type": above, "id": self.chance.choice(self.words.entities[above])}}
        return self.chance.choice(
            [
                {"op": "==", **group},
                {"op": "in", **group},
                {"op": "is", "entity_type": kind},
                {"op": "is", "entity_type": kind, "in": group},
            ]
        )

    def action(self) -> Json:
        """What the scope asks of the action; mostly nothing."""
        named = [{"type": "Action", "id": name} for name in ("view", "edit", "any")]
        if not self.words.tags or self.chance.random() < 0.85:
            return {"op": "All"}
        if self.chance.random() < 0.5:
            return {"op": "in", "entities": self.chance.sample(named, 2)}
        return {"op": self.chance.choice(["==", "in"]), "entity": self.chance.choice(named)}

    def expression(self, kind: Kind, depth: int) -> Json:
        """An expression of this kind, nearly always."""
        if self.chance.random() < ILL_TYPED:
            kind = self.chance.choice(list(self.words.kinds))
        if depth <= 0 or self.chance.random() < 0.1:
            return self.leaf(kind)
        if self.chance.random() < 0.08:
            branches = [self.expression(kind, depth - 1) for _ in range(2)]
            parts = {"if": self.expression("bool", depth - 1), "then": branches[0], "else": branches[1]}
            return {"if-then-else": parts}
        if kind in self.favoured and self.chance.random() < 0.7:
            return self.favoured[kind](self, kind, depth - 1)
        makers = (MAKERS if self.words.tags else CLOSED).get(kind.split(" ")[0], ())
        if not makers or self.chance.random() < 0.2:
            return self.leaf(kind, depth)
        return self.chance.choice(makers)(self, kind, depth - 1)

    def leaf(self, kind: Kind, depth: int = 0) -> Json:
        """A path or a literal."""
        paths = self.words.paths.get(kind)
        if paths and self.chance.random() < 0.65:
            return self.chance.choice(paths)
        return self.literal(kind, depth)

    def literal(self, kind: Kind, depth: int) -> Json:
        """A literal; sets and records of computed parts."""
        base, _, rest = kind.partition(" ")
        if base in WRITTEN:
            return {base: [{"Value": self.chance.choice(WRITTEN[base])}]}
        if base == "entity":
            return {
                "Value": {"__entity": {"type": rest, "id": self.chance.choice(self.words.entities[rest])}}
            }
        if base == "set":
            return {"Set": [self.expression(rest, depth - 1) for _ in range(self.chance.randint(0, 3))]}
        if base == "record":
            fields = self.words.records[rest].items()
            return {
                "Record": {n: self.expression(k, depth - 1) for n, k in fields if self.chance.random() < 0.7}
            }
        pool: Sequence[object] = {"bool": (True, False), "long": self.words.longs}.get(
            base, self.words.strings
        )
        return {"Value": self.chance.choice(pool)}

    # ---- what the makers are made of -------------------------------------------------------------------
    def any_kind(self) -> Kind:
        return self.chance.choice(list(self.words.kinds))

    def any_set(self) -> Kind:
        return self.chance.choice([kind for kind in self.words.kinds if kind.startswith("set")])

    def any_entity(self) -> Kind:
        return f"entity {self.chance.choice(list(self.words.entities))}"

    def pair(self, operator: str, left: Kind, right: Kind, depth: int) -> Json:
        return {operator: {"left": self.expression(left, depth), "right": self.expression(right, depth)}}

    def call(self, name: str, kinds: Sequence[Kind], depth: int) -> Json:
        return {name: [self.expression(kind, depth) for kind in kinds]}

    def connected(self, _: Kind, depth: int) -> Json:
        return self.pair(self.chance.choice(["&&", "||"]), "bool", "bool", depth)

    def negated(self, _: Kind, depth: int) -> Json:
        return {"!": {"arg": self.expression("bool", depth)}}

    def equated(self, _: Kind, depth: int) -> Json:
        kind = self.any_kind()
        if not self.words.tags and kind.startswith("entity"):
            kind = "string"
        return self.pair(self.chance.choice(["==", "!="]), kind, kind, depth)

    def ordered(self, _: Kind, depth: int) -> Json:
        kind = self.chance.choice([k for k in ("long", "datetime", "duration") if k in self.words.kinds])
        return self.pair(self.chance.choice(["<", "<=", ">", ">="]), kind, kind, depth)

    def liked(self, _: Kind, depth: int) -> Json:
        letters = [c for word in self.words.strings for c in word[:4]] + ["*"]
        pieces: list[object] = [
            "Wildcard" if self.chance.random() < 0.5 else {"Literal": self.chance.choice(letters)}
            for _ in range(self.chance.randint(0, 4))
        ]
        return {"like": {"left": self.expression("string", depth), "pattern": pieces}}

    def having(self, _: Kind, depth: int) -> Json:
        owner = self.chance.choice(self.words.owners())
        name = self.chance.choice(list(self.words.attributes))
        return {"has": {"left": self.expression(owner, depth), "attr": name}}

    def included(self, _: Kind, depth: int) -> Json:
        kind = self.any_set()
        operator = self.chance.choice(["contains", "contains", "containsAll", "containsAny", "isEmpty"])
        if operator == "isEmpty":
            return {operator: {"arg": self.expression(kind, depth)}}
        return self.pair(operator, kind, kind[4:] if operator == "contains" else kind, depth)

    def inside(self, _: Kind, depth: int) -> Json:
        above = self.any_entity()
        return self.pair("in", self.any_entity(), self.chance.choice([above, f"set {above}"]), depth)

    def typed(self, _: Kind, depth: int) -> Json:
        name = self.chance.choice(list(self.words.entities))
        found: Json = {"left": self.expression(self.any_entity(), depth), "entity_type": name}
        if self.words.tags and self.chance.random() < 0.4:
            found["in"] = self.expression(self.any_entity(), depth)
        return {"is": found}

    def tagged(self, kind: Kind, depth: int) -> Json:
        owners = [name for name, held in self.words.tags.items() if kind in ("bool", held)]
        owner = f"entity {self.chance.choice(owners)}" if owners else self.any_entity()
        return self.pair("hasTag" if kind == "bool" else "getTag", owner, "string", depth)

    def counted(self, _: Kind, depth: int) -> Json:
        if self.chance.random() < 0.2:
            return {"neg": {"arg": self.expression("long", depth)}}
        return self.pair(self.chance.choice(["+", "-", "*"]), "long", "long", depth)

    def compared(self, _: Kind, depth: int) -> Json:
        name = self.chance.choice([*COMPARED, "isIpv4", "isIpv6", "isLoopback", "isMulticast", "isInRange"])
        kind = "decimal" if name in COMPARED else "ip"
        return self.call(name, [kind] * (2 if name in COMPARED or name == "isInRange" else 1), depth)

    def measured(self, _: Kind, depth: int) -> Json:
        name = self.chance.choice(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"])
        return self.call(name, ["duration"], depth)

    def dated(self, _: Kind, depth: int) -> Json:
        if self.chance.random() < 0.5:
            return self.call("offset", ["datetime", "duration"], depth)
        return self.call("toDate", ["datetime"], depth)

    def lasting(self, _: Kind, depth: int) -> Json:
        if self.chance.random() < 0.5:
            return self.call("durationSince", ["datetime", "datetime"], depth)
        return self.call("toTime", ["datetime"], depth)


PLAIN: tuple[Maker, ...] = (
    Drawing.connected, Drawing.connected, Drawing.negated, Drawing.equated, Drawing.equated, Drawing.ordered,
    Drawing.liked, Drawing.having, Drawing.included, Drawing.included,
)  # fmt: skip
MAKERS: dict[str, tuple[Maker, ...]] = {
    "bool": (*PLAIN, Drawing.inside, Drawing.inside, Drawing.typed, Drawing.tagged, Drawing.compared),
    "long": (Drawing.counted, Drawing.counted, Drawing.measured, Drawing.tagged),
    "string": (Drawing.tagged,),
    "datetime": (Drawing.dated,),
    "duration": (Drawing.lasting,),
}
CLOSED: dict[str, tuple[Maker, ...]] = {"bool": (*PLAIN, Drawing.typed), "long": (Drawing.counted,)}
"""What a pack can say: it has no tags, keys or hierarchy."""
