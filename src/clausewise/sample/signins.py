"""Sign-ins: a CSV as an office might export it, one line per event.

Columns: `time` (ISO 8601, UTC), `user` (who sat at the machine: the account of its session), `event` (login,
logout), `outcome` (success, failure), `src_ip`, `device` (register number), `account` (the account signed in
to), `login_type` (google_password; reauth; shared_device: a cart or reception machine whose session is its own
account; explicit: other credentials typed while `user` was signed in).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from clausewise.sample.cast import Cast
from clausewise.sample.key import Entry, Key
from clausewise.sample.machines import Device, Park, octets
from clausewise.sample.people import Person, working
from clausewise.sample.period import Period, iso

HEADER = "time,user,event,outcome,src_ip,device,account,login_type\n"
OWN, EXPLICIT, SHARED = "google_password", "explicit", "shared_device"
MINUTE = 60_000
SHARED_ACCOUNTS = (("front-desk", "grace.kwan"), ("board-room", "lena.ocampo"), ("science-cart", "tou.vang"))


@dataclass(slots=True)
class Signins:
    """Events as (milliseconds, line). `told` are people whose every sign-in a play tells."""

    events: list[tuple[int, str]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def add(
        self,
        at: int,
        user: str,
        outcome: str,
        device: Device,
        account: str,
        kind: str = OWN,
        event: str = "login",
    ) -> None:
        """Add one event at `at` (Unix milliseconds)."""
        self.events.append(
            (at, f"{iso(at)},{user},{event},{outcome},{device.ip},{device.device},{account},{kind}\n")
        )

    def write(self, path: Path) -> Path:
        """Write the CSV in order of time; returns its path."""
        self.events.sort()
        path.write_text(HEADER + "".join(line for _, line in self.events), encoding="ascii", newline="\n")
        return path


def ordinary_signins(
    signins: Signins,
    rng: np.random.Generator,
    period: Period,
    people: tuple[Person, ...],
    park: Park,
    elsewhere: Collection[str],
) -> None:
    """Working days of everybody but those whose sign-ins stand `elsewhere`: in, at times after a mistyped password,
    and out at the end.
    """
    own = {device.assigned_to: device for device in park.devices if device.assigned_to}
    for person in people:
        for day in range(period.days):
            if (
                not working(person)
                or person.id in elsewhere
                or period.date(day).weekday() > 4
                or rng.random() < 0.06
            ):
                continue
            at = period.millis(day, float(rng.normal(465, 18)))
            if rng.random() < 0.05:
                signins.add(at - 9_000, person.id, "failure", own[person.id], person.id)
            signins.add(at, person.id, "success", own[person.id], person.id)
            if rng.random() < 0.3:
                again = at + int(rng.integers(3_600_000, 4 * 3_600_000))
                signins.add(again, person.id, "success", own[person.id], person.id, "reauth")
            signins.add(
                period.millis(day, float(rng.normal(965, 12))),
                person.id,
                "success",
                own[person.id],
                person.id,
                event="logout",
            )


def leavers(signins: Signins, cast: Cast, key: Key, gone: list[Person]) -> None:
    """People who left (`gone`): some accounts still work afterwards; others are tried in vain, or used on the last day."""
    own = {device.assigned_to: device for device in cast.park.devices if device.assigned_to}
    for place, person in enumerate(gone):
        end = (date.fromisoformat(person.end) - cast.period.date(0)).days
        rows, outcome = key.lookalikes, "success"
        if place % 3 == 0:
            moments = cast.times("any", 1 + place % 4, after=max(end + 1, 0))
            rows, why = key.truth, "a sign-in succeeded after the last day of work"
        elif place % 3 == 1 or end < 0:
            moments = cast.times("any", 1 + place % 5, after=max(end + 1, 0))
            outcome, why = "failure", "every try after the last day failed: the account is closed"
        else:  # 17:40 on the last day is already the next day in UTC
            moments, why = [cast.period.millis(end, 1060)], "the evening of the last day of work, local time"
        rows.append(_entry("7.c/disable", person.id, person.id, moments, why))
        _all(signins, moments, person.id, outcome, own[person.id])


def other_accounts(signins: Signins, cast: Cast, key: Key) -> None:
    """Signing in as somebody else, and three things that only look like it."""
    own = {device.assigned_to: device for device in cast.park.devices if device.assigned_to}
    plan = (
        ("explicit", 14, "typed another person's user name and password while signed in as oneself"),
        ("failed", 10, "the other person's password was refused: an attempt"),
        ("cart", 24, "a cart computer's own session; each person signed in to her own account"),
        ("shared", 9, "an account that several people may use, with a named custodian"),
    )
    for kind, many, why in plan:
        for n in range(many):
            actor, _ = cast.player("staff")
            device, user, target, how = own[actor], actor, actor, EXPLICIT
            if kind == "cart":
                device, how = _cart(cast, own[actor].site, n), SHARED
                user = f"cart-{device.device.lower()}"
                signins.told.add(actor)
            elif kind == "shared":
                target = SHARED_ACCOUNTS[n % len(SHARED_ACCOUNTS)][0]
            else:
                target = cast.player("staff")[0]
            moments = cast.times("duty", 1 + n % 3)
            _all(signins, moments, user, "failure" if kind == "failed" else "success", device, target, how)
            if kind == "cart":
                for at in moments:
                    signins.add(at + 25 * MINUTE, user, "success", device, target, how, event="logout")
            rows = key.truth if kind == "explicit" else key.lookalikes
            rows += [_entry(norm, actor, target, moments, why) for norm in ("11/login", "1/own-id")]


def two_places(signins: Signins, cast: Cast, key: Key) -> None:
    """One account at two sites within minutes (somebody else has it), or one after the other, signed out between."""
    own = {device.assigned_to: device for device in cast.park.devices if device.assigned_to}
    for n in range(14):
        actor, _ = cast.player("full-time")
        at = cast.times("duty", 1)[0]
        elsewhere = [site for site in octets() if site != own[actor].site]
        cart = _cart(cast, elsewhere[n % len(elsewhere)], n)
        signins.told.add(actor)
        signins.add(at, actor, "success", own[actor], actor)
        if n < 6:
            again, rows, why = at + 4 * MINUTE, key.windows, "one account at two distant sites within minutes"
        else:
            again, rows, why = (
                at + 50 * MINUTE,
                key.lookalikes,
                "signed out, drove over, signed in at the other site",
            )
            signins.add(at + 5 * MINUTE, actor, "success", own[actor], actor, event="logout")
        user = f"cart-{cart.device.lower()}"
        signins.add(again, user, "success", cart, actor, SHARED)
        signins.add(again + 30 * MINUTE, user, "success", cart, actor, SHARED, event="logout")
        if n < 6:
            signins.add(again + 60 * MINUTE, actor, "success", own[actor], actor, event="logout")
        rows.append(_entry("1/own-id", actor, actor, [at, again], why))


def _cart(cast: Cast, site: str, number: int) -> Device:
    carts = [device for device in cast.park.devices if device.kind == "cart" and device.site == site]
    return carts[number % len(carts)]


def _entry(norm: str, person: str, thing: str, moments: list[int], why: str) -> Entry:
    return Entry(norm, person, thing, moments[0], moments[-1], len(moments), why, "signin")


def _all(
    signins: Signins,
    moments: list[int],
    user: str,
    outcome: str,
    device: Device,
    account: str = "",
    kind: str = OWN,
) -> None:
    for at in moments:
        signins.add(at, user, outcome, device, account or user, kind)
