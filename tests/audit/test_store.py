"""What is kept is kept whole: a process that is killed while it writes leaves findings that load."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import clausewise
from clausewise.audit import store
from clausewise.audit.run import Audit

WRITER = """
import sys
from pathlib import Path
from clausewise.audit import store
home, findings = Path(sys.argv[1]), store.load(Path(sys.argv[2]))
print("ready", flush=True)
for start in range(0, len(findings), 40):
    store.append(home, findings[start : start + 40])
"""


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_in_the_middle_leaves_whole_findings_and_a_rerun_completes(
    judged: Audit, tmp_path: Path, seed: int
) -> None:
    whole, home = tmp_path / "whole", tmp_path / "home"
    store.append(whole, judged.findings)
    source = str(Path(clausewise.__file__).parents[1])
    command = [sys.executable, "-c", WRITER, str(home), str(whole)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": source}) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(random.Random(seed).uniform(0, 0.15))
        writer.send_signal(signal.SIGKILL)
    wanted = {f.id: f for f in judged.findings}
    kept = store.load(home)
    assert all(wanted[f.id] == f for f in kept)
    newest = store.newest_judgements(home)
    store.append(home, [f for f in judged.findings if newest.get(f.id) != f.judgement_id()])
    assert {f.id: f for f in store.load(home)} == wanted
    assert len(store.load(home)) == len(wanted)


HALF = """
import os, signal, sys
from pathlib import Path
from clausewise.audit import store
def torn(table, path, **options):
    Path(path).write_bytes(b"PAR1 and then the power went")
    os.kill(os.getpid(), signal.SIGKILL)
findings = store.load(Path(sys.argv[2]))
store.append(Path(sys.argv[1]), findings[:5])
store.pq.write_table = torn
store.append(Path(sys.argv[1]), findings[5:])
"""


def test_half_a_file_is_never_taken_for_findings(judged: Audit, tmp_path: Path) -> None:
    whole, home = tmp_path / "whole", tmp_path / "home"
    store.append(whole, judged.findings)
    source = str(Path(clausewise.__file__).parents[1])
    command = [sys.executable, "-c", HALF, str(home), str(whole)]
    done = subprocess.run(command, env={"PYTHONPATH": source}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert [f.id for f in store.load(home)] == [f.id for f in judged.findings[:5]]
    store.append(home, judged.findings[5:])
    assert len(store.load(home)) == len(judged.findings)


def test_the_key_for_pseudonyms_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    key = store.pseudonym_key(tmp_path)
    assert store.pseudonym_key(tmp_path) == key
    assert (tmp_path / "keys" / "pseudonym.key").stat().st_mode & 0o777 == 0o600
