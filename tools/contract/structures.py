"""Makes the structures few: those that nothing leads to are dropped, equal ones become one.

The SDKs have a class of their own for every place: a payment method's data looks the same to
creating, updating and confirming an intent, with some hundred structures each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

from tools.contract.grammar import renamed, structures_in
from tools.contract.json_values import JSON, Document, rewrite_types, texts

# Field, with its mark → type.
Fields: TypeAlias = Mapping[str, str]


def tidy_structures(document: Document) -> None:
    """Keep the structures that something leads to, and of equal ones a single one.

    Those of parameters and those of answers stay apart: a field without a mark is optional in the
    ones, and always present in the others.
    """
    structures = cast(dict[str, Fields], document["structures"])
    operations = cast(dict[str, dict[str, JSON]], document["operations"]).values()
    sent = reachable(structures, texts([entry.get("parameters") for entry in operations]))
    answered = reachable(
        structures,
        texts([document["resources"], *(entry.get("returns") for entry in operations)]),
    )
    names = share_equal(structures, sent - answered) | share_equal(structures, answered)
    kept = (sent | answered) - names.keys()
    document["structures"] = {name: cast(JSON, structures[name]) for name in kept}
    rewrite_types(document, lambda type_: renamed(type_, names))
    document["defaults"] = _shared_defaults(
        cast(Mapping[str, Document], document["defaults"]), names
    )


def _shared_defaults(defaults: Mapping[str, Document], names: Mapping[str, str]) -> Document:
    """The defaults of structures under the names that are left; where two that became one differ, there is none."""
    shared: dict[str, Document] = {}
    for owner, values in sorted(defaults.items()):
        known = shared.setdefault(names.get(owner, owner), {})
        for name, value in values.items():
            known[name] = value if known.get(name, value) == value else None
    kept = (
        (owner, {name: value for name, value in values.items() if value is not None})
        for owner, values in shared.items()
    )
    return {owner: cast(JSON, values) for owner, values in kept if values}


def reachable(structures: Mapping[str, Fields], types: Iterable[str]) -> set[str]:
    """The names of the structures that the types lead to, directly or through others."""
    found: set[str] = set()
    pending = list(types)
    while pending:
        for name in structures_in(pending.pop()):
            if name not in found:
                found.add(name)
                pending.extend(structures[name].values())
    return found


def share_equal(structures: Mapping[str, Fields], names: Iterable[str]) -> dict[str, str]:
    """Which of the named structures another one can stand for: name → the name to use instead.

    The shortest name stays, of these the first, whatever the order in which they were found.
    Structures that only differ in the names inside become equal once those are one, so this goes
    on until nothing changes.
    """
    left = {name: dict(structures[name]) for name in names}
    replaced: dict[str, str] = {}
    while True:
        equal: dict[frozenset[tuple[str, str]], list[str]] = {}
        for name, fields in left.items():
            equal.setdefault(frozenset(fields.items()), []).append(name)
        found = {
            name: chosen
            for group in equal.values()
            for chosen in [min(group, key=lambda name: (len(name), name))]
            for name in group
            if name != chosen
        }
        if not found:
            return replaced
        replaced = {name: found.get(other, other) for name, other in replaced.items()} | found
        left = {
            name: {field: renamed(type_, found) for field, type_ in fields.items()}
            for name, fields in left.items()
            if name not in found
        }
