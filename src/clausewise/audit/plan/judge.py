"""Judges a slab of events of one class: finds candidates, makes their questions, asks each distinct one once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from clausewise.audit.findings import ADVICE, REVIEW, VIOLATED
from clausewise.audit.judge import Tally
from clausewise.audit.lake.keys import host_key
from clausewise.audit.plan.candidates import ClassPlan, Rule
from clausewise.audit.plan.engine import Engine
from clausewise.audit.plan.questions import ActPlan
from clausewise.audit.plan.rules import RuleSql
from clausewise.audit.plan.verdicts import Verdicts, same
from clausewise.audit.plan.world import World
from clausewise.model.judgement import Key, Outcome
from clausewise.model.words import Answer, Verdict

Packed = tuple[int, ...]
CANDIDATES, BASE, HITS, ASKED = "candidates", "base", "hits", "asked"


@dataclass(frozen=True, slots=True)
class Found:
    """Events of one rule: `rows` has their place, user, person, thing and packed question (`q0` ...).

    In a hit, `norm` numbers `norms`, each a norm's id and whether it is `violated` or `advice`.
    """

    plan: ActPlan
    rule: Rule
    cls: str
    rows: pa.Table
    norms: tuple[tuple[str, str], ...] = ()


class Relational:
    """The second evaluator. Keeps one outcome per distinct question over the whole audit."""

    def __init__(self, world: World, engine: Engine, skip: frozenset[str]) -> None:
        self.world, self.engine, self.skip = world, engine, skip
        self.tally = Tally()
        self.outcomes: dict[tuple[str, str, int, Packed], Outcome] = {}
        self.samples: list[Found] = []
        self._classes: dict[str, ClassPlan] = {}
        self._verdicts: dict[tuple[str, str, int], Verdicts] = {}

    def verdicts(self, plan: ActPlan, ptype: str, period: int) -> Verdicts:
        """The compiled policies of an act for one kind of principal and period, compiled once."""
        key = (plan.act.id, ptype, period)
        found = self._verdicts.get(key)
        if found is None:
            found = Verdicts(self.world.pdp, plan, ptype, period, self.engine.dialect)
            self._verdicts[key] = found
        return found

    def class_plan(self, cls: str) -> ClassPlan:
        """The plan of a class, made once."""
        found = self._classes.get(cls)
        if found is None:
            found = self._classes[cls] = ClassPlan(self.world, cls)
        return found

    def slab(
        self, cls: str, relation: str, *, sample: int = 0, then: Callable[[str], None] | None = None
    ) -> Iterator[Found]:
        """What the law says of the events of `relation` (columns `LAKE[cls]` and `source`), rule by rule.

        `then` is called with the table of candidates while it is there.

        Events in a category that is never joined with a person are dropped before anything else (rule 13).
        """
        plan = self.class_plan(cls)
        if not plan.rules:
            return  # a class of which no act speaks is counted and looked at no further
        self._learn(plan, relation)
        self._count_categories(plan, relation)
        if plan.on_hosts:
            self.engine.make(plan.hosts, plan.hosts_wanted())
        self.engine.make(CANDIDATES, plan.candidates(relation))
        if then is not None:
            then(CANDIDATES)
        for rule in plan.rules:
            yield from self._rule(plan, rule, sample)
        self.engine.drop([CANDIDATES, BASE])

    # ---- what is new in a slab ------------------------------------------------------------------------------

    def _learn(self, plan: ClassPlan, relation: str) -> None:
        """Look up users and programs that were not met before, and let the engine see the tables."""
        world = self.world
        users = self.engine.rows(plan.users(relation)).column(0).to_pylist() if plan.actor else []
        world.show_people(self.engine, (user for user in users if user is not None))
        if plan.on_hosts:
            world.show(self.engine, "hosts", world.hosts.table())
        if plan.has_programs:
            stems = self.engine.rows(plan.programs(relation)).column(0).to_pylist()
            world.hosts.learn_programs(stem for stem in stems if stem)
            world.show(self.engine, "programs", world.hosts.programs())

    def _count_categories(self, plan: ClassPlan, relation: str) -> None:
        """Events per web category, in aggregate: no person, no host, no hour (clause 2)."""
        if not plan.on_hosts:
            return
        for row in self.engine.rows(plan.masks(relation)).to_pylist():
            mask, count = row["mask"] or 0, row["events"]
            if mask & self.world.enricher.private:
                self.tally.never_personal += count
            for bit, name in self.world.enricher.category_bits:
                if mask & bit:
                    self.tally.add(self.tally.seen, name, count)

    # ---- one rule -------------------------------------------------------------------------------------------

    def _rule(self, plan: ClassPlan, rule: Rule, sample: int) -> Iterator[Found]:
        sql = RuleSql(plan, rule)
        counts = self.engine.rows(sql.counts(CANDIDATES)).to_pylist()[0]
        if not counts["events"]:
            return
        self.tally.nobody += 0 if plan.by_address else counts["nobody"] or 0
        self._learn_things(sql, rule)
        self.engine.make(BASE, sql.base(CANDIDATES))
        self._outside(sql)
        asked = self.engine.rows(sql.questions(BASE))
        hits = self._ask(rule.plan, asked)
        if hits:
            yield self._found(plan, rule, sql, hits)
        if sample:
            rows = self.engine.sample(BASE, sample, len(self.samples))
            self.samples.append(Found(rule.plan, rule, plan.cls, rows))

    def _outside(self, sql: RuleSql) -> None:
        if sql.by_address:
            self.tally.not_governed += self.engine.rows(sql.outside(CANDIDATES)).column(0).to_pylist()[0] or 0

    def _learn_things(self, sql: RuleSql, rule: Rule) -> None:
        """Find what the facts say of the things of this rule, and of people and things together."""
        things, name = rule.plan.things, rule.plan.act.id
        if things.alone:
            things.learn(self._things_met(sql, rule))
            self.world.show(self.engine, f"things_{name}", things.table(rule.key_type))
        if things.needs_pairs:
            met = self.engine.rows(sql.pairs(CANDIDATES, self.world.permitted(things)))
            pairs = zip(met["usr"].to_pylist(), met["res"].to_pylist(), strict=True)
            things.learn_pairs(
                (user or 0, key, self.world.name_of(rule.kind, key)) for user, key in pairs if key is not None
            )
            self.world.show(self.engine, f"pairs_{name}", things.pairs(rule.key_type))
        if sql.by_address:
            met = self.engine.rows(sql.addresses(CANDIDATES)).column(0).to_pylist()
            self.world.places.learn(address for address in met if address)
            self.world.show(self.engine, "places", self.world.places.table())

    def _things_met(self, sql: RuleSql, rule: Rule) -> Mapping[object, str]:
        if rule.kind == "host":
            return {host_key(name): name for name in self.world.named_in_facts(rule.plan.things)}
        if rule.kind == "person":
            return self.world.people_by_key()
        met = self.engine.rows(sql.things(CANDIDATES)).column(0).to_pylist()
        return {text: text for text in met if text}

    # ---- questions and hits ---------------------------------------------------------------------------------

    def _ask(self, plan: ActPlan, asked: pa.Table) -> list[tuple[object, ...]]:
        """Judge every distinct question that is new, count what was said, and name the questions with hits."""
        groups: dict[tuple[str, int], list[tuple[Packed, int]]] = {}
        for row in asked.to_pylist():
            packed = tuple(row[name] for name in plan.columns)
            ptype = self.world.ptypes[row["ptype"]]
            groups.setdefault((ptype, row["period"]), []).append((packed, row["events"]))
        hits: list[tuple[object, ...]] = []
        for (ptype, period), questions in groups.items():
            self._judge_new(plan, ptype, period, [packed for packed, _ in questions])
            for packed, events in questions:
                outcome = self.outcomes[plan.act.id, ptype, period, packed]
                for norm, kind in self._count(outcome, events):
                    hits.append((self.world.ptypes.index(ptype), period, *packed, norm, kind))
        return hits

    def _judge_new(self, plan: ActPlan, ptype: str, period: int, questions: Sequence[Packed]) -> None:
        new = [q for q in questions if (plan.act.id, ptype, period, q) not in self.outcomes]
        if not new:
            return
        verdicts = self.verdicts(plan, ptype, period)
        columns = [pa.array(column, pa.int64()) for column in zip(*new, strict=True)]
        self.engine.put(ASKED, pa.table(columns, names=list(plan.columns)))
        found = self.engine.rows(verdicts.query(exp.to_table(ASKED)))
        rows = zip(*(found.column(i).to_pylist() for i in range(found.num_columns)), strict=True)
        width = len(plan.columns)
        for row in rows:
            self.outcomes[plan.act.id, ptype, period, row[:width]] = verdicts.outcome(row[width:])

    def agrees(self, key: Key, cedar: Outcome, place: str) -> None:
        """Judge one question that was built singly, and hold the outcome against Cedar's.

        Raises:
            ValueError: they differ; the message is the example.
        """
        plan = self.world.plan(key.act)
        read = self.world.pdp.reads(key.act, key.principal_type, key.period)
        packed = plan.packing.packed(dict(zip(read, key.values, strict=True)))
        self._judge_new(plan, key.principal_type, key.period, [packed])
        mine = self.outcomes[key.act, key.principal_type, key.period, packed]
        if not same(mine, cedar):
            raise ValueError(
                f"{place}: question {key}: the plan says {mine}, Cedar {cedar}; report this example"
            )

    def verdict_of(self, norm: str, outcome: Outcome) -> str:
        """Count what a derived event says of the norm that its window serves: violated, advice, review, or nothing.

        Unknown is `review`: the window shows people where to look, and says nothing against anybody.
        """
        tally, verdict = self.tally, dict(outcome.verdicts).get(norm)
        if outcome.answer is Answer.NOT_GOVERNED or norm in self.skip or verdict is None:
            return ""
        if norm in {aside for aside, _ in outcome.set_aside}:
            tally.add(tally.set_aside, norm, 1)
            return ""
        if verdict is Verdict.VIOLATED:
            tally.add(tally.violated, norm, 1)
            return ADVICE if norm in outcome.advice else VIOLATED
        if verdict in (Verdict.INDETERMINATE, Verdict.PEOPLE):
            tally.add(tally.unknown, norm, 1)
            return REVIEW
        return ""

    def _count(self, outcome: Outcome, events: int) -> list[tuple[str, str]]:
        """Add the events of one question to the counts; the norms that stand violated, or advise."""
        tally, found = self.tally, []
        tally.judged += events
        if outcome.answer is Answer.NOT_GOVERNED:
            tally.not_governed += events
            return []
        aside = {norm for norm, _ in outcome.set_aside}
        for norm, verdict in outcome.verdicts:
            if norm in self.skip or (
                verdict in (Verdict.NOT_APPLICABLE, Verdict.PEOPLE) and norm not in aside
            ):
                continue
            table = {
                Verdict.VIOLATED: tally.violated,
                Verdict.INDETERMINATE: tally.unknown,
                Verdict.SATISFIED: tally.satisfied,
            }.get(verdict, tally.set_aside)
            tally.add(tally.set_aside if norm in aside else table, norm, events)
            if verdict is Verdict.VIOLATED and norm not in aside:
                found.append((norm, "advice" if norm in outcome.advice else "violated"))
        return found

    def _found(self, plan: ClassPlan, rule: Rule, sql: RuleSql, hits: list[tuple[object, ...]]) -> Found:
        """The events of the questions that have hits, one row per event and norm."""
        norms = sorted({(str(hit[-2]), str(hit[-1])) for hit in hits})
        number = {norm: place for place, norm in enumerate(norms)}
        rows = [(*hit[:-2], number[str(hit[-2]), str(hit[-1])]) for hit in hits]
        names = ["ptype", "period", *rule.plan.columns, "norm"]
        columns = [pa.array(column, pa.int64()) for column in zip(*rows, strict=True)]
        self.engine.put(HITS, pa.table(columns, names=names))
        found = self.engine.rows(sql.hits(BASE, HITS))
        return Found(rule.plan, rule, plan.cls, found, tuple(norms))
