"""What a stranger's first `./run` trips over, and that each time it says what to do in plain words."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65534

# A Python that makes environments out of nothing and whose pip does what FAKE_PIP says: no test of a
# network's or a machine's trouble needs that network or that machine.
FAKE_PYTHON = r"""#!/usr/bin/env bash
case "$*" in
  *'print("%d.%d"'*) echo "${FAKE_VERSION:-3.11}" ;;
  '-m venv'*)
    if [[ ${FAKE_VENV-} == missing ]]; then echo 'The virtual environment was not created: ensurepip'; exit 1; fi
    place=${*: -1}; rm -rf "$place"; mkdir -p "$place/bin"; cp "$0" "$place/bin/python" ;;
  '-m pip --version') echo 'pip 23.0' ;;
  '-m pip install'*)
    echo "$*" >>"$FAKE_LOG"
    case ${FAKE_PIP-} in
      tls) echo 'SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate in chain'; exit 1 ;;
      tls-old-store) [[ ${PIP_CERT-} ]] || { echo 'CERTIFICATE_VERIFY_FAILED'; exit 1; } ;;
      lost) echo 'ERROR: No matching distribution found for lmdb'; exit 1 ;;
      full) echo 'OSError: [Errno 28] No space left on device'; exit 1 ;;
      hangs) sleep 30 ;;
    esac ;;
  *purelib*) here=$(dirname "$0"); mkdir -p "$here/../lib"; echo "$here/../lib" ;;
  '-P -c '*) shift 3; echo "STARTED $*" ;;
  *) exec "$REAL_PYTHON" "$@" ;;
