"""Log sources: one folder per format, found by its name; each turns blocks of bytes into columns."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules

from clausewise.sources import store
from clausewise.sources.contract import NOTHING_PROTECTED, Protected, Source
from clausewise.sources.hosts import normal_host

_BEGINNINGS: dict[bytes, str] = {}
"""The first bytes of every file of a binary format (`MAGIC` in its `parse.py`), and the format's name."""


def _discover() -> dict[str, Source]:
    """Load `parse.py` of every folder here: a folder more is a format more."""
    found: list[Source] = []
    for module in iter_modules(__path__):
        if not module.ispkg:
            continue
        parser = import_module(f"{__name__}.{module.name}.parse")
        if hasattr(parser, "from_toml"):
            found += [parser.from_toml(text, name) for name, text in store.presets().items()]
        else:
            found.append(parser.SOURCE)
            if hasattr(parser, "MAGIC"):
                _BEGINNINGS[parser.MAGIC] = parser.SOURCE.name
    return {source.name: source for source in sorted(found, key=lambda source: source.name)}


SOURCES: dict[str, Source] = _discover()
"""Every known log format by name."""


ANY_YEAR = "year=2000"
"""What a format without years is tried with: only whether it reads the lines matters."""


def detect(head: bytes) -> str | None:
    """Name the format that reads most of a file's first bytes, or None when none reads half of them.

    Many programs write into one syslog file: of the formats that read it, the one with the most events is meant.
    """
    for beginning, known in _BEGINNINGS.items():
        if head.startswith(beginning):
            return known
    stop = head.rfind(b"\n") + 1
    best, name = (0, 0.0), None
    for source in SOURCES.values():
        if source.needs:
            continue
        share, events = _share(source, head[:stop] or head)
        if share >= 0.5 and ((events, share) > best or name is None):
            best, name = (events, share), source.name
    return name


def _share(source: Source, head: bytes) -> tuple[float, int]:
    """How much of some lines a format reads, and how many events they hold; lines it knows and passes over count."""
    begun = source.parse(head, source.start(ANY_YEAR if source.zone else ""), NOTHING_PROTECTED)
    ended = source.finish(begun.state, NOTHING_PROTECTED, False)
    events = begun.events + ended.events
    read = events + begun.noise.get("not-watched", 0) + ended.noise.get("not-watched", 0)
    judged = read + len(begun.rejects) + len(ended.rejects)
    headers = begun.noise.get("header", 0) > 0 and not judged
    return (1.0 if headers else read / judged if judged else 0.0), events


def protect(channels: Iterable[tuple[str, str]]) -> Protected:
    """Make the protected set of (match, value) pairs, match being `host`, `sender` or `recipient`.

    Raises `ValueError` for a host that cannot be read or a match that is none of the three: a channel that
    would silently stay unprotected is worse than a refusal.
    """
    found: dict[str, set[str]] = {"host": set(), "sender": set(), "recipient": set()}
    for match, value in channels:
        if match not in found:
            raise ValueError(
                f"protected channel {value!r}: match {match!r} is unknown; use host, sender, recipient"
            )
        name = normal_host(value.strip()) if match == "host" else value.strip().lower()
        if not name:
            raise ValueError(f"protected channel {value!r}: not a {match}; write it like www.example.org")
        found[match].add(name)
    return Protected(frozenset(found["host"]), frozenset(found["sender"]), frozenset(found["recipient"]))
