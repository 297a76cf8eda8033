"""Decide the web categories of every listed name: join the lists, guard against known mistakes.

The rule, for each category on its own:

1. the county's most specific line that names the category decides: a deny line sets it, an allow line
   clears it; on the same name the deny list is read first and the allow list second, so allow wins;
2. else a protected support, health or education site has none of the harmful categories;
3. else a host has the category if any list has it, or any of its parents.

A line for the exact host (`=name`) is more specific than one for the name with all beneath it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clausewise.labels.catalogue import (
    EVERY,
    NEEDS_TWO,
    SUFFIX_CATEGORIES,
    ListSource,
)
from clausewise.labels.host import split_entry, suffixes

Guard = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Dropped:
    """An entry that a guard kept out: `guard` is `public suffix` or `popular`."""

    list: str
    entry: str
    guard: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that covers a host: its bits, its role, and how far down it stands."""

    bits: int
    role: str
    depth: int


_ORDER = {"list": 0, "protect": 0, "deny": 1, "allow": 2}


def settle(hits: Iterable[Hit]) -> int:
    """Apply the rule of this module to all the entries that cover one host."""
    listed = protected = on = off = 0
    for hit in sorted(hits, key=lambda hit: (hit.depth, _ORDER[hit.role])):
        if hit.role == "list":
            listed |= hit.bits
        elif hit.role == "protect":
            protected |= hit.bits
        elif hit.role == "deny":
            on, off = on | hit.bits, off & ~hit.bits
        else:
            on, off = on & ~hit.bits, off | hit.bits
    return listed & ~protected & ~off | on


def depth_of(name: str, exact: bool) -> int:
    """How specific an entry is: more labels are deeper; an exact entry is deeper than its suffix."""
    return 2 * name.count(".") + exact


@dataclass(slots=True)
class Merged:
    """All lists as one: the answer of each name that differs from the answer of its parents."""

    names: dict[str, int] = field(default_factory=dict)
    exact: dict[str, int] = field(default_factory=dict)
    kept: dict[str, tuple[str, ...]] = field(default_factory=dict)
    dropped: list[Dropped] = field(default_factory=list)

    def mask(self, host: str) -> int:
        """Answer for a canonical host: its exact answer, else that of its nearest name."""
        if host in self.exact:
            return self.exact[host]
        return next((self.names[name] for name in suffixes(host) if name in self.names), 0)


def merge(sources: Sequence[ListSource], *, is_public: Guard, popular: Collection[str] | None) -> Merged:
    """Join `sources` into one answer per name.

    `is_public` says whether a name is a public suffix under which strangers have names; `popular` is
    a set of much visited names, or None when the county has no such list (then that guard is off).
    The order of `sources` does not matter.
    """
    merged = Merged()
    _guarded(sources, merged, is_public, popular)
    listed, rules = _sides(sources, merged)
    for entry in _parents_first(listed.keys() | rules.keys()):
        name, exact = split_entry(entry)
        above, ruled = _above(name, exact, merged.names, rules)
        mask = _answer(name, exact, listed, rules) if ruled else listed[entry] | above
        if mask != above:
            (merged.exact if exact else merged.names)[name] = mask
    return merged


def _parents_first(entries: Iterable[str]) -> Iterator[str]:
    """Yield parents before children, and a name before its exact host."""
    by_depth: dict[int, list[str]] = defaultdict(list)
    for entry in entries:
        by_depth[2 * entry.count(".") + (entry[0] == "=")].append(entry)
    for depth in sorted(by_depth):
        yield from by_depth[depth]


def _above(name: str, exact: bool, names: Mapping[str, int], rules: Mapping[str, object]) -> tuple[int, bool]:
    """The answer `name` has from what is above it, and whether any rule covers it.

    The nearest kept name answers for all that is above it, because parents are settled first.
    """
    if not rules:
        parents = suffixes(name) if exact else _parents(name)
        return next((names[parent] for parent in parents if parent in names), 0), False
    above: int | None = names.get(name) if exact else None
    ruled = name in rules or (exact and "=" + name in rules)
    for parent in _parents(name):
        ruled = ruled or parent in rules
        if above is None:
            above = names.get(parent)
    return above or 0, ruled


def _parents(name: str) -> Iterator[str]:
    """Yield the parents of `name`, the longest first."""
    at = name.find(".")
    while at >= 0:
        yield name[at + 1 :]
        at = name.find(".", at + 1)


def _guarded(
    sources: Sequence[ListSource], merged: Merged, is_public: Guard, popular: Collection[str] | None
) -> None:
    """Fill in which entries of each list stand and which a guard keeps out."""
    seen: dict[str, bool] = {}
    witnesses = _witnesses(sources, popular) if popular is not None else {}
    for source in sorted(sources, key=lambda source: source.id):
        check_popular = popular is not None and source.role == "list" and source.category in NEEDS_TWO
        kept = []
        for entry in source.entries:
            name, exact = split_entry(entry)
            if source.role == "list" and not exact:
                public = seen.get(name)
                if public is None:
                    public = seen[name] = "." not in name or is_public(name)
                if public and not (source.category in SUFFIX_CATEGORIES and "." in name):
                    merged.dropped.append(Dropped(source.id, entry, "public suffix"))
                    continue
            if check_popular and len(witnesses.get((_site(name), source.category), ())) == 1:
                merged.dropped.append(Dropped(source.id, entry, "popular"))
                continue
            kept.append(entry)
        merged.kept[source.id] = tuple(kept)


def _site(name: str) -> str:
    """A popularity list has the bare name; lists often have it with www."""
    return name.removeprefix("www.")


def _witnesses(sources: Sequence[ListSource], popular: Collection[str]) -> dict[tuple[str, str], set[str]]:
    """Say which makers call a popular name malware or phishing."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source in sources:
        if source.role == "list" and source.category in NEEDS_TWO:
            for entry in source.entries:
                site = _site(split_entry(entry)[0])
                if site in popular:
                    found[site, source.category].add(source.origin)
    return found


def _sides(
    sources: Sequence[ListSource], merged: Merged
) -> tuple[dict[str, int], dict[str, list[tuple[int, str]]]]:
    """Put the entries that stand on two sides: the bits lists give, and the county's and our rules."""
    listed: dict[str, int] = {}
    rules: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for source in sources:
        bits = source.bits
        if source.role == "list":
            for entry in merged.kept[source.id]:
                listed[entry] = listed.get(entry, 0) | bits
        else:
            for entry in merged.kept[source.id]:
                rules[entry].append((bits, source.role))
    return listed, dict(rules)


def _answer(name: str, exact: bool, listed: dict[str, int], rules: dict[str, list[tuple[int, str]]]) -> int:
    """The answer for `name` (the host alone if `exact`) from everything that covers it."""
    bits = listed.get("=" + name, 0) if exact else 0
    found: list[Hit] = (
        [Hit(b, r, depth_of(name, True)) for b, r in rules.get("=" + name, ())] if exact else []
    )
    for parent in suffixes(name):
        bits |= listed.get(parent, 0)
        if parent in rules:
            depth = depth_of(parent, False)
            found.extend(Hit(rule_bits, role, depth) for rule_bits, role in rules[parent])
    return settle([Hit(bits, "list", 0), *found]) if found else bits & EVERY
