"""`clausewise page`: the kept findings as one page that needs nothing else and names nobody."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from clausewise.audit import store
from clausewise.audit.page import page
from clausewise.audit.selection import Selection
from clausewise.cli import _chosen, _place
from clausewise.pack import load_pack

WORDS = {
    "en": {"clause": "clause {}", "since": "from {}", "until": "before {}"},
    "es": {"clause": "cláusula {}", "since": "desde {}", "until": "antes de {}"},
}
EPILOG = """\
examples:
  clausewise page
  clausewise page --lang es --out hallazgos.html --clause 9f --since 2026-10-05
The page needs no network and no script; what was not audited comes first. Nobody is named on it.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "page",
        help="the kept findings as one page",
        description="Write the kept findings, clause by clause, with charts and tables, as one page.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument("--out", type=Path, default=Path("findings.html"), help="default: findings.html")
    sub.add_argument("--lang", choices=("en", "es"), default="en")
    _chosen.add_choice(sub)
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the page and name it."""
    if not args.out.absolute().parent.is_dir():
        raise ValueError(f"{args.out}: there is no such folder; make it first, or name a file elsewhere")
    pack, now = load_pack(args.pack), datetime.now(UTC).replace(microsecond=0)
    selection, kept = _chosen.chosen(args, pack), _chosen.kept(now, pack)
    last = store.read_summary(kept.home)
    text = page(
        pack,
        last[1] if last else None,
        selection.of(kept.findings, kept.standing),
        lang=args.lang,
        at=now,
        quoted={clause: _place.quoted(pack, clause) for clause in pack.clauses},
        standing=kept.standing,
        filters=words(selection, args.lang, pack.zone),
    )
    store.write_text(args.out, text)
    print(f"wrote {args.out}")
    return 0


def words(selection: Selection, lang: str, zone: str) -> str:
    """What the findings were chosen by, as a person reads it; empty if nothing was chosen."""
    place = ZoneInfo(zone)
    told = {
        "clause": selection.clause,
        "since": f"{selection.since.astimezone(place):%Y-%m-%d %H:%M}" if selection.since else "",
        "until": f"{selection.until.astimezone(place):%Y-%m-%d %H:%M}" if selection.until else "",
    }
    return ", ".join(WORDS[lang][name].format(text) for name, text in told.items() if text)
