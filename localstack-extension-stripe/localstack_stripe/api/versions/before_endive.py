"""What requests said until version 2026-09-30.endive: the anchor of the billing cycle was a word or a moment
(https://docs.stripe.com/changelog/endive/2026-09-30/polymorphic-billing-cycle-anchor), an account was rejected for fraud of
any kind (https://docs.stripe.com/changelog/endive/2026-09-30/updated-reject-reason-codes), and of the countries of a
Financial Connections session the first one counted
(https://docs.stripe.com/changelog/endive/2026-09-30/rename-financial-connections-countries-filter-to-country).
"""

from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, listed, without
from localstack_stripe.engine.errors import invalid


def _anchored(tree: Tree) -> Tree:
    anchor: Any = tree.get("billing_cycle_anchor")
    if anchor in (None, "") or isinstance(anchor, dict):
        return tree
    if anchor in ("now", "unchanged"):
        return {**tree, "billing_cycle_anchor": {"type": anchor}}
    return {**tree, "billing_cycle_anchor": {"timestamp": anchor, "type": "timestamp"}}


def _preview(tree: Tree) -> Tree:
    details = tree.get("subscription_details")
    if not isinstance(details, dict):
        return tree
    return {**tree, "subscription_details": _anchored(details)}


def _rejection(tree: Tree) -> Tree:
    return {**tree, "reason": "fraud_other"} if tree.get("reason") == "fraud" else tree


def _session(tree: Tree) -> Tree:
    filters: Any = tree.get("filters")
    if not isinstance(filters, dict) or not filters.get("countries"):
        return tree
    countries = listed(filters["countries"])
    if countries is None:
        raise invalid("Invalid array", "filters[countries]")
    return {**tree, "filters": {**without(filters, "countries"), "country": countries[0]}}


CHANGE = Change(
    day="2026-09-30",
    parameters={
        "POST /v1/accounts/{account}/reject": by(_rejection),
        "POST /v1/financial_connections/sessions": by(_session),
        "POST /v1/invoices/create_preview": by(_preview),
        "POST /v1/subscriptions/{subscription}": by(_anchored),
        "POST /v1/subscriptions/{subscription}/resume": by(_anchored),
    },
)
