"""Destroying what is due: two people, what a hold covers stays, and a certificate that says nothing of anybody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clausewise.audit.lake.compact import compact
from clausewise.audit.lake.forget import store as desk
from clausewise.audit.lake.forget.paper import Certificate, Proposal
from clausewise.audit.lake.forget.propose import Office, confirm, propose
from clausewise.audit.lake.forget.rules import rules
from clausewise.audit.lake.keys import host_key, person_key, pseudonym_of
from clausewise.audit.lake.store import Lake, writing
from clausewise.audit.store import pseudonym_key
from clausewise.facts.snapshot import Facts
from lake.small import AT, PLAIN, clean, events, facts, line, lines, pack, take, write
from lake.stopping import every_stop

LATER = AT + timedelta(days=85)
"""On the third of June ninety days have passed since the fourth of March; the ninth is not due."""
STAFF = (
    "id,name,mail,account,site,supervisor,start,end\n"
    "wei.chen,Wei Chen,wei.chen@x.org,wchen,Main,,2020-01-01,\n"
    "ana.lopez,Ana Lopez,ana.lopez@x.org,user2,Main,wei.chen,2020-01-01,\n"
)
DAY = 86_400


def logs(home: Path) -> Path:
    """Two old days and a young one, five users, one host of its own on each day."""
    old = [line(n, second=n * 60) for n in range(40)]
    next_day = [line(n, second=DAY + n * 60, host="old.example.org") for n in range(40, 60)]
    young = [line(n, second=6 * DAY + n * 60) for n in range(60, 70)]
    return write(home / "a.log", [*old, *next_day, *young])


def settled(home: Path, given: Facts | None = None) -> Office:
    """A lake, an office and a key for each of two people."""
    home.mkdir(exist_ok=True)
    take(home, logs(home))
    for person in ("wei.chen", "ana.lopez"):
        desk.make_key(home, person)
    return Office(home, pack(), given or Facts.empty())


def hold(
    home: Path, *, classes: str = '"all"', persons: str = '"all"', name: str = "case 1", **dates: str
) -> None:
    """Add a hold."""
    dates = {"start": "2026-03-01", **dates}
    to = f"to = {dates['to']}\n" if "to" in dates else ""
    with (home / "holds.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'[[hold]]\nname = "{name}"\nclasses = {classes}\npersons = {persons}\nfrom = {dates["start"]}\n{to}'
            'by = "wei.chen"\nreason = "a request"\n'
        )


def days(home: Path) -> dict[str, int]:
    """Events by day."""
    found: dict[str, int] = {}
    for part in Lake(home).manifest.parts:
        found[part.day] = found.get(part.day, 0) + part.rows
    return found


def both(office: Office) -> tuple[Proposal, Certificate]:
    """Propose and confirm."""
    path, proposal = propose(office, by="wei.chen", at=LATER)
    assert days(office.home) == {"2026-03-03": 40, "2026-03-04": 20, "2026-03-09": 10}  # nothing is gone yet
    _, certificate = confirm(office, path, by="ana.lopez", at=LATER + timedelta(hours=1))
    return proposal, certificate


def test_what_is_due_goes_and_a_certificate_is_left(tmp_path: Path) -> None:
    office = settled(tmp_path)
    kept = {
        event
        for event in events(tmp_path, PLAIN)
        if int(str(event[0])) > (1_772_500_000 + 5 * DAY) * 1_000_000
    }
    old = Lake(tmp_path).parts("http")
    proposal, certificate = both(office)
    assert days(tmp_path) == {"2026-03-09": 10}
    assert set(events(tmp_path, PLAIN)) == kept
    assert proposal.events == certificate.events == 60
    assert [path.exists() for path in old] == [False, False, True]
    assert [path.parents[1].exists() for path in old] == [False, False, True]
    assert [due.sha256[:24] for due in certificate.parts] == [path.stem[5:] for path in old[:2]]
    assert (certificate.proposed_by, certificate.confirmed_by) == ("wei.chen", "ana.lopez")
    assert Lake(tmp_path).manifest.gone == {("http", day, "squid") for day in ("2026-03-03", "2026-03-04")}
    assert clean(tmp_path)


def test_the_papers_are_signed_and_name_nobody_the_events_are_about(tmp_path: Path) -> None:
    office = settled(tmp_path)
    hold(tmp_path, persons=f'["{shown(tmp_path, "user2")}"]')
    _, certificate = both(office)
    papers = sorted(desk.papers(tmp_path).iterdir())
    assert [path.name.split("-")[0] for path in papers] == ["certificate", "proposal"]
    assert desk.read_paper(tmp_path, papers[0], "confirmed_by")["destroyed"] == certificate.events
    for path in papers:
        text = path.read_text()
        for secret in ("user", "example.org", "10.1.0", "p-", "a.log"):
            assert secret not in text, (path.name, secret)
        told = json.loads(text)
        told["paper"]["parts"][0]["destroy"] -= 1
        path.write_text(json.dumps(told))
        signer = "confirmed_by" if path.name.startswith("certificate") else "by"
        with pytest.raises(ValueError, match="was changed after"):
            desk.read_paper(tmp_path, path, signer)


def test_hosts_that_no_event_names_any_more_are_forgotten(tmp_path: Path) -> None:
    office = settled(tmp_path)
    assert host_key("old.example.org") in Lake(tmp_path).known_hosts()
    both(office)
    left = {event[3] for event in events(tmp_path, PLAIN)}
    assert set(Lake(tmp_path).known_hosts()) == left
    assert "old.example.org" not in Lake(tmp_path).known_hosts().values()


def test_what_was_destroyed_does_not_come_back_by_another_file(tmp_path: Path) -> None:
    office = settled(tmp_path)
    both(office)
    [again] = take(tmp_path, tmp_path / "a.log")
    assert again.again
    copy = write(tmp_path / "b.log", [(tmp_path / "a.log").read_bytes(), line(99, second=6 * DAY + 9_999)])
    [done] = take(tmp_path, copy)
    assert done.gone == 60
    assert days(tmp_path) == {"2026-03-09": 11}


def shown(home: Path, name: str) -> str:
    """The pseudonym of a person."""
    return pseudonym_of(person_key(pseudonym_key(home), name))


def test_a_hold_on_everything_leaves_nothing_to_propose(tmp_path: Path) -> None:
    office = settled(tmp_path)
    hold(tmp_path)
    with pytest.raises(ValueError, match="everything that is due is held back"):
        propose(office, by="wei.chen", at=LATER)
    with pytest.raises(ValueError, match="nothing is due"):
        propose(office, by="wei.chen", at=AT)


def test_a_hold_on_a_person_keeps_that_persons_rows(tmp_path: Path) -> None:
    office = settled(tmp_path)
    hold(tmp_path, persons=f'["{shown(tmp_path, "user2")}"]', classes='["http", "dns"]')
    before = events(tmp_path)
    proposal, certificate = both(office)
    key = person_key(pseudonym_key(tmp_path), "user2")
    assert days(tmp_path) == {"2026-03-03": 8, "2026-03-04": 4, "2026-03-09": 10}
    held = {event for event in before if event[3] == key}
    assert held <= set(events(tmp_path))
    assert {
        event[3] for event in events(tmp_path) if int(str(event[0])) < (1_772_500_000 + 5 * DAY) * 1_000_000
    } == {key}
    assert [kept.events for kept in proposal.kept] == [12]
    assert certificate.events == 48
    assert len(certificate.replaced) == 2
    assert {part.sha256 for part in Lake(tmp_path).manifest.parts} >= set(certificate.replaced)
    assert clean(tmp_path)


def test_a_hold_on_a_person_covers_every_name_that_the_lists_have_for_them(tmp_path: Path) -> None:
    given = facts(tmp_path / "facts", tmp_path, staff=STAFF)
    office = settled(tmp_path, given)
    hold(tmp_path, persons=f'["{shown(tmp_path, "ana.lopez")}"]')  # her account in the log is user2
    both(office)
    assert days(tmp_path)["2026-03-03"] == 8


def test_a_hold_for_some_time_keeps_that_time_in_the_countys_zone(tmp_path: Path) -> None:
    office = settled(tmp_path)
    hold(tmp_path, start="2026-03-02", to="2026-03-02")  # until 08:00 UTC on the third
    both(office)
    assert days(tmp_path) == {"2026-03-03": 40, "2026-03-09": 10}


def test_a_hold_on_other_classes_keeps_nothing_here(tmp_path: Path) -> None:
    office = settled(tmp_path)
    hold(tmp_path, classes='["mail"]')
    both(office)
    assert days(tmp_path) == {"2026-03-09": 10}


def test_on_release_the_first_due_date_counts(tmp_path: Path) -> None:
    office = settled(tmp_path)
    hold(tmp_path)
    with pytest.raises(ValueError, match="held back"):
        propose(office, by="wei.chen", at=LATER)
    (tmp_path / "holds.toml").unlink()
    assert propose(office, by="wei.chen", at=LATER)[1].events == 60


def test_retention_is_by_class_and_by_the_countys_own_days(tmp_path: Path) -> None:
    office = settled(tmp_path)
    (tmp_path / "retention.toml").write_text("default = 30\n[days]\nhttp = 400\n")
    with pytest.raises(ValueError, match="nothing is due"):
        propose(office, by="wei.chen", at=LATER)
    (tmp_path / "retention.toml").write_text("default = 30\n")
    assert propose(office, by="wei.chen", at=LATER)[1].events == 70
    assert set(rules(pack(), "", "").retention.days.values()) == {90}


def test_a_day_is_due_when_its_last_moment_is(tmp_path: Path) -> None:
    office = settled(tmp_path)
    moment = AT.replace(month=3, day=4, hour=0) + timedelta(days=90)
    with pytest.raises(ValueError, match="nothing is due"):
        propose(office, by="wei.chen", at=moment - timedelta(microseconds=1))
    assert propose(office, by="wei.chen", at=moment)[1].events == 40


def refused(
    office: Office, path: Path, says: str, *, by: str = "ana.lopez", after: timedelta = timedelta()
) -> None:
    """That a confirmation is refused, and nothing is destroyed."""
    before = Lake(office.home).digest
    with pytest.raises(ValueError, match=says):
        confirm(office, path, by=by, at=LATER + after)
    assert Lake(office.home).digest == before
    assert clean(office.home)


def test_nobody_confirms_what_they_proposed(tmp_path: Path) -> None:
    given = facts(tmp_path / "facts", tmp_path, staff=STAFF)
    office = settled(tmp_path, given)
    path, _ = propose(office, by="wei.chen@x.org", at=LATER)
    for name in ("wei.chen", "Wei.Chen@x.org", "wchen"):
        refused(office, path, "another person must confirm", by=name)
    refused(office, path, "nobody of that name on the staff list", by="stranger")


def test_one_key_under_two_names_is_one_person(tmp_path: Path) -> None:
    office = settled(tmp_path)
    path, _ = propose(office, by="wei.chen", at=LATER)
    people = tmp_path / "keys" / "people"
    for end in (".key", ".pub"):
        (people / f"double{end}").write_bytes((people / f"wei.chen{end}").read_bytes())
    (people / "double.key").chmod(0o600)
    refused(office, path, "another person must confirm", by="double")


def test_a_changed_proposal_is_refused(tmp_path: Path) -> None:
    office = settled(tmp_path)
    path, proposal = propose(office, by="wei.chen", at=LATER)
    told = json.loads(path.read_text())
    told["paper"]["parts"] = told["paper"]["parts"][:1]
    path.write_text(json.dumps(told))
    refused(office, path, "was changed after wei.chen signed it; propose again")
    path.write_text("{}")
    refused(office, path, "is not a signed paper")
    forged = replace(proposal, by="ana.lopez")
    path.write_bytes(desk.signed(forged.row(), desk.signing_key(tmp_path, "wei.chen")))
    refused(office, path, "was changed after ana.lopez signed it")


def test_an_old_proposal_is_refused(tmp_path: Path) -> None:
    office = settled(tmp_path)
    path, proposal = propose(office, by="wei.chen", at=LATER)
    refused(office, path, "expired 2026-06-17; propose again", after=timedelta(days=14, seconds=1))
    refused(office, path, "dated after this moment", after=timedelta(seconds=-1))
    confirm(office, proposal.id, by="ana.lopez", at=LATER + timedelta(days=14))
    refused(office, path, "was carried out already")


@pytest.mark.parametrize("person", ["user2", ""])
def test_a_hold_added_since_is_refused(tmp_path: Path, person: str) -> None:
    office = settled(tmp_path)
    path, _ = propose(office, by="wei.chen", at=LATER)
    persons = f'["{shown(tmp_path, person)}"]' if person else '"all"'
    hold(tmp_path, persons=persons, name="new request")
    refused(office, path, "the hold new request was added, changed or lifted since; propose again")
    assert sum(days(tmp_path).values()) == 70


def test_a_changed_lake_or_retention_is_refused(tmp_path: Path) -> None:
    office = settled(tmp_path)
    path, _ = propose(office, by="wei.chen", at=LATER)
    (tmp_path / "retention.toml").write_text("default = 400\n")
    refused(office, path, "retention or the lake changed since; propose again")
    (tmp_path / "retention.toml").unlink()
    take(tmp_path, write(tmp_path / "late.log", lines(3, first=500)))
    with writing(tmp_path) as lake:
        assert compact(lake)
    refused(office, path, "retention or the lake changed since; propose again")


def test_a_destruction_stopped_anywhere_is_done_with_its_certificate_or_not_at_all(tmp_path: Path) -> None:
    proposals: list[str] = []

    def prepare(home: Path) -> None:
        office = settled(home)
        hold(home, persons=f'["{shown(home, "user2")}"]')
        proposals.append(propose(office, by="wei.chen", at=LATER)[1].id)

    def act(home: Path) -> None:
        confirm(Office(home, pack(), Facts.empty()), proposals[0], by="ana.lopez", at=LATER)

    seen = set[int]()
    for home in every_stop(tmp_path, prepare, act):
        total = sum(events(home).values())
        seen.add(total)
        with writing(home):
            pass
        certified = any(path.name.startswith("certificate") for path in desk.papers(home).iterdir())
        assert certified == (total == 22)
        assert sum(events(home).values()) == total
        assert set(Lake(home).known_hosts()) == {event[4] for event in events(home)}
        assert clean(home)
    assert seen == {22, 70}


def test_a_key_is_private_and_made_once(tmp_path: Path) -> None:
    path = desk.make_key(tmp_path, "wei.chen")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="has a key already"):
        desk.make_key(tmp_path, "wei.chen")
    path.chmod(0o644)
    with pytest.raises(ValueError, match="others may read this key; run chmod 600"):
        desk.signing_key(tmp_path, "wei.chen")
    elsewhere = desk.make_key(tmp_path, "ana.lopez", tmp_path / "ana.key")
    assert desk.signing_key(tmp_path, "ana.lopez", elsewhere).public_key() == desk.public_key(
        tmp_path, "ana.lopez"
    )
    path.chmod(0o600)
    with pytest.raises(ValueError, match=r"is not the key that is registered for ana\.lopez"):
        desk.signing_key(tmp_path, "ana.lopez", path)
    with pytest.raises(ValueError, match="has no key here; clausewise lake key bo"):
        desk.signing_key(tmp_path, "bo")
    for name in ("../x", "", "a/b", ".hidden"):
        with pytest.raises(ValueError, match="is no id of a person"):
            desk.make_key(tmp_path, name)


HOLD = '[[hold]]\nname = "a"\nclasses = "all"\npersons = "all"\nfrom = 2026-01-01\nby = "x"\nreason = "y"\n'


@pytest.mark.parametrize(
    ("retention", "holds", "says"),
    [
        ("days = 3", "", r"retention.toml: \[days\] is no table"),
        ("", "hold = 3", r"holds.toml: hold is no table; write \[\[hold\]\]"),
        ("[days]\nweb = 3", "", r"retention.toml: \[days\]: web is not known; use http"),
        ("[days]\nhttp = 0", "", r"retention.toml: http is no number of days"),
        ("default = true", "", r"retention.toml: default is no number of days"),
        ("default = ", "", r"retention.toml: not TOML"),
        ("", HOLD.replace("from", "since"), r"holds.toml: hold 1: since is not known"),
        ("", HOLD.replace('reason = "y"', ""), r"holds.toml: hold 1: reason is missing"),
        ("", HOLD + HOLD, r"holds.toml: a stands there twice"),
        ("", HOLD.replace('persons = "all"', 'persons = ["ana"]'), r"persons are named by pseudonym"),
        ("", HOLD.replace('classes = "all"', 'classes = ["web"]'), r"classes: web is not known"),
        ("", HOLD.replace('classes = "all"', "classes = 3"), r"classes is neither a list of names nor all"),
        ("", HOLD.replace("2026-01-01", '"2026-01-01"'), r"days without quotes"),
        ("", HOLD + "to = 2025-01-01\n", r"hold 1: ends before it begins"),
    ],
)  # fmt: skip
def test_mistakes_in_the_countys_files_are_told(retention: str, holds: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        rules(pack(), retention, holds)


def test_a_hold_may_begin_and_end_within_a_day() -> None:
    [found] = rules(
        pack(), "", HOLD.replace("2026-01-01", "2026-01-01T08:00:00Z") + "to = 2026-01-01T09:00:00Z\n"
    ).holds
    assert found.end is not None
    assert found.end - found.start == 3_600_000_000
