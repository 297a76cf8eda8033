"""What a how-to or the tutorial tells the reader to write down can be read by the program."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from clausewise.facts import publish
from clausewise.sources import SOURCES, detect
from clausewise.sources.contract import NOTHING_PROTECTED
from clausewise.sources.mapped.parse import from_toml
from docs.blocks import ROOT, blocks

HOW_TO = ROOT / "docs" / "how-to"


def only(page: Path, language: str) -> str:
    """The one block in that language."""
    found = [block.text for block in blocks(page) if block.language == language]
    assert len(found) == 1, f"{page.name} has {len(found)} blocks of {language}"
    return found[0]


def test_the_log_of_the_tutorial_is_a_log() -> None:
    log = only(ROOT / "docs" / "tutorials" / "judge-a-proxy-log.md", "text").encode()
    assert detect(log) == "squid"
    batch = SOURCES["squid"].parse(log, SOURCES["squid"].start(""), NOTHING_PROTECTED)
    assert (batch.events, batch.lines) == (3, 3)
    outcomes = batch.parsed[0].table["outcome"].to_pylist()
    assert outcomes == ["reached", "attempted", "reached"]


def test_the_mapping_of_the_how_to_reads_an_export() -> None:
    source = from_toml(only(HOW_TO / "put-in-your-own-log.md", "toml"), "district-signin")
    export = (
        b"when,what,person,account,address,result\n2026-10-05 09:00:00,login,Ana.Lopez,alopez,10.20.1.14,OK\n"
    )
    batch = source.parse(export, source.start(""), NOTHING_PROTECTED)
    assert batch.events == 1
    row = batch.parsed[0].table.to_pylist()[0]
    assert (row["user"], row["account"], row["outcome"], row["kind"]) == (
        "ana.lopez", "alopez", "success", "login",
    )  # fmt: skip
    assert datetime.fromtimestamp(row["time"] / 1e6, UTC).hour == 16, "nine o'clock in California"


def test_the_staff_list_of_the_how_to_is_enough_to_begin(tmp_path: Path) -> None:
    folder = tmp_path / "my-county"
    folder.mkdir()
    (folder / "staff.csv").write_text(only(HOW_TO / "publish-facts.md", "text"), encoding="utf-8")
    assert publish.check(folder) == []
    report = publish.build(folder, tmp_path / "home", at=datetime(2026, 11, 24, tzinfo=UTC))
    assert report.rows["staff"] == 2
    assert report.unknown, "what was not given is said"
