"""Join printed lines back into paragraphs.

Text files and PDFs break a paragraph wherever the line was full. A line continues in the next
one exactly when the next word would not have fitted; numbers, letters and "(cf." lines begin a
paragraph of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .outline import CROSS_REFERENCE, DATED, LEGAL_HEADING, MARKER, RESOURCES_HEADING
from .wording import normalise

_NARROWEST = 40  # characters; a block of short lines is a list, not a wrapped paragraph
_CLOSED = re.compile(r"""[.?!:;,]["')\]]*$|["')\]]$""")
_SECTION = re.compile(r"^(?:Title )?\d")


def join_wrapped(lines: Sequence[str], fill: float = 1.0) -> list[str]:
    """Join the lines of a text into paragraphs; an empty line always ends one.

    Args:
        lines: printed lines, without line ends.
        fill: how much of the widest line counts as full; below 1.0 for proportional letters,
            where the number of characters only roughly tells the width.
    """
    found: list[str] = []
    block: list[str] = []
    in_laws = False
    for line in [*lines, ""]:
        text = line.replace("\f", " ").strip()
        if text:
            block.append(text)
            continue
        found += _join_block(block, fill, in_laws)
        in_laws = in_laws or any(LEGAL_HEADING.match(normalise(t)) for t in block)
        block = []
    return found


def _join_block(block: list[str], fill: float, in_laws: bool) -> list[str]:
    width = max([_NARROWEST, *(len(t) for t in block)]) * fill
    found: list[str] = []
    previous = ""
    for text in block:
        full = bool(previous) and len(previous) + 1 + len(text.split(maxsplit=1)[0]) > width
        if found and full and not _begins(text, previous, in_laws):
            found[-1] = glue(found[-1], text)
        else:
            found.append(text)
        in_laws = in_laws or LEGAL_HEADING.match(normalise(text)) is not None
        previous = text
    return found


def opens_paragraph(text: str) -> bool:
    """Say whether a line opens a paragraph by its own form: "(cf.", a date of adoption, a list's heading."""
    plain = normalise(text)
    forms = (CROSS_REFERENCE, DATED, LEGAL_HEADING, RESOURCES_HEADING)
    return plain.lower().startswith("(cf.") or any(form.match(plain) for form in forms)


def _begins(text: str, previous: str, in_laws: bool) -> bool:
    """Say whether a line begins a paragraph although the line before it was full."""
    plain = normalise(text)
    if opens_paragraph(text) or (in_laws and _SECTION.match(plain)):
        return True
    # "section" at a line's end and "9. ..." on the next: a number begins nothing in mid-sentence.
    return MARKER.match(plain) is not None and _CLOSED.search(normalise(previous)) is not None


def glue(first: str, second: str) -> str:
    """Join two lines: a soft hyphen goes, a printed hyphen takes no space, otherwise one space."""
    if first.endswith("\u00ad"):
        return first[:-1] + second
    if re.search(r"[^\W\d_][-\u2010]$", first) and re.match(r"[a-z]", second):
        return first + second
    return f"{first} {second}"


def split_at_breaks(text: str) -> list[str]:
    """Split at the line breaks an author set; a line that begins in lower case continues the last."""
    found: list[str] = []
    fresh = True
    for line in text.split("\n"):
        piece = line.strip()
        if not piece:
            fresh = True
            continue
        if found and not fresh and piece[0].islower() and not MARKER.match(normalise(piece)):
            found[-1] = glue(found[-1], piece)
        else:
            found.append(piece)
        fresh = False
    return found
