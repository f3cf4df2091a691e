"""Discounts (https://docs.stripe.com/api/discounts): a coupon, as it is in force for a subscription or an invoice.

A discount outlives its coupon.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.billing.periods import Interval
from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.coupons import (
    applies_to,
    in_currency,
    redeem_coupon,
    reduction_of,
    usable_coupon,
)
from localstack_stripe.resources.products.prices import priced_in
from localstack_stripe.resources.products.promotion_codes import (
    Purchase,
    redeem_promotion,
    usable_promotion,
)

TERMS = "terms"
"""Noted of a discount: the coupon, as it was when it was redeemed. Deleting it does not end the discount."""

OWNERS = ("invoice", "invoice_item", "subscription", "subscription_item")
"""The fields of a discount that say what has it. One that a quote promises has none yet."""

MAX_DISCOUNTS = 20
"""https://docs.stripe.com/billing/subscriptions/coupons#restrictions"""

Priced = tuple[str | None, int]
"""A product and what is asked for it, in minor units."""


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
        _check_currency(_coupon_of(work, id), currency, f"discounts[{place}]")


def no_discount(owner: Record) -> StripeError:
    """What has no discount cannot lose it."""
    return StripeError(
        f"No active discount for {owner['object']}: {owner['id']}",
        status=404,
        code="resource_missing",
        param=owner["object"],
    )


def require_concerned(
    work: UnitOfWork, discounts: Sequence[str], products: Collection[str], param: str
) -> None:
    """Refuse discounts of which nothing that is sold is cheaper.

    :param products: what is sold, by ids
    :raises StripeError: 400
    """
    for place, id in enumerate(discounts):
        coupon = _coupon_of(work, id)
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
    coupon = _coupon_of(work, discount["id"])
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


def lasts(work: UnitOfWork, discount: str) -> bool:
    """Whether a discount has no end."""
    return bool(_coupon_of(work, discount)["duration"] == "forever")


def spreads_evenly(work: UnitOfWork, discount: str) -> bool:
    """Whether a discount is a percentage of all that is billed while it lasts, or of one invoice."""
    coupon = _coupon_of(work, discount)
    return bool(coupon["percent_off"] and coupon["duration"] in ("once", "forever"))


def is_for_one_invoice(work: UnitOfWork, discount: str) -> bool:
    """Whether a discount is over when an invoice has used it."""
    return bool(_coupon_of(work, discount)["duration"] == "once")


def in_force(work: UnitOfWork, owner: Record, whose: Record | None = None) -> list[str]:
    """The ids of an owner's discounts that have not ended; a subscription or an invoice that has none has its customer's.

    :param whose: what the owner belongs to, where it does not tell the time that it lives in
    """
    own = _lasting(work, owner["discounts"], whose or owner)
    if own or owner["object"] not in ("invoice", "subscription"):
        return own
    customer = work.get("customer", owner["customer"] or "")
    shared = customer["discount"] if customer is not None else None
    return _lasting(work, [shared], owner) if shared is not None else []


def _lasting(work: UnitOfWork, discounts: Sequence[str], whose: Record) -> list[str]:
    now = work.now(whose)
    found = (work.get("discount", id) for id in discounts)
    return [each["id"] for each in found if each and (each["end"] is None or each["end"] > now)]


def reductions(
    work: UnitOfWork, discounts: Sequence[str], priced: Sequence[Priced]
) -> list[dict[str, int]]:
    """What each discount takes off each amount: one dictionary an amount, by the discount's id.

    Each discount is taken off what the ones before it have left.
    """
    off: list[dict[str, int]] = [{} for _ in priced]
    left = [amount for _, amount in priced]
    for id in discounts:
        coupon = _coupon_of(work, id)
        concerned = [
            amount if applies_to(coupon, product) else 0
            for (product, _), amount in zip(priced, left, strict=True)
        ]
        for place, part in enumerate(reduction_of(coupon).parts(concerned)):
            if part:
                off[place][id] = part
                left[place] -= part
    return off


def own_discount(line: Record) -> int:
    """What the discounts that are for one line of an invoice alone take off it, in minor units."""
    off = line["discount_amounts"]
    return sum(each["amount"] for each in off if each["discount"] in line["discounts"])


def taken_off(lines: Sequence[Record]) -> dict[str, int]:
    """What each discount takes off lines of an invoice or of a credit note, in minor units, by its id."""
    off: dict[str, int] = {}
    for line in lines:
        for each in line["discount_amounts"]:
            off[each["discount"]] = off.get(each["discount"], 0) + each["amount"]
    return off


def use_up(
    work: UnitOfWork, owner: Record, used: Sequence[str], whose: Record | None = None
) -> None:
    """Let go of the discounts for one invoice that an invoice of the subscription has used, and of ended ones.

    :param owner: the subscription, or an item of it
    :param whose: as in :func:`in_force`
    """
    owner["discounts"] = [
        id
        for id in _lasting(work, owner["discounts"], whose or owner)
        if id not in used or not is_for_one_invoice(work, id)
    ]


def tell_removed(work: UnitOfWork, before: Sequence[str], now: Sequence[str]) -> None:
    """Say of the discounts that an owner had *before*, and has no more, that they were removed."""
    for id in before:
        if id not in now:
            discount = work.require("discount", id, "discount")
            work.happened("customer.discount.deleted", discount)


def _coupon_of(work: UnitOfWork, discount: str) -> Record:
    coupon: Record = work.noted(work.require("discount", discount, "discount"), TERMS)
    return coupon


@operation("DELETE /v1/subscriptions/{subscription}/discount")
def delete_subscription_discount(call: Call) -> Record:
    """Take a subscription's discount away; invoices that have it keep it."""
    subscription = require_path(call, "subscription", "subscription")
    if not subscription["discounts"]:
        raise no_discount(subscription)
    subscription = call.work.change(subscription)
    id = subscription["discounts"].pop()
    tell_removed(call.work, [id], subscription["discounts"])
    return {**call.work.require("discount", id, "discount"), "deleted": True}
