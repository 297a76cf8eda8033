"""Compare an adopted document with the shape a pack expects, without knowing a word of the text.

A pack may not carry the county's own words, so it carries their shape: which paragraphs there
are, how they nest, which policies they point to, the dates, and for each paragraph its length
and SHA-256. `compare` says in both directions what differs; `check_against_pack` says whether
the norms of a pack cover every printed sentence and name no sentence that is not printed.
"""

from __future__ import annotations

import json
import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from .outline import Outline, Unit
from .wording import digest

Change = Literal["missing", "added", "changed", "moved"]
_KINDS = ("preamble", "paragraph", "subparagraph", "unnumbered")


class ShapeError(ValueError):
    """A shape file cannot be used; `problems` holds every reason as ``place: problem; remedy``."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class UnitShape:
    """What a pack knows of one printed paragraph: `length` in characters, `sentences` as a count."""

    id: str
    kind: str
    length: int
    sentences: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What a pack knows of a whole document.

    `cross_references` holds (id of the unit before it, policy number); `legal` holds (citation
    as printed, SHA-256 of the entry); `resources` the SHA-256 of each management resource.
    """

    units: tuple[UnitShape, ...]
    cross_references: tuple[tuple[str, str], ...]
    legal: tuple[tuple[str, str], ...]
    resources: tuple[str, ...]
    approved: date | None
    revised: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; `message` reads ``place: problem; remedy``."""

    change: Change
    place: str
    message: str


def shape_of(outline: Outline) -> Shape:
    """Return the shape of a parsed document."""
    return Shape(
        units=tuple(UnitShape(u.id, u.kind, u.length, len(u.sentences), u.sha256) for u in outline.units),
        cross_references=tuple((r.after, code) for r in outline.cross_references for code in r.codes),
        legal=tuple((entry.cite, entry.sha256) for entry in outline.legal),
        resources=tuple(digest(text) for text in outline.resources),
        approved=outline.approved,
        revised=outline.revised,
    )


def render_shape(shape: Shape, regulation: str) -> str:
    """Write a shape as TOML that `parse_shape` reads back equal; it holds no words of the text."""
    lines = [
        f"# The shape of {regulation}: what is printed where, without the words, which the county supplies.",
        "# length and sha256 speak of the paragraph without its number, its typography made plain.",
        "",
        f"regulation = {_quoted(regulation)}",
        *([f"approved = {shape.approved.isoformat()}"] if shape.approved else []),
        f"revised = [{', '.join(day.isoformat() for day in shape.revised)}]",
    ]
    for unit in shape.units:
        lines += ["", "[[unit]]", f"id = {_quoted(unit.id)}", f"kind = {_quoted(unit.kind)}"]
        lines += [f"length = {unit.length}", f"sentences = {unit.sentences}", f'sha256 = "{unit.sha256}"']
    for after, code in shape.cross_references:
        lines += ["", "[[cross_reference]]", f"after = {_quoted(after)}", f"policy = {_quoted(code)}"]
    for cite, sha256 in shape.legal:
        lines += ["", "[[legal]]", f"cite = {_quoted(cite)}", f'sha256 = "{sha256}"']
    for sha256 in shape.resources:
        lines += ["", "[[resource]]", f'sha256 = "{sha256}"']
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON string without \\u escapes is also a TOML string; normalised text has no control characters.
    return json.dumps(text, ensure_ascii=False)


def parse_shape(text: str, place: str = "shape.toml") -> Shape:
    """Read a shape from TOML.

    Raises:
        ShapeError: naming every entry that is not as `render_shape` writes it.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ShapeError(f"{place}: not TOML ({error}); correct the file") from error
    reader = _Reader(raw, place)
    shape = Shape(
        units=tuple(
            UnitShape(
                reader.word(e, w, "id"), reader.word(e, w, "kind"), reader.whole(e, w, "length"),
                reader.whole(e, w, "sentences"), reader.word(e, w, "sha256"),
            )
            for e, w in reader.entries("unit")
        ),
        cross_references=tuple(
            (reader.word(e, w, "after"), reader.word(e, w, "policy")) for e, w in reader.entries("cross_reference")
        ),
        legal=tuple((reader.word(e, w, "cite"), reader.word(e, w, "sha256")) for e, w in reader.entries("legal")),
        resources=tuple(reader.word(e, w, "sha256") for e, w in reader.entries("resource")),
        approved=reader.day("approved"),
        revised=reader.days("revised"),
    )  # fmt: skip
    reader.check_units(shape.units)
    if reader.problems:
        raise ShapeError(*reader.problems)
    return shape


