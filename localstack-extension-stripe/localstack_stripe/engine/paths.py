"""Dotted paths into records: ``address.line1``."""

from collections.abc import Mapping
from typing import Any


def at(record: Mapping[str, Any], path: str) -> Any:
    """What stands at a path of a record; nothing where the path leads nowhere."""
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def put(record: dict[str, Any], path: str, value: Any) -> None:
    """Write a value at a path of a record. What is on the way there is made where it is missing, and copied where it is
    not: it may be another record's.
    """
    *heads, last = path.split(".")
    for head in heads:
        record[head] = dict(record.get(head) or {})
        record = record[head]
    record[last] = value
