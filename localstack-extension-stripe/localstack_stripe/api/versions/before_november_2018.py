"""What was said of an invoice until version 2018-11-08: it was closed, or it was not and was collected by itself; and it could
be forgiven (https://docs.stripe.com/changelog/2018-11-08).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, flag, without
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_transitions import FORGIVEN


def _invoice(work: UnitOfWork, invoice: Record) -> Record:
    is_over = invoice["status"] in ("paid", "uncollectible", "void")
    return {
        "closed": is_over or not invoice["auto_advance"],
        "forgiven": invoice["status"] == "uncollectible",
    }


def _new(tree: Tree) -> Tree:
    """https://docs.stripe.com/changelog/2018-11-08/one-off-invoices-no-longer-auto-collect-payment"""
    return {"auto_advance": "true", **_closed(tree)}


def _closed(tree: Tree) -> Tree:
    """https://docs.stripe.com/changelog/2018-11-08/invoices-specify-auto-advance-field"""
    closed = flag(tree, "closed")
    if closed is None or "auto_advance" in tree:
        return tree
    return {**without(tree, "closed"), "auto_advance": "false" if closed else "true"}


CHANGE = Change(
    day="2018-11-08",
    fields={"invoice": {"closed": "boolean", "forgiven": "boolean"}},
    values={"invoice": _invoice},
    parameters={"POST /v1/invoices": by(_new), "POST /v1/invoices/{invoice}": by(_closed)},
    accepted={"POST /v1/invoices/{invoice}": {FORGIVEN: "boolean"}},
)
