"""One cell: from the text a person typed to the value it stands for, or to a remedy.

Dates and times without an offset are the county's local time; every value that leaves here is UTC.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from .tables import Column, Kind, nearest

_YES: Final = frozenset("yes y true t 1 x on sí si s verdadero v".split())
_NO: Final = frozenset("no n false f 0 off falso".split())
_UNKNOWN: Final = frozenset(["", "unknown", "desconocido", "desconocida", "?", "n/a", "na", "null", "-"])
_OPEN_YEAR: Final = 9999  # databases write 9999-12-31 for "no end"
_YEARS: Final = range(1900, 2201)

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(.+))?$")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:,? +(.+))?$")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?([ap])?\.?m?\.?$", re.IGNORECASE)
_OFFSET = re.compile(r"(.*?) ?(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_MAC = re.compile(r"[0-9a-f]{12}$")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*$")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+$")
_SPLIT = re.compile(r"[\s;,|]+")
_DATE_REMEDY = "write it as 2026-10-05"
_TIME_REMEDY = "write it as 2026-10-05 or 2026-10-05 14:30"


class CellError(ValueError):
    """The text is not what its column holds: `what` is wrong, and the `remedy`."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}; {remedy}")


def read_cell(column: Column, text: str, zone: ZoneInfo) -> object:
    """The value of a cell, None when blank or said to be unknown. Raises CellError."""
    text = text.strip()
    if not text:
        return None
    if column.kind is Kind.WORD:
        return _word(column, text)
    if column.kind in (Kind.MOMENT, Kind.LAST_DAY):
        return moment(text, zone, whole_day=column.kind is Kind.LAST_DAY)
    if column.kind is Kind.SINCE and text[:1].isdigit() and len(text) > 1:
        return moment(text, zone)
    return _READERS[column.kind](text)


def _word(column: Column, text: str) -> str | None:
    word = text.casefold()
    if column.name == "weekday":
        word = _WEEKDAYS.get(word, word)
    if word in column.allowed:
        return word
    if word in _UNKNOWN:
        return None
    raise CellError(f"`{text}` cannot stand in `{column.name}`", nearest(word, column.allowed))


def _flag(text: str) -> bool | None:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if word in _UNKNOWN:
        return None
    raise CellError(f"`{text}` is neither yes nor no", "write yes, no, or leave it blank for unknown")


def _number(text: str) -> int:
    digits = text.replace(",", "")
    if re.fullmatch(r"-?[0-9]{1,15}", digits):
        return int(digits)
    raise CellError(f"`{text}` is not a whole number", "write it as 40")


def moment(text: str, zone: ZoneInfo, *, whole_day: bool = False) -> datetime | None:
    """A date or a time as an aware UTC instant; None for the year 9999, which means "no end".

    `whole_day` makes a date alone mean the end of that day instead of its beginning. Dates are ISO or, as
    county exports have them, month/day/year. Raises CellError.
    """
    match = _ISO.match(text)
    year, month, day = match.group(1, 2, 3) if match else ("", "", "")
    if not match and (match := _AMERICAN.match(text)):
        month, day, year = match.group(1, 2, 3)
    if not match:
        raise CellError(f"`{text}` is not a date", _DATE_REMEDY)
    if int(year) == _OPEN_YEAR:
        return None
    try:
        on = date(int(year), int(month), int(day))
    except ValueError:
        raise CellError(f"`{text}` is not a date", _DATE_REMEDY) from None
    if on.year not in _YEARS:
        raise CellError(f"`{text}` lies outside the years 1900 to 2200", _DATE_REMEDY)
    if match.group(4):
        return _instant(text, on, match.group(4).strip(), zone)
    return midnight(on + timedelta(days=1) if whole_day else on, zone)


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(on, time(0), zone).astimezone(UTC)


def _instant(text: str, on: date, clock: str, zone: ZoneInfo) -> datetime:
    offset = _OFFSET.match(clock)
    wall = datetime.combine(on, _wall_time(text, offset.group(1) if offset else clock))
    if offset:
        sign = offset.group(2).upper().replace("Z", "+0000").replace(":", "")
        if int(sign[1:3]) > 14 or int(sign[3:]) > 59:
            raise CellError(f"`{text}` has an offset that no place has", "write the offset as -07:00")
        shift = timedelta(hours=int(sign[1:3]), minutes=int(sign[3:]))
        return (wall - shift if sign[0] == "+" else wall + shift).replace(tzinfo=UTC)
    local = wall.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise CellError(f"`{text}` does not exist: clocks went forward over it", "write a time an hour later")
    return instant  # in the hour that clocks go back over, the first of the two


