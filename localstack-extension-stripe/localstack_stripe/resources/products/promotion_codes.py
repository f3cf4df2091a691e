"""Promotion codes: coupons that customers can type (https://docs.stripe.com/billing/subscriptions/coupons#promotion-codes)."""

import re
from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, before_update, list_filter
from localstack_stripe.engine.errors import invalid, too_small
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.coupons import (
    check_end,
    check_redemptions,
    ends_at,
    is_valid,
    redeem_coupon,
)


@list_filter("GET /v1/promotion_codes", "code")
def has_code(work: UnitOfWork, promotion: Record, code: str) -> bool:
    """Select by the code, whatever the case of its letters (https://docs.stripe.com/api/promotion_codes/list)."""
    return bool(promotion["code"].lower() == code.lower())


_CODE = re.compile(r"[a-zA-Z0-9\-_]+")


@before_create("promotion_code")
def make_code(call: Call, promotion: Record) -> None:
    """Give the coupon a code that a customer can type (https://docs.stripe.com/api/promotion_codes/create)."""
    work, params = call.work, call.params
    coupon_id = params["promotion"].get("coupon")
    if not coupon_id:
        raise invalid("You must pass promotion.coupon when passing promotion", "promotion.coupon")
    coupon = work.require("coupon", coupon_id, "promotion[coupon]")
    promotion["promotion"] = {"coupon": coupon_id, "type": "coupon"}
    promotion["active"] = params.get("active", True)
    code = params.get("code")
    if code is not None and not _CODE.fullmatch(code):
        raise invalid(
            rf"This value must match the regex pattern. (/\A[a-zA-Z0-9\-_]+\z/ does not match for the value {code}).",
            "code",
        )
    promotion["code"] = code or work.ids.capitals(8)
    promotion["times_redeemed"] = 0
    promotion["restrictions"] = _restrictions(params.get("restrictions") or {})
    check_redemptions(params)
    check_end(call, "expires_at")
    if promotion["expires_at"] is None:
        promotion["expires_at"] = coupon["redeem_by"]
    _check_within(coupon, promotion)
    _require_unused(work, promotion)


@before_update("promotion_code")
def keep_terms(call: Call, promotion: Record, before: Record) -> None:
    """A code can be turned off, and on again while it can be redeemed; what it gives never changes
    (https://docs.stripe.com/api/promotion_codes/update).
    """
    promotion["promotion"] = before["promotion"]
    options = (call.params.get("restrictions") or {}).get("currency_options")
    promotion["restrictions"] = before["restrictions"]
    if options is not None:
        kept = before["restrictions"]
        merged = {**(kept.get("currency_options") or {}), **options}
        promotion["restrictions"] = {**kept, "currency_options": merged}
    if promotion["active"] and not before["active"]:
        _require_unused(call.work, promotion)
        coupon = call.work.get("coupon", promotion["promotion"]["coupon"])
        now = call.work.now()
        if coupon is None or not is_valid(coupon, now) or not _is_redeemable(promotion, now):
            raise invalid(
                "This promotion code cannot be reactivated because it is no longer redeemable.",
                "active",
            )


def _restrictions(given: Mapping[str, Any]) -> Record:
    minimum, currency = given.get("minimum_amount"), given.get("minimum_amount_currency")
    if (minimum is None) != (currency is None):
        missing = "minimum_amount" if minimum is None else "minimum_amount_currency"
        raise invalid(
            "You must pass restrictions.minimum_amount and restrictions.minimum_amount_currency together.",
            f"restrictions[{missing}]",
        )
    if minimum is not None and minimum < 1:
        raise too_small("restrictions[minimum_amount]")
    options = given.get("currency_options")
    return {
        "first_time_transaction": given.get("first_time_transaction") or False,
        "minimum_amount": minimum,
        "minimum_amount_currency": currency,
        **({"currency_options": dict(options)} if options else {}),
    }


def _check_within(coupon: Record, promotion: Record) -> None:
    """A code gives no more, and no longer, than its coupon."""
    most, end = coupon["max_redemptions"], coupon["redeem_by"]
    if most is not None and (promotion["max_redemptions"] or 0) > most:
        raise invalid(
            f"The promotion code's max_redemptions cannot be greater than the coupon's, which is {most}.",
            "max_redemptions",
        )
    if end is not None and (promotion["expires_at"] or 0) > end:
        raise invalid(
            f"The promotion code's expires_at cannot be after the coupon's redeem_by, which is {end}.",
            "expires_at",
        )


