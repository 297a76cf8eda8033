"""The queries of one log rule over its candidates: things, pairs, questions, and the events of those with hits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from clausewise.audit.plan.candidates import NOBODY, ClassPlan, Rule
from clausewise.audit.plan.people import PTYPES, column_of
from clausewise.audit.plan.questions import PLACE, QuestionSql

EMPLOYEE = "Employee"


class RuleSql:
    """Queries over the table of candidates `c` for one rule of one act."""

    def __init__(self, plan: ClassPlan, rule: Rule) -> None:
        self.plan, self.rule, self.world = plan, rule, plan.world
        self.question = QuestionSql(rule.plan, rule.rule, plan.fields)
        self.by_address = plan.by_address and plan.address is not None and self.world.facts.has("networks")
        self.thing = exp.column(f"f_{rule.rule.resource}", "c")
        self.name = rule.plan.act.id

    def _met(self, candidates: str) -> exp.Select:
        """The candidates that meet the rule."""
        flag = exp.column(self.rule.flag, "c")
        return exp.select().from_(exp.to_table(candidates, alias="c")).where(flag)

    def _somebody(self, query: exp.Select) -> exp.Select:
        return query if self.plan.anybody else query.where(f"c.usr <> {NOBODY}")

    def counts(self, candidates: str) -> exp.Select:
        """How many events meet the rule, and how many of them are by nobody signed in."""
        nobody = exp.func("SUM", exp.Case().when(f"c.usr = {NOBODY}", "1").else_("0"))
        return self._met(candidates).select(
            exp.alias_(exp.Count(this=exp.Star()), "events"), exp.alias_(nobody, "nobody")
        )

    def things(self, candidates: str) -> exp.Select:
        """The distinct things of the events that meet the rule."""
        return self._somebody(self._met(candidates)).select(exp.alias_(self.thing, "res")).distinct()

    def pairs(self, candidates: str, users: Sequence[int] | None) -> exp.Select:
        """The distinct pairs of user and thing, of these users or of all."""
        query = (
            self._somebody(self._met(candidates)).select("c.usr", exp.alias_(self.thing, "res")).distinct()
        )
        if users is None:
            return query
        wanted = [exp.convert(user) for user in users] or [exp.null()]
        return query.where(exp.In(this=exp.column("usr", "c"), expressions=wanted))

    def addresses(self, candidates: str) -> exp.Select:
        """The distinct addresses of events by nobody in particular."""
        return self._met(candidates).where(f"c.usr = {NOBODY}").select("c.address").distinct()

    def outside(self, candidates: str) -> exp.Select:
        """How many events by nobody in particular came from a network for pupils or guests."""
        return self._places(self._met(candidates)).where("o.outside").select(exp.Count(this=exp.Star()))

    def _places(self, query: exp.Select) -> exp.Select:
        return query.join(
            "places AS o",
            on=f"c.usr = {NOBODY} AND o.address = c.address AND c.time >= o.since AND c.time < o.until",
            join_type="left",
        )

    def base(self, candidates: str) -> exp.Select:
        """The events that meet the rule, each with its packed question."""
        query = self._somebody(self._met(candidates))
        query = query.select(*(exp.column(name, "c") for name in PLACE), "c.usr")
        default = self.world.people.default(self.world.assume)
        person = "COALESCE(c.person, NULLIF(c.usr, 0))"
        query = query.select(exp.alias_(exp.maybe_parse(person), "person"))
        query = query.select(exp.alias_(self.thing, "res"))
        if self.plan.on_hosts:
            query = query.select(exp.alias_(exp.column("f_host", "c"), "host"))
        query = query.select(exp.alias_(self._ptype(default["ptype"]), "ptype"))
        query = query.select(exp.alias_(self._period(), "period"))
        query = query.select(*(self._with_defaults(column, default) for column in self.question.packed()))
        return self._joined(query)

    def _with_defaults(self, column: exp.Expr, default: dict[str, int]) -> exp.Expr:
        """Of somebody whom no list knows: what stands when nothing is known."""
        names = {"granted", *(column_of(path) for path in self.world.people.paths)}

        def stand_in(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and node.table == "c" and node.name in names:
                return exp.func("COALESCE", node.copy(), exp.Literal.number(default[node.name]))
            return node

        return column.transform(stand_in)

    def _ptype(self, unlisted: int) -> exp.Expr:
        """The kind of principal; an event by nobody in particular is judged as an employee's (device first)."""
        somebody = exp.func("COALESCE", exp.column("ptype", "c"), exp.Literal.number(unlisted))
        nobody = exp.Literal.number(PTYPES.index(EMPLOYEE))
        return exp.Case().when(f"c.usr = {NOBODY}", nobody).else_(somebody)

    def _period(self) -> exp.Expr:
        """Which dated state of the law judges the event."""
        case = exp.Case()
        changes = self.world.periods()
        for since, number in reversed(changes):
            met = exp.GTE(this=exp.column("time", "c"), expression=exp.Literal.number(since))
            case = case.when(met, exp.Literal.number(number))
        return case.else_(exp.Literal.number(0)) if changes else exp.Literal.number(0)

    def _joined(self, query: exp.Select) -> exp.Select:
        things = self.rule.plan.things
        within = "c.time >= {0}.since AND c.time < {0}.until"
        thing = exp.column("thing", "t").eq(self.thing)
        if things.alone:
            on = exp.and_(thing, within.format("t"))
            query = query.join(f"things_{self.name} AS t", on=on, join_type="left")
        if things.needs_pairs:
            pair = exp.and_(exp.column("thing", "x").eq(self.thing), "x.user = c.usr", within.format("x"))
            query = query.join(f"pairs_{self.name} AS x", on=pair, join_type="left")
        if self.question.needs_duty:
            duty = "d.user = c.usr AND c.time >= d.since AND c.time < d.until"
            query = query.join("duty AS d", on=duty, join_type="left")
        if self.by_address:
            query = self._places(query).where("o.outside IS NULL")
        return query

    def questions(self, base: str) -> exp.Select:
        """Each distinct question and how many events ask it."""
        names = ["ptype", "period", *self.rule.plan.columns]
        query = exp.select(*names, exp.alias_(exp.Count(this=exp.Star()), "events"))
        return query.from_(base).group_by(*names)

    def hits(self, base: str, hits: str) -> exp.Select:
        """The events of the questions that have hits, one row per event and norm."""
        names = ["ptype", "period", *self.rule.plan.columns]
        on = exp.and_(*(exp.column(n, "b").eq(exp.column(n, "k")) for n in names))
        return (
            exp.select("b.*", "k.norm")
            .from_(exp.to_table(base, alias="b"))
            .join(exp.to_table(hits, alias="k"), on=on, join_type="inner")
        )
