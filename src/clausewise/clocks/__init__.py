"""Deadlines: when something is due, whether it is late, and who is told."""