def _require_unused(work: UnitOfWork, promotion: Record) -> None:
    """A code is one of all that are active for a customer, whatever the case of its letters."""
    wanted = promotion["code"].lower()
    for other in work.where("promotion_code", "active", True):
        if (
            other["id"] != promotion["id"]
            and other["code"].lower() == wanted
            and other["customer"] == promotion["customer"]
        ):
            raise invalid(
                f"An active promotion code with `code: {promotion['code']}` already exists."
            )


def promotion_of_code(work: UnitOfWork, code: str, customer: str | None) -> Record:
    """The active promotion code that a customer has typed, whatever the case of its letters; one for this customer before
    one for all.

    :raises StripeError: 400 where there is none
    """
    found = [
        each
        for each in work.where("promotion_code", "active", True)
        if each["code"].lower() == code.strip().lower() and each["customer"] in (None, customer)
    ]
    if not found:
        raise invalid("This code is invalid.", "promotion_code")
    return max(found, key=lambda each: each["customer"] is not None)


def _is_redeemable(promotion: Record, now: int) -> bool:
    used_up = promotion["times_redeemed"] == promotion["max_redemptions"]
    expired = promotion["expires_at"] is not None and promotion["expires_at"] <= now
    return not used_up and not expired


@due("promotion_code", next=ends_at("expires_at", "active"))
def expire_code(work: UnitOfWork, promotion: Record) -> None:
    """It is too late to redeem a code (https://docs.stripe.com/api/promotion_codes/object#promotion_code_object-active)."""
    work.change(promotion)["active"] = False


Purchase = tuple[int, str]
"""What something costs, in minor units, and the currency."""


def usable_promotion(
    work: UnitOfWork,
    id: str,
    customer: str | None,
    now: int,
    param: str,
    purchase: Purchase | None = None,
) -> Record:
    """A promotion code that a customer can use.

    :param purchase: what it is used for, where that is known yet
    :raises StripeError: 400 where there is none, or it cannot be used
    """
    promotion = work.require("promotion_code", id, param)
    if not promotion["active"] or not _is_redeemable(promotion, now):
        raise invalid("This promotion code is no longer active.", param)
    if promotion["customer"] not in (None, customer):
        raise invalid("This promotion code cannot be used by this customer.", param)
    _check_restrictions(work, promotion["restrictions"], customer, param, purchase)
    return promotion


def redeem_promotion(
    work: UnitOfWork,
    id: str,
    customer: str | None,
    now: int,
    param: str,
    purchase: Purchase | None = None,
) -> tuple[Record, Record]:
    """Use a promotion code once: the code and its coupon.

    :param purchase: what it is used for, where that is known yet
    :raises StripeError: 400 where there is none, or it cannot be used
    """
    promotion = work.change(usable_promotion(work, id, customer, now, param, purchase))
    promotion["times_redeemed"] += 1
    if promotion["times_redeemed"] == promotion["max_redemptions"]:
        promotion["active"] = False
    return promotion, redeem_coupon(work, promotion["promotion"]["coupon"], now, param)


def _check_restrictions(
    work: UnitOfWork,
    restrictions: Record,
    customer: str | None,
    param: str,
    purchase: Purchase | None,
) -> None:
    """https://docs.stripe.com/billing/subscriptions/coupons#promotion-codes"""
    if restrictions["first_time_transaction"] and customer and _has_begun(work, customer):
        raise invalid(
            "This promotion code cannot be redeemed because the associated customer has prior transactions.",
            param,
            "promotion_code_customer_not_first_time",
        )
    if purchase is None or restrictions["minimum_amount"] is None:
        return
    amount, currency = purchase
    least = {
        code: option["minimum_amount"]
        for code, option in (restrictions.get("currency_options") or {}).items()
    } | {restrictions["minimum_amount_currency"]: restrictions["minimum_amount"]}
    if currency not in least or amount < least[currency]:
        raise invalid(
            "This promotion code cannot be redeemed because the associated purchase does not meet the minimum amount "
            "requirement.",
            param,
        )


def _has_begun(work: UnitOfWork, customer: str) -> bool:
    """Whether a customer has bought before: a payment that was begun and never completed counts, and so does a trial that
    was canceled, by its invoice over nothing
    (https://docs.stripe.com/billing/subscriptions/coupons#limit-by-first-time-order).
    """
    return (
        bool(work.where("payment_intent", "customer", customer))
        or any(each["paid"] for each in work.where("charge", "customer", customer))
        or any(each["status"] == "paid" for each in work.where("invoice", "customer", customer))
    )
