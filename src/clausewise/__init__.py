"""Clausewise runs a county's technology-use regulation: may I, this one, was it; always with the clause."""

from __future__ import annotations

__version__ = "0.1.0"
