"""Mail logs of the Postfix mail server."""
