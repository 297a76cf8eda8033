"""Takes in the county's adopted document and checks it against the pack, both ways."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from clausewise.model.law import Pack
from clausewise.pack import find_pack
from clausewise.pack.text.outline import parse_outline
from clausewise.pack.text.shape import check_against_pack, compare
from clausewise.pack.text.store import load_shape, read_source, store_text


def covered(pack: Pack) -> dict[str, set[int]]:
    """Printed unit to the numbers of its sentences that some norm of the pack covers."""
    found: dict[str, set[int]] = {}
    for norm in pack.norms():
        for place in norm.sentence:
            unit, _, number = place.rpartition(":")
            found.setdefault(unit, set()).add(int(number))
    return found


def take_in(path: Path, pack: Pack, home: Path, at: datetime) -> int:
    """Read, compare, keep; exit 1 where document and pack differ (the text is kept all the same, and said)."""
    source = read_source(path)
    outline = parse_outline(source.paragraphs)
    problems = list(outline.problems)
    folder = find_pack(pack.extends or pack.id)
    problems += [d.message for d in compare(outline, load_shape(folder / "shape.toml"))]
    problems += check_against_pack(outline, covered(pack))
    for problem in problems:
        print(problem)
    if not outline.units:
        raise ValueError(f"{path}: no numbered clause found; is it the regulation?")
    kept = store_text(home, pack.id, outline, source.name, source.sha256, at)
    sentences = sum(len(unit.sentences) for unit in outline.units)
    print(f"{len(outline.units)} clauses, {sentences} sentences, {len(problems)} differences from the pack")
    print(f"kept as {kept.digest[:16]}; every clause now quotes it")
    return 1 if problems else 0
