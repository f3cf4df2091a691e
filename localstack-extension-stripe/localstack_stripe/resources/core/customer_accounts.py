"""Accounts that are customers, too (https://docs.stripe.com/connect/use-accounts-as-customers).

An account of v2 with the configuration ``customer`` can be named by ``customer_account`` wherever a customer can be
named by ``customer``. There is a customer behind each such account, which is made when it is first needed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_stripe.engine.behaviours import Call, find, understands
from localstack_stripe.engine.errors import invalid, no_such, too_many
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import TEST_CLOCK, UnitOfWork
from localstack_stripe.resources.billing.invoice_numbers import check_prefix

ACCOUNT = "v2.core.account"
PARAM = "customer_account"

_MOST_CUSTOM_FIELDS = 4


@understands(PARAM)
def by_its_customer(call: Call) -> Call:
    """What is done for an account is done for the customer that it is; lists select by the account itself.

    :raises StripeError: 400 where there is no such account, it is no customer, or another customer is named besides
    """
    if call.operation.verb == "GET":
        return call
    customer = customer_of(call.work, call.params[PARAM])
    named = call.params.get("customer")
    if named not in (None, customer["id"]):
        raise invalid(
            f"The customer {named} is not that of the account {call.params[PARAM]}.", PARAM
        )
    return replace(call, params={**call.params, "customer": customer["id"]})


def customer_of(work: UnitOfWork, id: str) -> Record:
    """The customer that an account is.

    :param id: the account's
    :raises StripeError: 400 where there is no such account, or it is no customer
    """
    account = work.get(ACCOUNT, id)
    if account is None and find(work, "account", id) is None:
        raise no_such("account", id, PARAM)
    configuration = ((account or {}).get("configuration") or {}).get("customer") or {}
    if account is None or account["closed"] or not configuration.get("applied"):
        raise invalid(
            f"The account {id} does not have the `customer` configuration, and cannot be used as a customer.",
            PARAM,
        )
    known = work.where("customer", PARAM, id)
    if known:
        return known[0]
    customer = start(work, "customer", {PARAM: id, "test_clock": configuration.get("test_clock")})
    _tell(customer, account)
    return customer


def billed_as(work: UnitOfWork, account: Record) -> Record | None:
    """The configuration ``customer`` of an account, with what its customer has come to: the payment method that they pay
    with by default, and the number of their next invoice. It is not to be written to.
    """
    configuration: Record | None = account["configuration"]["customer"]
    customers = work.where("customer", PARAM, account["id"])
    if configuration is None or not customers:
        return configuration
    billing, customer = configuration["billing"], customers[0]
    return configuration | {
        "billing": billing
        | {
            "default_payment_method": customer["invoice_settings"]["default_payment_method"],
            "invoice": billing["invoice"] | {"next_sequence": customer["next_invoice_sequence"]},
        }
    }


def check_terms(
    work: UnitOfWork, account: Record, given: Mapping[str, Any], before: Record | None
) -> None:
    """Check what a request says of an account as a customer (https://docs.stripe.com/api/v2/core/accounts/create).

    :param given: the parameter ``configuration.customer``
    :param before: the configuration as it was
    :raises StripeError: 400
    """
    invoice, place = at(given, "billing.invoice") or {}, "configuration[customer][billing][invoice]"
    if invoice.get("prefix") is not None:
        own = next((each["id"] for each in work.where("customer", PARAM, account["id"])), None)
        check_prefix(work, invoice["prefix"], f"{place}[prefix]", own)
    if len(invoice.get("custom_fields") or ()) > _MOST_CUSTOM_FIELDS:
        raise too_many(f"{place}[custom_fields]", _MOST_CUSTOM_FIELDS)
    clock, place = given.get("test_clock"), "configuration[customer][test_clock]"
    if clock is None:
        return
    work.require(TEST_CLOCK, clock, place)
    if before is not None and before.get("test_clock") != clock:
        raise invalid(
            "The test clock of an account is set when it first has the `customer` configuration.",
            place,
        )


def follow_customer(work: UnitOfWork, account: Record) -> None:
    """Let the customer that an account is know what has changed of it, where there is one already."""
    for customer in work.where("customer", PARAM, account["id"]):
        _tell(work.change(customer), account)


def _tell(customer: Record, account: Record) -> None:
    """Write into a customer what it is told as an account."""
    configuration = account["configuration"]["customer"]
    kind = at(account, "identity.entity_type")
    told = "individual" if kind == "individual" else "business_details"
    invoices = at(configuration, "billing.invoice") or {}
    rendering = invoices.get("rendering")
    numbers = {"prefix": "invoice_prefix", "next_sequence": "next_invoice_sequence"}
    customer |= {
        **{theirs: invoices[ours] for ours, theirs in numbers.items() if invoices.get(ours)},
        "address": _address(at(account, f"identity.{told}.address")),
        "email": account["contact_email"],
        "name": account["display_name"],
        "phone": account["contact_phone"],
        "shipping": _shipping(configuration.get("shipping")),
        "tax_exempt": at(configuration, "automatic_indirect_tax.exempt") or "none",
    }
    customer["invoice_settings"] |= {
        "custom_fields": invoices.get("custom_fields") or None,
        "default_payment_method": at(configuration, "billing.default_payment_method"),
        "footer": invoices.get("footer"),
        "rendering_options": rendering
        and {name: rendering.get(name) for name in ("amount_tax_display", "template")},
    }


def _shipping(given: Record | None) -> Record | None:
    if not given:
        return None
    return {
        "address": _address(given.get("address")),
        "name": given.get("name") or "",
        "phone": given.get("phone"),
    }


def _address(given: Any) -> Record | None:
    """An address as v1 has it."""
    if not given:
        return None
    names = ("city", "country", "line1", "line2", "postal_code", "state")
    return {name: given.get(name) for name in names}
