"""Discounts (https://docs.stripe.com/api/discounts): a coupon, as it is in force for a subscription or an invoice.

A discount outlives its coupon. What it takes off while it is in force is in ``discount_reductions``.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.billing.periods import Interval
from localstack_stripe.engine.errors import invalid, missing_parameter, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.coupons import (
    applies_to,
    in_currency,
    redeem_coupon,
    usable_coupon,
)
from localstack_stripe.resources.products.discount_reductions import TERMS, coupon_of
from localstack_stripe.resources.products.prices import priced_in
from localstack_stripe.resources.products.promotion_codes import (
    Purchase,
    redeem_promotion,
    usable_promotion,
)

OWNERS = ("invoice", "invoice_item", "subscription", "subscription_item")
"""The fields of a discount that say what has it. One that a quote promises has none yet."""

MAX_DISCOUNTS = 20
"""https://docs.stripe.com/billing/subscriptions/coupons#restrictions"""


def new_discounts(
    work: UnitOfWork,
    given: Sequence[Mapping[str, Any]],
    owner: Record,
    currency: str | None,
    param: str = "discounts",
    *,
    is_new: bool = True,
) -> list[str]:
    """The ids of the discounts that a ``discounts`` parameter asks for, made where they are new.

    :param owner: the subscription, the invoice or the quote that has them, or an item: with the customer
    :param currency: in which it is, where that is known yet
    :param param: where they are in the request
    :param is_new: whether the owner begins with them: what a promotion code asks of an amount is of a first payment
    """
    if len(given) > MAX_DISCOUNTS:
        raise too_many(param, MAX_DISCOUNTS)
    ids = [
        new_discount(work, each, owner, currency, f"{param}[{place}]", is_new=is_new)
        for place, each in enumerate(given)
    ]
    coupons = [work.require("discount", id, param)["source"]["coupon"] for id in ids]
    for place, coupon in enumerate(coupons):
        if coupon in coupons[:place]:
            raise invalid(
                f"The coupon `{coupon}` can be given only once, by itself, by a promotion code or by a discount.",
                f"{param}[{place}]",
            )
    return ids


def new_discount(
    work: UnitOfWork,
    given: Mapping[str, Any],
    owner: Record,
    currency: str | None,
    param: str = "",
    *,
    is_new: bool = True,
) -> str:
    """The id of one of them."""
    name = _named(given, param)
    id, place = given[name], f"{param}[{name}]" if param else name
    if name == "discount":
        promised = work.require("discount", id, place)
        _require_own(promised, owner, place)
        if not any(promised[each] for each in OWNERS):
            _begin(work, work.change(promised), owner)
        return str(promised["id"])
    now = work.now(owner)
    promotion: Record | None = None
    if name == "promotion_code":
        if not is_new or owner["object"] == "subscription_item":
            _require_any_amount(work.require("promotion_code", id, place), place)
        purchase = _purchase(work, owner, currency)
        promotion, coupon = redeem_promotion(work, id, owner["customer"], now, place, purchase)
    else:
        coupon = redeem_coupon(work, id, now, place)
    whose = {name: owner.get(name) for name in ("customer", "customer_account")}
    made = _made(work, coupon, promotion, currency, place, **whose)
    _begin(work, made, owner)
    return str(made["id"])


def _require_own(discount: Record, owner: Record, param: str) -> None:
    """Refuse a discount that somebody else has (https://docs.stripe.com/billing/subscriptions/coupons#restrictions)."""
    is_another = owner["object"] == "subscription" and discount["subscription"] not in (
        None,
        owner["id"],
    )
    if is_another or discount["customer"] not in (None, owner["customer"]):
        raise invalid(
            f"The discount `{discount['id']}` is not one of this customer or of this subscription.",
            param,
        )


def _require_any_amount(promotion: Record, param: str) -> None:
    """Refuse a code that asks for an amount where there is no first payment
    (https://docs.stripe.com/billing/subscriptions/coupons#restrictions).
    """
    if promotion["restrictions"]["minimum_amount"] is not None:
        raise invalid(
            "This promotion code cannot be redeemed on a subscription update because it uses the `minimum_amount` "
            "restriction and the amount may change.",
            param,
        )


def _named(given: Mapping[str, Any], param: str) -> str:
    """What names the discount in a request."""
    named = [name for name in ("coupon", "promotion_code", "discount") if given.get(name)]
    if len(named) > 1:
        raise invalid(f"You may only specify one of these parameters: {', '.join(named)}.", param)
    if not named:
        raise missing_parameter(f"{param}[coupon]")
    return named[0]


def _made(
    work: UnitOfWork,
    coupon: Record,
    promotion: Record | None,
    currency: str | None,
    param: str,
    **values: Any,
) -> Record:
    coupon = in_currency(coupon, currency)
    _check_currency(coupon, currency, param)
    made = work.create(
        "discount",
        promotion_code=promotion["id"] if promotion else None,
        source={"coupon": coupon["id"], "type": "coupon"},
        **values,
    )
    work.note(made, TERMS, dict(coupon))
    return made


