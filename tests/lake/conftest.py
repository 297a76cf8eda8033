"""What the tests of the lake share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here cuts the power, so nothing waits for the disk; the order of the writes stays what it is."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
