"""What can be searched for (https://docs.stripe.com/search#query-fields-for-charges and the sections after it)."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, NamedTuple

from localstack_stripe.engine.store import Record


class FieldType(Enum):
    """How a field's values are compared."""

    NUMERIC = "numeric"
    """As numbers, with ``<`` and the like too."""
    TOKEN = "token"
    """As a whole."""
    STRING = "string"
    """By words that follow each other, or by a part of at least three characters."""


class SearchField(NamedTuple):
    """A field that queries may name.

    :param path: where a record has it
    :param made: makes it of a record, where that has no such value
    """

    type: FieldType
    path: tuple[str, ...]
    made: Callable[[Record], Any] | None = None


_TYPES = {"#": FieldType.NUMERIC, "~": FieldType.STRING}

_WRITTEN = {
    "charge": "amount# billing_details.address.postal_code created# currency customer disputed metadata refunded status",
    "customer": "created# email~ metadata name~ phone~",
    "invoice": "created# currency customer last_finalization_error_code last_finalization_error_type metadata number~ "
    "receipt_number~ status~ subscription~ total#",
    "payment_intent": "amount# created# currency customer metadata status",
    "price": "active currency lookup_key~ metadata product~ type",
    "product": "active description~ metadata name~ shippable url~",
    "subscription": "canceled_at# created# metadata status",
}
"""The fields by resource, a numeric one with ``#`` and a string with ``~``."""

_ELSEWHERE = {
    "last_finalization_error_code": "last_finalization_error.code",
    "last_finalization_error_type": "last_finalization_error.type",
    "subscription": "parent.subscription_details.subscription",
}
"""Where records have what is not a field of that name."""

_OF_CARD = re.compile(
    r"payment_method_details\.(?P<source>[a-z_]+\.)?(?P<name>brand|exp_month|exp_year|fingerprint|last4)"
)
"""What a charge was paid with: ``payment_method_details.card.last4``; without a source, of a card."""


def _how_refunded(charge: Record) -> bool | None:
    """Whether a charge is refunded in whole or only in part; nothing where it is not refunded at all."""
    return bool(charge["refunded"]) if charge["amount_refunded"] else None


_MADE = {"refunded": _how_refunded}
"""What queries mean by a name, where it is not the value that records have under it."""


def _field(written: str) -> tuple[str, SearchField]:
    name = written.rstrip("#~")
    path = tuple(_ELSEWHERE.get(name, name).split("."))
    return name, SearchField(_TYPES.get(written[-1], FieldType.TOKEN), path, _MADE.get(name))


FIELDS: Mapping[str, Mapping[str, SearchField]] = {
    resource: dict(map(_field, written.split())) for resource, written in _WRITTEN.items()
}


def search_field(resource: str, name: str) -> SearchField | None:
    """The field of that name, or nothing where the resource cannot be searched by it."""
    found = FIELDS[resource].get(name)
    if found is None and resource == "charge" and (match := _OF_CARD.fullmatch(name)):
        source = (match["source"] or "card").rstrip(".")
        path = ("payment_method_details", source, match["name"])
        return SearchField(FieldType.TOKEN, path)
    return found