def as_parameters(discounts: Sequence[Record]) -> list[Record]:
    """Discounts that a record names, as parameters name them."""
    return [{name: id for name, id in each.items() if id} for each in discounts]


def offer_discount(
    work: UnitOfWork, given: Mapping[str, Any], session: Record, purchase: Purchase, param: str
) -> Record:
    """The discount that a Checkout session asks for: nothing is redeemed before its customer pays
    (https://docs.stripe.com/payments/checkout/discounts), and it is nobody's.

    :param purchase: what the session costs without it
    :raises StripeError: 400 where it cannot be used
    """
    name = _named(given, param)
    id, place, now = given[name], f"{param}[{name}]", work.now(session)
    promotion: Record | None = None
    if name == "promotion_code":
        promotion = usable_promotion(work, id, session["customer"], now, place, purchase)
        id = promotion["promotion"]["coupon"]
    coupon = usable_coupon(work, id, now, place)
    return _made(
        work, coupon, promotion, purchase[1], place, checkout_session=session["id"], start=now
    )


def redeem_offered(work: UnitOfWork, discount: Record, session: Record) -> None:
    """The customer of a Checkout session has paid with a discount.

    :raises StripeError: 400 where it cannot be used any more
    """
    now, param = work.now(session), "discounts"
    if discount["promotion_code"]:
        redeem_promotion(work, discount["promotion_code"], session["customer"], now, param)
    else:
        redeem_coupon(work, discount["source"]["coupon"], now, param)


def _purchase(work: UnitOfWork, owner: Record, currency: str | None) -> Purchase | None:
    """What a discount's owner costs without it, where that is known yet."""
    amounts: list[int]
    if owner["object"] == "subscription":
        items = work.where("subscription_item", "subscription", owner["id"])
        prices = [
            priced_in(work.require("price", each["price"], "price"), currency) for each in items
        ]
        amounts = [
            price_amount(price, each.get("quantity", 0))
            for price, each in zip(prices, items, strict=True)
        ]
    elif owner["object"] == "invoice":
        amounts = [each["amount"] for each in work.where("line_item", "invoice", owner["id"])]
    else:
        amounts = []
    return (sum(amounts), currency) if amounts and currency is not None else None


def _check_currency(coupon: Record, currency: str | None, param: str) -> None:
    if currency is not None and coupon["currency"] not in (None, currency):
        raise invalid(
            f"The coupon `{coupon['id']}` takes off an amount in {coupon['currency']}, which cannot be used with "
            f"{currency}.",
            param,
        )


def check_currency(work: UnitOfWork, discounts: Sequence[str], currency: str | None) -> None:
    """Refuse a currency that is not that of what discounts take off.

    :raises StripeError: 400
    """
    for place, id in enumerate(discounts):
        _check_currency(coupon_of(work, id), currency, f"discounts[{place}]")


def require_concerned(
    work: UnitOfWork, discounts: Sequence[str], products: Collection[str], param: str
) -> None:
    """Refuse discounts of which nothing that is sold is cheaper.

    :param products: what is sold, by ids
    :raises StripeError: 400
    """
    for place, id in enumerate(discounts):
        coupon = coupon_of(work, id)
        if any(applies_to(coupon, product) for product in products):
            continue
        by_code = work.require("discount", id, param)["promotion_code"] is not None
        name = "promotion_code" if by_code else "coupon"
        raise invalid(
            f"This {name.replace('_', ' ')} cannot be redeemed because it does not apply to anything in this order.",
            f"{param}[{place}][{name}]",
            None if by_code else "coupon_applies_to_nothing",
        )


def _begin(work: UnitOfWork, discount: Record, owner: Record) -> None:
    """Put a discount in force for its owner, from now until its coupon's duration is over."""
    coupon = coupon_of(work, discount["id"])
    discount["start"], discount["end"] = work.now(owner), None
    if coupon["duration"] == "repeating":
        months = Interval("month", coupon["duration_in_months"])
        discount["end"] = months.after(discount["start"], 1)
    discount["customer"] = owner["customer"]
    field = "invoice_item" if owner["object"] == "invoiceitem" else owner["object"]
    if field in OWNERS:
        discount[field] = owner["id"]


def begin_anew(work: UnitOfWork, discounts: Sequence[str], owner: Record) -> None:
    """Put discounts in force that were promised before, as by a quote, for who has them now."""
    for id in discounts:
        _begin(work, work.change(work.require("discount", id, "discount")), owner)


def copied(work: UnitOfWork, discounts: Sequence[str], owner: Record) -> list[str]:
    """The ids of discounts for *owner* with the terms of others, whose coupons are not redeemed again."""
    made = []
    for id in discounts:
        one = work.require("discount", id, "discount")
        values = {name: value for name, value in one.items() if name not in ("id", "object")}
        made.append(work.create("discount", **values))
        work.note(made[-1], TERMS, work.noted(one, TERMS))
        _begin(work, made[-1], owner)
    return [each["id"] for each in made]
