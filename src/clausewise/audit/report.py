"""Says what an audit found, clause by clause, and what it could not see, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clausewise.audit.feeds import (
    ABSENT,
    GAPS,
    NOT_AUDITED,
    PARTLY,
    THIN,
    coverage,
    feeds,
    period_of,
    waiting,
)
from clausewise.audit.findings import ADVICE, SELF_REPORTED, VIOLATED, WITHDRAWN, Finding, Summary, by_norm
from clausewise.model.law import Pack
from clausewise.model.words import JudgedBy

CERTAINTY = {"exact": "exact", "indicative": "indicative, a person must look"}
MOST_FEEDS = 12


def lines_of(pack: Pack, summary: Summary, findings: Sequence[Finding], *, most: int = 5) -> list[str]:
    """The terminal report. `most` is how many people or things are listed under one norm."""
    lines = [*_read(summary), "", *_silence(pack, summary), *_norms(pack, summary)]
    lines += ["", *_findings(pack, summary, findings, most), *_windows(summary), *_standing(summary)]
    if summary.seen:
        top = sorted(summary.seen.items(), key=lambda row: -row[1])
        lines += ["", "web categories in aggregate, whoever it was (2):"]
        lines += [f"  {name.replace('_', ' '):<22} {count:>9,} events" for name, count in top[:12]]
    if summary.blind:
        lines += ["", "could not be judged with the facts at hand:"]
        lines += [f"  {norm:<22} needs {', '.join(tables)}" for norm, tables in summary.blind.items()]
    if summary.unknown:
        lines += ["", "unknown, which is never counted as compliant:"]
        lines += [f"  {norm:<22} {count:>9,} events" for norm, count in sorted(summary.unknown.items())]
    if summary.set_aside:
        lines += ["", "set aside by a shield:"]
        lines += [f"  {norm:<22} {count:>9,} events" for norm, count in sorted(summary.set_aside.items())]
    return [*lines, *(f"note: {said}" for said in summary.said)]


def _read(summary: Summary) -> list[str]:
    rate = summary.lines / summary.seconds if summary.seconds else 0.0
    head = (
        f"{summary.lines:,} lines of {len(summary.files)} files in {summary.seconds:.1f} s "
        f"({rate:,.0f} lines a second), {summary.questions:,} distinct questions, judged by {summary.engine}"
    )
    if summary.peak_bytes:
        head += f", at most {summary.peak_bytes / 1_048_576:,.0f} MiB of memory"
    many = f"lines that hold several records gave {summary.extra:,} more; " if summary.extra else ""
    where = (
        f"{summary.events:,} events, {summary.noise:,} comments and headers, {summary.rejects:,} unreadable, "
        f"{summary.protected:,} protected and not read; {many}"
        f"the sums {'match' if summary.sums() else 'DO NOT MATCH'}"
    )
    kept_out = (
        f"{summary.not_governed:,} not governed, {summary.nobody:,} by nobody signed in, "
        f"{summary.never_personal:,} in categories never joined with a person"
    )
    again = [f"{summary.rejudged:,} judgements repeated from the raw lines by the policy engine: all agree"]
    unreadable = [f"unreadable: {reject}" for reject in summary.first_rejects]
    return [head, where, kept_out, *(again if summary.rejudged else ()), *unreadable]


def _silence(pack: Pack, summary: Summary) -> Iterator[str]:
    """What was not audited, before anything that was found."""
    period = period_of(summary.hours)
    if period is None:
        yield "not counted for which hours each feed was there: silence cannot be told from quiet"
        return
    found = feeds(summary.hours, period, pack.zone)
    says = {ABSENT: "silent", GAPS: "gaps", THIN: "too little to tell silence from quiet"}
    for feed in [feed for feed in found if feed.state in says][:MOST_FEEDS]:
        lost, unsure = (sum(span.hours for span in some) for some in (feed.gaps, feed.unsure))
        first = f", the first from {feed.gaps[0].start:%Y-%m-%d %H:%M} UTC" if feed.gaps else ""
        yield (
            f"feed {feed.source}/{feed.cls}: {says[feed.state]}; {feed.hours:,} hours with events, "
            f"{lost:,} missing{first}, {unsure:,} nobody can tell"
        )
    covered = coverage(pack, found)
    for state in (NOT_AUDITED, PARTLY):
        clauses = [one.clause for one in covered if one.state == state]
        if clauses:
            how = "not audited, for want of a feed" if state == NOT_AUDITED else "audited in part"
            yield f"{how}: {len(clauses)} of {len(covered)} clauses ({', '.join(clauses)})"


def _norms(pack: Pack, summary: Summary) -> Iterator[str]:
    """How many norms this audit could judge, and what the others wait for."""
    by_policy = [n.id for n in pack.norms() if n.judged_by is JudgedBy.POLICY and n.id not in pack.disabled]
    asked = {
        n for of in (summary.violated, summary.satisfied, summary.unknown, summary.set_aside) for n in of
    }
    period = period_of(summary.hours)
    found = feeds(summary.hours, period, pack.zone) if period else ()
    waits = dict(waiting(pack, coverage(pack, found))) if period else {}
    judged = sum(norm in asked for norm in by_policy)
    blind = sum(norm in summary.blind and norm not in asked for norm in by_policy)
    for_feed = {n: classes for n, classes in waits.items() if n not in asked and n not in summary.blind}
    rest = len(by_policy) - judged - blind - sum(norm in for_feed for norm in by_policy)
    names = sorted({cls for classes in for_feed.values() for cls in classes})
    feed = f", {len(for_feed)} wait for a feed ({', '.join(names)})" if for_feed else ""
    people = len(pack.norms()) - len(by_policy)
    yield (
        f"{len(by_policy)} norms are judged by policy: {judged} were, {blind} lack facts{feed}, "
        f"{rest} no event was about; {people} more are for people, deadlines, or nobody to judge"
    )


def _windows(summary: Summary) -> Iterator[str]:
    """What counts over time found, and why some did not run."""
    if summary.windows or summary.waiting:
        yield from ("", "counts over time:")
        yield from (
            f"  {name:<28} {count:>7,} over the limit" for name, count in sorted(summary.windows.items())
        )
        yield from (f"  {name:<28} did not run: {why}" for name, why in sorted(summary.waiting.items()))


def _standing(summary: Summary) -> Iterator[str]:
    """How all kept findings stand with people."""
    if summary.standing:
        stand = ", ".join(f"{count:,} {state}" for state, count in summary.standing.items())
        yield f"kept findings: {stand}"


def _findings(pack: Pack, summary: Summary, findings: Sequence[Finding], most: int) -> list[str]:
    groups = by_norm(f for f in findings if f.status != WITHDRAWN)
    if not groups:
        return ["no findings"]
    lines = [f"{'clause':<22} {'events':>8} {'people':>7} {'things':>7}"]
    for norm in (n for n in pack.norms() if n.id in groups):
        group = groups[norm.id]
        people, things = {f.person for f in group if f.person}, {f.resource for f in group if f.resource}
        title = pack.clauses[norm.clause].title["en"]
        status = "" if any(f.status == VIOLATED for f in group) else f" [{group[0].status}]"
        lines.append(
            f"{norm.id:<22} {len(group):>8,} {len(people):>7,} {len(things):>7,}  {title}"
            f" ({CERTAINTY[norm.certainty]}; {norm.finding}){status}"
        )
        shown = sorted({(f.person or f.subject, f.resource) for f in group})[:most]
        lines += [f"{'':<22} {person}  {thing}" for person, thing in shown if thing]
    told = sum(f.status == SELF_REPORTED for f in findings)
    advice = sum(f.status == ADVICE for f in findings)
    lines.append(
        f"{len(findings):,} findings; {told:,} self-reported, {advice:,} advice; {summary.new:,} new, "
        f"{summary.again:,} known already, {summary.withdrawn:,} withdrawn"
    )
    return lines
