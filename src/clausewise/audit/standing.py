"""Says how each finding stands with people: open, set apart for a time, or decided; nothing is ever deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from clausewise.audit.findings import ADVICE, REVIEW, SELF_REPORTED, WITHDRAWN, Finding
from clausewise.facts.snapshot import Facts

OPEN, SUPPRESSED, DISPOSITIONED = "open", "suppressed", "dispositioned"
STATES = (OPEN, ADVICE, REVIEW, SELF_REPORTED, SUPPRESSED, DISPOSITIONED, WITHDRAWN)
"""Every way a finding can stand, in the order in which they are counted and shown."""
SHOWN = frozenset({OPEN, ADVICE, REVIEW, SELF_REPORTED})
"""What is shown in its clause; the others are listed apart."""
OUTCOMES = ("no-concern", "explained", "case-opened", "corrected")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Standing:
    """How one finding stands at a time.

    `outcome` is what somebody made of it (one of OUTCOMES); `reason` why, `by` the pseudonym of who decided,
    `since` when; `until` the end of a suppression. `ended` is the end of the newest suppression that held
    once and holds no longer, so that nobody wonders why an old finding is back.
    """

    state: str
    reason: str = ""
    by: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    ended: datetime | None = None


def standings(
    findings: Iterable[Finding],
    facts: Facts,
    at: datetime,
    mask: Callable[[str], str],
    hide: Callable[[str], str] = str,
) -> dict[str, Standing]:
    """The standing of each finding at `at`, by finding id; give the newest judgement of each.

    A withdrawn finding stays withdrawn; else the newest disposition counts, else a suppression that holds.
    Whoever a finding is about can neither suppress nor settle it: such a row counts for nothing here.

    Args:
        mask: person id to the county's pseudonym; names are compared as pseudonyms and never shown.
        hide: what a typed reason may be shown as; it may hold somebody's name.
    """
    tables = {
        name: [{**row, "reason": hide(str(row["reason"]))} for row in facts.rows(name)]
        for name in ("suppressions", "dispositions")
    }
    suppressions, dispositions = (
        _by(tables["suppressions"], "norm"),
        _by(tables["dispositions"], "finding"),
    )
    return {
        finding.id: _standing(
            finding,
            [row for row in suppressions.get(finding.norm.casefold(), ()) if _covers(row, finding, mask)],
            [row for row in dispositions.get(finding.id, ()) if not _own(row, finding, mask)],
            at,
            mask,
        )
        for finding in findings
    }


def counts(standing: Mapping[str, Standing]) -> dict[str, int]:
    """How many findings stand in each way, in the order of STATES; a way in which none stands is left out."""
    found = Counter(one.state for one in standing.values())
    return {state: found[state] for state in STATES if found[state]}


def _by(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[column]).casefold(), []).append(row)
    return found


def _standing(
    finding: Finding,
    suppressions: Iterable[Row],
    dispositions: Iterable[Row],
    at: datetime,
    mask: Callable[[str], str],
) -> Standing:
    if finding.status == WITHDRAWN:
        return Standing(WITHDRAWN, finding.reason)
    begun = [row for row in suppressions if (since := _since(row)) is not None and since <= at]
    over = [until for row in begun if (until := _moment(row, "valid_to")) is not None and until <= at]
    ended = max(over, default=None)
    decided = [row for row in dispositions if (when := _moment(row, "decided_at")) and when <= at]
    if decided:
        row = max(decided, key=lambda one: _moment(one, "decided_at") or at)
        outcome, since = str(row["outcome"]), _moment(row, "decided_at")
        return Standing(DISPOSITIONED, str(row["reason"]), mask(str(row["by"])), outcome, since, None, ended)
    holding = [row for row in begun if (until := _moment(row, "valid_to")) is not None and at < until]
    if holding:
        row = max(holding, key=lambda one: _moment(one, "valid_to") or at)
        until = _moment(row, "valid_to")
        return Standing(SUPPRESSED, str(row["reason"]), mask(str(row["by"])), "", _since(row), until, ended)
    state = finding.status if finding.status in (ADVICE, REVIEW, SELF_REPORTED) else OPEN
    return Standing(state, ended=ended)


def _covers(row: Row, finding: Finding, mask: Callable[[str], str]) -> bool:
    """Whether a suppression means this finding: everything it names must be the finding's own."""
    person, host, thing = (str(row[name] or "") for name in ("person", "host", "thing"))
    return (
        bool(person or host or thing)
        and (not person or mask(person) == finding.person)
        and (not host or host.casefold() in (finding.host.casefold(), finding.resource.casefold()))
        and (not thing or thing.rpartition(":")[2].casefold() == finding.resource.casefold())
        and not _own(row, finding, mask)
    )


def _own(row: Row, finding: Finding, mask: Callable[[str], str]) -> bool:
    """Whether the one who decided is the one whom the finding is about, or whose thing it is about."""
    return mask(str(row["by"])) in (finding.person, finding.resource)


def _since(row: Row) -> datetime | None:
    """When a suppression began: never before it was decided, or before the county knew of it."""
    decided = _moment(row, "decided_at")
    others = [_moment(row, name) for name in ("valid_from", "known_from")]
    return max([decided, *filter(None, others)]) if decided else None


def _moment(row: Row, column: str) -> datetime | None:
    value = row.get(column)
    return value if isinstance(value, datetime) else None
