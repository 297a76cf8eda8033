"""The acceptance key: every breach that the invented county committed is found, and nothing innocent is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.county import AT, County
from clausewise.audit.plan.duck import Duck
from clausewise.audit.plan.run import PlanAudit
from clausewise.audit.plan.text import TextAudit
from clausewise.audit.run import Audit
from clausewise.cli import sample
from clausewise.sources import SOURCES
from clausewise.sources.mapped.parse import from_toml


def test_every_known_breach_is_found_or_explained_and_nothing_innocent(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUSEWISE_HOME", str(county.home))
    audit = sample.audit_sample(county.folder)
    events = sample.score(county.folder, audit.findings)
    windows = sample.score_windows(county.folder, audit.findings)
    scores = [*events, *windows]
    assert len(events) >= 15
    assert len(windows) >= 10
    assert sum(score.found for score in events) >= 270
    assert sum(score.found for score in windows) >= 70
    assert [(s.norm, s.false) for s in scores if s.false] == []
    assert [(s.norm, missed) for s in scores for missed in s.missed if not sample.explained(missed)] == []
    assert sum(score.look_alikes for score in scores) > sum(score.truth for score in scores)


def test_both_evaluators_find_the_same_in_every_log(county: County) -> None:
    mappings = sorted((county.folder / "mappings").iterdir())
    mapped = {f"{p.stem}.csv": from_toml(p.read_text(encoding="utf-8"), p.stem) for p in mappings}
    inputs = replace(
        county.inputs,
        at=AT,
        sources={**SOURCES, **{source.name: source for source in mapped.values()}},
        formats={name: source.name for name, source in mapped.items()},
    )
    logs = [*sample.logs_of(county.folder), *(county.folder / "logs" / name for name in mapped)]
    first, engine = Audit(inputs, county.home), Duck()
    first.run(logs)
    second = PlanAudit(inputs, county.home, engine)
    try:
        TextAudit(second).run(logs)
    finally:
        engine.close()
    single = {f.id: f for f in second.findings if not f.source.startswith("window:")}
    assert len(single) > 1500
    assert {f.id: f for f in first.findings} == single
    for name in ("judged", "not_governed", "nobody", "satisfied", "set_aside"):
        assert getattr(first.summary, name) == getattr(second.summary, name), name
