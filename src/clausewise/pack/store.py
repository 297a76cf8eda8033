"""The only place that touches the disk for packs: finds a pack's folder and reads its files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from clausewise.model.law import Pack
from clausewise.pack.overlay import lay_over
from clausewise.pack.problems import PackError, Problem
from clausewise.pack.read import read_pack
from clausewise.pack.source import Source, parse

SUFFIXES = (".toml", ".cedar")


def packs_home() -> Path:
    """Where packs lie: `$CLAUSEWISE_PACKS`, else beside the installed program, else `packs/` of the checkout."""
    named = os.environ.get("CLAUSEWISE_PACKS")
    if named:
        return Path(named)
    installed = Path(__file__).resolve().parents[1] / "packs"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[3] / "packs"


def find_pack(name: str) -> Path:
    """The folder of the pack called `name`, or the folder itself if `name` is a path to one."""
    for folder in (Path(name), packs_home() / name):
        if (folder / "pack.toml").is_file():
            return folder
    raise PackError([Problem(name, "no pack of that name", "give a folder that holds a pack.toml")])


def read_files(folder: Path) -> dict[str, str]:
    """Every file of the law below `folder`, by its relative path, as text."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in SUFFIXES:
            files[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8")
    return files


def digest_of(files: Mapping[str, str]) -> str:
    """sha256 (hex) over names and contents, whatever order they were read in."""
    whole = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name].encode()):
            whole.update(len(part).to_bytes(8, "big"))
            whole.update(part)
    return whole.hexdigest()


def load_pack(name: str | Path) -> Pack:
    """Read the pack `name` (a folder, or the name of one), laying an overlay over what it extends.

    Raises:
        PackError: with every problem found, each naming file and remedy.
    """
    source, digest = _load(find_pack(str(name)), ())
    return read_pack(source, digest)


def _load(folder: Path, above: tuple[Path, ...]) -> tuple[Source, str]:
    """The files of a pack laid over what it extends, and the digest of all of them."""
    files = read_files(folder)
    source = parse(files, place=folder.name)
    extends = str(source.tables.get("pack.toml", {}).get("extends", ""))
    if not extends:
        return source, digest_of(files)
    if folder.resolve() in above:
        raise PackError([Problem(source.at("pack.toml"), "extends itself in the end", "extend another pack")])
    beside = folder.parent / extends
    base_folder = beside if (beside / "pack.toml").is_file() else find_pack(extends)
    base, digest = _load(base_folder, (*above, folder.resolve()))
    return lay_over(base, source), digest_of({**files, "": digest})
