"""The lake's columns say what they are in OCSF, and hold what the sources read less what may not be kept."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clausewise.audit.lake.columns import COMMON, LAKE, OURS, PERSONS
from clausewise.sources.contract import SCHEMAS

# Read off github.com/ocsf/ocsf-schema at commit 3dcb905d26523ce4d5d0ba3c28c8507e2c859407 (2026-03-16, version.json
# 1.8.0): each class with what it extends and its profiles, attributes by the dictionary, objects followed to the end.
# Class uid, name of the class, attribute path, type of its last attribute.
OCSF = """
1001 file_activity activity_name string_t
1001 file_activity actor.user.uid string_t
1001 file_activity device.name string_t
1001 file_activity file.drive_type string_t
1001 file_activity file.size long_t
1001 file_activity file.volume string_t
1001 file_activity status string_t
1001 file_activity time timestamp_t
1007 process_activity actor.user.uid string_t
1007 process_activity device.name string_t
1007 process_activity process.file.company_name string_t
1007 process_activity process.file.hashes.value string_t
1007 process_activity process.file.internal_name string_t
1007 process_activity process.file.is_system boolean_t
1007 process_activity process.file.name string_t
1007 process_activity process.parent_process.name string_t
1007 process_activity status string_t
1007 process_activity time timestamp_t
1010 peripheral_activity activity_name string_t
1010 peripheral_activity actor.user.uid string_t
1010 peripheral_activity device.ip ip_t
1010 peripheral_activity device.name string_t
1010 peripheral_activity peripheral_device.serial_number string_t
1010 peripheral_activity status string_t
1010 peripheral_activity time timestamp_t
3002 authentication activity_name string_t
3002 authentication actor.user.uid string_t
3002 authentication device.name string_t
3002 authentication logon_type string_t
3002 authentication service.name string_t
3002 authentication session.uid string_t
3002 authentication src_endpoint.ip ip_t
3002 authentication src_endpoint.mac mac_t
3002 authentication status string_t
3002 authentication time timestamp_t
3002 authentication user.uid string_t
4001 network_activity actor.user.uid string_t
4001 network_activity app_name string_t
4001 network_activity connection_info.protocol_name string_t
4001 network_activity dst_endpoint.ip ip_t
4001 network_activity dst_endpoint.port port_t
4001 network_activity duration long_t
4001 network_activity src_endpoint.ip ip_t
4001 network_activity status string_t
4001 network_activity time timestamp_t
4001 network_activity tls.sni string_t
4001 network_activity traffic.bytes long_t
4001 network_activity traffic.bytes_in long_t
4001 network_activity traffic.bytes_out long_t
4002 http_activity actor.user.uid string_t
4002 http_activity dst_endpoint.port port_t
4002 http_activity duration long_t
4002 http_activity file.name string_t
4002 http_activity http_request.http_method string_t
4002 http_activity http_request.url.hostname hostname_t
4002 http_activity http_response.code integer_t
4002 http_activity src_endpoint.ip ip_t
4002 http_activity status string_t
4002 http_activity time timestamp_t
4002 http_activity traffic.bytes_in long_t
4002 http_activity traffic.bytes_out long_t
4003 dns_activity actor.user.uid string_t
4003 dns_activity query.hostname hostname_t
4003 dns_activity query.type string_t
4003 dns_activity rcode string_t
4003 dns_activity src_endpoint.ip ip_t
4003 dns_activity status string_t
4003 dns_activity time timestamp_t
4004 dhcp_activity activity_name string_t
4004 dhcp_activity src_endpoint.ip ip_t
4004 dhcp_activity src_endpoint.mac mac_t
4004 dhcp_activity time timestamp_t
4009 email_activity actor.user.uid string_t
4009 email_activity email.from email_t
4009 email_activity email.size long_t
4009 email_activity email.to email_t
4009 email_activity metadata.product.name string_t
4009 email_activity src_endpoint.ip ip_t
4009 email_activity status string_t
4009 email_activity time timestamp_t
5020 software_info activity_name string_t
5020 software_info actor.user.uid string_t
5020 software_info device.name string_t
5020 software_info package.name string_t
5020 software_info package.vendor_name string_t
5020 software_info package.version string_t
5020 software_info time timestamp_t
6003 api_activity actor.user.uid string_t
6003 api_activity api.operation string_t
6003 api_activity api.service.name string_t
6003 api_activity resources.name string_t
6003 api_activity resources.owner.uid string_t
6003 api_activity src_endpoint.ip ip_t
6003 api_activity status string_t
6003 api_activity time timestamp_t
6006 file_hosting activity_name string_t
6006 file_hosting actor.user.uid string_t
6006 file_hosting metadata.product.name string_t
6006 file_hosting src_endpoint.ip ip_t
6006 file_hosting status string_t
6006 file_hosting time timestamp_t
"""
FACTS = {(int(uid), path): (name, kind) for uid, name, path, kind in map(str.split, OCSF.split("\n")[1:-1])}
KINDS = {
    "string_t": pa.types.is_string,
    "hostname_t": pa.types.is_string,
    "email_t": pa.types.is_int64,
    "ip_t": pa.types.is_string,
    "mac_t": pa.types.is_string,
    "boolean_t": pa.types.is_boolean,
    "integer_t": pa.types.is_integer,
    "long_t": pa.types.is_int64,
    "port_t": pa.types.is_int32,
    "timestamp_t": pa.types.is_int64,
}
"""What a column must be to hold an attribute of that type; hosts and people are keys."""
DROPPED = {
    "http": {"scheme", "path", "referrer_host"},
    "dhcp": {"hostname"},
    "file": {"file"},
    "device": {"drive_name"},
    "share": {"file"},
    "mailbox": {"target"},
    "mail": {"subject"},
}
"""What the sources read and the lake does not keep."""
MADE = {
    "http": {"asset", "program"},
    "file": {"work"},
    "share": {"target_domain"},
    "mailbox": {"target_domain"},
    "mail": {"sender_domain", "recipient_domain"},
}
"""What the lake reads off that."""


@pytest.mark.parametrize("cls", sorted(LAKE))
def test_each_column_is_an_attribute_of_ocsf_or_is_said_to_be_ours(cls: str) -> None:
    kept = LAKE[cls]
    for column in kept.schema:
        path = column.metadata[b"ocsf"].decode()
        if path == OURS:
            continue
        assert (kept.uid, path) in FACTS, f"{cls}.{column.name}: {path} is not known of class {kept.uid}"
        kind = FACTS[kept.uid, path][1]
        fits = column.name in {*kept.persons, "host"} or KINDS[kind](column.type)
        assert fits, f"{cls}.{column.name}: {column.type} for {kind}"


def test_no_fact_of_the_table_is_idle() -> None:
    used = {(kept.uid, column.metadata[b"ocsf"].decode()) for kept in LAKE.values() for column in kept.schema}
    assert set(FACTS) <= used


@pytest.mark.parametrize("cls", sorted(SCHEMAS))
def test_the_lake_keeps_what_the_sources_read_less_what_it_says(cls: str) -> None:
    read = set(SCHEMAS[cls].names) - {"line"} - DROPPED.get(cls, set())
    assert set(LAKE[cls].schema.names) == read | set(COMMON) | MADE.get(cls, set())
    assert LAKE[cls].schema.names[: len(COMMON)] == list(COMMON)


def test_people_are_numbers_in_every_class() -> None:
    for kept in LAKE.values():
        for name in kept.persons:
            assert kept.schema.field(name).type == pa.int64()
    assert {"user", "account", "mailbox", "sender", "recipient"} == set(PERSONS)
    assert "target" in LAKE["share"].persons
    assert "target" not in LAKE["admin"].persons
