"""Coupons and promotion codes (https://docs.stripe.com/billing/subscriptions/coupons)."""

from decimal import Decimal

from localstack_stripe.billing.discounts import AmountOff, PercentOff, Reduction
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    hides,
    plain,
    refuses,
)
from localstack_stripe.engine.errors import (
    StripeError,
    invalid,
    missing_parameter,
    no_such,
    too_small,
)
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

hides("coupon", "applies_to", "currency_options")
plain("POST /v1/coupons/{coupon}", "DELETE /v1/coupons/{coupon}")
refuses(("POST /v1/coupons", "POST /v1/coupons/{coupon}"), "currency_options")
refuses(("POST /v1/promotion_codes", "POST /v1/promotion_codes/{promotion_code}"), "restrictions")


@before_create("coupon")
def complete(call: Call, coupon: Record) -> None:
    """Check that a coupon takes off either a part or an amount."""
    percent, amount = call.params.get("percent_off"), call.params.get("amount_off")
    if (percent is None) == (amount is None):
        raise invalid("You must pass exactly one of percent_off or amount_off to create a coupon.")
    if percent is not None and not 0 < percent <= 100:
        raise invalid("Invalid percent_off: must be greater than 0 and at most 100", "percent_off")
    if amount is not None:
        if amount < 1:
            raise too_small("amount_off")
        if not call.params.get("currency"):
            raise missing_parameter("currency")
        coupon["currency"] = call.params["currency"]
    coupon["duration"] = call.params.get("duration") or "once"
    repeating = coupon["duration"] == "repeating"
    if repeating and not coupon["duration_in_months"]:
        raise missing_parameter("duration_in_months")
    if coupon["duration_in_months"] and not repeating:
        raise invalid(
            "You can only pass duration_in_months when duration is `repeating`.",
            "duration_in_months",
        )
    coupon["times_redeemed"], coupon["valid"] = 0, True


@before_create("promotion_code")
def make_code(call: Call, promotion: Record) -> None:
    """Give the coupon a code that a customer can type."""
    coupon_id = call.params["promotion"].get("coupon")
    if not coupon_id:
        raise missing_parameter("promotion[coupon]")
    coupon = call.work.get("coupon", coupon_id)
    if coupon is None:
        raise no_such("coupon", coupon_id, "promotion[coupon]")
    promotion["promotion"] = {"coupon": coupon_id, "type": "coupon"}
    promotion["active"] = call.params.get("active", True)
    promotion["code"] = call.params.get("code") or call.work.ids.capitals(8)
    promotion["times_redeemed"] = 0
    promotion["restrictions"] = {
        "first_time_transaction": False,
        "minimum_amount": None,
        "minimum_amount_currency": None,
    }
    for other in call.work.where("promotion_code", "code", promotion["code"]):
        if other["active"] and other["id"] != promotion["id"]:
            raise invalid(
                "An active promotion code with `code: " + promotion["code"] + "` already exists.",
                "code",
            )


@before_update("promotion_code")
def keep_terms(call: Call, promotion: Record, before: Record) -> None:
    """What a promotion code gives never changes."""
    promotion["promotion"] = before["promotion"]


def redeem_coupon(work: UnitOfWork, id: str, now: int, param: str) -> Record:
    """Use a coupon once.

    :raises StripeError: where there is none, or it can no longer be used
    """
    coupon = work.get("coupon", id)
    if coupon is None:
        raise no_such("coupon", id, param)
    expired = coupon["redeem_by"] is not None and coupon["redeem_by"] <= now
    if expired or not coupon["valid"]:
        raise StripeError(f"Coupon expired: {id}", code="coupon_expired", param=param)
    coupon = work.change(coupon)
    coupon["times_redeemed"] += 1
    if coupon["times_redeemed"] == coupon["max_redemptions"]:
        coupon["valid"] = False
    return coupon


def redeem_promotion(
    work: UnitOfWork, id: str, customer: str | None, now: int, param: str
) -> tuple[Record, Record]:
    """Use a promotion code once: the code and its coupon.

    :raises StripeError: where there is none, or it cannot be used
    """
    promotion = work.get("promotion_code", id)
    if promotion is None:
        raise no_such("promotion code", id, param)
    used_up = promotion["times_redeemed"] == promotion["max_redemptions"]
    expired = promotion["expires_at"] is not None and promotion["expires_at"] <= now
    if not promotion["active"] or used_up or expired:
        raise invalid("This promotion code is no longer active.", param)
    if promotion["customer"] not in (None, customer):
        raise invalid("This promotion code cannot be used by this customer.", param)
    promotion = work.change(promotion)
    promotion["times_redeemed"] += 1
    return promotion, redeem_coupon(work, promotion["promotion"]["coupon"], now, param)


def reduction_of(coupon: Record) -> Reduction:
    """What a coupon takes off."""
    if coupon["percent_off"] is not None:
        return PercentOff(Decimal(str(coupon["percent_off"])))
    return AmountOff(coupon["amount_off"])


def applies_to(coupon: Record, product: str | None) -> bool:
    """Whether a coupon is for a product."""
    products = (coupon.get("applies_to") or {}).get("products")
    return not products or product in products
