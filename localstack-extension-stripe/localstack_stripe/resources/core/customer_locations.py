"""Where customers are, as far as their taxes depend on it (https://docs.stripe.com/tax/customer-locations)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from localstack_stripe.billing.jurisdictions import Place
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.tax.taxability import place_of

LOCATION_INVALID = "customer_tax_location_invalid"


class Location(NamedTuple):
    """Where a customer is.

    :param source: what says so, in Stripe's terms
    """

    place: Place
    source: str


def locate(
    work: UnitOfWork,
    customer: Record,
    shipping: Mapping[str, Any] | None,
    address: Mapping[str, Any] | None,
    param: str,
) -> Location:
    """Where goods are shipped to, else where bills are sent, else what the customer's default payment method says.

    The first of them that there is decides, even where it is too vague. Stripe would look up where the customer's
    IP address is; the emulator asks nobody.

    :param param: what to blame
    :raises StripeError: 400 ``customer_tax_location_invalid``
    """
    known = {
        "shipping_destination": (shipping or {}).get("address"),
        "billing_address": address,
        "payment_method": _address_of_method(work, customer),
    }
    unknown = invalid(
        "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate "
        "tax.",
        param,
        LOCATION_INVALID,
    )
    for source, there in known.items():
        if there and any(there.values()):
            return Location(place_of(there, unknown), source)
    raise unknown


def require_located(
    work: UnitOfWork, customer: Record, param: str = "automatic_tax[enabled]"
) -> Location:
    """Where a customer is, by what is known of it now.

    :raises StripeError: 400 ``customer_tax_location_invalid`` where that is too little for automatic tax
    """
    return locate(work, customer, customer.get("shipping"), customer.get("address"), param)


def _address_of_method(work: UnitOfWork, customer: Record) -> Mapping[str, Any] | None:
    """The billing address of the default payment method, in the country of its card where it does not say another."""
    settings = customer.get("invoice_settings") or {}
    method = work.get("payment_method", settings.get("default_payment_method") or "")
    if method is not None:
        address = (method["billing_details"] or {}).get("address") or {}
        card = method.get("card") or {}
        return {**address, "country": address.get("country") or card.get("country")}
    card = work.get("card", customer.get("default_source") or "")
    if card is None:
        return None
    return {
        "country": card["address_country"] or card["country"],
        "postal_code": card["address_zip"],
        "state": card["address_state"],
    }
