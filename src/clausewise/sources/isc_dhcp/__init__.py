"""Log lines of the ISC DHCP server."""
