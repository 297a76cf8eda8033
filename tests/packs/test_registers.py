"""What one file of a pack says of another is true: ids that exist, numbers that are declared, overlays that run."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from clausewise.model.law import Entry, Pack
from clausewise.pack import find_pack, load_pack
from clausewise.review.check import check_pack

HOME = find_pack("ar4040").parent
NAMES = sorted(folder.name for folder in HOME.iterdir() if (folder / "pack.toml").is_file())
UNITS = {"hour", "day", "business_day", "week", "year"}
STATUSES = {"in_force", "renumbered", "repealed", "historical", "unconfirmed"}
PACK = load_pack("ar4040")


def strings(entry: Entry, name: str) -> list[str]:
    """A list of texts in a row; absent means empty."""
    value = entry.get(name, [])
    assert isinstance(value, list), (entry.id, name)
    return [str(item) for item in value]


def unknown(names: Iterable[str], register: Iterable[str]) -> set[str]:
    return set(names) - set(register)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_pack_survives_its_check(name: str) -> None:
    assert [str(problem) for problem in check_pack(load_pack(name)).problems] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_windows_and_routes_name_exists(name: str) -> None:
    pack = load_pack(name)
    norms = {norm.id for norm in pack.norms()}
    for clause in pack.clauses.values():
        for window in clause.windows:
            assert window.threshold_parameter in pack.registers["parameters"], window.id
            assert window.norm in norms, window.id
            assert window.act in pack.acts, window.id
    for route in pack.registers["routes"].values():
        assert not unknown(strings(route, "clocks"), pack.registers["clocks"]), route.id
        assert not unknown(strings(route, "to"), pack.registers["designations"]), route.id
        assert route["clause"] in pack.clauses, route.id


def test_every_clock_can_be_counted_and_somebody_is_told() -> None:
    for clock in PACK.registers["clocks"].values():
        assert clock["unit"] in UNITS, clock.id
        assert isinstance(clock["limit"], int), clock.id
        assert clock["source"], clock.id
        assert clock["clause"] in PACK.clauses, clock.id
        told = strings(clock, "told")
        assert told, clock.id
        assert not unknown(told, PACK.registers["designations"]), clock.id


def test_a_clock_whose_law_ends_ends_with_it() -> None:
    assert str(PACK.registers["clocks"]["calcsic"]["to"]) == "2026-12-31"


def test_references_and_clauses_name_each_other() -> None:
    for reference in PACK.registers["legal"].values():
        assert reference["status"] in STATUSES, reference.id
        assert (reference["status"] == "renumbered") == ("now" in reference.fields), reference.id
        assert not unknown(strings(reference, "guards"), PACK.guards), reference.id
        for clause in strings(reference, "clauses"):
            assert reference.id in PACK.clauses[clause].legal, (reference.id, clause)
    for clause_id, clause in PACK.clauses.items():
        for name in clause.legal:
            assert clause_id in strings(PACK.registers["legal"][name], "clauses"), (clause_id, name)


def test_every_guard_by_statute_stands_on_a_listed_law() -> None:
    listed = {guard for row in PACK.registers["legal"].values() for guard in strings(row, "guards")}
    assert {guard.id for guard in PACK.guards.values() if guard.rank == "statute"} <= listed


def tensions(pack: Pack) -> list[tuple[str, dict[str, object]]]:
    rows = [(entry.id, entry.get("alternatives", [])) for entry in pack.registers["tensions"].values()]
    return [(name, other) for name, others in rows if isinstance(others, list) for other in others]


def test_every_tension_has_a_question_a_default_and_another_reading() -> None:
    named = {name for name, _ in tensions(PACK)}
    for tension in PACK.registers["tensions"].values():
        assert tension.id in named
        assert not unknown(strings(tension, "clauses"), PACK.clauses), tension.id
        assert {"question", "default"} <= tension.fields.keys()
    for name, other in tensions(PACK):
        says = other["says"]
        assert isinstance(says, dict), name
        assert all(says[language] for language in ("en", "es")), name


def test_the_overlay_of_every_other_reading_runs() -> None:
    overlays = {str(other["overlay"]) for _, other in tensions(PACK)} - {""}
    assert overlays == {name for name in NAMES if name.startswith("overlay-")}
    for name in overlays:
        assert load_pack(name).extends == "ar4040"
