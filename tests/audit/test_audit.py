"""What an audit promises: sums that match, nothing twice, findings that anyone can judge again."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.county import County
from clausewise.audit import store
from clausewise.audit.findings import ADVICE, SELF_REPORTED, VIOLATED, WITHDRAWN, Finding, replay
from clausewise.audit.run import Audit
from clausewise.audit.timeline import moment
from clausewise.facts import publish
from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import key_from_json
from clausewise.pdp.build import Builder
from clausewise.sources import SOURCES
from clausewise.sources import store as logs


def told(findings: list[Finding]) -> list[tuple[object, ...]]:
    """What findings say, apart from the file that they were read from."""
    return sorted((f.id, f.status, f.person, f.resource, f.host, f.time, f.key) for f in findings)


def test_every_line_ends_somewhere_and_the_sums_match(county: County, judged: Audit) -> None:
    lines = sum(len(path.read_bytes().splitlines()) for path in county.logs)
    assert judged.summary.lines == lines
    assert judged.summary.sums()
    assert judged.summary.protected > 0
    assert judged.summary.never_personal > 0
    assert len(judged.findings) > 500


def test_auditing_twice_adds_nothing(county: County, tmp_path: Path) -> None:
    first = county.audit(tmp_path)
    first.keep()
    assert (first.summary.new, first.summary.again) == (len(first.findings), 0)
    again = county.audit(tmp_path)
    again.keep()
    assert (again.summary.new, again.summary.again, again.summary.withdrawn) == (0, len(first.findings), 0)
    assert len(store.load(tmp_path)) == len(first.findings)


def test_a_rotated_file_adds_nothing_later_or_in_the_same_run(county: County, tmp_path: Path) -> None:
    proxy, rotated = county.logs[0], tmp_path / "proxy.log.1"
    shutil.copyfile(proxy, rotated)
    first = county.audit(tmp_path / "home", [proxy])
    first.keep()
    later = county.audit(tmp_path / "home", [rotated])
    later.keep()
    assert later.summary.new == 0
    both = county.audit(tmp_path / "home", [proxy, rotated])
    assert told(both.findings) == told(first.findings)


def test_a_packed_file_has_the_findings_of_the_plain_one(
    county: County, judged: Audit, tmp_path: Path
) -> None:
    packed = tmp_path / "proxy.log.gz"
    packed.write_bytes(gzip.compress(county.logs[0].read_bytes()))
    audit = county.audit(judged.home, [packed])
    assert told(audit.findings) == told([f for f in judged.findings if f.source == "squid"])


@pytest.mark.parametrize("block", [40_000, 700_001])
def test_the_size_of_a_block_changes_nothing(
    county: County, judged: Audit, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    whole = logs.read
    monkeypatch.setattr(
        logs, "read", lambda path, source, option, protected: whole(path, source, option, protected, block)
    )
    audit = county.audit(judged.home, [county.logs[0]])
    assert told(audit.findings) == told([f for f in judged.findings if f.source == "squid"])


def test_two_equal_lines_stay_two(county: County, judged: Audit, tmp_path: Path) -> None:
    line = raw_line(next(f for f in judged.findings if f.norm == "9.f/provided"), county)
    doubled = tmp_path / "proxy.log"
    doubled.write_bytes(line + b"\n" + line + b"\n")
    audit = county.audit(judged.home, [doubled])
    found = [f for f in audit.findings if f.norm == "9.f/provided"]
    assert len(found) == 2
    assert found[0].id != found[1].id


def test_every_finding_replays_from_what_it_carries(county: County, judged: Audit) -> None:
    outcomes = {}
    for finding in judged.findings:
        if finding.key not in outcomes:
            outcomes[finding.key] = replay(finding, county.inputs.pdp)
        assert finding.norm in outcomes[finding.key].violated()
        assert finding.digests == judged.digests


def test_another_pack_cannot_replay_a_finding(county: County, judged: Audit) -> None:
    other = replace(judged.findings[0], digests=replace(judged.digests, pack="0" * 64))
    with pytest.raises(ValueError, match="judged by another pack"):
        replay(other, county.inputs.pdp)


def raw_line(finding: Finding, county: County) -> bytes:
    """The line that a finding points to."""
    path = next(path for path in county.logs if path.name == finding.place.file)
    raw = store.RawLines(path)
    try:
        return raw.read(finding.place.offset, finding.place.length)
    finally:
        raw.close()


def test_a_sample_is_judged_alike_from_the_raw_line(county: County, judged: Audit, tmp_path: Path) -> None:
    """Line, reader, facts, builder, PDP: the way of one question, never a row that the audit made."""
    pdp, dice = county.inputs.pdp, random.Random(4040)
    builder = Builder(pdp, county.inputs.facts, county.inputs.labels)
    people = [f for f in judged.findings if f.source == "squid" and f.clause in ("9.f", "9.h", "3", "11")]
    for finding in dice.sample(people, 60):
        path = tmp_path / "line.log"
        path.write_bytes(raw_line(finding, county) + b"\n")
        tables = [p.table for step in logs.read(path, SOURCES["squid"]) for p in step.batch.parsed]
        row = tables[0].to_pylist()[0]
        at = moment(row["time"])
        assert row["time"] == finding.time
        person = county.inputs.facts.principal(row["user"], at)
        assert judged.naming.pseudonym(str(person)) == finding.person
        stored = key_from_json(json.loads(finding.key))
        event = {"outcome": row["outcome"], "choice": stored_word(pdp, stored, "context.choice")}
        question = builder.question(finding.act, person, finding.resource, at, event=event)
        assert question.key == stored
        assert finding.norm in pdp.judge_afresh(question.key).violated()


def stored_word(pdp: object, key: object, path: str) -> object:
    """One value of a key by its path; None where this key does not read it."""
    reads = pdp.reads(key.act, key.principal_type, key.period)  # type: ignore[attr-defined]
    return dict(zip(reads, key.values, strict=True)).get(path)  # type: ignore[attr-defined]


def test_a_permission_that_becomes_known_withdraws_findings_and_says_why(
    county: County, tmp_path: Path
) -> None:
    home = county.copy_facts(tmp_path)
    first = county.audit(home, [county.logs[0]])
    first.keep()
    finding = next(f for f in first.findings if f.norm == "9.h/subscribe-or-use" and f.status == VIOLATED)
    staff = county.inputs.facts.rows("staff")
    person = next(str(r["id"]) for r in staff if first.naming.pseudonym(str(r["id"])) == finding.person)
    decided = datetime(2026, 9, 1, tzinfo=UTC)
    row = {"id": "late", "clause": "9.h", "person": person, "what": f"service:{finding.resource}"}
    row |= {"by": "james.okafor", "decided_at": decided, "valid_from": decided}
    publish.add_row(home, "grants", row, at=county.inputs.at)
    facts = publish.load(home)
    second = county.audit(home, [county.logs[0]], facts)
    second.keep()
    gone = [f for f in store.latest(store.load(home)) if f.status == WITHDRAWN]
    assert finding.id in {f.id for f in gone}
    assert second.summary.withdrawn == len(gone)
    assert {f.reason for f in gone} == {"no longer violated: facts changed"}
    assert {(f.person, f.resource) for f in gone} == {(finding.person, finding.resource)}
    back = county.audit(home, [county.logs[0]])
    back.keep()
    assert not [f for f in store.latest(store.load(home)) if f.status == WITHDRAWN]


def test_a_report_of_ones_own_act_is_shown_as_that(judged: Audit) -> None:
    own = [f for f in judged.findings if f.status == SELF_REPORTED]
    assert own
    assert {f.status for f in judged.findings} == {VIOLATED, ADVICE, SELF_REPORTED}


def test_without_facts_it_judges_what_needs_none_and_lists_the_blind(county: County, tmp_path: Path) -> None:
    inputs = replace(county.inputs, facts=Facts.empty(county.inputs.pdp.pack.zone))
    audit = Audit(inputs, tmp_path)
    summary = audit.run([county.logs[0]])
    assert summary.sums()
    assert "staff" in summary.blind["7.c"]
    assert not {f.norm for f in audit.findings} & summary.blind.keys()
    assert "3/explicit" in {f.norm for f in audit.findings}
    assert not any(f.person for f in audit.findings)
    assert any("not in force" in said for said in summary.said)


def test_an_empty_log_is_said_beside_others_and_refused_alone(county: County, tmp_path: Path) -> None:
    empty, line = tmp_path / "empty.log", tmp_path / "proxy.log"
    empty.touch()
    line.write_bytes(county.logs[0].read_bytes().partition(b"\n")[0] + b"\n")
    assert any("empty.log: empty" in said for said in county.audit(tmp_path, [line, empty]).summary.said)
    with pytest.raises(ValueError, match="the log is empty"):
        county.audit(tmp_path, [empty])
