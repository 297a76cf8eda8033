"""`clausewise doctor`: what is there, what is not, and what to do about it; it changes nothing."""

from __future__ import annotations

import argparse
import codecs
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clausewise.audit.naming import FEEDS, in_force_since
from clausewise.cli import _inputs, _place
from clausewise.facts import publish
from clausewise.facts.tables import TABLES
from clausewise.labels import Labels
from clausewise.pack import load_pack
from clausewise.pack.text.store import load_text
from clausewise.review.check import check_pack

OK, NOTE, BROKEN = "ok", "note", "broken"
OLD_FACTS_DAYS = 30
OLD_LABELS_DAYS = 90
LOW_DISK_BYTES = 2_000_000_000
FULL_DISK_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at. `level` is ok, note or broken; a note or worse has a remedy."""

    level: str
    place: str
    says: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.says}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined: the county's folder, the pack's name, and the time of the visit (aware UTC)."""

    home: Path
    pack: str
    at: datetime


Check = Callable[[Patient], Iterator[Found]]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    sub = commands.add_parser(
        "doctor", help="what is there, what is missing or broken, and the remedy", description=__doc__
    )
    sub.add_argument("--pack", default="ar4040")
    sub.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at everything and print a line each; exit 1 if something is broken."""
    found = list(examine(Patient(_place.home(), args.pack, datetime.now(UTC))))
    for one in found:
        print(f"{one.level:<7} {one}")
    broken, notes = (sum(one.level == level for one in found) for level in (BROKEN, NOTE))
    print(f"{len(found)} looked at, {notes} notes, {broken} broken")
    return 1 if broken else 0


def examine(patient: Patient) -> Iterator[Found]:
    """Every check in order; one that fails says so and lets the others go on."""
    for check in CHECKS:
        try:
            yield from check(patient)
        except (ValueError, OSError) as error:
            place, _, rest = str(error).partition(": ")
            says, _, remedy = rest.partition("; ")
            yield Found(BROKEN, place, says or type(error).__name__, remedy or "mend it and look again")


def python_version(_: Patient) -> Iterator[Found]:
    """Whether this Python is one that is tested."""
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        yield Found(OK, "python", version)
    else:
        yield Found(BROKEN, "python", f"{version} is not tested", "use 3.11, 3.12 or 3.13")


def terminal(_: Patient) -> Iterator[Found]:
    """Whether the terminal shows Spanish letters."""
    encoding = sys.stdout.encoding or "ascii"
    if codecs.lookup(encoding).name == "utf-8":
        yield Found(OK, "terminal", encoding)
    else:
        yield Found(NOTE, "terminal", f"{encoding} cannot show every letter", "set LANG=C.UTF-8")


def zone(patient: Patient) -> Iterator[Found]:
    """Whether the county's time zone is known here."""
    name = load_pack(patient.pack).zone
    try:
        now = patient.at.astimezone(ZoneInfo(name))
    except ZoneInfoNotFoundError:
        yield Found(BROKEN, name, "time zone not known on this machine", "install the tzdata package")
    else:
        yield Found(OK, name, f"it is {now:%Y-%m-%d %H:%M} there")


def folder(patient: Patient) -> Iterator[Found]:
    """Whether the county's folder can be written, by whom it can be read, and how much room is left."""
    home = patient.home
    nearest = next((p for p in (home, *home.absolute().parents) if p.exists()), Path("/"))
    if not os.access(nearest, os.W_OK | os.X_OK):
        yield Found(
            BROKEN, str(home), "cannot be written", "give this account the right, or set CLAUSEWISE_HOME"
        )
    elif not home.exists():
        yield Found(NOTE, str(home), "not there yet", "it is made by the first command that keeps something")
    else:
        yield Found(OK, str(home), "can be written")
    free = shutil.disk_usage(nearest).free
    says = f"{free / 1e9:.1f} GB free"
    if free < LOW_DISK_BYTES:
        level = BROKEN if free < FULL_DISK_BYTES else NOTE
        yield Found(level, "disk", says, "make room, or move CLAUSEWISE_HOME to a larger disk")
    else:
        yield Found(OK, "disk", says)


def keys(patient: Patient) -> Iterator[Found]:
    """Whether secret keys can be read by this account alone."""
    secret = sorted(p for p in (patient.home / "keys").glob("*") if p.is_file() and p.suffix != ".pub")
    if not secret:
        yield Found(NOTE, "keys", "none yet", "the first audit or facts build makes them")
    for path in secret:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Found(BROKEN, str(path), f"mode {mode:04o}, so others can read it", f"chmod 600 {path}")
        else:
            yield Found(OK, str(path), f"mode {mode:04o}")


