"""Reads the law from its folders and refuses, with file and remedy, what is not whole."""

from clausewise.pack.problems import PackError, Problem
from clausewise.pack.store import find_pack, load_pack

__all__ = ["PackError", "Problem", "find_pack", "load_pack"]
