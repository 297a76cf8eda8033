"""Reads off each event what the acts ask for: the service, the categories, whether it was chosen, the file.

Everything that depends on a host alone is found once per distinct host and spread over the events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clausewise.facts.snapshot import Facts
from clausewise.model.law import Pack

UPLOADS = ("POST", "PUT", "PATCH")
ASSETS = r"(?i)\.(gif|png|jpe?g|webp|svg|ico|css|js|woff2?|ttf|mp4|m4s|ts|swf)$"
PROGRAMS = r"(?i)/([^/?]+)\.(exe|msi|msix|dmg|pkg|deb|rpm|apk|appimage|jar|iso)$"
SMALL_TUNNEL = 12_000
"""Bytes: a tunnel that carried less may be a picture, a beacon or a handshake; nobody can say it was chosen."""
ADS = "ads_tracking"
OUTCOMES = ("unknown", "reached", "attempted")
CHOICES = ("unknown", "page", "embedded")
CLASSES = ("ordinary", "malware", "attack_tool")


class Labels(Protocol):
    """What the audit needs of a label file."""

    categories: tuple[str, ...]
    digest: str

    def mask(self, host: str) -> int: ...
    def service(self, host: str) -> str | None: ...
    def use_evidence(self, host: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class HostInfo:
    """What is known of one host: category bits, the service it belongs to, whether only real use touches it."""

    mask: int
    service: int
    used: bool


class Codes:
    """Texts as small integers that stay the same for a whole audit; 0 stands for no text."""

    def __init__(self) -> None:
        self.names: list[str] = [""]
        self._codes: dict[str | None, int] = {None: 0, "": 0}

    def of(self, text: str | None) -> int:
        """The code of `text`, a new one if it is new."""
        code = self._codes.get(text)
        if code is None:
            code = self._codes[text] = len(self.names)
            self.names.append(str(text))
        return code

    def column(self, column: pa.ChunkedArray) -> np.ndarray:
        """The codes of a text column, one dictionary look-up per distinct text."""
        encoded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        table = np.array([self.of(text) for text in encoded.dictionary.to_pylist()], dtype=np.int64)
        if not len(table):
            return np.zeros(len(column), dtype=np.int64)
        found: np.ndarray = table[encoded.indices.to_numpy(zero_copy_only=False)]
        return found


@dataclass(frozen=True, slots=True)
class Events:
    """A block of events of one class as integer columns.

    `fields` holds what conditions and questions read, by name; a text field is held as codes with its
    texts in `texts`, so that two events with equal codes are equal to every policy.
    """

    cls: str
    time: np.ndarray
    user: np.ndarray
    address: np.ndarray
    line: np.ndarray
    offset: np.ndarray
    length: np.ndarray
    fields: Mapping[str, np.ndarray]
    texts: Mapping[str, list[str]]

    def text(self, name: str, row: int) -> str:
        """The text of a coded field in one row."""
        return self.texts[name][int(self.fields[name][row])]


class Enricher:
    """Turns the tables of the sources into `Events`, remembering hosts, users and addresses between blocks."""

    def __init__(self, pack: Pack, facts: Facts, labels: Labels | None) -> None:
        self.pack, self.facts, self.labels = pack, facts, labels
        self.users, self.addresses, self.hosts, self.services, self.software = (Codes() for _ in range(5))
        self.things = Codes()
        self._masks = self._services = np.zeros(1, dtype=np.int64)  # by host code; 0 is no host
        self._used_hosts = np.zeros(1, dtype=bool)
        categories = labels.categories if labels else ()
        self.category_bits = [(1 << number, name) for number, name in enumerate(categories)]
        self._register: list[str] | None = None
        self._use_seconds = int(str(pack.parameter("service_use_seconds")))
        self._use_bytes = int(str(pack.parameter("service_use_bytes")))
        self._updates = tuple(str(pack.parameter("system_update_hosts")).split())
        self._program_bytes = int(str(pack.parameter("program_bytes")))
        self.malware = _bits(categories, lambda name: name in ("malware", "phishing"))
        self.attack = _bits(categories, lambda name: name == "hacking_tools")
        self.ads = _bits(categories, lambda name: name == ADS)
        rows = pack.registers["categories"]
        self.private = _bits(categories, lambda name: bool(name in rows and rows[name].get("never_personal")))
        self.meaningful = _bits(categories, lambda name: bool(name in rows and rows[name].get("words")))

    def events(self, cls: str, table: pa.Table) -> Events:
        """The block `table` of class `cls` with the fields that the acts ask for."""
        empty = np.zeros(table.num_rows, dtype=np.int64)
        names = set(table.column_names)

        def text(name: str, codes: Codes) -> np.ndarray:
            return codes.column(table[name]) if name in names else empty

        fields, texts = SHAPES.get(cls, _other)(self, table)
        return Events(
            cls=cls,
            time=table["time"].to_numpy(),
            user=self._actors(cls, table) if cls == "auth" else text("user", self.users),
            address=text("src_ip" if "src_ip" in names else "ip", self.addresses),
            line=table["line"].to_numpy(),
            offset=table["offset"].to_numpy(),
            length=table["length"].to_numpy(),
            fields=fields,
            texts=texts,
        )

    def _actors(self, cls: str, table: pa.Table) -> np.ndarray:
        """Who acted in a sign-in: the user already signed in if the log says so, else the account's own name."""
        return self.users.column(pc.coalesce(table["user"], table["account"]))

    def _used(self, table: pa.Table, used: np.ndarray, down: np.ndarray, tunnel: np.ndarray) -> np.ndarray:
        """Events in which a service was used (reading of 9.f): an upload, a host that only real use touches, or
        a tunnel that stayed open and carried more than a look does (the county's parameters).
        """
        upload = pc.is_in(table["method"], pa.array(UPLOADS)).to_numpy(zero_copy_only=False)
        milliseconds = pc.fill_null(table["duration_ms"], 0).to_numpy()
        long = tunnel & (milliseconds >= self._use_seconds * 1000) & (down >= self._use_bytes)
        found: np.ndarray = upload | long | (used & (~tunnel | (down >= SMALL_TUNNEL)))
        return found

    def _titles(self, table: pa.Table, hosts: np.ndarray) -> np.ndarray:
        """The software title of each fetched program; 0 where no program was, or a system updated itself."""
        codes = np.zeros(table.num_rows, dtype=np.int64)
        program = pc.fill_null(pc.match_substring_regex(table["path"], PROGRAMS), False).to_numpy(
            zero_copy_only=False
        )
        large = pc.fill_null(table["bytes_down"], 0).to_numpy() >= self._program_bytes
        rows = np.nonzero(program & large)[0]
        for row, path in zip(rows.tolist(), table["path"].take(pa.array(rows)).to_pylist(), strict=True):
            host = self.hosts.names[int(hosts[row])]
            if not self.is_update(host):
                stem = PurePosixPath(path.partition("?")[0]).stem.lower()
                codes[row] = self.software.of(self.title(stem))
        return codes

    def is_update(self, host: str) -> bool:
        """Whether a system fetches its own updates from this host (9: not a download by its user)."""
        return any(host == name or host.endswith("." + name) for name in self._updates)

    def title(self, stem: str) -> str:
        """The longest title of the software register that a program's file name begins with, else the name."""
        return self._registered(stem) or stem

    def running(self, original_name: str | None, image: str | None) -> str:
        """The title on the software register of a program that ran; empty for any other program.

        The name that its maker gave it counts before the name of its file, which anybody may change.
        """
        stems = (PurePosixPath(name).stem.lower() for name in (original_name, image) if name)
        return next(filter(None, map(self._registered, stems)), "")

    def _registered(self, stem: str) -> str:
        if self._register is None:
            rows = self.facts.rows("software") if self.facts.has("software") else ()
            self._register = sorted((str(row["title"]).lower() for row in rows), key=len, reverse=True)
        for title in self._register:
            if stem == title or stem.startswith((f"{title}-", f"{title}_", f"{title} ", f"{title}.")):
                return title
        return ""

    def words_bits(self, words: Collection[str]) -> int:
        """The category bits whose word of the regulation is one of `words`."""
        rows = self.pack.registers["categories"]

        def says(name: str) -> bool:
            found = rows[name].get("words", []) if name in rows else []
            return isinstance(found, list) and not set(found).isdisjoint(words)

        return _bits(self.labels.categories if self.labels else (), says)

    def host_info(self, codes: np.ndarray) -> np.ndarray:
        """Make sure that every host code has its info; the codes themselves."""
        start, names = len(self._masks), self.hosts.names
        if len(names) > start:
            new = [self.look_up(name) for name in names[start:]]
            self._masks = np.append(self._masks, np.array([i.mask for i in new], dtype=np.int64))
            self._services = np.append(self._services, np.array([i.service for i in new], dtype=np.int64))
            self._used_hosts = np.append(self._used_hosts, np.array([i.used for i in new], dtype=bool))
        return codes

    def look_up(self, host: str) -> HostInfo:
        """What the lists and the catalogue of services say of one host."""
        service = self.facts.service_of(host) if self.facts.has("services") else None
        if self.labels is None:
            return HostInfo(0, self.services.of(service), False)
        name = service or self.labels.service(host)
        used = name is not None and self.labels.use_evidence(host)  # only a service's hosts can show its use
        return HostInfo(self.labels.mask(host), self.services.of(name), used)

    def columns_of_hosts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(mask, service code, used) by host code."""
        return self._masks, self._services, self._used_hosts


def _bits(categories: tuple[str, ...], wanted: Callable[[str], bool]) -> int:
    return sum(1 << number for number, name in enumerate(categories) if wanted(name))


def _outcomes(table: pa.Table) -> np.ndarray:
    """Codes into OUTCOMES; a sign-in's success counts as reached, its failure as attempted."""
    reached = pc.is_in(table["outcome"], pa.array(["reached", "success"])).to_numpy(zero_copy_only=False)
    tried = pc.is_in(table["outcome"], pa.array(["attempted", "failure"])).to_numpy(zero_copy_only=False)
    return np.where(reached, 1, np.where(tried, 2, 0)).astype(np.int64)


