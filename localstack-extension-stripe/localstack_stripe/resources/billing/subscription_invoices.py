"""The invoices of a subscription: of a period, of what is pending, of what was used.

https://docs.stripe.com/billing/invoices/subscription
"""

from collections.abc import Sequence

from localstack_stripe.billing.periods import period_at
from localstack_stripe.billing.proration import portion
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import CardError, StripeError
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line, add_lines, price_lines
from localstack_stripe.resources.billing.invoice_collection import collect, default_method
from localstack_stripe.resources.billing.invoice_drafts import draft
from localstack_stripe.resources.billing.invoice_finalization import finalize_new
from localstack_stripe.resources.billing.invoice_item_lines import bill_pending
from localstack_stripe.resources.billing.invoice_parents import subscription_of, subscription_parent
from localstack_stripe.resources.billing.subscription_terms import (
    Period,
    current_interval,
    gross,
    is_flexible,
    items_of,
    price_of,
    whole_period,
)
from localstack_stripe.resources.billing.usage_billing import (
    is_metered,
    rest_of_usage,
    unbilled,
    usage_lines,
)
from localstack_stripe.resources.core.customer_balances import balance_in
from localstack_stripe.resources.products.discount_reductions import in_force, use_up
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax

AHEAD = "billed ahead"
"""Noted of an item: from when on ``billed_until`` says how far it is billed, in seconds since 1970
(https://docs.stripe.com/billing/subscriptions/prebilling)."""


FREE_STUB = "free stub"
"""Noted of a subscription: that it is free between the end of its trial and its anchor."""


def new_cycle_invoice(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    reason: str,
    *,
    items: Sequence[Record] = (),
    stub_is_free: bool = False,
    before: Sequence[Line] = (),
) -> Record | None:
    """The draft that bills a subscription's current period, with what is pending; nothing where that would be empty.

    :param items: whose period it is, where others have another
    :param stub_is_free: whether a first period that begins later than whole ones would, or has begun before, is not billed
        (https://docs.stripe.com/billing/subscriptions/billing-cycle#configure-proration-behavior)
    :param before: what is billed of the time before
    """
    latest = subscription["latest_invoice"]
    invoice = new_subscription_invoice(work, subscription, customer, reason)
    if reason == "subscription_cycle":
        # What a renewal's invoice covers besides its lines is the period that has just ended.
        now = work.now(subscription)
        anchor = subscription["billing_cycle_anchor"]
        ended = current_interval(work, subscription)
        invoice["period_start"] = period_at(anchor, ended, now - 1)[0]
    # Pending items come first, then what was subscribed to last
    # (https://docs.stripe.com/api/invoices/object#invoice_object-lines).
    bill_pending(work, invoice, subscription["id"])
    items = items or items_of(work, subscription)
    lines = [
        line
        for item in sorted(items, key=lambda item: item["created"], reverse=True)
        for line in _item_lines(work, subscription, item, stub_is_free=stub_is_free)
    ]
    if before or lines:
        add_lines(work, invoice, [*before, *lines])
    if _forget_empty(work, subscription, invoice, latest):
        return None
    used = [each["discount"] for each in invoice["total_discount_amounts"] if each["amount"]]
    use_up(work, subscription, used)
    for item in items:
        if item["discounts"]:
            use_up(work, work.change(item), used, subscription)
    return invoice


def new_subscription_invoice(
    work: UnitOfWork, subscription: Record, customer: Record, reason: str
) -> Record:
    """A draft for a subscription, without lines; it becomes the latest one."""
    now = work.now(subscription)
    settings = subscription["invoice_settings"]
    invoice = draft(
        work,
        customer,
        subscription["currency"],
        account_tax_ids=settings["account_tax_ids"],
        auto_advance=True,
        automatic_tax=automatic_tax(work, subscription["automatic_tax"]),
        billing_reason=reason,
        collection_method=subscription["collection_method"],
        default_tax_rates=[*subscription["default_tax_rates"]],
        custom_fields=settings["custom_fields"],
        description=settings["description"],
        discounts=in_force(work, subscription),
        footer=settings["footer"],
        issuer=dict(settings["issuer"]),
        parent=subscription_parent(subscription),
        payment_settings={
            "default_mandate": None,
            "payment_method_options": subscription["payment_settings"]["payment_method_options"],
            "payment_method_types": subscription["payment_settings"]["payment_method_types"],
        },
    )
    if subscription["collection_method"] == "send_invoice":
        invoice["due_date"] = now + (subscription["days_until_due"] or 0) * DAY
    invoice["period_end"] = now
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def new_pending_invoice(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    reason: str,
    usage: Sequence[Line] = (),
) -> Record | None:
    """A draft of what is pending of a subscription; nothing where nothing is.

    :param usage: lines of what was used, which are billed with it
    """
    latest = subscription["latest_invoice"]
    invoice = new_subscription_invoice(work, subscription, customer, reason)
    bill_pending(work, invoice, subscription["id"])
    if usage:
        add_lines(work, invoice, [*usage])
    return None if _forget_empty(work, subscription, invoice, latest) else invoice


def _forget_empty(
    work: UnitOfWork, subscription: Record, invoice: Record, latest: str | None
) -> bool:
    """Take a draft back that asks for nothing.

    :param latest: the subscription's invoice before
    :return: whether it did
    """
    if work.where("line_item", "invoice", invoice["id"]):
        return False
    work.remove(invoice)
    subscription["latest_invoice"] = latest
    return True


