"""What requests meant until version 2024-04-10, and what objects were called (https://docs.stripe.com/changelog/2024-04-10): a
payment was captured while its answer was waited for, and products had features.
"""

from localstack_stripe.api.versions.change import Change, by_default, by_names, found_at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def _invoice(work: UnitOfWork, invoice: Record) -> Record:
    rendering = invoice["rendering"]
    shown = {"amount_tax_display": rendering["amount_tax_display"]} if rendering else None
    return {"rendering_options": shown}


_RENDERING = by_names(rendering_options="rendering")
_FEATURES = by_names(features="marketing_features")

CHANGE = Change(
    day="2024-04-10",
    fields={
        "invoice": {"rendering_options": "{any} | null"},
        "product": {"features": "[ProductMarketingFeature]"},
    },
    values={"invoice": _invoice, "product": found_at(features="marketing_features")},
    parameters={
        "POST /v1/invoices": _RENDERING,
        "POST /v1/invoices/{invoice}": _RENDERING,
        # https://docs.stripe.com/changelog/2024-04-10/automatic-sync-default-paymentintents
        "POST /v1/payment_intents": by_default({"capture_method": "automatic"}),
        "POST /v1/products": _FEATURES,
        "POST /v1/products/{id}": _FEATURES,
    },
)