PLACED = frozenset({"time", "line", "offset", "length"})
Shape = tuple[dict[str, np.ndarray], dict[str, list[str]]]


def _http(self: Enricher, table: pa.Table) -> Shape:
    host = self.host_info(self.hosts.column(table["host"]))
    masks, services, used = self.columns_of_hosts()
    mask = masks[host]
    down = pc.fill_null(table["bytes_down"], 0).to_numpy()
    tunnel = pc.fill_null(table["tunnel"], False).to_numpy(zero_copy_only=False)
    asset = pc.fill_null(pc.match_substring_regex(table["path"], ASSETS), False).to_numpy(
        zero_copy_only=False
    )
    embedded = asset | ((mask & self.ads) != 0)
    choice = np.where(embedded, 2, np.where(tunnel & (down < SMALL_TUNNEL), 0, 1))
    fields = {
        "host": host,
        "mask": mask,
        "categories": (mask & self.meaningful) != 0,
        "service": services[host],
        "use_evidence": self._used(table, used[host], down, tunnel) & ~embedded,
        "outcome": _outcomes(table),
        "choice": choice.astype(np.int64),
        "software": self._titles(table, host),
        "software_class": np.where(mask & self.malware, 1, np.where(mask & self.attack, 2, 0)),
        "bytes_down": down,
    }
    return fields, {
        "host": self.hosts.names,
        "service": self.services.names,
        "software": self.software.names,
        "software_class": list(CLASSES),
        "outcome": list(OUTCOMES),
        "choice": list(CHOICES),
    }


