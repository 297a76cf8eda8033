"""osquery: the results log of a fleet of devices."""
