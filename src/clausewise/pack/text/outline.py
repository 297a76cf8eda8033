"""Read the paragraphs of an adopted regulation into numbered units.

A county publishes its regulation as a page or a file: a site menu, a heading, an opening
paragraph, numbered paragraphs with lettered ones under them, "(cf. ...)" lines pointing to
other policies, a list of laws, and the dates of adoption. `parse_outline` finds each of these
in a list of paragraphs. It never fails on odd input: what it cannot place it keeps and reports
in `Outline.problems`. This module reads no files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from .wording import digest, is_prose, normalise, sentences

Kind = Literal["preamble", "paragraph", "subparagraph", "unnumbered"]

PREAMBLE = "P"
MARKER = re.compile(
    r"^(?:\((?P<p>\d{1,3}|[a-z])\)\s+(?=\S)|(?P<d>\d{1,3}|[a-z])[.)]\s+(?=\S)|(?P<n>\d{1,3})[.)](?=[A-Z\"]))"
)
_LONE_MARKER = re.compile(r"^(?:\((?:\d{1,3}|[a-z])\)|(?:\d{1,3}|[a-z])[.)])$")
CROSS_REFERENCE = re.compile(r"^\(\s*cf\.?\s+(?P<codes>[^\s-][^\s]*)\s*(?:-\s*(?P<title>.*?))?\s*\)?$", re.I)
DATED = re.compile(
    r"^(?:(?:regulation|policy)\s+)?(?P<what>approved|adopted|revised|reviewed)\s*:?\s+"
    r"(?P<date>[A-Z][a-z]{2,8}\.? \d{1,2}, ?\d{4})\b[ ,]*(?P<place>.*)$",
    re.I,
)
LEGAL_HEADING = re.compile(r"^legal references?(?: ?: ?(?P<rest>.*))?$", re.I)
RESOURCES_HEADING = re.compile(r"^management resources?(?: references?)?(?: ?: ?(?P<rest>.*))?$", re.I)
_TRAILING_REFERENCES = re.compile(r"^(?P<text>.*?) ?(?P<references>(?:\(cf\. [^()]*\) ?)+)$", re.I)
# One entry of the list of laws: "48980 Title", "51870-51874 Title", "Title 20, 6777 Title".
_CITE = re.compile(r"(?:Title \d+(?:, )?)?(?:\d{2,5}(?:\.\d+)?(?:-\d{1,5}(?:\.\d+)?)?)?")
_NEXT_CITE = re.compile(r"(?<=[a-z)\]]) (?=Title \d+\b|\d{2,5}(?:\.\d+)? [A-Z])")
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_CAPITAL_WORD = re.compile(r"^[A-Z][A-Za-z-]*$")


@dataclass(frozen=True, slots=True)
class Unit:
    """One printed paragraph: `id` such as ``P``, ``9``, ``9.f`` or ``20-SMP``.

    `text` is normalised and has lost its number or letter; `length` counts its characters.
    """

    id: str
    kind: Kind
    sentences: tuple[str, ...]
    text: str
    sha256: str
    length: int

    @property
    def parent(self) -> str | None:
        """The id this unit stands under, or None at the top."""
        for mark in (".", "-"):
            head, found, _ = self.id.partition(mark)
            if found:
                return head
        return None


@dataclass(frozen=True, slots=True)
class CrossReference:
    """A "(cf. ...)" line: the unit printed before it, the policy numbers it names, their title."""

    after: str
    codes: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class LegalReference:
    """One entry of the list of laws; `code` is None where the document has lost the code's name."""

    cite: str
    title: str
    code: str | None
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Outline:
    """Everything found in one document, in printed order."""

    heading: tuple[str, ...]
    units: tuple[Unit, ...]
    cross_references: tuple[CrossReference, ...]
    legal: tuple[LegalReference, ...]
    resources: tuple[str, ...]
    approved: date | None
    revised: tuple[date, ...]
    footer: tuple[str, ...]
    problems: tuple[str, ...]

    def unit(self, unit_id: str) -> Unit | None:
        """Return the unit with this id, or None."""
        return next((u for u in self.units if u.id == unit_id), None)


def make_unit(unit_id: str, kind: Kind, text: str) -> Unit:
    """Build a unit from normalised `text`, with its sentences, digest and length."""
    return Unit(unit_id, kind, sentences(text), text, digest(text), len(text))


