"""Counts over time: the windows of the pack as partial states that merge, and the events that they make."""
