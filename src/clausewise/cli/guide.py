"""`clausewise guide`: the wall sheet, one page a language: you may, ask first, never, tell at once, and whom."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from clausewise.model.law import Clause, Entry, Pack
from clausewise.model.words import JudgedBy, Kind
from clausewise.pack import load_pack

LANGUAGES = ("en", "es")
WIDTH = 120
EMPLOYEES = ("employees", "users", "anyone")
SAYS = {
    "en": {
        "title": "Using county technology",
        "may": "You may",
        "ask": "Ask first",
        "never": "Nobody can make an exception",
        "tell": "Tell at once",
        "whom": "and whom",
        "writing": "in writing, beforehand",
        "foot": "Our reading, by clause; the regulation and the law decide. Not sure? Ask: {office}.",
    },
    "es": {
        "title": "El uso de la tecnología del condado",
        "may": "Usted puede",
        "ask": "Pregunte antes",
        "never": "Nadie puede hacer una excepción",
        "tell": "Avise al momento",
        "whom": "y a quién",
        "writing": "por escrito y de antemano",
        "foot": "Nuestra lectura, por cláusula; deciden el reglamento y la ley. ¿Dudas? Pregunte: {office}.",
    },
}
FORBIDS = {
    "en": re.compile(r"(?i)\b(?:do not|never|only|may not)\b"),
    "es": re.compile(r"(?i)\b(?:no|ni|nunca|solo)\b"),
}
"""A sentence that says what is closed."""
OPENS = {"en": re.compile(r"^Do not\b|\bonly\b"), "es": re.compile(r"^No\b|\bsolo\b")}
"""A later sentence of a reading that says what is closed, where its first one does not."""
STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1b;--page:#fff;--line:#71767a}
@media(prefers-color-scheme:dark){:root{--ink:#f0f0f0;--page:#1b1b1b;--line:#a9aeb1}}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.4 "Public Sans",system-ui,sans-serif}
article{max-width:52rem;margin:0 auto;padding:1rem}h1,h2{line-height:1.15;margin:.6em 0 .25em}
h1{font-size:1.6rem}h2{font-size:1.15rem;border-bottom:2px solid var(--line)}ul{list-style:none;margin:0;padding:0}
li{display:grid;grid-template-columns:4.5rem 1fr;gap:.5rem;padding:.1rem 0}li b{font-variant-numeric:tabular-nums}
article+article{border-top:1px solid var(--line)}
@page{size:auto;margin:11mm}
@media print{:root{--ink:#000;--page:#fff}body{font-size:8.6pt;line-height:1.25}article{max-width:none;padding:0;
border:0;break-inside:avoid}article+article{break-before:page;border:0}h1{font-size:14pt;margin:0}
h2{font-size:10.5pt;margin:2mm 0 .5mm}p{margin:1.5mm 0 0}li{grid-template-columns:11mm 1fr;gap:1mm;padding:.15mm 0}}
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sheet: the clause it comes from, what it says, and the offices to turn to."""

    clause: str
    text: str
    whom: tuple[str, ...] = ()
    note: str = ""

    def line(self) -> str:
        """The line without its clause: text, then whom."""
        whom = "; ".join(self.whom) + (f" ({self.note})" if self.note else "")
        return f"{self.text} → {whom}" if whom else self.text


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: language, heading, the four parts in order of SAYS, and the last line."""

    lang: str
    heading: str
    parts: tuple[tuple[str, tuple[Item, ...]], ...]
    foot: str


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "guide", help="the wall sheet: you may, ask first, never, tell at once, and whom", description=__doc__
    )
    sub.add_argument("--lang", choices=LANGUAGES, help="only this language (default: both, a page each)")
    sub.add_argument("--out", type=Path, metavar="FILE", help="write a page to print (HTML) instead")
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the sheet as text, or write it as HTML."""
    pack = load_pack(args.pack)
    sheets = [sheet(pack, lang) for lang in ([args.lang] if args.lang else LANGUAGES)]
    if args.out:
        args.out.write_text(html(sheets), encoding="utf-8")
        print(f"wrote {args.out}; one page a language, to print on A4 or Letter")
    else:
        print("\n\n".join("\n".join(lines(one)) for one in sheets))
    return 0


def sheet(pack: Pack, lang: str) -> Sheet:
    """The page in one language, computed from the pack: nothing on it is written by hand."""
    say = SAYS[lang]
    parts = (
        (say["may"], tuple(_may(pack, lang))),
        (f"{say['ask']}, {say['whom']}", tuple(_ask(pack, lang))),
        (say["never"], tuple(_never(pack, lang))),
        (f"{say['tell']}, {say['whom']}", tuple(_tell(pack, lang))),
    )
    office = _office(pack, "human-resources", lang)
    heading = f"{say['title']} · {pack.issuer} · {pack.regulation}"
    return Sheet(lang, heading, parts, say["foot"].format(office=office))


