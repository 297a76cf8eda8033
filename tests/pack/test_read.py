"""A pack that is not whole says where, what and what to do about it; a whole one is named by its content."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.pack import PackError
from clausewise.pack.store import digest_of
from pack.small import FILES, changed, whole

CLAUSE = "clauses/01-kites/clause.toml"
GOLDEN = {
    "not TOML: the line": (
        changed("acts/fly.toml", ('resource = "Kite"', "resource = Kite")),
        "small/acts/fly.toml: not TOML: Invalid value (at line 3, column 12); mend that line",
    ),
    "unknown field of a norm, with the nearest": (
        changed(CLAUSE, ("modality =", "modalty =")),
        f"small/{CLAUSE} norm `1/tail`: unknown field `modalty`; did you mean `modality`?",
    ),
    "unknown field of a clause": (
        changed(CLAUSE, ('authority = "none"', 'authority = "none"\nautority_note.en = "x"')),
        f"small/{CLAUSE}: unknown field `autority_note`; did you mean `authority_note`?",
    ),
    "unknown field of an act": (
        changed("acts/fly.toml", ("gates = []", "gate = []")),
        "small/acts/fly.toml: unknown field `gate`; did you mean `gates`?",
    ),
    "unknown field of a register's row": (
        changed("parameters.toml", ("unit =", "units =")),
        "small/parameters.toml `tail_feet`: unknown field `units`; did you mean `unit`?",
    ),
    "unknown field of the pack, nothing near": (
        changed("pack.toml", ('rank = "regulation"', 'rank = "regulation"\nxyzzy = 1')),
        "small/pack.toml: unknown field `xyzzy`; remove it",
    ),
    "a language is missing": (
        changed(CLAUSE, ('reading.es = "Deje corta la cola."\n', "")),
        f"small/{CLAUSE}: `reading.es` is missing; every sentence stands in both languages",
    ),
    "a language is empty": (
        changed(CLAUSE, ('title.es = "Cometas"', 'title.es = " "')),
        f"small/{CLAUSE}: `title.es` is missing; every sentence stands in both languages",
    ),
    "a language of a row is missing": (
        changed("parameters.toml", ('says.es = "Cola más larga."\n', "")),
        "small/parameters.toml `tail_feet`: `says` lacks a language; write en and es",
    ),
    "no sentence at all": (
        changed(CLAUSE, ('says.en = "The tail is too long."\nsays.es = "La cola es muy larga."\n', "")),
        f"small/{CLAUSE} norm `1/tail`: `says` is missing; write says.en and says.es",
    ),
    "a word outside its list": (
        changed(CLAUSE, ('kind = "prohibition"', 'kind = "prohibitoin"')),
        f"small/{CLAUSE} norm `1/tail`: `kind = prohibitoin` is not known; did you mean `prohibition`?",
    ),
    "the policy is missing": (
        {name: text for name, text in FILES.items() if not name.endswith("tail.cedar")},
        (
            f"small/{CLAUSE} norm `1/tail`: judged by a policy, but `tail.cedar` is not there; "
            "write the .cedar file beside it"
        ),
    ),
    "a policy that nothing names": (
        {**FILES, "clauses/01-kites/string.cedar": "forbid (principal, action, resource);"},
        "small/clauses/01-kites/string.cedar: no norm names this policy; name it, or remove the file",
    ),
    "a file that nothing reads": (
        {**FILES, "clause/02-string/clause.toml": 'id = "2"'},
        (
            "small/clause/02-string/clause.toml: nothing reads this file; "
            "rename it as the pack layout says, or remove it"
        ),
    ),
    "a date in quotes": (
        changed(CLAUSE, ("in_force_from = 2020-01-01", 'in_force_from = "2020-01-01"')),
        f"small/{CLAUSE}: `in_force_from = 2020-01-01` is not a date; write it without quotes, as 2018-03-07",
    ),
    "a norm of another clause": (
        changed(CLAUSE, ('id = "1/tail"', 'id = "2/tail"')),
        f"small/{CLAUSE} norm `2/tail`: its id does not start with `1`; write 1/...",
    ),
    "an act under another's name": (
        changed("acts/fly.toml", ('id = "fly"', 'id = "glide"')),
        "small/acts/fly.toml: the file is not called glide.toml; one file per act, named after it",
    ),
    "an attribute's unremarkable value": (
        changed("attributes.toml", ('plain = "short"', 'plain = "tiny"')),
        "small/attributes.toml [Kite.tail]: `plain = tiny` is not one of its values; use one of long, short, unknown",
    ),
    "two clauses of one id": (
        {**FILES, "clauses/02-more/clause.toml": FILES[CLAUSE].split("[[norm]]")[0]},
        "small/clauses/02-more/clause.toml: clause `1` stands in 01-kites too; give each clause its own id",
    ),
    "two guards of one id": (
        {
            **FILES,
            "guards/calm/guard.toml": FILES["guards/storm/guard.toml"],
            "guards/calm/guard.cedar": FILES["guards/storm/guard.cedar"],
        },
        "small/guards/storm/guard.toml: guard `storm` stands twice; give each its own id",
    ),
    "a row that stands twice": (
        changed("parameters.toml", ("[[parameter]]", '[[parameter]]\nid = "tail_feet"\n[[parameter]]')),
        "small/parameters.toml: `tail_feet` stands twice; give each row its own id",
    ),
    "a row without an id": (
        changed("parameters.toml", ('id = "tail_feet"\n', "")),
        'small/parameters.toml: a row without `id`; give it one, as id = "..."',
    ),
    "no pack.toml": (
        {name: text for name, text in FILES.items() if name != "pack.toml"},
        "small/pack.toml: missing or unreadable; a pack starts with this file",
    ),
}


def test_the_small_pack_is_whole() -> None:
    pack = whole()
    assert [norm.id for norm in pack.norms()] == ["1/tail"]
    assert pack.parameter("tail_feet") == 3
    assert pack.governed == {"Employee"}
    assert pack.norm("1/tail").in_force_from == pack.clauses["1"].in_force_from


@pytest.mark.parametrize("name", GOLDEN)
def test_what_is_wrong_is_said_with_its_place_and_remedy(name: str) -> None:
    files, message = GOLDEN[name]
    with pytest.raises(PackError) as caught:
        whole(files)
    assert [str(problem) for problem in caught.value.problems] == [message]


def test_all_problems_come_at_once() -> None:
    files = changed(CLAUSE, ("modality =", "modalty ="), ('title.es = "Cometas"\n', ""))
    files["acts/fly.toml"] = "id ="
    with pytest.raises(PackError) as caught:
        whole(files)
    assert len(caught.value.problems) == 3
    assert str(caught.value).count("\n") == 2


@given(st.randoms(use_true_random=False))
def test_the_digest_is_of_the_content_and_not_of_the_order(shuffle: random.Random) -> None:
    names = list(FILES)
    shuffle.shuffle(names)
    assert digest_of({name: FILES[name] for name in names}) == digest_of(FILES)
    assert whole({name: FILES[name] for name in names}) == whole()


@given(st.sampled_from(sorted(FILES)), st.sampled_from(["text", "name"]))
def test_the_digest_changes_with_every_file_and_name(name: str, what: str) -> None:
    rest = {other: text for other, text in FILES.items() if other != name}
    other = {**rest, name: FILES[name] + "\n"} if what == "text" else {**rest, f"{name}x": FILES[name]}
    assert digest_of(other) != digest_of(FILES)


def test_a_name_cannot_pass_for_content() -> None:
    assert digest_of({"a": "bc"}) != digest_of({"ab": "c"})
