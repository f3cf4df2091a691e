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

from tools.contract.json_values import Document
from tools.contract.places import Place, places

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
    for place in places(document):
        written = _ID.fullmatch(place.fields[place.marked])
        if written is None or not _NEVER.isdisjoint(place.names):
            continue
        kinds = _kinds(place)
        if kinds:
            unset, opening, closing = written.groups(default="")
            ids = " | ".join(f"@{kind}" for kind in kinds)
            place.fields[place.marked] = f"{unset}{opening}{ids}{closing}"


def _kinds(place: Place) -> list[str]:
    """The kinds of which a parameter names one; none where it names nothing."""
    kinds = [kind for shown in place.shown for kind in _KINDS.findall(shown.type)]
    path, name = place.operation.partition(" ")[2], place.names[-1]
    if not kinds and path.startswith("/v1/"):
        below = next((names for start, names in _NAMES_BELOW.items() if path.startswith(start)), {})
        kinds = [names[name] for names in (below, _NAMES) if name in names]
    return list(dict.fromkeys(kinds))
