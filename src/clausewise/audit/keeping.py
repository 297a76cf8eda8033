"""Keeps findings: appends what is new, and withdraws what the same logs no longer show, with the reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from clausewise.audit import store
from clausewise.audit.findings import WITHDRAWN, Finding, Summary
from clausewise.model.judgement import Digests


def keep(
    home: Path, findings: list[Finding], summary: Summary, digests: Digests, files: Collection[str]
) -> None:
    """Append the findings of one audit over log files with these digests; twice adds nothing."""
    newest = store.newest_judgements(home)
    fresh = [f for f in findings if newest.get(f.id) != f.judgement_id()]
    gone = _withdrawn(home, {f.id for f in findings}, digests, files)
    summary.new, summary.again, summary.withdrawn = len(fresh), len(findings) - len(fresh), len(gone)
    store.append(home, [*fresh, *gone])


def _withdrawn(home: Path, ids: set[str], digests: Digests, files: Collection[str]) -> list[Finding]:
    """Kept findings from the files just read that are not violated any more, with the reason."""
    gone = []
    for finding in store.latest(store.load(home)):
        here = finding.place.file_digest in files and finding.id not in ids
        reason = _why(finding.digests, digests)
        if here and reason and finding.status != WITHDRAWN:
            gone.append(replace(finding, status=WITHDRAWN, digests=digests, reason=reason))
    return gone


def _why(then: Digests, now: Digests) -> str:
    """Which inputs changed between two judgements; empty if none did."""
    changed = [name for name in ("pack", "facts", "labels") if getattr(then, name) != getattr(now, name)]
    return f"no longer violated: {' and '.join(changed)} changed" if changed else ""
