"""Says for which hours each log feed was there, and so which clauses could not be audited: silence is never clean.

A feed is one source and one class of event (`squid`, `http`). Nobody tells the audit when a feed should speak;
it is learned from the feed itself: an hour of the week in which it usually has events, and has none, is a gap.
With fewer than three weeks the other workdays (or days off) tell what is usual.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from clausewise.model.law import Clause, Pack
from clausewise.model.words import JudgedBy

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEWEST = 2
"""Other weeks in which an hour of the week must have been seen before anybody can say what is usual in it."""
FEWEST_ALIKE = 3
"""Other days of the same kind (workdays, or days off) that tell it where there are fewer weeks."""
STEADY, GAPS, THIN, ABSENT = "steady", "gaps", "thin", "absent"
AUDITED, PARTLY, NOT_AUDITED, NO_LOG = "audited", "partly", "not audited", "no log shows it"

Counts = Mapping[tuple[str, str, int], int]
"""(source, class of event, hours since 1970 UTC) to the number of events."""
Slot = tuple[str, int]
"""Weekday (`0` is Monday) or kind of day, and hour of the day, in the county's time."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until `end` (excluded), whole hours, UTC."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> int:
        """How many hours it lasts."""
        return (self.end - self.start) // HOUR


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed over the period that was asked about.

    `state` is `steady` (events in every usual hour), `gaps`, `thin` (too little of it to say what is usual,
    so that silence cannot be told from quiet) or `absent`. `gaps` are silent hours that usually are not;
    `unsure` are silent hours of which nobody can say whether they are quiet or lost.
    """

    source: str
    cls: str
    state: str
    events: int
    hours: int
    gaps: tuple[Span, ...] = ()
    unsure: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which classes of events a clause needs to be audited, and what there was of each in the period.

    `state` is `audited` only if every class was there without a gap and with enough of it to say so.
    """

    clause: str
    state: str
    needed: tuple[str, ...]
    missing: tuple[str, ...]
    thin: tuple[str, ...]
    gaps: Mapping[str, tuple[Span, ...]]


def feeds(counts: Counts, period: tuple[datetime, datetime], zone: str) -> tuple[Feed, ...]:
    """Every feed of which there ever was an event, over the whole hours of `period` (end excluded).

    Args:
        counts: may reach beyond the period; the more weeks it holds, the better is known what is usual.
    """
    hours = defaultdict[tuple[str, str], dict[int, int]](dict)
    for (source, cls, hour), number in counts.items():
        if number > 0:
            hours[source, cls][hour] = number
    low, high = _hour(period[0]), _hour(period[1] - timedelta(microseconds=1)) + 1
    place = ZoneInfo(zone)
    return tuple(
        _feed(source, cls, seen, (low, high), place) for (source, cls), seen in sorted(hours.items())
    )


def _feed(source: str, cls: str, seen: Mapping[int, int], period: tuple[int, int], zone: ZoneInfo) -> Feed:
    inside = {hour: number for hour, number in seen.items() if period[0] <= hour < period[1]}
    habit = _Habit(seen, zone)
    silent = {hour: habit.speaks(hour) for hour in range(*period) if hour not in inside}
    gaps = [hour for hour, usual in silent.items() if usual is True]
    unsure = [hour for hour, usual in silent.items() if usual is None]
    if not inside:
        state = ABSENT
    elif not habit.regular():
        state = THIN
    else:
        state = GAPS if gaps else THIN if unsure else STEADY
    return Feed(source, cls, state, sum(inside.values()), len(inside), spans(gaps), spans(unsure))


