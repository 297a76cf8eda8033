"""The answer key: what a careful human reviewer says of each act that was put into the logs on purpose."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from clausewise.sample.period import iso

COLUMNS = ("clause_norm_hint", "person", "host_or_thing", "first_time_utc", "last_time_utc", "lines", "why")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: norm, who (a staff id, `county`, or empty), host or thing, first and last time, lines, reason."""

    norm: str
    person: str
    thing: str
    first: int
    last: int
    lines: int
    why: str
    feed: str = "proxy"


@dataclass(slots=True)
class Key:
    """Breaches, look-alikes and breaches of weekly windows, as they are told."""

    truth: list[Entry] = field(default_factory=list)
    lookalikes: list[Entry] = field(default_factory=list)
    windows: list[Entry] = field(default_factory=list)
    county: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def blame_county(self, norm: str, host: str, first: int, last: int, lines: int, why: str) -> None:
        """Add to the county's own breach for one host: many people's lines make one entry."""
        old = self.county.get((norm, host), Entry(norm, "county", host, first, last, 0, why))
        self.county[norm, host] = Entry(
            norm, "county", host, min(old.first, first), max(old.last, last), old.lines + lines, old.why
        )

    def breaches(self) -> list[Entry]:
        """All breaches that one event shows, people's and the county's, in the order of the file."""
        return _sorted([*self.truth, *self.county.values()])

    @staticmethod
    def count(entries: Iterable[Entry]) -> dict[str, int]:
        """Number of entries per norm."""
        return dict(sorted(Counter(entry.norm for entry in entries).items()))


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (entry.norm, entry.person, entry.thing, entry.first))


def write_key(folder: Path, key: Key, **facts: int | str) -> tuple[Path, ...]:
    """Write truth.csv, lookalikes.csv, windows.csv and the summary truth.toml; returns their paths.

    `facts` are shown at the head of the summary.
    """
    tables = {"truth": key.breaches(), "lookalikes": _sorted(key.lookalikes), "windows": _sorted(key.windows)}
    paths = []
    for name, entries in tables.items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(COLUMNS)
            out.writerows(
                (
                    entry.norm,
                    entry.person,
                    entry.thing,
                    iso(entry.first),
                    iso(entry.last),
                    entry.lines,
                    entry.why,
                )
                for entry in entries
            )
        paths.append(path)
    summary = [f"{name} = {value!r}".replace("'", '"') for name, value in facts.items()]
    for name, entries in tables.items():
        summary += ["", f"[{name}]", *_counts(Counter(entry.norm for entry in entries))]
        summary += ["", f"[{name}_lines]", *_counts(_lines(entries))]
    summary += ["", "[truth_feeds]", *(f'"{norm}" = "{feeds}"' for norm, feeds in _feeds(tables["truth"]))]
    path = folder / "truth.toml"
    path.write_text("\n".join(summary) + "\n", encoding="utf-8", newline="\n")
    return (*paths, path)


def _counts(counter: Counter[str]) -> list[str]:
    return [f'"{norm}" = {number}' for norm, number in sorted(counter.items())]


def _lines(entries: list[Entry]) -> Counter[str]:
    total: Counter[str] = Counter()
    for entry in entries:
        total[entry.norm] += entry.lines
    return total


def _feeds(entries: list[Entry]) -> list[tuple[str, str]]:
    feeds: dict[str, set[str]] = {}
    for entry in entries:
        feeds.setdefault(entry.norm, set()).add(entry.feed)
    return [(norm, " ".join(sorted(found))) for norm, found in sorted(feeds.items())]
