"""What the tests of the commands share: a county to work in, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from audit.county import County, built
from clausewise.cli import ask, audit, grant, reveal
from clausewise.cli.main import main

NOW = datetime(2026, 10, 20, 17, tzinfo=UTC)
Run = Callable[..., tuple[int, str, str]]


class Clock(datetime):
    """A datetime whose now is always the same."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Clock:
        return cls.fromtimestamp(NOW.timestamp(), tz)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """The small sample county, settled."""
    return built(tmp_path_factory)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command in this process: (exit status, standard output, standard error)."""
    for module in (ask, audit, grant, reveal):
        monkeypatch.setattr(module, "datetime", Clock)

    def call(*words: object) -> tuple[int, str, str]:
        try:
            status = main([str(word) for word in words])
        except SystemExit as left:
            status = int(str(left.code or 0))
        caught = capsys.readouterr()
        return status, caught.out, caught.err

    return call


@pytest.fixture
def home(county: County, own_home: Path) -> Path:
    """This test's own home, with the county's facts, keys and labels in it."""
    return county.copy_facts(own_home)
