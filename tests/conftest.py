"""What holds for every test: no network, no county's own settings, and the same examples twice in CI."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A shared machine is slow now and then: time is measured in benchmarks/, never by a property.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails at once, here as in a closed room."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX:
            raise AssertionError(f"a test tried to connect to {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every test has an empty $CLAUSEWISE_HOME of its own and none of the caller's settings."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("CLAUSEWISE_")]:
        if name != "CLAUSEWISE_TEXT":  # the county's own document, which ./check hands to the tests
            monkeypatch.delenv(name)
    monkeypatch.setenv("CLAUSEWISE_HOME", str(home))
    return home
