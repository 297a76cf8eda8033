"""Says what an audit found, clause by clause, as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from clausewise.audit.findings import ADVICE, SELF_REPORTED, VIOLATED, WITHDRAWN, Finding, Summary, by_norm
from clausewise.model.law import Pack

CERTAINTY = {"exact": "exact", "indicative": "indicative, a person must look"}


def lines_of(pack: Pack, summary: Summary, findings: Sequence[Finding], *, most: int = 5) -> list[str]:
    """The terminal report. `most` is how many people or things are listed under one norm."""
    lines = [*_read(summary), "", *_findings(pack, summary, findings, most)]
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
        f"({rate:,.0f} lines a second), {summary.questions:,} distinct questions"
    )
    where = (
        f"{summary.events:,} events, {summary.noise:,} comments and headers, {summary.rejects:,} unreadable, "
        f"{summary.protected:,} protected and not read; the sums {'match' if summary.sums() else 'DO NOT MATCH'}"
    )
    kept_out = (
        f"{summary.not_governed:,} not governed, {summary.nobody:,} by nobody signed in, "
        f"{summary.never_personal:,} in categories never joined with a person"
    )
    return [head, where, kept_out, *(f"unreadable: {reject}" for reject in summary.first_rejects)]


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
