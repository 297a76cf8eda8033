"""The sample county, small, built and settled once for all tests that audit it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clausewise.audit.reading import Inputs
from clausewise.audit.run import Audit
from clausewise.cli import _inputs, sample
from clausewise.facts import publish
from clausewise.facts.snapshot import Facts
from clausewise.sources import SOURCES
from clausewise.sources.contract import Source
from clausewise.sources.mapped.parse import from_toml

LINES = 20_000
AT = datetime(2026, 11, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class County:
    """A settled county: its folder, its home, what it judges with, and a short set of its logs."""

    home: Path
    folder: Path
    inputs: Inputs
    logs: tuple[Path, ...]

    def audit(self, home: Path, logs: Sequence[Path] = (), facts: Facts | None = None) -> Audit:
        """One audit over `logs` (default: the short set), keeping in `home`, not kept yet."""
        inputs = self.inputs if facts is None else replace(self.inputs, facts=facts)
        audit = Audit(inputs, home)
        audit.run(list(logs or self.logs))
        return audit

    def copy_facts(self, home: Path) -> Path:
        """A home of one's own with this county's facts, keys and labels in it."""
        for name in ("facts", "keys", "labels"):
            shutil.copytree(self.home / name, home / name, dirs_exist_ok=True)
        return home


_BUILT: list[County] = []


def built(factory: pytest.TempPathFactory) -> County:
    """The county, built at the first call of this run of the tests."""
    if not _BUILT:
        home = factory.mktemp("county")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CLAUSEWISE_HOME", str(home))
            folder = home / "sample"
            sample.make(folder, LINES)
            sample.settle(folder)
            office = _inputs.office()
        signin = source_of(folder)
        inputs = Inputs(
            pdp=office.pdp,
            facts=publish.load(home),
            labels=office.labels,
            at=AT,
            sources={**SOURCES, signin.name: signin},
            formats={"signin.csv": signin.name},
        )
        _BUILT.append(County(home, folder, inputs, _short(folder)))
    return _BUILT[0]


def source_of(folder: Path) -> Source:
    """The reader of the county's own sign-in export."""
    return from_toml((folder / "mappings" / "signin.toml").read_text(encoding="utf-8"), "signin")


def _short(folder: Path) -> tuple[Path, ...]:
    """All proxy lines as one file; of the other feeds the first lines and every line that shows a breach."""
    out = folder / "short"
    out.mkdir()
    proxy = out / "proxy.log"
    proxy.write_bytes(b"".join(path.read_bytes() for path in sorted((folder / "logs").glob("proxy-*.log"))))
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
        breaches = {row["host_or_thing"].encode() for row in csv.DictReader(stream)}
    made = [proxy]
    for name, first, divider in (("dhcp.log", 1500, b"\t"), ("signin.csv", 3000, b",")):
        lines = (folder / "logs" / name).read_bytes().splitlines(keepends=True)
        telling = [line for line in lines[first:] if breaches.intersection(line.split(divider))]
        path = out / name
        path.write_bytes(b"".join([*lines[:first], *telling]))
        made.append(path)
    return tuple(made)
