"""What changes between two packs: every changed word is named, and every answer that moves is shown."""

from __future__ import annotations

import pytest

from clausewise.review.difference import differences
from toy_pack.toy import BORROW, FILES, LOUD, MEMBERS, NOISE, edited, pack_of, toy


def between(files: dict[str, str]) -> list[str]:
    return list(differences(toy(), pack_of(files)))


def less(folder: str) -> dict[str, str]:
    return {name: text for name, text in FILES.items() if not name.startswith(folder)}


def test_a_pack_does_not_differ_from_itself() -> None:
    assert between(FILES) == []


def test_an_answer_that_moves_is_shown_with_its_example() -> None:
    lines = between(edited(LOUD, "resource.weight > 40", "resource.weight > 400"))
    assert "2/loud: policy changed" in lines
    assert "answer: allow becomes deny: The heavy press at ten in the morning." in lines
    assert len([line for line in lines if line.startswith("answer")]) == 1


def test_a_policy_may_be_rewritten_without_moving_an_answer() -> None:
    lines = between(edited(BORROW, 'resource.owner == "county"', '"county" == resource.owner'))
    assert lines == ["1: policy changed"]


@pytest.mark.parametrize(
    "files, line",
    [
        (edited(NOISE, "Loud tools rest in duty time.", "Loud tools rest always."), "2: reading changed"),
        (edited(NOISE, 'title.en = "Noise and care"', 'title.en = "Noise"'), "2: title changed"),
        (edited(NOISE, 'cannot_judge.en = "Care', 'cannot_judge.en = "Nicety'), "2: cannot judge changed"),
        (edited(MEMBERS, "advice = true", "advice = false"), "3/gloves: norm changed"),
        (edited("parameters.toml", "value = 3", "value = 5"), "parameter most_tools: 3 becomes 5"),
        (less("guards/fire"), "guard fire: removed"),
        (less("clauses/03-members"), "3: removed, Members and gloves"),
    ],
)
def test_each_change_is_named(files: dict[str, str], line: str) -> None:
    assert line in between(files)


def test_what_is_new_is_named_from_the_other_side() -> None:
    smaller = pack_of(less("clauses/03-members"))
    assert "3: added, Members and gloves" in list(differences(smaller, toy()))
    noisier = pack_of(less("guards/fire"))
    assert "guard fire: added" in list(differences(noisier, toy()))


def test_advice_that_becomes_law_moves_an_answer() -> None:
    lines = between(edited(MEMBERS, 'modality = "should"', 'modality = "shall"') | {})
    assert lines == ["3/gloves: norm changed"]
    stricter = edited(MEMBERS, "advice = true", "advice = false")
    moved = [line for line in between(stricter) if line.startswith("answer: allow becomes deny")]
    assert moved == ["answer: allow becomes deny: An axe with bare hands is allowed, and advised against."]
