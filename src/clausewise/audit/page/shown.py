"""What one page shows: findings, how they stand, the last audit's numbers, and the words and dates of a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from clausewise.audit.aspects import Aspects
from clausewise.audit.feeds import Coverage, Feed
from clausewise.audit.findings import Finding, Summary
from clausewise.audit.page.terms import CLASSES, TEXT
from clausewise.audit.standing import Standing
from clausewise.audit.timeline import moment
from clausewise.model.law import Pack

INSTANT = timedelta(microseconds=1)
DAYS = {
    "en": "Mon Tue Wed Thu Fri Sat Sun".split(),
    "es": "lunes martes miércoles jueves viernes sábado domingo".split(),
}
MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything that a page is written from. `findings` are those of the clauses, `apart` the others.

    `summary` is None where the last audit's numbers are not kept; `period` where no hours were counted.
    """

    pack: Pack
    summary: Summary | None
    findings: Sequence[Finding]
    apart: Sequence[Finding]
    standing: Mapping[str, Standing]
    aspects: Aspects
    quoted: Mapping[str, tuple[str, ...]]
    lang: str
    at: datetime
    feeds: Sequence[Feed] = ()
    coverage: Sequence[Coverage] = ()
    period: tuple[datetime, datetime] | None = None
    filters: str = ""

    def say(self, name: str, **values: object) -> str:
        """One sentence of the page in its language."""
        text = TEXT[self.lang][name]
        return text.format(**values) if values else text

    def local(self, microseconds: int) -> datetime:
        """A time of a finding in the county's zone."""
        return moment(microseconds).astimezone(ZoneInfo(self.pack.zone))

    def day(self, on: date) -> str:
        """`Mon, Oct 5`, with the year where it is not this one; `lunes 5 de octubre`."""
        weekday, month = DAYS[self.lang][on.weekday()], MONTHS[self.lang][on.month - 1]
        this = on.year == self.at.astimezone(ZoneInfo(self.pack.zone)).year
        if self.lang == "es":
            return f"{weekday} {on.day} de {month}" + ("" if this else f" de {on.year}")
        return f"{weekday}, {month} {on.day}" + ("" if this else f", {on.year}")

    def last_day(self, end: datetime) -> str:
        """The last day of something that ends at `end` (excluded)."""
        return self.day((end - INSTANT).astimezone(ZoneInfo(self.pack.zone)).date())

    def short(self, on: date) -> str:
        """`Oct 5`; `5 oct`."""
        month = MONTHS[self.lang][on.month - 1][:3]
        return f"{on.day} {month}" if self.lang == "es" else f"{month} {on.day}"

    def clock(self, at: datetime) -> str:
        """`8:13 AM`; `8:13 a. m.`."""
        local = at.astimezone(ZoneInfo(self.pack.zone))
        half = ("a.\u00a0m.", "p.\u00a0m.") if self.lang == "es" else ("AM", "PM")
        return f"{local.hour % 12 or 12}:{local:%M}\u00a0{half[local.hour >= 12]}"

    def time(self, at: datetime) -> str:
        """`Mon, Oct 5, 8:13 AM`; `lunes 5 de octubre, 8:13 a. m.`."""
        return f"{self.day(at.astimezone(ZoneInfo(self.pack.zone)).date())}, {self.clock(at)}"

    def feed_name(self, cls: str) -> str:
        """What a class of events is called."""
        return CLASSES[self.lang].get(cls, cls)
