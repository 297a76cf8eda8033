"""The lake: what the county's logs said, as typed columns by class, day and source, without names."""
