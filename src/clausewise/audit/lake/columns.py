"""The columns that the lake keeps of each class of event, and what OCSF calls each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import pyarrow as pa

OURS: Final = "-"
"""Stands for a column that OCSF has no attribute for."""
COMMON: Final = ("time", "log", "offset", "length", "ident", "nth")
"""The columns of every class: when, in which log file and where, and which event of its second it is."""

_WORD, _KEY, _WHOLE, _SMALL, _YES = pa.string(), pa.int64(), pa.int64(), pa.int32(), pa.bool_()
_Rows = tuple[tuple[str, pa.DataType, str], ...]

# time: microseconds since 1970 UTC; log: key of the log file; offset, length: the raw line in the unpacked file;
# ident: 8 bytes of the digest of the raw line; nth: its n-th occurrence in that source, class and second, from 0
_COMMON: Final[_Rows] = (
    ("time", _WHOLE, "time"),
    ("log", _KEY, OURS),
    ("offset", _WHOLE, OURS),
    ("length", _SMALL, OURS),
    ("ident", _KEY, OURS),
    ("nth", _SMALL, OURS),
)
_USER: Final[_Rows] = (("user", _KEY, "actor.user.uid"),)
_FROM: Final[_Rows] = (("src_ip", _WORD, "src_endpoint.ip"),)
_OUTCOME: Final[_Rows] = (("outcome", _WORD, "status"),)
_DEVICE: Final[_Rows] = (("device", _WORD, "device.name"),)
_TRAFFIC: Final[_Rows] = (
    ("bytes_down", _WHOLE, "traffic.bytes_in"),
    ("bytes_up", _WHOLE, "traffic.bytes_out"),
)

_CLASSES: Final[Mapping[str, tuple[int, _Rows]]] = {
    "http": (
        4002,
        (
            *_USER,
            *_FROM,
            ("host", _KEY, "http_request.url.hostname"),
            ("port", _SMALL, "dst_endpoint.port"),
            ("method", _WORD, "http_request.http_method"),
            ("status", _SMALL, "http_response.code"),
            *_OUTCOME,
            *_TRAFFIC,
            ("tunnel", _YES, OURS),
            ("duration_ms", _WHOLE, "duration"),
            ("asset", _YES, OURS),
            ("program", _WORD, "file.name"),
        ),
    ),
    "dns": (
        4003,
        (
            *_USER,
            *_FROM,
            ("host", _KEY, "query.hostname"),
            ("qtype", _WORD, "query.type"),
            ("rcode", _WORD, "rcode"),
            *_OUTCOME,
        ),
    ),
    "tls": (
        4001,
        (
            *_USER,
            *_FROM,
            ("host", _KEY, "tls.sni"),
            ("port", _SMALL, "dst_endpoint.port"),
            ("bytes", _WHOLE, "traffic.bytes"),
            *_OUTCOME,
        ),
    ),
    "conn": (
        4001,
        (
            *_USER,
            *_FROM,
            ("dst_ip", _WORD, "dst_endpoint.ip"),
            ("port", _SMALL, "dst_endpoint.port"),
            ("protocol", _WORD, "connection_info.protocol_name"),
            ("service", _WORD, "app_name"),
            *_TRAFFIC,
            ("duration_ms", _WHOLE, "duration"),
            *_OUTCOME,
        ),
    ),
    "dhcp": (
        4004,
        (
            ("mac", _WORD, "src_endpoint.mac"),
            ("ip", _WORD, "src_endpoint.ip"),
            ("kind", _WORD, "activity_name"),
            ("until", _WHOLE, OURS),
        ),
    ),
    "auth": (
        3002,
        (
            *_USER,
            ("account", _KEY, "user.uid"),
            *_FROM,
            ("mac", _WORD, "src_endpoint.mac"),
            *_DEVICE,
            *_OUTCOME,
            ("kind", _WORD, "activity_name"),
            ("explicit", _YES, OURS),
            ("session", _WORD, "session.uid"),
            ("logon_type", _WORD, "logon_type"),
            ("service", _WORD, "service.name"),
            ("bytes", _WHOLE, OURS),
        ),
    ),
    "process": (
        1007,
        (
            *_USER,
            *_DEVICE,
            ("image", _WORD, "process.file.name"),
            ("original_name", _WORD, "process.file.internal_name"),
            ("company", _WORD, "process.file.company_name"),
            ("hash", _WORD, "process.file.hashes.value"),
            ("parent", _WORD, "process.parent_process.name"),
            ("system", _YES, "process.file.is_system"),
            *_OUTCOME,
        ),
    ),
    "file": (
        1001,
        (
            *_USER,
            *_DEVICE,
            ("operation", _WORD, "activity_name"),
            ("drive", _WORD, "file.volume"),
            ("storage", _WORD, "file.drive_type"),
            ("bytes", _WHOLE, "file.size"),
            *_OUTCOME,
            ("work", _WORD, OURS),
        ),
    ),
    "device": (
        1010,
        (
            *_USER,
            *_DEVICE,
            ("kind", _WORD, "activity_name"),
            ("drive", _WORD, "peripheral_device.serial_number"),
            ("encrypted", _WORD, OURS),
            ("change", _WORD, OURS),
            ("idle_lock_seconds", _WHOLE, OURS),
            ("src_ip", _WORD, "device.ip"),
            *_OUTCOME,
        ),
    ),
    "software": (
        5020,
        (
            *_USER,
            *_DEVICE,
            ("software", _WORD, "package.name"),
            ("version", _WORD, "package.version"),
            ("publisher", _WORD, "package.vendor_name"),
            ("operation", _WORD, "activity_name"),
        ),
    ),
    "share": (
        6006,
        (
            *_USER,
            ("service", _WORD, "metadata.product.name"),
            ("target", _KEY, OURS),
            ("target_domain", _WORD, OURS),
            ("visibility", _WORD, OURS),
            ("operation", _WORD, "activity_name"),
            *_FROM,
            *_OUTCOME,
        ),
    ),
    "admin": (
        6003,
        (
            *_USER,
            ("service", _WORD, "api.service.name"),
            ("operation", _WORD, "api.operation"),
            ("target", _WORD, "resources.name"),
            *_FROM,
            *_OUTCOME,
        ),
    ),
    "mailbox": (
        6003,
        (
            *_USER,
            ("mailbox", _KEY, "resources.owner.uid"),
            ("operation", _WORD, "api.operation"),
            ("target_domain", _WORD, OURS),
            ("service", _WORD, "api.service.name"),
            *_FROM,
            ("bytes", _WHOLE, OURS),
            *_OUTCOME,
        ),
    ),
    "mail": (
        4009,
        (
            *_USER,
            ("sender", _KEY, "email.from"),
            ("sender_domain", _WORD, OURS),
            ("recipient", _KEY, "email.to"),
            ("recipient_domain", _WORD, OURS),
            ("bytes", _WHOLE, "email.size"),
            *_FROM,
            ("service", _WORD, "metadata.product.name"),
            *_OUTCOME,
        ),
    ),
}

PERSONS: Final = frozenset({"user", "account", "mailbox", "sender", "recipient"})
"""Columns that hold the key of a person in every class; `target` does in a share (see `persons`)."""
OF_A_PERSON: Final = frozenset({"src_ip", "mac", "device"})
"""Columns that lead to a person by way of a list of devices."""


@dataclass(frozen=True, slots=True)
class LakeClass:
    """One class of event: its name here, its class uid in OCSF 1.8, its columns in order.

    Each field's metadata holds `ocsf`: the path of the OCSF attribute, or `-` for a column of ours.
    """

    name: str
    uid: int
    schema: pa.Schema

    @property
    def persons(self) -> frozenset[str]:
        """The columns that hold a person's key."""
        also = {"target"} if self.name == "share" else set()
        return frozenset((PERSONS | also) & set(self.schema.names))

    @property
    def leading_to_persons(self) -> frozenset[str]:
        """The columns that name a person or lead to one: emptied where rule 13 forbids the join."""
        return self.persons | (OF_A_PERSON & set(self.schema.names))


def _schema(rows: _Rows) -> pa.Schema:
    return pa.schema([pa.field(name, kind, metadata={"ocsf": path}) for name, kind, path in rows])


LAKE: Final[Mapping[str, LakeClass]] = MappingProxyType({
    name: LakeClass(name, uid, _schema(_COMMON + rows)) for name, (uid, rows) in _CLASSES.items()
})  # fmt: skip
"""Every class of event that the lake keeps, by name."""
