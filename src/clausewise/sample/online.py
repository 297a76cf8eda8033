"""What people did in the clouds: sign-ins from many places, others' mailboxes, laptops that were taken away."""

from __future__ import annotations

from datetime import date

from clausewise.sample.cloud import CloudLog, home, mail, office
from clausewise.sample.machines import Device
from clausewise.sample.people import Person, working
from clausewise.sample.stage import MINUTE, Stage

GOOGLE, M365 = "google", "m365"
STREET = ("203.0.113.{0}", "198.51.100.{0}")


def ordinary(google: CloudLog, microsoft: CloudLog, stage: Stage) -> None:
    """Sign-ins, files shared inside and out, apps allowed in, one's own mail, from the office."""
    rng = stage.cast.rng
    people = [person for person in stage.cast.people if working(person)]
    for n in range(700):
        person = people[int(rng.integers(0, len(people)))].id
        at = stage.cast.times("duty", 1)[0]
        if n % 7 == 0:
            google.google(at, "token", person, office(n), "authorize", app_name="Quiz Maker", scope="drive")
        elif n % 7 < 3:
            outside = "pta@mail.example" if n % 3 == 0 else mail(people[n % len(people)].id)
            google.google(
                at,
                "drive",
                person,
                office(n),
                "change_user_access",
                owner=mail(person),
                target_user=outside,
                visibility="shared_externally" if n % 3 == 0 else "shared_internally",
                new_value="can_view",
            )
        else:
            google.google(at, "login", person, office(n), "login_success", login_type="google_password")
    for n in range(600):
        person = people[int(rng.integers(0, len(people)))].id
        at = stage.cast.times("duty", 1)[0]
        if n % 4 == 0:
            microsoft.microsoft_sign_in(at, person, office(n), stage.own[person].device)
        else:
            owner = mail(person).upper() if n % 9 == 0 else mail(person)
            microsoft.microsoft(
                at, "MailItemsAccessed", person, office(n), MailboxOwnerUPN=owner, LogonType=0
            )


def many_places(google: CloudLog, stage: Stage) -> None:
    """One account from several addresses within minutes (11), and what only looks like it."""
    plan = (
        (3, "login_success", 4, True, "signed in from three addresses within ten minutes"),
        (2, "login_success", 4, False, "the office's network and a telephone's, a few minutes apart"),
        (8, "login_failure", 4, False, "somebody guessed passwords from many places, all in vain"),
    )
    for addresses, name, many, broken, why in plan:
        for n in range(many):
            person = stage.player(lambda who, device: who.hours == "full")
            stage.elsewhere.add(person)
            first = stage.cast.times("duty", 1)[0]
            moments = [first + k * MINUTE for k in range(addresses)]
            for k, at in enumerate(moments):
                address = office(n) if k == 0 else STREET[k % 2].format(10 + n * 10 + k)
                google.google(at, "login", person, address, name, login_type="google_password")
            tell = stage.counted if broken else stage.innocent
            tell("11/login", person, person, moments, why, GOOGLE)


def after_leaving(google: CloudLog, stage: Stage, leavers: list[tuple[str, str]]) -> None:
    """Cloud sign-ins of people (id, last day) who had left (7.c)."""
    for n, (person, end) in enumerate(leavers):
        last = (date.fromisoformat(end) - stage.cast.period.date(0)).days
        moments = stage.cast.times("any", 1 + n % 3, after=max(last + 1, 0))
        for at in moments:
            name = "login_success" if n % 2 == 0 else "login_failure"
            google.google(at, "login", person, home(n), name, login_type="google_password")
        why = "a cloud sign-in succeeded after the last day of work"
        if n % 2 == 0:
            stage.broken("7.c/disable", person, person, moments, why, GOOGLE)
        else:
            why = "every try in the cloud failed: the account is closed"
            stage.innocent("7.c/disable", person, person, moments, why, GOOGLE)


