"""Microsoft 365: the unified audit log, as Purview exports it or the Management Activity API gives it."""
