"""Reads one window file of a clause: what is counted, over which time, and from which number on people look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clausewise.model.law import Condition, Window
from clausewise.pack.fields import Fields
from clausewise.pack.problems import Problem
from clausewise.pack.source import Source

WINDOW_FIELDS = (
    "id norm act classes group_by timespan measure threshold_parameter compare at_least says where exempt "
    "edges event finest told hosts_shown needs_capability note"
).split()
PEOPLE = ("person", "owner")
"""Groups that are people: who acted, and whose account or mailbox it is."""
FINEST = ("time", "hour", "day", "week")
BUCKETS = ("1h", "1d", "1w")
SESSION_EDGES = frozenset({"open", "unlock", "lock", "close"})
WITH_FIELD = {"sum", "max", "distinct", "overlap"}
EDGES = {"idle": SESSION_EDGES, "overlap": SESSION_EDGES, "silence": frozenset({"report", "use"})}
"""Measures that follow a sequence of events, with the edges that each needs."""
MEASURE = re.compile(r"(count|idle|silence)|(sum|max|distinct|overlap):[a-z_]+")
MINUTES = re.compile(r"[1-9]\d{0,3}m")


def read_window(source: Source, name: str, problems: list[Problem]) -> Window:
    """The window in file `name`; problems are appended to `problems`."""
    f = Fields(source.at(name), source.tables[name], problems)
    f.known(WINDOW_FIELDS)
    window = Window(
        id=f.text("id"),
        norm=f.text("norm"),
        act=f.text("act"),
        group_by=f.texts("group_by"),
        timespan=f.text("timespan"),
        measure=f.text("measure"),
        threshold_parameter=f.text("threshold_parameter"),
        says=f.words("says"),
        where=_conditions(f, "where", f.row),
        hosts_shown=bool(f.row.get("hosts_shown", False)),
        needs_capability=f.text("needs_capability", ""),
        classes=f.texts("classes"),
        exempt=_conditions(f, "exempt", f.row),
        edges=_edges(f),
        event=_event(f),
        compare=f.text("compare", ""),
        at_least=bool(f.row.get("at_least", False)),
        finest=f.choice("finest", FINEST, "time"),
        told=f.texts("told"),
    )
    _whole(f, window)
    return window


def _conditions(f: Fields, name: str, row: Mapping[str, Any]) -> tuple[Condition, ...]:
    found = row.get(name, [])
    if isinstance(found, list) and all(isinstance(one, list) and len(one) >= 2 for one in found):
        return tuple(tuple(one) for one in found)
    f.wrong(f"`{name}` is not a list of conditions", f'write {name} = [["field", "is", "value"]]')
    return ()


def _edges(f: Fields) -> dict[str, tuple[Condition, ...]]:
    edges = f.row.get("edges", {})
    if not isinstance(edges, dict):
        f.wrong("`edges` is not a table", "write [edges] with one line for each edge")
        return {}
    return {edge: _conditions(f, edge, edges) for edge in edges}


def _event(f: Fields) -> dict[str, object]:
    event = f.row.get("event", {})
    if isinstance(event, dict):
        return dict(event)
    f.wrong("`event` is not a table", "write event = { over_limit = true }")
    return {}


def _whole(f: Fields, window: Window) -> None:
    """What the fields of a window must be together."""
    kind = window.measure.partition(":")[0]
    if not MEASURE.fullmatch(window.measure):
        f.wrong(
            f"`measure = {window.measure}` is not known",
            "write count, sum:FIELD, max:FIELD, distinct:FIELD, idle, overlap:FIELD or silence",
        )
    sliding = MINUTES.fullmatch(window.timespan) is not None
    if not (window.timespan in BUCKETS or (sliding and kind == "distinct")):
        f.wrong(f"`timespan = {window.timespan}` is not known", "write 1h, 1d, 1w, or 10m with distinct")
    if sliding and window.finest != "time":
        f.wrong("a sliding window has no coarser time", "count by 1d or 1w, or remove `finest`")
    if not window.classes:
        f.wrong("`classes` is missing", 'name the classes of events that it reads, as classes = ["http"]')
    things = [name for name in window.group_by if name not in PEOPLE]
    if len(things) > 1 or len(window.group_by) - len(things) > 1 or not window.group_by:
        f.wrong(
            "`group_by` is not one person, one thing, or both", 'write group_by = ["person"] or with a thing'
        )
    if "host" in things and not window.hosts_shown:
        f.wrong("groups by host, but hosts are not shown", "group by person, or set hosts_shown = true")
    if set(window.edges) != EDGES.get(kind, frozenset()):
        needed = ", ".join(sorted(EDGES.get(kind, ()))) or "none"
        f.wrong(f"`edges` does not fit the measure {kind}", f"the edges of this measure: {needed}")
    alone = {"overlap": not things, "idle": len(things) == 1, "silence": len(window.group_by) == len(things)}
    if not alone.get(kind, True):
        f.wrong(
            f"`group_by` does not fit the measure {kind}", "overlap: a person; idle: both; silence: a thing"
        )
