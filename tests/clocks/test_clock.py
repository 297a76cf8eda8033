"""Rows of clocks.toml: what they declare is read whole, and what cannot be counted by is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from clausewise.cli.main import main
from clausewise.clocks import Bound, Calendar, ClockError, Unit, clocks_of, due, read_clock
from clausewise.model.law import Entry
from clausewise.pack import load_pack

ROW: dict[str, object] = {
    "id": "tool-return",
    "trigger": "a tool is lent",
    "limit": 2,
    "unit": "week",
    "told": ["keeper"],
    "source": "TR 1, 3",
    "verified": True,
    "clause": "3",
    "from": date(2020, 1, 1),
    "to": date(2029, 12, 31),
    "roll": True,
    "bound": "latest",
    "says": {"en": "Bring it back.", "es": "Devuélvala."},
}


def entry(**changed: object) -> Entry:
    row = {**ROW, **changed}
    return Entry(str(row["id"]), {k: v for k, v in row.items() if v is not None}, "clocks.toml")


def test_a_row_is_read_whole() -> None:
    clock = read_clock(entry())
    assert (clock.id, clock.limit, clock.unit, clock.told) == ("tool-return", 2, Unit.WEEK, ("keeper",))
    assert (clock.since, clock.until) == (date(2020, 1, 1), date(2029, 12, 31))
    assert clock.roll
    assert clock.verified
    assert clock.says["es"] == "Devuélvala."


def test_what_a_row_leaves_out_is_the_careful_reading() -> None:
    """No law is called confirmed, no limit rolls and none is a waiting time unless the row says so."""
    clock = read_clock(entry(verified=None, roll=None, bound=None, to=None))
    assert not clock.verified
    assert not clock.roll
    assert clock.bound is Bound.LATEST
    assert clock.until == date.max


@pytest.mark.parametrize(
    "changed, says",
    [
        ({"limit": -1}, "is not a count"),
        ({"limit": "3"}, "is not a count"),
        ({"limit": True}, "is not a count"),
        ({"limit": None}, "is not a count"),
        ({"unit": "fortnight"}, "unit `fortnight` is not known; use one of hour, day"),
        ({"bound": "soonest"}, "bound `soonest` is not known"),
        ({"from": "2020-01-01"}, "write it without quotes"),
        ({"to": date(2019, 1, 1)}, "before it begins"),
        ({"unit": "hour"}, "cannot roll"),
        ({"told": "keeper"}, "is not a list"),
    ],
)
def test_what_cannot_be_counted_by_is_refused(changed: dict[str, object], says: str) -> None:
    with pytest.raises(ClockError, match=says) as caught:
        read_clock(entry(**changed))
    assert str(caught.value).startswith("clocks.toml `tool-return`: ")


def test_every_clock_of_the_shipped_pack_can_be_counted() -> None:
    pack = load_pack("ar4040")
    calendar = Calendar(ZoneInfo(pack.zone))
    for clock in clocks_of(pack).values():
        day = max(clock.since, date(2026, 10, 5))
        at = datetime(day.year, day.month, day.day, 20, tzinfo=UTC)
        end = due(clock, at, calendar)
        assert end is not None, clock.id
        assert end >= at
        assert set(clock.told) <= pack.registers["designations"].keys(), clock.id


def test_the_command_lists_and_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clocks", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {"id", "limit", "unit", "source", "verified"} <= listed[0].keys()
    assert main(["clocks", "due", "loss_report", "--from", "2026-10-05T09:00"]) == 0
    shown = capsys.readouterr().out
    assert "Monday 2026-10-05 09:00 PDT (at once)" in shown
    assert "Technology Services" in shown


def test_the_command_names_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clocks", "due", "no_such_clock"]) == 1
    assert "no_such_clock: no such clock" in capsys.readouterr().err
    assert main(["clocks", "due", "loss_report", "--holiday", "Friday"]) == 1
    assert "--holiday Friday: not a day" in capsys.readouterr().err
    assert main(["clocks", "due", "loss_report", "--from", "2017-01-01T09:00"]) == 1
    assert "not in force on 2017-01-01" in capsys.readouterr().err
