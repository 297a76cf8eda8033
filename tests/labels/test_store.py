"""The files: built in one step, the same for the same lists, refused when they are not ours."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from pathlib import Path

import lmdb
import pytest

from clausewise.labels import LabelError, Labels, ListSource, build
from clausewise.labels.host import wire
from clausewise.labels.service import Service

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
GAMES = ListSource(
    "maker/games", "games", ("play.test", "=exact.test"), "MIT", "", date(2026, 8, 19), {"path": 2}
)
ADULT = ListSource("maker/adult", "adult", ("sub.play.test", "play.test"), "CC0-1.0")


def test_digest_depends_on_content_alone(tmp_path: Path) -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    one = build([GAMES, ADULT], tmp_path / "one", at=AT).digest
    assert build([ADULT, GAMES], tmp_path / "two", at=later).digest == one
    assert build([GAMES], tmp_path / "three", at=AT).digest != one
    with Labels.open(tmp_path / "one") as labels:
        assert labels.digest == one
        assert labels.meta["built_at"] == "2026-11-24T08:00:00+00:00"


def test_values_are_what_dnsdist_reads(tmp_path: Path) -> None:
    build([GAMES, ADULT], tmp_path, at=AT, services={}, protect=[])
    with lmdb.open(str(tmp_path / "labels.lmdb"), subdir=False, readonly=True, lock=False, max_dbs=9) as env:
        names, exact = env.open_db(b"names", create=False), env.open_db(b"exact", create=False)
        with env.begin() as txn:
            found = dict(txn.cursor(names))
            assert dict(txn.cursor(exact)) == {wire("exact.test"): b"1024"}
    assert found == {wire("play.test"): b"1025"}, "a child that adds nothing to its parent is left out"


def test_provenance_keeps_what_the_answer_file_prunes(tmp_path: Path) -> None:
    build([GAMES, ADULT], tmp_path, at=AT)
    with Labels.open(tmp_path) as labels:
        rows = [
            (row.list, row.entry, row.category, row.retrieved) for row in labels.explain("a.sub.play.test")
        ]
    assert rows == [
        ("maker/adult", "play.test", "adult", None),
        ("maker/adult", "sub.play.test", "adult", None),
        ("maker/games", "play.test", "games", date(2026, 8, 19)),
    ]


def test_a_new_build_replaces_the_old_while_it_is_open(tmp_path: Path) -> None:
    build([GAMES], tmp_path, at=AT)
    with Labels.open(tmp_path) as old, Labels.open(tmp_path) as again:
        build([ADULT], tmp_path, at=AT)
        with Labels.open(tmp_path) as new:
            assert old.words(old.mask("play.test")) == ("games",)
            assert new.words(new.mask("play.test")) == ("adult",)
            assert again.digest == old.digest != new.digest
            with pytest.raises(LabelError, match="open the labels again"):
                old.explain("play.test")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["labels.lmdb", "provenance.lmdb"]


def test_provenance_is_opened_by_explain_alone(tmp_path: Path) -> None:
    build([GAMES], tmp_path, at=AT)
    (tmp_path / "provenance.lmdb").unlink()
    with Labels.open(tmp_path) as labels:
        assert labels.mask("play.test")
        with pytest.raises(LabelError, match="build the labels again"):
            labels.explain("play.test")


def test_what_is_not_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no labels here"):
        Labels.open(tmp_path)
    (tmp_path / "labels.lmdb").write_bytes(b"x" * 5000)
    with pytest.raises(LabelError, match="build the labels again"):
        Labels.open(tmp_path)
    other = tmp_path / "other.lmdb"
    lmdb.open(str(other), subdir=False, lock=False).close()
    with pytest.raises(LabelError, match="no labels in it"):
        Labels.open(other)


def test_two_lists_of_one_id_and_a_time_without_zone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="'maker/games': given twice"):
        build([GAMES, GAMES], tmp_path, at=AT)
    with pytest.raises(LabelError, match="no time zone"):
        build([GAMES], tmp_path, at=datetime(2026, 11, 24))  # noqa: DTZ001 - that is the point
    with pytest.raises(LabelError, match="no category 'toys'"):
        build([ListSource("maker/toys", "toys", ("a.test",), "MIT")], tmp_path, at=AT)


def test_addresses_have_no_category(tmp_path: Path) -> None:
    build([GAMES], tmp_path, at=AT, deny=["test"])
    with Labels.open(tmp_path) as labels:
        for host in ("192.0.2.1", "[2001:db8::1]", "2001:db8::1", "", ".", "..", "x" * 300):
            assert labels.mask(host) == 0
            assert labels.explain(host) == []
            assert labels.service(host) is None
        assert labels.mask("PLAY.test.") == labels.mask("play.test") != 0


def test_several_threads_may_ask(tmp_path: Path) -> None:
    build([GAMES], tmp_path, at=AT)
    with Labels.open(tmp_path) as labels:
        seen: set[int] = set()
        threads = [
            threading.Thread(target=lambda: seen.update(labels.mask(f"h{n}.play.test") for n in range(500)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == {labels.mask("play.test")}


def test_services_nearest_host_wins_and_exact_beats_suffix(tmp_path: Path) -> None:
    services = {
        "store": Service("store", "Store", "file_sharing", "free", ("store.test",), ("up.store.test",)),
        "notes": Service("notes", "Notes", "notes", "paid", ("=notes.store.test",), ("=sync.store.test",)),
    }
    build([], tmp_path, at=AT, services=services)
    with Labels.open(tmp_path) as labels:
        assert labels.service("www.store.test") == "store"
        assert labels.service("notes.store.test") == "notes"
        assert labels.service("www.notes.store.test") == "store"
        assert labels.service("SYNC.store.test.") == "notes"
        assert labels.service("other.test") is None
        assert labels.use_evidence("a.up.store.test")
        assert labels.use_evidence("sync.store.test")
        assert not labels.use_evidence("www.sync.store.test")
        assert not labels.use_evidence("www.store.test")