def _wall_time(text: str, clock: str) -> time:
    match = _TIME.match(clock.strip())
    if not match:
        raise CellError(f"`{text}` is not a time", _TIME_REMEDY)
    hour, minute, second = int(match.group(1)), int(match.group(2)), int(match.group(3) or 0)
    half = (match.group(4) or "").lower()
    if half and not 1 <= hour <= 12:
        raise CellError(f"`{text}` is not a time", _TIME_REMEDY)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise CellError(f"`{text}` is not a time", _TIME_REMEDY) from None


def _clock(text: str) -> str:
    try:
        return _wall_time(text, text).strftime("%H:%M")
    except CellError:
        raise CellError(f"`{text}` is not a time of day", "write it as 08:00") from None


def _breaks(text: str) -> tuple[str, ...]:
    spans = []
    for part in re.sub(r"\s*-\s*", "-", text).replace(",", " ").replace(";", " ").split():
        start, dash, end = part.partition("-")
        try:
            span = f"{_clock(start)}-{_clock(end)}"
        except CellError:
            raise CellError(f"`{part}` is not a break", "write it as 12:00-12:30") from None
        if not dash or span[:5] == span[6:]:
            raise CellError(f"`{part}` is not a break", "write it as 12:00-12:30")
        spans.append(span)
    return tuple(sorted(set(spans)))


def host(text: str) -> str:
    """A host name as it is compared: lower case ASCII, no trailing dot. Raises CellError."""
    name = text.strip().rstrip(".").lower().removeprefix("*.")
    try:
        return ipaddress.ip_address(name.strip("[]")).compressed
    except ValueError:
        pass
    try:
        name = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if len(name) <= 253 and _HOST.match(name):
        return name
    raise CellError(f"`{text}` is not a host name", "write it as www.example.org, without http:// or a path")


def _hosts(text: str) -> tuple[str, ...]:
    parts = [part for part in _SPLIT.split(text) if part]
    return tuple(
        sorted({("=" if part.startswith("=") else "") + host(part.removeprefix("=")) for part in parts})
    )


def _channel(text: str) -> str:
    return text.lower().removeprefix("@").rstrip(".")


def _mail(text: str) -> str:
    if _MAIL.match(text):
        return text.lower()
    raise CellError(f"`{text}` is not a mail address", "write it as ana.lopez@redbud.example")


def mac(text: str) -> str:
    """A network card address as aa:bb:cc:dd:ee:ff. Raises CellError."""
    digits = re.sub(r"[:.\-\s]", "", text).lower()
    if _MAC.match(digits):
        return ":".join(digits[i : i + 2] for i in range(0, 12, 2))
    raise CellError(f"`{text}` is not a network card address", "write it as 02:00:5e:10:11:82")


def _addresses(text: str) -> tuple[str, ...]:
    found = set()
    for part in (part for part in _SPLIT.split(text) if part):
        try:
            found.add(ipaddress.ip_address(part).compressed)
        except ValueError:
            raise CellError(f"`{part}` is not a network address", "write it as 10.20.4.17") from None
    return tuple(sorted(found))


def _network(text: str) -> str:
    try:
        return ipaddress.ip_network(text, strict=True).compressed
    except ValueError:
        pass
    try:
        right = ipaddress.ip_network(text, strict=False).compressed
    except ValueError:
        raise CellError(f"`{text}` is not an address range", "write it as 10.20.4.0/22") from None
    raise CellError(f"`{text}` is an address inside a range", f"did you mean `{right}`?")


_WEEKDAYS: Final = {
    **dict(zip("monday tuesday wednesday thursday friday saturday sunday".split(),
               "mon tue wed thu fri sat sun".split(), strict=True)),
    **dict(zip("lunes martes miércoles jueves viernes sábado domingo".split(),
               "mon tue wed thu fri sat sun".split(), strict=True)),
}  # fmt: skip

_READERS: Final[dict[Kind, Callable[[str], object]]] = {
    Kind.TEXT: str, Kind.NAME: str, Kind.MAIL: _mail, Kind.FLAG: _flag, Kind.SINCE: _flag, Kind.NUMBER: _number,
    Kind.CLOCK: _clock, Kind.BREAKS: _breaks, Kind.HOST: host, Kind.HOSTS: _hosts,
    Kind.ADDRESSES: _addresses, Kind.MAC: mac, Kind.CHANNEL: _channel, Kind.NETWORK: _network,
}  # fmt: skip
