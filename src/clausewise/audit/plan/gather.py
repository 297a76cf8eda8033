"""Makes findings of the events that a slab's judgement found: names them as facts allow, and says where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from clausewise.audit.findings import Finding, Place, event_identity, key_text
from clausewise.audit.lake.keys import pseudonym_of
from clausewise.audit.making import Maker, Seen
from clausewise.audit.plan.counting import Judged
from clausewise.audit.plan.judge import Found, Relational
from clausewise.audit.plan.world import UNLISTED
from clausewise.audit.windows.measure import person_field

Row = Mapping[str, object]
LogFile = tuple[str, str]
"""Name of a log file and the digest it is known by."""
Identify = Callable[[Row], str]
"""The identity of a row's event where the lake does not hold it: read off the raw line."""
SECOND = 1_000_000


class Gather:
    """Turns hits into findings. `files` gives name and digest of a log file by the lake's key of it."""

    def __init__(self, relational: Relational, maker: Maker, files: Mapping[int, LogFile]) -> None:
        self.relational, self.world, self.maker, self.files = relational, relational.world, maker, files
        self._keys: dict[tuple[object, ...], str] = {}

    def of(self, found: Found, identify: Identify | None = None) -> Iterator[Finding]:
        """The findings of one rule over one slab."""
        for row in found.rows.to_pylist():
            yield self._one(found, row, identify)

    def _one(self, found: Found, row: Row, identify: Identify | None) -> Finding:
        norm, verdict = found.norms[_int(row, "norm")]
        when = _int(row, "time")
        log, source = _int(row, "log"), str(row["source"])
        person, pseudonym = self._person(row, when) if self.maker.about_person(norm) else ("", "")
        resource, thing = self._thing(found, row)
        host = self.world.name_of("host", row["host"]) if row.get("host") is not None else ""
        return self.maker.make(
            Seen(
                norm=norm,
                verdict=verdict,
                act=found.plan.act.id,
                source=source,
                cls=found.cls,
                time=when,
                person=person,
                pseudonym=pseudonym,
                resource=resource,
                thing=thing,
                host=host,
                key=self._key(found, row),
                place=Place(*self.files[log], _int(row, "offset"), _int(row, "length")),
                event=self._event(row, source, when)
                if row["ident"] is not None or not identify
                else identify(row),
            )
        )

    def of_window(self, judged: Judged, norm: str, verdict: str) -> Finding:
        """The finding of one derived event: an amount over a time, never a line, a page or a host."""
        event, window = judged.event, judged.window
        identity = (
            f"{window.id}:{pseudonym_of(event.person) if event.person else ''}:{event.thing}:{event.first}"
        )
        unlisted = event.person is not None and judged.person is None
        return self.maker.make(
            Seen(
                norm=norm,
                verdict=verdict,
                act=window.act,
                source=f"window:{window.id}",
                cls=window.needs_capability or window.id,
                time=event.first,
                person=judged.person or "",
                pseudonym=pseudonym_of(event.person) if unlisted and event.person is not None else "",
                resource=judged.resource,
                thing=event.thing or "",
                nobody=not person_field(window) and not window.needs_capability,
                host="",
                key=key_text(judged.key),
                place=Place("", "", 0, 0),
                event=identity,
            )
        )

    def _person(self, row: Row, when: int) -> tuple[str, str]:
        """(staff id, pseudonym): whichever is known of who acted."""
        user = _int(row, "usr")
        if not user:
            return "", ""
        known = self.world.people.person(user, when)
        return (known, "") if known else ("", pseudonym_of(_int(row, "person")))

    def _thing(self, found: Found, row: Row) -> tuple[str, str]:
        """(name, pseudonym): the name of the thing, or what stands for it where only its key is known."""
        name = self.world.name_of(found.rule.kind, row["res"])
        return ("", pseudonym_of(_int(row, "res"))) if name == UNLISTED else (name, "")

    def _key(self, found: Found, row: Row) -> str:
        packed = tuple(_int(row, name) for name in found.plan.columns)
        ptype, period = self.world.ptypes[_int(row, "ptype")], _int(row, "period")
        known = (found.plan.act.id, ptype, period, packed)
        text = self._keys.get(known)
        if text is None:
            key = self.relational.verdicts(found.plan, ptype, period).key(packed)
            text = self._keys[known] = key_text(key)
        return text

    def _event(self, row: Row, source: str, when: int) -> str:
        digest = _int(row, "ident").to_bytes(8, "big", signed=True)
        return event_identity(source, digest, when // SECOND, _int(row, "nth"))


def _int(row: Row, name: str) -> int:
    value = row[name]
    return value if isinstance(value, int) else int(str(value))
