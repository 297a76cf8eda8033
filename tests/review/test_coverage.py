"""The coverage table is computed: a cell changes when a gate, a source, a route or a reason does."""

from __future__ import annotations

from clausewise.review.coverage import NOT_YET, coverage
from toy_pack.toy import NOISE, edited, pack_of, toy

DOOR = {"door": ["door_log"]}


def rows(
    files: dict[str, str] | None = None,
    sources: dict[str, list[str]] | None = None,
    gates: frozenset[str] = frozenset(),
    tells: tuple[str, ...] = ("tool",),
) -> dict[str, dict[str, object]]:
    """The table by clause; `tells` is what the events of the door can say."""
    pack = pack_of(files) if files else toy()
    return {str(row["id"]): row for row in coverage(pack, sources or {}, gates, {"door": tells})}


def test_what_exists_shows_a_clause_and_is_named() -> None:
    row = rows(sources=DOOR, gates=frozenset({"shed_door"}))["1"]
    assert row["before"] == "ask:take_tool, ask:use_tool"
    assert row["during"] == "gate:shed_door"
    assert row["after"] == "take_tool<-door_log"
    assert row["people"] == "route:ask-keeper"
    assert (row["authority"], row["examples"]) == ("keeper", 5)


def test_what_does_not_exist_yet_says_what_it_waits_for() -> None:
    row = rows()["1"]
    assert row["during"] == f"{NOT_YET}, waits for gate:shed_door"
    assert row["after"] == f"{NOT_YET}, waits for door events"


def test_a_source_whose_events_cannot_tell_enough_shows_nothing_yet() -> None:
    row = rows(sources=DOOR, tells=("hinge",))["1"]
    assert row["after"] == f"{NOT_YET}, waits for door events that tell tool"


def test_a_cell_without_content_gives_the_pack_s_reason() -> None:
    assert rows()["2"]["people"] == "n/a: no form is kept about noise"
    unexplained = edited(NOISE, 'people = "no form is kept about noise"', "")
    assert rows(unexplained)["2"]["people"] == NOT_YET


def test_a_reason_never_hides_what_does_exist() -> None:
    explained = edited(NOISE, "people = ", 'before = "nobody asks"\npeople = ')
    assert rows(explained)["2"]["before"] == "ask:take_tool, ask:use_tool"


def test_clocks_and_guards_are_seen() -> None:
    found = rows()
    assert found["3"]["people"] == "clock:tool_return"
    assert found["1"]["guards"] == ["broken", "fire"]
    assert found["3"]["guards"] == ["broken"], "the shield names no norm of clause 3"


def test_a_norm_that_people_judge_is_shown_by_no_log() -> None:
    only_people = edited(NOISE, 'acts = ["take_tool", "use_tool"]', 'acts = ["use_tool"]')
    assert rows(sources=DOOR)["2"]["after"] == "take_tool<-door_log"
    assert rows(only_people, sources=DOOR)["2"]["after"] == NOT_YET
