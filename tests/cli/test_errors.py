"""Whatever goes wrong is said in one line: place, problem, remedy; never a traceback."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from clausewise.cli.main import main, parser
from cli.conftest import Run

SAID = re.compile(r"[^:\n]+(:[^:\n]*)*: [^\n]+; [^\n]+\n")
LINE = "1791183612.828 6505 10.1.1.52 TCP_MISS/200 8226 GET http://www.example.org/ ana HIER_DIRECT/192.0.2.1 -\n"


def refused(result: tuple[int, str, str]) -> str:
    """What a refusal says: one line, or a pack's mistakes all at once, a line each."""
    status, out, error = result
    assert status == 1, out + error
    assert "Traceback" not in error
    assert error
    assert all(SAID.fullmatch(line) for line in error.splitlines(keepends=True)), error
    return error


def test_a_log_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert "no such file" in refused(run("audit", tmp_path / "missing.log"))


def test_a_folder_given_as_a_log(run: Run, tmp_path: Path) -> None:
    assert str(tmp_path) in refused(run("audit", tmp_path))


def test_an_empty_log(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    assert "empty" in refused(run("audit", tmp_path / "empty.log"))


def test_a_log_in_no_known_form(run: Run, tmp_path: Path) -> None:
    (tmp_path / "novel.txt").write_text("It was a dark and stormy night.\n" * 50, encoding="utf-8")
    assert "--format" in refused(run("audit", tmp_path / "novel.txt"))


def test_a_pack_that_is_not_there(run: Run) -> None:
    refused(run("ask", "use_service", "service:dropbox", "--pack", "ar9999"))


def test_a_pack_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "pack.toml").write_text("id = [", encoding="utf-8")
    refused(run("ask", "use_service", "service:dropbox", "--pack", tmp_path / "torn"))


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "05.10.2026"])
def test_a_date_that_is_none(run: Run, typed: str) -> None:
    assert typed in refused(run("ask", "use_service", "service:dropbox", "--at", typed))


def test_a_snapshot_that_was_changed(run: Run, home: Path) -> None:
    for path in (home / "facts" / "snapshots").rglob("staff.parquet"):
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(bytes(data))
    assert "staff" in refused(run("ask", "--as", "ana.lopez", "use_service", "service:dropbox"))


def test_a_mapping_that_is_not_there(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(LINE, encoding="utf-8")
    refused(run("audit", log, "--mapping", tmp_path / "missing.toml"))
    refused(run("audit", log, "--mapping", tmp_path))


def test_a_page_that_cannot_be_written_is_said_before_anything_is_read(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(LINE, encoding="utf-8")
    refused(run("audit", log, "--html", tmp_path / "nowhere" / "findings.html"))


def test_ones_own_log_in_aggregate_keeps_nothing(run: Run, tmp_path: Path, own_home: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(LINE * 3, encoding="utf-8")
    for words in (("audit", "--mine", log), ("start", "--mine", log)):
        status, out, _ = run(*words)
        assert status == 0
        assert "3 lines" in out
        assert "the sums match" in out
    assert not (own_home / "findings").exists()
    assert not (own_home / "keys").exists()


def leaves(top: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and sub-command, as it is typed."""
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield (*words, name)
                yield from leaves(sub, (*words, name))


OURS = {"ask", "audit", "facts", "grant", "lists", "reveal", "sample", "start"}
COMMANDS = [words for words in leaves(parser()) if words[0] in OURS]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_teaches(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([*words, "--help"])
    assert left.value.code == 0
    text = capsys.readouterr().out
    before_the_list = text.partition("\n\n")[2].partition("positional arguments")[0].partition("options:")[0]
    assert "example" in text or len(before_the_list.split()) > 3, text
