"""The discount that a customer has itself, of all that is billed to it without another. Versions before 2025-03-31.basil can
give it (https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-singular-coupon-promotion-code).
"""

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.discount_deletion import tell_removed
from localstack_stripe.resources.products.discount_reductions import is_for_one_invoice
from localstack_stripe.resources.products.discounts import new_discount

PARAMS = frozenset({"coupon", "promotion_code"})


def take_discount(call: Call, customer: Record) -> None:
    """Give a customer the discount that a request says, in place of the one that it had, or take that away."""
    if PARAMS.isdisjoint(call.params):
        return
    work, before = call.work, customer["discount"]
    named = {name: id for name, id in call.params.items() if name in PARAMS and id}
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
