"""Finds what a Windows event means, by its provider and its number; a number alone means nothing."""

from __future__ import annotations

from collections.abc import Mapping

from clausewise.sources.windows_activity import CLEARED, DEFENDER, SECURITY, SERVICES, SYSMON
from clausewise.sources.windows_drives import BITLOCKER, BITLOCKER_DRIVER, DRIVE_AUDIT, PARTITION, UMDF
from clausewise.sources.windows_record import Put
from clausewise.sources.windows_sign_in import SIGN_INS

CLASSES = ("auth", "conn", "device", "dns", "file", "process")
"""The event classes that Windows events can become."""

_AUDITING = {**SIGN_INS, **SECURITY, **DRIVE_AUDIT}
_PROVIDERS: Mapping[str, Mapping[int, Put]] = {
    "microsoft-windows-security-auditing": _AUDITING,
    "microsoft-windows-eventlog": CLEARED,
    "microsoft-windows-sysmon": SYSMON,
    "service control manager": SERVICES,
    "microsoft-windows-windows defender": DEFENDER,
    "microsoft-windows-driverframeworks-usermode": UMDF,
    "microsoft-windows-partition": PARTITION,
    "microsoft-windows-bitlocker-api": BITLOCKER,
    "microsoft-windows-bitlocker-driver": BITLOCKER_DRIVER,
}
# For exporters that name the channel and no provider. System is left out: too many write there.
_CHANNELS: Mapping[str, Mapping[int, Put]] = {
    "security": {**_AUDITING, 1102: CLEARED[1102]},
    "microsoft-windows-sysmon/operational": SYSMON,
    "microsoft-windows-windows defender/operational": DEFENDER,
    "microsoft-windows-driverframeworks-usermode/operational": UMDF,
    "microsoft-windows-partition/diagnostic": PARTITION,
    "microsoft-windows-bitlocker/bitlocker management": BITLOCKER,
}
_NONE: Mapping[int, Put] = {}


def meaning(provider: str | None, channel: str | None, number: int) -> Put | None:
    """Give what puts an event out, None for events that are not watched.

    The provider decides; the channel only where no provider is named.
    """
    if provider:
        return _PROVIDERS.get(provider.lower(), _NONE).get(number)
    return _CHANNELS.get((channel or "").lower(), _NONE).get(number)
