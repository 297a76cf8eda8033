"""Finds, in the text of a policy, the lines and letters on which each of its conditions stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

TOKEN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|[A-Za-z_]\w*|\d+|&&|\|\||::|[=!<>]=|\S', re.DOTALL)
"""A comment, a text, a word, a number or a sign of Cedar (docs.cedarpolicy.com, grammar)."""
OPENS, CLOSES = frozenset("([{"), frozenset(")]}")
OPERATOR = {"when": "&&", "unless": "||"}
"""What the parts of a condition are joined by: all of `when` must hold, one of `unless` is enough."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign, with the places (letters from the start of the text) where it begins and ends."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where one part of a condition stands: number of its policy in the file and of its condition, from 0."""

    policy: int
    condition: int
    kind: str
    start: int
    end: int


def stretches(text: str) -> list[Stretch]:
    """Every conjunct of a `when` and disjunct of an `unless` in `text`, in order, without outer brackets."""
    tokens = [
        Token(m.group(), m.start(), m.end()) for m in TOKEN.finditer(text) if not m.group().startswith("//")
    ]
    found = []
    for number, policy in enumerate(_statements(tokens)):
        for position, (kind, body) in enumerate(_conditions(policy)):
            found += [
                Stretch(number, position, kind, part[0].start, part[-1].end)
                for part in _operands(body, OPERATOR[kind])
            ]
    return found


def _statements(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens of each policy: up to a semicolon that stands in no bracket."""
    depth, current = 0, list[Token]()
    for token in tokens:
        depth += (token.text in OPENS) - (token.text in CLOSES)
        if token.text == ";" and not depth:
            yield current
            current = []
        else:
            current.append(token)


def _conditions(policy: Sequence[Token]) -> Iterator[tuple[str, list[Token]]]:
    """(`when` or `unless`, the tokens between its braces) of one policy."""
    at = 0
    while at < len(policy):
        token, after = policy[at], policy[at + 1].text if at + 1 < len(policy) else ""
        end = _closing(policy, at) if token.text in OPENS else at
        if token.text in OPERATOR and after == "{":
            end = _closing(policy, at + 1)
            yield token.text, list(policy[at + 2 : end])
        at = end + 1


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """The place of the bracket that closes the one at `opening`; the last token if none does."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += (tokens[place].text in OPENS) - (tokens[place].text in CLOSES)
        if not depth:
            return place
    return len(tokens) - 1


def _operands(tokens: list[Token], operator: str) -> list[list[Token]]:
    """The operands of a chain of `operator`; `||` binds weaker than `&&`, and `if` reaches to the end."""
    while tokens and tokens[0].text == "(" and _closing(tokens, 0) == len(tokens) - 1:
        tokens = tokens[1:-1]
    if not tokens:
        return []
    depth, signs = 0, {"&&": list[int](), "||": list[int]()}
    for place, token in enumerate(tokens):
        depth += (token.text in OPENS) - (token.text in CLOSES)
        if not depth and token.text in signs:
            signs[token.text].append(place)
    cuts = signs[operator]
    if not cuts or tokens[0].text == "if" or (operator == "&&" and signs["||"]):
        return [tokens]
    edges = [-1, *cuts, len(tokens)]
    pieces = (tokens[one + 1 : other] for one, other in pairwise(edges))
    return [part for piece in pieces for part in _operands(piece, operator)]