def _dns(self: Enricher, table: pa.Table) -> Shape:
    host = self.host_info(self.hosts.column(table["host"]))
    masks, services, _ = self.columns_of_hosts()
    fields = {
        "host": host,
        "mask": masks[host],
        "categories": (masks[host] & self.meaningful) != 0,
        "service": services[host],
        "outcome": _outcomes(table),
    }
    return fields, {"host": self.hosts.names, "service": self.services.names, "outcome": list(OUTCOMES)}


def _auth(self: Enricher, table: pa.Table) -> Shape:
    kind = Codes()
    fields = {
        "account": self.things.column(table["account"]),
        "actor": self.users.column(table["user"]),
        "outcome": _outcomes(table),
        "explicit": pc.fill_null(table["explicit"], False).to_numpy(zero_copy_only=False),
        "kind": kind.column(table["kind"]),
    }
    return fields, {"account": self.things.names, "outcome": list(OUTCOMES), "kind": kind.names}


def _dhcp(self: Enricher, table: pa.Table) -> Shape:
    return {"mac": self.things.column(table["mac"])}, {"mac": self.things.names}


def _other(self: Enricher, table: pa.Table) -> Shape:
    """Any other class: each text column as codes, each number and flag as it is; 0 where nothing is told."""
    fields: dict[str, np.ndarray] = {}
    texts: dict[str, list[str]] = {}
    for name in table.column_names:
        if name in ("time", "line", "offset", "length", "user", "src_ip"):
            continue
        kind = table[name].type
        if name == "outcome":
            fields[name], texts[name] = _outcomes(table), list(OUTCOMES)
        elif pa.types.is_string(kind):
            fields[name], texts[name] = self.things.column(table[name]), self.things.names
        elif pa.types.is_boolean(kind):
            fields[name] = pc.fill_null(table[name], False).to_numpy(zero_copy_only=False)
        elif name not in PLACED:
            fields[name] = pc.fill_null(table[name], 0).to_numpy().astype(np.int64)
    return fields, texts


def _process(self: Enricher, table: pa.Table) -> Shape:
    """As any other class, with the title of the register that runs, unless it is part of the system."""
    fields, texts = _other(self, table)
    own = pc.fill_null(table["system"], False).to_pylist()
    names = zip(own, table["original_name"].to_pylist(), table["image"].to_pylist(), strict=True)
    titles = [
        0 if system else self.software.of(self.running(original, image)) for system, original, image in names
    ]
    return (
        fields | {"software": np.array(titles, dtype=np.int64)},
        texts | {"software": self.software.names},
    )


SHAPES: Mapping[str, Callable[[Enricher, pa.Table], Shape]] = {
    "http": _http,
    "dns": _dns,
    "auth": _auth,
    "dhcp": _dhcp,
    "process": _process,
}

FIELDS: Mapping[str, frozenset[str]] = {
    "http": frozenset(
        "host categories service use_evidence outcome choice software software_class bytes_down".split()
    ),
    "dns": frozenset("host categories service outcome".split()),
    "auth": frozenset("account outcome explicit kind".split()),
    "dhcp": frozenset({"mac"}),
    "process": frozenset({"software"}),
}
"""What conditions and questions can read of each class, beside the text columns of its source."""
