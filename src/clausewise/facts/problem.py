"""What is wrong with a county's facts: where, what, and what to do about it, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem: `file` and `line` (1-based; 0: the whole file), what is wrong, and the remedy."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}; {self.remedy}"


class FactsError(ValueError):
    """The facts cannot be used. `problems` holds every reason; the text prints one on each line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse(file: str, what: str, remedy: str) -> FactsError:
    """A FactsError of a single problem that concerns a whole file."""
    return FactsError([Problem(file, 0, what, remedy)])
