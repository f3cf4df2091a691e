"""What is said of a subscription besides what it is for and when: how it is collected and paid, with which taxes, and in which
billing mode (https://docs.stripe.com/api/subscriptions/create).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.engine.assignment import assign, merged_metadata
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.billing_thresholds import thresholds
from localstack_stripe.resources.billing.invoice_drafts import require_email
from localstack_stripe.resources.billing.subscription_end import cancellation_details
from localstack_stripe.resources.billing.subscription_pending_items import set_interval
from localstack_stripe.resources.billing.subscription_terms import items_of
from localstack_stripe.resources.connect.invoice_shares import subscription_shares
from localstack_stripe.resources.core.customer_locations import require_located
from localstack_stripe.resources.payment_methods.attachment import owned_method
from localstack_stripe.resources.payment_methods.sources import chargeable_source
from localstack_stripe.resources.products.tax_rates import MOST_DEFAULTS, usable_rates
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax


def new_settings(call: Call, customer: Record) -> Record:
    """What a new subscription is to have of what a request says.

    :raises StripeError: 400 where a method, a source or a rate is not one that it can have, or settings contradict each
        other
    """
    params, work = call.params, call.work
    method = params.get("default_payment_method")
    if method:
        method = owned_method(work, customer, method, "default_payment_method")["id"]
    source = params.get("default_source")
    if source:
        _require_source(work, customer, source)
    collection = params.get("collection_method") or "charge_automatically"
    _require_term(collection, params.get("days_until_due"))
    if collection == "send_invoice":
        require_email(customer)
    given = params.get("payment_settings") or {}
    invoice_settings = params.get("invoice_settings") or {}
    end_behavior = (params.get("trial_settings") or {}).get("end_behavior") or {}
    return {
        **subscription_shares(work, params, {}),
        "automatic_tax": _automatic_tax(work, customer, params.get("automatic_tax")),
        "billing_mode": billing_mode(params),
        "billing_thresholds": thresholds(params.get("billing_thresholds")),
        "cancellation_details": cancellation_details(None),
        "collection_method": collection,
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": method,
        "default_source": source,
        "default_tax_rates": usable_rates(
            work, params.get("default_tax_rates") or [], "default_tax_rates", MOST_DEFAULTS
        ),
        "description": params.get("description"),
        "invoice_settings": {
            "account_tax_ids": invoice_settings.get("account_tax_ids"),
            "custom_fields": invoice_settings.get("custom_fields"),
            "description": invoice_settings.get("description"),
            "footer": invoice_settings.get("footer"),
            "issuer": dict(invoice_settings.get("issuer") or {"type": "self"}),
        },
        "managed_payments": {"enabled": False},
        "metadata": merged_metadata({}, params.get("metadata") or {}),
        "payment_settings": {
            "payment_method_options": given.get("payment_method_options"),
            "payment_method_types": given.get("payment_method_types") or None,
            "save_default_payment_method": given.get("save_default_payment_method") or "off",
        },
        "status": "incomplete",
        "trial_settings": {
            "end_behavior": {
                "billing_cycle_anchor": end_behavior.get("billing_cycle_anchor") or "now",
                "missing_payment_method": end_behavior.get("missing_payment_method")
                or "create_invoice",
            }
        },
    }


def billing_mode(params: Mapping[str, Any]) -> Record:
    """How a subscription is billed, from the ``billing_mode`` of a request
    (https://docs.stripe.com/billing/subscriptions/billing-mode).

    :raises StripeError: 400 where it says something of another mode
    """
    given = params.get("billing_mode") or {}
    mode = given.get("type") or "flexible"
    flexible = given.get("flexible")
    if mode != "flexible":
        if flexible:
            raise invalid(
                "`billing_mode[flexible]` is only for the billing mode `flexible`.",
                "billing_mode[flexible]",
            )
        return {"flexible": None, "type": mode}
    shown = (flexible or {}).get("proration_discounts") or "included"
    return {"flexible": {"proration_discounts": shown}, "type": mode}


def _automatic_tax(work: UnitOfWork, customer: Record, given: Mapping[str, Any] | None) -> Record:
    """What a subscription's invoices are to have of Stripe Tax: it has to be known where the customer is."""
    settings = automatic_tax(work, given)
    if settings["enabled"]:
        require_located(work, customer)
    return {name: settings[name] for name in ("disabled_reason", "enabled", "liability")}


def require_one_kind_of_tax(subscription: Record, items: Sequence[Mapping[str, Any]] = ()) -> None:
    """Refuse tax rates beside automatic tax (https://docs.stripe.com/tax/subscriptions).

    :raises StripeError: 400
    """
    rates = subscription["default_tax_rates"] or any(each.get("tax_rates") for each in items)
    if subscription["automatic_tax"]["enabled"] and rates:
        raise invalid(
            "You cannot give tax rates where automatic tax is enabled.", "automatic_tax[enabled]"
        )


def _require_source(work: UnitOfWork, customer: Record, id: str) -> None:
    source = chargeable_source(work, id)
    if source is None or source.get("customer") != customer["id"]:
        raise no_such("source", id, "default_source")


_PLAIN = {
    "collection_method",
    "days_until_due",
    "default_source",
    "description",
    "invoice_settings",
    "metadata",
    "pause_collection",
    "payment_settings",
    "trial_settings",
}
"""Parameters that are simply written into the field of their name."""


def change_settings(call: Call, subscription: Record, customer: Record) -> None:
    """Write onto a subscription what a request says of it.

    :raises StripeError: as of :func:`new_settings`
    """
    params, work = call.params, call.work
    if params.get("default_payment_method"):
        method = owned_method(
            work, customer, params["default_payment_method"], "default_payment_method"
        )
        subscription["default_payment_method"] = method["id"]
    if params.get("default_source"):
        _require_source(work, customer, params["default_source"])
    if "automatic_tax" in params:
        subscription["automatic_tax"] = _automatic_tax(work, customer, params["automatic_tax"])
    if "default_tax_rates" in params:
        subscription["default_tax_rates"] = usable_rates(
            work, params["default_tax_rates"] or [], "default_tax_rates", MOST_DEFAULTS
        )
    require_one_kind_of_tax(
        subscription, [*(params.get("items") or ()), *items_of(work, subscription)]
    )
    if "pending_invoice_item_interval" in params:
        set_interval(work, subscription, params["pending_invoice_item_interval"])
    resumes_at = (params.get("pause_collection") or {}).get("resumes_at")
    if resumes_at is not None and resumes_at <= work.now(subscription):
        raise invalid(
            "Invalid timestamp: can only specify a future timestamp", "pause_collection[resumes_at]"
        )
    if "billing_thresholds" in params:
        subscription["billing_thresholds"] = thresholds(params["billing_thresholds"])
    subscription |= subscription_shares(work, params, subscription)
    plain = {name: value for name, value in params.items() if name in _PLAIN}
    assign(work, subscription, plain, work.contract.resources["subscription"].fields)
    _require_term(subscription["collection_method"], subscription["days_until_due"])


def _require_term(collection: str, days: int | None) -> None:
    """Require the days in which an invoice that is sent is to be paid, and refuse them of one that is charged.

    :raises StripeError: 400
    """
    if collection == "send_invoice" and days is None:
        raise invalid(
            "If invoice collection method is 'send_invoice', you must specify 'days_until_due'."
        )
    if collection != "send_invoice" and days is not None:
        raise invalid(
            "You can only specify 'days_until_due' if invoice collection method is 'send_invoice'."
        )
