"""The bytes of log files as the lake knows them: unpacked, with digest, each raw line found again by its place."""
