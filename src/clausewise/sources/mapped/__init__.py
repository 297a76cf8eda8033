"""Exports of vendors, read by a mapping: which column of theirs is which of ours."""
