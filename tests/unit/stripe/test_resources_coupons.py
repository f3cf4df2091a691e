"""Coupons and promotion codes end by themselves when it is too late to redeem them."""

from tests.unit.stripe.test_control_time import arrived, told

DAY = 86_400


def test_a_coupon_is_not_valid_any_more_after_its_last_day(own):
    now = told(own, "POST", "freeze")["now"]
    coupon = own.post("/v1/coupons", percent_off=25, duration="once", redeem_by=now + DAY)
    promotion = own.post(
        "/v1/promotion_codes", promotion={"type": "coupon", "coupon": coupon["id"]}
    )

    told(own, "POST", "advance", seconds=DAY)
    arrived(own)

    assert (coupon["valid"], promotion["active"]) == (True, True)
    assert own.get(f"/v1/coupons/{coupon['id']}")["valid"] is False
    assert own.get(f"/v1/promotion_codes/{promotion['id']}")["active"] is False


def test_a_code_is_not_active_any_more_after_its_last_day(own):
    now = told(own, "POST", "freeze")["now"]
    coupon = own.post("/v1/coupons", percent_off=25, duration="once")["id"]
    promotion = own.post(
        "/v1/promotion_codes",
        promotion={"type": "coupon", "coupon": coupon},
        expires_at=now + DAY,
    )["id"]

    told(own, "POST", "advance", seconds=DAY)
    arrived(own)

    assert own.get(f"/v1/promotion_codes/{promotion}")["active"] is False
    assert own.get(f"/v1/coupons/{coupon}")["valid"] is True
