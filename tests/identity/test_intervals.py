"""An address becomes a name only with nothing against it, and exact only when two sources agree (clause 11)."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from clausewise.audit.identity.claims import Hold
from clausewise.audit.identity.intervals import INTERVALS, intervals, sightings
from clausewise.facts.snapshot import Facts
from facts.county import facts
from identity.office import CARDS, FILES, HOUR, MINUTE, MORNING, auth, dhcp, key, lease, people, seen
from identity.reference import who

IP = "10.0.0.5"
LOW, HIGH = MORNING - 24 * HOUR, MORNING + 72 * HOUR
OFFICE = people()


def found(
    signins: pa.Table | None = None,
    leases: pa.Table | None = None,
    proxy: pa.Table | None = None,
    known: Facts | None = None,
) -> pa.Table:
    empty = auth(), dhcp(), seen()
    tables = [
        given if given is not None else none
        for given, none in zip((signins, leases, proxy), empty, strict=True)
    ]
    return intervals(*tables, people(known) if known else OFFICE, Hold(), LOW, HIGH)


def at(table: pa.Table, address: str, when: int) -> dict[str, Any] | None:
    """The interval of an address that holds a moment; there is never more than one."""
    rows = [r for r in table.to_pylist() if r["src_ip"] == address and r["since"] <= when < r["until"]]
    assert len(rows) <= 1, rows
    return rows[0] if rows else None


LEASED = dhcp(lease(CARDS["ana"], IP, MORNING, MORNING + 8 * HOUR))
SIGNED_IN = auth({"time": MORNING + MINUTE, "account": "alopez", "src_ip": IP, "device": "D-ANA"})
SEEN = seen((IP, "alopez", MORNING + 5 * MINUTE, MORNING + 30 * MINUTE))


def test_one_source_is_indicative_and_two_are_exact() -> None:
    sure = at(found(SIGNED_IN, LEASED), IP, MORNING + HOUR)
    assert sure is not None
    assert (sure["person"], sure["confidence"], sure["how"]) == (key("ana"), "exact", "register+signin")


@pytest.mark.parametrize(
    ("cut", "confidence", "how"),
    [
        ("none", "exact", "proxy+register+signin"),
        ("auth", "exact", "proxy+register"),
        ("dhcp", "exact", "proxy+signin"),
        ("proxy", "exact", "register+signin"),
    ],
)
def test_each_source_can_be_cut(cut: str, confidence: str, how: str) -> None:
    table = found(
        None if cut == "auth" else SIGNED_IN,
        None if cut == "dhcp" else LEASED,
        None if cut == "proxy" else SEEN,
    )
    row = at(table, IP, MORNING + 10 * MINUTE)
    assert row is not None
    assert (row["person"], row["confidence"], row["how"]) == (key("ana"), confidence, how)


@pytest.mark.parametrize("only", ["auth", "dhcp", "proxy"])
def test_a_source_alone_never_makes_a_sure_name(only: str) -> None:
    table = found(
        SIGNED_IN if only == "auth" else None,
        LEASED if only == "dhcp" else None,
        SEEN if only == "proxy" else None,
    )
    row = at(table, IP, MORNING + 10 * MINUTE)
    assert row is not None
    assert (row["person"], row["confidence"]) == (key("ana"), "indicative")


def test_without_the_register_a_leased_machine_is_unknown_and_nobody_is_named() -> None:
    bare = facts(**{name: text for name, text in FILES.items() if name != "devices"})
    row = at(found(SIGNED_IN, LEASED, SEEN, bare), IP, MORNING + 10 * MINUTE)
    assert row is not None
    assert (row["person"], row["confidence"], row["how"]) == (None, "none", "unknown device")


def test_with_no_source_nothing_is_known() -> None:
    assert found().filter(pc.not_equal(found()["src_ip"], "10.0.0.9")).num_rows == 0


@pytest.mark.parametrize(
    ("card", "why"),
    [
        (CARDS["cart"], "shared device"),
        (CARDS["room"], "shared device"),
        (CARDS["lost"], "lost device"),
        (CARDS["own"], "personal device"),
        ("02:00:00:00:00:99", "unknown device"),
    ],
)
def test_a_shared_or_unknown_machine_is_never_a_name(card: str, why: str) -> None:
    table = found(SIGNED_IN, dhcp(lease(card, IP, MORNING, MORNING + 8 * HOUR)), SEEN)
    row = at(table, IP, MORNING + 10 * MINUTE)
    assert row is not None
    assert (row["person"], row["confidence"]) == (None, "none")
    assert why in row["how"]


@pytest.mark.parametrize(
    ("account", "why"), [("front", "shared account"), ("pia", "not staff"), ("x", "unknown account")]
)
def test_an_account_that_is_nobodys_names_nobody(account: str, why: str) -> None:
    row = at(found(auth({"time": MORNING, "account": account, "src_ip": IP}), LEASED), IP, MORNING + HOUR)
    assert row is not None
    assert (row["person"], row["how"]) == (None, why)


def test_a_service_account_says_nothing_about_people() -> None:
    signins = pa.concat_tables(
        [SIGNED_IN, auth({"time": MORNING + 2 * MINUTE, "account": "backup", "src_ip": IP})]
    )
    row = at(found(signins, LEASED), IP, MORNING + HOUR)
    assert row is not None
    assert (row["person"], row["confidence"]) == (key("ana"), "exact")


@pytest.mark.parametrize("address", ["10.0.4.7", "10.0.5.7"])
def test_networks_of_pupils_and_guests_name_nobody(address: str) -> None:
    table = found(
        auth({"time": MORNING, "account": "alopez", "src_ip": address}),
        dhcp(lease(CARDS["ana"], address, MORNING, MORNING + HOUR)),
    )
    row = at(table, address, MORNING + MINUTE)
    assert row is not None
    assert (row["person"], row["confidence"], row["alternatives"]) == (None, "none", 1)


def test_two_people_at_once_are_two_candidates() -> None:
    row = at(found(auth({"time": MORNING, "account": "bortiz", "src_ip": IP}), LEASED), IP, MORNING + HOUR)
    assert row is not None
    assert (row["person"], row["confidence"], row["alternatives"]) == (None, "none", 2)


def test_nothing_is_known_after_the_lease_the_logout_or_the_last_request() -> None:
    signins = pa.concat_tables(
        [
            SIGNED_IN,
            auth({"time": MORNING + 3 * HOUR, "account": "alopez", "device": "D-ANA", "kind": "logout"}),
        ]
    )
    table = found(signins, dhcp(lease(CARDS["ana"], IP, MORNING, MORNING + 2 * HOUR)), SEEN)
    ends = [(r["until"], r["confidence"]) for r in table.to_pylist() if r["src_ip"] == IP]
    assert (MORNING + 2 * HOUR, "exact") in ends
    assert ends[-1] == (MORNING + 3 * HOUR, "indicative")
    assert at(table, IP, MORNING + 3 * HOUR) is None
    assert at(found(proxy=SEEN), IP, MORNING + 31 * MINUTE) is None


def test_a_lease_that_goes_to_another_card_ends_the_first() -> None:
    table = found(leases=dhcp(lease(CARDS["ana"], IP, MORNING, MORNING + 8 * HOUR), lease(CARDS["ben"], IP, MORNING + HOUR, MORNING + 9 * HOUR)))  # fmt: skip
    assert [r["person"] for r in table.to_pylist() if r["src_ip"] == IP][:2] == [key("ana"), key("ben")]


def test_a_release_after_the_end_does_not_make_the_lease_longer() -> None:
    lines = [
        lease(CARDS["ana"], IP, MORNING, MORNING + HOUR),
        lease(CARDS["ana"], IP, MORNING + 3 * HOUR, None, "release"),
    ]
    assert at(found(leases=dhcp(*lines)), IP, MORNING + 2 * HOUR) is None


def test_a_renewal_goes_on_and_one_after_the_end_begins_anew() -> None:
    lines = [
        lease(CARDS["ana"], IP, MORNING, MORNING + 2 * HOUR),
        lease(CARDS["ana"], IP, MORNING + HOUR, MORNING + 3 * HOUR, "renew"),
        lease(CARDS["ana"], IP, MORNING + 5 * HOUR, MORNING + 6 * HOUR, "renew"),
    ]
    spans = [(r["since"], r["until"]) for r in found(leases=dhcp(*lines)).to_pylist() if r["src_ip"] == IP]
    assert spans == [(MORNING, MORNING + 3 * HOUR), (MORNING + 5 * HOUR, MORNING + 6 * HOUR)]


def test_other_credentials_and_refused_sign_ins_name_nobody() -> None:
    signins = auth(
        {"time": MORNING, "account": "bortiz", "src_ip": IP, "explicit": True},
        {"time": MORNING, "account": "bortiz", "src_ip": IP, "outcome": "attempted"},
    )
    assert at(found(signins), IP, MORNING + MINUTE) is None


def test_a_network_sign_in_without_an_address_is_put_where_its_card_was() -> None:
    radius = auth({"time": MORNING + MINUTE, "account": "alopez", "kind": "network-start", "mac": CARDS["ana"], "outcome": None})  # fmt: skip
    row = at(found(radius, LEASED), IP, MORNING + HOUR)
    assert row is not None
    assert (row["person"], row["how"]) == (key("ana"), "network+register")


def test_a_sign_in_to_a_server_says_who_was_at_the_other_end() -> None:
    signins = auth(
        {"time": MORNING, "account": "alopez", "src_ip": IP, "device": "D-ROOM", "logon_type": "3"}
    )
    row = at(found(signins, LEASED), IP, MORNING + MINUTE)
    assert row is not None
    assert row["confidence"] == "exact"


def test_a_device_that_changes_hands_changes_the_name_at_that_midnight() -> None:
    table = found(leases=dhcp(lease(CARDS["ana"], IP, MORNING, MORNING + 48 * HOUR)))
    names = [r["person"] for r in table.to_pylist() if r["src_ip"] == IP]
    assert names == [key("ana"), key("ben")]


def test_the_register_says_whose_each_device_is_over_time() -> None:
    rows = [r for r in OFFICE.assignments(LOW, HIGH).to_pylist() if r["device"] == "D-ANA"]
    assert [(r["person"], r["assigned"], r["device_owner"]) for r in rows] == [
        (key("ana"), "person", "county"),
        (key("ben"), "person", "county"),
    ]
    assert {r["assigned"] for r in OFFICE.assignments(LOW, HIGH).to_pylist() if r["device"] == "D-ROOM"} == {
        "shared"
    }


TIMES = st.integers(0, 140).map(lambda tick: MORNING - 6 * HOUR + tick * 15 * MINUTE)
ADDRESSES = st.sampled_from([IP, "10.0.0.9", "10.0.4.7"])
MACS = st.sampled_from([None, *CARDS.values(), "02:00:00:00:00:99"])
SIGN_INS = st.fixed_dictionaries(
    {
        "time": TIMES,
        "account": st.sampled_from(["alopez", "alopez", "ana", "bortiz", "front", "backup", "pia", None]),
        "user": st.sampled_from([None, None, None, "alopez", "front"]),
        "src_ip": st.one_of(st.none(), st.just("127.0.0.1"), ADDRESSES),
        "mac": st.one_of(st.none(), MACS),
        "device": st.sampled_from([None, None, "D-ANA", "D-BEN", "D-CART", "D-NEW"]),
        "session": st.sampled_from([None, None, "1", "2"]),
        "kind": st.sampled_from(
            ["login", "login", "logout", "lock", "unlock", "reauth", "network-start", "network-stop"]
        ),
        "outcome": st.sampled_from(["reached", "reached", "reached", "attempted", None]),
        "explicit": st.sampled_from([False, False, False, True]),
        "logon_type": st.sampled_from([None, "2", "3"]),
    }
)
LEASES = st.builds(
    lambda mac, ip, at, length, kind: lease(
        mac, ip, at, None if length is None else at + length * HOUR, kind
    ),
    MACS,
    ADDRESSES,
    TIMES,
    st.sampled_from([None, 1, 4, 8]),
    st.sampled_from(["lease", "lease", "renew", "release", "expire"]),
)
SIGHTINGS = st.builds(
    lambda ip, user, at, length: (ip, user, at, at + length * MINUTE),
    ADDRESSES,
    st.sampled_from(["alopez", "bortiz", "front", "backup"]),
    TIMES,
    st.integers(0, 20),
)


@settings(max_examples=150, deadline=None)
@given(
    signins=st.lists(SIGN_INS, max_size=12),
    leased=st.lists(LEASES, max_size=6),
    spotted=st.lists(SIGHTINGS, max_size=5),
    ticks=st.lists(st.integers(0, 700), min_size=12, max_size=12),
)
def test_intervals_say_what_reading_everything_again_says(
    signins: list[dict[str, Any]], leased: list[dict[str, Any]], spotted: list[Any], ticks: list[int]
) -> None:
    tables = auth(*signins), dhcp(*leased), seen(*spotted)
    table = found(*tables)
    assert table.schema == INTERVALS
    for when in (MORNING - 6 * HOUR + tick * 5 * MINUTE for tick in ticks):
        for address in (IP, "10.0.0.9", "10.0.4.7"):
            row = at(table, address, when)
            said = who(address, when, OFFICE.facts, *(given.to_pylist() for given in tables))
            assert (row and (row["person"], row["confidence"], row["alternatives"])) == said, (address, when)


def test_the_query_for_sightings_and_the_stays_it_makes() -> None:
    """Requests a few minutes apart are one stay, however the query cuts them; a long pause is a gap."""
    minutes = [0, 4, 14, 16, 29, 44, 60, 90]
    events = pa.table(
        {
            "time": [MORNING + minute * MINUTE for minute in minutes] + [MORNING],
            "user": [key("alopez")] * len(minutes) + [None],
            "src_ip": [IP] * (len(minutes) + 1),
        }
    )
    columns = {name: exp.column(name, table="e") for name in ("user", "src_ip", "time")}
    query = sightings(
        exp.to_table("events").as_("e"), columns["user"], columns["src_ip"], columns["time"], Hold()
    )
    with duckdb.connect() as database:
        database.register("events", events)
        table = database.sql(query.sql(dialect="duckdb")).to_arrow_table()
    stays = [(r["since"], r["until"]) for r in found(proxy=table).to_pylist() if r["src_ip"] == IP]
    ends = [(0, 44), (60, 60), (90, 90)]
    assert stays == [(MORNING + a * MINUTE, MORNING + b * MINUTE + 1) for a, b in ends]
