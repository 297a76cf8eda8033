"""The page is written from what the county kept, with the filters applied, and names nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.county import AT, County
from clausewise.audit.run import Audit
from clausewise.audit.store import append, write_summary
from cli.conftest import Run


@pytest.fixture
def kept(county: County, home: Path) -> Audit:
    """The county's findings and the numbers of its audit, kept in this test's home."""
    audit = county.audit(home)
    append(home, audit.findings)
    write_summary(home, audit.summary, AT)
    return audit


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_page_names_nobody(run: Run, kept: Audit, tmp_path: Path, lang: str) -> None:
    path = tmp_path / "page.html"
    status, out, error = run("page", "--out", path, "--lang", lang)
    assert (status, error, out.strip()) == (0, "", f"wrote {path}")
    text = path.read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in text
    assert f"{kept.summary.lines:,}" in text
    assert not [row["id"] for row in kept.inputs.facts.rows("staff") if str(row["id"]) in text]


def test_filters_are_applied_and_said(run: Run, kept: Audit, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    run("page", "--out", path, "--clause", "9(f)", "--since", "2026-10-07")
    text = path.read_text(encoding="utf-8")
    assert "Only: clause 9.f, from 2026-10-07 00:00." in text
    assert 'id="n-9-f-provided"' in text
    assert 'id="n-3-explicit"' not in text


def test_a_folder_that_is_not_there_is_said(run: Run, kept: Audit, tmp_path: Path) -> None:
    status, out, error = run("page", "--out", tmp_path / "none" / "page.html")
    assert (status, out) == (1, "")
    assert "no such folder" in error