def parse_outline(paragraphs: Sequence[str]) -> Outline:
    """Parse the paragraphs of a document, one string each, into an `Outline`.

    Never raises on any strings; `Outline.problems` lists, as ``place: problem; remedy``, what
    a person should look at before the text is adopted.
    """
    clean = _join_lone_markers([text for text in (normalise(p) for p in paragraphs) if text])
    clean = _set_references_apart(clean)
    clean, dates, footer, problems = _take_dates(clean)
    clean, legal, resources = _take_endings(clean)
    start, notes = _find_start(clean)
    problems += notes
    heading, preamble = _split_heading(clean[:start])
    body = _Body()
    for text in preamble:
        body.add_preamble(text)
    for text in clean[start:]:
        body.add(text)
    problems += body.problems
    if all(unit.kind == "preamble" for unit in body.units):
        problems.append("document: no numbered paragraph found; check that this is the regulation")
    return Outline(
        heading=tuple(heading),
        units=tuple(body.units),
        cross_references=tuple(body.references),
        legal=_legal_references(legal),
        resources=tuple(resources),
        approved=next((d for what, d in dates if what in ("approved", "adopted")), None),
        revised=tuple(d for what, d in dates if what == "revised"),
        footer=tuple(footer),
        problems=tuple(problems),
    )


def _take_dates(clean: list[str]) -> tuple[list[str], list[tuple[str, date]], list[str], list[str]]:
    """Take out the adoption dates; what follows the last of them is the page's footer."""
    dates: list[tuple[str, date]] = []
    problems: list[str] = []
    lines: list[int] = []
    for index, text in enumerate(clean):
        match = DATED.match(text)
        if match is None:
            continue
        lines.append(index)
        day = _read_date(match["date"])
        if day is None:
            problems.append(f"dates: '{match['date']}' is not a day; correct the document")
        else:
            dates.append((match["what"].lower(), day))
    footer: list[str] = []
    if lines and not any(MARKER.match(t) for t in clean[lines[-1] :]):
        footer = clean[lines[-1] + 1 :]
        clean = clean[: lines[-1] + 1]
    taken = set(lines)
    return [t for i, t in enumerate(clean) if i not in taken], dates, footer, problems


def _read_date(text: str) -> date | None:
    month, day, year = text.replace(".", "").replace(",", " ").split()
    # Three letters name a month; strptime would ask the machine's language instead.
    number = _MONTHS.find(month[:3].lower()) // 3 + 1
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


