"""Says an explanation in plain words, English or Spanish, as lines for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from clausewise.audit.explain import DEFAULT, UNSEEN, Asked, Considered, Explanation
from clausewise.audit.findings import WITHDRAWN
from clausewise.audit.lawful import attribute_of
from clausewise.audit.parts import Part, Side
from clausewise.audit.standing import SUPPRESSED, Standing
from clausewise.audit.timeline import moment
from clausewise.cli import _place
from clausewise.cli._explain_terms import ANSWERS, SAY, SOURCES, STATUS, VERDICTS, WHY
from clausewise.model.judgement import Value
from clausewise.pdp.engine import Pdp

WIDTH = 100
INSTANT = timedelta(microseconds=1)
STANDING = {SUPPRESSED: "suppressed", WITHDRAWN: "withdrawn"}


@dataclass(frozen=True, slots=True)
class Teller:
    """An explanation, the law it was made under, the language it is told in, and the county's own words."""

    it: Explanation
    pdp: Pdp
    lang: str
    standing: Standing
    quoted: Sequence[str] = ()

    def say(self, name: str) -> str:
        """One fixed sentence in the language."""
        return SAY[name][self.lang]

    def lines(self) -> Iterator[str]:
        """The whole explanation, part by part; a part that has nothing to say is left out."""
        yield from self._head()
        for title, part in (
            ("clause", self._clause()),
            ("question", self._question()),
            ("policy", self._policy()),
            ("guards", self._guards()),
            ("lists", self._lists()),
            ("rows", self._rows()),
            ("lawful", self._lawful()),
            ("judged", self._judged()),
            ("line", self._place()),
        ):
            said = list(part)
            if said:
                yield from ("", self.say(title).upper(), *said)

    def _wrapped(self, text: str, indent: str = "  ") -> list[str]:
        return textwrap.wrap(
            text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
        )

    def _when(self, microseconds: int) -> str:
        if not microseconds:
            return self.say("not written down")
        local = moment(microseconds).astimezone(ZoneInfo(self.pdp.pack.zone))
        return f"{local:%Y-%m-%d %H:%M %Z}"

    def _head(self) -> Iterator[str]:
        finding = self.it.finding
        sure = self.say(finding.certainty)
        who = finding.person or self.say("nobody" if finding.subject == "person" else finding.subject)
        yield f"{finding.norm}: {STATUS[finding.status][self.lang]} ({sure})"
        yield f"{finding.id}"
        thing = f" · {finding.resource}" if finding.resource else ""
        yield f"{self._when(finding.time)} · {who}{thing} · {finding.source}"
        yield from self._wrapped(self._stands(), "")
        yield self.say("lead")

    def _stands(self) -> str:
        """How the finding stands with people: open, set apart until, or what came of it, and why."""
        stands, zone = self.standing, ZoneInfo(self.pdp.pack.zone)
        word = self.say(stands.outcome or STANDING.get(stands.state, "open"))
        until = (stands.until - INSTANT).astimezone(zone) if stands.until else None
        last = f" {self.say('until')} {until:%Y-%m-%d}" if until else ""
        reason = f": {stands.reason}" if stands.reason else ""
        return f"{self.say('stands')}: {word}{last}{reason}"

    def _clause(self) -> Iterator[str]:
        clause, norm = self.it.clause, self.it.norm
        if clause is None or norm is None:
            yield from self._wrapped(self.say("no norm"))
            return
        yield f"  {self.pdp.pack.regulation} {clause.id}, {clause.title[self.lang]}"
        yield from self._wrapped(norm.says[self.lang] or norm.why_people[self.lang])
        yield from self._wrapped(f"{self.say('reading')}: {clause.reading[self.lang]}")
        for sentence in self.quoted:
            yield from self._wrapped(f"“{sentence}”")
        if not self.quoted:
            yield from self._wrapped(self.say("no text"))
        yield from self._wrapped(f"{self.say('cannot')}: {clause.cannot_judge[self.lang]}")

    def _question(self) -> Iterator[str]:
        if not self.it.same_law:
            yield from self._wrapped(self.say("other law").format(self.it.finding.digests.pack[:12]))
            return
        act = self.pdp.pack.acts.get(self.it.finding.act)
        if act is not None:
            yield f"  {act.says[self.lang]}"
        for asked in self.it.question:
            yield from self._asked(asked)
        if not self.it.same_facts:
            yield from self._wrapped(self.say("other facts"))

    def _asked(self, asked: Asked) -> Iterator[str]:
        mark = "*" if asked.decides else " "
        yield from self._wrapped(
            f"{mark} {asked.attribute.says[self.lang]}: {self.value(asked.value)}  ({self.source(asked)})"
        )

    def source(self, asked: Asked) -> str:
        """Where the value of an attribute came from, in words."""
        kind, _, name = asked.source.partition(":")
        return SOURCES[kind if asked.source not in (DEFAULT, UNSEEN) else asked.source][self.lang].format(
            name
        )

    def value(self, value: Value) -> str:
        """A value as a person reads it."""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, frozenset):
            return ", ".join(sorted(value)).replace("_", " ") or self.say("none")
        return str(value).replace("_", " ")

    def _policy(self) -> Iterator[str]:
        norm = self.it.norm
        if norm is None or not self.it.sides:
            return
        yield from self._wrapped(self.say("marks"))
        parts = [part for side in self.it.sides for part in side.parts]
        if any(part.start < 0 for part in parts):
            yield from (f"  {line}" for line in norm.policy.strip().splitlines())
            yield from self._wrapped(self.say("no places"))
            yield from (f"  {number} {self._mark(p)}" for number, p in enumerate(parts, 1))
            return
        text = norm.policy.rstrip().splitlines()
        marks = [
            " ".join(self._mark(p) for p in parts if p.line == number) for number in range(1, len(text) + 1)
        ]
        width = max(map(len, marks))
        yield from (f"  {mark:<{width}} | {line}".rstrip() for mark, line in zip(marks, text, strict=True))
        for side in self.it.sides:
            yield from self._wrapped(self._settled(side))

    def _mark(self, part: Part) -> str:
        return (self.say(part.mark) if part.mark else "-") + (">" if part.deciding else "")

    def _settled(self, side: Side) -> str:
        which = self.say("unknown side" if side.unknown_side else "plain side")
        if not side.in_scope:
            return f"{which}: {self.say('out of scope')}"
        return f"{which}: {self.say({True: 'holds', False: 'does not hold', None: 'errs'}[side.holds])}"

    def _guards(self) -> Iterator[str]:
        for one in self.it.guards:
            head = f"{one.guard.cite}, {one.guard.title[self.lang]} ({self.say(one.guard.kind)})"
            yield from self._wrapped(f"{head}: {self._why(one)}")

    def _why(self, one: Considered) -> str:
        text = WHY[one.why][self.lang]
        failed = [
            part.text
            for side in one.sides
            if side.in_scope
            for part in side.parts
            if part.deciding and part.text
        ]
        return f"{text}: {'; '.join(failed)}" if one.why == "condition" and failed else text

    def _lists(self) -> Iterator[str]:
        for one in self.it.lists:
            day = one.retrieved or self.say("no date")
            yield from self._wrapped(
                f"{one.entry}: {one.category.replace('_', ' ')} · {one.list} · {day} · {one.digest[:12]}"
            )
        if self.it.service_of_host:
            yield f"  {self.say('service')}: {self.it.service_of_host}"
        if (self.it.lists or self.it.service_of_host) and not self.it.same_labels:
            yield from self._wrapped(self.say("other lists"))

    def _rows(self) -> Iterator[str]:
        for used in self.it.rows:
            cells = "  ".join(f"{name}={text}" for name, text in used.cells.items())
            said = cells if cells else self.say(f"row {used.state}")
            yield from self._wrapped(f"{used.table}: {said}")
        if self.it.rows:
            yield from self._wrapped(self.say("masked"))

    def _lawful(self) -> Iterator[str]:
        clause, norm, pack = self.it.clause, self.it.norm, self.pdp.pack
        for part in (
            p for side in self.it.sides if side.in_scope and not side.unknown_side for p in side.parts
        ):
            if part.kind == "unless" and part.text:
                yield from self._wrapped(f"{self.say('unless')} {part.text}")
        for one in self.it.otherwise:
            name = attribute_of(self.pdp, self.it.finding.act, one.path).says[self.lang]
            verdict, answer = VERDICTS[one.verdict][self.lang], ANSWERS[one.answer.value][self.lang]
            yield from self._wrapped(f"{name}: {self.value(one.value)} → {verdict}; {answer}")
        if clause is None or norm is None:
            return
        if norm.grantable:
            yield from self._wrapped(f"{self.say('permission')}: {_place.authority(pack, clause, self.lang)}")
        else:
            yield from self._wrapped(self.say("no permission"))
        for route in clause.routes:
            entry = pack.registers["routes"].get(route)
            says = entry.get("says") if entry else None
            if isinstance(says, dict):
                yield from self._wrapped(f"→ {says[self.lang]}")

    def _judged(self) -> Iterator[str]:
        for number, one in enumerate(self.it.judgements, 1):
            reason = f" · {one.reason}" if one.reason else ""
            yield f"  {number} {self._when(one.judged)} · {STATUS[one.status][self.lang]}{reason}"
            yield f"    pack {one.digests.pack}"
            yield f"    facts {one.digests.facts}"
            yield f"    labels {one.digests.labels}"

    def _place(self) -> Iterator[str]:
        place = self.it.finding.place
        if not place.length:
            yield from self._wrapped(self.say("no line"))
            return
        yield f"  {place.file} · {self.say('offset')} {place.offset} · {place.length} bytes"
        yield f"  sha256 {place.file_digest}"
        yield from self._wrapped(self.say("reveal"))
