"""Normalising a paragraph and counting its sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.pack.text.wording import digest, is_prose, normalise, sentences


@pytest.mark.parametrize(
    "printed",
    [
        "\u201cSo-called\u201d tide\u2019s boats \u2013 all \ufb01ve\u2026",
        '  "So-called" tide\'s\u00a0boats - all five...\r\n',
        "\ufeff\u00abSo\u00ad-called\u00bb tide\u00b4s\tboats \u2014 all fi\u200bve...",
    ],
)
def test_copies_that_differ_only_in_typography_are_equal(printed: str) -> None:
    assert normalise(printed) == '"So-called" tide\'s boats - all five...'


def test_words_capitals_and_punctuation_are_kept() -> None:
    assert normalise("Staff, staff; STAFF 12!") == "Staff, staff; STAFF 12!"
    assert digest(normalise("Staff")) != digest(normalise("staff"))


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    once.encode("utf-8")


@given(st.text(alphabet="aB. ?!()\"'\u00e9i.e"))
def test_sentences_give_the_paragraph_back(text: str) -> None:
    plain = normalise(text)
    parts = sentences(plain)
    assert " ".join(parts) == plain
    assert all(part.strip() == part and part for part in parts)


@pytest.mark.parametrize(
    "text, count",
    [
        ("Row ashore. Tie the boat.", 2),
        ('No sinking, including so-called "wrecking," Examples including, but not limited to: holes.', 1),
        ("Keep personal numbers (PINS), tokens. Sleep.", 2),
        ("Ask first, i.e. Before noon. Then go.", 2),
        ("Leave early, e.g. Monday.", 1),
        ("See sec. 4 and No. 7 of the U.S. Code.", 1),
        ("Ask the board. (Boards include: A, B, etc.) Boards that answer follow the rule.", 3),
        ("Follow the law (see 12 LBC 33. Or ask) always. Done.", 2),
        ("The answer is no. Row back. It is art. Keep it.", 4),
        ("The Ed. Code and the Pen. Code apply.", 1),
        ("Who asks? Everybody! Now.", 3),
        ('He said "stop." She did.', 2),
        ("Version 2.5 of the tide-table is 3.14 m high", 1),
        ("", 0),
    ],
)
def test_sentence_counts(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_a_heading_is_no_prose() -> None:
    assert not is_prose("Promises About Shared Machines Of The Bay")
    assert not is_prose("Up. Down.")
    assert is_prose("Staff may borrow a machine today.")
