"""Checkout sessions' discounts, and their taxes: of rates that are given, and of Stripe Tax. Every answer is held against the contract."""

import pytest

GERMANY = {"country": "DE"}
AUTOMATIC = {"automatic_tax": {"enabled": True}}
SHOWN = ["line_items.data.taxes", "total_details.breakdown"]


@pytest.fixture
def in_germany(api):
    """The account sells from Germany and collects tax there."""
    api.post("/v1/tax/settings", head_office={"address": GERMANY})
    standard = {"place_of_supply_scheme": "standard"}
    options = {"de": {"type": "standard", "standard": standard}}
    api.post("/v1/tax/registrations", country="DE", country_options=options, active_from="now")


@pytest.fixture
def price(api):
    """Makes prices of 10 euros without tax."""

    def price(recurring=None, behavior="exclusive"):
        terms = {"recurring": {"interval": recurring}} if recurring else {}
        data = {"name": "Tea"}
        return api.post(
            "/v1/prices",
            currency="eur",
            unit_amount=1000,
            product_data=data,
            tax_behavior=behavior,
            **terms,
        )["id"]

    return price


@pytest.fixture
def vat(api):
    """Makes tax rates."""

    def vat(percentage, *, inclusive=False):
        rate = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive}
        return api.post("/v1/tax_rates", **rate)["id"]

    return vat


@pytest.fixture
def session(api, price):
    """Makes sessions in which two of one thing are sold."""

    def session(mode="payment", item=None, **terms):
        recurring = "month" if mode == "subscription" else None
        item = {"price": price(recurring), "quantity": 2, **(item or {})}
        terms = {"success_url": "https://example.com/done", "mode": mode, **terms}
        return api.post("/v1/checkout/sessions", line_items=[item], expand=SHOWN, **terms)

    return session


@pytest.fixture
def confirm(api):
    """Completes a session with a new card."""

    def confirm(session, address=None, **terms):
        billing = {"email": "jenny@example.com", "address": address or {}}
        method = api.post(
            "/v1/payment_methods", type="card", card={"token": "tok_visa"}, billing_details=billing
        )["id"]
        path = f"/v1/payment_pages/{session['id']}/confirm"
        return api.post(path, payment_method=method, **terms)

    return confirm


def totals(session):
    return (
        session["amount_subtotal"],
        session["total_details"]["amount_tax"],
        session["amount_total"],
    )


# Discounts


@pytest.fixture
def coupon(api):
    """Makes coupons that can be used once."""

    def coupon(**terms):
        terms = {"percent_off": 25, "duration": "once", "max_redemptions": 1, **terms}
        return api.post("/v1/coupons", **terms)["id"]

    return coupon


def test_what_sells_nothing_has_no_breakdown(api):
    session = api.post(
        "/v1/checkout/sessions",
        mode="setup",
        currency="eur",
        success_url="https://example.com/done",
        expand=["total_details.breakdown"],
    )

    assert session["total_details"] is None


def test_a_coupon_is_taken_off_and_used_up_when_the_customer_pays(api, session, coupon, confirm):
    id = coupon()

    made = session(discounts=[{"coupon": id}])
    before = api.get(f"/v1/coupons/{id}")["times_redeemed"]
    done = confirm(made, expected_amount=1500)

    assert made["discounts"] == [{"coupon": id, "promotion_code": None}]
    assert made["amount_total"] == 1500
    assert made["total_details"]["amount_discount"] == 500
    [discount] = made["total_details"]["breakdown"]["discounts"]
    assert discount["amount"] == 500
    assert discount["discount"]["checkout_session"] == made["id"]
    assert (before, api.get(f"/v1/coupons/{id}")["times_redeemed"]) == (0, 1)
    assert api.get(f"/v1/payment_intents/{done['payment_intent']}")["amount_received"] == 1500


def test_taxes_are_of_what_a_discount_leaves(session, vat, coupon):
    made = session(item={"tax_rates": [vat(20)]}, discounts=[{"coupon": coupon()}])

    assert totals(made) == (2000, 300, 1800)


def test_a_subscription_begins_with_the_discount(api, session, coupon, confirm):
    id = coupon(duration="forever")

    done = confirm(session("subscription", discounts=[{"coupon": id}]))

    assert api.get(f"/v1/invoices/{done['invoice']}")["amount_paid"] == 1500
    assert api.get(f"/v1/coupons/{id}")["times_redeemed"] == 1
    assert len(api.get(f"/v1/subscriptions/{done['subscription']}")["discounts"]) == 1


def test_a_promotion_code_may_ask_for_a_purchase_of_some_size(api, session, coupon, refused):
    promotion = {"type": "coupon", "coupon": coupon()}

    def code(minimum):
        restrictions = {"minimum_amount": minimum, "minimum_amount_currency": "eur"}
        made = api.post("/v1/promotion_codes", promotion=promotion, restrictions=restrictions)
        return [{"promotion_code": made["id"]}]

    made = session(discounts=code(2000))
    error = refused(session, discounts=code(2001))

    assert made["amount_total"] == 1500
    assert "minimum amount" in error.error["message"]


