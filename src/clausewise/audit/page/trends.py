"""Counts the findings by norm, by day and by week; each chart says its finding in words and has its table below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from clausewise.audit.feeds import EPOCH, HOUR
from clausewise.audit.findings import by_norm
from clausewise.audit.page.charts import Chart
from clausewise.audit.page.shown import Shown
from clausewise.audit.page.tables import Safe, table, unknown

DAY = timedelta(days=1)
MOST_DAYS = 92
"""More days than that are shown by week alone."""


def figure(chart: str, title: str, inner: Iterator[str], shown: Shown, note: str = "") -> Iterator[str]:
    """A chart with its title in words above and its table right below."""
    yield f"<figure><figcaption>{title}</figcaption>"
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{title}">{chart}</div></figure>'
    if note:
        yield f'<p class="quiet">{note}</p>'
    yield f"<details><summary>{shown.say('table')}</summary>"
    yield from inner
    yield "</details>"


def overview(shown: Shown) -> Iterator[str]:
    """Findings by norm, with people, things, and how they came out."""
    groups = by_norm(shown.findings)
    norms = [norm for norm in shown.pack.norms() if norm.id in groups]
    most = max(norms, key=lambda norm: len(groups[norm.id]))
    says = shown.say("by clause says", norm=most.id, count=f"{len(groups[most.id]):,}")
    labels, values = [norm.id for norm in norms], [len(groups[norm.id]) for norm in norms]
    chart = Chart("by-norm", shown.say("by clause"), says, labels, values)
    heads = ("norm", "events", "people", "things", "reached", "attempted", "unknown", "sure")
    rows = []
    for norm in norms:
        group = groups[norm.id]
        outcomes = Counter(shown.aspects.of(f).outcome for f in group)
        title = shown.pack.clauses[norm.clause].title[shown.lang]
        rows.append((
            Safe(f'<a href="#n-{anchor(norm.id)}">{norm.id}</a> {_plain(title)}'), len(group),
            len({f.person for f in group if f.person}), len({f.resource for f in group if f.resource}),
            outcomes["reached"], outcomes["attempted"], outcomes["unknown"], shown.say(norm.certainty),
        ))  # fmt: skip
    inner = table(shown.say("by clause"), [shown.say(head) for head in heads], rows)
    yield f"<section><h2>{shown.say('by clause')}</h2>"
    yield from figure(chart.bars(), says, inner, shown)
    yield "</section>"


def anchor(norm_id: str) -> str:
    """A norm's id as a place on the page."""
    return norm_id.replace(".", "-").replace("/", "-")


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def trend(shown: Shown) -> Iterator[str]:
    """Findings by day and by week. A day without a log is a gap, unless findings show that there was one."""
    counted = Counter(shown.local(f.time).date() for f in shown.findings)
    read = set(counted) | _read(shown)
    # of chosen findings the first and the last tell the time; else the logs do, also where nothing was found
    among = set(counted) if shown.filters else read
    days = _every(min(among), max(among))
    yield f"<section><h2>{shown.say('by day')}</h2>"
    if len(days) <= MOST_DAYS:
        yield from _by_day(shown, days, counted, read)
    yield f"</section><section><h2>{shown.say('by week')}</h2>"
    yield from _by_week(shown, days, counted, read)
    yield "</section>"


def _read(shown: Shown) -> set[date]:
    """The days, in the county's time, of which the last audit read some log."""
    if shown.summary is None:
        return set()
    if shown.summary.hours:
        zone = ZoneInfo(shown.pack.zone)
        return {(EPOCH + HOUR * hour).astimezone(zone).date() for _, _, hour in shown.summary.hours}
    return {date.fromisoformat(day) for day in shown.summary.days}


def _every(first: date, last: date) -> list[date]:
    return [first + DAY * number for number in range((last - first).days + 1)]


def _by_day(shown: Shown, days: Sequence[date], counted: Counter[date], read: set[date]) -> Iterator[str]:
    peak = max(counted, key=lambda day: (counted[day], day))
    says = shown.say(
        "by day says", count=f"{counted.total():,}", start=shown.day(days[0]), end=shown.day(days[-1]),
        most=f"{counted[peak]:,}", peak=shown.day(peak),
    )  # fmt: skip
    values = [counted[day] if day in read else None for day in days]
    chart = Chart("by-day", shown.say("by day"), says, [shown.short(day) for day in days], values)
    rows = [(shown.day(day), counted[day] if day in read else unknown(shown.say("no log"))) for day in days]
    inner = table(shown.say("by day"), [shown.say("day"), shown.say("events")], rows)
    note = shown.say("gap says") if None in values else ""
    yield from figure(chart.columns(), says, inner, shown, note)


def _by_week(shown: Shown, days: Sequence[date], counted: Counter[date], read: set[date]) -> Iterator[str]:
    weeks: dict[date, list[date]] = {}
    for day in days:
        weeks.setdefault(day - DAY * day.weekday(), []).append(day)
    per_week = {
        monday: sum(counted[day] for day in some) if read & set(some) else None
        for monday, some in weeks.items()
    }
    says = shown.say("by week says", count=f"{counted.total():,}", weeks=len(weeks))
    labels = [shown.short(monday) for monday in weeks]
    chart = Chart("by-week", shown.say("by week"), says, labels, list(per_week.values()))
    rows = [
        (
            shown.day(monday),
            unknown(shown.say("no log")) if number is None else number,
            _days(weeks[monday], read),
        )
        for monday, number in per_week.items()
    ]
    inner = table(
        shown.say("by week"), [shown.say("week"), shown.say("events"), shown.say("days read")], rows
    )
    note = shown.say("gap says") if None in per_week.values() else ""
    yield from figure(chart.columns(), says, inner, shown, note)


def _days(some: Sequence[date], read: set[date]) -> int:
    return len(read & set(some))
