"""The partial state of a window: one row per group and bucket with whole numbers, so that states can be added.

Columns of a state, the same for all windows: `window_id`, `person` (pseudonym key, NULL nobody), `thing` (text,
NULL none), `bucket` (its beginning), `member` (a distinct value, NULL none), `moment` (the bucket again, or the
event's own time where the order of events matters), `edge` (open, unlock, lock, close, use, report, or empty),
`first` and `last` time, `n` events, `amount` (a sum or a greatest number, else 0).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa
from sqlglot import exp, parse_one

from clausewise.audit.windows.calendar import Calendar
from clausewise.audit.windows.measure import (
    MINUTE,
    Measure,
    measure_of,
    person_field,
    thing_field,
    unit_of,
)
from clausewise.model.law import Condition, Window

STATE = pa.schema(
    [
        ("window_id", pa.string()),
        ("person", pa.int64()),
        ("thing", pa.string()),
        ("bucket", pa.int64()),
        ("member", pa.string()),
        ("moment", pa.int64()),
        ("edge", pa.string()),
        ("first", pa.int64()),
        ("last", pa.int64()),
        ("n", pa.int64()),
        ("amount", pa.int64()),
    ]
)
KEY = ("window_id", "person", "thing", "bucket", "member", "moment", "edge")
GREATEST = 2**63 - 1
"""Sums stop here instead of overflowing."""

Compile = Callable[[tuple[Condition, ...]], exp.Expr]
"""Turns conditions, all of which must hold, into an expression; FALSE where a class lacks a field."""


def partial(
    window: Window,
    source: exp.Expr,
    fields: Mapping[str, exp.Expr],
    condition: Compile,
    calendar: Calendar,
) -> exp.Query:
    """The partial state of one window over one relation of events.

    Args:
        source: what stands after FROM. fields: name of a field to its expression over `source`; `time` must be
            there, any other that is missing counts as NULL.
    """
    measure = measure_of(window)
    member: exp.Expr = exp.null()
    value: exp.Expr = exp.Literal.number(0)
    if measure.kind in ("distinct", "sliding", "overlap"):
        member = _text(_field(fields, measure.column))
    elif measure.kind in ("sum", "max"):
        value = exp.cast(_field(fields, measure.column), "BIGINT")
    person, thing = person_field(window), thing_field(window)
    rows = (
        exp.select(
            exp.cast(_field(fields, person), "BIGINT").as_("person"),
            _text(_field(fields, thing)).as_("thing"),
            exp.cast(fields["time"].copy(), "BIGINT").as_("time"),
            exp.cast(member, "TEXT").as_("member"),
            _edge(window, condition).as_("edge"),
            value.as_("value"),
        )
        .from_(source.copy())
        .where(*_kept(window, condition), copy=False)
    )
    return _counted(window, measure, calendar, rows)


def _counted(window: Window, measure: Measure, calendar: Calendar, rows: exp.Select) -> exp.Query:
    """The rows of a window, put into buckets and counted."""
    bucket = calendar.start(exp.column("time"), unit_of(window)).sql(dialect="duckdb")
    at, wanted = bucket, [_named(window, measure)]
    if measure.kind == "sliding":
        at = "time"
    elif measure.kind in ("idle", "overlap"):
        at = f"CASE WHEN edge = '' THEN time - time % {MINUTE} ELSE time END"
    if measure.kind in ("distinct", "sliding", "overlap"):
        wanted.append("NOT member IS NULL")
    elif measure.kind in ("sum", "max"):
        wanted.append("NOT value IS NULL")
    elif measure.kind == "idle":
        wanted.append("(edge = '' OR NOT thing IS NULL)")
    amount = {"count": "COUNT(*)", "sum": total("value"), "max": "MAX(value)"}.get(measure.kind, "0")
    return select(
        f"""SELECT '{window.id}' AS window_id, person, thing, {bucket} AS bucket, member, {at} AS moment, edge,
              MIN(time) AS first, MAX(time) AS last, COUNT(*) AS n, CAST({amount} AS BIGINT) AS amount
            FROM rows WHERE {" AND ".join(wanted)}
            GROUP BY person, thing, {bucket}, member, {at}, edge""",
        rows=rows,
    )


def _named(window: Window, measure: Measure) -> str:
    """Whom a row must name to be counted: a window about people leaves out what nobody did."""
    person, thing = person_field(window), thing_field(window)
    needs = []
    if person and (not thing or measure.kind == "idle"):
        needs.append("NOT person IS NULL")
    if thing and measure.kind != "idle":
        needs.append("NOT thing IS NULL")
    return " AND ".join(needs) or "TRUE"


def merged(states: Iterable[exp.Expr], windows: Iterable[Window]) -> exp.Query:
    """The state that all `states` make together: counts and sums add up, members and edges are united."""
    greatest = [w.id for w in windows if measure_of(w).kind == "max"]
    amount = total("amount")
    if greatest:
        names = ", ".join(f"'{name}'" for name in greatest)
        amount = f"CASE WHEN window_id IN ({names}) THEN MAX(amount) ELSE {amount} END"
    key = ", ".join(KEY)
    every = " UNION ALL ".join(f"SELECT * FROM {state.sql(dialect='duckdb')}" for state in states)
    return select(
        f"""SELECT {key}, MIN(first) AS first, MAX(last) AS last, CAST(SUM(n) AS BIGINT) AS n,
              CAST({amount} AS BIGINT) AS amount
            FROM ({every}) AS states GROUP BY {key}"""
    )


def select(text: str, **parts: exp.Expr) -> exp.Query:
    """The query `text`, with `parts` as named subqueries before it."""
    query = parse_one(text, dialect="duckdb")
    assert isinstance(query, exp.Query)
    for name, part in parts.items():
        query = query.with_(name, as_=part, copy=False)
    return query


def total(column: str) -> str:
    """The sum of a column of whole numbers, which stops at the greatest one instead of overflowing."""
    return f"LEAST(SUM({column}), {GREATEST})"


def _kept(window: Window, condition: Compile) -> list[exp.Expr]:
    """What an event must be to be counted; what is not known does not meet a condition."""
    kept: list[exp.Expr] = []
    if window.where:
        kept.append(_sure(condition(window.where)))
    if window.exempt:
        kept.append(exp.not_(_sure(condition(window.exempt))))
    return kept or [exp.true()]


def _edge(window: Window, condition: Compile) -> exp.Expr:
    case = exp.Case()
    for edge in sorted(window.edges):  # close and lock before open and unlock: the innocent reading
        case = case.when(_sure(condition(window.edges[edge])), exp.Literal.string(edge))
    return case.else_(exp.Literal.string("")) if window.edges else exp.Literal.string("")


def _sure(found: exp.Expr) -> exp.Expr:
    return exp.func("COALESCE", exp.paren(found.copy()), exp.false())


def _field(fields: Mapping[str, exp.Expr], name: str) -> exp.Expr:
    return fields[name].copy() if name in fields else exp.null()


def _text(column: exp.Expr) -> exp.Expr:
    return exp.cast(column, "TEXT")
