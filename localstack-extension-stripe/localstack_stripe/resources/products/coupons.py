"""Coupons (https://docs.stripe.com/billing/subscriptions/coupons). What customers can type for one is in ``promotion_codes``."""

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
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, exclusive, invalid, too_small
from localstack_stripe.engine.schedule import NextDue, due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

hides("coupon", "applies_to", "currency_options")

LONGEST_SECONDS = 5 * 365 * DAY
"""How far in the future coupons and their codes may end."""

_LEAST_PERCENT = Decimal("0.01")


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
    check_redemptions(params)
    check_end(call, "redeem_by")
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


def check_redemptions(params: Mapping[str, Any]) -> None:
    """Refuse what nobody could redeem.

    :raises StripeError: 400
    """
    most = params.get("max_redemptions")
    if most is not None and most < 1:
        raise too_small("max_redemptions")


def check_end(call: Call, name: str) -> None:
    """Refuse a time to end at that is over, or too far away.

    :param name: of the parameter that says it, in seconds since 1970
    :raises StripeError: 400
    """
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


def is_valid(coupon: Record, now: int) -> bool:
    """Whether a coupon can be redeemed at a moment, in seconds since 1970."""
    expired = coupon["redeem_by"] is not None and coupon["redeem_by"] <= now
    return bool(coupon["valid"]) and not expired


def ends_at(name: str, flag: str) -> NextDue:
    """When what has a flag, such as ``active``, loses it by itself, where it does."""

    def at(work: UnitOfWork, record: Record) -> int | None:
        return record[name] if record[flag] else None

    return at


@due("coupon", next=ends_at("redeem_by", "valid"))
def expire(work: UnitOfWork, coupon: Record) -> None:
    """It is too late to redeem a coupon (https://docs.stripe.com/api/coupons/object#coupon_object-valid)."""
    work.change(coupon)["valid"] = False
    _end_codes(work, coupon["id"])


def usable_coupon(work: UnitOfWork, id: str, now: int, param: str) -> Record:
    """A coupon that can be used.

    :raises StripeError: 400 where there is none, or (``coupon_expired``) it can no longer be used
    """
    coupon = work.require("coupon", id, param)
    if not is_valid(coupon, now):
        raise StripeError(f"Coupon expired: {id}", code="coupon_expired", param=param)
    return coupon


def redeem_coupon(work: UnitOfWork, id: str, now: int, param: str) -> Record:
    """Use a coupon once.

    :raises StripeError: 400 where there is none, or (``coupon_expired``) it can no longer be used
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