def law(patient: Patient) -> Iterator[Found]:
    """Whether the pack loads and survives its own check."""
    pack = load_pack(patient.pack)
    problems = check_pack(pack).problems
    if problems:
        says = f"{len(problems)} problems, the first: {problems[0]}"
        yield Found(BROKEN, f"pack {pack.id}", says, "clausewise pack check shows all")
    else:
        yield Found(OK, f"pack {pack.id}", f"{len(pack.clauses)} clauses, no problems, {pack.digest[:12]}")


def text(patient: Patient) -> Iterator[Found]:
    """Whether the county's own document was taken in."""
    pack = load_pack(patient.pack)
    kept = load_text(patient.home, pack.extends or pack.id) or load_text(patient.home, pack.id)
    if kept is None:
        remedy = "clausewise pack text FILE, so that clauses quote it"
        yield Found(NOTE, "text", f"{pack.regulation} itself was not taken in", remedy)
    else:
        yield Found(OK, "text", f"{kept.source_name}, taken in {kept.at:%Y-%m-%d}")


def facts(patient: Patient) -> Iterator[Found]:
    """Whether there are facts, how old they are, and what they leave unknown."""
    manifest = publish.manifest(patient.home)
    if manifest is None:
        yield Found(NOTE, "facts", "none, so most norms cannot be judged", "clausewise facts template DIR")
        return
    publish.load(patient.home)  # refuses, naming the table, when something was changed after signing
    age = (patient.at - manifest.built_at).days
    says = f"{len(manifest.tables)} tables, built {manifest.built_at:%Y-%m-%d}, {age} days ago"
    if age > OLD_FACTS_DAYS:
        yield Found(NOTE, "facts", says, "build again from the county's newest lists")
    else:
        yield Found(OK, "facts", says)
    absent = [name for name in TABLES if name not in manifest.tables]
    if absent:
        says = f"not given, so unknown: {', '.join(absent)}"
        yield Found(NOTE, "facts", says, "clausewise facts template DIR shows their columns")


def feeds(patient: Patient) -> Iterator[Found]:
    """For which feeds the capability register lets findings name anybody today."""
    rows = publish.load(patient.home)
    for feed in dict.fromkeys(name for cls, name in FEEDS.items() if cls in _place.sources_by_class()):
        since = in_force_since(rows, {feed}, patient.at)
        if since is None:
            remedy = "add it to capabilities.csv once staff and unions have had notice"
            yield Found(NOTE, f"feed {feed}", "not in force, so its findings stay aggregate", remedy)
        else:
            yield Found(OK, f"feed {feed}", f"in force since {since:%Y-%m-%d}")


def labels(patient: Patient) -> Iterator[Found]:
    """Whether the lists of web sites are compiled, since when, and whether the popularity guard is on."""
    if not any(_inputs.labels_folder().glob("*.lmdb")):
        yield Found(NOTE, "labels", "not built yet", "the first audit builds them; or clausewise lists build")
        return
    with Labels.open(_inputs.labels_folder()) as opened:
        built = datetime.fromisoformat(opened.meta["built_at"])
        counts, guard = opened.meta["counts"], bool(opened.meta["popularity_guard"])
    says = f"{sum(counts.values()):,} entries, built {built:%Y-%m-%d}"
    if (patient.at - built).days > OLD_LABELS_DAYS:
        yield Found(NOTE, "labels", says, "clausewise lists get, then clausewise lists build")
    else:
        yield Found(OK, "labels", says)
    if not guard:
        remedy = "clausewise lists add popular FILE, a Tranco list"
        yield Found(
            NOTE, "labels", "popularity guard off, so a wrong entry may hit a well-known site", remedy
        )


def findings(patient: Patient) -> Iterator[Found]:
    """How much was found so far; the files are counted, not read."""
    parts = sorted((patient.home / "findings").glob("*.parquet"))
    size = sum(part.stat().st_size for part in parts)
    says = (
        f"{len(parts)} {'run' if len(parts) == 1 else 'runs'} kept, {size / 1e6:.1f} MB"
        if parts
        else "none kept"
    )
    yield Found(OK, "findings", says)


CHECKS: tuple[Check, ...] = (
    python_version, terminal, zone, folder, keys, law, text, facts, feeds, labels, findings,
)  # fmt: skip
