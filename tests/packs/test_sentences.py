"""Every printed sentence of the regulation is reachable through a norm, and no norm names one that is not printed."""

from __future__ import annotations

from collections import defaultdict

import pytest

from clausewise.model.law import Pack
from clausewise.pack import find_pack, load_pack
from clausewise.pack.text import check_against_shape, load_shape

SHAPE = load_shape(find_pack("ar4040") / "shape.toml")
OVERLAYS = sorted(p.name for p in find_pack("ar4040").parent.iterdir() if p.name != "ar4040" and p.is_dir())


def covered(pack: Pack) -> dict[str, set[int]]:
    """For each printed unit the sentences that norms of the pack name."""
    found: dict[str, set[int]] = defaultdict(set)
    for norm in pack.norms():
        for sentence in norm.sentence:
            unit, _, number = sentence.rpartition(":")
            found[unit].add(int(number))
    return found


@pytest.mark.parametrize("name", ["ar4040", *OVERLAYS])
def test_every_printed_sentence_has_a_norm_and_none_is_invented(name: str) -> None:
    assert check_against_shape(SHAPE, covered(load_pack(name))) == []


def test_every_printed_unit_is_a_clause_of_its_own() -> None:
    clauses = load_pack("ar4040").clauses
    assert [unit.id for unit in SHAPE.units if unit.id not in clauses] == []
    # What is no printed paragraph: the board's acknowledgment, the cross-references, the legal references.
    assert clauses.keys() - {unit.id for unit in SHAPE.units} == {"ACK", "CF", "LEG"}


def test_a_norm_covers_sentences_of_its_own_clause_alone() -> None:
    for norm in load_pack("ar4040").norms():
        assert {sentence.rpartition(":")[0] for sentence in norm.sentence} <= {norm.clause}, norm.id


def test_taking_a_norm_away_is_noticed() -> None:
    without = {unit: numbers for unit, numbers in covered(load_pack("ar4040")).items() if unit != "9.f"}
    assert [problem.split(":")[0] for problem in check_against_shape(SHAPE, without)] == ["9.f"]


def test_every_legal_entry_cross_reference_and_resource_of_the_text_is_listed() -> None:
    rows = load_pack("ar4040").registers["legal"].values()
    printed = [str(row["printed"]) for row in rows if row["kind"] == "printed"]
    assert printed == [cite for cite, _ in SHAPE.legal]
    pointers = [str(row["printed"]) for row in rows if row["kind"] == "cross-reference"]
    assert pointers == [code for _, code in SHAPE.cross_references]
    assert sum(row["kind"] == "resource" for row in rows) == len(SHAPE.resources)
