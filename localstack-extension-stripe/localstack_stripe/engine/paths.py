"""Dotted paths into records: ``address.line1``."""

from collections.abc import Mapping
from typing import Any


def at(record: Mapping[str, Any], path: str) -> Any:
    """What stands at a path of a record; nothing where the path leads nowhere."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
