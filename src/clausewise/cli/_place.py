"""Where things are on this machine, and the small readings that several commands share."""

from __future__ import annotations

import argparse
import os
import pkgutil
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import clausewise
from clausewise.model.law import Clause, Pack


def home() -> Path:
    """The folder of everything the county owns: `$CLAUSEWISE_HOME`, else `./.clausewise`."""
    return Path(os.environ.get("CLAUSEWISE_HOME") or ".clausewise")


def day(typed: str) -> date:
    """A day as somebody types it: 2026-10-05.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed}: not a day; write it like 2026-10-05") from None


def clause_id(typed: str, pack: Pack) -> str:
    """`9f`, `9(f)` and `9.F` as the printed id `9.f`; anything else as it was typed."""
    if typed in pack.clauses:
        return typed
    found = re.fullmatch(r"(\d+)[.(]?([A-Za-z])?\)?", typed.strip())
    if found:
        return found[1] + (f".{found[2].lower()}" if found[2] else "")
    return typed.upper() if typed.upper() in pack.clauses else typed


def authority(pack: Pack, clause: Clause, lang: str) -> str:
    """Who may say yes, in words: an office, or that nobody can."""
    office = pack.registers["designations"].get(clause.authority)
    if office is not None:
        title = office["title"]
        name = str(title.get(lang)) if isinstance(title, dict) else office.id
    elif clause.authority == "none":
        name = {"en": "nobody; there is no exception", "es": "nadie; no hay excepción"}[lang]
    else:
        name = {"en": "does not apply", "es": "no corresponde"}[lang]
    note = clause.authority_note[lang]
    return f"{name}. {note}" if note else name


def sources_by_class() -> Mapping[str, tuple[str, ...]]:
    """Log class to the names of the sources that make such events."""
    from clausewise.sources import SOURCES

    found: dict[str, list[str]] = {}
    for name, source in SOURCES.items():
        for cls in source.classes:
            found.setdefault(cls, []).append(name)
    return {cls: tuple(sorted(names)) for cls, names in found.items()}


def fields_by_class() -> Mapping[str, frozenset[str]]:
    """Log class to what its events can tell: the columns of the sources, and what the audit reads off them."""
    from clausewise.audit.enrich import FIELDS
    from clausewise.sources.contract import SCHEMAS

    return {cls: frozenset(schema.names) | FIELDS.get(cls, frozenset()) for cls, schema in SCHEMAS.items()}


def gates() -> frozenset[str]:
    """Names of the enforcement points that exist: the folders of `clausewise/gates`."""
    folders = [str(Path(p) / "gates") for p in clausewise.__path__]
    return frozenset(m.name for m in pkgutil.iter_modules(folders) if m.ispkg)


def quoted(pack: Pack, clause: str) -> tuple[str, ...]:
    """The county's own sentences for a clause, once `pack text` has taken them in; empty before."""
    from clausewise.pack.text.store import load_text

    stored = load_text(home(), pack.id) or (load_text(home(), pack.extends) if pack.extends else None)
    return tuple(stored.sentences(clause)) if stored else ()
