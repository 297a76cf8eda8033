"""Logs of the Zeek network monitor."""
