"""Deadlines: when something is due, whether it is late, and who is told."""

from clausewise.clocks.calendar import Calendar
from clausewise.clocks.clock import Bound, Clock, ClockError, Unit, clocks_of, read_clock
from clausewise.clocks.deadline import State, due, in_force, state, told

__all__ = [
    "Bound", "Calendar", "Clock", "ClockError", "State", "Unit",
    "clocks_of", "due", "in_force", "read_clock", "state", "told",
]  # fmt: skip
