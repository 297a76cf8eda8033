"""Squid's access log in the common and combined forms of web servers."""
