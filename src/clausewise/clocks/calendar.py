"""Days as the county counts them: its time zone, its holidays, and which days are business days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """A county's days. `holidays` are local dates on which its offices are closed beside weekends."""

    zone: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def day_of(self, at: datetime) -> date:
        """The local date of a moment.

        Raises:
            ValueError: `at` names no time zone, so it is no moment at all.
        """
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()}: a time without its zone; add one, such as +00:00")
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The instant a local day ends, in UTC: next midnight on the wall, after 23, 24 or 25 hours."""
        return datetime.combine(day + DAY, time(), self.zone).astimezone(UTC)

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday, and not a holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def rolled(self, day: date) -> date:
        """That day if it is a business day, else the next one that is."""
        while not self.is_business_day(day):
            day += DAY
        return day

    def business_days_after(self, day: date, count: int) -> date:
        """The `count`-th business day after `day`; `day` itself is never counted."""
        for _ in range(count):
            day = self.rolled(day + DAY)
        return day
