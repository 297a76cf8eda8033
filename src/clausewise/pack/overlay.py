"""Lays a district's own pack over the one it extends, and refuses what an overlay may not do.

The overlay's pack.toml says what changes in the base: `[[disable]]` a norm (norm, reason, authority),
`[[reading]]` of a clause (clause, en, es), `[[parameter]]` (id, value) and `[[shield]]` (guard, norms), which
lets a shield of the base protect from a norm of the overlay too. Everything else is new files beside it, and
new rows in files of the same name: attributes, clocks, offices, references and the other registers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from clausewise.model.words import LANGUAGES
from clausewise.pack.fields import Fields
from clausewise.pack.problems import PackError, Problem
from clausewise.pack.read import REGISTERS
from clausewise.pack.source import Source

OWN = ("id", "title", "issuer", "regulation", "adopted", "revised", "in_force_from", "zone")
CHANGES = {
    "disable": ("norm", "reason", "authority"),
    "reading": ("clause", "en", "es"),
    "parameter": ("id", "value"),
    "shield": ("guard", "norms"),
}
Tables = dict[str, dict[str, Any]]


def lay_over(base: Source, overlay: Source) -> Source:
    """The files of `base` with those of `overlay` on top.

    An overlay may add clauses, norms, acts, routes, guards and rows, replace a reading or a parameter, widen
    a shield, and disable a norm with a reason and an authority. It may not edit a policy in place nor weaken
    a floor. What the base's examples expect of the whole regulation (`answer`) is dropped, because the
    overlay changes it; what they expect of their own norm (`verdict`) still has to come out. `pack diff`
    shows every answer that moves.

    Raises:
        PackError: naming each file or row that it may not have.
    """
    problems = [*base.problems, *overlay.problems]
    if problems:
        raise PackError(problems)
    tables: Tables = copy.deepcopy({name: dict(table) for name, table in base.tables.items()})
    for name, table in tables.items():
        for example in table.get("example", ()) if name.endswith("/examples.toml") else ():
            example.pop("answer", None)
    _add_files(base, overlay, tables, problems)
    head = Fields(overlay.at("pack.toml"), overlay.tables["pack.toml"], problems)
    head.known(("format", "extends", "languages", *OWN, *CHANGES))
    tables["pack.toml"] |= {key: head.row[key] for key in ("extends", *OWN) if key in head.row}
    _change(head, tables)
    if problems:
        raise PackError(problems)
    texts = {**overlay.texts, **base.texts}
    return Source(overlay.place, texts, tables, origins={**overlay.origins, **base.origins})


def _add_files(base: Source, overlay: Source, tables: Tables, problems: list[Problem]) -> None:
    """The overlay's own files, and the rows that it adds to files of the base."""
    for name in sorted(overlay.texts):
        place = overlay.at(name)
        if name == "pack.toml":
            continue
        if name not in base.texts:
            if name in overlay.tables:
                tables[name] = copy.deepcopy(dict(overlay.tables[name]))
        elif name == "attributes.toml":
            _add_attributes(place, tables[name], overlay.tables[name], problems)
        elif name in REGISTERS:
            _add_rows(place, tables[name], overlay.tables[name], REGISTERS[name], problems)
        elif name.endswith(".cedar") or name.startswith("guards/"):
            what = "an overlay may not edit a policy or a guard in place"
            problems.append(Problem(place, what, "disable the norm and add one in a clause of your own"))
        else:
            remedy = "give the file another name, or change it through pack.toml"
            problems.append(Problem(place, "this file stands in the base pack", remedy))


def _add_attributes(
    place: str, into: dict[str, Any], new: Mapping[str, Any], problems: list[Problem]
) -> None:
    for owner, names in new.items():
        for name, row in names.items():
            if name in into.setdefault(owner, {}):
                what = f"`{owner}.{name}` stands in the base pack"
                problems.append(Problem(place, what, "give the new attribute a name of its own"))
            else:
                into[owner][name] = copy.deepcopy(row)


def _add_rows(
    place: str, into: dict[str, Any], new: Mapping[str, Any], array: str, problems: list[Problem]
) -> None:
    key = "list" if array == "category" else "id"
    there = {row.get(key) for row in into.get(array, ())}
    for row in new.get(array, ()):
        if row.get(key) in there:
            remedy = (
                "change its value in pack.toml" if array == "parameter" else "give the new row its own id"
            )
            problems.append(Problem(place, f"`{row.get(key)}` stands in the base pack", remedy))
    into[array] = [*into.get(array, ()), *copy.deepcopy(new.get(array, []))]


def _change(head: Fields, tables: Tables) -> None:
    """Carry out every change that the overlay's pack.toml asks for."""
    clauses = {t.get("id"): t for n, t in tables.items() if n.endswith("/clause.toml")}
    norms = {norm.get("id") for clause in clauses.values() for norm in clause.get("norm", ())}
    guards = {t.get("id"): t for n, t in tables.items() if n.endswith("/guard.toml")}
    parameters = {row.get("id"): row for row in tables.get("parameters.toml", {}).get("parameter", ())}
    disabled = tables["pack.toml"].setdefault("disabled", {})
    for row in _rows(head, "disable"):
        if row.row.get("norm") in guards:
            row.wrong(f"`{row.row['norm']}` is a guard, and guards are not disabled", "disable a norm")
        elif norm := _named(row, "norm", norms):
            disabled[norm] = "{reason} ({authority})".format_map({"reason": "", "authority": "", **row.row})
    for row in _rows(head, "reading"):
        if clause := _named(row, "clause", clauses):
            clauses[clause]["reading"] = {language: str(row.row.get(language, "")) for language in LANGUAGES}
    for row in _rows(head, "parameter"):
        if parameter := _named(row, "id", parameters):
            _set_value(row, parameters[parameter])
    shields = {name: guard for name, guard in guards.items() if guard.get("kind") == "shield"}
    for row in _rows(head, "shield"):
        if guard := _named(row, "guard", shields):
            added = [norm for norm in row.texts("norms") if norm not in shields[guard].get("sets_aside", [])]
            for norm in added:
                if norm not in norms:
                    row.wrong(f"no norm `{norm}`", "name one of the base or of this overlay")
            shields[guard]["sets_aside"] = [*shields[guard].get("sets_aside", []), *added]


def _rows(head: Fields, name: str) -> Iterator[Fields]:
    rows = head.row.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        head.wrong(f"`{name}` is not a list of tables", f"write [[{name}]]")
        return
    for number, row in enumerate(rows, 1):
        fields = Fields(f"{head.place} [[{name}]] {number}", row, head.problems)
        fields.known(CHANGES[name])
        for missing in [key for key in CHANGES[name] if not row.get(key) and row.get(key) != 0]:
            fields.wrong(f"`{missing}` is missing", f"a [[{name}]] has " + ", ".join(CHANGES[name]))
        yield fields


def _named(row: Fields, key: str, there: Mapping[Any, object] | set[Any]) -> str:
    """The id that a row names, if there is such a thing; empty and a problem if not."""
    name = row.text(key, "")
    if name and name not in there:
        row.wrong(f"no {'parameter' if key == 'id' else key} `{name}`", "name one that the pack has")
        return ""
    return name


def _set_value(row: Fields, parameter: dict[str, Any]) -> None:
    """The county's number, of the type that it had."""
    value, then = row.row.get("value"), parameter.get("value")
    if type(value) is not type(then):
        row.wrong(f"`{parameter['id']}` is {then!r}, and {value!r} is of another type", "write one like it")
    else:
        parameter["value"] = value