class _Habit:
    """When a feed usually speaks, learned from its first event to its last.

    Before a feed began, and after it died, its silence tells nothing about what is usual.
    """

    def __init__(self, seen: Mapping[int, int], zone: ZoneInfo) -> None:
        self._zone = zone
        self._range = range(min(seen), max(seen) + 1)
        self._spoke = Counter[Slot]()
        self._all = Counter[Slot]()
        for hour in self._range:
            for slot in self._slots(hour):
                self._all[slot] += 1
                self._spoke[slot] += hour in seen

    def speaks(self, silent: int) -> bool | None:
        """Whether the feed usually speaks in this hour, in which it did not; None where nobody can say."""
        for slot, fewest in zip(self._slots(silent), (FEWEST, FEWEST_ALIKE), strict=True):
            others = self._all[slot] - (silent in self._range)
            if others >= fewest:
                return 2 * self._spoke[slot] > others
        return None

    def regular(self) -> bool:
        """Whether there is any hour of the week in which the feed usually speaks; else its silence says nothing."""
        return any(2 * self._spoke[slot] > n and n > FEWEST for slot, n in self._all.items())

    def _slots(self, hour: int) -> tuple[Slot, Slot]:
        """The hour of the week, and the hour of all days of its kind (workdays, or days off)."""
        local = (EPOCH + HOUR * hour).astimezone(self._zone)
        return (str(local.weekday()), local.hour), ("off" if local.weekday() > 4 else "work", local.hour)


def _hour(at: datetime) -> int:
    return (at - EPOCH) // HOUR


def spans(hours: Iterable[int]) -> tuple[Span, ...]:
    """Hours since 1970 as stretches without a break, in order."""
    runs: list[list[int]] = []
    for hour in sorted(hours):
        if runs and runs[-1][1] == hour:
            runs[-1][1] = hour + 1
        else:
            runs.append([hour, hour + 1])
    return tuple(Span(EPOCH + HOUR * first, EPOCH + HOUR * after) for first, after in runs)


def needed(pack: Pack, clause: Clause) -> frozenset[str]:
    """The classes of events without which a clause cannot be audited whole: of its acts and of its windows.

    Only norms that a policy judges count; what people judge, no log shows.
    """
    acts = {act for n in clause.norms if n.judged_by is JudgedBy.POLICY for act in n.acts}
    acts |= {window.act for window in clause.windows if not window.classes}
    classes = {cls for window in clause.windows for cls in window.classes}
    return frozenset(classes | {rule.cls for act in acts if act in pack.acts for rule in pack.acts[act].logs})


def coverage(pack: Pack, found: Iterable[Feed]) -> tuple[Coverage, ...]:
    """What could be audited of each clause, in printed order, given the feeds of the period."""
    of_class = defaultdict[str, list[Feed]](list)
    for feed in found:
        of_class[feed.cls].append(feed)
    return tuple(_coverage(clause.id, needed(pack, clause), of_class) for clause in pack.clauses.values())


def _coverage(clause: str, wanted: frozenset[str], of_class: Mapping[str, list[Feed]]) -> Coverage:
    if not wanted:
        return Coverage(clause, NO_LOG, (), (), (), {})
    present = {cls: [f for f in of_class.get(cls, ()) if f.state != ABSENT] for cls in sorted(wanted)}
    missing = tuple(cls for cls, some in present.items() if not some)
    # A source that fell silent altogether is a gap of the whole period, whatever the others of its class did.
    gone = {cls for cls in wanted if any(f.state == ABSENT for f in of_class.get(cls, ()))}
    thin = tuple(cls for cls, some in present.items() if any(f.state == THIN for f in some))
    gaps = {
        cls: tuple(span for feed in some for span in feed.gaps)
        for cls, some in present.items()
        if any(feed.gaps for feed in some)
    }
    whole = not (missing or thin or gaps or gone)
    state = AUDITED if whole else NOT_AUDITED if len(missing) == len(wanted) else PARTLY
    return Coverage(clause, state, tuple(sorted(wanted)), missing, thin, gaps)


def waiting(pack: Pack, covered: Iterable[Coverage]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(norm, classes it waits for) of each norm that a policy judges and no event of the period could show."""
    missing = {one.clause: frozenset(one.missing) for one in covered}
    for norm in pack.norms():
        if norm.judged_by is JudgedBy.POLICY:
            wants = {rule.cls for act in norm.acts if act in pack.acts for rule in pack.acts[act].logs}
            if wants and wants <= missing.get(norm.clause, frozenset()):
                yield norm.id, tuple(sorted(wants))


def period_of(counts: Counts) -> tuple[datetime, datetime] | None:
    """From the first hour of any feed to the end of the last one; None where there was no event at all."""
    hours = [hour for (_, _, hour), number in counts.items() if number > 0]
    return (EPOCH + HOUR * min(hours), EPOCH + HOUR * (max(hours) + 1)) if hours else None