def _may(pack: Pack, lang: str) -> Iterator[Item]:
    """Permissions to employees, then what a shield of the law keeps open across several clauses."""
    for norm in pack.norms():
        if norm.kind is Kind.PERMISSION and norm.addressee in EMPLOYEES:
            yield Item(norm.clause, norm.says[lang])
    for guard in pack.guards.values():
        clauses = list(dict.fromkeys(pack.norm(norm).clause for norm in guard.sets_aside))
        if len(clauses) > 3:
            yield Item(clauses[0], f"{guard.title[lang]} ({', '.join(clauses)}).")


def _ask(pack: Pack, lang: str) -> Iterator[Item]:
    """What an office may permit to an employee."""
    for clause in pack.clauses.values():
        if clause.permission and clause.authority in pack.registers["designations"] and _closes(clause):
            note = SAYS[lang]["writing"] if clause.permission == "prior-written" else ""
            yield Item(clause.id, clause.title[lang], (_office(pack, clause.authority, lang),), note)


def _never(pack: Pack, lang: str) -> Iterator[Item]:
    """Prohibitions to which the text names nobody who could say yes."""
    for clause in pack.clauses.values():
        if clause.authority == "none" and _closes(clause):
            yield Item(clause.id, _closed(clause.reading[lang], lang))


def _tell(pack: Pack, lang: str) -> Iterator[Item]:
    """Reports that employees make; those that a clock starts at once come first and say how."""
    routes = [route for route in pack.registers["routes"].values() if route["kind"] == "report"]
    for route in sorted(routes, key=lambda r: not _at_once(pack, r)):
        said = f": {_words(route['says'], lang)}" if _at_once(pack, route) else "."
        whom = tuple(_office(pack, office, lang) for office in _list(route["to"]))
        yield Item(str(route["clause"]), _words(route["title"], lang) + said, whom)


def _at_once(pack: Pack, route: Entry) -> bool:
    """Whether one of the route's clocks leaves whoever reports no time at all."""
    clocks = (pack.registers["clocks"].get(name) for name in _list(route.get("clocks", [])))
    return any(c is not None and c["limit"] == 0 and c["unit"] == "hour" for c in clocks)


def _closes(clause: Clause) -> bool:
    """Whether the clause forbids something to an employee."""
    return any(
        n.kind is Kind.PROHIBITION and n.addressee in EMPLOYEES and n.judged_by is not JudgedBy.NONE
        for n in clause.norms
    )


def _closed(reading: str, lang: str) -> str:
    """The first sentence of a reading and, where that forbids nothing, the first later one that does; a list
    that begins with a colon is left to the full reading.
    """
    first, *rest = (re.sub(r":\s.*", ".", sentence) for sentence in _sentences(reading))
    if FORBIDS[lang].search(first):
        return first
    second = next((sentence for sentence in rest if OPENS[lang].search(sentence)), "")
    return f"{first} {second}".strip()


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-ZÁÉÍÓÚÑ¿¡\[])", text)


def _office(pack: Pack, office: str, lang: str) -> str:
    row = pack.registers["designations"].get(office)
    return _words(row["title"], lang) if row else office


def _words(value: object, lang: str) -> str:
    return str(value.get(lang, "")) if isinstance(value, dict) else str(value)


def _list(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list | tuple) else []


def lines(page: Sheet) -> Iterator[str]:
    """The page as plain text, `WIDTH` columns wide; every first line of an item begins with its clause."""
    yield page.heading
    for title, items in page.parts:
        yield title.upper()
        for item in items:
            yield from textwrap.wrap(
                item.line(), WIDTH, initial_indent=f" {item.clause:<4} ", subsequent_indent=" " * 6
            )
    yield from textwrap.wrap(page.foot, WIDTH)


def html(pages: list[Sheet]) -> str:
    """All pages as one document that needs nothing else; printed, each language takes one sheet."""
    first = pages[0]
    body = []
    for page in pages:
        body.append(f'<article lang="{page.lang}"><h1>{escape(page.heading)}</h1>')
        for title, items in page.parts:
            rows = "".join(
                f"<li><b>{escape(i.clause)}</b><span>{escape(i.line())}</span></li>" for i in items
            )
            body.append(f'<section><h2>{escape(title)}</h2><ul role="list">{rows}</ul></section>')
        body.append(f"<p>{escape(page.foot)}</p></article>")
    return (
        f'<!doctype html><html lang="{first.lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(first.heading)}</title><style>{STYLE}</style></head><body><main>"
        + "\n".join(body)
        + "</main></body></html>\n"
    )
