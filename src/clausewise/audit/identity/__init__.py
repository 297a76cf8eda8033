"""Who was at an address, and when: from leases, network sign-ins, sign-ins, the proxy and the device register."""
