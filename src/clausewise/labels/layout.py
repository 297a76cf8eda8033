"""How labels are laid out as keys and values: what stands in the answer file and in the provenance file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from clausewise.labels.catalogue import CATEGORIES, ListSource
from clausewise.labels.host import LabelError, split_entry, wire
from clausewise.labels.service import Service
from clausewise.labels.web import Merged

FORMAT = 1
_DROPS_KEPT = 5_000

Items = list[tuple[bytes, bytes]]
Databases = Mapping[bytes, Items]


def answers_of(merged: Merged, services: Mapping[str, Service]) -> dict[bytes, Items]:
    """Lay the answers out as sorted keys and values."""
    owner = {entry.encode(): key.encode() for key, one in services.items() for entry in one.entries()}
    use = {entry.encode(): key.encode() for key, one in services.items() for entry in one.use_hosts}
    return {
        b"names": masks_of(merged.names),
        b"exact": masks_of(merged.exact),
        b"services": sorted(owner.items()),
        b"use_hosts": sorted(use.items()),
    }


def masks_of(names: Mapping[str, int]) -> Items:
    """Keys in wire form with masks as decimal text, which is what dnsdist hands to its rules.

    There are more than 32 categories and Lua's bit operations see 32 bits, so a Lua rule tests bit `n` by
    `math.floor(value / 2^n) % 2 == 1`.
    """
    return sorted((key_of(name), b"%d" % mask) for name, mask in names.items())


def key_of(name: str) -> bytes:
    """The wire key of a name that a reader has already checked."""
    key = wire(name)
    if key is None:
        raise LabelError(f"entry '{name}': not a host name; read lists with the readers of forms.py")
    return key


def provenance_of(sources: Sequence[ListSource], merged: Merged) -> Databases:
    """Lay each list out in its own database; `s` marks a suffix entry, `e` an exact one."""
    laid = {}
    for source in sources:
        kinds: dict[bytes, bytes] = {}
        for entry in merged.kept[source.id]:
            name, exact = split_entry(entry)
            key, kind = key_of(name), b"e" if exact else b"s"
            if kind not in kinds.get(key, b""):
                kinds[key] = kinds.get(key, b"") + kind
        laid[database(source.id)] = sorted(kinds.items())
    return laid


def drops(merged: Merged) -> list[tuple[str, str, str]]:
    """The entries that guards kept out, as rows; the first few thousand are enough to explain."""
    return [(drop.list, drop.entry, drop.guard) for drop in merged.dropped[:_DROPS_KEPT]]


def meta_of(
    sources: Sequence[ListSource], merged: Merged, answers: Databases, at: datetime, popularity: bool
) -> dict[str, Any]:
    """What the build writes down about itself; the digest covers the answers, not when or in what order."""
    guards = [drop.guard for drop in merged.dropped]
    shortest = min((name.count(".") + 1 for name in merged.names), default=2)
    digest = hashlib.sha256(f"labels {FORMAT}\n{' '.join(CATEGORIES)}\n".encode())
    for database, items in answers.items():
        digest.update(b"%s %d\n" % (database, len(items)))
        for key, value in items:
            digest.update(b"%d:%d:%s%s" % (len(key), len(value), key, value))
    return {
        "format": FORMAT,
        "categories": CATEGORIES,
        "digest": digest.hexdigest(),
        "built_at": at.astimezone(UTC).isoformat(),
        "shortest": shortest,
        "counts": {"names": len(merged.names), "exact": len(merged.exact)},
        "guards": {guard: guards.count(guard) for guard in ("public suffix", "popular")},
        "popularity_guard": popularity,
        "lists": [row_of(source) for source in sources],
    }


def row_of(source: ListSource) -> dict[str, Any]:
    """Describe one list in the meta database."""
    return {
        "id": source.id,
        "category": source.category,
        "role": source.role,
        "licence": source.licence,
        "url": source.url,
        "retrieved": source.retrieved.isoformat() if source.retrieved else "",
        "entries": len(source.entries),
        "refused": dict(source.refused),
        "digest": source.digest(),
    }


def database(list_id: str) -> bytes:
    """The name of the database of one list."""
    return b"list:" + list_id.encode()


def described(row: Mapping[str, Any]) -> ListSource:
    """Make a ListSource without entries from its row in the meta database."""
    retrieved = date.fromisoformat(row["retrieved"]) if row["retrieved"] else None
    return ListSource(row["id"], row["category"], (), row["licence"], row["url"], retrieved, {}, row["role"])
