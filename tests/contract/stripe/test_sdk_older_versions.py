"""Requests that SDKs of older versions of the API make, and what they find in the answers."""

import pytest

ACACIA, BASIL = "2025-02-24.acacia", "2025-08-27.basil"
DAHLIA = "2026-08-26.dahlia"


def test_a_subscriber_confirms_the_intent_of_the_first_invoice(stripe, older, customer, team_price):
    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
        expand=["latest_invoice.payment_intent"],
    )

    intent = made["latest_invoice"]["payment_intent"]
    assert intent["status"] == "requires_payment_method"
    assert intent["client_secret"].startswith(f"{intent['id']}_secret_")
    assert intent["invoice"] == made["latest_invoice"]["id"]
    [item] = made["items"]["data"]
    assert made["current_period_end"] == item["current_period_end"]


def test_invoices_name_what_they_are_for_and_what_pays_them(stripe, older, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    [invoice] = older("get", "/v1/invoices", expand=["data.subscription", "data.charge"])["data"]

    assert invoice["paid"] is True
    assert invoice["subscription"]["id"] == subscription.id
    assert invoice["charge"]["invoice"] == invoice["id"]
    assert invoice["charge"]["payment_intent"] == invoice["payment_intent"]
    [line] = invoice["lines"]["data"]
    assert (line["price"]["id"], line["type"], line["proration"]) == (
        team_price.id,
        "subscription",
        False,
    )
    assert line["plan"]["amount"] == 1200


def test_coupons_stand_where_they_stood(stripe, older, customer, team_price):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")

    code = older("post", "/v1/promotion_codes", BASIL, coupon=coupon.id, code="QUARTER")
    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id}],
        coupon=coupon.id,
        expand=["discounts"],
    )

    assert code["coupon"]["percent_off"] == 25
    assert code["promotion"]["coupon"] == coupon.id
    assert made["discounts"][0]["coupon"]["id"] == coupon.id


@pytest.mark.parametrize("version", [BASIL, None])
def test_later_versions_have_it_elsewhere(stripe, older, customer, team_price, version):
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])
    version = version or stripe.api_version

    [subscription] = older("get", "/v1/subscriptions", version)["data"]
    [invoice] = older("get", "/v1/invoices", version)["data"]

    assert "current_period_end" not in subscription
    assert "payment_intent" not in invoice


def test_events_are_told_in_todays_words(stripe, older, customer, team_price):
    older("post", "/v1/subscriptions", customer=customer.id, items=[{"price": team_price.id}])

    [event] = stripe.Event.list(type="invoice.paid").data

    assert "payment_intent" not in event.data.object
    assert "price" not in event.data.object.lines.data[0]


# The billing cycle's anchor


def test_the_billing_cycle_begins_now_by_a_word(older, customer, team_price):
    items = [{"price": team_price.id}]
    made = older("post", "/v1/subscriptions", DAHLIA, customer=customer.id, items=items)

    changed = older("post", f"/v1/subscriptions/{made['id']}", DAHLIA, billing_cycle_anchor="now")

    assert changed["billing_cycle_anchor"] >= made["billing_cycle_anchor"]


def test_a_preview_is_anchored_at_a_moment(older, traveller, team_price):
    middle = 1_707_912_000

    preview = older(
        "post",
        "/v1/invoices/create_preview",
        DAHLIA,
        customer=traveller.customer.id,
        subscription_details={
            "items": [{"price": team_price.id}],
            "billing_cycle_anchor": middle,
        },
    )

    assert 0 < preview["total"] < 1200


# Checkout


@pytest.mark.parametrize(
    ("before", "now"),
    [("hosted", "hosted_page"), ("embedded", "embedded_page"), ("custom", "elements")],
)
def test_the_modes_of_a_page_had_other_names(older, team_price, before, now):
    url = "return_url" if before != "hosted" else "success_url"

    made = older(
        "post",
        "/v1/checkout/sessions",
        "2025-12-15.clover",
        mode="subscription",
        line_items=[{"price": team_price.id, "quantity": 1}],
        ui_mode=before,
        **{url: "https://example.com"},
    )

    assert made["ui_mode"] == now


# Billing modes


