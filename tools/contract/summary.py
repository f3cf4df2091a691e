"""Says what a contract has, and what changed from another one: what to read when the SDKs are new."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from tools.contract.json_values import JSON, Document

# What an entry of a section is called, in the order in which they are told.
_ENTRIES = {
    "operations": "operation",
    "resources": "resource",
    "structures": "structure",
    "enums": "enum",
    "defaults": "defaults of",
    "events": "event",
    "thin_events": "thin event",
    "api_versions": "API version",
}
_MARKS = {"!": " (required)", "?": " (may be absent)"}


def counts(document: Document) -> str:
    """How many of everything there are, as a table of two columns."""
    operations = _entries(document, "operations")
    own = {key: entry for key, entry in operations.items() if "alias" not in entry}
    rows = {
        "operations": len(own),
        "  of v1": sum(" /v1/" in key for key in own),
        "  of v2": sum(" /v2/" in key for key in own),
        "  test helpers": sum("/test_helpers/" in key for key in own),
        "  older paths": len(operations) - len(own),
        "parameters": sum(len(_map(entry["parameters"])) for entry in own.values()),
        "resources": len(_entries(document, "resources")),
        "fields": sum(
            len(_map(entry["fields"])) for entry in _entries(document, "resources").values()
        ),
        "structures": len(_entries(document, "structures")),
        "enums with a name": len(_entries(document, "enums")),
        "events": len(_entries(document, "events")),
        "thin events": len(_entries(document, "thin_events")),
        "API versions": len(_entries(document, "api_versions")),
    }
    versions = (f"{name} {version}" for name, version in _map(document["versions"]).items())
    table = (f"{name:18}{number:6,}" for name, number in rows.items())
    return "\n".join([", ".join(versions), *table])


def differences(before: Document, after: Document) -> list[str]:
    """What is new (`+`), gone (`-`) or otherwise (`~`) in the contract `after`, a line each."""
    return [
        *_changed("version", _entries(before, "versions"), _entries(after, "versions")),
        *(
            line
            for section, name in _ENTRIES.items()
            for line in _changed(name, _entries(before, section), _entries(after, section))
        ),
    ]


def _changed(name: str, before: Mapping[str, JSON], after: Mapping[str, JSON]) -> Iterator[str]:
    for key in sorted(after.keys() - before.keys()):
        yield f"+ {name} {key}"
    for key in sorted(before.keys() - after.keys()):
        yield f"- {name} {key}"
    for key in sorted(after.keys() & before.keys()):
        old, new = _leaves(before[key]), _leaves(after[key])
        for place in sorted(new.keys() | old.keys()):
            if place not in old:
                yield f"+ {name} {key}{place}: {new[place]}"
            elif place not in new:
                yield f"- {name} {key}{place}: {old[place]}"
            elif old[place] != new[place]:
                yield f"~ {name} {key}{place}: {_transition(old[place], new[place])}"


def _leaves(entry: JSON, place: str = "") -> dict[str, str]:
    """The types in an entry by their place, ` parameters.name`, with what marks of names say."""
    if not isinstance(entry, dict):
        return {place: "" if entry is None else str(entry)}
    leaves = {}
    for name, inner in entry.items():
        dot = "." if place else " "
        mark = _MARKS.get(name[-1:], "")
        for inside, type_ in _leaves(inner, place + dot + name.rstrip("!?")).items():
            leaves[inside] = type_ + mark
    return leaves


def _transition(old: str, new: str) -> str:
    """From one type to another; of enums only the values that came or went."""
    old_values, new_values = _values(old), _values(new)
    if not old_values or not new_values:
        return f"{old} → {new}"
    came = [f"+{value}" for value in new_values if value not in old_values]
    went = [f"-{value}" for value in old_values if value not in new_values]
    if (not came and not went) or _without_values(old) != _without_values(new):
        return f"{old} → {new}"
    return " ".join([*came, *went])


def _values(type_: str) -> list[str]:
    return re.findall(r"'[^']*'", type_)


def _without_values(type_: str) -> str:
    return re.sub(r"'[^']*'( \| )?", "", type_)


def _entries(document: Document, section: str) -> dict[str, dict[str, JSON]]:
    """The entries of a section; those of a list are their own names."""
    entries = document.get(section, {})
    if isinstance(entries, list):
        return {str(entry): {} for entry in entries}
    return cast(dict[str, dict[str, JSON]], entries)


def _map(value: JSON) -> dict[str, JSON]:
    assert isinstance(value, dict)
    return value
