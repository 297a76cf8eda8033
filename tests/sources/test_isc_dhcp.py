"""ISC DHCP: leases over block cuts, blocks that are not closed, and the wall clock of its syslog lines."""

from __future__ import annotations

from clausewise.sources.contract import NOTHING_PROTECTED
from sources.feeding import cut_up, run, total

LEASE = (
    "lease 10.0.0.5 {\n  starts 4 2026/10/01 10:11:12;\n  ends 4 2026/10/01 12:11:12;\n"
    "  binding state active;\n  hardware ethernet 00:00:5e:00:53:05;\n}\n"
)


def test_a_lease_is_one_event_wherever_the_file_is_cut() -> None:
    whole = total(run("isc_dhcp_leases", [(LEASE * 2).encode()], NOTHING_PROTECTED))
    assert [(e["time"], e["until"], e["length"]) for e in whole["events"]] == [
        (1_790_849_472_000_000, 1_790_856_672_000_000, len(LEASE) - 1)
    ] * 2
    for cut in range(2 * len(LEASE)):
        blocks = cut_up((LEASE * 2).encode(), [cut])
        assert total(run("isc_dhcp_leases", blocks, NOTHING_PROTECTED)) == whole


def test_a_lease_that_was_not_closed_does_not_swallow_the_next() -> None:
    text = LEASE.removesuffix("}\n") + LEASE
    found = total(run("isc_dhcp_leases", [text.encode()], NOTHING_PROTECTED))
    assert [event["line"] for event in found["events"]] == [6]
    assert found["rejects"] == [(1, 0, "this block is never closed")]
    assert 1 + 1 + sum(found["noise"].values()) == found["lines"]


def test_syslog_lines_take_year_and_zone_from_the_option() -> None:
    text = b"Oct  5 10:11:12 dhcp1 dhcpd[1]: DHCPACK on 10.0.0.5 to 00:00:5e:00:53:05 (pc) via eth0\n"
    for option in ("year=2026,zone=America/Los_Angeles", "until=2026-10-05,zone=America/Los_Angeles"):
        found = total(run("isc_dhcp", [text], NOTHING_PROTECTED, option))
        assert [event["time"] for event in found["events"]] == [1_791_220_272_000_000]
