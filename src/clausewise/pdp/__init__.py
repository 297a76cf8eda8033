"""Puts one question at a time to the law and says what each clause answers."""

from clausewise.pdp.build import Builder, NeedsMore
from clausewise.pdp.engine import Pdp

__all__ = ["Builder", "NeedsMore", "Pdp"]
