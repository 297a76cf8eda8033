"""Make two copies of one printed paragraph equal, and count its sentences.

A paragraph copied from a web page, a Word file and a PDF differs in invisible ways: curly
quotes, non-breaking spaces, long dashes, joined letters such as "fi". `normalise` removes
these differences and nothing else, so that one SHA-256 speaks for all copies. `sentences`
gives the numbers that a norm names in ``sentence = ["9.f:1"]``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"
_PLAIN = {
    **{ord(c): "'" for c in _SINGLE_QUOTES},
    **{ord(c): '"' for c in _DOUBLE_QUOTES},
    **{ord(c): "-" for c in _DASHES},
    **{ord(c): None for c in _INVISIBLE},
}

# A full stop after one of these does not end a sentence.
_ABBREVIATION = re.compile(
    r"i\.e\.|e\.g\.|cf\.|viz\.|vs?\.|dept\.|approx\.|incl\.|mrs?\.|ms\.|dr\.|jr\.|sr\.|u\.s\.(?:c\.)?|c\.f\.r\.|"
    r"(?-i:(?:Cal|Ed|Gov|Pen|Inc|Co|Corp|St)\.)",
    re.I,
)
# These are words too ("the answer is no."), so they abbreviate only before a number.
_BEFORE_NUMBER = re.compile(r"(?:nos?|secs?|arts?|ch|pp?|para?|figs?|ex|vol)\.", re.I)
# These end a sentence exactly when the next word begins with a capital.
_TERMINATOR = re.compile(r"""[.?!]+["')\]]*(?= ["'(\[]*[A-Z0-9])""")
_LAST_WORD = re.compile(r"[\w.'-]+$")
_LONGEST = 16  # characters before a full stop that can still be an abbreviation
_INITIALS = re.compile(r"^(?:[A-Za-z]\.)+$")
PROSE_END = re.compile(r"""[.?!]["')\]]*$""")


def normalise(text: str) -> str:
    """Return `text` with its typography made plain.

    In this order: Unicode NFKC (joined letters, non-breaking spaces and the one-character
    ellipsis become ordinary characters); curly and angle quotes become ``'`` and ``"``; every
    dash becomes ``-``; soft hyphens and zero-width characters go; control characters and runs
    of white space become one space; no space at either end. Words, capitals, digits and
    punctuation are kept. Normalising twice changes nothing.
    """
    # NFKC would turn a lone acute accent into a space and an accent, so quotes go first as well.
    plain = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in plain)
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def digest(text: str) -> str:
    """Return the SHA-256, in hexadecimal, of already normalised `text` as UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def is_prose(text: str) -> bool:
    """Say whether normalised `text` reads as a sentence and not as a heading or a menu entry."""
    return len(text.split()) >= 6 and PROSE_END.search(text) is not None


def sentences(text: str) -> tuple[str, ...]:
    """Split one normalised paragraph into its sentences; joined by a space they give it back.

    A sentence ends at ``.``, ``?`` or ``!`` (with closing quotes or brackets) before a word
    that begins with a capital or a digit. Abbreviations (``i.e.``, ``cf.``), initials and
    full stops inside an open bracket end nothing, except where the bracket opened the sentence.
    """
    found: list[str] = []
    start = seen = depth = 0
    for match in _TERMINATOR.finditer(text):
        depth += text.count("(", seen, match.end()) - text.count(")", seen, match.end())
        seen = match.end()
        inside = depth > 0 and text[start] != "("
        piece = text[max(start, match.start() - _LONGEST) : match.end()]
        if not inside and not (match.group() == "." and _abbreviates(piece, text[match.end() + 1])):
            found.append(text[start : match.end()])
            start = match.end() + 1
            depth = 0
    rest = text[start:]
    if rest:
        found.append(rest)
    return tuple(found)


def _abbreviates(piece: str, following: str) -> bool:
    """Say whether the full stop that ends `piece` belongs to an abbreviation or to initials."""
    word = _LAST_WORD.search(piece)
    if word is None:
        return False
    last = word.group()
    if following.isdigit() and _BEFORE_NUMBER.fullmatch(last):
        return True
    return bool(_ABBREVIATION.fullmatch(last) or _INITIALS.match(last))
