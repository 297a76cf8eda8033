"""Reads the fields of one TOML table and notes each one that is missing or of the wrong type."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from clausewise.model.law import NO_WORDS, Words
from clausewise.model.words import LANGUAGES
from clausewise.pack.problems import Problem


class Fields:
    """A table being read. Every getter returns something usable, so that one pass finds all problems."""

    def __init__(self, place: str, row: Mapping[str, Any], problems: list[Problem]) -> None:
        self.place, self.row, self.problems = place, row, problems

    def wrong(self, what: str, remedy: str) -> None:
        """Note a problem at this place."""
        self.problems.append(Problem(self.place, what, remedy))

    def known(self, names: Collection[str]) -> None:
        """Note every key that is not one of `names`, with the nearest name."""
        for name in self.row:
            if name not in names:
                near = difflib.get_close_matches(name, names, 1)
                self.wrong(f"unknown field `{name}`", f"did you mean `{near[0]}`?" if near else "remove it")

    def text(self, name: str, default: str | None = None) -> str:
        """A string; a missing one is a problem unless there is a default."""
        value = self.row.get(name, default)
        if isinstance(value, str):
            return value
        self.wrong(f"`{name}` is missing or not text", f'write {name} = "..."')
        return ""

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """A string that must be one of `choices`."""
        value = self.text(name, default)
        if value in choices:
            return value
        near = difflib.get_close_matches(value, choices, 1)
        hint = f"did you mean `{near[0]}`?" if near else "use one of " + ", ".join(sorted(choices))
        self.wrong(f"`{name} = {value}` is not known", hint)
        return default

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; absent means empty."""
        value = self.row.get(name, [])
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.wrong(f"`{name}` is not a list of texts", f'write {name} = ["..."]')
        return ()

    def words(self, name: str, *, required: bool = True) -> Words:
        """A sentence in every language; a missing language is a problem."""
        value = self.row.get(name)
        if value is None and not required:
            return NO_WORDS
        if not isinstance(value, dict):
            self.wrong(f"`{name}` is missing", f"write {name}.en and {name}.es")
            return NO_WORDS
        for language in LANGUAGES:
            if not isinstance(value.get(language), str) or not value[language].strip():
                self.wrong(f"`{name}.{language}` is missing", "every sentence stands in both languages")
        return {language: str(value.get(language, "")) for language in LANGUAGES}

    def day(self, name: str, default: date) -> date:
        """A TOML date."""
        value = self.row.get(name, default)
        if isinstance(value, date):
            return value
        self.wrong(f"`{name} = {value}` is not a date", "write it without quotes, as 2018-03-07")
        return default

    def mapping(self, name: str, *, drop: Collection[str] = ()) -> dict[str, str]:
        """A table of strings."""
        value = self.row.get(name, {})
        return {str(k): str(v) for k, v in value.items() if k not in drop} if isinstance(value, dict) else {}
