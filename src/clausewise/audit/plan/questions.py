"""Builds questions as relations: from which column, fact or label each attribute comes is read from the pack.

The builder of single questions (`pdp.build`) reads the same `attributes.toml`; every audit re-judges a sample
from the raw line through that one, so a difference between the two stops the audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from clausewise.audit.plan.coding import Coding, Packing
from clausewise.audit.plan.fields import OF_HOSTS, Fields
from clausewise.audit.plan.people import PTYPES, People, column_of
from clausewise.audit.plan.things import Things
from clausewise.model.law import Act, Attribute, LogRule, Pack
from clausewise.pdp.build import Builder
from clausewise.pdp.engine import Pdp

PLACE = ("time", "log", "offset", "length", "ident", "nth", "source")
"""What says where an event lies; carried through to its findings."""


@dataclass(frozen=True, slots=True)
class ActPlan:
    """One act: the attributes that make up its questions, how they are packed, and its things."""

    act: Act
    attributes: Mapping[str, Attribute]
    codings: Mapping[str, Coding]
    packing: Packing
    things: Things

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the packed columns."""
        return tuple(f"q{number}" for number in range(self.packing.columns))


def coding_of(pack: Pack, granted: frozenset[str]) -> dict[str, Coding]:
    """The coding of every attribute of the pack. `granted` are the clauses that permissions on file name."""
    return {
        path: Coding.of(attribute, sorted(granted) if path == "context.granted" else ())
        for path, attribute in pack.attributes.items()
    }


def plan_of(pdp: Pdp, builder: Builder, act: Act, codings: Mapping[str, Coding], people: People) -> ActPlan:
    """Everything that any kind of principal in any period of the law is asked about this act."""
    paths = sorted(
        {
            path
            for period in range(pdp.newest_period() + 1)
            for ptype in PTYPES
            for path in pdp.reads(act.id, ptype, period)
        }
    )
    attributes = {path: builder.attribute(act, path) for path in paths}
    own = {attribute.path: codings[attribute.path] for attribute in attributes.values()}
    packing = Packing.of({path: codings[attribute.path] for path, attribute in attributes.items()})
    return ActPlan(act, attributes, own, packing, Things(builder, act, own, people))


class QuestionSql:
    """The packed question of each candidate of one rule: `c` candidates, `t` their things, `x` pairs, `d` duty."""

    def __init__(self, plan: ActPlan, rule: LogRule, fields: Fields) -> None:
        self.plan, self.rule, self.fields = plan, rule, fields
        self.told: dict[str, dict[str, exp.Expr]] = {
            t.attribute.path: {} for t in (*plan.things.alone, *plan.things.together)
        }
        for one in plan.things.alone:
            self.told[one.attribute.path][one.source] = exp.column(one.column, "t")
        for one in plan.things.together:
            self.told[one.attribute.path][one.source] = exp.column(one.column, "x")
        self.host_labels = rule.cls in OF_HOSTS and rule.resource == "host"

    @property
    def needs_duty(self) -> bool:
        """Whether some attribute of the question comes from the work schedule."""
        return any("derive:duty" in a.sources for a in self.plan.attributes.values())

    def packed(self) -> list[exp.Expr]:
        """The packed columns, named q0, q1 ..."""
        parts = {path: self._code(attribute) for path, attribute in self.plan.attributes.items()}
        packed = self.plan.packing.pack(parts)
        return [exp.alias_(column, name) for column, name in zip(packed, self.plan.columns, strict=True)]

    def _code(self, attribute: Attribute) -> exp.Expr:
        """The code of one attribute: the first source that speaks, else what stands when nobody knows."""
        coding = self.plan.codings[attribute.path]
        chain = [found for source in attribute.sources if (found := self._source(attribute, coding, source))]
        if attribute.owner == "principal":
            known: exp.Expr = exp.column(column_of(attribute.path), "c")
            if not chain:
                return known
            chain.insert(0, exp.func("NULLIF", known, exp.Literal.number(coding.unknown)))
        return exp.func("COALESCE", *chain, exp.Literal.number(coding.unknown))

    def _source(self, attribute: Attribute, coding: Coding, source: str) -> exp.Expr | None:
        kind, _, name = source.partition(":")
        if kind == "event":
            field = self.fields.get(name)
            return (
                None
                if field is None
                else _coded(coding, exp.column(f"f_{name}", "c"), name in self.fields.flags)
            )
        if source == "derive:duty":
            return exp.column("duty", "d")
        if source == "derive:granted":
            everywhere = exp.column("granted", "c")
            return exp.func("COALESCE", exp.column("granted", "x"), everywhere)
        if kind == "label" and self.host_labels and coding.attribute.type == "words":
            return exp.column("words", "c")
        return self.told.get(attribute.path, {}).get(source)


def _coded(coding: Coding, field: exp.Expr, flag: bool) -> exp.Expr:
    """The code of what an event says; nothing where it says another word than the attribute has."""
    if coding.attribute.type == "number":
        return field
    if coding.attribute.type == "flag":
        if flag:
            return exp.cast(field, "INT")
        said = exp.In(this=field, expressions=[exp.convert("yes"), exp.convert("true")])
        return exp.cast(said, "INT")
    words = {"yes": exp.true(), "no": exp.false()} if flag else {w: exp.convert(w) for w in coding.values}
    case = exp.Case()
    for word, literal in words.items():
        if word in coding.values:
            met = exp.EQ(this=field.copy(), expression=literal)
            case = case.when(met, exp.Literal.number(coding.values.index(word)))
    return case if case.args.get("ifs") else exp.null()
