"""Turns what a source read into the lake's columns: keys for names, nothing of what may not be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clausewise.audit.enrich import ASSETS, PROGRAMS, Labels
from clausewise.audit.lake.columns import COMMON, LAKE, LakeClass
from clausewise.audit.lake.keys import WIDTH, Coded, Keys, Remembered, coded
from clausewise.audit.lake.occurrences import Occurrences
from clausewise.audit.personal import PersonalDevices
from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack
from clausewise.sources.contract import line_identity

Raw = Callable[[int, int], bytes]
"""Gives the raw line at (offset, length) of the unpacked file."""
SECOND = 1_000_000
"""Microseconds."""
PLACES = ("host", "sender", "recipient", "target")
"""Columns that say where something went: a host, or an address whose domain is one."""
_PROGRAM = PROGRAMS.replace("([^/?]+)", "(?P<program>[^/?]+)").replace(r"\.(exe", r"\.(?P<kind>exe")
"""The same pattern; Arrow wants every group named."""


class Encoder:
    """Encodes the tables of the sources class by class; remembers hosts, people and lines between blocks.

    Rule 6 (a personal device's events carry host, bytes and times only) and rule 13 (nobody stands beside a
    category marked `never_personal`) are kept here, before a row leaves.
    """

    def __init__(self, pack: Pack, facts: Facts, labels: Labels | None, keys: Keys) -> None:
        self.keys = keys
        self._labels = labels
        self._private_bits = _private_bits(pack, labels)
        self._private: Remembered[bool] = Remembered(self._is_private, False)
        self._personal = PersonalDevices(facts)
        rows = facts.rows("works") if facts.has("works") else ()
        self._titles = {str(row["work"]).casefold(): str(row["work"]) for row in rows}
        self._works: Remembered[str | None] = Remembered(self._work, None)
        self._domains: Remembered[str | None] = Remembered(domain, None)
        self._log: int | None = None
        self._occurrences: dict[tuple[str, str], Occurrences] = {}

    def begin(self) -> None:
        """A file begins: its lines are counted from the first one on."""
        self._log = None

    def encode(self, cls: str, table: pa.Table, log: int, source: str, raw: Raw | None) -> pa.Table:
        """The rows of `table` (columns `SCHEMAS[cls]`) in the columns `LAKE[cls]`, in the same order.

        `log` is the key of the log file; within one, blocks come in order, so that `nth` counts on. Without
        `raw` both `ident` and `nth` stay null. Raises `KeyClash`.
        """
        kept = LAKE[cls]
        table = self._personal.strip(table)
        places = {name: coded(table[name]) for name in PLACES if name in table.column_names}
        columns = self._common(cls, table, log, source, raw)
        for name in kept.schema.names[len(COMMON) :]:
            columns[name] = self._column(kept, name, table, places)
        private = self._private_rows(places)
        if private is not None:
            for name in kept.leading_to_persons:
                nobody = pa.scalar(None, kept.schema.field(name).type)
                columns[name] = pc.if_else(private, nobody, columns[name])
        return pa.table([columns[name] for name in kept.schema.names], schema=kept.schema)

    def _common(
        self, cls: str, table: pa.Table, log: int, source: str, raw: Raw | None
    ) -> dict[str, pa.Array | pa.ChunkedArray]:
        rows = table.num_rows
        columns = {name: table[name] for name in ("time", "offset", "length")}
        columns["log"] = pa.repeat(pa.scalar(log, pa.int64()), rows)
        if raw is None:
            return columns | {"ident": pa.nulls(rows, pa.int64()), "nth": pa.nulls(rows, pa.int32())}
        if log != self._log:  # an event's n-th occurrence counts within its own file
            self._log = log
            self._occurrences.clear()
        ident = identities(table["offset"], table["length"], raw)
        seen = self._occurrences.setdefault((cls, source), Occurrences())
        nth = seen.of(ident, table["time"].to_numpy() // SECOND)
        return columns | {"ident": pa.array(ident), "nth": pa.array(nth)}

    def _column(
        self, kept: LakeClass, name: str, table: pa.Table, places: Mapping[str, Coded]
    ) -> pa.Array | pa.ChunkedArray:
        """One column beyond the common ones."""
        made = _MADE.get((kept.name, name))
        if made is not None:
            return made(self, table)
        if name in kept.persons:
            return self.keys.persons(places.get(name) or table[name])
        if name == "host":
            return self.keys.hosts(places[name])
        if name.endswith("_domain"):
            return self._domains.column(places[name.removesuffix("_domain")], pa.string())
        return table[name]

    def asset(self, table: pa.Table) -> pa.Array | pa.ChunkedArray:
        """Whether what was asked for is part of a page and no page; where no path is seen it is not known so."""
        return pc.fill_null(pc.match_substring_regex(table["path"], ASSETS), False)

    def program(self, table: pa.Table) -> pa.Array | pa.ChunkedArray:
        """The file name, without its ending and in lower case, of a program that was fetched."""
        return pc.utf8_lower(pc.struct_field(pc.extract_regex(table["path"], _PROGRAM), "program"))

    def work(self, table: pa.Table) -> pa.Array | pa.ChunkedArray:
        """The registered work that a file is named like; its own name goes no further."""
        return self._works.column(coded(table["file"]), pa.string())

    def admin_target(self, table: pa.Table) -> pa.Array | pa.ChunkedArray:
        """What an administrator changed, unless it is named by a mail address."""
        address = pc.match_substring(table["target"], "@")
        return pc.if_else(address, pa.scalar(None, pa.string()), table["target"])

    def _work(self, file: str) -> str | None:
        """The title of the registered work that a file is named like."""
        name = file.replace("\\", "/").rpartition("/")[2]
        stem, dot, _ = name.rpartition(".")
        return self._titles.get((stem if dot and stem else name).strip().casefold())

    def _private_rows(self, places: Mapping[str, Coded]) -> pa.Array | None:
        """Rows whose place is in a category that nobody may be joined with; None where there are none."""
        found = None
        for place in places.values() if self._private_bits else ():
            here = self._private.column(place, pa.bool_())
            if pc.any(here).as_py():
                here = pc.fill_null(here, False)
                found = here if found is None else pc.or_(found, here)
        return found

    def _is_private(self, text: str) -> bool:
        place = domain(text) if "@" in text else text
        mask = self._labels.mask(place) if self._labels is not None and place else 0
        return (mask & self._private_bits) != 0


_MADE: Mapping[tuple[str, str], Callable[[Encoder, pa.Table], pa.Array | pa.ChunkedArray]] = {
    ("http", "asset"): Encoder.asset,
    ("http", "program"): Encoder.program,
    ("file", "work"): Encoder.work,
    ("admin", "target"): Encoder.admin_target,
}
"""Columns that are read off others, by class and name."""


def _private_bits(pack: Pack, labels: Labels | None) -> int:
    """The label bits of the categories that the pack marks `never_personal`."""
    rows = pack.registers["categories"]
    names = labels.categories if labels is not None else ()
    return sum(1 << n for n, name in enumerate(names) if name in rows and rows[name].get("never_personal"))


def identities(offsets: pa.ChunkedArray, lengths: pa.ChunkedArray, raw: Raw) -> np.ndarray:
    """The first 8 bytes, as a signed number, of each raw line's digest (`sources.contract.line_identity`)."""
    places = zip(offsets.to_pylist(), lengths.to_pylist(), strict=True)
    found = b"".join([line_identity(raw(offset, length))[:WIDTH] for offset, length in places])
    return np.frombuffer(found, ">i8").astype(np.int64)


def domain(address: str) -> str | None:
    """The part of a mail address after its last `@`, in lower case; None where there is none."""
    found = address.rpartition("@")[2] if "@" in address else ""
    return found.strip(" <>\"'").rstrip(".").lower() or None
