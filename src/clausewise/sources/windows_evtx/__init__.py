"""Windows event logs in their own binary form (EVTX)."""
