"""The lists that the county is drawn from: names, places, web hosts, forms already filled in.

They lie in `data/` beside this file, are written by hand and are read by nobody else.
"""

from __future__ import annotations

import csv
import io
import tomllib
from importlib.resources import files
from typing import Any

_DATA = files("clausewise.sample") / "data"


def text(name: str) -> str:
    """The text of `data/NAME`."""
    return (_DATA / name).read_text(encoding="utf-8")


def toml(name: str) -> dict[str, Any]:
    """`data/NAME` read as TOML."""
    return tomllib.loads(text(name))


def rows(name: str) -> list[dict[str, str]]:
    """`data/NAME` read as CSV with a header line."""
    return list(csv.DictReader(io.StringIO(text(name))))


def lists(kind: str) -> dict[str, str]:
    """The county's own lists of one kind (`county-deny`, `county-kinds`): category to the text of its `domains` file."""
    found = {}
    for entry in (_DATA / kind.replace("-", "_")).iterdir():
        if entry.name.endswith(".txt"):
            found[entry.name.removesuffix(".txt")] = entry.read_text(encoding="utf-8")
    return dict(sorted(found.items()))


def mappings() -> dict[str, str]:
    """How the columns of the county's own exports are to be read, by file name."""
    return {entry.name: entry.read_text("utf-8") for entry in (_DATA / "mappings").iterdir()}
