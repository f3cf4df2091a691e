"""What an invoice or an invoice item says of what it comes from, its ``parent``
(https://docs.stripe.com/api/invoices/object#invoice_object-parent).
"""

from localstack_stripe.engine.store import Record


def subscription_parent(subscription: Record) -> Record:
    """The ``parent`` of an invoice that bills a subscription."""
    return {
        "quote_details": None,
        "subscription_details": {
            "metadata": dict(subscription["metadata"]),
            "subscription": subscription["id"],
        },
        "type": "subscription_details",
    }


def quote_parent(quote: Record) -> Record:
    """The ``parent`` of an invoice that bills what a quote has offered."""
    return {
        "quote_details": {"quote": quote["id"]},
        "subscription_details": None,
        "type": "quote_details",
    }


def subscription_of(record: Record) -> str | None:
    """The id of the subscription that an invoice bills, or that a pending item waits for."""
    details = (record["parent"] or {}).get("subscription_details")
    return details["subscription"] if details else None
