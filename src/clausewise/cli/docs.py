"""`clausewise docs`: the reference pages of a checkout, written from the law and the program, or checked for age."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import clausewise
from clausewise.cli import _law_pages, _program_pages
from clausewise.cli.main import parser
from clausewise.facts.tables import TABLES
from clausewise.pack import load_pack
from clausewise.sources import SOURCES

EPILOG = """\
examples:
  clausewise docs --write     after a change to the law, a fact table, a log source or a command
  clausewise docs --check     exit status 1 and the name of each page that is out of date
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    text = "the reference pages of a checkout: write them, or check that they are current"
    style = argparse.RawDescriptionHelpFormatter
    sub = commands.add_parser("docs", help=text, description=text, epilog=EPILOG, formatter_class=style)
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("--write", action="store_true", help="write every page that has changed")
    which.add_argument("--check", action="store_true", help="change nothing; fail if a page is out of date")
    sub.add_argument(
        "--into", type=Path, help="folder of the pages (default: docs/reference of the checkout)"
    )
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write or check; exit 1 if a checked page is out of date."""
    folder = args.into or _checkout() / "docs" / "reference"
    old = stale(folder, pages())
    if args.write:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in old.items():
            (folder / name).write_text(text, encoding="utf-8")
            print(f"wrote {folder / name}")
    else:
        for name in old:
            print(f"{folder / name}: out of date; clausewise docs --write")
    if not old:
        print("every reference page is current")
    return 1 if old and args.check else 0


def pages() -> Mapping[str, str]:
    """File name to the text that the page should have now."""
    pack = load_pack("ar4040")
    return {
        "clauses.md": _law_pages.clauses(pack),
        "vocabulary.md": _law_pages.vocabulary(pack),
        "facts.md": _program_pages.facts(TABLES),
        "sources.md": _program_pages.sources(SOURCES),
        "commands.md": _program_pages.commands(parser()),
    }


def stale(folder: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """The pages that are missing in `folder` or say something else, with what they should say."""
    found = {}
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            found[name] = text
    return found


def _checkout() -> Path:
    """The folder of the checkout that this program runs from.

    Raises:
        FileNotFoundError: it was installed without one.
    """
    root = Path(clausewise.__file__).resolve().parents[2]
    if not (root / "docs").is_dir():
        raise FileNotFoundError(f"{root}: not a checkout, so it has no docs; name a folder with --into")
    return root
