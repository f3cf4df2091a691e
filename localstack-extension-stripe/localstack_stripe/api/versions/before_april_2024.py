"""What requests meant until version 2024-04-10, and what objects were called (https://docs.stripe.com/changelog/2024-04-10): a
payment was captured while its answer was waited for, and products had features.
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, renamed
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def _captured_at_once(tree: Tree) -> Tree:
    """https://docs.stripe.com/changelog/2024-04-10/automatic-sync-default-paymentintents"""
    return {"capture_method": "automatic", **tree}


def _featured(tree: Tree) -> Tree:
    return renamed(tree, {"features": "marketing_features"})


def _product(work: UnitOfWork, product: Record) -> Record:
    return {"features": product["marketing_features"]}


def _rendered(tree: Tree) -> Tree:
    return renamed(tree, {"rendering_options": "rendering"})


def _invoice(work: UnitOfWork, invoice: Record) -> Record:
    rendering = invoice["rendering"]
    shown = {"amount_tax_display": rendering["amount_tax_display"]} if rendering else None
    return {"rendering_options": shown}


CHANGE = Change(
    day="2024-04-10",
    fields={
        "invoice": {"rendering_options": "{any} | null"},
        "product": {"features": "[ProductMarketingFeature]"},
    },
    values={"invoice": _invoice, "product": _product},
    parameters={
        "POST /v1/invoices": by(_rendered),
        "POST /v1/invoices/{invoice}": by(_rendered),
        "POST /v1/payment_intents": by(_captured_at_once),
        "POST /v1/products": by(_featured),
        "POST /v1/products/{id}": by(_featured),
    },
)
