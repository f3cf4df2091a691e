"""What requests said until version 2026-09-30.endive: the anchor of the billing cycle was a word or a moment
(https://docs.stripe.com/changelog/endive/2026-09-30/polymorphic-billing-cycle-anchor), an account was rejected for fraud of
any kind (https://docs.stripe.com/changelog/endive/2026-09-30/updated-reject-reason-codes), and of the countries of a
Financial Connections session the first one counted
(https://docs.stripe.com/changelog/endive/2026-09-30/rename-financial-connections-countries-filter-to-country).
"""

from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, Find


def _anchored(tree: Tree) -> Tree:
    anchor: Any = tree.get("billing_cycle_anchor")
    if anchor in (None, "") or isinstance(anchor, dict):
        return tree
    if anchor in ("now", "unchanged"):
        return {**tree, "billing_cycle_anchor": {"type": anchor}}
    return {**tree, "billing_cycle_anchor": {"timestamp": anchor, "type": "timestamp"}}


def _anchor(tree: Tree, _: Find) -> Tree:
    return _anchored(tree)


def _preview(tree: Tree, _: Find) -> Tree:
    details = tree.get("subscription_details")
    if not isinstance(details, dict):
        return tree
    return {**tree, "subscription_details": _anchored(details)}


def _rejection(tree: Tree, _: Find) -> Tree:
    return {**tree, "reason": "fraud_other"} if tree.get("reason") == "fraud" else tree


def _session(tree: Tree, _: Find) -> Tree:
    filters: Any = tree.get("filters")
    if not isinstance(filters, dict) or not filters.get("countries"):
        return tree
    countries = filters["countries"]
    first = next(iter(countries.values() if isinstance(countries, dict) else countries))
    others = {name: value for name, value in filters.items() if name != "countries"}
    return {**tree, "filters": {**others, "country": first}}


CHANGE = Change(
    day="2026-09-30",
    parameters={
        "POST /v1/accounts/{account}/reject": _rejection,
        "POST /v1/financial_connections/sessions": _session,
        "POST /v1/invoices/create_preview": _preview,
        "POST /v1/subscriptions/{subscription}": _anchor,
        "POST /v1/subscriptions/{subscription}/resume": _anchor,
    },
)