class _Reader:
    """Reads values from a shape file and collects what is wrong with them."""

    def __init__(self, raw: dict[str, Any], place: str) -> None:
        self._raw = raw
        self._place = place
        self.problems: list[str] = []

    def _wrong(self, where: str, what: str) -> None:
        self.problems.append(f"{self._place}: {where}: {what}; write the shape again from the document")

    def entries(self, name: str) -> list[tuple[dict[str, Any], str]]:
        found = self._raw.get(name, [])
        if not isinstance(found, list) or not all(isinstance(e, dict) for e in found):
            self._wrong(name, "is not a list of tables")
            return []
        return [(entry, f"{name} {count}") for count, entry in enumerate(found, start=1)]

    def word(self, entry: dict[str, Any], where: str, name: str) -> str:
        value = entry.get(name)
        if not isinstance(value, str) or (name == "sha256" and not _is_sha256(value)):
            self._wrong(where, f"{name} is missing or malformed")
            return ""
        return value

    def whole(self, entry: dict[str, Any], where: str, name: str) -> int:
        value = entry.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._wrong(where, f"{name} is not a whole number")
            return 0
        return value

    def day(self, name: str) -> date | None:
        return self._day(self._raw[name], name) if name in self._raw else None

    def days(self, name: str) -> tuple[date, ...]:
        value = self._raw.get(name, [])
        if not isinstance(value, list):
            self._wrong(name, "is not a list of dates")
            return ()
        return tuple(day for day in (self._day(entry, name) for entry in value) if day)

    def _day(self, value: object, name: str) -> date | None:
        # A TOML date with a time of day is a datetime, which is a date to isinstance.
        if type(value) is date:
            return value
        self._wrong(name, "is not a date such as 2018-03-07")
        return None

    def check_units(self, units: Sequence[UnitShape]) -> None:
        seen: set[str] = set()
        for unit in units:
            if unit.id in seen:
                self._wrong(unit.id, "listed twice")
            if unit.kind not in _KINDS:
                self._wrong(unit.id, f"kind '{unit.kind}' is not one of {', '.join(_KINDS)}")
            seen.add(unit.id)


def _is_sha256(value: str) -> bool:
    return len(value) == 64 and all(c in "0123456789abcdef" for c in value)


def compare(outline: Outline, shape: Shape) -> list[Difference]:
    """Say how a document differs from the shape a pack expects, in both directions.

    A paragraph whose words are found under another number has *moved*, so one new paragraph in
    the middle reads as one addition and some moves, not as a changed regulation. Returns an
    empty list when the document is the one the pack was written for.
    """
    return [
        *_compare_units(outline.units, shape.units),
        *_compare_order(outline.units, shape.units),
        *_compare_lists(outline, shape),
        *_compare_dates(outline, shape),
    ]


def _compare_units(printed: Sequence[Unit], expected: Sequence[UnitShape]) -> list[Difference]:
    found: list[Difference] = []
    left: dict[int, Unit] = dict(enumerate(printed))
    open_: list[UnitShape] = []
    for want in expected:
        same = next((i for i, u in left.items() if u.id == want.id and u.sha256 == want.sha256), None)
        if same is None:
            open_.append(want)
        else:
            del left[same]
    rest: list[UnitShape] = []
    for want in open_:
        twin = next((i for i, u in left.items() if u.sha256 == want.sha256), None)
        if twin is None:
            rest.append(want)
        else:
            found.append(_moved(want.id, left.pop(twin).id))
    for want in rest:
        same = next((i for i, u in left.items() if u.id == want.id), None)
        found.append(_missing(want.id) if same is None else _changed(want, left.pop(same)))
    return found + [_added(unit.id) for unit in left.values()]


def _moved(old: str, new: str) -> Difference:
    return Difference(
        "moved", old, f"{old}: now printed as {new}; give the clause its new number in an overlay"
    )


def _missing(place: str) -> Difference:
    return Difference(
        "missing",
        place,
        f"{place}: not in the document; check that the page is whole, or disable its norms in an overlay",
    )


def _changed(want: UnitShape, got: Unit) -> Difference:
    message = (
        f"{want.id}: worded differently ({got.length} characters, the pack knows {want.length}); "
        "read the clause again and renew its norms in an overlay"
    )
    return Difference("changed", want.id, message)


def _added(place: str) -> Difference:
    return Difference(
        "added", place, f"{place}: in the document but not in the pack; add a clause in an overlay"
    )


