"""The county's own words: read the adopted regulation, check it against a pack, keep it, quote it.

A pack says in our words what each clause means. The printed words come from the county's own
document: `read_source` reads it, `parse_outline` finds its numbered paragraphs, `compare` and
`check_against_pack` hold them against the pack, `store_text` keeps them for every screen.
"""

from __future__ import annotations

from .documents import DocumentError
from .outline import CrossReference, LegalReference, Outline, Unit, parse_outline
from .shape import (
    Difference,
    Shape,
    ShapeError,
    check_against_pack,
    check_against_shape,
    compare,
    parse_shape,
    render_shape,
    shape_of,
)
from .store import (
    SourceDocument,
    StoredText,
    StoreError,
    load_shape,
    load_text,
    read_document,
    read_source,
    store_text,
)

__all__ = [
    "CrossReference",
    "Difference",
    "DocumentError",
    "LegalReference",
    "Outline",
    "Shape",
    "ShapeError",
    "SourceDocument",
    "StoreError",
    "StoredText",
    "Unit",
    "check_against_pack",
    "check_against_shape",
    "compare",
    "load_shape",
    "load_text",
    "parse_outline",
    "parse_shape",
    "read_document",
    "read_source",
    "render_shape",
    "shape_of",
    "store_text",
]
