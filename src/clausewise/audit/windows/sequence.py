"""Windows that follow events in their order: sessions left open, sessions open twice, things that fell silent.

A session is *open* from an open or unlock event to a lock or close event. Between two events nothing is
assumed: where the next event of an open session is another open or unlock, it was closed unseen, and the time
between counts as nothing.
"""

from __future__ import annotations

from sqlglot import exp

from clausewise.audit.windows.measure import DAY, MINUTE
from clausewise.audit.windows.partial import select

RANK = "CASE edge WHEN '' THEN 0 WHEN 'open' THEN 1 WHEN 'unlock' THEN 2 WHEN 'lock' THEN 3 ELSE 4 END"
"""Order of events in one instant: what closes comes last, the innocent reading."""


def _points(group: str) -> dict[str, exp.Expr]:
    """Each event with whether its session is open after it, whether locks were ever seen, and the next event.

    Needs a part `seen` with the columns of the group, `at`, `bucket` and `edge`. The running maximum of
    twice the row number plus the state is the state of the last edge.
    """
    return {
        "numbered": select(
            f"SELECT *, ROW_NUMBER() OVER (PARTITION BY {group} ORDER BY moment, {RANK}, bucket) AS place FROM seen"
        ),
        "points": select(
            f"""SELECT *,
                  MAX(CASE WHEN edge IN ('open', 'unlock') THEN 2 * place + 1
                           WHEN edge IN ('lock', 'close') THEN 2 * place END)
                    OVER (PARTITION BY {group} ORDER BY place) % 2 AS opened,
                  MAX(CASE WHEN edge IN ('lock', 'unlock') THEN 1 ELSE 0 END)
                    OVER (PARTITION BY {group} ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING)
                    AS tells,
                  LEAD(moment) OVER (PARTITION BY {group} ORDER BY place) AS next_at,
                  LEAD(edge) OVER (PARTITION BY {group} ORDER BY place) AS next_edge,
                  LEAD(bucket) OVER (PARTITION BY {group} ORDER BY place) AS next_bucket
                FROM numbered"""
        ),
    }


def idle(own: exp.Query) -> exp.Query:
    """The longest stretch of whole minutes, per person, device and day in which it ended, that an open session
    saw nothing. What the person did without a device counts on all of them; a device that never told of a
    lock or unlock tells nothing about being unlocked.
    """
    return select(
        """SELECT person, thing, bucket, MIN(since) AS first, MAX(until) AS last, MAX(amount) AS amount
            FROM longest WHERE amount = greatest GROUP BY person, thing, bucket""",
        own=own,
        devices=select("SELECT DISTINCT person, thing FROM own WHERE NOT thing IS NULL"),
        all_seen=select(
            """SELECT person, thing, bucket, edge, first, last FROM own WHERE NOT thing IS NULL
               UNION ALL
               SELECT o.person, d.thing, o.bucket, o.edge, o.first, o.last FROM own AS o
               JOIN devices AS d ON o.person = d.person WHERE o.thing IS NULL""".replace("\n", " ")
        ),
        seen=select(
            """SELECT person, thing, bucket, edge, first AS moment FROM all_seen
               UNION ALL
               SELECT person, thing, bucket, edge, last AS moment FROM all_seen WHERE last > first"""
        ),
        **_points("person, thing"),
        gaps=select(
            f"""SELECT person, thing, next_bucket AS bucket, moment AS since, next_at AS until,
                  (next_at - moment) // {MINUTE} AS amount
                FROM points WHERE opened = 1 AND tells = 1 AND next_edge IN ('', 'lock', 'close')"""
        ),
        longest=select(
            "SELECT *, MAX(amount) OVER (PARTITION BY person, thing, bucket) AS greatest FROM gaps"
        ),
    )


def overlap(own: exp.Query, least: int) -> exp.Query:
    """The greatest number of members in which one person's sessions were open in the same instant of a day.

    Counted within the day alone: a stretch whose next event lies after midnight counts as its first instant.
    """
    return select(
        """SELECT person, thing, bucket, MIN(moment) AS first, MAX(moment) AS last, MAX(amount) AS amount
           FROM together GROUP BY person, thing, bucket""",
        own=own,
        seen=select(
            """SELECT person, thing, bucket, member, edge, first AS moment FROM own
               UNION ALL
               SELECT person, thing, bucket, member, edge, last AS moment FROM own WHERE last > first"""
        ),
        **_points("person, thing, member"),
        stretches=select(
            """SELECT person, thing, bucket, member, moment,
                 CASE WHEN next_edge IN ('', 'lock', 'close') AND next_bucket = bucket THEN next_at ELSE moment END
                   AS until
               FROM points WHERE opened = 1"""
        ),
        together=select(
            f"""SELECT a.person, a.thing, a.bucket, a.moment, COUNT(DISTINCT b.member) AS amount
                FROM (SELECT DISTINCT person, thing, bucket, moment FROM stretches) AS a JOIN stretches AS b
                  ON a.person IS NOT DISTINCT FROM b.person AND a.thing IS NOT DISTINCT FROM b.thing
                  AND a.bucket = b.bucket AND b.moment <= a.moment AND a.moment <= b.until
                GROUP BY a.person, a.thing, a.bucket, a.moment HAVING COUNT(DISTINCT b.member) >= {least}"""
        ),
    )


def silence(own: exp.Query) -> exp.Query:
    """Whole days, at the last use of each day, since the last report of a thing, or since it was first seen.

    A report later on the day of the use ends the silence as well.
    """
    return select(
        f"""SELECT person, thing, bucket, used AS first, used AS last,
              (CASE WHEN used > since THEN used - since ELSE 0 END) // {DAY} AS amount
            FROM spoken WHERE NOT used IS NULL""",
        own=own,
        days=select(
            """SELECT person, thing, bucket, MIN(first) AS first,
                 MAX(CASE WHEN edge = 'use' THEN last END) AS used,
                 MAX(CASE WHEN edge = 'report' THEN last END) AS reported
               FROM own GROUP BY person, thing, bucket"""
        ),
        spoken=select(
            """SELECT person, thing, bucket, used, COALESCE(
                 MAX(reported) OVER (PARTITION BY person, thing ORDER BY bucket),
                 MIN(first) OVER (PARTITION BY person, thing ORDER BY bucket)) AS since
               FROM days"""
        ),
    )
