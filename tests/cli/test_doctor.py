"""The doctor: says what is there, what is missing and what is broken, and ends with 1 only for the last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clausewise.cli import doctor
from clausewise.cli.main import main
from clausewise.facts import publish
from clausewise.labels import build_default
from clausewise.model.law import Pack
from clausewise.review.check import Report, check_pack

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
STAFF = "id,name,mail,site,supervisor,start,end\nlee,Lee Invented,lee@county.example,Main,,2020-01-01,\n"
REGISTER = (
    "id,purpose,staff_notice,union_notice,in_force_from,enabled_by,confirmed_by\n"
    "proxy,cybersecurity,2026-07-01,2026-07-01,2026-08-01,ana,ben\n"
    "dns,cybersecurity,2026-07-01,2026-07-01,2027-08-01,ana,ben\n"
    "dhcp,cybersecurity,2026-07-01,2026-07-01,2026-08-01,ana,ana\n"
)

CHECKED: dict[str, Report] = {}


@pytest.fixture(autouse=True)
def checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pack does not change between these tests, so its own check runs once for all of them."""

    def once(pack: Pack) -> Report:
        if pack.digest not in CHECKED:
            CHECKED[pack.digest] = check_pack(pack)
        return CHECKED[pack.digest]

    monkeypatch.setattr(doctor, "check_pack", once)


def seen(home: Path, check: doctor.Check, at: datetime = AT) -> list[doctor.Found]:
    return list(check(doctor.Patient(home, "ar4040", at)))


def with_facts(home: Path, folder: Path) -> Path:
    folder.mkdir()
    (folder / "staff.csv").write_text(STAFF, encoding="utf-8")
    (folder / "capabilities.csv").write_text(REGISTER, encoding="utf-8")
    publish.build(folder, home, at=AT)
    return home


def test_an_empty_folder_has_notes_and_nothing_broken(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for place in ("python", "terminal", "disk", "keys", "pack ar4040", "text", "facts", "labels", "findings"):
        assert f" {place}: " in said
    assert said.rstrip().endswith(" 0 broken")


def test_every_line_names_place_and_problem_and_every_problem_a_remedy(own_home: Path) -> None:
    for found in doctor.examine(doctor.Patient(own_home, "ar4040", AT)):
        assert found.level in (doctor.OK, doctor.NOTE, doctor.BROKEN)
        assert str(found).startswith(f"{found.place}: {found.says}")
        assert "\n" not in str(found)
        assert bool(found.remedy) == (found.level != doctor.OK) or found.place == "disk"


def test_it_changes_nothing(own_home: Path) -> None:
    before = sorted(own_home.rglob("*"))
    list(doctor.examine(doctor.Patient(own_home, "ar4040", AT)))
    assert sorted(own_home.rglob("*")) == before


def test_a_key_that_others_can_read_is_broken(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = own_home / "keys" / "pseudonym.key"
    key.parent.mkdir()
    key.write_bytes(b"x" * 32)
    key.chmod(0o640)
    assert main(["doctor"]) == 1
    assert f"{key}: mode 0640" in capsys.readouterr().out
    key.chmod(0o600)
    assert main(["doctor"]) == 0


def test_a_folder_that_cannot_be_written_is_broken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    found = seen(tmp_path / "file" / "home", doctor.folder)
    assert found[0].level == doctor.BROKEN
    assert "CLAUSEWISE_HOME" in found[0].remedy


def test_facts_are_dated_and_what_is_not_given_is_named(own_home: Path, tmp_path: Path) -> None:
    with_facts(own_home, tmp_path / "county")
    fresh, absent = seen(own_home, doctor.facts, AT + timedelta(days=2))
    assert (fresh.level, "2 days ago" in fresh.says) == (doctor.OK, True)
    assert absent.level == doctor.NOTE
    assert "devices" in absent.says
    assert "staff" not in absent.says
    assert seen(own_home, doctor.facts, AT + timedelta(days=90))[0].level == doctor.NOTE


def test_facts_changed_after_signing_are_broken(own_home: Path, tmp_path: Path) -> None:
    with_facts(own_home, tmp_path / "county")
    table = next((own_home / "facts").rglob("staff.parquet"))
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    found = [f for f in doctor.examine(doctor.Patient(own_home, "ar4040", AT)) if f.level == doctor.BROKEN]
    assert found
    assert any("staff" in str(f) for f in found)


def test_a_feed_is_in_force_only_from_its_day_and_by_two_people(own_home: Path, tmp_path: Path) -> None:
    with_facts(own_home, tmp_path / "county")
    levels = {found.place: found.level for found in seen(own_home, doctor.feeds)}
    assert levels.pop("feed proxy") == doctor.OK
    assert levels.keys() >= {"feed dns", "feed dhcp", "feed signin"}, "each feed that a source reads is shown"
    assert set(levels.values()) == {doctor.NOTE}


def test_labels_are_dated_and_the_guard_that_is_off_is_said(own_home: Path) -> None:
    folder = own_home / "labels"
    folder.mkdir()
    build_default(folder, AT)
    built, guard = seen(own_home, doctor.labels, AT + timedelta(days=1))
    assert (built.level, guard.level) == (doctor.OK, doctor.NOTE)
    assert "popularity guard off" in guard.says
    assert seen(own_home, doctor.labels, AT + timedelta(days=200))[0].level == doctor.NOTE


def test_one_broken_thing_does_not_hide_the_others(own_home: Path) -> None:
    (own_home / "labels").mkdir()
    (own_home / "labels" / "labels.lmdb").write_bytes(b"not a label file" * 1000)
    found = list(doctor.examine(doctor.Patient(own_home, "ar4040", AT)))
    assert [f.level for f in found if "labels" in f.place] == [doctor.BROKEN]
    assert found[-1].place == "findings"


def test_a_pack_that_is_not_there_is_broken(own_home: Path) -> None:
    found = list(doctor.examine(doctor.Patient(own_home, "no-such-pack", AT)))
    assert any(f.level == doctor.BROKEN and "no-such-pack" in str(f) for f in found)


def test_an_old_python_is_broken(monkeypatch: pytest.MonkeyPatch, own_home: Path) -> None:
    monkeypatch.setattr(doctor.sys, "version_info", (3, 9, 2, "final", 0))
    assert seen(own_home, doctor.python_version)[0].level == doctor.BROKEN
