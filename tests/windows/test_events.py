"""A derived event keeps its identity, and says of its thing only what the act is about."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from clausewise.audit.windows.derive import DERIVED
from clausewise.audit.windows.events import WindowEvent, event_fields, events_of, principal_of, resource_text
from clausewise.pack import load_pack
from windows.toy_windows import toy

PACK = load_pack("ar4040")
EVENT = WindowEvent("w", 5, "RCOE-1", 10, 20, 20, 9, 3)


def test_the_rows_of_a_table_are_events() -> None:
    row = dict(zip(DERIVED.names, ("w", 5, None, 10, 20, 20, 9, 3), strict=True))
    assert list(events_of(pa.Table.from_pylist([row], schema=DERIVED))) == [replace(EVENT, thing=None)]


def test_a_larger_amount_or_a_later_end_is_the_same_event() -> None:
    assert replace(EVENT, amount=100, last=30, moment=30).identity() == EVENT.identity()
    for other in (replace(EVENT, first=11), replace(EVENT, thing="RCOE-2"), replace(EVENT, person=None)):
        assert other.identity() != EVENT.identity()


def test_a_thing_is_the_resource_only_where_the_act_is_about_such_things() -> None:
    device, owner = toy("count", "1d", ("device",)), toy("count", "1d", ("owner",))
    assert resource_text(replace(device, act="take_offsite"), PACK, EVENT, "ana") == "RCOE-1"
    assert resource_text(replace(device, act="sign_in"), PACK, EVENT, "ana") == ""
    assert resource_text(replace(owner, act="sign_in"), PACK, replace(EVENT, thing=None), "ana") == "ana"
    assert resource_text(replace(owner, act="stream_media"), PACK, replace(EVENT, thing=None), "ana") == ""


def test_only_a_window_without_a_person_assumes_who_acts() -> None:
    assert principal_of(replace(toy("count", "1d", ("device",)), act="take_offsite"), PACK) == "Employee"
    assert principal_of(replace(toy("count", "1d", ("person", "device")), act="take_offsite"), PACK) is None


def test_what_must_be_one_value_is_a_field_and_a_choice_of_values_is_not() -> None:
    asked = (("duty", "is", "on"), ("kind", "is", ["login", "connect"]), ("words", "has_any", ["personal"]))
    window = toy("count", "1d", where=asked, event={"over_limit": True, "duty": "unknown"})
    assert event_fields(window) == {"duty": "unknown", "over_limit": True}
