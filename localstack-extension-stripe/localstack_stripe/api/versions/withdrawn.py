"""Paths that the API had once, and what does their work now."""

import re

WITHDRAWN = "2025-03-31"
"""The day of the version since which they are no more."""

_WITHDRAWN = (
    # https://docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations
    ("GET", re.compile(r"/v1/invoices/upcoming(/lines)?"), "POST /v1/invoices/create_preview"),
    # https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-legacy-usage-based-billing
    (
        "POST",
        re.compile(r"/v1/subscription_items/[^/]+/usage_records"),
        "POST /v1/billing/meter_events",
    ),
    (
        "GET",
        re.compile(r"/v1/subscription_items/[^/]+/usage_record_summaries"),
        "GET /v1/billing/meters/{id}/event_summaries",
    ),
)


def instead_of(verb: str, path: str) -> str | None:
    """What to call instead of a path that was withdrawn; nothing of any other path."""
    for its_verb, pattern, instead in _WITHDRAWN:
        if verb == its_verb and pattern.fullmatch(path):
            return instead
    return None
