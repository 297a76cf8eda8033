"""How hard our readings are to read: school grade in English, ease in Spanish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from clausewise.model.law import Pack

AIM = 8.0
"""The school grade we write for."""


@dataclass(frozen=True, slots=True)
class Grades:
    """English grade (Flesch-Kincaid) and Spanish ease (Fernandez Huerta, 0 hard to 100 easy) per clause."""

    english: tuple[tuple[str, float], ...]
    spanish: tuple[tuple[str, float], ...]

    def lines(self) -> list[str]:
        """What `pack check` prints."""
        if not self.english:
            return ["reading grade: not measured; install the extra `author` (pyphen)"]
        mean = sum(g for _, g in self.english) / len(self.english)
        ease = sum(g for _, g in self.spanish) / len(self.spanish)
        hardest = sorted(self.english, key=lambda row: -row[1])[:3]
        named = ", ".join(f"{clause} {grade:.1f}" for clause, grade in hardest)
        return [
            f"reading grade (Flesch-Kincaid): mean {mean:.1f}, aim {AIM:.0f}; hardest {named}",
            f"lecturabilidad (Fernández Huerta): media {ease:.0f} de 100",
        ]


def grades(pack: Pack) -> Grades:
    """Measure every clause's reading; empty where pyphen is not installed."""
    try:
        import pyphen
    except ImportError:
        return Grades((), ())
    english, spanish = pyphen.Pyphen(lang="en_US"), pyphen.Pyphen(lang="es")
    return Grades(
        tuple((c.id, _flesch_kincaid(c.reading["en"], english)) for c in pack.clauses.values()),
        tuple((c.id, _huerta(c.reading["es"], spanish)) for c in pack.clauses.values()),
    )


class Hyphenator(Protocol):
    """What we need of a hyphenation dictionary: the places where a word breaks."""

    def positions(self, word: str) -> list[int]: ...


def _counts(text: str, hyphenator: Hyphenator) -> tuple[float, float]:
    """(syllables a word, words a sentence)."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    sentences = max(1, len(re.findall(r"[.!?]+", text)))
    syllables = sum(len(hyphenator.positions(word)) + 1 for word in words)
    return syllables / max(1, len(words)), len(words) / sentences


def _flesch_kincaid(text: str, hyphenator: Hyphenator) -> float:
    """Flesch-Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    syllables, words = _counts(text, hyphenator)
    return 0.39 * words + 11.8 * syllables - 15.59


def _huerta(text: str, hyphenator: Hyphenator) -> float:
    """Fernández Huerta (1959): 206.84 - 60 syllables a word - 1.02 words a sentence."""
    syllables, words = _counts(text, hyphenator)
    return 206.84 - 60 * syllables - 1.02 * words
