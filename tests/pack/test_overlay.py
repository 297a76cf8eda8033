"""A district's own pack changes what it may, in the open, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from clausewise.model.law import Pack
from clausewise.pack import PackError, load_pack
from clausewise.pack.overlay import lay_over
from clausewise.pack.read import read_pack
from clausewise.pack.source import parse
from pack.small import FILES

HEAD = 'extends = "small"\nid = "bay"\n'
DISABLE = '[[disable]]\nnorm = "1/tail"\nreason = "no wind here"\nauthority = "the board"\n'
CLAUSE = FILES["clauses/01-kites/clause.toml"]
OWN_CLAUSE = {
    "clauses/09-own/clause.toml": CLAUSE.replace('id = "1', 'id = "1-L'),
    "clauses/09-own/tail.cedar": FILES["clauses/01-kites/tail.cedar"],
}


def laid(head: str = "", files: Mapping[str, str] | None = None) -> Pack:
    """The small pack under an overlay with this head and these files."""
    over = {"pack.toml": HEAD + head, **(files or {})}
    return read_pack(lay_over(parse(FILES, place="small"), parse(over, place="bay")), "")


def problems(head: str = "", files: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(PackError) as caught:
        laid(head, files)
    return [str(problem) for problem in caught.value.problems]


def test_what_an_overlay_leaves_alone_is_the_base() -> None:
    base, over = read_pack(parse(FILES, place="small"), ""), laid()
    assert (over.id, over.extends) == ("bay", "small")
    assert (over.issuer, over.zone, over.scope) == (base.issuer, base.zone, base.scope)
    assert over.clauses["1"].norms == base.clauses["1"].norms
    assert over.guards == base.guards


def test_the_overlays_own_name_and_dates_stand() -> None:
    pack = laid('issuer = "Bay"\ntitle = { en = "Bay", es = "Bahía" }\nin_force_from = 2024-08-01\n')
    assert (pack.issuer, pack.title["es"], pack.in_force_from.year) == ("Bay", "Bahía", 2024)


def test_a_norm_is_disabled_with_reason_and_authority() -> None:
    assert laid(DISABLE).disabled == {"1/tail": "no wind here (the board)"}


@pytest.mark.parametrize("missing", ["reason", "authority"])
def test_nothing_is_disabled_without_them(missing: str) -> None:
    head = "".join(line for line in DISABLE.splitlines(keepends=True) if not line.startswith(missing))
    said = problems(head)
    assert said == [
        f"bay/pack.toml [[disable]] 1: `{missing}` is missing; a [[disable]] has norm, reason, authority"
    ]


@pytest.mark.parametrize("guard", ["storm", "festival"])
def test_a_guard_is_never_disabled(guard: str) -> None:
    said = problems(DISABLE.replace("1/tail", guard))
    assert said == [
        f"bay/pack.toml [[disable]] 1: `{guard}` is a guard, and guards are not disabled; disable a norm"
    ]


def test_a_reading_is_replaced_in_both_languages() -> None:
    pack = laid('[[reading]]\nclause = "1"\nen = "Fly = \\"free\\"."\nes = "Vuele."\n')
    assert pack.clauses["1"].reading == {"en": 'Fly = "free".', "es": "Vuele."}
    assert problems('[[reading]]\nclause = "1"\nen = "Fly."\n') == [
        "bay/pack.toml [[reading]] 1: `es` is missing; a [[reading]] has clause, en, es"
    ]


def test_a_parameter_keeps_its_type() -> None:
    assert laid('[[parameter]]\nid = "tail_feet"\nvalue = 0\n').parameter("tail_feet") == 0
    assert problems('[[parameter]]\nid = "tail_feet"\nvalue = "5"\n') == [
        "bay/pack.toml [[parameter]] 1: `tail_feet` is 3, and '5' is of another type; write one like it"
    ]


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (DISABLE.replace("1/tail", "1/tial"), "[[disable]] 1: no norm `1/tial`"),
        ('[[reading]]\nclause = "2"\nen = "a"\nes = "b"\n', "[[reading]] 1: no clause `2`"),
        ('[[parameter]]\nid = "feet"\nvalue = 1\n', "[[parameter]] 1: no parameter `feet`"),
        ('[[shield]]\nguard = "storm"\nnorms = ["1/tail"]\n', "[[shield]] 1: no guard `storm`"),
    ],
)
def test_what_an_overlay_names_has_to_be_there(head: str, what: str) -> None:
    assert problems(head) == [f"bay/pack.toml {what}; name one that the pack has"]


def test_a_misspelled_key_is_not_silently_dropped() -> None:
    assert problems(DISABLE.replace("disable", "disabled")) == [
        "bay/pack.toml: unknown field `disabled`; did you mean `disable`?"
    ]


def test_an_overlay_adds_a_clause_and_its_norm() -> None:
    pack = laid(files=OWN_CLAUSE)
    assert [norm.id for norm in pack.norms()] == ["1/tail", "1-L/tail"]


def test_a_shield_of_the_base_is_widened_and_never_narrowed() -> None:
    pack = laid('[[shield]]\nguard = "festival"\nnorms = ["1-L/tail"]\n', OWN_CLAUSE)
    assert pack.guards["festival"].sets_aside == ("1/tail", "1-L/tail")
    said = problems('[[shield]]\nguard = "festival"\nnorms = ["1-L/tail"]\n')
    assert said == ["bay/pack.toml [[shield]] 1: no norm `1-L/tail`; name one of the base or of this overlay"]


@pytest.mark.parametrize(
    "name", ["clauses/01-kites/tail.cedar", "guards/storm/guard.cedar", "guards/storm/guard.toml"]
)
def test_no_policy_or_guard_is_edited_in_place(name: str) -> None:
    assert problems(files={name: FILES[name]}) == [
        (
            f"bay/{name}: an overlay may not edit a policy or a guard in place; "
            "disable the norm and add one in a clause of your own"
        )
    ]


def test_no_guard_is_replaced_by_one_of_the_same_id() -> None:
    own = {f"guards/a/{part}": FILES[f"guards/storm/{part}"] for part in ("guard.toml", "guard.cedar")}
    assert problems(files=own) == [
        "small/guards/storm/guard.toml: guard `storm` stands twice; give each its own id"
    ]


def test_no_other_file_of_the_base_is_replaced() -> None:
    assert problems(files={"acts/fly.toml": FILES["acts/fly.toml"]}) == [
        (
            "bay/acts/fly.toml: this file stands in the base pack; "
            "give the file another name, or change it through pack.toml"
        )
    ]


def test_rows_and_attributes_are_added_and_not_replaced() -> None:
    row = FILES["parameters.toml"]
    more = {
        "parameters.toml": row.replace("tail_feet", "string_feet"),
        "attributes.toml": FILES["attributes.toml"].replace("[Kite.tail]", "[Kite.string]"),
        "clocks.toml": '[[clock]]\nid = "landing"\n',
    }
    pack = laid(files=more)
    assert pack.parameter("string_feet") == pack.parameter("tail_feet")
    assert {"Kite.tail", "Kite.string"} <= pack.attributes.keys()
    assert "landing" in pack.registers["clocks"]
    assert problems(files={"parameters.toml": row}) == [
        "bay/parameters.toml: `tail_feet` stands in the base pack; change its value in pack.toml"
    ]
    assert problems(files={"attributes.toml": FILES["attributes.toml"]}) == [
        "bay/attributes.toml: `Kite.tail` stands in the base pack; give the new attribute a name of its own"
    ]


def test_only_the_answers_that_the_base_expected_are_dropped() -> None:
    example = laid().clauses["1"].examples[0]
    assert (example.verdict, example.answer) == ("violated", "")


def test_a_problem_is_laid_to_the_pack_whose_file_it_is() -> None:
    own = {**OWN_CLAUSE, "clauses/09-own/clause.toml": OWN_CLAUSE["clauses/09-own/clause.toml"] + "x = 1\n"}
    assert problems(files=own) == [
        "bay/clauses/09-own/clause.toml norm `1-L/tail`: unknown field `x`; remove it"
    ]


def test_the_base_is_not_changed_by_what_lies_over_it() -> None:
    base = parse(FILES, place="small")
    before = read_pack(base, "")
    over = {"pack.toml": f'{HEAD}{DISABLE}[[parameter]]\nid = "tail_feet"\nvalue = 9\n', **OWN_CLAUSE}
    lay_over(base, parse(over, place="bay"))
    assert read_pack(base, "") == before


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_overlays_stand_on_each_other_and_each_has_its_own_digest(tmp_path: Path) -> None:
    small = load_pack(written(tmp_path / "small", FILES))
    bay = load_pack(written(tmp_path / "bay", {"pack.toml": HEAD + DISABLE}))
    pier_head = 'extends = "bay"\nid = "pier"\n[[parameter]]\nid = "tail_feet"\nvalue = 5\n'
    pier = load_pack(written(tmp_path / "pier", {"pack.toml": pier_head}))
    assert (pier.id, pier.extends, pier.parameter("tail_feet")) == ("pier", "bay", 5)
    assert pier.disabled == bay.disabled
    assert len({small.digest, bay.digest, pier.digest}) == 3
    written(tmp_path / "small", {"parameters.toml": FILES["parameters.toml"] + "# newer\n"})
    assert load_pack(tmp_path / "pier").digest != pier.digest


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    written(tmp_path / "bay", {"pack.toml": 'extends = "pier"\nid = "bay"\n'})
    pier = written(tmp_path / "pier", {"pack.toml": 'extends = "bay"\nid = "pier"\n'})
    with pytest.raises(PackError, match="extends itself in the end; extend another pack"):
        load_pack(pier)
