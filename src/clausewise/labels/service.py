"""Well-known online services: which hosts are whose, and which hosts only real use touches."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clausewise.labels.host import LabelError, canonical, split_entry

FEES = ("free", "freemium", "paid")
_KEYS = {"name", "purpose", "fee", "hosts", "use_hosts", "sign_in_hosts"}


@dataclass(frozen=True, slots=True)
class Service:
    """One online service.

    Hosts are entries: `dropbox.com` stands for the name and everything beneath it,
    `=drive.google.com` for that host alone.  `use_hosts` are touched only when somebody uses the
    service (sends, opens or edits something), not when he reads its front page or another site embeds
    a button of it.  `sign_in_hosts` may serve several services and therefore name none.
    """

    id: str
    name: str
    purpose: str
    fee: str
    hosts: tuple[str, ...]
    use_hosts: tuple[str, ...] = ()
    sign_in_hosts: tuple[str, ...] = ()

    def entries(self) -> Iterator[str]:
        """Yield every entry that belongs to this service alone."""
        yield from self.hosts
        yield from self.use_hosts


def parse_services(text: str) -> Mapping[str, Service]:
    """Read the service map; raises LabelError naming the service, what is wrong and the remedy."""
    table = tomllib.loads(text).get("service", {})
    known: dict[str, Service] = {}
    owner: dict[str, str] = {}
    for key in sorted(table):
        service = _service(key, table[key])
        for entry in service.entries():
            if owner.setdefault(entry, key) != key:
                raise LabelError(
                    f"services.toml [service.{key}]: host '{entry}' belongs to '{owner[entry]}' already; "
                    "keep it in one of them"
                )
        known[key] = service
    return known


def _service(key: str, row: Mapping[str, object]) -> Service:
    """Check one row of the service map and make it a Service."""
    place = f"services.toml [service.{key}]"
    odd = sorted(set(row) - _KEYS)
    if odd:
        raise LabelError(f"{place}: unknown key '{odd[0]}'; use only {', '.join(sorted(_KEYS))}")
    if row.get("fee") not in FEES:
        raise LabelError(f"{place}: fee is {row.get('fee')!r}; write one of {', '.join(FEES)}")
    words = {}
    for column in ("name", "purpose"):
        value = row.get(column)
        if not isinstance(value, str) or not value:
            raise LabelError(f"{place}: no {column}; add it as text")
        words[column] = value
    hosts = _hosts(place, row, "hosts")
    if not hosts:
        raise LabelError(f"{place}: no hosts; name at least one")
    return Service(
        id=key,
        name=words["name"],
        purpose=words["purpose"],
        fee=str(row["fee"]),
        hosts=hosts,
        use_hosts=_hosts(place, row, "use_hosts"),
        sign_in_hosts=_hosts(place, row, "sign_in_hosts"),
    )


def _hosts(place: str, row: Mapping[str, object], column: str) -> tuple[str, ...]:
    """Read one column of entries; every one has to be in the form that look-ups use."""
    value = row.get(column, [])
    if not isinstance(value, list):
        raise LabelError(f'{place}: {column} is not a list; write ["host", ...]')
    for entry in value:
        name = split_entry(entry)[0] if isinstance(entry, str) else ""
        if not name or canonical(name) != name:
            raise LabelError(f"{place}: {column} has {entry!r}; write a lower-case host name or =name")
    return tuple(value)


def nearest(owner: Mapping[str, str], parents: Iterator[str]) -> str | None:
    """Find the service of a host given its name and parents, the longest first."""
    host = next(parents)
    exact = owner.get("=" + host) or owner.get(host)
    if exact is not None:
        return exact
    return next((owner[parent] for parent in parents if parent in owner), None)