def _compare_order(printed: Sequence[Unit], expected: Sequence[UnitShape]) -> list[Difference]:
    """Name the fewest units whose removal puts the common ids in the expected order."""
    rank = {unit_id: place for place, unit_id in enumerate(dict.fromkeys(u.id for u in expected))}
    common = list(dict.fromkeys(u.id for u in printed if u.id in rank))
    in_place = _longest_rising([rank[i] for i in common])
    return [
        Difference("moved", i, f"{i}: printed at another place; check the order of the document")
        for i in common
        if rank[i] not in in_place
    ]


def _longest_rising(values: Sequence[int]) -> set[int]:
    """The members of one longest rising subsequence of distinct numbers."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for value in values:
        place = bisect_left(tails, value)
        before[value] = tails[place - 1] if place else None
        tails[place : place + 1] = [value]
    chosen: set[int] = set()
    current = tails[-1] if tails else None
    while current is not None:
        chosen.add(current)
        current = before[current]
    return chosen


def _compare_lists(outline: Outline, shape: Shape) -> list[Difference]:
    now = shape_of(outline)
    found = _both_ways(
        [f"{after}: cross-reference to {code}" for after, code in now.cross_references],
        [f"{after}: cross-reference to {code}" for after, code in shape.cross_references],
    )
    cites = {**{sha: cite for cite, sha in now.legal}, **{sha: cite for cite, sha in shape.legal}}
    legal_now, legal_then = [sha for _, sha in now.legal], [sha for _, sha in shape.legal]
    names = {sha: f"legal reference {cite}: entry" for sha, cite in cites.items()}
    found += _both_ways([names[s] for s in legal_now], [names[s] for s in legal_then])
    if now.resources != shape.resources:
        message = (
            "management resources: not the list the pack knows; no clause depends on it, compare it once"
        )
        found.append(Difference("changed", "management resources", message))
    return found


def _both_ways(now: Sequence[str], then: Sequence[str]) -> list[Difference]:
    gone = [
        _listed("missing", line, "not in the document; check legal.toml and the clause")
        for line in then
        if line not in now
    ]
    new = [
        _listed("added", line, "not in the pack; check legal.toml and the clause")
        for line in now
        if line not in then
    ]
    return gone + new


def _listed(change: Change, line: str, problem: str) -> Difference:
    return Difference(change, line.partition(":")[0], f"{line} {problem}")


def _compare_dates(outline: Outline, shape: Shape) -> list[Difference]:
    found: list[Difference] = []
    if outline.approved != shape.approved:
        message = (
            f"approved: {_day(outline.approved)}, the pack knows {_day(shape.approved)}; check which is right"
        )
        found.append(Difference("changed", "approved", message))
    for day in sorted(set(outline.revised) - set(shape.revised)):
        message = f"revised: {day} is newer to the pack; read the revision before adopting it"
        found.append(Difference("added", "revised", message))
    for day in sorted(set(shape.revised) - set(outline.revised)):
        message = f"revised: {day} is not in the document; check that it is not an older edition"
        found.append(Difference("missing", "revised", message))
    return found


def _day(value: date | None) -> str:
    return value.isoformat() if value else "no date"


def check_against_pack(outline: Outline, covered: Mapping[str, set[int]]) -> list[str]:
    """Say which printed sentences no norm covers, and which norms cover nothing printed.

    Args:
        outline: the parsed document.
        covered: for each unit id the sentence numbers, from 1, that norms name.

    Returns:
        messages as ``place: problem; remedy``; empty when text and pack agree.
    """
    return check_against_shape(shape_of(outline), covered)


def check_against_shape(shape: Shape, covered: Mapping[str, set[int]]) -> list[str]:
    """The same check by the pack's own shape, so that it holds where no text was supplied yet."""
    counts: dict[str, int] = {}
    for unit in shape.units:
        counts[unit.id] = max(counts.get(unit.id, 0), unit.sentences)
    problems = [
        f"{unit_id}:{number}: printed, but no norm covers it; add it to the sentence list of a norm"
        for unit_id, count in counts.items()
        for number in range(1, count + 1)
        if number not in covered.get(unit_id, set())
    ]
    for unit_id, numbers in covered.items():
        problems += [
            f"{unit_id}:{number}: named by a norm, but not printed; correct the norm's sentence list"
            for number in sorted(numbers)
            if not 1 <= number <= counts.get(unit_id, 0)
        ]
    return problems
