"""What people did at their Windows computers: desks left open, others' passwords, drives, tools, shared machines."""

from __future__ import annotations

from datetime import date

from clausewise.sample.machines import Device
from clausewise.sample.stage import MINUTE, Stage
from clausewise.sample.windows import BITLOCKER, SECURITY, SERVICES, WindowsLog

DAYS = (10, 11)  # Thursday and Friday of the second week, when the pilot of the event collector ran
FEED = "windows"
PROGRAMS = ("WINWORD.EXE", "EXCEL.EXE", "chrome.exe", "OUTLOOK.EXE", "POWERPNT.EXE", "Teams.exe")
OFFICE = "C:\\Program Files\\Office\\{0}"
GAP = (780, 875)  # local minutes of the long absence in the afternoon
TECHNICIAN, SECOND_ACCOUNT = "priya.toor", "adm-priya.toor"


def at_the_desk(log: WindowsLog, stage: Stage) -> None:
    """Sessions that were left open and unlocked, and what only looks like it (2.a)."""
    plan = (
        ("open", 5, "windows", "an hour and a half away from a session that nobody had locked"),
        (
            "overnight",
            5,
            "windows",
            "went home and left the session open and unlocked until the next morning",
        ),
        ("locked", 4, "lookalikes", "locked the screen before the meeting and unlocked it afterwards"),
        ("unseen", 3, "lookalikes", "the lock's own line was lost, but the session ended with an unlock"),
        ("present", 10, "lookalikes", "never longer away than a quarter of an hour"),
    )
    for kind, many, rows, why in plan:
        for _ in range(many):
            person = stage.player()
            stage.elsewhere.add(person)
            stage.quiet.add(person)
            for day in DAYS:
                _desk_day(log, stage, person, day, kind)
            begins = stage.at(DAYS[0], 956 if kind == "overnight" else GAP[0])
            ends = stage.at(DAYS[1], 480) if kind == "overnight" else stage.at(DAYS[1], GAP[1])
            tell = stage.counted if rows == "windows" else stage.innocent
            tell("2.a", person, stage.own[person].device, [begins, ends], why, FEED)


def _desk_day(log: WindowsLog, stage: Stage, person: str, day: int, kind: str) -> None:
    device, first = stage.own[person], kind != "overnight" or day == DAYS[0]
    if first:
        log.sign_in(stage.at(day, 466), device, person)
    _work(log, stage, person, day, 470, 720)
    log.session(stage.at(day, 721), device, person, 4800)
    log.session(stage.at(day, 750), device, person, 4801)
    log.sign_in(stage.at(day, 750.01), device, person, "7")
    _work(log, stage, person, day, 751, GAP[0])
    if kind == "locked":
        log.session(stage.at(day, GAP[0] + 2), device, person, 4800)
    if kind in ("locked", "unseen"):
        log.session(stage.at(day, GAP[1]), device, person, 4801)
    if kind in ("overnight", "present"):
        _work(log, stage, person, day, *GAP)
    _work(log, stage, person, day, GAP[1] + 1, 955)
    if kind != "overnight" or day == DAYS[1]:
        log.session(stage.at(day, 958), device, person, 4647)


def _work(log: WindowsLog, stage: Stage, person: str, day: int, since: int, until: int) -> None:
    """Programs are started every few minutes from `since` to `until`, the last one in the last minute."""
    rng, minute = stage.cast.rng, float(since)
    while minute < until:
        name = PROGRAMS[int(rng.integers(0, len(PROGRAMS)))]
        log.program(stage.at(day, minute), stage.own[person], person, OFFICE.format(name), name)
        minute += float(rng.uniform(3, 13))
    log.program(stage.at(day, until), stage.own[person], person, OFFICE.format(PROGRAMS[0]), PROGRAMS[0])


def with_others_passwords(log: WindowsLog, stage: Stage) -> None:
    """Another person's user name and password, and what only looks like them (11, 1)."""
    plan = (
        ("explicit", 8, "reached a file share with another person's user name and password"),
        ("failed", 5, "the other person's password was refused: an attempt"),
    )
    for kind, many, why in plan:
        for n in range(many):
            person, target = stage.player(), stage.player()
            moments = stage.cast.times("duty", 1 + n % 3)
            for at in moments:
                if kind == "explicit":
                    log.explicit(at, stage.own[person], person, target)
                else:
                    log.sign_in(at, stage.own[person], target, by=person, number=4625)
            tell = stage.broken if kind == "explicit" else stage.innocent
            for norm in ("11/login", "1/own-id"):
                tell(norm, person, target, moments, why, FEED)
    _technician(log, stage)


def _technician(log: WindowsLog, stage: Stage) -> None:
    desk = stage.own[TECHNICIAN]
    moments = stage.cast.times("duty", 6)
    for at in moments:
        log.explicit(at, desk, TECHNICIAN, SECOND_ACCOUNT)
    why = "her own second account, kept for administration"
    for norm in ("11/login", "1/own-id"):
        stage.innocent(norm, TECHNICIAN, SECOND_ACCOUNT, moments, why, FEED)
    gone = [person.id for person in stage.cast.people if person.end][:4]
    moments = stage.cast.times("duty", len(gone))
    for at, person in zip(moments, gone, strict=True):
        data = {"SubjectUserName": TECHNICIAN, "TargetUserName": person, "TargetDomainName": "REDBUD"}
        log.add(at, desk, 4725, SECURITY, **data)
        for norm in ("11/login", "1/own-id"):
            stage.innocent(norm, TECHNICIAN, person, [at], "closed the account of somebody who left", FEED)
    for at in stage.cast.times("duty", 3):
        data = {"TargetUserName": stage.player(), "TargetDomainName": desk.device}
        log.add(at, desk, 4740, SECURITY, **data)


