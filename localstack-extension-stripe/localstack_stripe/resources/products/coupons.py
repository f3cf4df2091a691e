"""Coupons and promotion codes (https://docs.stripe.com/billing/subscriptions/coupons)."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.discounts import AmountOff, PercentOff, Reduction
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    hides,
    list_filter,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import (
    StripeError,
    exclusive,
    invalid,
    too_small,
)
from localstack_stripe.engine.schedule import NextDue, due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

hides("coupon", "applies_to", "currency_options")

LONGEST_SECONDS = 5 * 365 * DAY
"""How far in the future coupons and their codes may end."""

_LEAST_PERCENT = Decimal("0.01")


# Coupons


@before_create("coupon")
def complete(call: Call, coupon: Record) -> None:
    """Check that a coupon takes off either a part or an amount (https://docs.stripe.com/api/coupons/create)."""
    params = call.params
    percent, amount = params.get("percent_off"), params.get("amount_off")
    if percent is None and amount is None:
        raise invalid("Must provide percent_off or amount_off.", code="parameter_missing")
    if percent is not None and amount is not None:
        raise invalid(
            "Received both percent_off and amount_off parameters. Please pass in only one."
        )
    if percent is not None:
        _check_percent(params, percent)
    if amount is not None:
        if amount < 1:
            raise too_small("amount_off")
        if not params.get("currency"):
            raise invalid("You must pass currency when passing amount_off", "currency")
        coupon["currency"] = params["currency"]
        _check_options(coupon)
    _check_duration(coupon, params.get("duration") or "once")
    _check_redemptions(params)
    _check_end(call, "redeem_by")
    coupon["times_redeemed"], coupon["valid"] = 0, True


@before_update("coupon")
def change(call: Call, coupon: Record, before: Record) -> None:
    """A coupon's name can change, and amounts in more currencies be given
    (https://docs.stripe.com/api/coupons/update).
    """
    options = call.params.get("currency_options")
    if options is None:
        return
    if before["percent_off"] is not None:
        raise exclusive("currency_options", "percent_off")
    coupon["currency_options"] = {**(before.get("currency_options") or {}), **options}
    _check_options(coupon)


@before_delete("coupon")
def end(call: Call, coupon: Record) -> None:
    """Who has it keeps it (https://docs.stripe.com/api/coupons/delete); its codes cannot be redeemed any more."""
    _end_codes(call.work, coupon["id"])


def _check_percent(params: Mapping[str, Any], percent: Any) -> None:
    given = Decimal(str(percent))
    if given < _LEAST_PERCENT:
        raise invalid(
            f"This value must be greater than or equal to 0.01 (it currently is '{float(percent)}').",
            "percent_off",
        )
    if given > 100:
        raise invalid(
            f"This value must be less than or equal to 100 (it currently is '{float(percent)}').",
            "percent_off",
        )
    if params.get("currency_options") is not None:
        raise exclusive("currency_options", "percent_off")


def _check_options(coupon: Record) -> None:
    for currency, option in (coupon.get("currency_options") or {}).items():
        if option["amount_off"] < 1:
            raise too_small(f"currency_options[{currency}][amount_off]")


def _check_duration(coupon: Record, duration: str) -> None:
    coupon["duration"] = duration
    months = coupon["duration_in_months"]
    if duration == "repeating" and months is None:
        raise invalid(
            "The duration_in_months param must be set when creating a coupon with a repeating duration",
            "duration",
        )
    if months is not None and duration != "repeating":
        raise invalid(
            "You can only pass duration_in_months when duration is `repeating`.",
            "duration_in_months",
        )
    if months is not None and months < 1:
        raise too_small("duration_in_months")


def _check_redemptions(params: Mapping[str, Any]) -> None:
    most = params.get("max_redemptions")
    if most is not None and most < 1:
        raise too_small("max_redemptions")


def _check_end(call: Call, name: str) -> None:
    end, now = call.params.get(name), call.work.now()
    if end is None:
        return
    if end <= now:
        raise invalid(
            f"The parameter `{name}` expects a unix timestamp representing a date and time in the future. You specified "
            f"the value `{end}` which is in the past.",
            name,
        )
    if end - now > LONGEST_SECONDS:
        raise invalid("Invalid timestamp: can be no more than five years in the future.", name)


# Promotion codes


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
    _check_redemptions(params)
    _check_end(call, "expires_at")
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
        if coupon is None or not _is_valid(coupon, now) or not _is_redeemable(promotion, now):
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


def _is_valid(coupon: Record, now: int) -> bool:
    expired = coupon["redeem_by"] is not None and coupon["redeem_by"] <= now
    return bool(coupon["valid"]) and not expired


def _is_redeemable(promotion: Record, now: int) -> bool:
    used_up = promotion["times_redeemed"] == promotion["max_redemptions"]
    expired = promotion["expires_at"] is not None and promotion["expires_at"] <= now
    return not used_up and not expired


def _ends_at(name: str, flag: str) -> NextDue:
    """When what has a flag, such as ``active``, loses it by itself, where it does."""

    def at(work: UnitOfWork, record: Record) -> int | None:
        return record[name] if record[flag] else None

    return at


@due("coupon", next=_ends_at("redeem_by", "valid"))
def expire(work: UnitOfWork, coupon: Record) -> None:
    """It is too late to redeem a coupon (https://docs.stripe.com/api/coupons/object#coupon_object-valid)."""
    work.change(coupon)["valid"] = False
    _end_codes(work, coupon["id"])


@due("promotion_code", next=_ends_at("expires_at", "active"))
def expire_code(work: UnitOfWork, promotion: Record) -> None:
    """It is too late to redeem a code (https://docs.stripe.com/api/promotion_codes/object#promotion_code_object-active)."""
    work.change(promotion)["active"] = False


# Redeeming

Purchase = tuple[int, str]
"""What something costs, in minor units, and the currency."""


def usable_coupon(work: UnitOfWork, id: str, now: int, param: str) -> Record:
    """A coupon that can be used.

    :raises StripeError: where there is none, or it can no longer be used
    """
    coupon = work.require("coupon", id, param)
    if not _is_valid(coupon, now):
        raise StripeError(f"Coupon expired: {id}", code="coupon_expired", param=param)
    return coupon


def redeem_coupon(work: UnitOfWork, id: str, now: int, param: str) -> Record:
    """Use a coupon once.

    :raises StripeError: where there is none, or it can no longer be used
    """
    coupon = work.change(usable_coupon(work, id, now, param))
    coupon["times_redeemed"] += 1
    if coupon["times_redeemed"] == coupon["max_redemptions"]:
        coupon["valid"] = False
        _end_codes(work, id)
    return coupon


def _end_codes(work: UnitOfWork, coupon: str) -> None:
    """Turn off the codes of a coupon that can no longer be redeemed
    (https://docs.stripe.com/api/promotion_codes/object, ``active``).
    """
    for promotion in work.where("promotion_code", "promotion.coupon", coupon):
        if promotion["active"]:
            work.change(promotion)["active"] = False


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
    :raises StripeError: where there is none, or it cannot be used
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
    :raises StripeError: where there is none, or it cannot be used
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


def in_currency(coupon: Record, currency: str | None) -> Record:
    """A coupon as it is in a currency: with the amount that it takes off in that, where it has one."""
    option = (coupon.get("currency_options") or {}).get(currency)
    if option is None or currency is None:
        return coupon
    return {**coupon, "amount_off": option["amount_off"], "currency": currency}


def reduction_of(coupon: Record) -> Reduction:
    """What a coupon takes off."""
    if coupon["percent_off"] is not None:
        return PercentOff(Decimal(str(coupon["percent_off"])))
    return AmountOff(coupon["amount_off"])


def applies_to(coupon: Record, product: str | None) -> bool:
    """Whether a coupon is for a product."""
    products = (coupon.get("applies_to") or {}).get("products")
    return not products or product in products
