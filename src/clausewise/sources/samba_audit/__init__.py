"""The audit log of a Samba domain controller, as JSON."""
