"""Writes the contract as text, one line an entry."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tools.contract.json_values import JSON

_FIRST_FIELDS = {"id": 0, "object": 1}


def render(document: Mapping[str, JSON]) -> str:
    """The contract as text: valid JSON in which a diff shows what changed, and nothing else."""
    sections = []
    for name, section in document.items():
        if isinstance(section, dict):
            keys = sorted(section, key=_by_path)
            lines = [f"{json.dumps(key)}: {_line(section[key])}" for key in keys]
            sections.append(f'"{name}": {{\n' + ",\n".join(lines) + "\n}")
        elif isinstance(section, list):
            sections.append(f'"{name}": [\n' + ",\n".join(map(_line, section)) + "\n]")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _line(value: JSON) -> str:
    return json.dumps(_ordered(value), ensure_ascii=False)


def _ordered(value: JSON) -> JSON:
    """Keys as Stripe orders fields: `id` and `object`, then the alphabet."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (_FIRST_FIELDS.get(key, 2), key.rstrip("!?")))
        return {key: _ordered(value[key]) for key in keys}
    return value


def _by_path(key: str) -> tuple[str, str]:
    """Operations go by their path, then by their verb."""
    verb, _, path = key.rpartition(" ")
    return path, verb
