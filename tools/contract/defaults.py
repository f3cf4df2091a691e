"""What holds where a request says nothing, as far as the documentation of its parameters tells.

A default is kept with the field of the answer that shows it, and only for a field that always has a value: one that may
be null or absent says in that way that nothing was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from tools.contract.json_values import JSON, Document
from tools.contract.places import Shown, places

# Parameter → the default that its documentation names.
Named: TypeAlias = Mapping[str, str]

# "Defaults to `never`.", "Default is 10." What depends on something else ("`true` if …") is none.
_DEFAULT = re.compile(
    r"\bdefault(?:s to| is| value is| value of) [`\"']?([\w./-]*\w)[`\"']?(?=[.,;)]? |[.,;)]*$)"
    r"(?! (?:if|when|unless|for|except|as long)\b)",
    re.IGNORECASE,
)
_ENUM = re.compile(r"'[^']*'(?: \| '[^']*')*")


def named_default(text: str) -> str | None:
    """The default of a parameter that is documented by `text`, if it names a single one."""
    named = set(_DEFAULT.findall(" ".join(text.split())))
    return named.pop() if len(named) == 1 else None


def find_defaults(
    document: Document, of_operations: Mapping[str, Named], of_structures: Mapping[str, Named]
) -> Document:
    """Resource or structure of an answer → field → the value that it has where nothing was said.

    :param of_operations: what the documentation of each operation's parameters names
    :param of_structures: and that of the parameters in each structure
    """
    found: dict[str, dict[str, list[JSON]]] = {}
    for place in places(document):
        # What a change leaves alone stays as it was.
        if not place.operation.startswith("POST ") or place.operation.endswith("}"):
            continue
        known = of_operations.get(place.operation, {})
        if place.inside is not None:
            known = of_structures.get(place.inside, {})
        named = known.get(place.names[-1])
        for shown in place.shown if named is not None else ():
            value = _value(str(named), shown)
            if value is not None:
                found.setdefault(shown.owner, {}).setdefault(shown.marked, []).append(value)
    agreed: Document = {}
    for owner, fields in found.items():
        same = {
            name: values[0] for name, values in fields.items() if len(set(map(str, values))) == 1
        }
        if same:
            agreed[owner] = {**same}
    return agreed


def _value(named: str, shown: Shown) -> JSON:
    """The default as the field has it; nothing where the field is of another kind, or need not have a value."""
    if shown.marked.endswith("?"):
        return None
    if _ENUM.fullmatch(shown.type):
        return named if f"'{named}'" in shown.type else None
    if shown.type == "boolean":
        return {"true": True, "false": False}.get(named)
    if shown.type == "integer":
        return int(named) if named.isdecimal() else None
    return None
