"""Keeping the adopted text in the instance."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clausewise.pack.text import (
    Outline,
    ShapeError,
    StoreError,
    load_shape,
    load_text,
    parse_outline,
    read_source,
    store_text,
)

FIXTURE = Path(__file__).parent / "fixtures" / "lantern-bay.txt"
AT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def bay() -> Outline:
    return parse_outline(read_source(FIXTURE).paragraphs)


def test_what_is_stored_is_loaded(tmp_path: Path, bay: Outline) -> None:
    source = read_source(FIXTURE)
    stored = store_text(tmp_path, "bay", bay, source.name, source.sha256, AT)
    loaded = load_text(tmp_path, "bay")
    assert loaded == stored
    assert stored.at == AT
    assert stored.source_name == "lantern-bay.txt"


def test_sentences_are_quoted_by_number(tmp_path: Path, bay: Outline) -> None:
    stored = store_text(tmp_path, "bay", bay, "a.txt", "0" * 64, AT)
    assert len(stored.sentences("2.b")) == 3
    assert stored.quote("2.b:2") == "A person who breaks a machine on purpose pays for it."
    assert stored.quote("13-QHC") == stored.sentences("13-QHC")[0]
    assert [stored.quote(place) for place in ("2.b:0", "2.b:4", "99", "2.b:x", "")] == [None] * 5
    assert stored.sentences("99") == ()


def test_nothing_stored_is_none(tmp_path: Path) -> None:
    assert load_text(tmp_path, "bay") is None


def test_altered_text_is_refused(tmp_path: Path, bay: Outline) -> None:
    store_text(tmp_path, "bay", bay, "a.txt", "0" * 64, AT)
    path = tmp_path / "regulation" / "bay" / "text.json"
    path.write_text(path.read_text(encoding="utf-8").replace("not a gift", "a gift"), encoding="utf-8")
    with pytest.raises(StoreError, match="altered since it was adopted; adopt the document again"):
        load_text(tmp_path, "bay")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"format": 2}', b'{"format": 1}'])
def test_a_damaged_store_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "regulation" / "bay"
    folder.mkdir(parents=True)
    (folder / "text.json").write_bytes(content)
    with pytest.raises(StoreError, match="adopt the document again"):
        load_text(tmp_path, "bay")


def test_a_new_edition_keeps_the_old_one(tmp_path: Path, bay: Outline) -> None:
    first = store_text(tmp_path, "bay", bay, "a.txt", "0" * 64, AT)
    second = store_text(tmp_path, "bay", parse_outline(["1. Row."]), "b.txt", "1" * 64, AT)
    folder = tmp_path / "regulation" / "bay"
    assert sorted(os.listdir(folder)) == sorted(
        ["text.json", f"edition-{first.digest[:16]}.json", f"edition-{second.digest[:16]}.json"]
    )
    assert json.loads((folder / "text.json").read_bytes())["digest"] == second.digest


def test_a_full_disk_leaves_the_old_text(
    tmp_path: Path, bay: Outline, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store_text(tmp_path, "bay", bay, "a.txt", "0" * 64, AT)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="check space and rights"):
        store_text(tmp_path, "bay", parse_outline(["1. Row."]), "b.txt", "1" * 64, AT)
    assert load_text(tmp_path, "bay") == first
    assert len(os.listdir(tmp_path / "regulation" / "bay")) == 2


@pytest.mark.parametrize("pack_id", ["../up", "", "A", "a/b", ".", "..", "a\n"])
def test_a_pack_id_is_a_plain_name(tmp_path: Path, bay: Outline, pack_id: str) -> None:
    with pytest.raises(StoreError, match="not a pack id"):
        store_text(tmp_path, pack_id, bay, "a.txt", "0" * 64, AT)
    with pytest.raises(StoreError, match="not a pack id"):
        load_text(tmp_path, pack_id)


def test_a_time_without_zone_and_an_empty_outline_are_refused(tmp_path: Path, bay: Outline) -> None:
    with pytest.raises(StoreError, match="no time zone"):
        store_text(tmp_path, "bay", bay, "a.txt", "0" * 64, AT.replace(tzinfo=None))
    with pytest.raises(StoreError, match="no numbered paragraph"):
        store_text(tmp_path, "bay", parse_outline([]), "a.txt", "0" * 64, AT)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text()))
def test_any_outline_comes_back_as_it_was(tmp_path: Path, lines: list[str]) -> None:
    outline = parse_outline(["1. Row.", *lines])
    store_text(tmp_path, "any", outline, "a.txt", "0" * 64, AT)
    loaded = load_text(tmp_path, "any")
    assert loaded is not None
    assert loaded.outline == outline


def test_a_missing_shape_is_said(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match="check that the pack is complete"):
        load_shape(tmp_path / "shape.toml")
