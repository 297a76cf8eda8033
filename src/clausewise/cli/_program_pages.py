"""Writes the reference pages on fact tables, log sources and commands from the program itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

from clausewise.cli._markdown import MADE, codes, page, table
from clausewise.facts.tables import PERIOD, Table
from clausewise.sources.contract import PLACE, SCHEMAS, Source

FACTS = """\
One CSV file or one sheet of a workbook for each table; `clausewise facts template DIR` writes them empty.
All are optional, and so is every column that is not marked required: what is left out is *unknown*.
A heading that is not listed here is refused, so that a misspelt one loses nothing silently."""
SOURCES = """\
`clausewise audit LOG` finds the format by looking; `--format NAME` names it. Plain, `.gz` and `.zst` files are
read. Every line ends as an event, a reject with its reason, declared noise or one more in the total of protected
lines."""


def facts(tables: Mapping[str, Table]) -> str:
    """Every table and column that a county may hand in."""
    lines = [
        "# Fact tables",
        MADE,
        "",
        FACTS,
        "",
        "Every table may also have these columns:",
        "",
        *table(("column", "holds", "meaning"), ([f"`{c.name}`", c.kind.value, c.says] for c in PERIOD)),
    ]
    for one in tables.values():
        lines += [
            "",
            f"## {one.name}",
            "",
            f"{one.says[:1].upper()}{one.says[1:]}. One row for each {' and '.join(one.key)}.",
            "",
        ]
        lines += table(("column", "holds", "example", "meaning"), _columns(one))
    return page(lines)


def _columns(table: Table) -> Iterator[list[str]]:
    common = {column.name for column in PERIOD}
    for column in table.columns:
        if column.name in common and column in PERIOD:
            continue
        holds = ", ".join(column.allowed) or column.kind.value
        notes = ["**required**"] if column.required else []
        notes += [f"blank: {column.default}"] if column.default else []
        notes += (
            [f"a row of {column.refers}" + (" or other words" if column.loose else "")]
            if column.refers
            else []
        )
        yield [f"`{column.name}`", holds, column.example, "; ".join([column.says, *notes])]


def sources(known: Mapping[str, Source]) -> str:
    """Every log format, and the columns of the events that they make."""
    lines = [
        "# Log sources",
        MADE,
        "",
        SOURCES,
        "",
        *table(
            ("format", "what it is", "events", "needs `--option`"),
            ([f"`{s.name}`", s.title, ", ".join(s.classes), s.needs] for s in known.values()),
        ),
        "",
        "## Events",
        "",
        "Columns of each class of event, beside the place of the line: "
        + codes(name for name, _ in PLACE)
        + ". "
        "`time` is microseconds since 1970 in UTC. A column that a format does not tell is null.",
        "",
    ]
    made_by = {cls: [s.name for s in known.values() if cls in s.classes] for cls in SCHEMAS}
    own = {cls: [f"`{name}`" for name in schema.names[len(PLACE) :]] for cls, schema in SCHEMAS.items()}
    lines += table(
        ("class", "columns", "made by"),
        (
            [f"`{cls}`", ", ".join(columns), ", ".join(made_by[cls]) or "none yet"]
            for cls, columns in own.items()
        ),
    )
    return page(lines)


def commands(top: argparse.ArgumentParser) -> str:
    """Every command with its arguments and options, as its --help has them."""
    lines = [
        "# Commands",
        MADE,
        "",
        "`./run` and `./check` are described in the README; `clausewise`, or `cw`, is the program itself.",
    ]
    for name, parser, says in _parsers(top, ()):
        lines += [
            "",
            f"## clausewise {' '.join(name)}",
            "",
            f"{says[:1].upper()}{says[1:]}.".replace("?.", "?"),
            "",
        ]
        rows = [row for action in parser._actions if (row := _argument(action))]
        lines += table(("argument", "meaning", "values", "default"), rows) if rows else []
        if parser.epilog:
            lines += ["", "```text", parser.epilog.strip(), "```"]
    return page(lines)


def _parsers(
    parser: argparse.ArgumentParser, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser, str]]:
    """Each command below `parser`: its words, its parser and its line of help."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, inner in action.choices.items():
                yield (*above, name), inner, helps.get(name, "")
                yield from _parsers(inner, (*above, name))


def _argument(action: argparse.Action) -> list[str] | None:
    """One row for an option or argument; None for --help and for the place of a sub-command."""
    if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
        return None
    shown = action.metavar if isinstance(action.metavar, str) else action.dest
    if action.option_strings:
        name = f"`{', '.join(action.option_strings)}{'' if action.nargs == 0 else f' {shown.upper()}'}`"
    else:
        name = f"`{shown.upper()}`" + (" ..." if action.nargs in ("+", "*") else "")
    values = codes(str(choice) for choice in action.choices or () if choice)
    plain = "" if action.default in (None, False, "", [], argparse.SUPPRESS) else f"`{action.default}`"
    needed = "**required**; " if action.required and action.option_strings else ""
    return [name, needed + (action.help or ""), values, plain]
