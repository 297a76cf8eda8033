"""What is known of each host and each fetched program, looked up once per distinct one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from clausewise.audit.enrich import Enricher
from clausewise.audit.plan.coding import Coding
from clausewise.pdp.build import Builder

SCHEMA = pa.schema(
    [
        ("host", pa.int64()),
        ("mask", pa.int64()),  # categories of the lists, a bit each
        ("words", pa.int64()),  # words of the regulation, a bit each
        ("service", pa.string()),
        ("used", pa.bool_()),
        ("private", pa.bool_()),
        ("meaningful", pa.bool_()),
        ("ads", pa.bool_()),
        ("malware", pa.bool_()),
        ("attack", pa.bool_()),
        ("updates", pa.bool_()),
    ]
)
PROGRAMS = pa.schema([("program", pa.string()), ("title", pa.string())])


class Hosts:
    """The table of hosts met so far. `texts` gives the name of a host by its key."""

    def __init__(self, enricher: Enricher, builder: Builder, words: Coding | None) -> None:
        self.enricher, self.builder, self.words = enricher, builder, words
        self.texts: dict[int, str] = {}
        self._words_of: dict[int, int] = {}
        self._tables: list[pa.Table] = [SCHEMA.empty_table()]
        self._titles: dict[str, str] = {}

    def learn(self, found: Mapping[int, str]) -> bool:
        """Look up the hosts that are new; whether there were any."""
        new = {key: text for key, text in found.items() if key not in self.texts}
        if not new:
            return False
        self.texts.update(new)
        infos = [self.enricher.look_up(text) for text in new.values()]
        masks, names = [info.mask for info in infos], self.enricher.services.names
        bits = self.enricher
        columns = {
            "host": list(new),
            "mask": masks,
            "words": [self._words(mask, text) for mask, text in zip(masks, new.values(), strict=True)],
            "service": [names[info.service] or None for info in infos],
            "used": [info.used for info in infos],
            "private": [bool(mask & bits.private) for mask in masks],
            "meaningful": [bool(mask & bits.meaningful) for mask in masks],
            "ads": [bool(mask & bits.ads) for mask in masks],
            "malware": [bool(mask & bits.malware) for mask in masks],
            "attack": [bool(mask & bits.attack) for mask in masks],
            "updates": [bits.is_update(text) for text in new.values()],
        }
        self._tables.append(pa.table(columns, schema=SCHEMA))
        return True

    def _words(self, mask: int, host: str) -> int:
        """The words of the regulation that the lists say of a host, as bits."""
        if self.words is None:
            return 0
        known = self._words_of.get(mask)
        if known is None:
            found = self.builder.words_of(host) or frozenset()
            known = self._words_of[mask] = self.words.code(found)
        return known

    def table(self) -> pa.Table:
        """Every host met so far."""
        whole = pa.concat_tables(self._tables)
        self._tables = [whole]
        return whole

    def learn_programs(self, stems: Iterable[str]) -> bool:
        """Find the software titles of programs by what names them (`fields.PROGRAM`); whether any was new."""
        new = [stem for stem in stems if stem not in self._titles]
        self._titles.update((stem, self._title(stem)) for stem in new)
        return bool(new)

    def _title(self, named: str) -> str:
        original_name, ran, image = named.partition("/")
        return self.enricher.running(original_name, image) if ran else self.enricher.title(named)

    def programs(self) -> pa.Table:
        """What names a program to its title on the software register; of a fetched one, else its own name."""
        titles = [title or None for title in self._titles.values()]
        return pa.table({"program": list(self._titles), "title": titles}, schema=PROGRAMS)
