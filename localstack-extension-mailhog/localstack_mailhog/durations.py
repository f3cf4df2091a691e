"""How durations are written: ``90s``, ``15m``, ``12h``, ``7d``, ``2w``."""

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
"""How many seconds each unit has."""
