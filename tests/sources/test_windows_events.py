"""What Windows events mean: people apart from machines, drives by their serial, numbers never without provider."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clausewise.sources.contract import NOTHING_PROTECTED, Protected
from clausewise.sources.windows_drives import drive_of
from clausewise.sources.windows_events import meaning
from clausewise.sources.windows_record import device_name, person, same_person
from sources.feeding import run, total

AUDIT = "Microsoft-Windows-Security-Auditing"


def flat(number: int, provider: str = AUDIT, channel: str = "Security", **data: Any) -> str:
    head = {"EventID": number, "SourceName": provider, "Channel": channel, "Hostname": "pc-1.redbud.example"}
    return json.dumps({**head, "TimeCreated": "2026-10-05T15:00:00Z", **data})


def read(lines: list[str], option: str = "", protected: Protected = NOTHING_PROTECTED) -> dict[str, Any]:
    return total(run("windows_json", ["\n".join(lines).encode() + b"\n"], protected, option))


def one(line: str, option: str = "") -> dict[str, Any]:
    (event,) = read([line], option)["events"]
    return dict(event)


@pytest.mark.parametrize(
    ("name", "sid", "who"),
    [
        (r"REDBUD\mrivera", None, "mrivera"),
        ("mrivera@redbud.example", None, "mrivera@redbud.example"),
        ("PC-0412$", None, None),
        ("DWM-12", None, None),
        ("UMFD-0", None, None),
        ("dwm-fan", None, "dwm-fan"),
        ("SISTEMA", "S-1-5-18", None),
        ("SISTEMA", None, "SISTEMA"),
        (r"NT AUTHORITY\SYSTEM", None, None),
        (r"NT SERVICE\TrustedInstaller", None, None),
        ("ANONYMOUS LOGON", None, None),
        ("-", None, None),
        ("", None, None),
        (None, None, None),
        ("jwong", "S-1-0-0", "jwong"),
    ],
)
def test_people_are_told_from_machines(name: str | None, sid: str | None, who: str | None) -> None:
    assert person(name, sid) == who


def test_names_are_compared_without_case_and_domain() -> None:
    assert same_person("MRivera@redbud.example", "mrivera")
    assert not same_person("mrivera", "mriver")


def test_devices_have_short_names_in_capitals() -> None:
    assert device_name("pc-0412.redbud.example") == "PC-0412"
    assert device_name(r"\\PC-0412") == "PC-0412"
    assert device_name("-") is None


@pytest.mark.parametrize(
    ("instance", "serial", "name"),
    [
        (r"USBSTOR\Disk&Ven_Acme&Prod_Pocket_Stick&Rev_1.00\0417aa31&0", "0417AA31", "Acme Pocket Stick"),
        (
            r"SWD\WPDBUSENUM\_??_USBSTOR#DISK&VEN_ACME&PROD_X&REV_1#0417AA31&0#{53f56307-b6bf}",
            "0417AA31",
            "ACME X",
        ),
        # Windows made this one up, for the stick has no serial: it is kept whole.
        (r"USBSTOR\Disk&Ven_&Prod_USB_DISK&Rev_1.0\7&2A3b4c5&0", "7&2A3B4C5&0", "USB DISK"),
        (
            r"SWD\WPDBUSENUM\{4dfdbbf9-c0a4-11ef-8e0c-a4bb6dd5e111}#0000000000100000",
            "{4DFDBBF9-C0A4-11EF-8E0C-A4BB6DD5E111}#0000000000100000",
            None,
        ),
    ],
)
def test_drives_are_known_by_their_serial(instance: str, serial: str, name: str | None) -> None:
    assert drive_of(instance) == (serial, name)


@pytest.mark.parametrize(
    "instance", [None, "", r"SWD\REMOTEDISPLAYENUM\RDPIDD", r"USB\VID_1&PID_2\5", "USBSTOR"]
)
def test_other_devices_are_no_drives(instance: str | None) -> None:
    assert drive_of(instance) is None


def test_a_number_means_nothing_without_its_provider() -> None:
    assert meaning(AUDIT, "Security", 4624)
    assert meaning("Microsoft-Windows-Sysmon", None, 1)
    assert meaning("Microsoft-Windows-Kernel-General", "System", 1) is None
    assert meaning("Some-Other", "Security", 4624) is None
    assert meaning(None, "security", 4624) is meaning(AUDIT, None, 4624)
    assert meaning(None, "Security", 1102)
    assert meaning(None, None, 4624) is None
    assert meaning(None, "System", 7036) is None
    assert meaning("Microsoft-Windows-RemoteDesktopServices-RdpCoreTS", "System", 104) is None


def test_run_as_names_who_acts_and_whose_account() -> None:
    subject = {"SubjectUserName": "mrivera", "SubjectUserSid": "S-1-5-21-1", "LogonType": "9"}
    event = one(flat(4624, **subject, TargetUserName="mrivera", TargetOutboundUserName="adm-wong"))
    assert (event["user"], event["account"], event["explicit"]) == ("mrivera", "adm-wong", True)
    service = one(flat(4624, **{**subject, "LogonType": "3"}, TargetUserName="jwong"))
    assert (service["user"], service["account"], service["explicit"]) == (None, "jwong", False)


def test_sign_ins_of_machines_are_noise() -> None:
    found = read(
        [
            flat(4624, TargetUserName="PC-1$", LogonType="3"),
            flat(4634, TargetUserName="DWM-1", LogonType="2"),
            flat(4648, SubjectUserName="PC-1$", TargetUserName="mrivera"),
            flat(4648, SubjectUserName="mrivera", TargetUserName="FILES1$"),
            flat(4719, SubjectUserName="PC-1$"),
        ]
    )
    assert found["noise"] == {"machine": 5}


def test_a_log_emptied_by_the_system_is_still_told() -> None:
    event = one(flat(1102, "Microsoft-Windows-Eventlog", SubjectUserName="SYSTEM", SubjectUserSid="S-1-5-18"))
    assert (event["kind"], event["user"]) == ("log-cleared", None)


def test_a_service_is_known_in_every_language() -> None:
    binary = "WinDefend/1\0".encode("utf-16-le").hex()
    scm = ("Service Control Manager", "System")
    event = one(flat(7036, *scm, param1="Antivirendienst", param2="beendet", Binary=binary))
    assert (event["kind"], event["change"]) == ("agent-stopped", "WinDefend")
    running = "WinDefend/4\0".encode("utf-16-le").hex()
    assert read([flat(7036, *scm, param1="x", param2="x", Binary=running)])["noise"] == {"not-watched": 1}


def test_temp_is_no_folder_of_the_system() -> None:
    sysmon = ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational")
    paths = {r"C:\Windows\System32\a.exe": True, r"C:\WINDOWS\Temp\a.exe": False, r"D:\a.exe": False}
    for path, system in paths.items():
        event = one(flat(1, *sysmon, Image=path, User=r"REDBUD\jwong", UtcTime="2026-10-05 15:00:00.5"))
        assert (event["system"], event["image"]) == (system, "a.exe")


def test_words_that_people_typed_are_never_kept() -> None:
    sysmon = ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational")
    found = read(
        [
            flat(4688, NewProcessName="a.exe", CommandLine="canary", SubjectUserName="jwong"),
            flat(
                1,
                *sysmon,
                Image="a.exe",
                CommandLine="canary",
                ParentCommandLine="canary",
                CurrentDirectory="canary",
            ),
            flat(4104, "Microsoft-Windows-PowerShell", "p", ScriptBlockText="canary"),
            flat(4624, TargetUserName="jwong", LogonType="2", Message="canary"),
        ]
    )
    assert len(found["events"]) == 3
    assert "canary" not in json.dumps(found)


def test_a_protected_host_leaves_nothing() -> None:
    sysmon = ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational")
    lines = [
        flat(22, *sysmon, QueryName="help.union.example", QueryStatus="0", User=r"REDBUD\canary"),
        flat(
            3,
            *sysmon,
            DestinationIp="203.0.113.9",
            DestinationHostname="union.example",
            User=r"REDBUD\canary",
        ),
        flat(3, *sysmon, DestinationIp="canary", DestinationHostname="union.example", User=r"REDBUD\canary"),
    ]
    found = read(lines, protected=Protected(frozenset({"union.example"})))
    assert found["protected"] == 3
    assert not found["events"]
    assert "canary" not in json.dumps(found)


class TestTimesWithoutZone:
    """NXLog prints the sender's wall clock and leaves the zone out."""

    line = flat(4672, SubjectUserName="jwong", EventTime="2026-11-01 01:30:00")

    def at(self, option: str, **more: str) -> int:
        record = {**json.loads(self.line), **more}
        return int(one(json.dumps(record), option)["time"])

    def test_zone_of_the_user(self) -> None:
        winter = self.at("", EventTime="2026-11-01 09:30:00")
        assert self.at("zone=America/Los_Angeles", EventTime="2026-11-01 02:30:00") == winter + 3_600_000_000

    def test_an_hour_that_comes_twice_is_its_first_coming(self) -> None:
        assert self.at("zone=America/Los_Angeles") == self.at("", EventTime="2026-11-01 08:30:00")

    def test_the_collectors_stamp_tells_the_zone(self) -> None:
        stamps = {"EventReceivedTime": "2026-11-01 01:42:00", "@timestamp": "2026-11-01T09:42:03.1Z"}
        assert self.at("", **stamps) == self.at("", EventTime="2026-11-01 09:30:00")
        del stamps["EventReceivedTime"]  # twelve minutes late: taken as a quarter of an hour
        assert self.at("", **stamps) == self.at("", EventTime="2026-11-01 09:45:00")

    def test_the_users_zone_comes_first(self) -> None:
        stamp = {"@timestamp": "2026-11-01T09:42:03.1Z"}
        assert self.at("zone=UTC", **stamp) == self.at("", EventTime="2026-11-01 01:30:00")

    @pytest.mark.parametrize("option", ["zone=Mars/Base", "colour=red", "zone"])
    def test_bad_options_are_refused(self, option: str) -> None:
        with pytest.raises(ValueError, match=r"zone|colour"):
            read([self.line], option)


@pytest.mark.parametrize(
    "line",
    [
        "{}", "[]", "null", '"text"', '{"Event": null}', '{"Event": {"System": []}}',
        '{"EventID": 4624}', '{"EventID": {"a": 1}, "Channel": "Security"}', '{"winlog": {}}',
        '{"EventID": 1e400, "Channel": "Security"}', '{"EventID": -1, "Channel": "Security"}',
    ],
)  # fmt: skip
def test_other_records_are_rejects(line: str) -> None:
    found = read([line])
    assert len(found["rejects"]) == 1
    assert not found["events"]
