"""What a Checkout session sells (https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items), and
what that costs at first.
"""

from collections import Counter
from collections.abc import Sequence

from localstack_stripe.billing.periods import anchor_on, period_at
from localstack_stripe.billing.proration import remaining
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import replace_items, terms
from localstack_stripe.resources.billing.subscription_terms import recurrence
from localstack_stripe.resources.checkout.checkout_parameters import SUBSCRIPTION_DATA

_MOST_OF_PAYMENT, _MOST_OF_SUBSCRIPTION = 100, 20
"""How many items a session has at most: of one-time prices, and in subscription mode of each kind of prices
(https://docs.stripe.com/api/checkout/sessions/create)."""


def sell(call: Call, session: Record) -> list[Record]:
    """Have a session sell what the request says, and nothing else.

    :raises StripeError: 400 where that does not fit its mode
    """
    work, given = call.work, call.params.get("line_items")
    if not given:
        raise missing_parameter("line_items")
    items = replace_items(work, session, given)
    kinds = Counter(bool(_price_of(work, item)["recurring"]) for item in items)
    recurring, is_subscription = kinds[True] > 0, session["mode"] == "subscription"
    if recurring != is_subscription:
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices."
            if recurring
            else "You must provide at least one recurring price in `subscription` mode when using prices.",
            "line_items",
        )
    most = _MOST_OF_SUBSCRIPTION if is_subscription else _MOST_OF_PAYMENT
    if max(kinds.values()) > most:
        raise invalid(
            f"A Checkout Session in `{session['mode']}` mode can have at most {most} line items of a kind, one-time or "
            "recurring.",
            "line_items",
        )
    require_one_interval(work, items)
    cost_at_first(work, session, items)
    return items


def require_one_interval(work: UnitOfWork, items: Sequence[Record]) -> None:
    """Refuse prices that recur in several intervals, as only subscriptions made without Checkout can have them
    (https://docs.stripe.com/billing/subscriptions/mixed-interval#limitations).

    :raises StripeError: 400
    """
    prices = [_price_of(work, item) for item in items]
    if len({recurrence(price) for price in prices if price["recurring"]}) > 1:
        raise invalid(
            "Checkout does not support multiple prices with different billing intervals.",
            "line_items",
        )


def cost_at_first(work: UnitOfWork, session: Record, items: Sequence[Record]) -> None:
    """Have items that recur cost what their first period does: nothing where a trial comes first
    (https://docs.stripe.com/payments/checkout/free-trials), and a part until the billing cycle's date, or nothing
    (https://docs.stripe.com/payments/checkout/billing-cycle).
    """
    data = work.noted(session, SUBSCRIPTION_DATA) or {}
    has_trial = data.get("trial_period_days") or data.get("trial_end")
    anchor, config = data.get("billing_cycle_anchor"), data.get("billing_cycle_anchor_config")
    if not (has_trial or anchor or config):
        return
    now = work.now(session)
    for item in items:
        price = _price_of(work, item)
        if not price["recurring"]:
            continue
        cost = 0
        if not has_trial and data.get("proration_behavior") != "none":
            interval = recurrence(price)
            period = period_at(anchor or anchor_on(now, config or {}, interval), interval, now)
            cost = remaining(terms(work, price, item["quantity"])["amount_subtotal"], period, now)
        item["amount_subtotal"] = item["amount_total"] = cost


def offer_optional(work: UnitOfWork, owner: Record) -> None:
    """Offer what a customer may add on the page of a session or a payment link; here nobody does
    (https://docs.stripe.com/payments/checkout/optional-items).

    :raises StripeError: 400 where a price does not exist
    """
    for place, item in enumerate(owner.get("optional_items") or ()):
        work.require("price", item["price"], f"optional_items[{place}][price]")
        item.setdefault("adjustable_quantity", None)


def _price_of(work: UnitOfWork, item: Record) -> Record:
    return work.require("price", item["price"], "line_items")
