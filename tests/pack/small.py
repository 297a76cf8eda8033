"""A pack of one clause for these tests: a whole law in a few lines, so that one thing at a time can be wrong."""

from __future__ import annotations

from collections.abc import Mapping

from clausewise.model.law import Pack
from clausewise.pack.read import read_pack
from clausewise.pack.source import parse
from clausewise.pack.store import digest_of

FILES: Mapping[str, str] = {
    "pack.toml": """\
id = "small"
regulation = "AR 1"
title.en = "Kites"
title.es = "Cometas"
issuer = "Redbud County"
rank = "regulation"
in_force_from = 2020-01-01
zone = "America/Los_Angeles"

[scope]
employee = "Employee"
unknown = "Other"
governed = ["Employee"]
""",
    "attributes.toml": """\
[Kite.tail]
type = "word"
values = ["long", "short", "unknown"]
from = ["said"]
plain = "short"
unknown = "unknown"
says.en = "how long its tail is"
says.es = "cómo es su cola"
""",
    "acts/fly.toml": """\
id = "fly"
principal = ["Employee"]
resource = "Kite"
context = []
gates = []
says.en = "fly a kite"
says.es = "volar una cometa"
refers.en = "kite:NAME"
refers.es = "kite:NOMBRE"
cannot_show.en = "No log shows wind."
cannot_show.es = "Ningún registro muestra el viento."
""",
    "clauses/01-kites/clause.toml": """\
id = "1"
title.en = "Kites"
title.es = "Cometas"
reading.en = "Keep tails short."
reading.es = "Deje corta la cola."
cannot_judge.en = "Whether it was fun."
cannot_judge.es = "Si fue divertido."
authority = "none"
in_force_from = 2020-01-01

[[norm]]
id = "1/tail"
kind = "prohibition"
addressee = "employees"
modality = "shall not"
judged_by = "policy"
acts = ["fly"]
policy = "tail.cedar"
says.en = "The tail is too long."
says.es = "La cola es muy larga."
sentence = ["1:1"]
""",
    "clauses/01-kites/tail.cedar": """\
forbid (principal is Employee, action == Action::"fly", resource is Kite)
when { resource.tail == "long" };
""",
    "clauses/01-kites/examples.toml": """\
[[example]]
norm = "1/tail"
says = "A long tail."
act = "fly"
resource = { tail = "long" }
verdict = "violated"
answer = "deny"
""",
    "guards/storm/guard.toml": """\
id = "storm"
kind = "floor"
title.en = "Storm"
title.es = "Tormenta"
reading.en = "Nobody flies in a storm."
reading.es = "Nadie vuela con tormenta."
cite = "Kite Code 7"
holds_for.en = "everyone"
holds_for.es = "todos"
""",
    "guards/storm/guard.cedar": 'forbid (principal, action == Action::"fly", resource is Kite);\n',
    "guards/festival/guard.toml": """\
id = "festival"
kind = "shield"
title.en = "Festival"
title.es = "Fiesta"
reading.en = "At the festival tails are free."
reading.es = "En la fiesta la cola es libre."
cite = "Kite Code 9"
holds_for.en = "everyone"
holds_for.es = "todos"
sets_aside = ["1/tail"]
""",
    "guards/festival/guard.cedar": 'permit (principal, action == Action::"fly", resource is Kite);\n',
    "parameters.toml": """\
[[parameter]]
id = "tail_feet"
value = 3
unit = "foot"
says.en = "Longest tail."
says.es = "Cola más larga."
""",
}


def changed(name: str, *swaps: tuple[str, str]) -> dict[str, str]:
    """The small pack with pieces of one file put in another's place; each piece has to be there."""
    text = FILES[name]
    for old, new in swaps:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**FILES, name: text}


def whole(files: Mapping[str, str] = FILES) -> Pack:
    """The pack that these files make."""
    return read_pack(parse(files, place="small"), digest_of(files))
