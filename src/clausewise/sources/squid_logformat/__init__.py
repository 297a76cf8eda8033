"""Squid's access log in a form that its owner has defined."""
