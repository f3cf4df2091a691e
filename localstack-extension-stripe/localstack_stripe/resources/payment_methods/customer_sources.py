"""What a customer pays with in the oldest way (https://docs.stripe.com/api/cards), as far as it can be changed later."""

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.formats import is_digits
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.payment_methods.cards import require_source
from localstack_stripe.resources.payment_methods.sources import known_owner

_OF_CARDS = frozenset(
    {
        "address_city",
        "address_country",
        "address_line1",
        "address_line2",
        "address_state",
        "address_zip",
        "exp_month",
        "exp_year",
        "name",
    }
)
_FIELDS = {
    "bank_account": frozenset({"account_holder_name", "account_holder_type"}),
    "card": _OF_CARDS,
    "source": frozenset({"owner"}),
}
"""What can be changed, by the kind of source, besides its metadata."""

_NUMBERS = ("exp_month", "exp_year")


@operation("POST /v1/customers/{customer}/sources/{id}")
def update(call: Call) -> Record:
    """Change what may be changed of a card (https://docs.stripe.com/api/cards/update), a bank account
    (https://docs.stripe.com/api/customer_bank_accounts/update) or a source (https://docs.stripe.com/api/sources/update).

    :raises StripeError: 404 where the customer has no such source, 400 where the kind has no such field
    """
    customer = require_path(call, "customer", "customer")
    source = call.work.change(require_source(call, customer))
    fields = _FIELDS[source["object"]]
    for name, value in call.params.items():
        if name == "metadata":
            source["metadata"] = merged_metadata(source["metadata"] or {}, value or {})
        elif name not in fields:
            raise invalid(f"Received unknown parameter: {name}", name, "parameter_unknown")
        elif name == "owner":
            source["owner"] = known_owner(source["owner"] or {}, value)
        else:
            source[name] = _number(name, value) if name in _NUMBERS else value or None
    method = call.work.get("payment_method", source["id"])
    if source["object"] == "card" and method is not None:
        _show(call.work.change(method), source)
    return source


def _show(method: Record, card: Record) -> None:
    """What was changed of a card is changed of the payment method that it is too."""
    method["card"] = method["card"] | {name: card[name] for name in _NUMBERS}
    address = {name: card[old] for name, old in _OF_ADDRESS.items()}
    method["billing_details"] = method["billing_details"] | {
        "address": address,
        "name": card["name"],
    }


_OF_ADDRESS = {
    "city": "address_city",
    "country": "address_country",
    "line1": "address_line1",
    "line2": "address_line2",
    "postal_code": "address_zip",
    "state": "address_state",
}
"""Where a payment method has what a card says of its address."""


def _number(name: str, value: str) -> int:
    """The part of an expiry date that is sent as text.

    :raises StripeError: 400 where it is none
    """
    if not is_digits(value) or (name == "exp_month" and not 1 <= int(value) <= 12):
        raise invalid(
            f"Your card's expiration {name[4:]} is invalid.", name, f"invalid_expiry_{name[4:]}"
        )
    year = int(value)
    return year + 2000 if name == "exp_year" and year < 100 else year
