"""Canaries: no name, mail, id or account of a person, no protected channel, no password, leaves an audit."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.county import County
from clausewise.audit import export, report, store
from clausewise.audit.findings import SELF_REPORTED, Finding
from clausewise.audit.page import page
from clausewise.audit.run import Audit
from clausewise.facts import publish

DAY = datetime(2026, 10, 6, tzinfo=UTC)
STAFF = (
    ("id", "name", "mail", "kind", "site", "supervisor", "start", "end", "account"),
    ("E-77041", "Canaria Vogel", "canaria.vogel@coe.example", "employee", "ADM", "", "2020-01-01", "", "cvogel7"),
    ("E-77042", "Gelber Finkman", "gelber.finkman@coe.example", "employee", "ADM", "", "2020-01-01", "2026-09-01", "gfinkman"),
    ("E-77043", "Tia Trespass", "tia.trespass@coe.example", "employee", "ADM", "", "2020-01-01", "", "ttrespass"),
)  # fmt: skip
TELLING = tuple(cell for row in STAFF[1:] for cell in (*row[0:3], row[8]))
ACCOUNTS = (
    ("account", "owner", "kind"),
    *((row[8], row[0], "personal") for row in STAFF[1:]),
)
CHANNELS = (("match", "value", "reason"), ("host", "canary-union.example", "union"))
IN_FORCE = (
    ("id", "purpose", "in_force_from", "enabled_by", "confirmed_by"),
    ("proxy", "cybersecurity", "2026-01-01", "E-77041", "E-77043"),
    ("signin", "cybersecurity", "2026-01-01", "E-77041", "E-77043"),
)
REPORTS = (("person", "clause", "host", "at"), ("E-77043", "3", "bare.example", "2026-10-06T09:00:00Z"))
SECRET = "hunter2canary"
PROTECTED = ("canary-union.example", "www.canary-union.example")
PRIVATE = "meet-singles.example"


class FewLabels:
    """Labels of three hosts: one indecent, one that is never joined with a person, one with both marks."""

    categories = ("adult", "dating")
    digest = "few"

    def mask(self, host: str) -> int:
        return {"bare.example": 1, PRIVATE: 2, "both.example": 3}.get(host, 0)

    def service(self, host: str) -> str | None:
        return "cloudnest" if host in ("cloudnest.example", PRIVATE) else None

    def use_evidence(self, host: str) -> bool:
        return True


def squid(seconds: int, user: str, url: str, method: str = "GET", size: int = 90_000) -> str:
    """One line of a proxy's log."""
    at = DAY.timestamp() + seconds
    return (
        f"{at:.3f} 900 10.1.0.9 TCP_MISS/200 {size} {method} {url} {user} HIER_DIRECT/198.51.100.7 text/html"
    )


LINES = (
    squid(1, "cvogel7", "http://bare.example/page.html"),
    squid(2, "canaria.vogel@coe.example", "http://bare.example/page2.html"),
    squid(3, "E-77041", f"http://cvogel7:{SECRET}@bare.example/in.html"),
    squid(4, "cvogel7", f"http://{PRIVATE}/canaria.html"),
    squid(5, "cvogel7", "http://both.example/x.html"),
    squid(6, "cvogel7", f"http://{PROTECTED[0]}/strike-vote.html"),
    squid(7, "cvogel7", f"{PROTECTED[1]}:443", "CONNECT"),
    squid(8, "cvogel7", "http://cloudnest.example/upload", "POST"),
    squid(9, "gfinkman", "http://files.example/gelber.finkman-setup.exe", size=9_000_000),
    squid(10, "cvogel7", "http://files.example/cvogel7-tool.exe", size=9_000_000),
    squid(11, "ttrespass", "http://bare.example/told.html"),
)
SIGNIN = (
    "time,user,event,outcome,src_ip,device,account,login_type",
    "2026-10-06T14:59:59.000Z,ttrespass,login,success,10.1.0.8,D2,ttrespass,explicit",
    "2026-10-06T15:00:00.000Z,cvogel7,login,success,10.1.0.9,D1,ttrespass,explicit",
    "2026-10-06T15:00:01.000Z,gfinkman,login,success,10.1.0.9,D1,gfinkman,google_password",
    "2026-10-06T15:00:02.000Z,nobody.known9,login,success,10.1.0.9,D1,stray.account9,explicit",
)