def test_a_discount_that_somebody_else_has_used_up_is_not_taken_off(
    api, session, coupon, confirm, refused
):
    id = coupon()
    first, second = (session(discounts=[{"coupon": id}]) for _ in range(2))
    confirm(first)

    error = refused(confirm, second)

    assert error.error["code"] == "coupon_expired"
    assert api.get(f"/v1/checkout/sessions/{second['id']}")["status"] == "open"


@pytest.mark.parametrize("allowed", [True, False])
def test_a_session_has_a_discount_or_lets_the_customer_choose(session, coupon, refused, allowed):
    discounts = [{"coupon": coupon()}]

    error = refused(session, discounts=discounts, allow_promotion_codes=allowed)

    assert "allow_promotion_codes, discounts" in error.error["message"]


# Rates that are given


@pytest.mark.parametrize(
    ("inclusive", "expected"), [(False, (2000, 400, 2400)), (True, (2000, 333, 2000))]
)
def test_an_item_has_its_tax_rates(session, vat, inclusive, expected):
    rate = vat(20, inclusive=inclusive)

    made = session(item={"tax_rates": [rate]})

    assert totals(made) == expected
    [item] = made["line_items"]["data"]
    assert (item["amount_tax"], item["amount_total"]) == expected[1:]
    [tax] = item["taxes"]
    assert (tax["rate"]["id"], tax["amount"]) == (rate, expected[1])
    [together] = made["total_details"]["breakdown"]["taxes"]
    assert (together["rate"]["id"], together["amount"]) == (rate, expected[1])


def test_the_customer_pays_them(api, session, vat, confirm):
    done = confirm(session(item={"tax_rates": [vat(20)]}), expected_amount=2400)

    assert api.get(f"/v1/payment_intents/{done['payment_intent']}")["amount_received"] == 2400


def test_a_subscription_goes_on_with_them(api, session, vat, confirm):
    own, default = vat(20), vat(10)

    first = confirm(session("subscription", {"tax_rates": [own]}))
    defaults = {"default_tax_rates": [default]}
    opened = session("subscription", subscription_data=defaults)
    second = confirm(opened)

    subscription = api.get(f"/v1/subscriptions/{first['subscription']}")
    assert [each["id"] for each in subscription["items"]["data"][0]["tax_rates"]] == [own]
    assert api.get(f"/v1/invoices/{first['invoice']}")["amount_paid"] == 2400
    assert totals(opened) == (2000, 200, 2200)
    assert api.get(f"/v1/invoices/{second['invoice']}")["amount_paid"] == 2200


def test_a_rate_has_to_be_one(session, refused):
    error = refused(session, item={"tax_rates": ["txr_none"]})

    assert error.error["param"] == "line_items[0][tax_rates][0]"


def test_rates_and_automatic_tax_exclude_each_other(in_germany, session, vat, refused):
    error = refused(session, item={"tax_rates": [vat(20)]}, **AUTOMATIC)

    assert error.error["param"] == "line_items[0][tax_rates]"


# Stripe Tax


def test_until_the_customer_is_somewhere_there_is_no_tax(in_germany, session):
    made = session(**AUTOMATIC)

    assert made["automatic_tax"] == {
        "enabled": True,
        "liability": {"type": "self"},
        "provider": "stripe",
        "status": "requires_location_inputs",
    }
    assert totals(made) == (2000, 0, 2000)


def test_a_guest_says_where_the_tax_is_due(api, in_germany, session, confirm):
    done = confirm(session(**AUTOMATIC), GERMANY, expected_amount=2380)

    assert done["automatic_tax"]["status"] == "complete"
    assert totals(done) == (2000, 380, 2380)
    assert api.get(f"/v1/payment_intents/{done['payment_intent']}")["amount_received"] == 2380


def test_a_place_that_is_too_vague_completes_nothing(api, in_germany, session, confirm, refused):
    opened = session(**AUTOMATIC)

    error = refused(confirm, opened, {"country": "US"})

    assert error.error["code"] == "customer_tax_location_invalid"
    assert api.get(f"/v1/checkout/sessions/{opened['id']}")["status"] == "open"


def test_the_tax_of_a_known_customer_is_known_at_once(api, in_germany, session, confirm):
    customer = api.post("/v1/customers", address=GERMANY)["id"]

    made = session("subscription", customer=customer, **AUTOMATIC)
    done = confirm(made)

    assert (made["automatic_tax"]["status"], totals(made)) == ("complete", (2000, 380, 2380))
    assert api.get(f"/v1/invoices/{done['invoice']}")["amount_paid"] == 2380
    subscription = api.get(f"/v1/subscriptions/{done['subscription']}")
    assert subscription["automatic_tax"]["enabled"]


