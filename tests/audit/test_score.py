"""The acceptance key: every breach that the invented county committed is found, and nothing innocent is."""

from __future__ import annotations

import pytest

from audit.county import County
from clausewise.cli import sample


def test_every_known_breach_is_found_or_explained_and_nothing_innocent(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUSEWISE_HOME", str(county.home))
    audit = sample.audit_sample(county.folder)
    scores = sample.score(county.folder, audit.findings)
    assert len(scores) >= 15
    assert sum(score.found for score in scores) >= 250
    assert [(s.norm, s.false) for s in scores if s.false] == []
    assert [(s.norm, missed) for s in scores for missed in s.missed if not sample.explained(missed)] == []
    assert sum(score.look_alikes for score in scores) > sum(score.truth for score in scores)