esac
"""


class Machine:
    """A copy of the checkout's outside on a machine whose tools we choose."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "clausewise"
        self.tools = folder / "tools"
        self.tools.mkdir()
        (self.root / "requirements").mkdir(parents=True)
        shutil.copy(ROOT / "run", self.root)
        for lock in ("run", "dev"):
            (self.root / "requirements" / f"{lock}.txt").write_text("# nothing\n")
        self.tool("python3", FAKE_PYTHON)
        for name in ("python3.11", "python3.12", "python3.13"):
            self.tool(name, "#!/bin/sh\nexit 1\n")
        self.env = {
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "HOME": str(folder),
            "REAL_PYTHON": getattr(sys, "_base_executable", sys.executable),
            "FAKE_LOG": str(folder / "pip.log"),
            "CLAUSEWISE_ALLOW_ROOT": "1",
        }

    def tool(self, name: str, script: str) -> None:
        """Put a program of this name in front of the machine's own."""
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)

    def pip_calls(self) -> list[str]:
        """Each time pip was asked to install, and how."""
        log = Path(self.env["FAKE_LOG"])
        return log.read_text().splitlines() if log.exists() else []

    def run(self, *words: str, user: int | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """`./run` with these words, from the folder above, with no terminal."""
        return subprocess.run(
            [str(self.root / "run"), *words],
            cwd=self.root.parent,
            env=self.env | env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            user=user,
        )

    def begin(self, **env: str) -> subprocess.Popen[str]:
        """`./run` in a process group of its own, as a shell starts it."""
        return subprocess.Popen(
            [str(self.root / "run")],
            env=self.env | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def until(true: Callable[[], object], seconds: float = 20) -> None:
    """Wait for a condition of another process, or fail."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_help_teaches_and_fits_80_columns(machine: Machine) -> None:
    done = machine.run("--help")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    for word in (
        "--install",
        "--no-serve",
        "--mine FILE",
        "--offline WHEELDIR",
        "--listen",
        "reset",
        "NO_COLOR",
    ):
        assert word in done.stdout


def test_first_start_says_the_size_first_then_installs_and_starts(machine: Machine) -> None:
    done = machine.run("--no-serve")
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert "MB to download" in lines[0]
    assert lines[-1] == "STARTED start --no-serve"
    assert "--require-hashes" in machine.pip_calls()[0]
    assert "\x1b" not in done.stdout


def test_second_start_touches_neither_pip_nor_the_machines_python(machine: Machine) -> None:
    machine.run()
    machine.tool("python3", "#!/bin/sh\nexit 9\n")
    began = time.monotonic()
    done = machine.run()
    assert done.stdout == "STARTED start\n", done.stderr
    assert time.monotonic() - began < 2
    assert len(machine.pip_calls()) == 1


def test_a_new_lock_is_installed(machine: Machine) -> None:
    machine.run()
    (machine.root / "requirements" / "run.txt").write_text("# something new\n")
    machine.run()
    assert len(machine.pip_calls()) == 2


def test_install_only_installs(machine: Machine) -> None:
    assert "STARTED" not in machine.run("--install").stdout
    assert "up to date" in machine.run("--install").stdout
    assert not (machine.root / ".clausewise").exists()


def test_root_is_refused_unless_said(machine: Machine) -> None:
    machine.tool("id", "#!/bin/sh\necho 0\n")
    refused = machine.run(CLAUSEWISE_ALLOW_ROOT="")
    assert refused.returncode == 1
    assert "started as root" in refused.stderr
    assert "CLAUSEWISE_ALLOW_ROOT=1" in refused.stderr
    assert not (machine.root / ".venv").exists()
    assert machine.run(CLAUSEWISE_ALLOW_ROOT="", CI="true").returncode == 0


def test_missing_venv_names_the_package(machine: Machine) -> None:
    done = machine.run(FAKE_VENV="missing")
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert not (machine.root / ".venv").exists()


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_another_python_is_refused_in_one_line(machine: Machine, version: str) -> None:
    done = machine.run(FAKE_VERSION=version)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f"python {version}" in done.stderr


def test_a_good_python_beside_an_old_one_is_taken(machine: Machine) -> None:
    machine.tool("python3.12", FAKE_PYTHON.replace("${FAKE_VERSION:-3.11}", "3.12"))
    assert machine.run(FAKE_VERSION="3.10").returncode == 0


def test_opened_tls_names_the_certificate_settings(machine: Machine) -> None:
    done = machine.run(FAKE_PIP="tls")
    assert done.returncode == 1
    for word in (
        "CERTIFICATE_VERIFY_FAILED",
        "PIP_CERT",
        "SSL_CERT_FILE",
        "/usr/local/share/ca-certificates",
    ):
        assert word in done.stderr
    assert machine.run().returncode == 0


def test_the_machines_own_certificates_are_tried(machine: Machine) -> None:
    if not Path("/etc/ssl/certs/ca-certificates.crt").is_file():
        assert machine.run(FAKE_PIP="tls-old-store").returncode == 1
        return
    done = machine.run(FAKE_PIP="tls-old-store")
    assert done.returncode == 0, done.stderr
    assert len(machine.pip_calls()) == 2


@pytest.mark.parametrize(("trouble", "words"), [("lost", "no ready-made library"), ("full", "disk is full")])
def test_other_troubles_of_a_download_are_told_apart(machine: Machine, trouble: str, words: str) -> None:
    assert words in machine.run(FAKE_PIP=trouble).stderr


def test_too_little_room_is_said_before_downloading(machine: Machine) -> None:
    machine.tool("df", "#!/bin/sh\nprintf 'Filesystem\\n/dev/x 9 9 120 9%% /\\n'\n")
    done = machine.run()
    assert "120 MB free" in done.stderr
    assert machine.pip_calls() == []


def test_a_closed_network_uses_the_wheel_folder_alone(machine: Machine, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    assert machine.run("--offline", str(wheels)).returncode == 0
    assert f"--no-index --find-links {wheels}" in machine.pip_calls()[0]
    assert "no such folder" in machine.run("--offline", str(tmp_path / "nowhere")).stderr


@pytest.fixture
def public_machine() -> Iterator[Machine]:
    """A machine in a folder that every account may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield Machine(folder)
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
    shutil.rmtree(folder)


def test_a_folder_of_somebody_else_is_named_with_its_owner(public_machine: Machine) -> None:
    public_machine.root.chmod(0o555)
    done = public_machine.run(user=NOBODY if os.getuid() == 0 else None)
    assert done.returncode == 1
    assert "not writable, it belongs to" in done.stderr
    assert "chown" in done.stderr


def test_two_at_once_and_the_second_is_told_of_the_first(machine: Machine) -> None:
    first = machine.begin(FAKE_PIP="hangs")
    try:
        until(machine.pip_calls)
        second = machine.run()
        assert second.returncode == 1
        assert f"kill {first.pid}" in second.stderr
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()
    assert machine.run().returncode == 0, "a killed run must leave no lock behind"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_stopped_while_installing_it_recovers(machine: Machine, sign: signal.Signals) -> None:
    running = machine.begin(FAKE_PIP="hangs")
    until(machine.pip_calls)
    os.killpg(running.pid, sign)
    words, _ = running.communicate(timeout=20)
    if sign == signal.SIGINT:
        assert running.returncode == 130
        assert "./run goes on from here" in words
    assert not (machine.root / ".venv" / ".done-run").exists()
    again = machine.run()
    assert "half-made" in again.stdout
    assert again.stdout.endswith("STARTED start\n"), again.stderr


def test_own_log_is_found_from_where_the_person_stands(machine: Machine) -> None:
    (machine.root.parent / "access.log").write_text("one line\n")
    done = machine.run("--mine", "access.log")
    assert done.stdout.endswith(f"STARTED start --mine {machine.root.parent / 'access.log'}\n")
    assert "no such file" in machine.run("--mine", "other.log").stderr


def test_listen_says_that_there_is_no_office_yet(machine: Machine) -> None:
    done = machine.run("--listen", "0.0.0.0")
    assert "there is no office yet: ./run writes and names findings.html" in done.stdout
    assert done.stdout.endswith("STARTED start\n")


def test_a_wrong_word_is_named(machine: Machine) -> None:
    assert (machine.run("--fast").returncode, machine.run("--mine").returncode) == (2, 2)
    assert "--fast: not known" in machine.run("--fast").stderr


def test_reset_asks_and_with_nobody_to_ask_removes_nothing(machine: Machine) -> None:
    machine.run()
    refused = machine.run("reset")
    assert refused.returncode == 1
    assert "reset --yes" in refused.stderr
    assert (machine.root / ".venv").is_dir()
    assert machine.run("reset", "--yes").returncode == 0
    assert not (machine.root / ".venv").exists()
    assert not (machine.root / ".clausewise").exists()


def test_reset_leaves_a_folder_alone_that_run_did_not_make(machine: Machine, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter").write_text("dear")
    done = machine.run("reset", "--yes", CLAUSEWISE_HOME=str(precious))
    assert done.returncode == 1
    assert (precious / "letter").is_file()


@pytest.mark.slow
def test_a_real_environment_runs_the_commands_from_anywhere_even_moved(tmp_path: Path) -> None:
    """With the machine's own Python and an empty lock, so that nothing is downloaded."""
    machine = Machine(tmp_path)
    for tool in machine.tools.iterdir():
        tool.unlink()
    (machine.tools / "python3").symlink_to(machine.env["REAL_PYTHON"])
    cli = machine.root / "src" / "clausewise" / "cli"
    cli.mkdir(parents=True)
    (cli.parent / "__init__.py").touch()
    (cli / "__init__.py").touch()
    (cli / "main.py").write_text("import sys\n\n\ndef main():\n    print('\\u2713', *sys.argv)\n")
    first = machine.run("--no-serve", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert first.stdout.endswith("? clausewise start --no-serve\n"), first.stdout + first.stderr
    moved = machine.root.rename(tmp_path / "moved")
    done = subprocess.run([moved / ".venv/bin/cw", "ask"], cwd="/", capture_output=True, text=True, env={})
    assert done.stdout.endswith("clausewise ask\n"), done.stderr


def test_check_says_what_it_does_and_names_a_wrong_word() -> None:
    helped = subprocess.run([ROOT / "check", "--help"], capture_output=True, text=True)
    wrong = subprocess.run([ROOT / "check", "fast"], capture_output=True, text=True)
    assert "quick" in helped.stdout
    assert max(map(len, helped.stdout.splitlines())) <= 80
    assert wrong.returncode == 2
    assert "fast: not known" in wrong.stderr