def mailboxes(microsoft: CloudLog, stage: Stage) -> None:
    """Mailboxes that others opened or wrote from (10), and what only looks like it."""
    plan = (
        ("read", 6, True, "read mail in another person's mailbox"),
        ("send", 2, True, "sent mail out of another person's mailbox"),
        ("own", 6, False, "one's own mailbox, its address spelt in capitals"),
        ("sync", 4, False, "a service read the mailbox for its owner; no person did"),
        ("rule", 4, False, "a rule in one's own mailbox that forwards to a second mailbox"),
    )
    for kind, many, broken, why in plan:
        for n in range(many):
            person = stage.player()
            target = stage.player() if broken else person
            moments = stage.cast.times("duty", 1 + n % 4)
            for at in moments:
                _at_a_mailbox(microsoft, at, kind, person, target)
            (stage.broken if broken else stage.innocent)("10/read", person, target, moments, why, M365)
    target, moments = stage.player(), stage.cast.times("duty", 1)
    parameters = [{"Name": "Identity", "Value": mail(target)}, {"Name": "User", "Value": mail("wei.chen")}]
    microsoft.microsoft(moments[0], "Add-MailboxPermission", "priya.toor", office(1), Parameters=parameters)
    why = "a technician gave a right to a mailbox; nobody opened it"
    stage.innocent("10/read", "priya.toor", target, moments, why, M365)


def _at_a_mailbox(log: CloudLog, at: int, kind: str, person: str, target: str) -> None:
    owner, address = mail(target), office(len(person))
    if kind == "send":
        log.microsoft(at, "SendAs", person, address, SendAsUserSmtp=owner, MailboxOwnerUPN=owner)
    elif kind == "rule":
        parameters = [{"Name": "ForwardTo", "Value": f"{person}@mail.example"}]
        log.microsoft(at, "New-InboxRule", person, address, MailboxOwnerUPN=owner, Parameters=parameters)
    elif kind == "sync":
        log.microsoft(
            at, "MailItemsAccessed", person, address, MailboxOwnerUPN=owner, UserType=5, LogonType=1
        )
    else:
        owner = owner.upper() if kind == "own" else owner
        delegate = 2 if kind == "read" else 0
        log.microsoft(at, "MailItemsAccessed", person, address, MailboxOwnerUPN=owner, LogonType=delegate)


def taken_away(microsoft: CloudLog, stage: Stage) -> None:
    """County laptops seen at addresses outside the county's networks (9.c), with and without a permission."""

    def laptop(person: Person, device: Device) -> bool:
        return device.kind == "laptop" and device.encrypted == "yes"

    plan = (
        ("", 6, "a county laptop was used outside the county's networks, and nobody had permitted it"),
        ("permit", 5, "a written permission to take the laptop home is in force"),
        ("office", 5, "from the office, behind the county's own address on the Internet"),
    )
    for kind, many, why in plan:
        for n in range(many):
            person = stage.player(laptop)
            moments = stage.cast.times("any", 1 + n % 3, after=2)
            _seen(microsoft, stage, person, moments, office(n) if kind == "office" else home(n))
            if kind == "permit":
                stage.permit("9.c", person, f"device:{stage.own[person].device}", moments)
            tell = stage.innocent if kind else stage.counted
            tell("9.c", person, stage.own[person].device, moments, why, M365)
    for person, broken in (("samuel.barlow", False), ("grace.kwan", True)):
        moments = stage.cast.times("any", 2)
        _seen(microsoft, stage, person, moments, home(77))
        why = "the permission of last year had run out" if broken else "a permission to take the laptop home"
        tell = stage.counted if broken else stage.innocent
        tell("9.c", person, stage.own[person].device, moments, why, M365)


def silent_disks(microsoft: CloudLog, stage: Stage) -> tuple[list[Device], list[Device]]:
    """Laptops away, with permission, of whose disks nobody knows (17): those long silent, those that reported.

    Gives both for the inventory, which holds their last reports.
    """

    def unknown(person: Person, device: Device) -> bool:
        return device.kind == "laptop" and device.encrypted == "unknown"

    def known(person: Person, device: Device) -> bool:
        return device.kind == "laptop" and device.encrypted == "yes"

    silent, spoken = list[Device](), list[Device]()
    plan = (
        (
            unknown,
            silent,
            4,
            True,
            "away, and for six weeks nothing had reported whether its disk is encrypted",
        ),
        (unknown, spoken, 3, False, "away, but it reported its disk in the same fortnight"),
        (known, silent, 2, False, "long silent, but the register says that its disk is encrypted"),
    )
    for fits, rows, many, broken, why in plan:
        for _ in range(many):
            person = stage.player(fits)
            device, moments = stage.own[person], stage.cast.times("any", 2, after=8)
            _seen(microsoft, stage, person, moments, home(120))
            stage.permit("9.c", person, f"device:{device.device}", moments)
            rows.append(device)
            tell = stage.counted if broken else stage.innocent
            tell("17/precautions", "", device.device, moments, why, M365)
    return silent, spoken


def _seen(log: CloudLog, stage: Stage, person: str, moments: list[int], address: str) -> None:
    for at in moments:
        log.microsoft_sign_in(at, person, address, stage.own[person].device)
