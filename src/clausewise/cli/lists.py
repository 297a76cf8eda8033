"""`clausewise lists`: fetch or add lists of web sites, compile them, and ask why a host is labelled as it is."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from clausewise.cli import _inputs
from clausewise.labels import add as read_list
from clausewise.labels import get, origins, read_popular


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    top = commands.add_parser(
        "lists",
        help="web category lists: get, add, build, explain",
        description="web category lists: get, add, build, explain",
    )
    inner = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    fetch = inner.add_parser(
        "get",
        help="download a public list; its licence is shown first",
        description="download a public list; its licence is shown first",
    )
    fetch.add_argument("origin", choices=[o for o in origins() if o != "own"])
    fetch.add_argument("--yes", action="store_true", help="the licence is agreed to")
    fetch.set_defaults(run=run_get)
    one = inner.add_parser(
        "add",
        help="add a list from a file (named after its category) or a folder",
        description="add a list from a file (named after its category) or a folder",
    )
    one.add_argument(
        "name",
        help="a category such as gambling, the maker of a folder of lists such as ut1, or popular (a Tranco list)",
    )
    one.add_argument("path", type=Path)
    one.set_defaults(run=run_add)
    build = inner.add_parser(
        "build",
        help="compile all lists; deny.txt and allow.txt in the lists folder win",
        description="compile all lists; deny.txt and allow.txt in the lists folder win",
    )
    build.set_defaults(run=run_build)
    why = inner.add_parser(
        "explain", help="which list says what of a host", description="which list says what of a host"
    )
    why.add_argument("host")
    why.set_defaults(run=run_explain)


def run_get(args: argparse.Namespace) -> int:
    """Download after the licence was shown."""
    origin = origins()[args.origin]
    print(f"{args.origin}: {origin.licence}; {origin.url}")
    if not args.yes:
        print(f"to agree and download: clausewise lists get {args.origin} --yes")
        return 0

    def show(done: int, total: int | None) -> None:
        print(f"\r{done / 1e6:7.1f} of {(total or done) / 1e6:.1f} MB", end="", file=sys.stderr)

    print(get(args.origin, _inputs.lists_folder() / args.origin, progress=show))
    return run_build(args)


def run_add(args: argparse.Namespace) -> int:
    """Read it first, so that a bad list changes nothing; then keep a copy and compile."""
    if args.name == "popular":
        read_popular(args.path)
    else:
        read_list(args.name, args.path)
    folder = _inputs.lists_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if args.path.is_dir():
        shutil.copytree(args.path, folder / args.name, dirs_exist_ok=True)
    else:
        popular = args.name == "popular"
        shutil.copyfile(args.path, folder / (_inputs.POPULAR if popular else f"{args.name}.txt"))
    return run_build(args)


def run_build(args: argparse.Namespace) -> int:
    """Compile and say what was read, kept and guarded."""
    for line in _inputs.rebuild_labels(datetime.now(UTC)).says():
        print(line)
    return 0


def run_explain(args: argparse.Namespace) -> int:
    """Categories, service and provenance of a host."""
    labels = _inputs.open_labels(datetime.now(UTC))
    words = labels.words(labels.mask(args.host))
    print(f"{args.host}: {', '.join(words) or 'on no list'}")
    service = labels.service(args.host)
    if service:
        print(f"service: {service}")
    for row in labels.explain(args.host):
        print(f"  {row.category} by {row.list}, entry {row.entry} ({row.licence})")
    return 0
