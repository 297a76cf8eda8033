"""Linux system logs: commands and mistyped passwords are never kept, drives are known over block cuts."""

from __future__ import annotations

from typing import Any

import pytest

from clausewise.sources.contract import NOTHING_PROTECTED
from clausewise.sources.syslog import drives
from sources.feeding import cut_up, run, total

AT = "2026-10-05T08:00:00Z pc "
CANARY = "canary-word"
DRIVE = (
    f"{AT}kernel: usb 1-2: New USB device found, idVendor=0781, idProduct=5581, bcdDevice= 1.00\n"
    f"{AT}kernel: usb 1-2: SerialNumber: ABC123\n"
    f"{AT}kernel: usb-storage 1-2:1.0: USB Mass Storage device detected\n"
    f"{AT}kernel: usb 1-2: USB disconnect, device number 5\n"
)


def read(text: str, cuts: tuple[int, ...] = ()) -> Any:
    return total(run("syslog", cut_up(text.encode(), list(cuts)), NOTHING_PROTECTED))


@pytest.mark.parametrize(
    "text",
    [
        f"sudo: ana : TTY=pts/0 ; PWD=/home/{CANARY} ; USER=root ; COMMAND=/bin/echo {CANARY} ; USER={CANARY} ;",
        f"sudo: ana : a password is required ; PWD=/{CANARY} ; USER=root ; COMMAND=/bin/echo {CANARY}",
        f"sshd[1]: Failed password for invalid user {CANARY} from 10.0.0.1 port 1 ssh2",
        f"sshd[1]: Failed password for {CANARY} from 10.9.9.9 port 2 from 10.0.0.1 port 1 ssh2",
        f"sshd[1]: Invalid user {CANARY} from 10.0.0.1 port 1",
        f"bash[1]: {CANARY}",
    ],
)
def test_no_command_and_no_name_that_is_no_account_is_kept(text: str) -> None:
    batches = run("syslog", [f"{AT}{text}\n".encode()], NOTHING_PROTECTED)
    assert CANARY not in repr([(batch.state, total([batch])) for batch in batches])
    for event in total(batches)["events"]:
        assert event["src_ip"] in (None, "10.0.0.1")
        assert event["account"] in (None, "root")


def test_a_drive_is_known_by_its_number_wherever_the_file_is_cut() -> None:
    whole = read(DRIVE)
    assert [(e["kind"], e["drive"], e["device"]) for e in whole["events"]] == [
        ("drive-mount", "ABC123", "pc"),
        ("drive-remove", "ABC123", "pc"),
    ]
    for cut in range(len(DRIVE)):
        assert read(DRIVE, (cut,)) == whole


def test_devices_that_are_no_drives_give_no_event_and_the_memory_is_bounded() -> None:
    text = "".join(
        f"{AT}kernel: usb 1-{n}: New USB device found, idVendor=0461, idProduct=4d64, x\n"
        for n in range(2000)
    )
    batch = run("syslog", [text.encode()], NOTHING_PROTECTED)[0]
    assert len(batch.state.memory.drives) == drives.MOST_DEVICES
    assert batch.noise == {"not-watched": 2000}


def test_a_folded_line_counts_as_often_as_it_says_up_to_a_bound() -> None:
    text = AT + "sshd[1]: message repeated {} times: [ Failed password for root from 10.0.0.1 port 1 ssh2]\n"
    assert len(read(text.format(4))["events"]) == 4
    assert len(read(text.format(999_999_999))["events"]) == 1000
    assert read(text.format(0))["lines"] == len(read(text.format(0))["events"]) == 1
