"""Gives long enums that are used in several places a name, and a line of their own.

Two hundred and ninety-five merchant categories in eight places, or every payment method in fifty,
would hide what else a line says, and a new value would change all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.contract.grammar import camel_case, singular
from tools.contract.json_values import JSON, TYPED_SECTIONS, Document, rewrite_types

_LONG = 20
# Enum values stand together in a type; the empty string, which unsets, is none of them.
_ENUM = re.compile(rf"'[^']+'(?: \| '[^']+'){{{_LONG - 1},}}")


def name_long_enums(document: Document) -> None:
    """Move the long enums of the contract to a section of their own, `enums`.

    An enum is named after the shortest of the fields that have it: `allowed_countries` of
    `PaymentLink` makes `PaymentLinkAllowedCountry`, to which a type refers by a `$`.
    """
    candidates: dict[str, list[str]] = {}
    for owner, field, type_ in _typed_fields(document):
        for values in _ENUM.findall(type_):
            name = owner + camel_case(singular(field.rstrip("!?")))
            candidates.setdefault(values, []).append(name)
    names = {
        values: min(found, key=lambda name: (len(name), name))
        for values, found in candidates.items()
        if len(found) > 1
    }
    if len(set(names.values())) < len(names):
        raise ValueError("two enums would have the same name")
    rewrite_types(document, lambda type_: _with_names(type_, names))
    document["enums"] = {name: values for values, name in names.items()}


def _with_names(type_: str, names: dict[str, str]) -> str:
    return _ENUM.sub(lambda found: f"${names[found[0]]}" if found[0] in names else found[0], type_)


def _typed_fields(document: Document) -> Iterator[tuple[str, str, str]]:
    """Owner, field and type of every field of the contract."""
    for section in TYPED_SECTIONS:
        entries = document[section]
        assert isinstance(entries, dict)
        for key, entry in entries.items():
            assert isinstance(entry, dict)
            method = entry.get("method") if section == "operations" else None
            yield from _fields_of(camel_case(re.sub(r"\W", "_", str(method or key))), entry)


def _fields_of(owner: str, entry: dict[str, JSON]) -> Iterator[tuple[str, str, str]]:
    for field, value in entry.items():
        if isinstance(value, str):
            yield owner, field, value
        elif isinstance(value, dict):
            yield from _fields_of(owner, value)
