"""One section for each clause: what it says, what was seen, what happened and what was only tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from clausewise.audit.aspects import CHOICES, OUTCOMES
from clausewise.audit.findings import ADVICE, REVIEW, SELF_REPORTED, Finding, by_norm
from clausewise.audit.page.shown import Shown
from clausewise.audit.page.tables import table, whole
from clausewise.audit.page.trends import anchor
from clausewise.model.law import Clause, Norm

MOST_ROWS = 50
STATUS = {ADVICE: "advice", REVIEW: "review", SELF_REPORTED: "self"}


def sections(shown: Shown) -> Iterator[str]:
    """The clauses that have findings, in printed order."""
    groups = by_norm(shown.findings)
    for clause in shown.pack.clauses.values():
        norms = [norm for norm in clause.norms if norm.id in groups]
        if norms:
            yield '<section class="clause">'
            yield from _head(shown, clause)
            for norm in norms:
                yield from _norm(shown, norm, groups[norm.id])
            yield "</section>"


def _head(shown: Shown, clause: Clause) -> Iterator[str]:
    yield f'<h2><span class="tab">{escape(clause.id)}</span>{escape(clause.title[shown.lang])}</h2><dl>'
    quoted = shown.quoted.get(clause.id, ())
    if quoted:
        words = escape(" ".join(quoted))
        yield f'<dt>{shown.say("text")}</dt><dd><blockquote lang="en">{words}</blockquote></dd>'
    yield f"<dt>{shown.say('reading')}</dt><dd>{escape(clause.reading[shown.lang])}</dd>"
    yield f"<dt>{shown.say('cannot')}</dt><dd>{escape(clause.cannot_judge[shown.lang])}</dd></dl>"


def _norm(shown: Shown, norm: Norm, group: Sequence[Finding]) -> Iterator[str]:
    says = norm.says[shown.lang] or norm.why_people[shown.lang]
    yield f'<h3 id="n-{anchor(norm.id)}">{escape(norm.id)}: {escape(says)}</h3>'
    yield from _outcomes(shown, norm, group)
    pairs = _pairs(shown, group)
    heads = [shown.say(name) for name in ("who", "thing", "status", "events", "first", "last")]
    rows = [
        (
            *map(whole, names),
            len(times),
            shown.time(shown.local(min(times))),
            shown.time(shown.local(max(times))),
        )
        for names, times in sorted(pairs.items(), key=lambda pair: pair[0])[:MOST_ROWS]
    ]
    yield from table(f"{norm.id}, {len(group):,}", heads, rows)
    if len(pairs) > MOST_ROWS:
        yield f'<p class="quiet">{escape(shown.say("more", count=f"{len(pairs) - MOST_ROWS:,}"))}</p>'


def _outcomes(shown: Shown, norm: Norm, group: Sequence[Finding]) -> Iterator[str]:
    """What happened apart from what was only tried, and a person's choice apart from a page's."""
    counts = shown.aspects.count(group)
    if set(counts) == {("unknown", "unknown")}:
        return
    heads = [f"{norm.id}", *(shown.say(choice) for choice in CHOICES)]
    rows = [
        (shown.say(outcome), *(counts[outcome, choice] for choice in CHOICES))
        for outcome in OUTCOMES
        if any(counts[outcome, choice] for choice in CHOICES)
    ]
    yield f"<details><summary>{shown.say('how')}</summary>"
    yield from table(f"{shown.say('how')}: {norm.id}", heads, rows)
    yield f'<p class="quiet">{shown.say("apart note")}</p></details>'


def _pairs(shown: Shown, group: Sequence[Finding]) -> dict[tuple[str, str, str], list[int]]:
    """(pseudonym, thing, standing) to the times at which it was seen."""
    pairs: dict[tuple[str, str, str], list[int]] = {}
    for finding in group:
        who = finding.person or shown.say(finding.subject)
        pairs.setdefault((who, finding.resource, _status(shown, finding)), []).append(finding.time)
    return pairs


def _status(shown: Shown, finding: Finding) -> str:
    word = shown.say(STATUS.get(finding.status, "open"))
    ended = shown.standing[finding.id].ended
    return f"{word}; {shown.say('back', day=shown.last_day(ended))}" if ended else word


def apart(shown: Shown) -> Iterator[str]:
    """Findings set apart, settled or withdrawn: counted here and nowhere above."""
    if not shown.apart:
        return
    told: Counter[tuple[str, ...]] = Counter()
    for finding in shown.apart:
        stands = shown.standing[finding.id]
        until = shown.last_day(stands.until) if stands.until else ""
        outcome = shown.say(stands.outcome) if stands.outcome else ""
        told[finding.norm, shown.say(stands.state), outcome, stands.reason, until, stands.by] += 1
    heads = [shown.say(name) for name in ("norm", "status", "outcome", "reason", "until", "by", "events")]
    yield f"<section><h2>{shown.say('apart')}</h2><p>{shown.say('apart lead')}</p>"
    yield from table(
        shown.say("apart"), heads, [(*map(whole, names), count) for names, count in sorted(told.items())]
    )
    yield "</section>"
