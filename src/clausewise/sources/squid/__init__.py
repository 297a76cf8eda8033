"""Squid's native access log."""
