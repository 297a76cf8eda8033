"""Shows first what was not audited: which feeds were silent, for which hours, and which clauses that leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from clausewise.audit import feeds
from clausewise.audit.feeds import Coverage, Feed, Span
from clausewise.audit.page.shown import Shown
from clausewise.audit.page.tables import Safe, table, unknown

MOST_GAPS = 6
STATES = {feeds.STEADY: "steady", feeds.GAPS: "gaps state", feeds.THIN: "thin", feeds.ABSENT: "absent"}
COVERED = {feeds.AUDITED: "audited", feeds.PARTLY: "partly", feeds.NOT_AUDITED: "not"}


def not_audited(shown: Shown) -> Iterator[str]:
    """The section; it is there on every page, also where nothing is known of the feeds."""
    yield f"<section><h2>{shown.say('not audited')}</h2>"
    if shown.period is None:
        yield f'<p class="unknown">{shown.say("not known")}</p>'
    else:
        yield from _clauses(shown)
        yield from _feeds(shown, *shown.period)
    people = ", ".join(one.clause for one in shown.coverage if one.state == feeds.NO_LOG)
    if people:
        yield f'<p class="quiet">{shown.say("no clause", clauses=people)}</p>'
    yield "</section>"


def _clauses(shown: Shown) -> Iterator[str]:
    open_ones = [one for one in shown.coverage if one.state in (feeds.PARTLY, feeds.NOT_AUDITED)]
    for state, name in ((feeds.NOT_AUDITED, "not at all"), (feeds.PARTLY, "only partly")):
        named = [one.clause for one in open_ones if one.state == state]
        if named:
            says = shown.say(name, count=len(named), all=len(shown.coverage), clauses=", ".join(named))
            yield f'<p class="unknown">{says}</p>'
    if not open_ones:
        yield f"<p>{shown.say('all there')}</p>"
        return
    heads = [shown.say(name) for name in ("clause", "state", "waits", "thin feeds", "gap hours")]
    yield f"<details><summary>{shown.say('table')}</summary>"
    yield from table(shown.say("clause state"), heads, [_clause(shown, one) for one in open_ones])
    yield "</details>"


def _clause(shown: Shown, one: Coverage) -> Sequence[object]:
    hours = sum(span.hours for spans in one.gaps.values() for span in spans)
    title = shown.pack.clauses[one.clause].title[shown.lang]
    state = unknown(shown.say(COVERED[one.state]))
    told = f"{hours:,}" if hours else ""
    return f"{one.clause} {title}", state, _names(shown, one.missing), _names(shown, one.thin), told


def _names(shown: Shown, classes: Sequence[str]) -> str:
    return ", ".join(shown.feed_name(cls) for cls in classes)


def _feeds(shown: Shown, start: datetime, end: datetime) -> Iterator[str]:
    heads = [shown.say(name) for name in ("feed", "state", "hours", "gap hours", "unsure hours", "gaps")]
    rows = [_feed(shown, feed) for feed in shown.feeds]
    caption = shown.say("feed state", start=shown.time(start), end=shown.time(end))
    yield from table(caption, heads, rows)


def _feed(shown: Shown, feed: Feed) -> Sequence[object]:
    word = shown.say(STATES[feed.state])
    state = Safe(word) if feed.state == feeds.STEADY else unknown(word)
    lost, unsure = (sum(span.hours for span in some) for some in (feed.gaps, feed.unsure))
    name = f"{feed.source}: {shown.feed_name(feed.cls)}"
    return name, state, feed.hours, lost, unsure, _spans(shown, feed.gaps)


def _spans(shown: Shown, spans: Sequence[Span]) -> str:
    said = [f"{shown.time(span.start)} – {_end(shown, span)}" for span in spans[:MOST_GAPS]]
    more = len(spans) - MOST_GAPS
    return "; ".join([*said, shown.say("more gaps", count=more)] if more > 0 else said)


def _end(shown: Shown, span: Span) -> str:
    """The end of a stretch; without the day where it is the day on which it began."""
    zone = ZoneInfo(shown.pack.zone)
    same = span.start.astimezone(zone).date() == span.end.astimezone(zone).date()
    return shown.clock(span.end) if same else shown.time(span.end)
