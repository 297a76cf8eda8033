"""The patterns of Cedar's `like`: read from a policy, and matched against a word that is known while compiling."""

from __future__ import annotations

from collections.abc import Sequence

Pattern = tuple[str | None, ...]
"""Literal pieces in order; None is a `*`, which stands for any number of characters."""


def read(pieces: Sequence[object]) -> Pattern:
    """The pattern of a policy's tree, where each character is a piece of its own, with its letters joined."""
    found: list[str | None] = []
    for piece in pieces:
        letter = None if piece == "Wildcard" else _letter(piece)
        last = found[-1] if found else ""
        if letter is not None and found and last is not None:
            found[-1] = last + letter
        elif letter is not None or last is not None or not found:
            found.append(letter)
    return tuple(found)


def _letter(piece: object) -> str:
    assert isinstance(piece, dict)
    return str(piece["Literal"])


def matches(word: str, pattern: Pattern) -> bool:
    """Whether the whole word is as the pattern says."""
    if not pattern:
        return not word
    first, rest = pattern[0], pattern[1:]
    if first is not None:
        return word.startswith(first) and matches(word[len(first) :], rest)
    return any(matches(word[start:], rest) for start in range(len(word) + 1))
