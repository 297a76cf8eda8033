"""Windows over logs that are still being written: partial states come in, derived events come out once it is over.

What has been closed is said once. A line that comes later than the county's lateness is counted and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from clausewise.audit.windows.calendar import LAST, Calendar
from clausewise.audit.windows.derive import DERIVED, LIMITS, closed_before, derived
from clausewise.audit.windows.measure import DAY, MINUTE, SEQUENCES, measure_of, threshold_of, windows_of
from clausewise.audit.windows.partial import STATE, merged
from clausewise.model.law import Pack, Window

Limits = Callable[[Window], pa.Table]
"""Gives the numbers of the facts for a window that compares."""
YEAR = 366 * DAY
GROUP = "window_id, person, thing, member, edge"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written down between two looks at the logs.

    `closed` says per window before which bucket everything has been said; `marks` are the caller's own, such as
    how far each log has been read: they are kept in the same file, so that no line counts twice.
    """

    rows: pa.Table
    closed: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def nothing(cls) -> Kept:
        """The beginning."""
        return cls(STATE.empty_table())


class Follow:
    """The state of some windows while logs grow. `lateness` is in microseconds."""

    def __init__(
        self,
        windows: Mapping[str, Window],
        thresholds: Mapping[str, int],
        zone: ZoneInfo | str,
        lateness: int,
        limits: Limits | None = None,
        kept: Kept | None = None,
    ) -> None:
        self.windows, self.thresholds, self.lateness = windows, thresholds, lateness
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        self._limits = limits
        kept = kept or Kept.nothing()
        self.rows, self._closed = kept.rows, dict(kept.closed)
        both = [exp.to_table("old"), exp.to_table("new")]
        self._merge = merged(both, windows.values()).sql(dialect="duckdb")
        self._queries: dict[tuple[str, tuple[int, int]], str] = {}
        self._database = duckdb.connect()

    @classmethod
    def of(cls, pack: Pack, limits: Limits | None = None, kept: Kept | None = None) -> Follow:
        """All windows of a pack with the county's numbers."""
        windows = {window.id: window for window in windows_of(pack)}
        numbers = {name: threshold_of(window, pack) for name, window in windows.items()}
        lateness = int(str(pack.parameter("lateness"))) * MINUTE
        return cls(windows, numbers, pack.zone, lateness, limits, kept)

    def kept(self, marks: Mapping[str, object]) -> Kept:
        """What to write down now."""
        return Kept(self.rows, dict(self._closed), dict(marks))

    def add(self, partial: pa.Table) -> int:
        """Add a partial state; returns how many events came too late to count."""
        partial = partial.cast(STATE)
        late = pc.less(partial["bucket"], self._closed_of(partial["window_id"]))
        dropped = partial.filter(late)
        fresh = partial.filter(pc.invert(late))
        if fresh.num_rows:
            self.rows = self._run(self._merge, {}, old=self.rows, new=fresh).cast(STATE)
        return int(pc.sum(dropped["n"]).as_py() or 0)

    def closed(self, until: int | None) -> pa.Table:
        """The derived events of all that is over at `until`, less the lateness; None: all there is.

        A crash before the state is written makes the same events again; their identity does not change.
        """
        if not self.rows.num_rows:
            return DERIVED.empty_table()
        low, high = pc.min(self.rows["first"]).as_py(), pc.max(self.rows["last"]).as_py()
        years = low // YEAR * YEAR, high // YEAR * YEAR + YEAR
        horizon = LAST if until is None else max(until - self.lateness, 0)
        found = [self._close(window, years, horizon) for window in self.windows.values()]
        return pa.concat_tables(found)

    def _query(self, window: Window, years: tuple[int, int]) -> str:
        """The query for a window's derived events; it is long to write and the same for years."""
        known = self._queries.get((window.id, years))
        if known is None:
            query = derived(
                window,
                exp.to_table("state"),
                Calendar(self.zone, *years),
                self.thresholds[window.id],
                limits=exp.to_table("limits"),
                since=exp.Placeholder(this="since"),
                before=exp.Placeholder(this="before"),
            )
            known = self._queries[window.id, years] = query.sql(dialect="duckdb")
        return known

    def _close(self, window: Window, years: tuple[int, int], horizon: int) -> pa.Table:
        since = self._closed.get(window.id, 0)
        before = LAST if horizon >= LAST else closed_before(window, Calendar(self.zone, *years), horizon)
        if before <= since:
            return DERIVED.empty_table()
        limits = self._limits(window) if window.compare and self._limits else LIMITS.empty_table()
        between = {"since": since, "before": before}
        found = self._run(self._query(window, years), between, state=self.rows, limits=limits).cast(DERIVED)
        self._closed[window.id] = before
        self.rows = self._run(_pruned(window, before), {}, state=self.rows).cast(STATE)
        return found

    def _closed_of(self, names: pa.ChunkedArray) -> pa.Array:
        """Per row, before which bucket its window has been closed."""
        return pa.array([self._closed.get(name, 0) for name in names.to_pylist()], pa.int64())

    def _run(self, query: str, numbers: Mapping[str, int], **tables: pa.Table) -> pa.Table:
        for name, rows in tables.items():
            self._database.register(name, rows)
        try:
            return self._database.sql(query, params=dict(numbers) or None).to_arrow_table()
        finally:
            for name in tables:
                self._database.unregister(name)


def _pruned(window: Window, before: int) -> str:
    """What of a window still matters when everything before `before` has been said.

    Counts that are closed go. A sliding window looks back over its span. Where the order of events matters the
    first and last of each edge stay: they tell whether a session is open, and since when a thing is known.
    """
    measure = measure_of(window)
    wanted = f"NOT window_id = '{window.id}' OR bucket >= {before}"
    if measure.kind == "sliding":
        wanted += f" OR moment > {before} - {measure.span}"
    if measure.kind in SEQUENCES:
        return f"""SELECT * EXCLUDE (older, newer) FROM (SELECT *,
              ROW_NUMBER() OVER (PARTITION BY {GROUP} ORDER BY moment) AS older,
              ROW_NUMBER() OVER (PARTITION BY {GROUP}, bucket < {before} ORDER BY moment DESC) AS newer
            FROM state) AS ranked WHERE {wanted} OR older = 1 OR newer = 1"""
    return f"SELECT * FROM state WHERE {wanted}"
