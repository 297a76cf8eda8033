"""Makes findings: what of a person, a thing and a moment a finding may carry is decided here, for every evaluator."""

from __future__ import annotations

from dataclasses import dataclass

from clausewise.audit.findings import SELF_REPORTED, Finding, Place, identity
from clausewise.audit.naming import Naming
from clausewise.model.judgement import Digests
from clausewise.model.law import Pack

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One event that one norm speaks against. `person` is a staff id or the log's own name, empty for nobody;
    `verdict` is the finding's status; `resource` and `host` are as the log has them; `time` is microseconds since 1970 UTC; `key` the question's.
    Of somebody, or something, that only the lake's key names, `pseudonym` or `thing` holds what may be shown.
    `nobody`: it counts things alone and could name no employee, so it needs no entry in the register (rule 18).
    """

    norm: str
    verdict: str
    act: str
    source: str
    cls: str
    time: int
    person: str
    resource: str
    host: str
    key: str
    place: Place
    event: str
    pseudonym: str = ""
    thing: str = ""
    nobody: bool = False


class Maker:
    """Makes findings under one pack, with the pseudonyms and the capability register of the county."""

    def __init__(self, pack: Pack, naming: Naming, digests: Digests) -> None:
        self.pack, self.naming, self.digests = pack, naming, digests
        self._norms = {norm.id: norm for norm in pack.norms()}

    def about_person(self, norm: str) -> bool:
        """Whether findings of this norm are about a person, and not the county or a device."""
        return self._norms[norm].finding == "person"

    def make(self, seen: Seen) -> Finding:
        """One finding. Before its feed is in force it has no person, no thing, and the day alone (rule 18)."""
        norm, when, naming = self._norms[seen.norm], seen.time, self.naming
        named = seen.nobody or naming.allowed(seen.source, seen.cls, when)
        hidden = norm.finding == "person" and not named
        person = seen.person if norm.finding == "person" else ""
        noun = self.pack.acts[seen.act].resource
        status = seen.verdict
        if person and naming.self_reported(person, norm.clause, (seen.resource, seen.host), when):
            status = SELF_REPORTED
        pseudonym = seen.pseudonym if norm.finding == "person" else ""
        thing = seen.thing if named else ""
        place, event = seen.place, seen.event
        return Finding(
            id=identity(self.pack.id, seen.norm, event),
            norm=seen.norm,
            clause=norm.clause,
            status=status,
            certainty=norm.certainty,
            subject=norm.finding,
            act=seen.act,
            person="" if hidden else pseudonym or naming.pseudonym(person),
            host="" if hidden else seen.host,
            resource="" if hidden else thing or naming.thing(noun, seen.resource, when, named=named),
            time=when if named else when // DAY * DAY,
            event="" if hidden else event,
            source=seen.source,
            key=seen.key,
            place=Place(place.file, place.file_digest, 0, 0) if hidden else place,
            digests=self.digests,
        )
