"""Judging by classes of equal questions says of each event what judging it alone says."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.county import County, source_of
from clausewise.audit.enrich import Enricher, Events
from clausewise.audit.judge import Judge, fold
from clausewise.audit.known import blind_norms
from clausewise.audit.timeline import moment
from clausewise.model.law import Act, LogRule
from clausewise.model.words import Answer
from clausewise.pdp.build import Builder
from clausewise.sources import SOURCES
from clausewise.sources import store as logs
from clausewise.sources.contract import Source

EACH = 180
"""Events of each feed that are judged alone."""


@pytest.mark.parametrize("feed", [0, 1, 2], ids=["proxy", "dhcp", "sign-in"])
def test_classes_of_questions_are_sound(county: County, feed: int) -> None:
    path = county.logs[feed]
    source: Source = (SOURCES["squid"], SOURCES["zeek"], source_of(county.folder))[feed]
    pdp, facts, labels = county.inputs.pdp, county.inputs.facts, county.inputs.labels
    enricher, builder = Enricher(pdp.pack, facts, labels), Builder(pdp, facts, labels)
    skip = frozenset(blind.norm for blind in blind_norms(pdp, facts))
    judge = Judge(pdp, builder, enricher, skip=skip, assume=None)
    dice, compared = random.Random(7), 0
    for events in blocks(path, source, enricher):
        hits: dict[tuple[str, int], set[str]] = defaultdict(set)
        for hit in judge.block(events):
            for row in hit.rows.tolist():
                hits[hit.act, row].add(hit.norm)
        struck = sorted({row for _, row in hits})
        rows = dice.sample(struck, min(EACH // 2, len(struck)))
        rows += dice.sample(range(len(events.time)), min(EACH // 2, len(events.time)))
        rows += others(enricher, events)[:EACH]
        for row in rows:
            for act, rule in spoken_of(judge, events, row):
                assert alone(judge, builder, act, rule, events, row) == hits[act.id, row]
                compared += 1
    assert compared >= EACH // 3


def others(enricher: Enricher, events: Events) -> list[int]:
    """Sign-ins in which one person used the account of another: where person and thing must both count."""
    if events.cls != "auth":
        return []
    names = [enricher.users.names[code] for code in events.user.tolist()]
    return [row for row, name in enumerate(names) if name and name != events.text("account", row)]


def blocks(path: Path, source: Source, enricher: Enricher) -> list[Events]:
    """A file's events, in one block for each class."""
    parsed = [p for step in logs.read(path, source) for p in step.batch.parsed if p.table.num_rows]
    return [enricher.events(p.cls, p.table) for p in parsed]


def spoken_of(judge: Judge, events: Events, row: int) -> list[tuple[Act, LogRule]]:
    """The acts that one event stands for."""
    if events.cls != "dhcp" and not events.user[row]:
        return []
    if "mask" in events.fields and int(events.fields["mask"][row]) & judge.enricher.private:
        return []
    return [
        (act, rule)
        for act in judge.pdp.pack.acts.values()
        for rule in act.logs
        if rule.cls == events.cls and rule.resource in events.fields and judge.matching(rule, events)[row]
    ]


def alone(judge: Judge, builder: Builder, act: Act, rule: LogRule, events: Events, row: int) -> set[str]:
    """The norms that one event violates, asked as one question with nothing remembered."""
    facts, at = builder.facts, moment(int(events.time[row]))
    event = {
        name: events.text(name, row) if name in events.texts else column[row].item()
        for name, column in events.fields.items()
    }
    person, assume = None, None
    if events.cls == "dhcp":
        address = judge.enricher.addresses.names[int(events.address[row])]
        network = facts.network_of(address, at)
        if network is not None and network["profile"] in ("students", "guest"):
            return set()
        assume = "Employee"
    else:
        person = facts.principal(judge.enricher.users.names[int(events.user[row])], at)
    resource = events.text(rule.resource, row)
    question = builder.question(act.id, person, resource, at, event=event, assume=assume)
    outcome = judge.pdp.judge_afresh(question.key)
    if outcome.answer is Answer.NOT_GOVERNED:
        return set()
    return set(outcome.violated()) - judge.skip


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.tuples(*[st.integers(0, 2**40) | st.integers(0, 3)] * width), min_size=1, max_size=30
        )
    )
)
def test_folding_keeps_rows_apart_exactly_where_they_differ(rows: list[tuple[int, ...]]) -> None:
    folded = fold([np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]).tolist()
    for one, code in zip(rows, folded, strict=True):
        for other, of_other in zip(rows, folded, strict=True):
            assert (one == other) == (code == of_other)
