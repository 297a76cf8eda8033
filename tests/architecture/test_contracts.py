"""The floors hold in this repository, and each contract catches what it is there to catch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from architecture.source_tree import ROOT

FLOORS = (
    "cli", "office", "gates", "review", "audit", "pdp", "clocks", "sources", "labels", "facts", "pack",
    "sample", "model",
)  # fmt: skip


def lint(root: Path, contract: str | None = None) -> tuple[int, str]:
    """Exit status and words of import-linter over the package in `root`/src."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    command += ["--no-cache", "--no-logo", "--config", str(root / "pyproject.toml")]
    command += ["--contract", contract] if contract else []
    path = {**os.environ, "PYTHONPATH": str(root / "src")}
    done = subprocess.run(command, cwd=root, env=path, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def toy_house(tmp_path: Path) -> Path:
    """A house with every floor and nothing in it, under the contracts of this repository."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    rooms = [*FLOORS, "sources/squid", "sources/zeek", "gates/dns"]
    files = [f"{room}/__init__.py" for room in rooms]
    files += ["__init__.py", "pdp/cedar.py", "pdp/question.py", "gates/dns/protocol.py"]
    files += ["sources/squid/parse.py", "sources/zeek/parse.py"]
    for name in files:
        path = tmp_path / "src" / "clausewise" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('"""Nothing yet."""\n')
    (tmp_path / "src/clausewise/pdp/cedar.py").write_text("import cedarpy\n")
    return tmp_path


def test_the_floors_hold_here() -> None:
    status, words = lint(ROOT)
    assert status == 0, words


def test_an_empty_house_breaks_nothing(toy_house: Path) -> None:
    status, words = lint(toy_house)
    assert status == 0, words


@pytest.mark.parametrize(
    ("contract", "room", "line"),
    [
        ("floors", "model/words.py", "import clausewise.pack"),
        ("floors", "pdp/question.py", "import clausewise.audit"),
        ("floors", "facts/store.py", "from clausewise.labels import host"),
        ("floors", "gates/serve.py", "import clausewise.office"),
        ("floors", "utils/__init__.py", "x = 1"),
        ("cedar", "pdp/question.py", "import cedarpy"),
        ("cedar", "audit/judge.py", "def judge():\n    import cedarpy"),
        ("sample", "sample/people.py", "import clausewise.model"),
        ("sample", "sample/logs.py", "from clausewise import labels"),
        ("pure", "model/words.py", "import socket"),
        ("pure", "pdp/question.py", "import os"),
        ("pure", "clocks/deadline.py", "from urllib.request import urlopen"),
        ("pure", "sources/squid/parse.py", "import subprocess"),
        ("pure", "gates/dns/protocol.py", "import socket"),
        ("lean", "pack/store.py", "import duckdb"),
        ("sources", "sources/zeek/parse.py", "import clausewise.sources.squid.parse"),
        ("acyclic", "gates/dns/protocol.py", "import clausewise.gates.serve"),
    ],
)
def test_a_contract_catches_its_offence(toy_house: Path, contract: str, room: str, line: str) -> None:
    package = toy_house / "src" / "clausewise"
    (package / "gates" / "serve.py").write_text("import clausewise.gates.dns\n")
    path = package / room
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n")
    (package / "labels" / "host.py").touch()
    status, words = lint(toy_house, contract)
    assert status == 1, words
    assert "BROKEN" in words, words
