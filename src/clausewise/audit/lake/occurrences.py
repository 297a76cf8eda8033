"""Counts, within one log file, the how manieth of its equals in the same second each line is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ODD = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: spreads the seconds over all 64 bits (Knuth, TAOCP 3, 6.4)."""


@dataclass(frozen=True, slots=True)
class Run:
    """What some blocks held: seconds from `low` to `high`, and the marks of their lines in order."""

    low: int
    high: int
    marks: np.ndarray


class Occurrences:
    """Remembers every line of one file by 8 bytes; a block is compared with those of the same seconds alone."""

    def __init__(self) -> None:
        self._runs: list[Run] = []

    def of(self, ident: np.ndarray, second: np.ndarray) -> np.ndarray:
        """How many lines with the same identity and second stood before each of these (int32)."""
        if not len(ident):
            return np.zeros(0, np.int32)
        marks = marks_of(ident, second)
        order = np.argsort(marks, kind="stable")
        ranked = marks[order]
        first = np.searchsorted(ranked, ranked)
        before = np.arange(len(ranked)) - first
        low, high = int(second.min()), int(second.max())
        for run in self._runs:
            if run.low <= high and run.high >= low:
                before += np.searchsorted(run.marks, ranked, "right") - np.searchsorted(run.marks, ranked)
        self._remember(Run(low, high, ranked))
        found = np.empty(len(marks), np.int32)
        found[order] = before
        return found

    def _remember(self, run: Run) -> None:
        """Keep a run; two of like length become one, so that few are left to look at."""
        while self._runs and len(self._runs[-1].marks) < 2 * len(run.marks) and _near(self._runs[-1], run):
            last = self._runs.pop()
            marks = np.sort(np.concatenate((last.marks, run.marks)), kind="stable")
            run = Run(min(last.low, run.low), max(last.high, run.high), marks)
        self._runs.append(run)


def _near(one: Run, other: Run) -> bool:
    """Whether two runs share seconds: a joined run then covers no more time than they did."""
    return one.low <= other.high and other.low <= one.high


def marks_of(ident: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Identity and second as one 64-bit mark each."""
    found: np.ndarray = ident.astype(np.int64).view(np.uint64) ^ (
        second.astype(np.int64).view(np.uint64) * _ODD
    )
    return found
