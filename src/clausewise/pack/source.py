"""The files of a pack as they were read: their text, the tables of each TOML file, and where each came from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clausewise.pack.problems import PackError, Problem


@dataclass(frozen=True, slots=True)
class Source:
    """A pack before anybody has looked whether it is whole. `origins` names the pack that a file came from."""

    place: str
    texts: Mapping[str, str]
    tables: Mapping[str, Mapping[str, Any]]
    problems: tuple[Problem, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)

    def at(self, name: str) -> str:
        """`ar4040/acts/buy.toml`: a file as messages name it."""
        return f"{self.origins.get(name, self.place)}/{name}"

    def named(self, start: str, end: str) -> list[str]:
        """The TOML files below folder `start` whose names end with `end`, in order."""
        return sorted(name for name in self.tables if name.startswith(start) and name.endswith(end))


def read_toml(place: str, text: str) -> dict[str, Any]:
    """Parse one TOML file; PackError with the parser's line where it cannot be read."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError([Problem(place, f"not TOML: {error}", "mend that line")]) from None


def parse(files: Mapping[str, str], *, place: str) -> Source:
    """Parse every TOML file of a pack (relative path to text); what cannot be parsed becomes a problem."""
    problems: list[Problem] = []
    tables: dict[str, dict[str, Any]] = {}
    for name in sorted(files):
        if name.endswith(".toml"):
            try:
                tables[name] = read_toml(f"{place}/{name}", files[name])
            except PackError as error:
                problems += error.problems
    return Source(place, files, tables, tuple(problems), dict.fromkeys(files, place))