def _item_lines(
    work: UnitOfWork, subscription: Record, item: Record, *, stub_is_free: bool
) -> list[Line]:
    price = price_of(work, item)
    period = (item["current_period_start"], item["current_period_end"])
    if is_metered(price):
        before = unbilled(work, item, period[0])
        if before[0] < before[1]:
            own = tuple(in_force(work, item, subscription))
            lines = usage_lines(work, subscription, item, price, before)
            return [line._replace(discounts=own) for line in lines]
        if is_flexible(subscription):
            # https://docs.stripe.com/billing/subscriptions/billing-mode/compare#suppress-zero-amount-line-items-when-adding-usage-based-items
            return []
    if subscription["status"] == "trialing":
        return item_lines(work, subscription, item, period, 0)
    amount = gross(work, item)
    whole = whole_period(work, subscription, item)
    if stub_is_free and (period[0] > whole[0] or period[0] < work.now(subscription)):
        return []
    if (work.noted(item, AHEAD) or 0) <= period[0]:
        period = (max(period[0], item.get("billed_until") or 0), period[1])
    if period[0] >= period[1]:
        return []
    if whole != period:
        # A first period up to an anchor is shorter than the others, and costs less; so is a last one.
        amount = portion(amount, whole, period)
    return item_lines(work, subscription, item, period, amount)


def item_lines(
    work: UnitOfWork, subscription: Record, item: Record, period: Period, amount: int
) -> list[Line]:
    """The lines that bill an item for a period."""
    price = price_of(work, item)
    line = Line(
        amount,
        None,
        period,
        price,
        item.get("quantity", 0),
        subscription_item=item["id"],
        subscription=subscription["id"],
        discounts=tuple(in_force(work, item, subscription)),
        metadata=subscription["metadata"],
    )
    # What is billed beside a trial may be of the time before it, or of what comes after it.
    is_free = (
        subscription["status"] == "trialing"
        and subscription["trial_start"] <= period[0] < subscription["trial_end"]
    )
    if not is_free:
        return price_lines(work, line)
    return [line._replace(description=_trial_description(work, subscription, line, price))]


def _trial_description(work: UnitOfWork, subscription: Record, line: Line, price: Record) -> str:
    """https://docs.stripe.com/billing/subscriptions/billing-mode/compare#standardize-trial-period-line-item-description"""
    product = work.get("product", price["product"])
    name = product["name"] if product else price["id"]
    if is_flexible(subscription):
        return f"Free trial for {line.quantity} × {name}"
    if is_metered(price):
        return f"{line.quantity} × {name} (Free trial)"
    return f"Trial period for {name}"


def finish_now(work: UnitOfWork, subscription: Record, behavior: str = "allow_incomplete") -> None:
    """Finalize the latest invoice without the hour's wait, and charge it.

    :param behavior: ``payment_behavior``: whether a failed payment refuses the change that led to it
    :raises CardError: where it does
    """
    invoice = work.change(work.require("invoice", subscription["latest_invoice"], "latest_invoice"))
    finalize_new(work, invoice)
    if subscription["collection_method"] != "charge_automatically" or invoice["status"] != "open":
        return
    if behavior == "default_incomplete":
        # The payment is left to the customer, as when subscribing.
        if subscription["status"] == "active":
            subscription["status"] = "past_due"
        return
    customer = work.get("customer", subscription["customer"])
    error = collect(work, invoice, default_method(work, subscription, customer), off_session=False)
    if behavior == "error_if_incomplete" and invoice["status"] == "open":
        raise refusing(error)


def require_means(customer: Record, invoice: Record, method: Record | None) -> None:
    """Refuse to charge an invoice at once where there is nothing to charge.

    :raises StripeError: 400
    """
    owed = invoice["total"] + balance_in(customer, invoice["currency"])
    if owed > 0 and method is None:
        raise StripeError(
            "This customer has no attached payment source or default payment method. Please consider adding a "
            "default payment method. For more information, visit "
            "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
            code="resource_missing",
        )


def refusing(error: CardError | None) -> CardError:
    """The error of a payment on which everything else depended, so that nothing of it stays."""
    if error is None:
        return CardError(
            "The payment of this change requires an action of the customer.",
            code="subscription_payment_intent_requires_action",
            commits=False,
        )
    error.commits = False
    error.objects = {}
    return error


def last_usage(
    work: UnitOfWork, subscription: Record, end: int, *, is_early: bool = False
) -> list[Line]:
    """The lines that bill what was used until a subscription's end, where something was
    (https://docs.stripe.com/billing/subscriptions/cancel#usage-based).

    :param is_early: whether it does not end, and only this is billed before its time
    """
    priced = [(item, price_of(work, item)) for item in items_of(work, subscription)]
    return [
        line
        for item, price in priced
        if is_metered(price)
        for line in rest_of_usage(work, subscription, item, price, end, is_early=is_early)
    ]


def drop_prorations(work: UnitOfWork, subscription: Record) -> None:
    """Forget the prorations of a subscription that no invoice has yet."""
    for item in work.where("invoiceitem", "customer", subscription["customer"]):
        is_pending = item["proration"] and item["invoice"] is None
        if is_pending and subscription_of(item) == subscription["id"]:
            work.bury(item)
