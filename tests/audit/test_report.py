"""The terminal report says first what was not audited, then what was found, and never calls silence clean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.test_feeds import CLASSES, WEEKS, office
from clausewise.audit.findings import Summary
from clausewise.audit.report import lines_of
from clausewise.audit.run import Audit
from clausewise.model.words import JudgedBy
from clausewise.pack import load_pack

PACK = load_pack("ar4040")


def said(summary: Summary) -> str:
    """The report of an audit that found nothing."""
    return "\n".join(lines_of(PACK, summary, []))


def test_rate_memory_engine_and_sums_are_said() -> None:
    summary = Summary(
        lines=1000, events=990, noise=4, rejects=5, protected=11, extra=10, seconds=0.5, files=["a.log"],
        questions=7, engine="duckdb", peak_bytes=300 * 1_048_576, rejudged=40,
    )  # fmt: skip
    text = said(summary)
    for part in (
        "1,000 lines of 1 files in 0.5 s (2,000 lines a second), 7 distinct questions, judged by duckdb",
        "at most 300 MiB of memory",
        "lines that hold several records gave 10 more; the sums match",
        "40 judgements repeated",
    ):
        assert part in text
    assert "DO NOT MATCH" in said(replace(summary, events=991))


def test_without_hours_silence_is_not_called_quiet() -> None:
    assert "silence cannot be told from quiet" in said(Summary(lines=1))


@pytest.mark.parametrize("cut", CLASSES)
def test_each_feed_cut_in_turn_is_named(cut: str) -> None:
    whole = said(Summary(hours=office(*CLASSES)))
    assert "not audited" not in whole
    assert "in part" not in whole
    text = said(Summary(hours=office(*(cls for cls in CLASSES if cls != cut))))
    assert "not audited, for want of a feed" in text or "audited in part" in text


def test_a_gap_says_since_when() -> None:
    hours = office(*CLASSES)
    gone = sorted(hour for _, cls, hour in hours if cls == "http")[-11:]
    text = said(Summary(hours={k: n for k, n in hours.items() if k[1] != "http" or k[2] not in gone}))
    assert f"feed s/http: gaps; {11 * 5 * WEEKS - 11} hours with events, 11 missing, the first from" in text


def test_every_norm_is_accounted_for_once(judged: Audit) -> None:
    pack = judged.inputs.pdp.pack
    lines = lines_of(pack, replace(judged.summary, hours=office("http", "auth", "dhcp")), judged.findings)
    (line,) = [line for line in lines if "norms are judged by policy" in line]
    numbers = [int(word) for word in line.replace("(", " ").split() if word.isdigit()]
    total, were, lack, wait, rest, people = numbers
    assert total == were + lack + wait + rest == sum(n.judged_by is JudgedBy.POLICY for n in pack.norms())
    assert total + people == len(pack.norms())
    assert were > 10
    assert wait > 10
    assert "mailbox" in line


def test_windows_and_standing_have_their_lines() -> None:
    text = said(
        Summary(
            windows={"personal-visits-week": 3},
            waiting={"idle": "no capability"},
            standing={"open": 5, "suppressed": 2},
        )
    )
    assert "personal-visits-week               3 over the limit" in text
    assert "idle                         did not run: no capability" in text
    assert "kept findings: 5 open, 2 suppressed" in text
