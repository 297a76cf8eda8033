"""What another pack would change: which findings it would add, and which would no longer be there, and for whom.

Two audits of the same events are compared by norm and event, because the id of a finding holds the regulation's
own id, which a draft may have changed.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clausewise.audit.findings import WITHDRAWN, Finding
from clausewise.audit.timeline import moment
from clausewise.model.law import Pack
from clausewise.review.difference import differences

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
MOST_EXAMPLES = 3
MOST_LAW = 20
COLUMNS = "change norm clause person resource time source event was becomes before_pack after_pack".split()
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Pair = tuple[Finding | None, Finding | None]
"""The same finding under the pack in force and under the other one; None where it is not there."""


@dataclass(frozen=True, slots=True)
class NormChange:
    """What would change of one norm. `changed` findings stay but count differently (advice becomes a finding).

    `people_added` are pseudonyms that have a finding of this norm only under the other pack, `people_removed`
    those that have one only under the pack in force.
    """

    norm: str
    clause: str
    title: str
    added: tuple[Finding, ...]
    removed: tuple[Finding, ...]
    changed: tuple[tuple[Finding, Finding], ...]
    kept: int
    people_added: frozenset[str]
    people_removed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """What another pack would change: norm by norm in printed order, with what differs in the law itself."""

    before: Pack
    after: Pack
    norms: tuple[NormChange, ...]
    law: tuple[str, ...]


def compare(before: Iterable[Finding], after: Iterable[Finding], pack: Pack, other: Pack) -> Changes:
    """Compare what the same events come to under `pack`, in force, and under `other`.

    Withdrawn findings count as not there. Findings that name no event (a feed that is not in force in the
    capability register) are told apart by norm, source and day alone, so many of a day, not which.
    """
    pairs = defaultdict[str, list[Pair]](list)
    for norm, pair in _paired(before, after):
        pairs[norm].append(pair)
    printed = dict.fromkeys([n.id for n in (*other.norms(), *pack.norms())])
    changes = (_change(norm, pairs[norm], pack, other) for norm in printed if norm in pairs)
    return Changes(pack, other, tuple(changes), tuple(differences(pack, other)))


def _paired(before: Iterable[Finding], after: Iterable[Finding]) -> Iterator[tuple[str, Pair]]:
    """Each finding of either side with its counterpart, under its norm."""
    mine, theirs = _by_event(before), _by_event(after)
    for place in dict.fromkeys([*mine, *theirs]):
        one, two = mine.get(place, []), theirs.get(place, [])
        for number in range(max(len(one), len(two))):
            first = one[number] if number < len(one) else None
            yield place[0], (first, two[number] if number < len(two) else None)


def _by_event(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.status != WITHDRAWN:
            place = finding.event or f"{finding.source} {finding.time}"
            found.setdefault((finding.norm, place), []).append(finding)
    return found


def _change(norm: str, pairs: Sequence[Pair], pack: Pack, other: Pack) -> NormChange:
    both = [(one, two) for one, two in pairs if one and two]
    mine, theirs = [one for one, _ in pairs if one], [two for _, two in pairs if two]
    people, others = ({f.person for f in some if f.person} for some in (mine, theirs))
    clause = (mine or theirs)[0].clause
    known = other.clauses.get(clause) or pack.clauses.get(clause)
    return NormChange(
        norm=norm,
        clause=clause,
        title=known.title["en"] if known else "",
        added=tuple(two for one, two in pairs if two and not one),
        removed=tuple(one for one, two in pairs if one and not two),
        changed=tuple((one, two) for one, two in both if one.status != two.status),
        kept=sum(one.status == two.status for one, two in both),
        people_added=frozenset(others - people),
        people_removed=frozenset(people - others),
    )


def lines_of(changes: Changes) -> list[str]:
    """The report for a terminal: the law, then each norm with counts of findings and people, then the sums."""
    before, after = changes.before, changes.after
    lines = [f"in force {before.id} {before.digest[:12]}, compared with {after.id} {after.digest[:12]}"]
    lines += [f"  {line}" for line in changes.law[:MOST_LAW]] or ["  the law does not differ"]
    if len(changes.law) > MOST_LAW:
        lines.append(f"  {len(changes.law) - MOST_LAW} more; clausewise pack diff shows them all")
    lines += [
        "",
        f"{'norm':<24} {'adds':>7} {'removes':>8} {'changes':>8} {'keeps':>8}  people: new, no longer",
    ]
    for one in changes.norms:
        counts = f"{len(one.added):>7,} {len(one.removed):>8,} {len(one.changed):>8,} {one.kept:>8,}"
        people = f"{len(one.people_added):,}, {len(one.people_removed):,}"
        lines.append(f"{one.norm:<24} {counts}  {people:<9} {one.clause} {one.title}")
        lines += _examples(one)
    return [
        *lines,
        *_sums(changes),
        "Nothing was kept. A finding is a reason for a person to look, never proof.",
    ]


def _examples(one: NormChange) -> Iterator[str]:
    """A few that would be added, removed or counted differently, without a name."""
    for sign, some in (("+", one.added), ("-", one.removed)):
        things = Counter((f.person or f.subject, f.resource) for f in some)
        for (person, thing), count in sorted(things.items(), key=lambda row: (-row[1], row[0]))[
            :MOST_EXAMPLES
        ]:
            yield f"  {sign} {person}  {thing}  {count:,}"
    ways = Counter((first.status, second.status) for first, second in one.changed)
    yield from (f"  ~ {was} becomes {now}  {count:,}" for (was, now), count in sorted(ways.items()))


def _sums(changes: Changes) -> Iterator[str]:
    norms = changes.norms
    added, removed = (sum(len(getattr(one, name)) for one in norms) for name in (ADDED, REMOVED))
    changed, kept = sum(len(one.changed) for one in norms), sum(one.kept for one in norms)
    if not added and not removed and not changed:
        yield f"no finding would change; {kept:,} stay as they are"
        return
    gained, lost = (
        len(frozenset[str]().union(*(getattr(one, name) for one in norms)))
        for name in ("people_added", "people_removed")
    )
    yield (
        f"{added:,} added, {removed:,} removed, {changed:,} counted differently, {kept:,} as they are; "
        f"{gained:,} people would have a finding of a norm where they have none now; {lost:,} would no longer"
    )


def csv_text(changes: Changes) -> str:
    """Every finding that would be added, removed or counted differently, as CSV with a header row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in changes.norms:
        rows = [
            *((ADDED, f, "", f.status) for f in one.added),
            *((REMOVED, f, f.status, "") for f in one.removed),
            *((CHANGED, second, first.status, second.status) for first, second in one.changed),
        ]
        for change, finding, was, becomes in rows:
            row = _row(finding) | {"change": change, "was": was, "becomes": becomes}
            row |= {"before_pack": changes.before.digest, "after_pack": changes.after.digest}
            writer.writerow([_cell(row[name]) for name in COLUMNS])
    return out.getvalue()


def _row(finding: Finding) -> dict[str, str]:
    names = ("norm", "clause", "person", "resource", "source", "event")
    return {name: str(getattr(finding, name)) for name in names} | {"time": moment(finding.time).isoformat()}


def _cell(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(FORMULA) else text