def _take_endings(clean: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Cut off the list of laws and the management resources, each under its own heading."""
    cuts = [i for i, t in enumerate(clean) if LEGAL_HEADING.match(t) or RESOURCES_HEADING.match(t)]
    # A site menu may name the lists too: only headings after the first number count.
    first = next((i for i, t in enumerate(clean) if MARKER.match(t)), 0)
    cuts = [i for i in cuts if i > first]
    legal: list[str] = []
    resources: list[str] = []
    for cut, end in pairwise([*cuts, len(clean)]):
        law = LEGAL_HEADING.match(clean[cut])
        heading = law or RESOURCES_HEADING.match(clean[cut])
        first_line = [heading["rest"]] if heading and heading["rest"] else []
        (legal if law else resources).extend([*first_line, *clean[cut + 1 : end]])
    return (clean[: cuts[0]] if cuts else clean), legal, resources


def _marker(text: str) -> str | None:
    match = MARKER.match(text)
    return (match["p"] or match["d"] or match["n"]) if match else None


def _join_lone_markers(clean: list[str]) -> list[str]:
    """Put "9." and its text together where a table or a list has set them apart."""
    joined: list[str] = []
    for text in clean:
        if joined and _LONE_MARKER.match(joined[-1]) and not _marker(text):
            joined[-1] = f"{joined[-1]} {text}"
        else:
            joined.append(text)
    return joined


def _set_references_apart(clean: list[str]) -> list[str]:
    """Give each "(cf. ...)" at the end of a paragraph a line of its own, as most editions print it."""
    apart: list[str] = []
    for text in clean:
        match = _TRAILING_REFERENCES.match(text)
        if match is None:
            apart.append(text)
            continue
        references = match["references"].strip().replace(") (", ")\n(").split("\n")
        apart += [match["text"]] * bool(match["text"]) + references
    return apart


def _find_start(clean: list[str]) -> tuple[int, list[str]]:
    """Find paragraph 1: the "1." that begins the longest run 1, 2, 3, ...; the last one on a tie.

    A table of contents or a numbered menu before the text also begins at 1.
    """
    numbers = [(i, int(m)) for i, t in enumerate(clean) if (m := _marker(t)) and m.isdecimal()]
    runs: list[tuple[int, int]] = []
    for place, (index, number) in enumerate(numbers):
        if number != 1:
            continue
        length = 0
        for _, following in numbers[place:]:
            if following != length + 1:
                break
            length += 1
        runs.append((length, index))
    if not runs:
        return (numbers[0][0] if numbers else len(clean)), []
    length, start = max(runs)
    notes = [
        f"paragraph 1: an earlier list of {n} numbered lines was taken for a table of contents; "
        "check that nothing of the regulation stands there"
        for n, i in runs
        if i < start and n > 1
    ]
    return start, notes


def _split_heading(before: list[str]) -> tuple[list[str], list[str]]:
    """The preamble is the run of whole sentences directly before paragraph 1."""
    cut = len(before)
    while cut and (is_prose(before[cut - 1]) or CROSS_REFERENCE.match(before[cut - 1])):
        cut -= 1
    return before[:cut], before[cut:]


class _Body:
    """Collects units while walking down the numbered part."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.references: list[CrossReference] = []
        self.problems: list[str] = []
        self._number = ""
        self._letter = ""
        self._used: set[str] = set()

    def add_preamble(self, text: str) -> None:
        if self._reference(text):
            return
        if self.units:
            text = f"{self.units.pop().text} {text}"
        self.units.append(make_unit(PREAMBLE, "preamble", text))

    def add(self, text: str) -> None:
        if self._reference(text):
            return
        mark = _marker(text)
        if mark is None or (mark.isalpha() and not self._number):
            self._unnumbered(text)
            return
        rest = MARKER.sub("", text, count=1)
        if mark.isdecimal():
            self._sequence(mark, int(mark), int(self._number or 0) + 1)
            self._number, self._letter = str(int(mark)), ""
            self._append(self._number, "paragraph", rest)
        else:
            unit_id = f"{self._number}.{mark}"
            self._sequence(unit_id, ord(mark), ord(self._letter) + 1 if self._letter else ord("a"))
            self._letter = mark
            self._append(unit_id, "subparagraph", rest)

    def _sequence(self, unit_id: str, got: int, wanted: int) -> None:
        if got != wanted:
            self.problems.append(
                f"{unit_id}: out of sequence in the document; look for a lost or merged paragraph before it"
            )

    def _reference(self, text: str) -> bool:
        match = CROSS_REFERENCE.match(text)
        if match is None:
            return False
        codes = tuple(c for c in match["codes"].rstrip(")").split("/") if c)
        after = self.units[-1].id if self.units else PREAMBLE
        self.references.append(CrossReference(after, codes, match["title"] or ""))
        return True

    def _unnumbered(self, text: str) -> None:
        name = unnumbered_name(text)
        stem = self._number or PREAMBLE
        if not name or f"{stem}-{name}" in self._used:
            count = 1
            while f"{stem}-{name}{count}" in self._used:
                count += 1
            name = f"{name}{count}"
        self._append(f"{stem}-{name}", "unnumbered", text)

    def _append(self, unit_id: str, kind: Kind, text: str) -> None:
        if unit_id in self._used:
            self.problems.append(f"{unit_id}: printed twice; ask the author which number is meant")
        self._used.add(unit_id)
        self.units.append(make_unit(unit_id, kind, text))


def unnumbered_name(text: str) -> str:
    """Name an unnumbered paragraph by the initials of the longest title it mentions, or "".

    "... follow the district's Quiet Hours Charter." gives ``QHC``. The first word does not
    count (every sentence begins with a capital), and a title has at least two words.
    """
    best: list[str] = []
    run: list[str] = []
    for word in text.split()[1:]:
        core = word.strip("\"'.,;:()[]")
        if _CAPITAL_WORD.match(core) and not word.startswith(("(", "[")):
            run.append(core)
        else:
            run = []
        if len(run) > max(len(best), 1):
            best = list(run)
        if word[-1] in ".,;:)]":
            run = []
    return "".join(word[0] for word in best)


def _legal_references(lines: Iterable[str]) -> tuple[LegalReference, ...]:
    """Read the list of laws; a line without a number names the code of the entries below it.

    Such a line with no entry below it is kept as an entry without a number, so nothing is lost.
    """
    found: list[LegalReference] = []
    heading = ""
    used = True
    for text in (piece for line in lines for piece in _NEXT_CITE.split(line)):
        cite = _CITE.match(text)
        name = cite.group().rstrip(", ") if cite else ""
        if name:
            title = text[len(name) :].lstrip(", ")
            found.append(LegalReference(name, title, heading.rstrip(":") or None, text, digest(text)))
            used = True
            continue
        if not used:
            found.append(LegalReference("", heading, None, heading, digest(heading)))
        heading, used = text, False
    if not used:
        found.append(LegalReference("", heading, None, heading, digest(heading)))
    return tuple(found)
