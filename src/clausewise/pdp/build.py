"""Builds questions: which fact, label or word fills each attribute is read from the pack, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from clausewise.facts.snapshot import Facts
from clausewise.model.judgement import Key, Question, Value
from clausewise.model.law import Act, Attribute, Pack
from clausewise.pdp.derive import DERIVED, Grant, HostLabels, Known, covers, grants_of
from clausewise.pdp.engine import Pdp

NOTHING: Mapping[str, object] = {}


class NeedsMore(ValueError):
    """An attribute that only the asker can supply is missing. `attribute` says which, and its words."""

    def __init__(self, attribute: Attribute) -> None:
        self.attribute = attribute
        super().__init__(f"{attribute.path}: not known; say one of {', '.join(attribute.values)}")


@dataclass(frozen=True, slots=True)
class State:
    """All that the facts say of a person at a time, apart from any thing they touch."""

    person: str | None
    principal_type: str
    values: tuple[tuple[str, Value], ...]
    grants: frozenset[Grant]


class Builder:
    """Fills the attributes of questions from facts, labels, the event and what the asker said."""

    def __init__(self, pdp: Pdp, facts: Facts, labels: HostLabels | None) -> None:
        self.pdp, self.pack, self.facts, self.labels = pdp, pdp.pack, facts, labels
        self._words = _category_words(self.pack, labels)
        self._labelled: dict[str, frozenset[str]] = {}

    def principal_type(self, person: str | None, at: datetime) -> str:
        """Employee, AccountHolder or Other, from the kind on the staff list (the scope of the preamble)."""
        row = self.facts.row("staff", person, at) if person and self.facts.has("staff") else None
        if row is None:
            return self.pack.scope["unknown"]
        kind = str(row.get("kind") or "employee")
        return self.pack.scope.get(kind, self.pack.scope["unknown"])

    def state(self, person: str | None, at: datetime, *, assume: str | None = None) -> State:
        """The state of `person` at `at`. `assume` names the principal type where no staff list can."""
        kind = assume or self.principal_type(person, at)
        values = [
            (attribute.path, self._value(attribute, person, "", at, NOTHING, NOTHING))
            for attribute in self.pack.attributes.values()
            if attribute.owner == "principal" or attribute.sources[:1] == ("derive:duty",)
        ]
        return State(person, kind, tuple(values), grants_of(self.pack, self.facts, person, at))

    def question(
        self,
        act_id: str,
        person: str | None,
        resource: str,
        at: datetime,
        *,
        event: Mapping[str, object] = NOTHING,
        said: Mapping[str, object] = NOTHING,
        assume: str | None = None,
        guided: bool = False,
    ) -> Question:
        """The question that this act by this person to this thing at this time stands for.

        Args:
            event: fields of a log event. said: attribute names to what the asker said.
            assume: principal type where there is no staff list.
            guided: raise `NeedsMore` for an unknown attribute that the asker could supply.

        Raises:
            KeyError: the pack has no such act. NeedsMore: see `guided`.
        """
        state = self.state(person, at, assume=assume)
        key = self.key(act_id, state, resource, at, event=event, said=said, guided=guided)
        return Question(key, person or "", resource, at)

    def key(
        self,
        act_id: str,
        state: State,
        resource: str,
        at: datetime,
        *,
        event: Mapping[str, object] = NOTHING,
        said: Mapping[str, object] = NOTHING,
        guided: bool = False,
    ) -> Key:
        """As `question`, for a person whose state is already known."""
        act, period = self.pack.acts[act_id], self.pdp.period(at)
        of_person = dict(state.values)
        values: list[Value] = []
        for path in self.pdp.reads(act_id, state.principal_type, period):
            attribute = self.attribute(act, path)
            if path == "context.granted":
                values.append(_granted(act, state.grants, resource))
            else:
                value = of_person.get(attribute.path)
                if value is None:
                    value = self._value(attribute, state.person, resource, at, event, said)
                elif value == _typed(attribute, attribute.unknown):
                    # Many people share a state: whose facts it was made of must not be asked again.
                    told = self._outside(attribute, event, said)
                    value = value if told is None else told
                if guided and attribute.ask and value == attribute.unknown and attribute.name not in said:
                    raise NeedsMore(attribute)
                values.append(value)
        return Key(act_id, state.principal_type, tuple(values), period)

    def of_thing(self, act: Act, resource: str, at: datetime) -> tuple[Value, ...]:
        """Every attribute of a thing that depends on nothing but the thing and the time."""
        return tuple(
            self._value(attribute, None, resource, at, NOTHING, NOTHING)
            for attribute in self.pack.attributes.values()
            if attribute.owner == act.resource
        )

    def attribute(self, act: Act, path: str) -> Attribute:
        """The attribute that a policy of this act calls `path`, such as `resource.provided`."""
        variable, name = path.split(".", 1)
        return self.pack.attributes[f"{act.resource if variable == 'resource' else variable}.{name}"]

    def _value(
        self,
        attribute: Attribute,
        person: str | None,
        resource: str,
        at: datetime,
        event: Mapping[str, object],
        said: Mapping[str, object],
    ) -> Value:
        """The first source that knows, as the attribute's type; else what stands when nobody knows."""
        for source in attribute.sources:
            if source.startswith(("event:", "said")):
                told = _outside(attribute, source, event, said)
            else:
                told = self.told(attribute, source, person, resource, at)
            if told is not None:
                return told
        return _typed(attribute, attribute.unknown)

    def _outside(
        self, attribute: Attribute, event: Mapping[str, object], said: Mapping[str, object]
    ) -> Value | None:
        """What the event, or the asker, says of an attribute; None where neither speaks."""
        told = (
            _outside(attribute, source, event, said)
            for source in attribute.sources
            if source.startswith(("event:", "said"))
        )
        return next((value for value in told if value is not None), None)

    def told(
        self, attribute: Attribute, source: str, person: str | None, resource: str, at: datetime
    ) -> Value | None:
        """What one source of facts or labels says of an attribute; None where it does not speak."""
        kind, _, name = source.partition(":")
        if kind == "fact":
            found = self._fact(name, person if attribute.owner == "principal" else resource, at)
        elif kind == "label":
            found = self._label(name, resource)
        else:
            found = DERIVED[name](Known(self.pack, self.facts, person, resource, at))
        return _typed(attribute, found) if found is not None and _speaks(attribute, found) else None

    def grants(self, person: str | None, at: datetime) -> frozenset[Grant]:
        """Every (clause, what) that this person holds a standing permission for at `at`."""
        return grants_of(self.pack, self.facts, person, at)

    def _fact(self, name: str, key: str | None, at: datetime) -> object | None:
        table, column = name.split(".", 1)
        row = self.facts.row(table, key, at) if key and self.facts.has(table) else None
        found = row.get(column) if row else None
        return None if found == "" else found

    def _label(self, name: str, resource: str) -> object | None:
        return self.words_of(resource) if name == "categories" else None

    def words_of(self, resource: str) -> frozenset[str] | None:
        """The words of the regulation that the lists say of a host; None without lists."""
        if self.labels is None:
            return None
        known = self._labelled.get(resource)
        if known is None:
            mask, words = self.labels.mask(resource), set[str]()
            for bit, of_bit in self._words:
                if mask & bit:
                    words |= of_bit
            known = self._labelled[resource] = frozenset(words)
        return known


