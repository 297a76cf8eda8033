"""Reads one line of a log whose form is a Squid logformat, for every source that is written in one."""

from __future__ import annotations

from clausewise.sources import times
from clausewise.sources.logformat import Layout
from clausewise.sources.rows import Collected, Line, Reader
from clausewise.sources.web_line import put_request


class LogformatReader:
    """Reads lines by the first of several layouts that fits."""

    def __init__(self, layouts: tuple[Layout, ...]) -> None:
        self.memory = None
        self._layouts = layouts

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`."""
        text = line.text
        if not text.strip(" \t"):
            out.noise["blank"] += 1
        elif text.lstrip(" \t").startswith("#"):
            out.noise["comment"] += 1
        else:
            for layout in self._layouts:
                found = layout.pattern.fullmatch(text)
                if found:
                    fields = found.groupdict()
                    put_request(fields, _time(fields), line, out)
                    return
            out.reject(line, "the line does not have the form of the logformat")

    def end(self, out: Collected) -> None:
        """Nothing is held back."""


def _time(fields: dict[str, str]) -> int | None:
    if "seconds" in fields:
        # %tu counts milliseconds; %03tu and wider forms are already padded.
        return times.from_seconds(f"{fields['seconds']}.{fields.get('fraction', '0').zfill(3)}")
    return times.from_common_log(fields.get("stamp", ""))


def begin(memory: object, option: tuple[Layout, ...]) -> Reader:
    """Give the reader of a block."""
    return LogformatReader(option)
