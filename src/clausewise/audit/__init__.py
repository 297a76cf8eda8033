"""Judges whole logs: the question each event stands for is put to the law, each distinct one once."""
