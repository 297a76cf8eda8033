"""A very small county for these tests: people, devices and services that do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from clausewise.facts.read import Reading, read
from clausewise.facts.sheet import Sheet, from_csv
from clausewise.facts.snapshot import Facts

ZONE = ZoneInfo("America/Los_Angeles")
AT = datetime(2026, 10, 5, 18, tzinfo=UTC)

FILES = {
    "staff": """\
id,name,mail,site,supervisor,start,end
ana.lopez,Ana López,ana.lopez@redbud.example,Spring School,rosa.kim@redbud.example,2019-08-12,
rosa.kim,Rosa Kim,rosa.kim@redbud.example,Main Office,,2010-01-04,2026-06-30
""",
    "accounts": """\
account,owner,kind,custodian
alopez,ana.lopez,personal,
frontdesk,,shared,rosa.kim
""",
    "devices": """\
device;mac;owner;assigned_to;encrypted;ip;valid_from;valid_to
RCOE-1182;02-00-5E-10-11-82;county;ana.lopez;sí;10.20.4.17;;2026-09-01
RCOE-1182;02-00-5E-10-11-82;county;Room 12;sí;10.20.4.17;2026-09-01;
""",
    "services": """\
service,hosts,provided
box,box.example cdn.shared.example,no
boxpro,=pro.box.example teams.box.example,yes
""",
    "designations": """\
person,office,valid_from,valid_to
rosa.kim,technology-services,2020-01-01,2026-07-01
ana.lopez,technology-services,2026-07-01,
""",
    "grants": """\
id,clause,person,what,by,decided_at,valid_from,valid_to
g-1,9.c,ana.lopez,device:RCOE-1182,rosa.kim,2026-03-02 10:00,2026-03-01,2026-04-01
""",
    "networks": "cidr,profile\n10.20.0.0/16,staff\n10.20.4.0/24,students\n",
}


def sheets(files: Mapping[str, str]) -> list[Sheet]:
    """Sheets of CSV text by table name."""
    return [from_csv(name, f"{name}.csv", text.encode())[0] for name, text in files.items()]


def reading(**files: str) -> Reading:
    """What comes out of CSV text by table name."""
    return read(sheets(files), ZONE)


def problems(**files: str) -> list[str]:
    """The problems of CSV text by table name, as they are printed."""
    return [str(problem) for problem in reading(**files).problems]


def facts(**files: str) -> Facts:
    """A snapshot of CSV text that has no problems."""
    found = reading(**files)
    assert not found.problems, [str(problem) for problem in found.problems]
    rows = {name: [row.values for row in table.rows] for name, table in found.tables.items()}
    return Facts.of(rows, {name: table.columns for name, table in found.tables.items()}, ZONE)


def write(directory: Path, files: Mapping[str, str] = FILES) -> Path:
    """Write CSV files as a county would hand them in."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / f"{name}.csv").write_text(text, encoding="utf-8")
    return directory


def utc(text: str) -> datetime:
    """A local time of the county, written as 2026-10-05 08:00, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)
