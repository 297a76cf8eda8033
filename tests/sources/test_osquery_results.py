"""osquery: the three forms of a result, how tables are told apart, and rows that say what held before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clausewise.sources.contract import NOTHING_PROTECTED
from sources.feeding import run, total

CANARY = "canaryword"
PROGRAM = {"name": "Chess", "version": "1.0"}
BASE = {"name": "pack_it_programs", "hostIdentifier": "RCOE-LT-0042", "unixTime": 1773072000, "counter": 5}


def read(*records: Any) -> dict[str, Any]:
    data = "\n".join(json.dumps(one) for one in records).encode()
    return total(run("osquery_results", [data], NOTHING_PROTECTED))


def row(name: str, columns: dict[str, Any], action: str = "added", **more: Any) -> dict[str, Any]:
    return {**BASE, "name": name, "columns": columns, "action": action, **more}


def only(record: dict[str, Any]) -> dict[str, Any]:
    (found,) = read(record)["events"]
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("counter", "action", "meant"),
    [
        (0, "added", "present"),
        ("0", "added", "present"),
        (1, "added", "installed"),
        (3, "removed", "removed"),
    ],
)
def test_the_first_answer_of_an_epoch_lists_what_is_there(counter: Any, action: str, meant: str) -> None:
    assert only(row("programs", PROGRAM, action, counter=counter))["operation"] == meant


def test_the_three_forms_of_a_result_tell_the_same() -> None:
    by_event = [row("programs", PROGRAM), row("programs", {**PROGRAM, "version": "0.9"}, "removed")]
    batch = {**BASE, "diffResults": {"added": [PROGRAM], "removed": [{**PROGRAM, "version": "0.9"}]}}
    rows = [{k: v for k, v in one.items() if k not in ("line", "offset", "length")}
            for found in (read(*by_event), read(batch)) for one in found["events"]]  # fmt: skip
    assert rows[:2] == rows[2:]
    snapshot = read({**BASE, "action": "snapshot", "snapshot": [PROGRAM] * 3})
    assert [one["operation"] for one in snapshot["events"]] == ["present"] * 3
    assert (snapshot["lines"], snapshot["extra"]) == (1, 2)
    assert len({(one["line"], one["offset"], one["length"]) for one in snapshot["events"]}) == 1


@pytest.mark.parametrize(
    "name",
    [
        "programs",
        "pack_it-compliance_programs",
        "pack/it/programs",
        "pack-it_programs",
        "fleet.team-1.programs",
        "PROGRAMS",
    ],
)
def test_packs_spell_names_in_many_ways(name: str) -> None:
    assert only(row(name, PROGRAM))["software"] == "Chess"


@pytest.mark.parametrize(
    ("columns", "cls"),
    [
        ({"name": "Chess", "version": "1", "install_location": ""}, "installed"),
        ({"drive_letter": "C:", "protection_status": "1"}, "encryption"),
        ({"enabled": "1", "grace_period": "5"}, "lock-policy"),
        ({"device": "/dev/sdb1", "path": "/media/x/Y", "type": "vfat", "blocks_size": "1"}, "drive-mount"),
    ],
)
def test_a_query_of_ones_own_is_told_by_its_columns(columns: dict[str, str], cls: str) -> None:
    found = only(row("my_question", columns))
    assert cls in (found.get("kind"), found.get("operation"))


@pytest.mark.parametrize(
    "name", ["listening_ports", "pack_ir_interface_addresses", "shell_history", "crontab"]
)
def test_other_tables_are_not_watched(name: str) -> None:
    assert read(row(name, {"command": CANARY, "name": "x"}))["noise"] == {"not-watched": 1}


def test_a_row_that_goes_away_tells_of_an_old_state() -> None:
    found = read(row("bitlocker_info", {"drive_letter": "C:", "protection_status": "0"}, "removed"))
    assert (found["events"], found["noise"]) == ([], {"old-state": 1})


@pytest.mark.parametrize(("status", "meant"), [("0", "no"), ("1", "yes"), ("2", None), ("", None)])
def test_encryption_is_unknown_when_the_device_does_not_know(status: str, meant: str | None) -> None:
    found = only(row("bitlocker_info", {"drive_letter": "C:", "protection_status": status}))
    assert found.get("encrypted") == meant
    assert "drive" not in found


def test_commands_are_never_kept() -> None:
    found = only(row("process_events", {"path": "/usr/bin/nmap", "cmdline": CANARY, "time": "1773072007"}))
    assert (found["image"], found["time"]) == ("nmap", 1_773_072_007_000_000)
    assert CANARY not in json.dumps(found)


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("C:\\Windows\\System32\\svchost.exe", True),
        ("c:\\windows\\explorer.exe", True),
        ("C:\\Users\\ben\\Windows\\x.exe", False),
        ("/usr/bin/ls", True),
        ("/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder", True),
        ("/home/ben/usr/bin/ls", False),
        ("/Users/ben/Desktop/Siri.app/Contents/MacOS/Siri", False),
    ],
)
def test_folders_of_the_operating_system(path: str, system: bool) -> None:
    found = only(row("processes", {"path": path, "pid": "4"}))
    assert found["system"] is system
    assert found["image"] == path.replace("\\", "/").rpartition("/")[2]


def test_only_usb_devices_that_store_files_are_drives() -> None:
    stick = {"vendor": "Acme", "model": "Ultra", "class": "8", "serial": "S1"}
    mouse = {"vendor": "Acme", "model": "Mouse", "class": "3", "serial": "S2"}
    found = read(row("usb_devices", stick), row("usb_devices", mouse))
    assert ([one["drive"] for one in found["events"]], found["noise"]) == (["S1"], {"not-watched": 1})


def test_a_snapshot_of_who_is_signed_in_is_no_sign_in() -> None:
    who = {"type": "user", "user": "maya", "host": "", "time": "1773071000"}
    assert read({**BASE, "name": "logged_in_users", "action": "snapshot", "snapshot": [who]})["events"] == []
    assert only(row("logged_in_users", who))["time"] == 1_773_071_000_000_000


def test_half_a_surrogate_pair_is_read_as_a_question_mark() -> None:
    found = only(row("programs", {"name": "\ud800", "version": "\udfff"}, hostIdentifier="\ud800"))
    assert (found["software"], found["version"], found["device"]) == ("?", "?", "?")


@pytest.mark.parametrize("odd", [None, 7, "x", [], [3, None], {"added": 5}, {"added": [[]]}])
@pytest.mark.parametrize("form", ["columns", "snapshot", "diffResults", "decorations", "name", "unixTime"])
def test_odd_results_never_raise_and_always_sum(form: str, odd: Any) -> None:
    found = read({**BASE, form: odd})
    parts = len(found["events"]) + len(found["rejects"]) + sum(found["noise"].values())
    assert parts == found["lines"] + found.get("extra", 0)
