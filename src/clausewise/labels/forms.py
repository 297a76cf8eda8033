"""Read the forms in which public web lists come: plain names, hosts files, block rules, v2fly files.

Nothing here opens a file: every reader takes lines and gives entries.  An entry is a host name in
lower-case ASCII, which stands for that name and everything beneath it, or `=name`, which stands for
that one host.  What cannot be judged by host alone is refused and counted, never guessed at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from clausewise.labels.host import LabelError, canonical, is_address

_FAST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.[a-z][a-z0-9-]{0,62}")
_BLOCK_RULE = re.compile(r"(?:@@)?\|\|([^\^/$|]+)\^?(?:\$.*)?\|?")
_SINKS = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1", "255.255.255.255", "fe80::1%lo0", "ff02::1"})  # noqa: S104 - read in files, never bound
_OWN_NAMES = frozenset({"localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost"})
_LOOK_AT = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader understood: entries in the order read, once each, and what it refused, by reason."""

    entries: tuple[str, ...]
    refused: Mapping[str, int] = field(default_factory=dict)


class _Collector:
    """Gathers entries and refusals while a list is read."""

    def __init__(self) -> None:
        self.entries: dict[str, None] = {}
        self.refused: Counter[str] = Counter()

    def take(self, text: str, exact: bool = False) -> None:
        """Add one written entry, or count why it was refused."""
        if _FAST.fullmatch(text):
            self.entries["=" + text if exact else text] = None
            return
        name, why = _entry(text)
        if name is None:
            self.refused[why] += 1
        else:
            self.entries["=" + name if exact and not name.startswith("=") else name] = None

    def reading(self) -> Reading:
        """Return what was gathered."""
        return Reading(tuple(self.entries), dict(self.refused))


def _entry(text: str) -> tuple[str | None, str]:
    """Understand one entry in any usual spelling; the second value is the reason of a refusal."""
    rule = _BLOCK_RULE.fullmatch(text)
    if text.startswith("@@"):
        return None, "exception"
    if rule:
        text = rule[1]
    exact = text.startswith("=")
    text = text.removeprefix("=").strip()
    if "://" in text:
        text = text.split("://", 1)[1]
    host, _, path = text.partition("/")
    if not host:
        return None, "pattern"
    if path.strip("/"):
        return None, "path"
    if not host.startswith("[") and host.count(":") == 1:
        host, _, port = host.partition(":")
        if not port.isdecimal():
            return None, "not a name"
    host = host.removeprefix("*").removeprefix(".")
    if any(letter in host for letter in "*^$|()\\?+"):
        return None, "pattern"
    if is_address(host.strip("[]").lower().removesuffix(".")):
        return None, "address"
    name = canonical(host)
    if name is None:
        return None, "not a name"
    return ("=" + name if exact else name), ""


def lines_of(raw: bytes) -> list[str]:
    """Decode a list file whatever its editor did: byte-order marks, CRLF, stray bytes, UTF-16."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", errors="replace")
    else:
        text = raw.decode("utf-8-sig", errors="replace")
    return text.replace("\0", "").splitlines()


def _bare(lines: Iterable[str]) -> Iterator[str]:
    """Yield each line without comments and surrounding space; empty ones are left out."""
    for line in lines:
        text = line.strip().removeprefix("\ufeff")
        if not text or text[0] in "#!;" or text.startswith(("//", "[Adblock")):
            continue
        if "#" in text:
            text = re.split(r"\s#", text, maxsplit=1)[0].rstrip()
        yield text.lower()


def plain(lines: Iterable[str]) -> Reading:
    """Read one name a line: `name`, `*.name`, `.name`, `||name^`, `=name`, or a URL without a path."""
    found = _Collector()
    for text in _bare(lines):
        found.take(text)
    return found.reading()


def hosts(lines: Iterable[str]) -> Reading:
    """Read a hosts file: an address, then names.  The names are taken as suffixes.

    A hosts file has no way to write "and everything beneath"; its makers list `www.` beside the bare
    name and mean the site.
    """
    found = _Collector()
    for text in _bare(lines):
        address, *names = text.split()
        if not names or not (address in _SINKS or is_address(address)):
            names = [address, *names] if not names else []
            if not names:
                found.refused["not a hosts line"] += 1
        for name in names:
            if name not in _OWN_NAMES and not name.startswith("ip6-") and name not in _SINKS:
                found.take(name)
    return found.reading()


def v2fly(files: Mapping[str, Iterable[str]], name: str, *, without: Collection[str] = ()) -> Reading:
    """Read list `name` of a v2fly folder with all it includes, except the files in `without`.

    `domain:` or nothing is a suffix, `full:` an exact host; `keyword:` and `regexp:` are refused and
    counted because they match parts of unrelated names.  `include:x @a @-b` takes only the lines of
    `x` that carry attribute `a` and not `b`.  Raises LabelError for a file that is not there.
    """
    found = _Collector()
    _v2fly_file(files, name, found, frozenset(without), (), ())
    return found.reading()


def _v2fly_file(
    files: Mapping[str, Iterable[str]],
    name: str,
    found: _Collector,
    without: frozenset[str],
    wanted: tuple[str, ...],
    above: tuple[str, ...],
) -> None:
    """Read one file and, through itself, its includes; `above` is the way down to it."""
    if name not in files:
        parent = above[-1] if above else "the list catalogue"
        raise LabelError(f"v2fly {parent}: includes '{name}', which is not in the folder; get it again")
    for text in _bare(files[name]):
        rule, *rest = text.split()
        attributes = {word[1:] for word in rest if word.startswith("@")}
        kind, colon, value = rule.partition(":")
        if not colon:
            kind, value = "domain", rule
        if kind == "include":
            if value not in without and value not in above and value != name:
                filters = tuple(word[1:] for word in rest if word.startswith("@"))
                _v2fly_file(files, value, found, without, wanted + filters, (*above, name))
        elif not all((w[1:] not in attributes) if w.startswith("-") else (w in attributes) for w in wanted):
            continue
        elif kind in ("domain", "full"):
            found.take(value, exact=kind == "full")
        else:
            found.refused[kind if kind in ("keyword", "regexp") else "not a rule"] += 1


def popular(lines: Iterable[str], *, top: int = 10_000) -> frozenset[str]:
    """Read the first `top` names of a popularity list: `rank,name` (Tranco) or one name a line."""
    names: set[str] = set()
    for text in _bare(lines):
        rank, comma, rest = text.partition(",")
        if comma and rank.isdigit() and int(rank) > top:
            continue
        name = canonical(rest.split(",")[0] if comma and rank.isdigit() else rank)
        if name is not None and "." in name:
            names.add(name)
        if len(names) >= top:
            break
    return frozenset(names)


def recognise(lines: Iterable[str]) -> str:
    """Say which form a single list file has: `hosts`, `popular` or `plain`, by what most lines look like."""
    seen: Counter[str] = Counter()
    for text in _bare(lines):
        words = text.split()
        if len(words) > 1 and (words[0] in _SINKS or is_address(words[0])):
            seen["hosts"] += 1
        elif re.fullmatch(r"\d+,[^,\s]+", text):
            seen["popular"] += 1
        else:
            seen["plain"] += 1
        if seen.total() >= _LOOK_AT:
            break
    return seen.most_common(1)[0][0] if seen else "plain"
