"""Our web categories, and which public list counts as which of them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from clausewise.labels.forms import Reading, plain
from clausewise.labels.host import LabelError

CATEGORIES: tuple[str, ...] = (
    *("adult", "gambling", "dating", "violence", "weapons", "drugs", "hate", "social_media", "chat"),
    *("streaming", "games", "shopping", "ads_tracking", "news", "education", "jobsearch", "bank", "health"),
    *("proxy_vpn", "doh", "remote_control", "malware", "phishing", "hacking_tools", "shareware_warez"),
    *("piracy", "personal_cloud", "webmail", "ai", "shorteners", "dynamic_dns", "campaign", "sports"),
    *("travel", "disposable_mail", "telemetry", "county_denied"),
)
"""Category ids in bit order: category `n` is bit `1 << n` of a mask.  New ones go at the end."""

BIT: Mapping[str, int] = {category: 1 << at for at, category in enumerate(CATEGORIES)}
EVERY = (1 << len(CATEGORIES)) - 1

HARMFUL: frozenset[str] = frozenset(
    {"adult", "gambling", "dating", "violence", "weapons", "drugs", "hate", "proxy_vpn", "malware"}
    | {"phishing", "hacking_tools", "shareware_warez", "piracy"}
)
"""What a support, health or education site may never be called because a public list erred."""

NEEDS_TWO: frozenset[str] = frozenset({"malware", "phishing"})
"""Categories in which one list alone does not suffice against a popular name."""

SUFFIX_CATEGORIES: frozenset[str] = frozenset({"dynamic_dns"})
"""Categories whose meaning is "anyone may have a name beneath this": private suffixes may stay."""


@dataclass(frozen=True, slots=True)
class ListSource:
    """One list, read: where it came from, under which licence, and what it says about hosts.

    `id` is `origin/list` (`ut1/gambling`).  `category` is one of CATEGORIES; in the roles `allow` and
    `protect` it may also be `*` (every category) or `harmful` (those of HARMFUL).  `retrieved` is the
    day the list was fetched or reviewed, None if nobody knows.
    """

    id: str
    category: str
    entries: tuple[str, ...]
    licence: str
    url: str = ""
    retrieved: date | None = None
    refused: Mapping[str, int] = field(default_factory=dict)
    role: str = "list"

    @property
    def origin(self) -> str:
        """Who makes the list; two lists of one maker are one witness, not two."""
        return self.id.split("/", 1)[0]

    @property
    def bits(self) -> int:
        """The bits of the category; raises LabelError if it is none of ours."""
        return bits_of(self.category, self.id)

    def digest(self) -> str:
        """SHA-256 over what the list says, whatever the order of its lines."""
        text = "\n".join((self.role, self.category, *sorted(set(self.entries))))
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def bits_of(category: str, place: str) -> int:
    """Return the mask of a category word, `*` or `harmful`; LabelError names `place` if unknown."""
    if category == "*":
        return EVERY
    if category == "harmful":
        return sum(BIT[word] for word in HARMFUL)
    if category not in BIT:
        raise LabelError(f"{place}: no category '{category}'; use one of {', '.join(CATEGORIES)}")
    return BIT[category]


def words_of(mask: int, categories: Iterable[str] = CATEGORIES) -> tuple[str, ...]:
    """Return the category ids whose bits are set in `mask`, in bit order."""
    return tuple(category for at, category in enumerate(categories) if mask >> at & 1)


@dataclass(frozen=True, slots=True)
class Origin:
    """Somebody who publishes lists, and what we make of each.

    `lists` maps the name of a list to our category; `unused` says why a list is left out; `without`
    names files that a v2fly list must not include (a shop's list that pulls in its data centres).
    """

    id: str
    title: str
    licence: str
    url: str
    form: str
    says: str
    download: str
    lists: Mapping[str, str]
    unused: Mapping[str, str]
    without: Mapping[str, tuple[str, ...]]

    def source(self, name: str, reading: Reading, retrieved: date | None, category: str = "") -> ListSource:
        """Make the ListSource of list `name` of this origin from what a reader understood.

        Raises LabelError where neither the list's head nor the catalogue says which category it is.
        """
        found = category or self.lists.get(name, "")
        bits_of(found, f"list '{self.id}/{name}'")
        return ListSource(
            id=f"{self.id}/{name}",
            category=found,
            entries=reading.entries,
            licence=self.licence,
            url=self.url,
            retrieved=retrieved,
            refused=reading.refused,
        )


def parse_origins(text: str) -> Mapping[str, Origin]:
    """Read the list catalogue (`lists.toml`); raises LabelError for a category that is not ours."""
    origins: dict[str, Origin] = {}
    for key, row in tomllib.loads(text)["origin"].items():
        for name, category in row["lists"].items():
            if category not in BIT:
                raise LabelError(
                    f"lists.toml [origin.{key}.lists] {name}: no category '{category}'; "
                    f"use one of {', '.join(CATEGORIES)}"
                )
        origins[key] = Origin(
            id=key,
            title=row["title"],
            licence=row["licence"],
            url=row["url"],
            form=row["form"],
            says=row["says"],
            download=row.get("download", ""),
            lists=row["lists"],
            unused=row.get("unused", {}),
            without={name: tuple(files) for name, files in row.get("without", {}).items()},
        )
    return origins


def county_sources(role: str, lines: Iterable[str]) -> list[ListSource]:
    """Read a county `allow` or `deny` list: `name`, `*.name` or `=name`, then the categories it means.

    A line without a category means all of them when it allows, and `county_denied` when it denies.
    Raises LabelError with the number of the first line that cannot be understood.
    """
    by_category: dict[str, dict[str, None]] = {}
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        place = f"county {role} list line {number}"
        read = plain(words[:1])
        if not read.entries:
            raise LabelError(f"{place}: '{words[0]}' is not a host name; write name, *.name or =name")
        for category in words[1:] or ["*" if role == "allow" else "county_denied"]:
            bits_of(category, place)
            by_category.setdefault(category, {})[read.entries[0]] = None
    return [
        ListSource(f"county/{role}/{category}", category, tuple(entries), "the county's own", role=role)
        for category, entries in sorted(by_category.items())
    ]
