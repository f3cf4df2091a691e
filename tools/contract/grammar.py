"""The notation of types in the contract, from the side that writes it.

``localstack_stripe.contract.loader`` documents the notation and reads it. A type is written as its
alternatives, joined by `` | ``; until they are joined they travel as a list, so that the readers
of the two SDKs can add, drop and rewrite them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

UNSET = "''"
# A structure is a bare capitalized name; values, resources and stubs are skipped whole.
_STRUCTURE = re.compile(r"'[^']*'|[#@][\w.]+|deleted\([\w.]+\)|([A-Z]\w*)")


def literal(value: str) -> str:
    """One allowed value of an enum."""
    if "'" in value:
        raise ValueError(f"the notation has no way to write the value {value!r}")
    return f"'{value}'"


def is_literal(alternative: str) -> bool:
    return alternative.startswith("'")


def joined(alternatives: Iterable[str]) -> str:
    """The alternatives as one type, each once: unset first, enum values, types, null last."""
    distinct = list(dict.fromkeys(alternatives))
    if not distinct:
        raise ValueError("a type needs at least one alternative")
    return " | ".join(sorted(distinct, key=_rank))


def _rank(alternative: str) -> int:
    if alternative == UNSET:
        return 0
    if is_literal(alternative):
        return 1
    return 3 if alternative == "null" else 2


def without_open_marker(alternatives: Iterable[str]) -> list[str]:
    """Drop the `string` that only says that an enum may grow.

    Nearly every enum of the SDKs is marked open this way, which says nothing about what a request
    may send. Next to the empty string alone (which unsets a parameter) it is a real string.
    """
    kept = list(alternatives)
    if any(is_literal(alternative) and alternative != UNSET for alternative in kept):
        kept = [alternative for alternative in kept if alternative != "string"]
    return kept


def structures_in(type_: str) -> list[str]:
    """The names of the structures that a type mentions."""
    return [name for name in _STRUCTURE.findall(type_) if name]


def renamed(type_: str, names: Mapping[str, str]) -> str:
    """The type with some of its structures called otherwise."""
    return _STRUCTURE.sub(lambda match: names.get(match.group(1), match.group()), type_)


def singular(segment: str) -> str:
    """The singular of a path segment: `shipping_rates` is of `shipping_rate`."""
    if segment.endswith("ies"):
        return segment[:-3] + "y"
    if segment.endswith(("ches", "sses", "xes")):
        return segment[:-2]
    return segment.removesuffix("s")


def camel_case(name: str) -> str:
    """`billing_portal` as the class names have it: `BillingPortal`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def structure_name(namespace: Iterable[str], names: Iterable[str]) -> str:
    """The flat name of a structure: its namespace, then the classes it is nested in.

    The namespace keeps `checkout.Session` and `billing_portal.Session` apart; it is not repeated
    where the first name has it already (`V2Amount` of `v2`).
    """
    prefix = "".join(camel_case(part) for part in namespace)
    name = "".join(names)
    return name if prefix and name.startswith(prefix) else prefix + name
