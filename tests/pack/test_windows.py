"""A window file that is not whole says where, what and what to do about it."""

from __future__ import annotations

import pytest

from clausewise.pack import PackError
from pack.small import FILES, whole

NAME = "clauses/01-kites/tails.window.toml"
WHOLE = """\
id = "tails"
norm = "1/tail"
act = "fly"
classes = ["http"]
group_by = ["person"]
timespan = "1w"
measure = "sum:feet"
where = [["tail", "is", "long"]]
exempt = [["wind", "is", "none"]]
event = { over_limit = true }
threshold_parameter = "tail_feet"
finest = "week"
says.en = "Many tails."
says.es = "Muchas colas."
"""


def problems(text: str) -> list[str]:
    """What reading the small pack with this window says, without the place."""
    try:
        whole({**FILES, NAME: text})
    except PackError as error:
        place = f"small/{NAME}: "
        return [str(problem).removeprefix(place) for problem in error.problems]
    return []


def test_a_whole_window_is_read_as_it_is_written() -> None:
    (window,) = whole({**FILES, NAME: WHOLE}).clauses["1"].windows
    assert (window.measure, window.timespan, window.classes, window.finest) == (
        "sum:feet",
        "1w",
        ("http",),
        "week",
    )
    assert window.where == (("tail", "is", "long"),)
    assert window.exempt == (("wind", "is", "none"),)
    assert window.event == {"over_limit": True}
    assert (window.at_least, window.compare, window.told) == (False, "", ())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('measure = "sum:feet"', 'measure = "mean:feet"', "`measure = mean:feet` is not known; write count, sum:FIELD"),
        ('measure = "sum:feet"', 'measure = "sum"', "`measure = sum` is not known"),
        ('timespan = "1w"', 'timespan = "2w"', "`timespan = 2w` is not known; write 1h, 1d, 1w, or 10m with distinct"),
        ('timespan = "1w"', 'timespan = "10m"', "`timespan = 10m` is not known"),
        ('classes = ["http"]\n', "", "`classes` is missing"),
        ('["person"]', "[]", "`group_by` is not one person, one thing, or both"),
        ('["person"]', '["person", "owner"]', "`group_by` is not one person, one thing, or both"),
        ('["person"]', '["device", "host"]', "`group_by` is not one person, one thing, or both"),
        ('["person"]', '["host"]', "groups by host, but hosts are not shown"),
        ('where = [["tail", "is", "long"]]', 'where = ["tail"]', "`where` is not a list of conditions"),
        ("event = { over_limit = true }", 'event = "much"', "`event` is not a table"),
        ('finest = "week"', 'finest = "weak"', "`finest = weak` is not known; did you mean `week`?"),
        ('measure = "sum:feet"', 'measure = "idle"', "`edges` does not fit the measure idle; the edges of this measure: close, lock, open, unlock"),
        ('finest = "week"', 'edges.open = [["a", "is", 1]]', "`edges` does not fit the measure sum"),
        ('id = "tails"', 'id = "tails"\nthreshold = 4', "unknown field `threshold`; did you mean"),
        ('says.es = "Muchas colas."\n', "", "`says.es` is missing"),
    ],
)  # fmt: skip
def test_each_thing_that_may_be_wrong_is_named_with_its_remedy(old: str, new: str, says: str) -> None:
    assert old in WHOLE
    found = problems(WHOLE.replace(old, new))
    assert any(problem.startswith(says) for problem in found), found


def test_a_sliding_distinct_count_is_whole() -> None:
    assert (
        problems(WHOLE.replace("sum:feet", "distinct:host").replace('"1w"', '"10m"').replace("week", "time"))
        == []
    )


@pytest.mark.parametrize(("old", "new"), [('"10m"', '"10m"\nfinest = "day"')])
def test_what_slides_over_minutes_cannot_be_shown_by_the_day(old: str, new: str) -> None:
    text = (
        WHOLE.replace("sum:feet", "distinct:host").replace('"1w"', '"10m"').replace('finest = "week"\n', "")
    )
    assert [p.split(";")[0] for p in problems(text.replace(old, new))] == [
        "a sliding window has no coarser time"
    ]
