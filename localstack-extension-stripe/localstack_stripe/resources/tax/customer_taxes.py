"""What Stripe Tax knows of a customer (https://docs.stripe.com/tax/customer-locations): where it is, and its tax ids."""

from localstack_stripe.engine.behaviours import Call, includable
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.core.customer_locations import require_located
from localstack_stripe.resources.tax.tax_ids import TAX_ID, complete_tax_id, owned_by_customer
from localstack_stripe.resources.tax.tax_settings import settings_of
from localstack_stripe.resources.tax.taxability import Buyer, Taxability

IP_ADDRESS = "ip_address"
"""Noted of a customer: the address that it has used last."""

_LOCATING = frozenset(
    {"address", "default_source", "invoice_settings", "shipping", "source", "tax"}
)
"""The parameters that say where a customer is."""


def take_tax_details(call: Call, customer: Record) -> None:
    """Take what a request says of a customer's taxes, and check where it is, when that is asked for or matters.

    https://docs.stripe.com/api/customers/update#update_customer-tax-validate_location

    :raises StripeError: 400 ``customer_tax_location_invalid``, or ``tax_id_invalid``
    """
    if "tax_id_data" not in call.params and _LOCATING.isdisjoint(call.params):
        return  # as in most requests
    work, given = call.work, call.params.get("tax") or {}
    if IP_ADDRESS in given:
        work.note(customer, IP_ADDRESS, given[IP_ADDRESS] or None)
    for place, each in enumerate(call.params.get("tax_id_data") or ()):
        tax_id = start(work, TAX_ID, {"type": each["type"], "value": each["value"]})
        owner = owned_by_customer(customer)
        complete_tax_id(work, tax_id, owner, f"tax_id_data[{place}][value]")
    validated = given.get("validate_location")
    if validated == "immediately" or (
        validated != "deferred"
        and not _LOCATING.isdisjoint(call.params)
        and _has_automatic_tax(work, customer)
    ):
        require_located(work, customer, "address")


def _has_automatic_tax(work: UnitOfWork, customer: Record) -> bool:
    return any(
        subscription["automatic_tax"]["enabled"] and subscription["status"] not in ENDED
        for subscription in work.where("subscription", "customer", customer["id"])
    )


@includable("customer", "tax")
def tax(work: UnitOfWork, customer: Record) -> Record:
    """Whether automatic tax is possible for a customer (https://docs.stripe.com/api/customers/object#customer_object-tax)."""
    shown = {"ip_address": work.noted(customer, IP_ADDRESS), "location": None, "provider": "stripe"}
    try:
        location = require_located(work, customer, "address")
    except StripeError:
        return {"automatic_tax": "unrecognized_location", **shown}
    place = location.place
    found = {"country": place.country, "source": location.source, "state": place.state}
    settings = settings_of(work)
    collects = settings["head_office"] is not None and Taxability(
        work, Buyer(place), work.now(customer)
    ).collects(settings["defaults"]["tax_code"])
    return {
        "automatic_tax": "supported" if collects else "not_collecting",
        **shown,
        "location": found,
    }
