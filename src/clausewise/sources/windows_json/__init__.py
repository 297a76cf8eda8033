"""Windows events exported as JSON, one event a line."""
