"""Puts the page together: what was not audited first, then the findings, then what they were judged with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape

from clausewise.audit.aspects import Aspects
from clausewise.audit.feeds import coverage, feeds, period_of
from clausewise.audit.findings import ADVICE, REVIEW, SELF_REPORTED, WITHDRAWN, Finding, Summary
from clausewise.audit.page.clauses import apart, sections
from clausewise.audit.page.shown import Shown
from clausewise.audit.page.silence import not_audited
from clausewise.audit.page.style import STYLE
from clausewise.audit.page.tables import Safe, table
from clausewise.audit.page.terms import INPUTS
from clausewise.audit.page.trends import overview, trend
from clausewise.audit.standing import OPEN, SHOWN, Standing
from clausewise.model.law import Pack
from clausewise.pdp.engine import Pdp

NOTHING: Mapping[str, Standing] = {}


def page(
    pack: Pack,
    summary: Summary | None,
    findings: Sequence[Finding],
    *,
    lang: str,
    at: datetime,
    quoted: Mapping[str, tuple[str, ...]],
    standing: Mapping[str, Standing] = NOTHING,
    pdp: Pdp | None = None,
    filters: str = "",
) -> str:
    """The page as one HTML text.

    Args:
        summary: of the last audit; None where it is not kept.
        findings: the newest judgement of each. quoted: the county's own sentences by clause.
        standing: how findings stand with people; one that is not named there stands as it was judged.
        pdp: the engine of this pack, if there is one already. filters: what the findings were chosen by.
    """
    stands = {f.id: standing.get(f.id) or _as_judged(f) for f in findings}
    hours = summary.hours if summary else {}
    period = period_of(hours)
    found = feeds(hours, period, pack.zone) if period else ()
    shown = Shown(
        pack=pack,
        summary=summary,
        findings=[f for f in findings if stands[f.id].state in SHOWN],
        apart=[f for f in findings if stands[f.id].state not in SHOWN],
        standing=stands,
        aspects=Aspects(pdp or Pdp(pack)),
        quoted=quoted,
        lang=lang,
        at=at,
        feeds=found,
        coverage=coverage(pack, found) if period else (),
        period=period,
        filters=filters,
    )
    return "\n".join([*_head(shown), *_body(shown), "</main></body></html>", ""])


def _as_judged(finding: Finding) -> Standing:
    known = finding.status in (ADVICE, REVIEW, SELF_REPORTED, WITHDRAWN)
    return Standing(finding.status if known else OPEN, finding.reason)


def _head(shown: Shown) -> Iterator[str]:
    pack = shown.pack
    yield f'<!doctype html><html lang="{shown.lang}"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{shown.say('title')} · {escape(pack.regulation)}</title><style>{STYLE}</style></head><body>"
    yield f'<header><a class="skip" href="#findings">{shown.say("skip")}</a>'
    yield f'<p class="quiet">{escape(pack.issuer)} · {escape(pack.regulation)}</p><h1>{shown.say("title")}</h1>'
    yield f"<p>{shown.say('lead')} {shown.say('names')}</p>"
    made = shown.say("made", at=shown.time(shown.at), count=f"{len(shown.findings):,}")
    said = f" {shown.say('filters', filters=escape(shown.filters))}" if shown.filters else ""
    yield f'<p class="quiet">{made}{said}</p></header><main id="findings" tabindex="-1">'


def _body(shown: Shown) -> Iterator[str]:
    yield from not_audited(shown)
    if shown.findings:
        yield from overview(shown)
        yield from trend(shown)
        yield from sections(shown)
    else:
        yield f"<p>{shown.say('none')}</p>"
    yield from apart(shown)
    yield from _read(shown)
    yield from _inputs(shown)


def _read(shown: Shown) -> Iterator[str]:
    summary = shown.summary
    yield f"<section><h2>{shown.say('read')}</h2>"
    if summary is None:
        yield f'<p class="unknown">{shown.say("no audit")}</p></section>'
        return
    yield f"<p>{shown.say('lines', s=summary)}</p>"
    files = "".join(f"<li>{escape(name)}</li>" for name in summary.files)
    if files:
        yield f"<details><summary>{shown.say('files')} ({len(summary.files)})</summary><ul>{files}</ul></details>"
    if summary.blind:
        rows = "".join(
            f"<li>{escape(n)}: {shown.say('needs')} {', '.join(t)}</li>" for n, t in summary.blind.items()
        )
        yield f"<h3>{shown.say('blind')}</h3><ul>{rows}</ul>"
    if summary.unknown:
        heads = [shown.say("norm"), shown.say("count")]
        yield from table(shown.say("unknowns"), heads, sorted(summary.unknown.items()))
    if summary.set_aside:
        count = f"{sum(summary.set_aside.values()):,}"
        yield f"<h3>{shown.say('set aside')}</h3><p>{shown.say('set aside note', count=count)}</p>"
    yield "</section>"


def _inputs(shown: Shown) -> Iterator[str]:
    """Every digest that some finding of the page was judged with; there are several after a change."""
    digests = {"pack": {shown.pack.digest: None}, "facts": dict[str, None](), "labels": dict[str, None]()}
    for finding in (*shown.findings, *shown.apart):
        for name, seen in digests.items():
            seen[getattr(finding.digests, name)] = None
    rows = [
        (INPUTS[shown.lang][name], Safe(f"<code>{escape(digest)}</code>"))
        for name, seen in digests.items()
        for digest in seen
        if digest
    ]
    yield f"<section><h2>{shown.say('law')}</h2><p>{shown.say('law note')}</p>"
    yield from table(shown.say("law"), [shown.say("source"), shown.say("digest")], rows)
    yield "</section>"
