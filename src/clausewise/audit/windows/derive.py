"""From the state of a window to the events that it makes: who, what, when, how much, and over which number."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from clausewise.audit.windows.calendar import LAST, Calendar
from clausewise.audit.windows.measure import HOUR, UNITS, Measure, closing_unit, measure_of, unit_of
from clausewise.audit.windows.partial import select, total
from clausewise.audit.windows.sequence import idle, overlap, silence
from clausewise.model.law import Window

DERIVED = pa.schema(
    [
        ("window_id", pa.string()),
        ("person", pa.int64()),
        ("thing", pa.string()),
        ("first", pa.int64()),  # as it may be shown: never finer than the window's `finest`
        ("last", pa.int64()),
        ("moment", pa.int64()),  # the moment as of which it is judged; never shown and never kept
        ("amount", pa.int64()),
        ("threshold", pa.int64()),
    ]
)
LIMITS = pa.schema(
    [("thing", pa.string()), ("since", pa.int64()), ("until", pa.int64()), ("amount", pa.int64())]
)
"""What the facts say of a thing from `since` to before `until`, for a window that compares with them."""


def derived(
    window: Window,
    state: exp.Expr,
    calendar: Calendar,
    threshold: int,
    *,
    limits: exp.Expr | None = None,
    since: int | exp.Expr = 0,
    before: int | exp.Expr = LAST,
) -> exp.Query:
    """The events that a window makes of a merged state.

    Args:
        state: relation with the columns of STATE. limits: relation with those of LIMITS, for `compare`.
        since, before: only what belongs to buckets that begin in this interval; all that are over, in a batch.

    Raises:
        ValueError: the window compares with a fact, and there are no limits.
    """
    if window.compare and limits is None:
        raise ValueError(f"window `{window.id}`: compares with {window.compare}; give limits")
    own = select(
        f"SELECT person, thing, bucket, member, moment, edge, first, last, n, amount "
        f"FROM {state.sql(dialect='duckdb')} WHERE window_id = '{window.id}'"
    )
    found = _measured(window, measure_of(window), own, threshold)
    limit = "threshold" if window.compare else str(threshold)
    above = ">=" if window.at_least else ">"
    counted = select(
        f"SELECT *, {limit} AS needed FROM found WHERE amount {above} {limit} "
        f"AND bucket >= {_number(since)} AND bucket < {_number(before)}",
        found=_compared(found, limits, threshold) if limits is not None and window.compare else found,
    )
    return _shown(window, calendar, counted)


def _measured(window: Window, measure: Measure, own: exp.Query, threshold: int) -> exp.Query:
    """(person, thing, bucket, first, last, amount) of every group and bucket, or of every run of a sliding one."""
    if measure.kind == "idle":
        return idle(own)
    if measure.kind == "overlap":
        return overlap(own, threshold if window.at_least else threshold + 1)
    if measure.kind == "silence":
        return silence(own)
    if measure.kind == "sliding":
        return _sliding(own, measure.span, threshold if window.at_least else threshold + 1)
    amount = {"max": "MAX(amount)", "distinct": "COUNT(DISTINCT member)"}.get(measure.kind, total("amount"))
    return select(
        f"""SELECT person, thing, bucket, MIN(first) AS first, MAX(last) AS last,
              CAST({amount} AS BIGINT) AS amount
            FROM own GROUP BY person, thing, bucket""",
        own=own,
    )


def _sliding(own: exp.Query, span: int, least: int) -> exp.Query:
    """Runs of events before which, within `span`, at least `least` members were seen.

    Two such events belong to one run when their windows overlap; midnight ends a run.
    """
    return select(
        """SELECT person, thing, bucket, MIN(earliest) AS first, MAX(moment) AS last, MAX(amount) AS amount
            FROM runs GROUP BY person, thing, bucket, run""",
        own=own,
        hits=select(
            f"""SELECT t.person, t.thing, t.bucket, t.moment, COUNT(DISTINCT o.member) AS amount,
                  MIN(o.moment) AS earliest
                FROM (SELECT DISTINCT person, thing, bucket, moment FROM own) AS t JOIN own AS o
                  ON t.person IS NOT DISTINCT FROM o.person AND t.thing IS NOT DISTINCT FROM o.thing
                  AND o.moment > t.moment - {span} AND o.moment <= t.moment
                GROUP BY t.person, t.thing, t.bucket, t.moment HAVING COUNT(DISTINCT o.member) >= {least}"""
        ),
        marked=select(
            f"""SELECT *, CASE WHEN moment - LAG(moment) OVER (PARTITION BY person, thing, bucket ORDER BY moment) < {span}
                  THEN 0 ELSE 1 END AS begins FROM hits"""
        ),
        runs=select(
            "SELECT *, SUM(begins) OVER (PARTITION BY person, thing, bucket ORDER BY moment) AS run FROM marked"
        ),
    )


def _compared(found: exp.Query, limits: exp.Expr, threshold: int) -> exp.Query:
    """Each count beside what the facts held for its thing at its last event, plus what is let pass."""
    return select(
        f"""SELECT c.person, c.thing, c.bucket, c.first, c.last, c.amount, l.amount + {threshold} AS threshold
            FROM counts AS c JOIN {limits.sql(dialect="duckdb")} AS l
              ON LOWER(c.thing) = LOWER(l.thing) AND c.last >= l.since AND c.last < l.until""",
        counts=found,
    )


def _shown(window: Window, calendar: Calendar, counted: exp.Query) -> exp.Query:
    """The columns of DERIVED, with times as coarse as the window asks; what then looks the same is one event."""
    finest = window.finest
    if finest == "time":
        first, last = "first", "last"
    elif UNITS.index(finest) >= UNITS.index(unit_of(window)):
        first = last = calendar.start(exp.column("bucket"), finest).sql(dialect="duckdb")
    else:
        first = calendar.start(exp.column("first"), finest).sql(dialect="duckdb")
        last = calendar.start(exp.column("last"), finest).sql(dialect="duckdb")
    rows = select(
        f"""SELECT person, thing, {first} AS first, {last} AS last, last AS moment, amount, needed
            FROM counted""",
        counted=counted,
    )
    return select(
        f"""SELECT '{window.id}' AS window_id, person, thing, first, last, MAX(moment) AS moment,
              CAST(MAX(amount) AS BIGINT) AS amount, CAST(MIN(needed) AS BIGINT) AS threshold
            FROM rows GROUP BY person, thing, first, last""",
        rows=rows,
    )


def _number(value: int | exp.Expr) -> str:
    return str(value) if isinstance(value, int) else value.sql(dialect="duckdb")


def closed_before(window: Window, calendar: Calendar, until: int) -> int:
    """Buckets that begin before this are over at `until`, and so is every unit that they are shown in."""
    unit = closing_unit(window)
    # Clock hours are UTC's: where the zone's offset is no whole hour, one of them reaches into the next day.
    reach = HOUR if unit_of(window) == "hour" and unit != "hour" else 0
    return calendar.start_of(max(until - reach, 0), unit)
