"""Building, signing, loading and adding to snapshots on disk."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from clausewise.facts import Facts, FactsError, publish, store
from facts.county import AT, FILES, facts, utc, write

LATER = AT + timedelta(days=1)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "county")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_what_was_built_is_what_loads(source: Path, home: Path) -> None:
    report = publish.build(source, home, at=AT)
    loaded = publish.load(home)
    expected = facts(**FILES)
    assert report.changed
    assert report.rows["devices"] == 2
    assert loaded.digest == report.digest == expected.digest
    for table in expected.tables:
        assert loaded.rows(table) == expected.rows(table)
        assert loaded.columns(table) == expected.columns(table)


def test_before_the_first_build_there_are_no_facts(home: Path) -> None:
    assert publish.load(home).tables == ()
    assert publish.manifest(home) is None


def test_building_the_same_again_adds_nothing(source: Path, home: Path) -> None:
    first = publish.build(source, home, at=AT)
    second = publish.build(source, home, at=LATER)
    assert not second.changed
    assert (second.directory, second.built_at) == (first.directory, AT)


def test_the_manifest_says_what_it_follows_and_since_when_each_table_is_known(
    source: Path, home: Path
) -> None:
    first = publish.build(source, home, at=AT)
    write(source, {"drives": "drive,encrypted\nUSB-1,yes\n"})
    publish.build(source, home, at=LATER)
    found = publish.manifest(home)
    assert found is not None
    assert found.previous == first.digest
    assert found.built_at == LATER
    assert (found.tables["staff"].known_since, found.tables["drives"].known_since) == (AT, LATER)
    assert publish.load(home, first.digest[:8]).digest == first.digest
    with pytest.raises(FactsError, match="no snapshot has a digest"):
        publish.load(home, "zz")


def test_problems_keep_a_build_from_writing_anything(source: Path, home: Path) -> None:
    write(source, {"devices": "device,owner\nRCOE-1,whose\n", "softwear": "title\nx\n"})
    with pytest.raises(FactsError) as error:
        publish.build(source, home, at=AT)
    said = [str(problem) for problem in error.value.problems]
    assert said == publish.check(source)
    assert said == [
        "devices.csv:2: `whose` cannot stand in `owner`; use one of county, personal",
        "softwear.csv: `softwear` is not a table of facts; did you mean `software`?",
    ]
    assert store.directories(home) == ()


def test_a_directory_without_tables_is_refused(tmp_path: Path) -> None:
    assert publish.check(tmp_path)[0].endswith("make one with `clausewise facts template DIR`")
    assert "is not a directory" in publish.check(tmp_path / "none")[0]
    assert publish.check(tmp_path, zone="Mars/Base")[0].startswith("zone `Mars/Base`: is not a time zone")


@pytest.mark.parametrize("name", ["staff.parquet", "devices.parquet"])
def test_a_table_that_was_changed_is_refused_by_name(source: Path, home: Path, name: str) -> None:
    directory = publish.build(source, home, at=AT).directory
    data = bytearray((directory / name).read_bytes())
    data[len(data) // 2] ^= 1
    (directory / name).write_bytes(data)
    with pytest.raises(FactsError, match=f"table `{name.partition('.')[0]}` was changed after it was signed"):
        publish.load(home)
    assert publish.build(source, home, at=LATER).changed  # equal facts replace a damaged snapshot
    assert publish.load(home).digest == facts(**FILES).digest


def test_a_lost_table_is_refused_by_name(source: Path, home: Path) -> None:
    (publish.build(source, home, at=AT).directory / "staff.parquet").unlink()
    with pytest.raises(FactsError, match="table `staff` was changed"):
        publish.load(home)


def test_a_manifest_that_was_changed_or_signed_by_another_is_refused(
    source: Path, home: Path, tmp_path: Path
) -> None:
    directory = publish.build(source, home, at=AT).directory
    page = (directory / "manifest.json").read_text(encoding="utf-8")
    (directory / "manifest.json").write_text(page.replace('"rows": 2', '"rows": 3'), encoding="utf-8")
    with pytest.raises(FactsError, match="was not signed with this county's snapshot key"):
        publish.load(home)
    (directory / "manifest.json").write_text(page, encoding="utf-8")
    publish.build(source, tmp_path / "other", at=AT)
    (home / "keys" / "snapshot.pub").write_bytes((tmp_path / "other" / "keys" / "snapshot.pub").read_bytes())
    with pytest.raises(FactsError, match="was not signed with this county's snapshot key"):
        publish.load(home)


def test_a_pointer_that_names_no_snapshot_is_refused(source: Path, home: Path) -> None:
    publish.build(source, home, at=AT)
    for text in ("", "../../elsewhere", "20200101T000000Z-none"):
        (home / "facts" / "current").write_text(text, encoding="ascii")
        with pytest.raises(FactsError, match="build it again with"):
            publish.load(home)
    assert publish.build(source, home, at=LATER).changed


def test_the_key_is_its_owners_alone(source: Path, home: Path) -> None:
    publish.build(source, home, at=AT)
    key = home / "keys" / "snapshot.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert (home / "keys" / "snapshot.pub").exists()
    first = key.read_bytes()
    write(source, {"drives": "drive\nUSB-1\n"})
    publish.build(source, home, at=LATER)
    assert key.read_bytes() == first
    key.chmod(0o644)
    write(source, {"drives": "drive\nUSB-2\n"})
    with pytest.raises(FactsError, match="others may read this key"):
        publish.build(source, home, at=LATER)
    key.chmod(0o600)
    key.write_bytes(first[:40])
    with pytest.raises(FactsError, match="is not an ed25519 key; restore it from your backup"):
        publish.build(source, home, at=LATER)


@pytest.mark.parametrize("step", ["replace", "rename", "fsync", "chmod"])
@pytest.mark.parametrize("table", ["drives", "grants"])
def test_a_machine_that_stops_half_way_keeps_the_old_snapshot(
    source: Path, home: Path, monkeypatch: pytest.MonkeyPatch, step: str, table: str
) -> None:
    old = publish.build(source, home, at=AT).digest
    real = getattr(os, step)
    for steps in range(40):  # let that many calls through, then stop
        left = iter(range(steps))

        def stop(*args: object, _left: object = left, **kwargs: object) -> object:
            if next(_left, None) is None:  # type: ignore[call-overload]
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(os, step, stop)
            try:
                _change(source, home, table)
            except KeyboardInterrupt:
                pass
            else:
                break
        # the very last step makes the new snapshot durable after it has become the current one
        assert publish.load(home).digest == old or step == "fsync"
    else:
        pytest.fail("the change never came through")
    assert publish.load(home).has("drives") or publish.load(home).grants("ana.lopez", LATER)
    assert not list((home / "facts" / "snapshots").glob(".new-*"))


def _change(source: Path, home: Path, table: str) -> None:
    if table == "drives":
        write(source, {"drives": "drive\nUSB-1\n"})
        publish.build(source, home, at=LATER)
    else:
        publish.add_row(home, "grants", _grant(), at=LATER)


def _grant(**other: object) -> dict[str, object]:
    row = {"id": "g-9", "clause": "9.c", "person": "ana.lopez@redbud.example", "what": "device:RCOE-1182",
           "by": "rosa.kim", "decided_at": AT, "valid_from": AT}  # fmt: skip
    return {**row, **other}


def test_a_row_added_at_the_desk_counts_at_once_and_through_later_builds(source: Path, home: Path) -> None:
    publish.build(source, home, at=AT)
    report = publish.add_row(home, "grants", _grant(), at=AT)
    assert report.changed
    assert report.rows["grants"] == 2
    (grant,) = publish.load(home).grants("ana.lopez", LATER)
    assert (grant["id"], grant["covers_from"]) == ("g-9", AT)
    assert publish.build(source, home, at=LATER).digest == report.digest
    assert not publish.add_row(home, "grants", _grant(), at=LATER).changed  # said twice, counts once
    publish.add_row(home, "grants", _grant(id="g-10", what="", valid_to="2026-12-01"), at=LATER)
    assert len(publish.load(home).grants("ana.lopez", LATER)) == 2
    assert publish.build(source, home, at=LATER).rows["grants"] == 3


def test_an_addition_that_the_county_exports_later_counts_once(source: Path, home: Path) -> None:
    publish.add_row(home, "drives", {"drive": "USB-1", "encrypted": True}, at=AT)
    write(source, {"drives": "drive,encrypted\nUSB-1,yes\n"})
    assert publish.build(source, home, at=LATER).rows["drives"] == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (_grant(person="nobody"), "person `nobody` is not in the staff table"),
        (_grant(id="g-1"), "holds at the same time as the current snapshot"),
        (_grant(decided_at=None), "`decided_at` is blank"),
        (_grant(until="2027-01-01"), "`until` is not a column of grants"),
    ],
)
def test_a_wrong_addition_is_refused_and_leaves_nothing(
    source: Path, home: Path, row: dict[str, object], said: str
) -> None:
    text = FILES["grants"].replace("2026-04-01", "")
    old = publish.build(write(source, {"grants": text}), home, at=AT).digest
    with pytest.raises(FactsError, match=said):
        publish.add_row(home, "grants", row, at=AT)
    assert publish.load(home).digest == old
    assert not (home / "facts" / "additions").exists()


def test_a_permission_can_be_added_before_any_build(home: Path) -> None:
    publish.add_row(home, "grants", _grant(person="ana.lopez"), at=AT)
    assert len(publish.load(home).grants("ana.lopez", AT)) == 1


def test_a_workbook_with_a_sheet_for_each_table(tmp_path: Path, home: Path) -> None:
    book = openpyxl.Workbook()
    staff = book.active
    staff.title = "Staff"
    staff.append(["id", "name", "start", "educator"])
    staff.append(["ana", "Ana", datetime(2019, 8, 12), True])  # noqa: DTZ001
    software = book.create_sheet("software")
    software.append(["title", "licences"])
    software.append(["Draw Studio", 40.0])
    book.create_sheet("Sheet3")
    book.save(tmp_path / "county.xlsx")
    publish.build(tmp_path, home, at=AT)
    county = publish.load(home)
    row = county.rows("staff")[0]
    assert (row["start"], row["educator"]) == (utc("2019-08-12"), True)
    assert county.rows("software")[0]["licences"] == 40


def test_a_workbook_named_like_a_table_and_a_table_given_twice(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["drive", "encrypted"])
    book.active.append(["USB-1", "soon"])
    book.save(tmp_path / "drives.xlsx")
    write(tmp_path, {"drives": "drive\nUSB-1\n"})
    assert publish.check(tmp_path) == [
        "drives.xlsx: table `drives` also stands in drives.csv; keep one of the two files"
    ]
    (tmp_path / "drives.csv").unlink()
    assert publish.check(tmp_path)[0].startswith("drives.xlsx:2: `soon` is neither yes nor no")


def test_templates_can_be_checked_and_are_not_overwritten(tmp_path: Path) -> None:
    assert len(publish.template(tmp_path)) == 17
    (tmp_path / "staff.csv").write_text("id,name\na,A\n", encoding="utf-8")
    assert publish.template(tmp_path) == []
    assert publish.check(tmp_path) == []


def test_diff_tells_added_removed_and_changed_rows_apart() -> None:
    after = dict(FILES)
    after["services"] = FILES["services"].replace("box.example cdn.shared.example,no", "box.example,yes")
    after["accounts"] = FILES["accounts"].replace("frontdesk,,shared,rosa.kim\n", "lobby,,shared,rosa.kim\n")
    found = {one.table: one for one in publish.diff(facts(**FILES), facts(**after))}
    assert sorted(found) == ["accounts", "services"]
    assert [row["account"] for row in found["accounts"].added] == ["lobby"]
    assert [row["account"] for row in found["accounts"].removed] == ["frontdesk"]
    assert [(one.key, one.columns) for one in found["services"].changed] == [("box", ("hosts", "provided"))]
    assert publish.diff(Facts.empty(), Facts.empty()) == ()
