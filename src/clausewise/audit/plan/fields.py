"""What the acts' log rules call by name (host, service, outcome ...), as expressions over the lake's columns.

`e` is the table of events, `h` what is known of their hosts, `g` the titles of fetched programs.
`audit.enrich` says the same for the first audit in numpy; a test holds the two together on whole logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from clausewise.audit.enrich import SMALL_TUNNEL, UPLOADS
from clausewise.model.law import Pack


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one class of events; `flags` are those that are true or false."""

    expressions: Mapping[str, exp.Expr]
    flags: frozenset[str]

    def get(self, name: str) -> exp.Expr | None:
        """The expression of a field; None where the class does not have it."""
        return self.expressions.get(name)


OF_HOSTS = frozenset({"http", "dns", "tls"})
"""Classes whose events go to a host."""

OUTCOME = """CASE WHEN e.outcome IN ('reached', 'success') THEN 'reached'
 WHEN e.outcome IN ('attempted', 'failure') THEN 'attempted' ELSE 'unknown' END"""

EMBEDDED = "(COALESCE(e.asset, FALSE) OR COALESCE(h.ads, FALSE))"
DOWN = "COALESCE(e.bytes_down, 0)"
TUNNEL = "COALESCE(e.tunnel, FALSE)"

HTTP = {
    "host": "e.host",
    "categories": "COALESCE(h.meaningful, FALSE)",
    "service": "h.service",
    # 9.f: an upload, a tunnel that stayed open and carried enough, or a host that only real use touches
    "use_evidence": f"""NOT {EMBEDDED} AND (COALESCE(e.method, '') IN ({", ".join(f"'{m}'" for m in UPLOADS)})
 OR ({TUNNEL} AND COALESCE(e.duration_ms, 0) >= :use_ms AND {DOWN} >= :use_bytes)
 OR (COALESCE(h.used, FALSE) AND (NOT {TUNNEL} OR {DOWN} >= {SMALL_TUNNEL})))""",
    "outcome": OUTCOME,
    "choice": f"""CASE WHEN {EMBEDDED} THEN 'embedded'
 WHEN {TUNNEL} AND {DOWN} < {SMALL_TUNNEL} THEN 'unknown' ELSE 'page' END""",
    "software": f"""CASE WHEN {DOWN} >= :program_bytes AND NOT COALESCE(h.updates, FALSE) THEN g.title END""",
    "software_class": """CASE WHEN h.malware THEN 'malware' WHEN h.attack THEN 'attack_tool'
 ELSE 'ordinary' END""",
    "bytes_down": DOWN,
    "bytes_up": "COALESCE(e.bytes_up, 0)",
    "src_ip": "e.src_ip",
}
OF_CLASS: Mapping[str, Mapping[str, str]] = {
    "http": HTTP,
    "dns": {name: HTTP[name] for name in ("host", "categories", "service", "outcome", "src_ip")},
    "tls": {name: HTTP[name] for name in ("host", "categories", "service", "outcome", "src_ip")},
}
BESIDE: Mapping[str, Mapping[str, str]] = {
    "process": {"software": "CASE WHEN NOT COALESCE(e.system, FALSE) THEN g.title END"},
}
"""Fields of a class beside its own columns."""
PROGRAM: Mapping[str, str] = {
    "http": "e.program",
    "process": "LOWER(COALESCE(e.original_name, '') || '/' || COALESCE(e.image, ''))",
}
"""What names a program in a class: the file that was fetched, or its maker's name and its file's (no `/` in them)."""
FLAGS = frozenset({"categories", "use_evidence"})
OWN_PLACE = frozenset({"time", "log", "offset", "length", "ident", "nth", "source", "day"})


@dataclass(frozen=True, slots=True)
class Parameters:
    """The county's numbers that fields depend on: milliseconds and bytes of use, bytes of a program (9, 9.f)."""

    use_ms: int
    use_bytes: int
    program_bytes: int

    @classmethod
    def of(cls, pack: Pack) -> Parameters:
        """Read them from the pack's parameters."""
        return cls(
            int(str(pack.parameter("service_use_seconds"))) * 1000,
            int(str(pack.parameter("service_use_bytes"))),
            int(str(pack.parameter("program_bytes"))),
        )


def fields_of(cls: str, columns: Mapping[str, str], numbers: Parameters) -> Fields:
    """Every field of a class. `columns` are the lake's columns of it, by name, each with its Arrow type."""
    told = {**OF_CLASS.get(cls, {}), **BESIDE.get(cls, {})}
    flags = {name for name, kind in columns.items() if kind == "bool"} | FLAGS
    for name, kind in columns.items():
        if name not in OWN_PLACE and name not in told and (cls not in OF_CLASS or name == "user"):
            # An empty text is no text; a flag that nobody set is not set.
            told[name] = f"NULLIF(e.{name}, '')" if kind == "string" else f"e.{name}"
            if kind == "bool":
                told[name] = f"COALESCE(e.{name}, FALSE)"
    if cls not in OF_CLASS and "outcome" in told:
        told["outcome"] = OUTCOME
    return Fields({name: _expression(text, numbers) for name, text in told.items()}, frozenset(flags))


def _expression(text: str, numbers: Parameters) -> exp.Expr:
    for name in ("use_ms", "use_bytes", "program_bytes"):
        text = text.replace(f":{name}", str(getattr(numbers, name)))
    return sqlglot.parse_one(text, dialect="duckdb")
