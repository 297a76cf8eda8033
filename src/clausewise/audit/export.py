"""Writes findings in forms that other programs read: CSV rows and OCSF 2003 Compliance Finding lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from clausewise.audit.findings import SELF_REPORTED, WITHDRAWN, Finding
from clausewise.audit.standing import Standing
from clausewise.audit.timeline import moment
from clausewise.model.law import Pack

COLUMNS = (
    "id norm clause status certainty subject person resource host time source reason pack_digest facts_digest "
    "labels_digest place_file place_file_digest place_offset place_length event"
).split()
FORMULA = ("=", "+", "-", "@", "\t", "\r")
OCSF_VERSION = "1.8.0"
COMPLIANCE = {
    "violated": (3, "Fail"),
    "advice": (2, "Warning"),
    SELF_REPORTED: (0, "Unknown"),
    WITHDRAWN: (1, "Pass"),
}


def csv_text(findings: Sequence[Finding]) -> str:
    """Findings as CSV with a header row; a cell that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        row = finding.row() | {"time": moment(finding.time).isoformat()}
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return out.getvalue()


LISTED = (
    *COLUMNS,
    *"standing outcome standing_reason standing_by standing_since standing_until selection made_at".split(),
)


def listed_csv(
    findings: Sequence[Finding], standing: Mapping[str, Standing], selection: str, at: datetime
) -> str:
    """As `csv_text`, each finding with how it stands, and on every row the filters and the time of the file.

    Where nothing was found the file still has one row, with the filters and nothing else.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(LISTED)
    made = {"selection": selection, "made_at": at.isoformat()}
    for finding in findings:
        stands = standing[finding.id]
        row = finding.row() | made | {"time": moment(finding.time).isoformat()}
        row |= {"standing": stands.state, "outcome": stands.outcome, "standing_reason": stands.reason}
        row |= {
            "standing_by": stands.by,
            "standing_since": _iso(stands.since),
            "standing_until": _iso(stands.until),
        }
        writer.writerow([_cell(row[name]) for name in LISTED])
    if not findings:
        writer.writerow([_cell(made.get(name, "")) for name in LISTED])
    return out.getvalue()


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _cell(value: object) -> str:
    text = str(value)
    return "'" + text if text.startswith(FORMULA) else text


def ocsf_lines(pack: Pack, findings: Sequence[Finding]) -> Iterator[str]:
    """One OCSF 1.8 Compliance Finding (class 2003) a line; the control is the clause."""
    norms = {norm.id: norm for norm in pack.norms()}
    for finding in findings:
        norm = norms.get(finding.norm)
        number, status = COMPLIANCE.get(finding.status, (0, "Unknown"))
        yield json.dumps(
            {
                "class_uid": 2003,
                "category_uid": 2,
                "activity_id": 3 if finding.status == WITHDRAWN else 1,
                "type_uid": 200303 if finding.status == WITHDRAWN else 200301,
                "severity_id": 1,
                "time": finding.time // 1000,
                "message": norm.says["en"] if norm else finding.norm,
                "metadata": {"version": OCSF_VERSION, "product": {"name": "Clausewise"}, "uid": finding.id},
                "finding_info": {"uid": finding.id, "title": finding.norm, "data_sources": [finding.source]},
                "compliance": {
                    "standards": [pack.regulation],
                    "control": finding.clause,
                    "requirements": [finding.norm],
                    "status_id": number,
                    "status": status,
                },
                "resources": [{"name": finding.resource, "type": finding.act}] if finding.resource else [],
                "unmapped": {
                    "person": finding.person,
                    "certainty": finding.certainty,
                    "digests": {
                        "pack": finding.digests.pack,
                        "facts": finding.digests.facts,
                        "labels": finding.digests.labels,
                    },
                    "key": finding.key,
                },
            },
            ensure_ascii=False,
        )