@pytest.mark.parametrize(
    ("version", "mode"), [(ACACIA, "classic"), (BASIL, "classic"), (DAHLIA, "flexible")]
)
def test_a_new_subscription_was_billed_in_the_classic_way(
    older, customer, team_price, version, mode
):
    items = [{"price": team_price.id}]

    made = older("post", "/v1/subscriptions", version, customer=customer.id, items=items)
    planned = older(
        "post",
        "/v1/subscription_schedules",
        version,
        customer=customer.id,
        start_date="now",
        phases=[{"items": items}],
    )
    chosen = older(
        "post",
        "/v1/subscriptions",
        version,
        customer=customer.id,
        items=items,
        billing_mode={"type": "flexible"},
    )

    assert (made["billing_mode"]["type"], planned["billing_mode"]["type"]) == (mode, mode)
    assert chosen["billing_mode"]["type"] == "flexible"


# Schedules


def test_a_phase_lasted_for_so_many_periods(older, traveller, team_price):
    quarterly = {
        "currency": "usd",
        "product": team_price.product,
        "recurring": {"interval": "month", "interval_count": 3},
        "unit_amount": 3000,
    }

    made = older(
        "post",
        "/v1/subscription_schedules",
        customer=traveller.customer.id,
        start_date=1_706_702_400,
        phases=[
            {"items": [{"price": team_price.id}], "iterations": 2},
            {"items": [{"price_data": quarterly}], "iterations": 1},
        ],
    )

    ends = [phase["end_date"] for phase in made["phases"]]
    assert ends == [1_711_886_400, 1_719_748_800]  # 31 March and 30 June 2024


# Coupons


def test_the_one_discount_is_shown_and_taken_away(stripe, older, customer, team_price):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")
    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id}],
        coupon=coupon.id,
        expand=["latest_invoice"],
    )

    without = older("post", f"/v1/subscriptions/{made['id']}", coupon="")

    assert made["discount"]["coupon"]["id"] == coupon.id
    assert made["latest_invoice"]["discount"]["coupon"]["id"] == coupon.id
    assert (without["discount"], without["discounts"]) == (None, [])


# Invoices


def test_the_price_of_an_invoice_item_stood_in_it(stripe, older, customer, team_price):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=2500)

    priced = older("post", "/v1/invoiceitems", customer=customer.id, price=setup.id, quantity=2)
    counted = older(
        "post", "/v1/invoiceitems", customer=customer.id, currency="usd", unit_amount=70, quantity=3
    )

    assert (priced["amount"], priced["price"]["id"], priced["unit_amount"]) == (
        5000,
        setup.id,
        2500,
    )
    assert (counted["amount"], counted["unit_amount"]) == (210, 70)


def test_the_taxes_of_an_invoice_had_other_names(stripe, older, customer, team_price):
    rate = stripe.TaxRate.create(display_name="VAT", percentage=20, inclusive=False)

    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id}],
        default_tax_rates=[rate.id],
        expand=["latest_invoice"],
    )

    invoice = made["latest_invoice"]
    [tax], [line] = invoice["total_tax_amounts"], invoice["lines"]["data"]
    assert (tax["amount"], tax["inclusive"], tax["tax_rate"]) == (240, False, rate.id)
    assert (line["tax_amounts"], line["tax_rates"][0]["id"]) == ([tax], rate.id)


@pytest.mark.parametrize(
    ("version", "total"), [("2020-08-27", 700), ("2022-08-01", 0), (ACACIA, 0)]
)
def test_a_new_invoice_had_what_was_pending(older, customer, version, total):
    older("post", "/v1/invoiceitems", version, customer=customer.id, amount=700, currency="usd")

    assert older("post", "/v1/invoices", version, customer=customer.id)["total"] == total


def test_the_upcoming_invoice_is_a_preview(older, traveller, subscription, dearer):
    [item] = subscription["items"].data
    changes = {
        "subscription": subscription.id,
        "subscription_items": [{"id": item.id, "price": dearer.id}],
        "subscription_proration_behavior": "create_prorations",
        "subscription_proration_date": subscription.created,
    }

    next_one = older("get", "/v1/invoices/upcoming", customer=traveller.customer.id)
    changed = older("get", "/v1/invoices/upcoming", **changes)
    without = older("get", "/v1/invoices/upcoming", **changes, subscription_prorate=False)
    lines = older("get", "/v1/invoices/upcoming/lines", **changes)

    assert (next_one["total"], next_one["subscription"]) == (1200, subscription.id)
    assert "id" not in next_one
    assert next_one["lines"]["data"][0]["invoice"] is None
    assert (changed["total"], without["total"]) == (3000 + 1800, 3000)
    assert [line["amount"] for line in lines["data"]] == [-1200, 3000, 3000]
    assert lines["object"] == "list"


def test_without_a_subscription_there_is_no_upcoming_invoice(stripe, older, customer):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        older("get", "/v1/invoices/upcoming", customer=customer.id)

    assert refused.value.code == "invoice_upcoming_none"


