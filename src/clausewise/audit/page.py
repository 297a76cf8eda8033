"""Writes the findings as one HTML page that needs nothing else, names nobody, and reads well aloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from clausewise.audit.findings import SELF_REPORTED, WITHDRAWN, Finding, Summary, by_norm
from clausewise.audit.timeline import moment
from clausewise.model.law import Norm, Pack

MOST_ROWS = 50
TEXT = {
    "en": {
        "title": "Findings by clause",
        "lead": "A finding is a reason for a person to look. It is not proof, and it names nobody.",
        "read": "What was read",
        "lines": "{s.lines:,} lines: {s.events:,} events, {s.noise:,} comments, {s.rejects:,} unreadable, "
        "{s.protected:,} protected and not read. {s.not_governed:,} events are not governed, {s.nobody:,} were "
        "by nobody signed in, {s.never_personal:,} lie in categories never joined with a person.",
        "clause": "Clause",
        "events": "Events",
        "people": "People",
        "things": "Hosts or things",
        "sure": "How sure",
        "exact": "exact",
        "indicative": "indicative",
        "none": "No findings. That means nothing was found in these logs, not that nothing happened.",
        "reading": "Our reading",
        "cannot": "What software cannot see",
        "first": "First",
        "files": "Log files",
        "last": "Last",
        "who": "Pseudonym",
        "thing": "Host or thing",
        "blind": "Could not be judged",
        "needs": "needs",
        "unknown": "Unknown, never counted as compliant",
        "more": "more rows; the CSV has them all",
        "self": "self-reported",
        "skip": "Skip to the findings",
        "law": "Law and inputs",
        "text": "The county's text",
        "county": "the county",
        "device": "a device",
    },
    "es": {
        "title": "Hallazgos por cláusula",
        "lead": "Un hallazgo es un motivo para que una persona revise. No es prueba y no nombra a nadie.",
        "read": "Lo que se leyó",
        "lines": "{s.lines:,} líneas: {s.events:,} eventos, {s.noise:,} comentarios, {s.rejects:,} ilegibles, "
        "{s.protected:,} protegidas y no leídas. {s.not_governed:,} eventos no están regidos, {s.nobody:,} sin "
        "nadie identificado, {s.never_personal:,} en categorías que nunca se unen a una persona.",
        "clause": "Cláusula",
        "events": "Eventos",
        "people": "Personas",
        "things": "Servidores o cosas",
        "sure": "Certeza",
        "exact": "exacta",
        "indicative": "indicativa",
        "none": "Sin hallazgos. Significa que nada se halló en estos registros, no que nada ocurriera.",
        "reading": "Nuestra lectura",
        "cannot": "Lo que el programa no ve",
        "first": "Primero",
        "files": "Archivos de registro",
        "last": "Último",
        "who": "Seudónimo",
        "thing": "Servidor o cosa",
        "blind": "No se pudo juzgar",
        "needs": "requiere",
        "unknown": "Desconocido; nunca cuenta como cumplido",
        "more": "filas más; el CSV las tiene todas",
        "self": "informado por la propia persona",
        "skip": "Ir a los hallazgos",
        "law": "Ley y datos",
        "text": "El texto del condado",
        "county": "el condado",
        "device": "un dispositivo",
    },
}
STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1b;--page:#fff;--soft:#f0f0f0;--line:#71767a;--link:#005ea2}
@media(prefers-color-scheme:dark){:root{--ink:#f0f0f0;--page:#1b1b1b;--soft:#2d2e2f;--line:#a9aeb1;--link:#73b3e7}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);
font:1rem/1.6 "Public Sans",system-ui,sans-serif}p,li,dd,td,code{overflow-wrap:anywhere}
main,header{max-width:60rem;margin:0 auto;padding:1rem}h1,h2{line-height:1.2;font-family:Merriweather,Georgia,serif}
a{color:var(--link)}a:focus,summary:focus,[tabindex]:focus{outline:.25rem solid #2491ff;outline-offset:.1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;min-width:34rem}caption{text-align:left;font-weight:700;padding:.5rem 0}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}th.n,td.n{white-space:nowrap}section{margin-top:2.5rem}header+main{padding-top:0}
.skip{position:absolute;left:-999rem}.skip:focus{position:static}blockquote{margin:0;padding-left:1rem;
border-left:.25rem solid var(--line)}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}
@media(max-width:40rem){dl{grid-template-columns:1fr}dt{font-weight:700}}dd{margin:0}code{background:var(--soft)}
"""


def page(
    pack: Pack,
    summary: Summary,
    findings: Sequence[Finding],
    *,
    lang: str,
    at: datetime,
    quoted: dict[str, tuple[str, ...]],
) -> str:
    """The page. `quoted` holds the county's own sentences by clause, where they were taken in."""
    say, zone = TEXT[lang], ZoneInfo(pack.zone)
    groups = by_norm(f for f in findings if f.status != WITHDRAWN)
    norms = [norm for norm in pack.norms() if norm.id in groups]
    body = [
        f'<header><a class="skip" href="#findings">{say["skip"]}</a>',
        f"<p>{escape(pack.issuer)} · {escape(pack.regulation)} · {at.astimezone(zone):%Y-%m-%d %H:%M}</p>",
        f'<h1>{say["title"]}</h1><p>{say["lead"]}</p></header><main id="findings" tabindex="-1">',
        *(_overview(pack, norms, groups, say, lang) if norms else [f"<p>{say['none']}</p>"]),
    ]
    body += _read(summary, say)
    for norm in norms:
        body += _norm(pack, norm, groups[norm.id], say, lang, zone, quoted.get(norm.clause, ()))
    body += [*_unjudged(summary, say), *_inputs(findings, pack, say), "</main>"]
    head = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{say['title']} · {escape(pack.regulation)}</title><style>{STYLE}</style></head><body>"
    )
    return head + "\n".join(body) + "</body></html>\n"