def _outside(
    attribute: Attribute, source: str, event: Mapping[str, object], said: Mapping[str, object]
) -> Value | None:
    """What one source beside the facts says: a field of the event, or what the asker said."""
    kind, _, name = source.partition(":")
    found = said.get(attribute.name) if kind == "said" else event.get(name)
    return _typed(attribute, found) if found is not None and _speaks(attribute, found) else None


def _granted(act: Act, grants: frozenset[Grant], resource: str) -> frozenset[str]:
    return frozenset(clause for clause, what in grants if covers(what, act.resource, resource))


def _category_words(pack: Pack, labels: HostLabels | None) -> list[tuple[int, frozenset[str]]]:
    """(bit of the label file, words of the regulation it stands for), for each category that means any."""
    rows = []
    for number, name in enumerate(labels.categories if labels else ()):
        entry = pack.registers["categories"].get(name)
        words = entry.get("words", []) if entry else []
        if isinstance(words, list) and words:
            rows.append((1 << number, frozenset(str(w) for w in words)))
    return rows


def _speaks(attribute: Attribute, found: object) -> bool:
    """Whether `found` is a word of the attribute; a source with another word leaves it to the next."""
    return attribute.type != "word" or isinstance(found, bool) or found in attribute.values


def _typed(attribute: Attribute, found: object) -> Value:
    """`found` as the type that the attribute declares; a word outside its list is the unknown one."""
    if attribute.type == "flag":
        return found is True or found in ("yes", "true")
    if attribute.type == "words":
        # What somebody said on a command line is one text: words with commas between.
        words = found.split(",") if isinstance(found, str) else found
        assert isinstance(words, frozenset | set | list | tuple)
        return frozenset(str(word).strip() for word in words) - {""}
    if attribute.type == "number":
        return int(str(found))
    word = {True: "yes", False: "no"}.get(found, str(found)) if isinstance(found, bool) else str(found)
    return word if word in attribute.values else str(attribute.unknown)
