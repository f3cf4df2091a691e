"""Customers (https://docs.stripe.com/api/customers): who is billed, and with what by default."""

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    defaults,
)
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_numbers import check_numbering
from localstack_stripe.resources.billing.subscription_end import cancel_now
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.core.customer_balances import CASH, choose, set_balance
from localstack_stripe.resources.core.test_clocks import require_place
from localstack_stripe.resources.payment_methods.attachment import attach, owned_method
from localstack_stripe.resources.payment_methods.cards import add_source, source_of
from localstack_stripe.resources.payment_methods.method_notes import mark_spent
from localstack_stripe.resources.payment_methods.payment_methods import obtain
from localstack_stripe.resources.products.customer_discounts import take_discount
from localstack_stripe.resources.tax.customer_taxes import take_tax_details

DEFAULT_METHOD = "invoice_settings[default_payment_method]"


@defaults("customer")
def new_customer(work: UnitOfWork) -> Record:
    """What Stripe shows of every customer although the contract says it may be absent."""
    return {
        "address": None,
        "currency": None,
        "customer_account": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": work.ids.capitals(8),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "tax_exempt": "none",
        "test_clock": None,
    }


@before_create("customer")
def complete(call: Call, customer: Record) -> None:
    """Attach the payment method or the source that the customer comes with, and note its balance
    (https://docs.stripe.com/billing/customer/balance#types).
    """
    if call.params.get("test_clock"):
        require_place(call.work, customer["test_clock"])
    if call.params.get("payment_method"):
        method = obtain(call.work, call.params["payment_method"], "payment_method")
        attach(call.work, method, customer)
    _use(call, customer)
    take_discount(call, customer)
    take_tax_details(call, customer)
    check_numbering(call.work, customer, call.params)
    set_balance(call.work, customer, 0, "initial")


@before_update("customer")
def change(call: Call, customer: Record, before: Record) -> None:
    """A new source becomes the default one; a default must be the customer's."""
    _use(call, customer)
    wanted = call.params.get("default_source")
    if wanted and source_of(call.work, customer, wanted) is None:
        raise no_such("source", wanted, "default_source")
    take_discount(call, customer)
    take_tax_details(call, customer)
    check_numbering(call.work, customer, call.params)
    set_balance(call.work, customer, before["balance"], "adjustment")


def _use(call: Call, customer: Record) -> None:
    customer.pop(CASH, None)
    if call.params.get(CASH):
        choose(call, customer["id"], call.params[CASH])
    source = call.params.get("source")
    if source:
        customer["default_source"] = add_source(call.work, customer, source, "source")["id"]
    wanted = (call.params.get("invoice_settings") or {}).get("default_payment_method")
    if wanted:
        method = owned_method(call.work, customer, wanted, DEFAULT_METHOD)
        customer["invoice_settings"]["default_payment_method"] = method["id"]


@before_delete("customer")
def end(call: Call, customer: Record) -> None:
    """A customer's subscriptions end with it, and its payment methods are detached."""
    work = call.work
    for subscription in work.where("subscription", "customer", customer["id"]):
        if subscription["status"] not in ENDED:
            cancel_now(work, work.change(subscription))
    for method in work.where("payment_method", "customer", customer["id"]):
        method = work.change(method)
        method["customer"] = method["customer_account"] = None
        mark_spent(work, method)
