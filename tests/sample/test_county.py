"""The sample county: the same bytes from the same seed, the counts it promises, and nobody real in it."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from clausewise import sample
from clausewise.sample import Built, Period, build, stock
from clausewise.sample.__main__ import main

LINES = 30_000
HARMFUL = {row["host"]: row["category"] for row in stock.rows("harmful.csv")}
NATIVE = re.compile(
    r"\d{10}\.\d{3} +\d+ 10\.\d+\.\d+\.\d+ [A-Z_]+/\d{3} \d+ (CONNECT|GET|POST) \S+ \S+ "
    r"(HIER_DIRECT/198\.1[89]\.\d+\.\d+|HIER_NONE/-) \S+\n"
)


def digest(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def proxy_fields(built: Built) -> list[list[str]]:
    return [line.split() for path in built.proxy for line in path.read_text(encoding="ascii").splitlines()]


def host_of(url: str) -> str:
    return url.removeprefix("http://").split("/")[0].removesuffix(":443")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("county"), lines=LINES)


@pytest.fixture(scope="module")
def seen(county: Built) -> list[list[str]]:
    return proxy_fields(county)


def test_same_seed_same_bytes(county: Built, tmp_path: Path) -> None:
    again = build(tmp_path / "again", lines=LINES)
    assert digest(county.out) == digest(again.out)


def test_other_seed_other_people(county: Built, tmp_path: Path) -> None:
    other = build(tmp_path / "other", lines=20_000, seed=7)
    assert table(other.out / "facts/staff.csv") != table(county.out / "facts/staff.csv")
    assert other.truth == county.truth


def test_truth_does_not_change_with_size(county: Built, tmp_path: Path) -> None:
    small = build(tmp_path / "small", lines=20_000)
    for name in ("truth.csv", "lookalikes.csv", "windows.csv"):
        assert (small.out / name).read_bytes() == (county.out / name).read_bytes()


def test_too_few_lines_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot hold the story"):
        build(tmp_path, lines=100)


def test_period_starts_on_a_monday() -> None:
    with pytest.raises(ValueError, match="choose a monday"):
        Period(date(2026, 10, 6))


def test_one_file_per_day_with_the_lines_asked_for(county: Built, seen: list[list[str]]) -> None:
    assert [path.name for path in county.proxy][:2] == ["proxy-2026-10-05.log", "proxy-2026-10-06.log"]
    assert len(county.proxy) == 14
    assert len(seen) == LINES == county.proxy_lines
    for day, path in enumerate(county.proxy):
        times = [float(line.split()[0]) * 1000 for line in path.read_text().splitlines()]
        assert times == sorted(times)
        assert county.period.millis(day) <= times[0]
        assert times[-1] < county.period.millis(day + 1)


def test_files_stay_whole_when_the_clock_changes(tmp_path: Path) -> None:
    built = build(tmp_path, lines=20_000, period=Period(date(2026, 10, 26)))
    assert (built.period.end - built.period.millis(0)) == (14 * 24 + 1) * 3_600_000
    assert sum(len(path.read_text().splitlines()) for path in built.proxy) == 20_000


def test_native_format_without_carriage_returns(county: Built) -> None:
    for path in county.proxy:
        raw = path.read_bytes()
        assert b"\r" not in raw
        assert all(NATIVE.fullmatch(line) for line in raw.decode("ascii").splitlines(keepends=True))


def test_user_names_only_where_the_network_asks(county: Built, seen: list[list[str]]) -> None:
    staff = {row["id"] for row in table(county.out / "facts/staff.csv")}
    for fields in seen:
        third = int(fields[2].split(".")[2])
        if "/407" in fields[3] or third >= 64:
            assert fields[7] == "-"
        else:
            assert fields[7] in staff


def test_mix_of_a_real_proxy(seen: list[list[str]]) -> None:
    methods = Counter(fields[5] for fields in seen)
    results = Counter(fields[3] for fields in seen)
    assert 0.8 < methods["CONNECT"] / len(seen) < 0.98
    assert results["TCP_DENIED/407"] > 0.01 * len(seen)
    assert results["TCP_DENIED/403"] > 0.005 * len(seen)


def test_harmful_hosts_are_invented() -> None:
    listed = {name for text in stock.lists("county-deny").values() for name in text.split()}
    assert all(host.endswith((".example", ".test")) for host in listed | set(HARMFUL))


def test_nine_in_ten_harmful_hosts_are_on_the_county_list() -> None:
    lists = {category: set(text.split()) for category, text in stock.lists("county-deny").items()}
    for row in stock.rows("harmful.csv"):
        covered = any(f".{row['host']}".endswith(f".{name}") for name in lists[row["category"]])
        assert covered == (row["listed"] == "yes"), row["host"]
    share = sum(row["listed"] == "yes" for row in stock.rows("harmful.csv")) / len(HARMFUL)
    assert 0.87 <= share <= 0.93


def test_ordinary_browsing_never_reaches_a_harmful_host(county: Built, seen: list[list[str]]) -> None:
    told = {
        (row["person"], row["host_or_thing"])
        for name in ("truth", "lookalikes")
        for row in table(county.out / f"{name}.csv")
    }
    county_hosts = {
        row["host_or_thing"] for row in table(county.out / "truth.csv") if row["person"] == "county"
    }
    for fields in seen:
        host, user = host_of(fields[6]), fields[7].replace("-", "") or ""
        if host in HARMFUL:
            assert (user, host) in told or host in county_hosts


def test_everybody_is_invented_and_listed_once(county: Built) -> None:
    staff = table(county.out / "facts/staff.csv")
    ids = [row["id"] for row in staff]
    assert len(staff) == 1300 == len(set(ids))
    assert all(row["mail"] == f"{row['id']}@redbud.example" for row in staff)
    stocks = stock.toml("names.toml")
    never = set(stocks.pop("never"))
    firsts = {name for one in stocks.values() for name in one["first"]}
    families = {name for one in stocks.values() for name in one["family"]}
    key = {row["name"] for row in stock.rows("key_people.csv")}
    for row in staff:
        name = row["name"]
        pairs = [(name[:n], name[n + 1 :]) for n, letter in enumerate(name) if letter == " "]
        assert name in key or any(first in firsts and family in families for first, family in pairs)
        assert name not in never


def test_the_people_whom_the_guide_names(county: Built) -> None:
    staff = {row["id"]: row for row in table(county.out / "facts/staff.csv")}
    assert {"maria.delgado", "james.okafor", "wei.chen", "ruth.abrams"} <= set(staff)
    assert staff["ana.lopez"]["educator"] == "yes"
    assert sum(row["supervisor"] == "wei.chen" for row in staff.values()) == 2
    devices = {row["device"]: row for row in table(county.out / "facts/devices.csv")}
    assert devices["RCOE-1182"]["assigned_to"] == "ana.lopez"
    assert len({row["mac"] for row in devices.values()}) == len(devices)
    assert len({row["ip"] for row in devices.values()}) == len(devices)
    assert not [row for row in table(county.out / "facts/grants.csv") if row["person"] == "ana.lopez"]
    assert {row["site"] for row in staff.values()} == {row["id"] for row in stock.toml("places.toml")["site"]}


def test_supervisors_and_grants_name_staff(county: Built) -> None:
    staff = table(county.out / "facts/staff.csv")
    ids = {row["id"] for row in staff}
    assert all(row["supervisor"] in ids | {""} for row in staff)
    assert all({row["person"], row["by"]} <= ids for row in table(county.out / "facts/grants.csv"))
    assert {row["site"] for row in staff} == {row["site"] for row in table(county.out / "facts/networks.csv")}


def test_summary_counts_match_the_files(county: Built) -> None:
    summary = tomllib.loads((county.out / "truth.toml").read_text(encoding="utf-8"))
    for name in ("truth", "lookalikes", "windows"):
        rows = table(county.out / f"{name}.csv")
        assert summary[name] == Counter(row["clause_norm_hint"] for row in rows)
        lines = Counter[str]()
        for row in rows:
            lines[row["clause_norm_hint"]] += int(row["lines"])
        assert summary[f"{name}_lines"] == lines
    assert summary["truth"] == county.truth
    assert summary["lookalikes"] == county.lookalikes


def test_every_promised_breach_is_there(county: Built) -> None:
    planned = Counter[str]()
    for act in stock.toml("story.toml")["act"]:
        for norm in act.get("breaks", []):
            planned[norm] += act["count"]
    for norm, number in planned.items():
        assert county.truth[norm] >= number  # other feeds show more of the same


def test_an_act_is_broken_or_innocent_never_both(county: Built) -> None:
    def keys(name: str) -> list[tuple[str, str, str]]:
        rows = table(county.out / f"{name}.csv")
        return [(row["clause_norm_hint"], row["person"], row["host_or_thing"]) for row in rows]

    broken = keys("truth") + keys("windows")
    assert len(set(broken)) == len(broken)
    assert not set(broken) & set(keys("lookalikes"))


def moment(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC).timestamp()


def test_proxy_truth_is_exactly_what_the_log_shows(county: Built, seen: list[list[str]]) -> None:
    summary = tomllib.loads((county.out / "truth.toml").read_text(encoding="utf-8"))
    shown: dict[tuple[str, str], list[float]] = {}
    for fields in seen:
        shown.setdefault((fields[7], host_of(fields[6])), []).append(float(fields[0]))
    for row in table(county.out / "truth.csv"):
        if summary["truth_feeds"][row["clause_norm_hint"]] != "proxy" or row["person"] == "county":
            continue
        times = shown[row["person"], row["host_or_thing"]]
        assert len(times) == int(row["lines"]), row
        assert (times[0], times[-1]) == pytest.approx(
            (moment(row["first_time_utc"]), moment(row["last_time_utc"]))
        )


def test_leavers_sign_in_after_their_last_local_day(county: Built) -> None:
    ends = {row["id"]: row["end"] for row in table(county.out / "facts/staff.csv") if row["end"]}
    late = Counter[str]()
    for row in table(county.signin):
        when = datetime.fromtimestamp(moment(row["time"]), county.period.zone).date().isoformat()
        if row["account"] in ends and row["outcome"] == "success" and when > ends[row["account"]]:
            late[row["account"]] += 1
    truth = table(county.out / "truth.csv")
    assert late == {
        row["person"]: int(row["lines"])
        for row in truth
        if row["clause_norm_hint"] == "7.c/disable" and row["why"].startswith("a sign-in succeeded")
    }


def test_signins_as_another_person_are_the_key(county: Built) -> None:
    personal = {
        row["account"] for row in table(county.out / "facts/accounts.csv") if row["kind"] == "personal"
    }
    other = {
        (row["user"], row["account"])
        for row in table(county.signin)
        if {row["user"], row["account"]} <= personal
        and row["user"] != row["account"]
        and row["outcome"] == "success"
    }
    truth = table(county.out / "truth.csv")
    assert other == {
        (row["person"], row["host_or_thing"])
        for row in truth
        if row["clause_norm_hint"] == "11/login" and row["why"].startswith("typed another person")
    }


def test_unknown_machines_are_the_key(county: Built) -> None:
    known = {
        row["mac"]
        for row in table(county.out / "facts/devices.csv")
        if row["status"] == "authorized" and row["valid_from"] <= "2026-10-18"
    }
    rows = [line.split("\t") for line in county.dhcp.read_text().splitlines() if not line.startswith("#")]
    strangers = {row[4] for row in rows if row[4] not in known and int(row[2].split(".")[2]) < 64}
    truth = table(county.out / "truth.csv")
    # The outdoor school has a server of its own, with a log of its own.
    here = [row for row in truth if row["clause_norm_hint"] == "9.d" and "outdoor school" not in row["why"]]
    assert strangers == {row["host_or_thing"] for row in here}


def test_fee_permissions_cover_only_the_innocent(county: Built) -> None:
    services = {}
    for row in table(county.out / "facts/services.csv"):
        services |= dict.fromkeys(row["hosts"].split(), f"service:{row['service']}")
    offices = {
        row["person"]
        for row in table(county.out / "facts/designations.csv")
        if row["office"] == "superintendent-or-designee"
    }
    grants = [row for row in table(county.out / "facts/grants.csv") if row["clause"] == "9.h"]

    def covered(act: dict[str, str]) -> bool:
        return any(
            grant["person"] == act["person"]
            and grant["what"] == services[act["host_or_thing"]]
            and grant["by"] in offices
            and grant["decided_at"] <= grant["valid_from"] <= act["first_time_utc"]
            and act["last_time_utc"] < (grant["revoked_at"] or grant["valid_to"])
            for grant in grants
        )

    for name, innocent in (("truth", False), ("lookalikes", True)):
        acts = [row for row in table(county.out / f"{name}.csv") if row["clause_norm_hint"].startswith("9.h")]
        assert len(acts) > 10
        assert all(covered(act) == innocent for act in acts)


@pytest.mark.parametrize("name", ["dns", "dhcp"])
def test_zeek_rows_have_the_fields_of_their_header(county: Built, name: str) -> None:
    lines = (county.out / f"logs/{name}.log").read_text(encoding="ascii").splitlines()
    fields, types = (
        next(line for line in lines if line.startswith(word)).split("\t") for word in ("#fields", "#types")
    )
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert len(fields) == len(types)
    assert rows
    assert {len(row) for row in rows} == {len(fields) - 1}
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    build(tmp_path, lines=20_000, progress=lambda *said: heard.append(said))
    assert heard[-1][1:] == (20_000, 20_000)


def test_imports_nothing_of_the_rest() -> None:
    folder = Path(sample.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not [
                name
                for name in names
                if name.split(".")[0] == "clausewise" and not name.startswith("clausewise.sample")
            ], path


@pytest.mark.slow
def test_full_size_has_fifty_thousand_hosts(tmp_path: Path) -> None:
    built = build(tmp_path)
    assert built.proxy_lines == 1_000_000
    assert built.distinct_hosts >= 50_000
    names = {host_of(line.split()[6]) for path in built.proxy for line in path.read_text().splitlines()}
    assert len(names) == built.distinct_hosts


def test_command_tells_what_it_made(tmp_path: Path) -> None:
    screen, errors = io.StringIO(), io.StringIO()
    assert main([str(tmp_path), "--lines", "20000"], screen, errors) == 0
    assert "20,000 proxy lines" in screen.getvalue()
    assert main([str(tmp_path), "--lines", "5"], screen, errors) == 2
    assert "ask for at least" in errors.getvalue()
