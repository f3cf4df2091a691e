"""The discount that a customer has itself, of all that is billed to it without another. Versions before 2025-03-31.basil can
give it (https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-singular-coupon-promotion-code).
"""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.discounts import (
    is_for_one_invoice,
    new_discount,
    no_discount,
    tell_removed,
)

PARAMS = frozenset({"coupon", "promotion_code"})


def take_discount(call: Call, customer: Record) -> None:
    """Give a customer the discount that a request says, in place of the one that it had, or take that away."""
    if PARAMS.isdisjoint(call.params):
        return
    given = {name: id for name, id in call.params.items() if name in PARAMS}
    work, before = call.work, customer["discount"]
    named = {name: id for name, id in given.items() if id}
    owner = {**customer, "customer": customer["id"]}
    customer["discount"] = new_discount(work, named, owner, None) if named else None
    if before is not None:
        tell_removed(work, [before], [])


def spend_discount(work: UnitOfWork, customer: Record, invoice: Record) -> None:
    """Take a customer's discount for one invoice away when an invoice has used it.

    :param customer: which may be written to
    """
    id = customer["discount"]
    used = [each["discount"] for each in invoice["total_discount_amounts"] if each["amount"]]
    if id in used and is_for_one_invoice(work, id):
        customer["discount"] = None
        tell_removed(work, [id], [])


@operation("DELETE /v1/customers/{customer}/discount")
def delete_customer_discount(call: Call) -> Record:
    """Take a customer's own discount away (https://docs.stripe.com/api/discounts/delete); invoices that have it keep it."""
    customer = require_path(call, "customer", "customer")
    id = customer["discount"]
    if id is None:
        raise no_discount(customer)
    call.work.change(customer)["discount"] = None
    tell_removed(call.work, [id], [])
    return {**call.work.require("discount", id, "discount"), "deleted": True}
