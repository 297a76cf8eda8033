"""What the regulation makes of several facts at once: the shipped pack's derived attributes, one by one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Value
from clausewise.pdp.build import Builder
from clausewise.pdp.derive import DERIVED, Known
from facts.county import facts
from pdp.keys import engine

AT = datetime(2026, 10, 5, 10, tzinfo=ZoneInfo("America/Los_Angeles"))
COUNTY = facts(
    staff="""\
id,name,mail,kind,account
ana,Ana Ruiz,Ana@redbud.example,employee,aruiz
rosa,Rosa Kim,rosa@redbud.example,employee,rkim
max,Max Oh,max@redbud.example,student,
""",
    accounts="""\
account,owner,kind,custodian
aruiz,ana,personal,
desk,,shared,ana
lost,,shared,
""",
    services="service,hosts,provided\ndrive,drive.example,yes\nbox,box.example,no\nnew,new.example,\n",
    drives="drive,encrypted\nUSB-1,yes\n",
    devices="""\
device,mac,status
PC-1,02:00:5e:10:11:82,authorized
PC-2,,lost
PC-3,,retired
PC-4,,
""",
    software="title,class,authorized,licences\nDraw,ordinary,yes,3\nNmap,scanner,yes,0\nPaint,ordinary,yes,\n",
    sites="host,approved\nnews.redbud.example,yes\nclub.redbud.example,no\nold.redbud.example,\n",
    designations="person,office\nrosa,technology-services\n",
    grants="""\
id,clause,person,what,by,decided_at
1,9/test,ana,software:Nmap,rosa,2026-09-01 09:00
2,9/test,rosa,software:Nmap,rosa,2026-09-01 09:00
""",
)
CASES = [
    ("storage_place", "ana", "drive", "county"),
    ("storage_place", "ana", "box", "personal_cloud"),
    ("storage_place", "ana", "new", None),
    ("storage_place", "ana", "USB-1", "other"),
    ("storage_place", "ana", "a shoe box", None),
    ("portable", "ana", "USB-1", True),
    ("portable", "ana", "drive", None),
    ("device_authorized", "ana", "pc-1", "yes"),
    ("device_authorized", "ana", "02:00:5E:10:11:82", "yes"),
    ("device_authorized", "ana", "PC-2", "lost"),
    ("device_authorized", "ana", "PC-3", "no"),
    ("device_authorized", "ana", "PC-4", "no"),
    ("device_authorized", "ana", "PC-9", None),
    ("own_account", "ana", "aruiz", True),
    ("own_account", "ana", "desk", True),
    ("own_account", "rosa", "desk", False),
    ("own_account", "rosa", "rkim", True),
    ("own_account", "rosa", "someone", False),
    ("own_account", "nobody", "someone", None),
    ("own_account", None, "lost", False),
    ("shared_account", "ana", "desk", True),
    ("shared_account", "ana", "lost", False),
    ("shared_account", "ana", "aruiz", False),
    ("shared_account", "ana", "rkim", None),
    ("mailbox_right", "ana", "ana@redbud.example", "owner"),
    ("mailbox_right", "ana", "ANA@redbud.example", "owner"),
    ("mailbox_right", "ana", "aruiz", "owner"),
    ("mailbox_right", "ana", "rosa@redbud.example", None),
    ("mailbox_right", None, "None", None),
    ("licence_left", "ana", "Draw", "yes"),
    ("licence_left", "ana", "Nmap", "no"),
    ("licence_left", "ana", "Paint", None),
    ("software_owner", "ana", "Draw", "county"),
    ("software_owner", "ana", "Nmap", "other"),
    ("software_owner", "ana", "Solitaire", None),
    ("authorized_test", "ana", "Nmap", True),
    ("authorized_test", "ana", "Draw", False),
    ("authorized_test", "rosa", "Nmap", False),
    ("minor", "max", "x", "yes"),
    ("minor", "ana", "x", "no"),
    ("minor", "nobody", "x", None),
    ("employment", "nobody", "x", None),
    ("employment", "ana", "x", "active"),
    ("duty", None, "x", None),
    ("duty", "ana", "x", None),
]


@pytest.mark.parametrize("name, person, thing, said", CASES)
def test_each_derivation(name: str, person: str | None, thing: str, said: object) -> None:
    assert DERIVED[name](Known(engine("ar4040").pack, COUNTY, person, thing, AT)) == said


def test_every_derivation_is_tried_here_and_used_by_the_shipped_pack() -> None:
    used = {s.partition(":")[2] for a in engine("ar4040").pack.attributes.values() for s in a.sources}
    assert {name for name, *_ in CASES} == set(DERIVED)
    assert set(DERIVED) <= used


@pytest.mark.parametrize("name", sorted(DERIVED))
def test_without_facts_no_derivation_guesses(name: str) -> None:
    found = DERIVED[name](Known(engine("ar4040").pack, Facts.empty(), "ana", "thing", AT))
    assert found in (None, False)


def attribute(act: str, thing: str, name: str) -> Value:
    """One attribute of a question of the shipped pack, as the builder fills it."""
    pdp = engine("ar4040")
    of_thing = Builder(pdp, COUNTY, None).of_thing(pdp.pack.acts[act], thing, AT)
    noun = pdp.pack.acts[act].resource
    names = [a.name for a in pdp.pack.attributes.values() if a.owner == noun]
    return of_thing[names.index(name)]


@pytest.mark.parametrize(
    "act, thing, name, value",
    [
        ("publish_site", "news.redbud.example", "approved", "yes"),
        ("publish_site", "club.redbud.example", "approved", "no"),
        ("publish_site", "old.redbud.example", "approved", "no"),
        ("use_service", "drive", "provided", True),
        ("use_service", "box", "provided", False),
        ("use_service", "new", "provided", False),
        ("use_storage", "box", "place", "personal_cloud"),
        ("use_storage", "nowhere", "place", "unknown"),
    ],
)
def test_yes_and_no_of_the_facts_are_the_words_of_the_pack(
    act: str, thing: str, name: str, value: Value
) -> None:
    assert attribute(act, thing, name) == value