@pytest.mark.parametrize("elsewhere", [True, False])
def test_an_invoice_said_that_it_was_paid_elsewhere(older, customer, bill, elsewhere):
    invoice = bill(1000)

    paid = older("post", f"/v1/invoices/{invoice.id}/pay", paid_out_of_band=elsewhere)

    assert (paid["paid"], paid["paid_out_of_band"]) == (True, elsewhere)


def test_a_credit_note_named_its_refund(stripe, older, bill):
    invoice = stripe.Invoice.pay(bill(1000).id)
    [payment] = stripe.InvoicePayment.list(invoice=invoice.id).data
    refund = stripe.Refund.create(payment_intent=payment.payment.payment_intent, amount=400)

    note = older("post", "/v1/credit_notes", invoice=invoice.id, refund=refund.id)

    assert (note["refund"], note["total"]) == (refund.id, 400)


def test_lines_said_what_they_are_without_tax(older, customer, team_price, vat):
    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id, "quantity": 2}],
        default_tax_rates=[vat(20, inclusive=True)],
        expand=["latest_invoice"],
    )

    [line] = made["latest_invoice"]["lines"]["data"]
    assert (line["amount"], line["amount_excluding_tax"]) == (2400, 2000)
    assert line["unit_amount_excluding_tax"] == "1000"


def test_invoices_said_who_has_a_share_in_them(stripe, older, customer, seller, bill):
    invoice = bill(1000, transfer_data={"destination": seller, "amount": 700})

    shown = older("get", f"/v1/invoices/{invoice.id}")
    [plain] = older("get", "/v1/invoices", customer=customer.id, status="draft", limit=1)["data"]

    assert shown["transfer_data"].to_dict() == {"amount": 700, "destination": seller}
    assert shown["application_fee_amount"] is None
    assert plain["id"] == invoice.id


def test_the_taxes_of_a_credit_note_had_other_names(older, customer, team_price, vat):
    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id}],
        default_tax_rates=[vat(20)],
        expand=["latest_invoice"],
    )
    [line] = made["latest_invoice"]["lines"]["data"]

    note = older(
        "post",
        "/v1/credit_notes",
        invoice=made["latest_invoice"]["id"],
        lines=[{"type": "invoice_line_item", "invoice_line_item": line["id"], "amount": 600}],
        credit_amount=720,
    )

    [credited] = note["lines"]["data"]
    assert [each["amount"] for each in note["tax_amounts"]] == [120]
    assert [each["amount"] for each in credited["tax_amounts"]] == [120]
    assert credited["amount_excluding_tax"] == 600


def test_a_phase_had_one_coupon_and_its_plans(stripe, older, customer, team_price):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")

    made = older(
        "post",
        "/v1/subscription_schedules",
        "2020-03-02",
        customer=customer.id,
        start_date="now",
        phases=[
            {"plans": [{"plan": team_price.id}], "iterations": 2, "coupon": coupon.id},
            {"plans": [{"plan": team_price.id}], "iterations": 1},
        ],
    )

    assert [phase["coupon"] for phase in made["phases"]] == [coupon.id, None]
    assert made["phases"][0]["plans"][0]["plan"] == team_price.id


# Others


def test_a_product_had_features(older):
    made = older("post", "/v1/products", "2023-10-16", name="Team", features=[{"name": "Chat"}])

    assert [each["name"] for each in made["features"]] == ["Chat"]


def test_an_account_is_rejected_for_fraud_of_any_kind(stripe, older):
    account = stripe.Account.create(type="custom", country="US")

    rejected = older("post", f"/v1/accounts/{account.id}/reject", version=DAHLIA, reason="fraud")

    assert rejected["requirements"]["disabled_reason"] == "rejected.platform_fraud"


def test_of_the_countries_of_a_connections_session_the_first_one_counts(stripe, older, customer):
    session = older(
        "post",
        "/v1/financial_connections/sessions",
        version=DAHLIA,
        account_holder={"type": "customer", "customer": customer.id},
        permissions=["balances"],
        filters={"countries": ["US", "GB"]},
    )

    assert session["filters"]["country"] == "US"


def test_the_countries_of_a_connections_session_are_a_list(stripe, older, customer):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid array") as refused:
        older(
            "post",
            "/v1/financial_connections/sessions",
            version=DAHLIA,
            account_holder={"type": "customer", "customer": customer.id},
            permissions=["balances"],
            filters={"countries": "US"},
        )

    assert refused.value.param == "filters[countries]"