def after_leaving(log: WindowsLog, stage: Stage, leavers: list[tuple[str, str]]) -> None:
    """Windows sign-ins of people (id, last day) who had left (7.c): those that worked, and vain tries."""
    for n, (person, end) in enumerate(leavers):
        last = (date.fromisoformat(end) - stage.cast.period.date(0)).days
        moments = stage.cast.times("any", 1 + n % 3, after=max(last + 1, 0))
        for at in moments:
            log.sign_in(at, stage.own[person], person, number=4624 if n % 2 == 0 else 4625)
        if n % 2 == 0:
            why = "a sign-in at a computer succeeded after the last day of work"
            stage.broken("7.c/disable", person, person, moments, why, FEED)
        else:
            why = "every try after the last day failed: the account is closed"
            stage.innocent("7.c/disable", person, person, moments, why, FEED)


def drives(log: WindowsLog, stage: Stage) -> None:
    """Portable drives that were plugged in (9.g), by the serial number on the drive register."""
    plan = (
        ("USB-0003", True, "the register says that the drive is not encrypted"),
        ("USB-0006", True, "the register says that the drive is not encrypted"),
        ("USB-0001", False, "an encrypted drive of the register"),
        ("USB-0002", False, "an encrypted drive of the register"),
        ("USB-0004", False, "nobody has said yet whether this drive is encrypted"),
        ("0417AA31", False, "a drive that is on no register: nobody knows whether it is encrypted"),
    )
    for n, (serial, broken, why) in enumerate(plan):
        device = stage.own[stage.player()]
        moments = stage.cast.times("duty", 1 + n % 3)
        for at in moments:
            log.drive(at, device, serial)
        (stage.broken if broken else stage.innocent)("9.g", "", serial, moments, why, FEED)


def tools(log: WindowsLog, stage: Stage) -> None:
    """Sniffers and scanners that were run (9), one under another name, and innocent programs."""
    downloads = "C:\\Users\\{0}\\Downloads\\{1}"
    plan = (
        ("Wireshark.exe", "Wireshark.exe", "wireshark", 3, True, "a sniffer ran with no approved purpose"),
        ("homework.exe", "nmap.exe", "nmap", 2, True, "a scanner ran under another file name"),
        ("vlc-3.0.exe", "vlc.exe", "vlc", 4, False, "a player that the software register allows"),
        ("notes-on-nmap.exe", "notes.exe", "nmap", 2, False, "only the file's name holds a scanner's name"),
    )
    for image, original, title, many, broken, why in plan:
        for n in range(many):
            person = stage.player()
            moments = stage.cast.times("duty", 1 + n % 2)
            for at in moments:
                log.program(at, stage.own[person], person, downloads.format(person, image), original)
            (stage.broken if broken else stage.innocent)("9/harm", person, title, moments, why, FEED)
    for at in (moments := stage.cast.times("duty", 2, after=5)):
        path = downloads.format(TECHNICIAN, "nmap.exe")
        log.program(at, stage.own[TECHNICIAN], TECHNICIAN, path, "nmap.exe")
    why = "a purpose that Technology Services approved"
    stage.innocent("9/harm", TECHNICIAN, "nmap", moments, why, FEED)


def guards_off(log: WindowsLog, stage: Stage) -> None:
    """Services that guard a computer stopped (9.b): nobody knows of a change ticket, so people look first."""
    for service in ("Microsoft Defender Antivirus Service", "Windows Firewall", "osqueryd", "Sysmon64"):
        device, moments = stage.own[stage.player()], stage.cast.times("duty", 1)
        for at in moments:
            log.add(at, device, 7036, SERVICES, param1=service, param2="stopped")
            log.add(at + 4 * MINUTE, device, 7036, SERVICES, param1=service, param2="running")
        why = "a guarding service stopped; whether there is a change ticket is for people to look up"
        stage.innocent("9.b", "", device.device, moments, why, FEED)
    for n in range(6):
        device, at = stage.own[stage.player()], stage.cast.times("duty", 1)[0]
        log.add(at, device, 773 if n % 2 else 774, BITLOCKER, VolumeMountPoint="C:")


def many_on_one(log: WindowsLog, stage: Stage) -> None:
    """Many people's accounts on one machine in a day (11): one person's computer, and machines that are meant for it."""
    carts = [device for device in stage.cast.park.devices if device.kind == "cart"]
    plan = (
        (5, 3, True, "five people's accounts on one person's computer in one day"),
        (3, 2, False, "three accounts on one person's computer: not above the county's number"),
        (6, 3, False, "a cart that classes share, each person under her own account"),
    )
    for accounts, many, broken, why in plan:
        for n in range(many):
            people = [stage.player() for _ in range(accounts)]
            stage.elsewhere.update(people)
            device = carts[n] if accounts == 6 else stage.own[people[0]]
            day = DAYS[n % len(DAYS)]
            moments = [_sit_down(log, stage, device, who, day, 490 + 60 * k) for k, who in enumerate(people)]
            (stage.counted if broken else stage.innocent)("11/login", "", device.device, moments, why, FEED)


def _sit_down(log: WindowsLog, stage: Stage, device: Device, person: str, day: int, minute: int) -> int:
    at = stage.at(day, minute)
    log.sign_in(at, device, person)
    log.session(at + 40 * MINUTE, device, person, 4647)
    return at
