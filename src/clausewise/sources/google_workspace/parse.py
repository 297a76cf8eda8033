"""Reads the audit log of Google Workspace: activities of the Admin SDK Reports API, as JSON lines or pages."""

from __future__ import annotations

from typing import Any

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.google_workspace.activity import events_of
from clausewise.sources.google_workspace.browser import CHROME, MOBILE
from clausewise.sources.google_workspace.office import OFFICE
from clausewise.sources.json_lines import NOT_WATCHED, Made, put_record, read_line
from clausewise.sources.rows import Collected, Line, Reader, parse_with

APPLICATIONS = {**OFFICE, "chrome": CHROME, "mobile": MOBILE}
"""What the events of each application mean, by `id.applicationName`."""


class GoogleReader:
    """Reads one activity, or one page of them, a line. Nothing is kept from line to line."""

    memory = None

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        read_line(line, out, "items", put_activity)

    def end(self, out: Collected) -> None:
        """Nothing is held back."""


def put_activity(activity: dict[str, Any], line: Line, out: Collected) -> None:
    """Put all events of one activity into `out`, as one record: a protected one hides its neighbours too."""
    events = events_of(activity)
    if events is None:
        out.reject(line, "the record is no activity of the Reports API (no application or no events)")
        return
    made: list[Made] = []
    idle: list[str] = []
    for event in events:
        meaning = APPLICATIONS.get(event.application)
        found = meaning(event) if meaning else NOT_WATCHED
        if isinstance(found, str):
            idle.append(found)
        else:
            made += ((cls, event.time, values) for cls, values in found)
    put_record(line, out, made, idle)


def begin(memory: object, option: object) -> Reader:
    """Give the reader of a block."""
    return GoogleReader()


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end."""
    return finish_with(parse, state, protected, cut_short)


SOURCE = Source(
    "google_workspace",
    "Google Workspace, audit log (Admin SDK Reports API, JSON)",
    ("admin", "auth", "device", "file", "http", "mail", "mailbox", "share", "software"),
    parse,
    finish,
    alone=True,
)
