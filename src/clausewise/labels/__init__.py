"""Say what a host is: its web categories, the online service it belongs to, and which list says so."""

from __future__ import annotations

from clausewise.labels.catalogue import CATEGORIES, HARMFUL, ListSource, Origin
from clausewise.labels.fetch import (
    add,
    get,
    known_services,
    origins,
    read_folder,
    read_hosts,
    read_plain,
    read_popular,
    read_ut1,
    read_v2fly,
    shipped_sources,
    with_shipped,
)
from clausewise.labels.host import LabelError
from clausewise.labels.report import BuildReport, Provenance
from clausewise.labels.service import Service
from clausewise.labels.store import Labels, build, build_default

__all__ = [
    "CATEGORIES",
    "HARMFUL",
    "BuildReport",
    "LabelError",
    "Labels",
    "ListSource",
    "Origin",
    "Provenance",
    "Service",
    "add",
    "build",
    "build_default",
    "get",
    "known_services",
    "origins",
    "read_folder",
    "read_hosts",
    "read_plain",
    "read_popular",
    "read_ut1",
    "read_v2fly",
    "shipped_sources",
    "with_shipped",
]