def _read(summary: Summary, say: dict[str, str]) -> Iterator[str]:
    yield f"<section><h2>{say['read']}</h2><p>{say['lines'].format(s=summary)}</p>"
    files = "".join(f"<li>{escape(name)}</li>" for name in summary.files)
    yield f"<details><summary>{say['files']} ({len(summary.files)})</summary><ul>{files}</ul></details></section>"


def _overview(
    pack: Pack, norms: Sequence[Norm], groups: dict[str, list[Finding]], say: dict[str, str], lang: str
) -> Iterator[str]:
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{say["title"]}"><table><caption>{say["title"]}</caption>'
    heads = ("clause", "events", "people", "things", "sure")
    cells = "".join(f'<th scope="col"{" class=n" if h in heads[1:4] else ""}>{say[h]}</th>' for h in heads)
    yield f"<thead><tr>{cells}</tr></thead><tbody>"
    for norm in norms:
        group = groups[norm.id]
        title = escape(pack.clauses[norm.clause].title[lang])
        people, things = {f.person for f in group if f.person}, {f.resource for f in group if f.resource}
        yield (
            f'<tr><th scope="row"><a href="#n-{_anchor(norm.id)}">{norm.id}</a> {title}</th>'
            f'<td class="n">{len(group):,}</td><td class="n">{len(people):,}</td>'
            f'<td class="n">{len(things):,}</td><td>{say[norm.certainty]}</td></tr>'
        )
    yield "</tbody></table></div>"


def _norm(
    pack: Pack,
    norm: Norm,
    group: list[Finding],
    say: dict[str, str],
    lang: str,
    zone: ZoneInfo,
    quoted: Sequence[str],
) -> Iterator[str]:
    clause = pack.clauses[norm.clause]
    yield f'<section id="n-{_anchor(norm.id)}"><h2>{norm.id} {escape(clause.title[lang])}</h2><dl>'
    if quoted:
        yield f"<dt>{say['text']}</dt><dd><blockquote>{escape(' '.join(quoted))}</blockquote></dd>"
    yield f"<dt>{say['reading']}</dt><dd>{escape(clause.reading[lang])}</dd>"
    yield f"<dt>{say['cannot']}</dt><dd>{escape(clause.cannot_judge[lang])}</dd></dl>"
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{norm.id}"><table><caption>{norm.id}</caption><thead><tr>'
    heads = ("who", "thing", "events", "first", "last")
    yield "".join(f'<th scope="col">{say[name]}</th>' for name in heads) + "</tr></thead><tbody>"
    pairs: dict[tuple[str, str, str], list[int]] = {}
    for finding in group:
        who = finding.person or say.get(finding.subject, "–")
        pairs.setdefault((who, finding.resource, finding.status), []).append(finding.time)
    for (who, thing, status), times in sorted(pairs.items())[:MOST_ROWS]:
        first, last = (moment(t).astimezone(zone) for t in (min(times), max(times)))
        told = f" ({say['self']})" if status == SELF_REPORTED else ""
        yield (
            f"<tr><td>{escape(who)}{told}</td><td>{escape(thing) or '–'}</td><td>{len(times):,}</td>"
            f"<td>{first:%Y-%m-%d %H:%M}</td><td>{last:%Y-%m-%d %H:%M}</td></tr>"
        )
    yield "</tbody></table></div>"
    if len(pairs) > MOST_ROWS:
        yield f"<p>{len(pairs) - MOST_ROWS:,} {say['more']}</p>"
    yield "</section>"


def _unjudged(summary: Summary, say: dict[str, str]) -> Iterator[str]:
    if summary.blind:
        rows = "".join(f"<li>{n}: {say['needs']} {', '.join(t)}</li>" for n, t in summary.blind.items())
        yield f"<section><h2>{say['blind']}</h2><ul>{rows}</ul></section>"
    if summary.unknown:
        rows = "".join(f"<li>{n}: {c:,}</li>" for n, c in sorted(summary.unknown.items()))
        yield f"<section><h2>{say['unknown']}</h2><ul>{rows}</ul></section>"


def _inputs(findings: Sequence[Finding], pack: Pack, say: dict[str, str]) -> Iterator[str]:
    digests = findings[0].digests if findings else None
    facts, labels = (digests.facts, digests.labels) if digests else ("", "")
    yield f"<section><h2>{say['law']}</h2><p>pack <code>{pack.digest}</code><br>"
    yield f"facts <code>{facts}</code><br>labels <code>{labels}</code></p></section>"


def _anchor(norm_id: str) -> str:
    return norm_id.replace(".", "-").replace("/", "-")
