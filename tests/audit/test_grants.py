"""A permission for one thing says nothing of another, however alike the two are to the law."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from audit.county import County
from clausewise.audit.run import Audit
from clausewise.facts import publish

FACTS = {
    "staff": "id,name,mail,kind,site,supervisor,start,end,account\n"
    "ana,Ana Ruiz,ana@coe.example,employee,ADM,,2020-01-01,,ana\n"
    "sol,Sol Head,sol@coe.example,employee,ADM,,2020-01-01,,sol\n",
    "services": "service,name,hosts,provided,fee,valid_from,valid_to\n"
    "one,One,one.example,yes,yes,,\n"
    "two,Two,two.example,yes,yes,,\n"
    "three,Three,three.example,yes,yes,,2026-10-06T12:00:00Z\n"
    "three,Three,three.example,yes,no,2026-10-06T12:00:00Z,\n",
    "designations": "person,office,valid_from,written_by\nsol,superintendent-or-designee,2020-01-01,sol\n",
    "grants": "id,clause,person,what,by,decided_at,valid_from,valid_to\n"
    "g,9.h,ana,service:one,sol,2026-10-06T12:00:00Z,2026-09-01T00:00:00Z,2026-10-06T18:00:00Z\n",
    "capabilities": "id,purpose,in_force_from,enabled_by,confirmed_by\nproxy,safety,2026-01-01,ana,sol\n",
}


class NoLabels:
    """Labels that know no category; every host of a service is one that only real use touches."""

    categories = ()
    digest = "none"

    def mask(self, host: str) -> int:
        return 0

    def service(self, host: str) -> str | None:
        return None

    def use_evidence(self, host: str) -> bool:
        return True


def line(hour: int, host: str) -> str:
    """One upload of Ana's at an hour of the day, UTC."""
    at = datetime(2026, 10, 6, hour, tzinfo=UTC).timestamp()
    return f"{at:.3f} 900 10.1.0.9 TCP_MISS/200 90000 POST http://{host}/up ana HIER_DIRECT/198.51.100.7 -\n"


def test_a_permission_and_a_fact_hold_for_their_thing_and_their_time_alone(
    county: County, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    for name, text in FACTS.items():
        (tmp_path / "in" / f"{name}.csv").write_text(text, encoding="utf-8")
    publish.build(tmp_path / "in", tmp_path, at=county.inputs.at)
    log = tmp_path / "proxy.log"
    log.write_text("".join(line(h, f"{n}.example") for h in (10, 14, 20) for n in ("one", "two", "three")))
    audit = Audit(replace(county.inputs, facts=publish.load(tmp_path), labels=NoLabels()), tmp_path)
    audit.run([log])
    found = {(f.time // 3_600_000_000 % 24, f.resource) for f in audit.findings if f.clause == "9.h"}
    # At 10 it was not decided yet, whatever date was typed; at 20 it had ended. From 12 "three" cost nothing.
    assert found == {(10, "one"), (10, "two"), (14, "two"), (20, "one"), (20, "two"), (10, "three")}
