"""What neither SDK says, by hand: `overrides.json`.

The file is a list of patches. A patch has the form of the contract itself and is merged into it:
an object is merged key by key, any other value replaces, and `null` removes. A field is the same
field whatever its mark (`!`, `?`) is. Each patch names the `source` of its facts, and may say
`why`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tools.contract.json_values import JSON, Document

OVERRIDES_FILE = Path(__file__).parent / "overrides.json"


def read_overrides(path: Path = OVERRIDES_FILE) -> list[Document]:
    """The patches, without their sources; a patch that names none is refused."""
    patches: list[Document] = json.loads(path.read_text(encoding="utf-8"))
    for position, patch in enumerate(patches):
        if not patch.pop("source", None):
            raise ValueError(f"override {position + 1} does not name its source")
        patch.pop("why", None)
    return patches


def merge(target: Document, patch: Mapping[str, JSON]) -> None:
    """Merge one patch into the contract, or into a part of it."""
    for key, value in patch.items():
        known = target.pop(_as_marked(key, target), None)
        if isinstance(value, dict) and isinstance(known, dict):
            merge(known, value)
            target[key] = known
        elif value is not None:
            target[key] = value


def _as_marked(key: str, target: Document) -> str:
    """The key as the target has it: with another mark, perhaps."""
    plain = key.rstrip("!?")
    return next((marked for mark in ("", "!", "?") if (marked := plain + mark) in target), key)
