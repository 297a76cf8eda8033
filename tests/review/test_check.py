"""A pack must be whole before anyone is judged by it: each way to be wrong is found and named with a remedy."""

from __future__ import annotations

import pytest

from clausewise.pack import PackError
from clausewise.pdp.engine import Pdp
from clausewise.review.check import check_pack
from clausewise.review.examples import run_all
from toy_pack.toy import BORROW, FILES, LOUD, MEMBERS, NOISE, edited, pack_of, toy

ASKS = "clauses/01-borrowing/clause.toml"
NOISE_EXAMPLES = "clauses/02-noise/examples.toml"
FIRE, FIRE_CEDAR = "guards/fire/guard.toml", "guards/fire/guard.cedar"


def problems(files: dict[str, str]) -> list[str]:
    return [str(problem) for problem in check_pack(pack_of(files)).problems]


def test_the_small_pack_is_whole_and_says_how_much_was_tried() -> None:
    report = check_pack(toy())
    assert report.problems == ()
    assert (report.clauses, report.norms, report.examples) == (3, 6, 18)
    assert report.combinations > 50


BAD = {
    "a permission read in `when`": (
        edited(BORROW, '"county" }', '"county" && context.granted.contains("1") }'),
        "1: reads `context.granted` in `when`; move it to `unless`",
    ),
    "a permission that forbids": (
        edited(BORROW, "unless { context", "unless { !context"),
        "1: negates `context.granted`; a permission can only excuse",
    ),
    "an attribute nobody declared": (
        edited(LOUD, "resource.loud", "resource.colour"),
        "2/loud: reads `resource.colour`, which act `take_tool` does not carry",
    ),
    "an attribute the act does not carry": (
        edited("acts/use_tool.toml", ', "gloves"', ""),
        "3/gloves: reads `context.gloves`, which act `use_tool` does not carry",
    ),
    "a should that forbids": (edited(MEMBERS, "advice = true\n", ""), "`3/gloves` says should"),
    "a route to a yes that nobody can give": (
        edited(NOISE, "routes = []", 'routes = ["ask-keeper"]'),
        "route `ask-keeper` yields a grant, but nobody may grant it",
    ),
    "a grantable norm without an authority": (
        edited(ASKS, 'authority = "keeper"', 'authority = "n/a"'),
        "a norm is grantable, but the text names no authority",
    ),
    "grantable, and its policy reads no permission": (
        edited(BORROW, 'context.granted.contains("1")', 'resource.owner == "personal"'),
        "`1`: grantable and its policy disagree",
    ),
    "a permission read by a norm that none can cover": (
        edited(ASKS, "grantable = true\n", ""),
        "`1`: grantable and its policy disagree",
    ),
    "an office that does not exist": (edited(ASKS, '["keeper"]', '["janitor"]'), "no office `janitor`"),
    "an authority that does not exist": (
        edited(ASKS, 'authority = "keeper"', 'authority = "janitor"'),
        "no office `janitor`",
    ),
    "a route that does not exist": (edited(ASKS, "ask-keeper", "ask-nobody"), "no route `ask-nobody`"),
    "a reference that does not exist": (edited(NOISE, "hollow-safety", "act-99"), "no reference `act-99`"),
    "an act that does not exist": (edited(NOISE, '["use_tool"]', '["juggle"]'), "no act `juggle`"),
    "a clock that does not exist": (edited(MEMBERS, '"tool_return"', '"midnight"'), "no clock `midnight`"),
    "a shield over a norm that does not exist": (edited(FIRE, '"2/loud"', '"2/soft"'), "no norm `2/soft`"),
    "a prohibition that nobody judges": (
        edited(MEMBERS, 'judged_by = "clock"', 'judged_by = "none"'),
        "`3/return` is a duty that nobody judges",
    ),
    "a statement that somebody judges": (
        edited(MEMBERS, 'kind = "prohibition"', 'kind = "statement"'),
        "`3/member` is a statement; it cannot be broken",
    ),
    "a norm shown from one side": (
        edited("clauses/03-members/examples.toml", 'norm = "3/member"', 'norm = "3/gloves"'),
        "`3/member` has no example that is violated",
    ),
    "an example with another verdict": (
        edited(NOISE_EXAMPLES, 'verdict = "violated"', 'verdict = "satisfied"'),
        "2/loud is violated, written satisfied",
    ),
    "an example with another answer": (
        edited(NOISE_EXAMPLES, 'answer = "deny"', 'answer = "allow"'),
        "the answer is deny, written allow",
    ),
    "an example with a thing nobody declared": (
        edited(NOISE_EXAMPLES, "weight = 90", "height = 90"),
        "resource has no `height` in act `take_tool`",
    ),
    "an example with a word outside its list": (
        edited(NOISE_EXAMPLES, 'owner = "personal"', 'owner = "hers"'),
        "`Tool.owner = hers` is not among its values",
    ),
    "an example of an act that does not exist": (
        edited(NOISE_EXAMPLES, 'act = "take_tool"', 'act = "lend_tool"'),
        "act `lend_tool` is not in acts/",
    ),
    "a shield that forbids": (
        edited(FIRE_CEDAR, "permit", "forbid"),
        "guard:fire: is a forbid; write permit",
    ),
    "a norm that permits": (edited(LOUD, "forbid", "permit"), "2/loud: is a permit; write forbid"),
    "a norm with two policies": (
        edited(BORROW, '@verdict("indeterminate")', '@id("more")'),
        "1: has 2 policies; write one",
    ),
    "a norm about every act": (
        edited(LOUD, 'action in [Action::"take_tool", Action::"use_tool"]', "action"),
        "2/loud: speaks of every act",
    ),
    "a source that does not exist": (
        edited("attributes.toml", '"derive:duty"', '"rumour:duty"'),
        "source `rumour:duty` is not known",
    ),
    "a derivation that does not exist": (
        edited("attributes.toml", '"derive:duty"', '"derive:mood"'),
        "no derivation `mood`",
    ),
    "a noun that does not exist": (
        edited("acts/use_tool.toml", 'resource = "Tool"', 'resource = "Boat"'),
        "no attribute of `Boat`",
    ),
    "Cedar that cannot be read": (edited(LOUD, "unless", "unlest"), "policies: "),
    "a policy that can overflow": (
        edited(LOUD, "resource.weight > 40", "resource.weight + 1 > 40"),
        "2/loud: errs: ",
    ),
    "a policy that mistakes a type": (
        edited(LOUD, "resource.weight > 40", 'resource.weight == "heavy"'),
        "policies: ",
    ),
    "a part that no example needs": (
        edited(LOUD, "resource.loud &&", "resource.loud && resource.weight < 999 &&"),
        "and no example notices; add an example that needs it",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_each_kind_of_bad_pack_is_caught(what: str) -> None:
    files, expected = BAD[what]
    found = problems(files)
    assert [p for p in found if expected in p], found
    assert all(p.count("; ") >= 1 for p in found), "every problem has a remedy"


@pytest.mark.parametrize(
    "file, line",
    [
        (NOISE, 'says.es = "Las ruidosas descansan ahora."\n'),
        (NOISE, 'title.en = "Noise and care"\n'),
        (NOISE, 'why_people.es = "El cuidado no está en ninguna lista; lo mira la encargada."\n'),
        (MEMBERS, 'cannot_judge.es = "Un guante en el bolsillo no se ve."\n'),
        (FIRE, 'holds_for.es = "quien esté ante un fuego"\n'),
        ("acts/use_tool.toml", 'says.es = "usar una herramienta en el patio"\n'),
        ("attributes.toml", 'says.es = "si hace ruido"\n'),
        ("routes/ask-keeper.toml", 'says.es = "Pregunte a la encargada del cobertizo."\n'),
        ("clocks.toml", 'says.es = "Devuelva la herramienta en dos semanas."\n'),
    ],
)
def test_every_sentence_stands_in_both_languages(file: str, line: str) -> None:
    with pytest.raises(PackError) as caught:
        pack_of(edited(file, line, ""))
    found = [p for p in caught.value.problems if "missing" in p.what or "lacks a language" in p.what]
    assert found
    assert f"toy/{file}" in str(found[0])


def test_all_problems_come_at_once() -> None:
    files = edited(MEMBERS, "advice = true\n", "")
    files[ASKS] = FILES[ASKS].replace('["keeper"]', '["janitor"]')
    found = " ".join(problems(files))
    assert "says should" in found
    assert "no office `janitor`" in found


def test_the_examples_are_counted_and_run() -> None:
    assert run_all(Pdp(toy())) == (18, [])
