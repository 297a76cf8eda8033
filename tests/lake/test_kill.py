"""An import that is killed at random moments, over and over, ends as one that was left in peace."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clausewise.audit.lake.keys import person_key
from clausewise.audit.store import pseudonym_key
from lake.small import PLAIN, clean, events, line, take, write

IMPORT = """
import sys
from pathlib import Path
from lake.small import take
take(Path(sys.argv[1]), *map(Path, sys.argv[2:]))
"""
TESTS = Path(__file__).parents[1]


def begun(home: Path, logs: list[Path]) -> subprocess.Popen[bytes]:
    """An import in a process of its own."""
    path = os.pathsep.join([str(TESTS), *sys.path])
    command = [sys.executable, "-c", IMPORT, str(home), *map(str, logs)]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path})


def killed(home: Path, logs: list[Path], after: float) -> bool:
    """Begin an import and kill it `after` seconds from its first file on; whether it was still at work."""
    process = begun(home, logs)
    before = len(list((home / "lake").rglob("*"))) if (home / "lake").exists() else 0
    while process.poll() is None and len(list((home / "lake").rglob("*"))) <= before:
        time.sleep(0.005)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


@pytest.mark.slow
def test_an_import_killed_again_and_again_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    logs = [
        write(tmp_path / f"{k}.log", [line(n, second=n * 9) for n in range(k * 20_000, k * 20_000 + 30_000)])
        for k in range(3)
    ]
    calm, draw, kills = tmp_path / "calm", random.Random(4040), 0
    assert begun(calm, logs).wait() == 0
    assert sum(events(calm).values()) == 70_000
    for number in range(2):
        wild = tmp_path / f"wild{number}"
        for attempt in range(5):
            # At once at first, later and later then: a quick machine would be done before a late kill.
            kills += killed(wild, logs, draw.uniform(0, 0.7) * attempt / 4)
            if (wild / "lake" / "manifest.json").exists():
                held = sum(events(wild).values())  # readable at once, whatever the moment was
                assert held in {0, 30_000, 50_000, 70_000}
        assert begun(wild, logs).wait() == 0
        assert events(wild, PLAIN) == events(calm, PLAIN)
        secret = pseudonym_key(wild)
        assert {event[3] for event in events(wild)} == {person_key(secret, f"user{n}") for n in range(5)}
        assert clean(wild)
        assert all(one.again for one in take(wild, *logs))
    assert kills >= 2
