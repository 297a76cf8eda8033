"""Rule 6: an event of a personal device carries host, bytes and times only, whatever its source or class."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.audit.personal import KEPT, PersonalDevices
from clausewise.facts.snapshot import Facts
from clausewise.sources.contract import SCHEMAS

PERSONAL, STAFF = "10.9.0.7", "10.1.0.7"
WITH_ADDRESS = [cls for cls, schema in SCHEMAS.items() if "src_ip" in schema.names]


def facts() -> Facts:
    """One network kept for personal devices and one for staff."""
    rows = [
        {"cidr": "10.9.0.0/16", "site": "ONE", "profile": "personal", "valid_from": None, "valid_to": None, "known_from": None},
        {"cidr": "10.1.0.0/16", "site": "ONE", "profile": "staff", "valid_from": None, "valid_to": None, "known_from": None},
    ]  # fmt: skip
    return Facts.of({"networks": rows}, {"networks": ["cidr", "site", "profile"]})


def value_of(kind: pa.DataType) -> object:
    """A telling value of a column's type."""
    return "secret" if pa.types.is_string(kind) else True if pa.types.is_boolean(kind) else 7


@pytest.mark.parametrize("cls", WITH_ADDRESS)
@given(addresses=st.lists(st.sampled_from([PERSONAL, STAFF]), min_size=1, max_size=6))
def test_personal_devices_leave_host_bytes_and_times_only(cls: str, addresses: list[str]) -> None:
    schema = SCHEMAS[cls]
    rows = [{f.name: value_of(f.type) for f in schema} | {"src_ip": address} for address in addresses]
    before = pa.Table.from_pylist(rows, schema=schema)
    after = PersonalDevices(facts()).strip(before)
    for address, then, now in zip(addresses, before.to_pylist(), after.to_pylist(), strict=True):
        if address == STAFF:
            assert now == then
        else:
            assert {name for name, value in now.items() if value is not None} <= KEPT


def test_without_facts_nothing_is_known_to_be_personal() -> None:
    table = pa.Table.from_pylist([{"src_ip": PERSONAL, "time": 1}], schema=SCHEMAS["dns"])
    assert PersonalDevices(Facts.empty()).strip(table).equals(table)
