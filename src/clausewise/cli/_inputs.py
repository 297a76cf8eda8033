"""Puts together what questions are judged with: the pack, the county's facts and the label file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clausewise.cli import _place
from clausewise.facts import publish
from clausewise.facts.snapshot import Facts
from clausewise.labels import (
    BuildReport,
    Labels,
    ListSource,
    build,
    build_default,
    read_popular,
    with_shipped,
)
from clausewise.labels import add as add_list
from clausewise.model.law import Pack
from clausewise.pack import load_pack
from clausewise.pdp.build import Builder
from clausewise.pdp.engine import Pdp


@dataclass(frozen=True, slots=True)
class Office:
    """Law, facts and labels of this county, ready to be asked."""

    pack: Pack
    pdp: Pdp
    facts: Facts
    labels: Labels
    builder: Builder


def labels_folder() -> Path:
    """Where the compiled label files lie."""
    return _place.home() / "labels"


def open_labels(at: datetime) -> Labels:
    """The county's labels; built from the shipped lists at first use."""
    folder = labels_folder()
    if not any(folder.glob("*.lmdb")):
        folder.mkdir(parents=True, exist_ok=True)
        build_default(folder, at)
    return Labels.open(folder)


def lists_folder() -> Path:
    """Where lists that the county added lie, one folder or file each."""
    return _place.home() / "lists"


POPULAR = "popular.csv"
"""A list of popular sites in Tranco's form (rank,name), which switches the popularity guard on."""
OWN_RULES = ("deny.txt", "allow.txt")


def rebuild_labels(at: datetime) -> BuildReport:
    """Compile the shipped lists, those the county added, and its own deny and allow lines on top."""
    sources: list[ListSource] = []
    folder = lists_folder()
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name not in (*OWN_RULES, POPULAR) and not path.name.startswith("."):
            sources += add_list(path.stem, path)
    deny, allow = (_lines(folder / name) for name in OWN_RULES)
    popular = read_popular(folder / POPULAR) if (folder / POPULAR).is_file() else None
    return build(with_shipped(sources), labels_folder(), at=at, deny=deny, allow=allow, popular=popular)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def office(pack_name: str = "ar4040") -> Office:
    """Everything that `ask` and `audit` judge with."""
    pack = load_pack(pack_name)
    pdp = Pdp(pack)
    facts = publish.load(_place.home())
    labels = open_labels(datetime.now(UTC))
    return Office(pack, pdp, facts, labels, Builder(pdp, facts, labels))
