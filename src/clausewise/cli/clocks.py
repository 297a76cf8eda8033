"""`clausewise clocks`: every deadline of the law with its source, and when one that starts now runs out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from clausewise.cli.ask import moment
from clausewise.clocks import Bound, Calendar, Clock, Unit, clocks_of, due, told
from clausewise.model.law import Pack
from clausewise.pack import load_pack

EPILOG = """\
examples:
  clausewise clocks
  clausewise clocks due loss_report --from 2026-10-05T09:00
  clausewise clocks due suspension_review --from 2026-11-25T15:00 --holiday 2026-11-26 --holiday 2026-11-27
"""
UNITS = {
    Unit.HOUR: {"en": ("hour", "hours"), "es": ("hora", "horas")},
    Unit.DAY: {"en": ("day", "days"), "es": ("día", "días")},
    Unit.BUSINESS_DAY: {"en": ("business day", "business days"), "es": ("día hábil", "días hábiles")},
    Unit.WEEK: {"en": ("week", "weeks"), "es": ("semana", "semanas")},
    Unit.YEAR: {"en": ("year", "years"), "es": ("año", "años")},
}
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    text = "the deadlines of the law, and when one runs out"
    style = argparse.RawDescriptionHelpFormatter
    top = commands.add_parser("clocks", help=text, description=text, epilog=EPILOG, formatter_class=style)
    _shared(top)
    top.set_defaults(run=run)
    inner = top.add_subparsers(dest="what", metavar="WHAT")
    one = inner.add_parser("due", help="when a clock runs out, in the county's time, and who is told")
    one.add_argument("clock", help="id of the clock, as `clausewise clocks` lists it")
    one.add_argument("--from", dest="since", default="", help="when it was triggered (default now)")
    one.add_argument(
        "--holiday",
        action="append",
        default=[],
        metavar="DAY",
        help="a day the offices are closed, as 2026-11-26; may be given again",
    )
    _shared(one)
    one.set_defaults(run=run_due)


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pack", default="ar4040")
    parser.add_argument("--lang", choices=("en", "es"), default="en")
    parser.add_argument("--json", action="store_true", help="machine-readable")


def run(args: argparse.Namespace) -> int:
    """List every clock with its limit, source and whether somebody has read that source."""
    pack = load_pack(args.pack)
    clocks = clocks_of(pack).values()
    if args.json:
        print(json.dumps([_as_json(clock) for clock in clocks], ensure_ascii=False, indent=1))
        return 0
    width = max((len(clock.id) for clock in clocks), default=0)
    limits = max((len(_limit(clock, args.lang)) for clock in clocks), default=0)
    for clock in clocks:
        mark = "✓" if clock.verified else "?"
        print(
            f"{mark} {clock.id:<{width}}  {_limit(clock, args.lang):<{limits}}  {_source(clock, args.lang)}{_dates(clock)}"
        )
        print(f"  {'':<{width}}  {clock.says[args.lang]}")
    print(
        {
            "en": "✓ read in the law itself   ? not yet confirmed",
            "es": "✓ leído en la propia ley   ? aún sin confirmar",
        }[args.lang]
    )
    return 0


def run_due(args: argparse.Namespace) -> int:
    """Count one clock; exit 1 where it was not in force on the day of its trigger."""
    pack = load_pack(args.pack)
    clock = clocks_of(pack).get(args.clock)
    if clock is None:
        raise ValueError(f"{args.clock}: no such clock in {pack.id}; clausewise clocks lists them")
    zone = ZoneInfo(pack.zone)
    since = moment(args.since, pack.zone)
    end = due(clock, since, Calendar(zone, frozenset(_days(args.holiday))))
    if end is None:
        raise ValueError(
            f"{clock.id}: not in force on {since.astimezone(zone):%Y-%m-%d}{_dates(clock)}; give another --from"
        )
    if args.json:
        times = {"triggered": since.astimezone(UTC).isoformat(), "due": end.isoformat()}
        print(json.dumps({**_as_json(clock), **times}, ensure_ascii=False, indent=1))
        return 0
    print("\n".join(_shown(pack, clock, end.astimezone(zone), args.lang)))
    return 0


def _shown(pack: Pack, clock: Clock, end: datetime, lang: str) -> list[str]:
    told_word = {"en": "told", "es": "se avisa a"}[lang]
    unread = "" if clock.verified else {"en": ", not yet confirmed", "es": ", aún sin confirmar"}[lang]
    return [
        f"{clock.id}: {_when(clock, end, lang)} ({_limit(clock, lang)})",
        f"  {clock.says[lang]}",
        f"  {told_word}: {_offices(pack, clock, lang)}",
        f"  {_source(clock, lang)}{unread}",
    ]


def _source(clock: Clock, lang: str) -> str:
    return {"en": "our own number", "es": "plazo nuestro"}[lang] if clock.source == "ours" else clock.source


def _when(clock: Clock, end: datetime, lang: str) -> str:
    """A deadline at midnight is said as the end of its last day, because people misread 00:00."""
    if clock.bound is Bound.EARLIEST:
        return {"en": "not before", "es": "no antes de"}[lang] + f" {_stamp(end, lang)}"
    if clock.unit is not Unit.HOUR and clock.limit:
        last = (end - timedelta(seconds=1)).date()
        by = {"en": "due by the end of", "es": "vence al acabar el"}[lang]
        return f"{by} {WEEKDAYS[lang][last.weekday()]} {last}"
    return {"en": "due", "es": "vence"}[lang] + f" {_stamp(end, lang)}"


def _stamp(at: datetime, lang: str) -> str:
    return f"{WEEKDAYS[lang][at.weekday()]} {at:%Y-%m-%d %H:%M %Z}"


def _limit(clock: Clock, lang: str) -> str:
    """`10 days`, `at once`, `at least 5 years`."""
    if clock.limit == 0:
        return {"en": "at once", "es": "al momento"}[lang]
    count = f"{clock.limit} {UNITS[clock.unit][lang][clock.limit != 1]}"
    return (
        {"en": f"at least {count}", "es": f"al menos {count}"}[lang]
        if clock.bound is Bound.EARLIEST
        else count
    )


def _dates(clock: Clock) -> str:
    """The days a clock is in force between, where the pack limits them."""
    since = f" from {clock.since}" if clock.since > date.min else ""
    return since + (f" to {clock.until}" if clock.until < date.max else "")


def _offices(pack: Pack, clock: Clock, lang: str) -> str:
    titles = []
    for office in told(clock):
        entry = pack.registers["designations"].get(office)
        title = entry.get("title") if entry else None
        titles.append(str(title[lang]) if isinstance(title, dict) else office)
    return ", ".join(titles) or "-"


def _days(typed: Iterable[str]) -> Iterable[date]:
    for text in typed:
        try:
            yield date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"--holiday {text}: not a day; write it as 2026-11-26") from None


def _as_json(clock: Clock) -> dict[str, object]:
    return {
        "id": clock.id,
        "clause": clock.clause,
        "trigger": clock.trigger,
        "limit": clock.limit,
        "unit": clock.unit.value,
        "bound": clock.bound.value,
        "roll": clock.roll,
        "told": list(told(clock)),
        "source": clock.source,
        "verified": clock.verified,
        "from": clock.since.isoformat(),
        "to": None if clock.until == date.max else clock.until.isoformat(),
        "says": dict(clock.says),
    }