def table(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    """Write one table of facts."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


@pytest.fixture
def town(county: County, tmp_path: Path) -> Audit:
    """An audit, kept, of a town whose every name is a canary; the capability register is in force."""
    return audited(county, tmp_path, IN_FORCE)


def audited(county: County, home: Path, register: tuple[tuple[str, ...], ...]) -> Audit:
    """Audit the canaries' logs with the register given."""
    facts, logs = home / "in", home / "logs"
    facts.mkdir()
    logs.mkdir()
    for name, rows in (
        ("staff", STAFF),
        ("accounts", ACCOUNTS),
        ("protected_channels", CHANNELS),
        ("capabilities", register),
        ("self_reports", REPORTS),
    ):
        table(facts / f"{name}.csv", rows)
    table(
        facts / "software.csv", (("title", "class", "authorized", "licences"), ("gimp", "media", "yes", "0"))
    )
    table(facts / "services.csv", (("service", "name", "hosts", "provided"), ("x", "X", "x.example", "yes")))
    publish.build(facts, home, at=county.inputs.at)
    (logs / "proxy.log").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    (logs / "signin.csv").write_text("\n".join(SIGNIN) + "\n", encoding="utf-8")
    labels = FewLabels()
    audit = Audit(replace(county.inputs, facts=publish.load(home), labels=labels), home)
    audit.run([logs / "proxy.log", logs / "signin.csv"])
    audit.keep()
    return audit


def outputs(audit: Audit) -> dict[str, str]:
    """Everything that leaves an audit, as text."""
    pack, findings = audit.inputs.pdp.pack, audit.findings
    parquet = audit.home / "out.parquet"
    store.write_parquet(parquet, findings)
    pages = {
        f"html-{lang}": page(pack, audit.summary, findings, lang=lang, at=audit.inputs.at, quoted={})
        for lang in ("en", "es")
    }
    kept = pa.concat_tables(list(store.stored(audit.home))).to_pylist()
    return pages | {
        "csv": export.csv_text(findings),
        "ocsf": "\n".join(export.ocsf_lines(pack, findings)),
        "parquet": json.dumps(pq.read_table(parquet).to_pylist()),
        "store": json.dumps(kept),
        "terminal": "\n".join(report.lines_of(pack, audit.summary, findings, most=99)),
        "summary": repr(audit.summary),
    }


def test_no_output_names_a_person(town: Audit) -> None:
    found = {f.norm for f in town.findings}
    assert {"3/explicit", "9.f/provided", "9/software", "1/own-id", "7.c"} <= found
    for name, text in outputs(town).items():
        for canary in (*TELLING, "stray.account9", "nobody.known9"):
            assert canary.lower() not in text.lower(), f"{canary} in {name}"


def test_an_account_is_shown_as_its_owners_pseudonym(town: Audit) -> None:
    known = {town.naming.pseudonym(row[0]) for row in STAFF[1:]}
    (own,) = [f for f in town.findings if f.norm == "1/own-id" and f.person in known]
    assert own.person == town.naming.pseudonym("E-77041")
    assert own.resource == town.naming.pseudonym("E-77043")
    left = next(f for f in town.findings if f.norm == "7.c")
    assert (left.person, left.resource) == ("", town.naming.pseudonym("E-77042"))


def test_one_person_has_one_pseudonym_whatever_the_log_calls_them(town: Audit) -> None:
    seen = {f.person for f in town.findings if f.norm == "3/explicit" and f.status != SELF_REPORTED}
    assert seen == {town.naming.pseudonym("E-77041")}


def test_a_protected_channel_leaves_nothing_but_one_total(town: Audit) -> None:
    assert town.summary.protected == 2
    assert town.summary.sums()
    for name, text in outputs(town).items():
        assert "canary-union" not in text, name
        assert "strike-vote" not in text, name


def test_a_category_that_is_never_personal_meets_no_person(town: Audit) -> None:
    assert town.summary.never_personal == 2
    hosts = {f.host for f in town.findings} | {f.resource for f in town.findings}
    assert not hosts & {PRIVATE, "both.example"}
    assert all(PRIVATE not in text for text in outputs(town).values())


def test_a_password_in_an_address_is_never_kept(town: Audit) -> None:
    assert any(f.norm == "3/explicit" and f.time % 86_400_000_000 == 3_000_000 for f in town.findings)
    for name, text in outputs(town).items():
        assert SECRET not in text, name
    kept = [p for p in town.home.rglob("*") if p.is_file() and "logs" not in p.parts]
    assert not [path for path in kept if SECRET.encode() in path.read_bytes()]


def test_a_self_report_is_shown_as_such_and_only_for_its_person(town: Audit) -> None:
    told = [f for f in town.findings if f.status == SELF_REPORTED]
    assert {f.person for f in told} == {town.naming.pseudonym("E-77043")}
    assert {f.clause for f in told} == {"3"}


ONE_HAND = (*IN_FORCE[:1], ("proxy", "x", "2026-01-01", "E-77041", "E-77041"))
TOO_LATE = (*IN_FORCE[:1], ("proxy", "x", "2026-11-01", "E-77041", "E-77043"))


@pytest.mark.parametrize("register", [IN_FORCE[:1], ONE_HAND, TOO_LATE], ids=["absent", "one hand", "later"])
def test_before_its_entry_is_in_force_a_feed_is_aggregate_and_says_so(
    county: County, tmp_path: Path, register: tuple[tuple[str, ...], ...]
) -> None:
    audit = audited(county, tmp_path, register)
    people = [f for f in audit.findings if f.subject == "person"]
    assert len(people) > 3
    assert all(aggregate(f) for f in people)
    assert not any(f.resource for f in audit.findings if f.norm == "7.c")
    assert any("not in force" in said for said in audit.summary.said)
    again = Audit(audit.inputs, audit.home)
    again.run(sorted((audit.home / "logs").iterdir()))
    again.keep()
    assert again.summary.new == 0


def aggregate(finding: Finding) -> bool:
    """Whether nothing in a finding but its norm and its day tells whom it is about."""
    telling = (finding.person, finding.resource, finding.host, finding.event)
    place = finding.place.offset, finding.place.length
    return not any(telling) and place == (0, 0) and finding.time % 86_400_000_000 == 0
