"""The findings as one page that needs nothing else, names nobody, and reads well aloud."""

from __future__ import annotations

from clausewise.audit.page.document import page
from clausewise.audit.page.style import STYLE
from clausewise.audit.page.terms import TEXT

__all__ = ["STYLE", "TEXT", "page"]