def test_a_customer_needs_an_address_or_gets_the_one_that_is_entered(
    api, in_germany, session, confirm, refused
):
    customer = api.post("/v1/customers")["id"]

    error = refused(session, customer=customer, **AUTOMATIC)
    made = session(customer=customer, customer_update={"address": "auto"}, **AUTOMATIC)
    done = confirm(made, GERMANY)

    assert error.error["code"] == "customer_tax_location_invalid"
    assert "customer_update[address]" in error.error["message"]
    assert totals(done) == (2000, 380, 2380)
    assert api.get(f"/v1/customers/{customer}")["address"]["country"] == "DE"


def test_without_a_head_office_nothing_is_calculated(session, refused):
    error = refused(session, **AUTOMATIC)

    assert error.error["code"] == "stripe_tax_inactive"


# Shipping


@pytest.fixture
def rate(api):
    """Makes shipping rates."""

    def rate(amount, currency="eur"):
        fixed = {"amount": amount, "currency": currency}
        return api.post("/v1/shipping_rates", display_name="Post", fixed_amount=fixed)["id"]

    return rate


def test_the_first_way_to_bring_it_is_chosen(api, session, rate, coupon, confirm):
    first, second = rate(500), rate(1500)
    options = [{"shipping_rate": first}, {"shipping_rate": second}]

    made = session(shipping_options=options, discounts=[{"coupon": coupon()}])
    done = confirm(made, expected_amount=2000)

    shown = [(each["shipping_rate"], each["shipping_amount"]) for each in made["shipping_options"]]
    assert shown == [(first, 500), (second, 1500)]
    assert made["shipping_cost"]["shipping_rate"] == first
    assert (made["amount_subtotal"], made["amount_total"]) == (2000, 2000)
    assert made["total_details"]["amount_shipping"] == 500
    assert api.get(f"/v1/payment_intents/{done['payment_intent']}")["amount_received"] == 2000


def test_a_way_can_be_described(api, session):
    data = {
        "display_name": "Pigeon",
        "type": "fixed_amount",
        "fixed_amount": {"amount": 700, "currency": "eur"},
        "delivery_estimate": {"minimum": {"unit": "day", "value": 1}},
    }

    made = session(shipping_options=[{"shipping_rate_data": data}])

    kept = api.get(f"/v1/shipping_rates/{made['shipping_cost']['shipping_rate']}")
    assert (kept["display_name"], kept["fixed_amount"]["amount"]) == ("Pigeon", 700)
    assert made["amount_total"] == 2700


def test_other_ways_can_be_offered_while_it_is_open(api, session, rate, confirm, refused):
    made = session(shipping_options=[{"shipping_rate": rate(500)}])
    path = f"/v1/checkout/sessions/{made['id']}"

    changed = api.post(path, shipping_options=[{"shipping_rate": rate(900)}])
    without = api.post(path, shipping_options="")
    confirm(made)

    assert changed["amount_total"] == 2900
    assert (without["amount_total"], without["shipping_cost"]) == (2000, None)
    assert refused(api.post, path, shipping_options="").status == 400


def test_a_way_has_to_be_one(api, session, rate, refused):
    archived = rate(500)
    api.post(f"/v1/shipping_rates/{archived}", active=False)
    place = "shipping_options[0]"

    for option, param in (
        ({"shipping_rate": "shr_none"}, f"{place}[shipping_rate]"),
        ({"shipping_rate": archived}, f"{place}[shipping_rate]"),
        ({"shipping_rate": rate(500, "usd")}, place),
        ({"shipping_rate": archived, "shipping_rate_data": {"display_name": "Pigeon"}}, place),
        (
            {"shipping_rate_data": {"display_name": "Pigeon"}},
            f"{place}[shipping_rate_data][fixed_amount]",
        ),
    ):
        assert refused(session, shipping_options=[option]).error["param"] == param


def test_what_is_subscribed_to_is_not_shipped(session, rate, refused):
    error = refused(session, "subscription", shipping_options=[{"shipping_rate": rate(500)}])

    assert error.error["param"] == "shipping_options"


def test_shipping_is_taxed_where_the_customer_is(api, in_germany, session, rate, confirm):
    opened = session(shipping_options=[{"shipping_rate": rate(500)}], **AUTOMATIC)

    done = confirm(opened, GERMANY, expected_amount=2380 + 595)

    assert opened["amount_total"] == 2500
    assert (done["shipping_cost"]["amount_tax"], done["shipping_cost"]["amount_total"]) == (95, 595)
    assert done["total_details"] == {
        "amount_discount": 0,
        "amount_shipping": 500,
        "amount_tax": 475,
    }
