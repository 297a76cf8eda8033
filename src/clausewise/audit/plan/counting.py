"""Runs the windows of the pack over the slabs of an audit, and judges the events that they make like any other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp

from clausewise.audit.plan.engine import Engine
from clausewise.audit.plan.judge import Relational
from clausewise.audit.plan.view import VIEW, CandidateView, View
from clausewise.audit.plan.world import World
from clausewise.audit.timeline import moment
from clausewise.audit.windows.calendar import Calendar
from clausewise.audit.windows.derive import derived
from clausewise.audit.windows.events import WindowEvent, event_fields, events_of, principal_of, resource_text
from clausewise.audit.windows.limits import limits_of
from clausewise.audit.windows.measure import SEQUENCES, measure_of, threshold_of, windows_of
from clausewise.audit.windows.partial import STATE, merged, partial
from clausewise.model.judgement import Key, Outcome
from clausewise.model.law import Window

STATES, LIMITED = "states", "limits"
TOO_MANY = 4_000_000
"""Rows of state beyond which states are merged at once."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A derived event with the question it stands for and what the law says of it."""

    window: Window
    event: WindowEvent
    person: str | None
    resource: str
    key: Key
    outcome: Outcome


class Windows:
    """The windows of one audit. `classes` are those of which there will be events: a window without any waits."""

    def __init__(
        self, world: World, engine: Engine, relational: Relational, classes: Collection[str]
    ) -> None:
        self.world, self.engine, self.relational = world, engine, relational
        everything = windows_of(world.pack)
        self.windows = [w for w in everything if self._can_run(w, classes)]
        self.waiting = {
            w.id: f"no events of {', '.join(w.classes)}" for w in everything if w not in self.windows
        }
        self._views: dict[tuple[type[View], str], View] = {}
        self._states: list[pa.Table] = []
        self._rows = 0
        self._low, self._high = 2**62, 0

    def _can_run(self, window: Window, classes: Collection[str]) -> bool:
        """A window that follows sessions needs the class that tells of them, which it names first."""
        if measure_of(window).kind in SEQUENCES:
            return window.classes[0] in classes
        return not set(window.classes).isdisjoint(classes)

    def slab(self, cls: str, relation: str, low: int, high: int) -> None:
        """Count the events of one relation (columns `LAKE[cls]`), which lie between `low` and `high`."""
        self._low, self._high = min(self._low, low), max(self._high, high)
        windows = [w for w in self.windows if cls in w.classes and not self._among_candidates(cls, w)]
        self._count(View, cls, relation, windows, low, high)

    def candidates(self, cls: str, candidates: str, low: int, high: int) -> None:
        """Count the windows that find all their events among the candidates of a class."""
        windows = [w for w in self.windows if cls in w.classes and self._among_candidates(cls, w)]
        self._count(CandidateView, cls, candidates, windows, low, high)

    def _among_candidates(self, cls: str, window: Window) -> bool:
        plan = self.relational.class_plan(cls)
        return bool(plan.rules) and window in plan.windows

    def _count(
        self, kind: type[View], cls: str, relation: str, windows: list[Window], low: int, high: int
    ) -> None:
        if not windows:
            return
        view = self._views.get((kind, cls))
        if view is None:
            view = self._views[kind, cls] = kind(self.world, self.relational.class_plan(cls), windows)
        view.learn(self.engine, relation, low, high)
        calendar = Calendar(self.world.pack.zone, low, high)
        source = view.query(relation).subquery(VIEW)
        fields: dict[str, exp.Expression] = dict(view.fields.expressions)  # type: ignore[arg-type]
        for window in windows:
            query = partial(window, source, fields, view.conditions.all_of, calendar)
            self._add(self.engine.rows(query))

    def _add(self, state: pa.Table) -> None:
        self._states.append(state.cast(STATE))
        self._rows += state.num_rows
        if self._rows > TOO_MANY:
            self._states = [self._merged()]
            self._rows = self._states[0].num_rows

    def _merged(self) -> pa.Table:
        self.engine.put(STATES, pa.concat_tables(self._states or [STATE.empty_table()]))
        return self.engine.rows(merged([exp.to_table(STATES)], self.windows)).cast(STATE)

    def state(self) -> pa.Table:
        """The merged state of all windows so far."""
        state = self._merged()
        self._states, self._rows = [state], state.num_rows
        return state

    def judged(self) -> Iterator[Judged]:
        """The events that the windows make of everything counted, each judged by both evaluators."""
        if not self._states:
            return
        self.engine.put(STATES, self.state())
        calendar = Calendar(self.world.pack.zone, self._low, self._high)
        for window in self.windows:
            limits = limits_of(window, self.world.facts) if window.compare else None
            if limits is not None:
                self.engine.put(LIMITED, limits)
            query = derived(
                window,
                exp.to_table(STATES),
                calendar,
                threshold_of(window, self.world.pack),
                limits=exp.to_table(LIMITED) if limits is not None else None,
            )
            for event in events_of(self.engine.rows(query)):
                yield self._judge(window, event)

    def _judge(self, window: Window, event: WindowEvent) -> Judged:
        """The question of a derived event, by the builder of single questions; its outcome, by both evaluators.

        Raises:
            ValueError: they differ.
        """
        world, at = self.world, moment(event.moment)
        person = world.people.person(event.person, event.moment) if event.person is not None else None
        resource = resource_text(window, world.pack, event, person)
        assume = principal_of(window, world.pack) or world.assume
        fields: Mapping[str, object] = event_fields(window)
        question = world.builder.question(window.act, person, resource, at, event=fields, assume=assume)
        cedar = world.pdp.outcome(question.key)
        self.relational.agrees(question.key, cedar, f"window {window.id}")
        return Judged(window, event, person, resource, question.key, cedar)
