"""Drops all but host, bytes and times from what a personal device did, before anybody looks (rule 6)."""

from __future__ import annotations

from bisect import bisect_right

import pyarrow as pa
import pyarrow.compute as pc

from clausewise.audit.timeline import moment, turns
from clausewise.facts.snapshot import Facts

KEPT = frozenset({"time", "line", "offset", "length", "host", "bytes", "bytes_down", "bytes_up"})
"""Columns that an event of a personal device may carry: when, how much, which host, and where its line lies."""


class PersonalDevices:
    """Knows, by address, which events come from personal devices or from the network kept for them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._blind = not (facts.has("networks") or facts.has("devices"))
        self._turns = sorted(turns(facts, ("networks", "devices")))
        self._known: dict[tuple[str, int], bool] = {}

    def strip(self, table: pa.Table) -> pa.Table:
        """`table` with every column but `KEPT` emptied where the address is a personal device's."""
        if self._blind or "src_ip" not in table.column_names or not table.num_rows:
            return table
        at = int(pc.min(table["time"]).as_py())
        distinct = pc.unique(table["src_ip"]).to_pylist()
        since = bisect_right(self._turns, moment(at))
        personal = [ip for ip in distinct if ip and self._remembered(ip, since, at)]
        if not personal:
            return table
        rows = pc.is_in(table["src_ip"], pa.array(personal, pa.string()))
        columns = [
            table[name] if name in KEPT else pc.if_else(rows, pa.scalar(None, table[name].type), table[name])
            for name in table.column_names
        ]
        return pa.table(columns, schema=table.schema)

    def _remembered(self, address: str, since: int, at: int) -> bool:
        """`_is_personal`, asked once per address between two times at which the lists change."""
        known = self._known.get((address, since))
        if known is None:
            known = self._known[address, since] = self._is_personal(address, at)
        return known

    def _is_personal(self, address: str, at: int) -> bool:
        """A device that the register calls personal, or any in a network kept for personal devices."""
        when = moment(at)
        if self.facts.has("networks"):
            network = self.facts.network_of(address, when)
            if network is not None and network.get("profile") == "personal":
                return True
        if not self.facts.has("devices"):
            return False
        return any(
            row.get("owner") == "personal" for row in self.facts.lookup("devices", "ip", address, when)
        )
