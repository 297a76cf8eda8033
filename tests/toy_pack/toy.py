"""The invented pack of these tests, whole or broken on purpose: files in, pack out, nothing written."""

from __future__ import annotations

from pathlib import Path

from clausewise.model.law import Pack
from clausewise.pack.read import read_pack
from clausewise.pack.source import parse
from clausewise.pack.store import digest_of, read_files

FOLDER = Path(__file__).parent
FILES = read_files(FOLDER)

BORROW = "clauses/01-borrowing/borrow.cedar"
LOUD = "clauses/02-noise/loud.cedar"
NOISE = "clauses/02-noise/clause.toml"
MEMBERS = "clauses/03-members/clause.toml"


def pack_of(files: dict[str, str]) -> Pack:
    """The pack that these files make; PackError where they make none."""
    return read_pack(parse(files, place="toy"), digest_of(files))


def edited(file: str, old: str, new: str) -> dict[str, str]:
    """The files with `old` replaced by `new` in one of them, everywhere it stands."""
    assert old in FILES[file], f"{file} does not say {old}"
    return {**FILES, file: FILES[file].replace(old, new)}


def toy() -> Pack:
    """The pack as it lies in the folder."""
    return pack_of(FILES)


def toy_with(file: str, old: str, new: str) -> Pack:
    """The pack with one change."""
    return pack_of(edited(file, old, new))
