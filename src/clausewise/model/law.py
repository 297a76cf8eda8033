"""The law as frozen values: what a pack holds once it has been read and found whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from clausewise.model.words import JudgedBy, Kind, Rank

Words = Mapping[str, str]
"""A sentence in every language of the pack: {"en": ..., "es": ...}."""

NO_WORDS: Words = {"en": "", "es": ""}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a question: `owner` is principal, context or a noun; `sources` are tried in order."""

    owner: str
    name: str
    type: str
    values: tuple[str, ...]
    sources: tuple[str, ...]
    plain: object
    unknown: object
    says: Words
    ask: bool = False

    @property
    def path(self) -> str:
        """`context.duty`, `Service.provided`."""
        return f"{self.owner}.{self.name}"


@dataclass(frozen=True, slots=True)
class LogRule:
    """How an act shows in a log: events of class `cls` whose fields meet every condition of `when`."""

    cls: str
    when: tuple[tuple[object, ...], ...]
    resource: str


@dataclass(frozen=True, slots=True)
class Act:
    """A verb that a clause may speak of, with the words an employee uses for it."""

    id: str
    principal: tuple[str, ...]
    resource: str
    context: tuple[str, ...]
    gates: tuple[str, ...]
    says: Words
    refers: Words
    cannot_show: Words
    logs: tuple[LogRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Norm:
    """One judgeable statement of a clause. `policy` is Cedar text, one `forbid` (and its unknown side)."""

    id: str
    clause: str
    kind: Kind
    addressee: str
    modality: str
    judged_by: JudgedBy
    acts: tuple[str, ...] = ()
    policy: str = ""
    policy_file: str = ""
    grantable: bool = False
    advice: bool = False
    finding: str = "person"
    certainty: str = "exact"
    clock: str = ""
    says: Words = field(default_factory=lambda: NO_WORDS)
    why_people: Words = field(default_factory=lambda: NO_WORDS)
    sentence: tuple[str, ...] = ()
    in_force_from: date = date.min
    in_force_to: date = date.max


Condition = tuple[object, ...]
"""What a field of an event must be: (field, operator, value), as in an act's log rule."""


@dataclass(frozen=True, slots=True)
class Window:
    """A count over time that makes a derived event, judged like any other (run by the audit).

    It reads events of `classes` that meet every condition of `where` and not all of `exempt`, per group
    (`group_by`: at most one of person and owner, at most one thing) and `timespan`. `measure` is

    - ``count``, ``sum:FIELD``, ``max:FIELD``, ``distinct:FIELD`` within 1h (UTC), 1d or 1w (the pack's zone);
      ``distinct`` also within the minutes before each event (``10m``);
    - ``idle``: longest stretch, in whole minutes, of a session open and unlocked in which nothing happened;
    - ``overlap:FIELD``: sessions of one person open and unlocked at the same time, in different FIELDs;
    - ``silence``: whole days since the last report of a thing that was in use.

    `edges` says which events begin, lock, unlock and end a session, or are the report. The event is made when
    the measure is above the threshold, with `at_least` when it reaches it: the parameter, plus, where
    `compare` names a number of a fact table, that number for the thing. `event` holds the fields of the
    derived event. `finest` is the shortest unit of time that may be shown of it; `told` who hears of it.
    """

    id: str
    norm: str
    act: str
    group_by: tuple[str, ...]
    timespan: str
    measure: str
    threshold_parameter: str
    says: Words
    where: tuple[Condition, ...] = ()
    hosts_shown: bool = False
    needs_capability: str = ""
    classes: tuple[str, ...] = ()
    exempt: tuple[Condition, ...] = ()
    edges: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    event: Mapping[str, object] = field(default_factory=dict)
    compare: str = ""
    at_least: bool = False
    finest: str = "time"
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: a question in a few words and the verdict its author expects."""

    norm: str
    says: str
    act: str
    verdict: str
    principal: Mapping[str, object]
    resource: Mapping[str, object]
    context: Mapping[str, object]
    answer: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A printed unit of the regulation, with our reading of it and everything its readers need."""

    id: str
    folder: str
    title: Words
    reading: Words
    cannot_judge: Words
    authority: str
    norms: tuple[Norm, ...]
    authority_note: Words = field(default_factory=lambda: NO_WORDS)
    permission: str = ""
    told: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    nearest_yes: Words = field(default_factory=lambda: NO_WORDS)
    not_applicable: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    windows: tuple[Window, ...] = ()
    in_force_from: date = date.min
    in_force_to: date = date.max


@dataclass(frozen=True, slots=True)
class Guard:
    """A floor (forbids by statute, nothing lifts it) or a shield (sets the named norms aside)."""

    id: str
    kind: str
    title: Words
    reading: Words
    cite: str
    rank: Rank
    holds_for: Words
    sets_aside: tuple[str, ...]
    policy: str
    verified: bool
    examples: tuple[Example, ...] = ()
    in_force_from: date = date.min
    in_force_to: date = date.max


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of one of the pack's registers (clock, route, office, reference, tension, parameter, category)."""

    id: str
    fields: Mapping[str, object]
    place: str = ""

    def __getitem__(self, name: str) -> object:
        return self.fields[name]

    def get(self, name: str, default: object = None) -> object:
        """The field, or `default` where the row does not have it."""
        return self.fields.get(name, default)


@dataclass(frozen=True, slots=True)
class Pack:
    """One revision of one regulation, made executable. `digest` is over every file, so it names the law."""

    id: str
    digest: str
    title: Words
    regulation: str
    issuer: str
    zone: str
    in_force_from: date
    scope: Mapping[str, str]
    governed: frozenset[str]
    attributes: Mapping[str, Attribute]
    acts: Mapping[str, Act]
    clauses: Mapping[str, Clause]
    guards: Mapping[str, Guard]
    registers: Mapping[str, Mapping[str, Entry]]
    revised: tuple[date, ...] = ()
    adopted: date = date.min
    extends: str = ""
    disabled: Mapping[str, str] = field(default_factory=dict)
    rank: Rank = Rank.REGULATION

    def norms(self) -> tuple[Norm, ...]:
        """Every norm in printed order."""
        return tuple(norm for clause in self.clauses.values() for norm in clause.norms)

    def norm(self, norm_id: str) -> Norm:
        """The norm with that id; KeyError when the pack has none."""
        for norm in self.norms():
            if norm.id == norm_id:
                return norm
        raise KeyError(norm_id)

    def parameter(self, parameter_id: str) -> object:
        """The county's number with that id; KeyError when it is not declared."""
        return self.registers["parameters"][parameter_id]["value"]
