"""The lease file of the ISC DHCP server."""
