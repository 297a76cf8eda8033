"""Accounting files and the log of the FreeRADIUS server."""
