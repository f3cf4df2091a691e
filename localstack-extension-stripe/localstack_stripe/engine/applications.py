"""The application through which a platform acts for its connected accounts (https://docs.stripe.com/connect)."""

MADE_THROUGH = frozenset(
    {
        "billing_portal.configuration",
        "charge",
        "invoice",
        "payment_intent",
        "payment_link",
        "quote",
        "setup_attempt",
        "setup_intent",
        "subscription",
        "subscription_schedule",
    }
)
"""What says in ``application`` through which one it was made."""


def application_of(platform: str) -> str:
    """The id of a platform's application, which is also the ``client_id`` of its OAuth: the account's id, written otherwise."""
    return f"ca_{platform.removeprefix('acct_')}"
