"""What invoices had until version 2019-03-14, and have by other names since (https://docs.stripe.com/changelog/2019-03-14)."""

from localstack_stripe.api.versions.change import Change, by_names, found_at

_INVOICE = found_at(
    application_fee="application_fee_amount",
    date="created",
    finalized_at="status_transitions.finalized_at",
)
_FEE = by_names(application_fee="application_fee_amount")

CHANGE = Change(
    day="2019-03-14",
    fields={
        "invoice": {
            "application_fee": "integer | null",
            "date": "timestamp",
            "finalized_at": "timestamp | null",
        }
    },
    values={"invoice": _INVOICE},
    parameters={"POST /v1/invoices": _FEE, "POST /v1/invoices/{invoice}": _FEE},
)
