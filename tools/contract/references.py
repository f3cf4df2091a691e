"""Which parameters are the id of an object, and of which kind.

The SDKs only say that they are strings. Two things tell more:

- the object that is answered has a field of the same name in the same place, which is a reference or the object itself:
  `product` of `POST /v1/prices`;
- the name is that of a kind and used for nothing else: `discounts[promotion_code]` of `POST /v1/invoiceitems`.

A parameter that is wrongly taken for a reference would refuse what Stripe accepts, so that a name counts only where it
was looked through, in v1. What is not found here, or found wrongly, stands in `overrides.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

from tools.contract.grammar import structures_in
from tools.contract.json_values import JSON, Document

# Field, with its mark → type.
Fields: TypeAlias = dict[str, str]

# A text, several, or an empty one that unsets it: the only types that ids are given in.
_ID = re.compile(r"('' \| )?(\[?)string(?:\(\d+\))?(\]?)")
_KINDS = re.compile(r"[@#]([\w.]+)")

# Names that mean a kind wherever v1 has them.
_NAMES = {
    **{
        kind: kind
        for kind in (
            "charge",
            "confirmation_token",
            "coupon",
            "customer",
            "invoice",
            "invoiceitem",
            "mandate",
            "payment_intent",
            "payment_method",
            "payment_method_configuration",
            "payment_record",
            "payout",
            "plan",
            "price",
            "product",
            "promotion_code",
            "refund",
            "setup_intent",
            "shipping_rate",
            "subscription",
            "tax_code",
            "tax_rate",
        )
    },
    "credit_grant": "billing.credit_grant",
    "default_payment_method": "payment_method",
    "default_tax_rates": "tax_rate",
    "from_subscription": "subscription",
    "meter": "billing.meter",
    "prices": "price",
    "products": "product",
    "received_credit": "treasury.received_credit",
    "received_debit": "treasury.received_debit",
    "report_type": "reporting.report_type",
    "tax_rates": "tax_rate",
    "test_clock": "test_helpers.test_clock",
    "trial_offer": "product_catalog.trial_offer",
    "value_list": "radar.value_list",
    "verification_session": "identity.verification_session",
}
# Names that mean a kind below a path.
_NAMES_BELOW = {
    "/v1/account_links": {"account": "account"},
    "/v1/account_sessions": {"account": "account"},
    "/v1/issuing": {"financial_account": "treasury.financial_account"},
    "/v1/terminal": {"location": "terminal.location"},
}
# A source may be a token, a card, or where a test's money comes from; a forwarding method may be a bank account.
_NEVER = {"source", "forwarding_settings"}


def find_references(document: Document) -> None:
    """Write the parameters of all operations that are ids as references, `@customer`."""
    operations = cast(dict[str, dict[str, JSON]], document["operations"])
    found = _References(document)
    for key, operation in operations.items():
        path = key.partition(" ")[2]
        answered = list(found.resources_in(str(operation["returns"])))
        found.refer(cast(Fields, operation["parameters"]), answered, path)


class _References:
    """Walks the parameters of operations beside the fields of what is answered."""

    def __init__(self, document: Document) -> None:
        self._structures = cast(dict[str, Fields], document["structures"])
        self._resources = cast(dict[str, dict[str, Fields]], document["resources"])

    def resources_in(self, type_: str) -> Iterator[Fields]:
        """The fields of the resources that are in place in a type."""
        for kind in re.findall(r"#([\w.]+)", type_):
            yield self._resources[kind]["fields"]

    def refer(
        self, fields: Fields, answered: list[Fields], path: str, above: frozenset[str] = frozenset()
    ) -> None:
        """Write the references among the fields, and among those of the structures in them.

        :param answered: the fields that an answer has in the same place
        :param above: the structures that these fields are in
        """
        for marked, type_ in fields.items():
            name = marked.rstrip("!")
            if name in _NEVER:
                continue
            shown = [there for each in answered for there in _named(each, name)]
            written = _ID.fullmatch(type_)
            if written:
                kinds = _kinds(name, shown, path)
                if kinds:
                    unset, opening, closing = written.groups(default="")
                    ids = " | ".join(f"@{kind}" for kind in kinds)
                    fields[marked] = f"{unset}{opening}{ids}{closing}"
                continue
            for structure in structures_in(type_):
                if structure not in above:
                    inside = [fields for type_ in shown for fields in self._inside(type_)]
                    self.refer(self._structures[structure], inside, path, above | {structure})

    def _inside(self, type_: str) -> Iterator[Fields]:
        yield from (self._structures[name] for name in structures_in(type_))
        yield from self.resources_in(type_)


def _kinds(name: str, shown: list[str], path: str) -> list[str]:
    """The kinds of which a parameter names one; none where it names nothing."""
    kinds = [kind for type_ in shown for kind in _KINDS.findall(type_)]
    if not kinds and path.startswith("/v1/"):
        below = next((names for start, names in _NAMES_BELOW.items() if path.startswith(start)), {})
        kinds = [kind for names in (below, _NAMES) if name in names for kind in [names[name]]]
    return list(dict.fromkeys(kinds))


def _named(fields: Mapping[str, str], name: str) -> Iterator[str]:
    """The type of the field of a name, whatever its mark."""
    return (fields[marked] for marked in (name, f"{name}?") if marked in fields)
