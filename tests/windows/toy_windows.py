"""Windows of a law that does not exist, one for each way of counting, and the database that runs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from clausewise.audit.windows.calendar import LAST, Calendar
from clausewise.audit.windows.derive import DERIVED, LIMITS, derived
from clausewise.audit.windows.partial import STATE, merged, partial
from clausewise.model.law import Condition, Window
from windows.events import HIGH, LOW

ZONE = "America/Los_Angeles"
CALENDARS = {name: Calendar(name, LOW, HIGH) for name in (ZONE, "UTC", "Asia/Kathmandu", "America/Santiago")}
LICENCES = {"draw": 1, "write": 0}
LIMIT_ROWS = pa.Table.from_pylist(
    [{"thing": name, "since": 0, "until": LAST, "amount": number} for name, number in LICENCES.items()],
    schema=LIMITS,
)
WORDS = ("streaming", "personal", "bypass")
SESSION = {
    "open": (("kind", "is", ["login", "connect"]), ("outcome", "is", "reached")),
    "unlock": (("kind", "is", "unlock"),),
    "lock": (("kind", "is", "lock"),),
    "close": (("kind", "is", ["logout"]),),
}


def toy(measure: str, timespan: str, group_by: tuple[str, ...] = ("person",), **more: Any) -> Window:
    """A window of the toy law."""
    given = {"threshold_parameter": "n", "says": {}, "classes": ("auth",), **more}
    return Window(f"{measure}-{timespan}", "1/x", "act", group_by, timespan, measure, **given)


TOYS = (
    toy("count", "1w", where=(("words", "has_any", ["personal"]), ("duty", "is", "on")), finest="week"),
    toy("count", "1d", ("person", "device"), finest="day"),
    toy("sum:bytes", "1h", exempt=(("purpose", "is", "class"),)),
    toy("sum:bytes", "1h", where=(("outcome", "is", "reached"),), finest="day"),
    toy("sum:bytes", "1w", finest="hour"),
    toy("max:bytes", "1w", ("owner",), at_least=True),
    toy("distinct:device", "1d", ("person",)),
    toy("distinct:device", "1w", ("software",), compare="software.licences", finest="week"),
    toy("distinct:src_ip", "10m", at_least=True, where=(("kind", "is", "login"),)),
    toy("idle", "1d", ("person", "device"), edges=SESSION),
    toy("overlap:device", "1d", ("owner",), edges=SESSION, at_least=True),
    toy("silence", "1d", ("device",), edges={"use": (("kind", "is", "login"),), "report": (("kind", "is", "report"),)}),
)  # fmt: skip
EVENTS = pa.schema(
    [
        ("time", pa.int64()),
        ("person", pa.int64()),
        ("owner", pa.int64()),
        ("device", pa.string()),
        ("src_ip", pa.string()),
        ("software", pa.string()),
        ("kind", pa.string()),
        ("outcome", pa.string()),
        ("duty", pa.string()),
        ("purpose", pa.string()),
        ("bytes", pa.int64()),
        ("words", pa.int64()),
    ]
)
FIELDS = {name: exp.column(name, table="e") for name in EVENTS.names}


def condition(when: tuple[Condition, ...]) -> exp.Expr:
    """The conditions as an expression over the test's table; a field it lacks meets nothing."""
    return exp.and_(*(_one(*one) for one in when))


def _one(name: Any, operator: Any, *rest: Any) -> exp.Expr:
    if name not in FIELDS:
        return exp.false()
    column = FIELDS[name].copy()
    if operator == "has_any":
        bits = sum(1 << WORDS.index(word) for word in rest[0])
        return exp.NEQ(
            this=exp.paren(exp.BitwiseAnd(this=column, expression=exp.convert(bits))),
            expression=exp.convert(0),
        )
    if operator == "is":
        wanted = rest[0] if isinstance(rest[0], list | tuple) else [rest[0]]
        return column.isin(*wanted)
    return exp.not_(column.is_(exp.null()))


def table(events: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Events as the relation that a window reads."""
    bits = [
        {**event, "words": sum(1 << WORDS.index(w) for w in event.get("words") or ())} for event in events
    ]
    return pa.Table.from_pylist(bits, schema=EVENTS)


DATABASE = duckdb.connect(config={"threads": 1})


def run(query: str, **tables: pa.Table) -> pa.Table:
    """The rows of a query on DuckDB."""
    database = DATABASE.cursor()
    for name, rows in tables.items():
        database.register(name, rows)
    return database.sql(query).to_arrow_table()


@cache
def partial_sql(number: int, zone: str) -> str:
    """The query for the partial state of a toy window; writing it takes longer than running it."""
    query = partial(TOYS[number], exp.to_table("events").as_("e"), FIELDS, condition, CALENDARS[zone])
    return query.sql(dialect="duckdb")


@cache
def derived_sql(number: int, zone: str, threshold: int) -> str:
    """The query for the derived events of a toy window."""
    limits = exp.to_table("limits") if TOYS[number].compare else None
    return derived(TOYS[number], exp.to_table("state"), CALENDARS[zone], threshold, limits=limits).sql(
        dialect="duckdb"
    )


@cache
def merged_sql(number: int, pieces: int) -> str:
    """The query that adds the states s0, s1 and so on."""
    return merged([exp.to_table(f"s{piece}") for piece in range(pieces)], [TOYS[number]]).sql(
        dialect="duckdb"
    )


def state_of(window: Window, events: Iterable[Mapping[str, Any]], zone: str = ZONE) -> pa.Table:
    """The partial state of one batch of events."""
    return run(partial_sql(TOYS.index(window), zone), events=table(events)).cast(STATE)


def merge(window: Window, states: Sequence[pa.Table]) -> pa.Table:
    """All partial states as one."""
    named = {f"s{number}": state for number, state in enumerate(states)}
    return run(merged_sql(TOYS.index(window), len(states)), **named).cast(STATE)


def found(window: Window, state: pa.Table, threshold: int, zone: str = ZONE) -> list[tuple[Any, ...]]:
    """The derived events of a state, in order, without the moment they are judged at."""
    rows = run(derived_sql(TOYS.index(window), zone, threshold), state=state, limits=LIMIT_ROWS).cast(DERIVED)
    return sorted((tuple(row.values()) for row in rows.drop_columns(["moment"]).to_pylist()), key=repr)
