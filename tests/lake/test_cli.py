"""The lake as it is driven by hand."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clausewise.cli import lake as command
from clausewise.cli.main import main
from lake.small import START, line, lines, write


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own."""
    place = tmp_path / "home"
    monkeypatch.setenv("CLAUSEWISE_HOME", str(place))
    return place


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    """What a command says on both outputs."""
    assert main(["lake", *words]) == status
    told = capsys.readouterr()
    return told.out + told.err


def test_import_says_where_every_line_ended(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = write(tmp_path / "a.log", [*lines(9), b"nonsense\n"])
    first = said(capsys, "import", str(log))
    assert "a.log (squid): 10 lines: 9 new events, 1 rejects\n" in first
    assert re.search(r"1 files, 10 lines, 9 new events, \d+\.\d s\n", first)
    assert "nothing added" in said(capsys, "import", str(log))
    grown = write(log, [*lines(9), b"nonsense\n", line(10), line(11)])
    assert "grown from a.log): 12 lines: 2 new events, 9 known already, 1 rejects" in said(
        capsys, "import", str(grown)
    )


def test_a_file_that_no_format_reads_does_not_keep_the_others_out(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = write(tmp_path / "b.log", [b"?\n"] * 9), write(tmp_path / "a.log", lines(3))
    told = said(capsys, "import", str(bad), str(tmp_path / "none.log"), str(good), status=1)
    assert "b.log: no known log format reads half of its first lines; name one with --format" in told
    assert "none.log: no such file or directory; check the name" in told
    assert "1 files, 3 lines, 3 new events" in told


def test_import_shows_progress_on_standard_error(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    show = command._progress(-10.0)
    show("a.log", 50, 100, 1234)
    told = capsys.readouterr()
    assert told.out == ""
    assert "1,234 lines   50 % of a.log" in told.err


def test_import_with_a_mapping(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = write(tmp_path / "a.csv", [b"x\n"])
    missing = said(capsys, "import", str(log), "--mapping", str(tmp_path / "no.toml"), status=1)
    assert "cannot be read; name a mapping in TOML" in missing


def test_status_of_an_empty_lake_and_of_one_with_gaps(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "status") == "the lake is empty; clausewise lake import LOG...\n"
    log = write(tmp_path / "a.log", [line(1), line(2, second=4 * 86_400)])
    said(capsys, "import", str(log))
    told = said(capsys, "status", "--check")
    assert "2 events in 2 parts" in told
    assert re.search(r"http +squid +2 days +2 events .* 2026-03-03 01:00 to 2026-03-07 01:00 UTC", told)
    assert "not audited, no events on 3 days: 2026-03-04 to 2026-03-06" in told
    assert "silent for 23 hours of the other days" in told
    assert "1 log files, 2 lines: 2 events, 0 rejects" in told
    assert "moved or changed" not in told
    assert "a.log (squid)" not in told
    assert "a.log (squid) 2 events\n" in said(capsys, "status", "--logs")
    log.write_bytes(b"another\n")
    assert "a.log (squid) 2 events  (moved or changed: its raw lines cannot be shown)" in said(
        capsys, "status", "--check"
    )
    [part, _] = sorted((home / "lake").rglob("*.parquet"))[:2]
    os.unlink(part)
    assert f"{part.name}: damaged or missing; restore" in said(capsys, "status", "--check", status=1)


def test_compact_says_what_it_did(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for n in range(3):
        said(capsys, "import", str(write(tmp_path / f"{n}.log", lines(5, first=10 * n))))
    assert re.search(r"3 parts became 1, 0\.0 MB became 0\.0 MB", said(capsys, "compact"))
    assert said(capsys, "compact") == "everything is in order already\n"


def test_forgetting_takes_two_people(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = write(tmp_path / "a.log", lines(7))
    young = int((datetime.now(UTC) - timedelta(days=2)).timestamp()) - START
    new = write(tmp_path / "b.log", [line(n, second=young + n) for n in range(4)])
    said(capsys, "import", str(old), str(new))
    assert "has no key here; clausewise lake key wei.chen" in said(
        capsys, "forget", "--propose", "--by", "wei.chen", status=1
    )
    for person in ("wei.chen", "ana.lopez"):
        assert "can sign in that person's name" in said(capsys, "key", person)
    if datetime.now(UTC) - datetime.fromtimestamp(START, UTC) < timedelta(days=92):
        (home / "retention.toml").write_text("default = 3\n")
    told = said(capsys, "forget", "--propose", "--by", "wei.chen")
    assert "1 days             7 events would be destroyed" in told
    [number] = re.findall(r"--confirm ([0-9a-f]{16})", told)
    assert "another person must confirm" in said(
        capsys, "forget", "--confirm", number, "--by", "wei.chen", status=1
    )
    told = said(capsys, "forget", "--confirm", number, "--by", "ana.lopez")
    assert "7 events destroyed" in told
    assert f"certificate-{number}.json" in told
    assert "4 events in" in said(capsys, "status")
    assert "11 lines" in said(capsys, "status")


def test_every_part_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["lake"], *(["lake", what] for what in ("import", "status", "compact", "forget", "key"))):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--help"])
        assert ended.value.code == 0
    assert "examples:" in capsys.readouterr().out
