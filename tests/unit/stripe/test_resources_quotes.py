"""Quotes, from the draft to what was quoted. Every answer is held against the contract."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.onboarded import ONBOARDED
from tests.unit.stripe.conftest import JANUARY_31

DAY = 86_400


@pytest.fixture
def customer(api):
    """The id of a customer who can pay."""
    return api.customer()


@pytest.fixture
def setup(api):
    """The id of a price of fifty dollars, once."""
    return api.post("/v1/prices", currency="usd", unit_amount=5000, product_data={"name": "Setup"})[
        "id"
    ]


@pytest.fixture
def finalized(api, customer):
    """Makes a quote that is open, and returns its path."""

    def finalized(**params):
        quote = api.post("/v1/quotes", **{"customer": customer, **params})
        api.post(f"/v1/quotes/{quote['id']}/finalize")
        return f"/v1/quotes/{quote['id']}"

    return finalized


def coupon(api, **terms):
    """A coupon's id."""
    return api.post("/v1/coupons", **terms)["id"]


# Totals


def test_a_quote_comes_to_what_its_items_cost(api, setup):
    items = [{"price": api.price(1200), "quantity": 2}, {"price": setup}]

    quote = api.post("/v1/quotes", line_items=items, expand=["line_items"])

    shown = [(each["quantity"], each["amount_total"]) for each in quote["line_items"]["data"]]
    assert shown == [(2, 2400), (1, 5000)]
    assert (quote["amount_subtotal"], quote["amount_total"], quote["currency"]) == (
        7400,
        7400,
        "usd",
    )
    assert quote["computed"]["upfront"]["amount_total"] == 7400
    recurring = quote["computed"]["recurring"]
    assert (recurring["amount_total"], recurring["interval"]) == (2400, "month")


def test_only_what_lasts_is_taken_off_what_recurs(api):
    once, forever = (coupon(api, percent_off=10, duration=each) for each in ("once", "forever"))

    quote = api.post(
        "/v1/quotes",
        line_items=[{"price": api.price(1000)}],
        discounts=[{"coupon": once}, {"coupon": forever}],
    )

    assert quote["total_details"]["amount_discount"] == 190
    assert quote["computed"]["upfront"]["amount_total"] == 810
    assert quote["computed"]["recurring"]["amount_total"] == 900


def test_a_trial_leaves_what_is_sold_once(api, setup):
    quote = api.post(
        "/v1/quotes",
        line_items=[{"price": api.price(1200)}, {"price": setup}],
        subscription_data={"trial_period_days": 14},
        expand=["computed.upfront.line_items"],
    )

    upfront = quote["computed"]["upfront"]
    assert upfront["amount_total"] == 5000
    assert [each["amount_total"] for each in upfront["line_items"]["data"]] == [0, 5000]
    assert upfront["line_items"]["data"][1]["price"]["id"] == setup
    listed = api.get(f"/v1/quotes/{quote['id']}/computed_upfront_line_items", limit=1)
    assert [each["amount_total"] for each in listed["data"]] == [0]
    assert listed["has_more"]


@given(
    amounts=st.lists(st.integers(0, 10**6), min_size=1, max_size=6),
    percent=st.integers(1, 100),
    off=st.integers(1, 10**6),
)
def test_a_quotes_totals_are_the_sums_of_its_items(fresh, amounts, percent, off):
    api = fresh()
    product = api.post("/v1/products", name="Tea")["id"]
    data = [{"currency": "usd", "product": product, "unit_amount": amount} for amount in amounts]
    coupons = [
        coupon(api, percent_off=percent),
        coupon(api, amount_off=off, currency="usd"),
    ]

    quote = api.post(
        "/v1/quotes",
        line_items=[{"price_data": each} for each in data],
        discounts=[{"coupon": each} for each in coupons],
        expand=["line_items"],
    )

    items = quote["line_items"]["data"]
    assert quote["amount_subtotal"] == sum(amounts)
    assert quote["amount_total"] == sum(each["amount_total"] for each in items)
    assert all(each["amount_total"] >= 0 for each in items)
    details = quote["total_details"]
    assert quote["amount_total"] == quote["amount_subtotal"] - details["amount_discount"]


@pytest.mark.parametrize(
    ("items", "param"),
    [
        ([{"quantity": 2}], "line_items[0][price]"),
        ([{"price": "price_none"}], "line_items[0][price]"),
        ([{"price": "dear", "quantity": -1}], "line_items[0][quantity]"),
        ([{"price": "dear"}, {"price": "euro"}], "line_items"),
        ([{"price": "dear"}, {"price": "yearly"}], "line_items"),
        ([{"price": "dear"}, {"price": "dear"}], "line_items"),
    ],
)
def test_items_that_cannot_be_quoted_are_refused(api, refused, items, param):
    euro = api.post("/v1/prices", currency="eur", unit_amount=100, product_data={"name": "Tea"})[
        "id"
    ]
    known = {"dear": api.price(), "yearly": api.price(9000, "year"), "euro": euro}
    named = [
        {**each, "price": known.get(each["price"], each["price"])} if "price" in each else each
        for each in items
    ]

    error = refused(api.post, "/v1/quotes", line_items=named)

    assert (error.status, error.error["param"]) == (400, param)
    assert api.get("/v1/quotes")["data"] == []


def test_a_new_subscription_has_no_current_period(api, refused):
    data = {"effective_date": "current_period_end"}

    error = refused(api.post, "/v1/quotes", subscription_data=data).error

    assert error["param"] == "subscription_data[effective_date]"
    assert "updates a subscription" in error["message"]


def rate(api, percentage, *, inclusive=False):
    """A tax rate's id."""
    params = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive}
    return api.post("/v1/tax_rates", **params)["id"]


def test_taxes_come_on_top_or_are_in_the_prices(api, setup):
    off = coupon(api, percent_off=50)
    on_top, inside = rate(api, 20), rate(api, 25, inclusive=True)

    quote = api.post(
        "/v1/quotes",
        line_items=[{"price": api.price(1000)}, {"price": setup, "tax_rates": [inside]}],
        default_tax_rates=[on_top],
        discounts=[{"coupon": off}],
        expand=["line_items.data.taxes", "line_items.data.discounts", "total_details.breakdown"],
    )

    items = quote["line_items"]["data"]
    assert [(each["amount_tax"], each["amount_total"]) for each in items] == [
        (100, 600),
        (500, 2500),
    ]
    assert quote["total_details"]["amount_tax"] == 600
    assert (quote["amount_subtotal"], quote["amount_total"]) == (6000, 3100)
    assert quote["computed"]["recurring"]["amount_total"] == 1200
    [tax] = items[1]["taxes"]
    assert (tax["amount"], tax["rate"]["id"], tax["taxable_amount"]) == (500, inside, 2000)
    assert [each["amount"] for each in items[0]["discounts"]] == [500]
    breakdown = quote["total_details"]["breakdown"]
    assert [each["amount"] for each in breakdown["discounts"]] == [3000]
    assert {each["rate"]["id"]: each["amount"] for each in breakdown["taxes"]} == {
        on_top: 100,
        inside: 500,
    }


def test_totals_leave_nothing_behind(api, customer, setup):
    api.post("/v1/quotes", customer=customer, line_items=[{"price": setup}])

    assert api.get("/v1/invoices")["data"] == api.get("/v1/invoiceitems")["data"] == []
    assert api.get(f"/v1/customers/{customer}")["currency"] is None
    assert {event["type"] for event in api.get("/v1/events")["data"]} & {
        "invoice.created",
        "invoiceitem.created",
        "customer.updated",
    } == set()


def test_stripe_tax_needs_to_know_where_the_customer_is(api, refused, setup):
    api.post("/v1/tax/settings", head_office={"address": {"country": "DE"}})
    api.post(
        "/v1/tax/registrations",
        country="DE",
        country_options={
            "de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}
        },
        active_from="now",
    )
    nowhere = api.customer()
    berlin = api.customer(address={"country": "DE"})
    terms = {"line_items": [{"price": setup}], "automatic_tax": {"enabled": True}}

    unknown = api.post("/v1/quotes", customer=nowhere, **terms)
    known = api.post("/v1/quotes", customer=berlin, **terms)

    assert unknown["automatic_tax"]["status"] == "requires_location_inputs"
    assert refused(api.post, f"/v1/quotes/{unknown['id']}/finalize").error["code"] == (
        "customer_tax_location_invalid"
    )
    assert known["automatic_tax"]["status"] == "complete"
    assert known["total_details"]["amount_tax"] == 950
    api.post(f"/v1/quotes/{known['id']}/finalize")
    copy = api.post("/v1/quotes", from_quote={"quote": known["id"]})
    assert copy["total_details"] == known["total_details"]
    accepted = api.post(f"/v1/quotes/{known['id']}/accept", expand=["invoice"])
    assert accepted["invoice"]["total"] == known["amount_total"] == 5950


def test_a_discount_is_in_the_currency_of_the_items(api, refused, setup):
    off = coupon(api, amount_off=100, currency="eur")
    waits = api.post("/v1/quotes", discounts=[{"coupon": off}])["id"]

    errors = [
        refused(api.post, path, line_items=[{"price": setup}], **params).error
        for path, params in [
            ("/v1/quotes", {"discounts": [{"coupon": off}]}),
            (f"/v1/quotes/{waits}", {}),
        ]
    ]

    assert [each["param"] for each in errors] == ["discounts[0][coupon]", "discounts[0]"]


# Editing


def test_the_items_of_a_draft_are_those_that_are_sent(api, setup):
    monthly = api.price(1200)
    quote = api.post(
        "/v1/quotes", line_items=[{"price": monthly}, {"price": setup}], expand=["line_items"]
    )
    kept = quote["line_items"]["data"][0]["id"]

    changed = api.post(
        f"/v1/quotes/{quote['id']}",
        line_items=[{"id": kept, "quantity": 3}, {"price": api.price(100)}],
        expand=["line_items"],
    )

    items = changed["line_items"]["data"]
    assert [each["amount_total"] for each in items] == [3600, 100]
    assert items[0]["id"] == kept
    assert changed["amount_total"] == 3700
    assert changed["computed"]["recurring"]["amount_total"] == 3700


def test_an_item_of_another_quote_cannot_be_kept(api, refused, setup):
    one, other = (
        api.post("/v1/quotes", line_items=[{"price": setup}], expand=["line_items"]) for _ in "ab"
    )

    error = refused(
        api.post,
        f"/v1/quotes/{one['id']}",
        line_items=[{"id": other["line_items"]["data"][0]["id"]}],
    )

    assert error.error["param"] == "line_items[0][id]"


def test_of_an_open_quote_only_the_expiry_changes(api, refused, finalized, setup):
    quote = finalized(line_items=[{"price": setup}])
    later = api.get(quote)["expires_at"] + DAY

    assert api.post(quote, expires_at=later)["expires_at"] == later
    assert refused(api.post, quote, description="Dear").error["param"] == "description"
    assert refused(api.post, quote, expires_at=1).error["param"] == "expires_at"
    assert api.post(f"{quote}/cancel")["status"] == "canceled"
    assert refused(api.post, quote, expires_at=later).status == 400


def test_the_customer_stays(api, refused, customer):
    quote = f"/v1/quotes/{api.post('/v1/quotes', customer=customer)['id']}"

    assert refused(api.post, quote, customer=api.customer()).error["param"] == "customer"


# Its life


def test_finalizing_numbers_the_customers_quotes(api, customer, finalized, setup):
    first, second = (finalized(line_items=[{"price": setup}]) for _ in "ab")

    prefix = api.get(f"/v1/customers/{customer}")["invoice_prefix"]
    numbers = [api.get(each)["number"] for each in (first, second)]
    assert numbers == [f"QT-{prefix}-0001-1", f"QT-{prefix}-0002-1"]
    assert api.get(first)["status_transitions"]["finalized_at"] is not None


def test_a_quote_needs_a_customer_and_items_to_be_finalized(api, refused, customer, setup):
    nobody = api.post("/v1/quotes", line_items=[{"price": setup}])["id"]
    nothing = api.post("/v1/quotes", customer=customer)["id"]

    assert refused(api.post, f"/v1/quotes/{nobody}/finalize").error["param"] == "customer"
    assert refused(api.post, f"/v1/quotes/{nothing}/finalize").error["param"] == "line_items"


def test_a_quote_goes_from_draft_to_open_to_canceled(api, refused, finalized, setup):
    quote = finalized(line_items=[{"price": setup}])

    assert refused(api.post, f"{quote}/finalize").status == 400
    assert api.post(f"{quote}/cancel")["status_transitions"]["canceled_at"] is not None
    assert "status of canceled" in refused(api.post, f"{quote}/accept").error["message"]


def test_a_revision_replaces_what_it_revises(api, finalized, setup):
    first = finalized(line_items=[{"price": setup, "quantity": 2}], header="Hello")
    id = api.get(first)["id"]

    draft = api.post("/v1/quotes", from_quote={"quote": id, "is_revision": True})
    revised = api.post(f"/v1/quotes/{draft['id']}/finalize")

    assert draft["from_quote"] == {"is_revision": True, "quote": id}
    assert (draft["amount_total"], draft["header"], draft["status"]) == (10_000, "Hello", "draft")
    assert revised["number"] == api.get(first)["number"][:-1] + "2"
    assert api.get(first)["status"] == "canceled"


def test_a_duplicate_leaves_what_it_was_made_from(api, refused, finalized, setup):
    off = coupon(api, percent_off=50)
    first = finalized(line_items=[{"price": setup}], discounts=[{"coupon": off}])
    id = api.get(first)["id"]

    copy = api.post("/v1/quotes", from_quote={"quote": id})
    number = api.post(f"/v1/quotes/{copy['id']}/finalize")["number"]
    error = refused(api.post, "/v1/quotes", from_quote={"quote": id}, header="No").error

    assert copy["amount_total"] == 2500
    assert copy["discounts"] != api.get(first)["discounts"]
    assert number.endswith("-0002-1")
    assert api.get(first)["status"] == "open"
    assert api.get(f"/v1/coupons/{off}")["times_redeemed"] == 1
    assert error["param"] == "header"


def test_a_quote_that_nobody_accepts_expires(api, setup):
    clock = api.clock()
    quote = api.post(
        "/v1/quotes", customer=api.customer(test_clock=clock), line_items=[{"price": setup}]
    )
    assert (quote["created"], quote["expires_at"]) == (JANUARY_31, JANUARY_31 + 30 * DAY)

    api.advance(clock, JANUARY_31 + 30 * DAY)

    expired = api.get(f"/v1/quotes/{quote['id']}")
    assert expired["status"] == "canceled"
    assert expired["status_transitions"]["canceled_at"] == JANUARY_31 + 30 * DAY
    assert [event["type"] for event in api.get("/v1/events", type="quote.canceled")["data"]]


# Acceptance


def test_what_is_sold_once_becomes_a_draft_invoice(api, customer, finalized, setup):
    off = coupon(api, percent_off=20)
    quote = finalized(
        line_items=[{"price": setup, "quantity": 2}],
        discounts=[{"coupon": off}],
        collection_method="send_invoice",
        invoice_settings={"days_until_due": 10, "footer": "Bye"},
    )

    accepted = api.post(f"{quote}/accept", expand=["invoice"])

    invoice = accepted["invoice"]
    assert (accepted["status"], accepted["subscription"]) == ("accepted", None)
    assert (invoice["status"], invoice["billing_reason"]) == ("draft", "quote_accept")
    assert (invoice["total"], invoice["customer"]) == (accepted["amount_total"], customer)
    assert invoice["due_date"] == invoice["created"] + 10 * DAY
    assert invoice["footer"] == "Bye"
    assert invoice["parent"]["quote_details"] == {"quote": accepted["id"]}
    assert invoice["discounts"] == accepted["discounts"]


def test_what_recurs_becomes_a_subscription(api, customer, finalized, setup):
    off = coupon(api, percent_off=10, duration="repeating", duration_in_months=3)
    quote = finalized(
        line_items=[{"price": api.price(1200), "quantity": 2}, {"price": setup}],
        discounts=[{"coupon": off}],
        subscription_data={"metadata": {"plan": "team"}, "description": "Team"},
    )

    accepted = api.post(f"{quote}/accept", expand=["subscription.latest_invoice"])

    subscription = accepted["subscription"]
    assert (subscription["status"], subscription["description"]) == ("active", "Team")
    assert subscription["metadata"] == {"plan": "team"}
    assert [each["quantity"] for each in subscription["items"]["data"]] == [2]
    invoice = subscription["latest_invoice"]
    assert (invoice["status"], invoice["total"]) == ("draft", accepted["amount_total"])
    assert invoice["total"] == accepted["computed"]["upfront"]["amount_total"] == 6660
    preview = api.post("/v1/invoices/create_preview", subscription=subscription["id"])
    assert preview["total"] == 2160


def test_a_price_that_was_described_for_the_quote_can_be_accepted(api, finalized):
    product = api.post("/v1/products", name="Tea")["id"]
    terms = {"currency": "usd", "product": product, "unit_amount": 300}
    quote = finalized(
        line_items=[
            {"price_data": {**terms, "recurring": {"interval": "week"}}},
            {"price_data": terms},
        ]
    )

    accepted = api.post(f"{quote}/accept", expand=["subscription.latest_invoice"])

    assert accepted["subscription"]["latest_invoice"]["amount_due"] == 600


@pytest.mark.parametrize("later", [False, True])
def test_the_taxes_of_a_quote_are_those_of_its_bill(api, setup, later):
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    quote = api.post(
        "/v1/quotes",
        customer=customer,
        line_items=[
            {"price": api.price(1000), "tax_rates": [rate(api, 10)]},
            {"price": setup},
        ],
        default_tax_rates=[rate(api, 20)],
        subscription_data={"effective_date": JANUARY_31 + DAY} if later else {},
    )
    api.post(f"/v1/quotes/{quote['id']}/finalize")

    api.post(f"/v1/quotes/{quote['id']}/accept")
    api.advance(clock, JANUARY_31 + 2 * DAY)

    [invoice] = api.get("/v1/invoices", customer=customer)["data"]
    assert invoice["amount_paid"] == quote["amount_total"] == 7100


def test_a_revision_has_the_same_taxes(api, finalized, setup):
    first = finalized(
        line_items=[{"price": setup, "tax_rates": [rate(api, 10)]}, {"price": setup}],
        default_tax_rates=[rate(api, 20)],
    )

    copy = api.post("/v1/quotes", from_quote={"quote": api.get(first)["id"], "is_revision": True})

    assert copy["amount_total"] == api.get(first)["amount_total"] == 11_500


def test_a_trial_begins_with_the_acceptance(api, finalized):
    quote = finalized(
        line_items=[{"price": api.price()}], subscription_data={"trial_period_days": 7}
    )

    subscription = api.post(f"{quote}/accept", expand=["subscription"])["subscription"]

    assert subscription["status"] == "trialing"
    assert subscription["trial_end"] == subscription["start_date"] + 7 * DAY


def test_a_connected_account_gets_its_share(api, finalized, setup):
    account = api.post("/v1/accounts", **ONBOARDED)["id"]
    once = finalized(
        line_items=[{"price": setup}],
        transfer_data={"destination": account, "amount": 2000},
        on_behalf_of=account,
    )
    again = finalized(
        line_items=[{"price": api.price(1200)}],
        transfer_data={"destination": account, "amount_percent": 50},
    )

    first = api.post(f"{again}/accept", expand=["subscription"])["subscription"]["latest_invoice"]
    api.post(f"/v1/invoices/{first}/pay")
    invoice = api.post(f"{once}/accept")["invoice"]
    api.post(f"/v1/invoices/{invoice}/pay")

    transfers = api.get("/v1/transfers", destination=account)["data"]
    assert [each["amount"] for each in transfers] == [2000, 600]


def test_a_quote_that_cannot_be_paid_is_not_accepted(api, refused, finalized):
    quote = finalized(customer=api.post("/v1/customers")["id"], line_items=[{"price": api.price()}])

    error = refused(api.post, f"{quote}/accept").error

    assert error["code"] == "resource_missing"
    assert api.get(quote)["status"] == "open"
    assert api.get("/v1/subscriptions")["data"] == []


ITEMS = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 10**5),
        "quantity": st.integers(1, 9),
        "recurs": st.booleans(),
        "off": st.sampled_from([None, "once", "forever"]),
        "rate": st.sampled_from([None, False, True]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(ITEMS, min_size=1, max_size=4), general=st.sampled_from(["none", "once"]))
def test_a_quote_is_what_its_bills_come_to(fresh, items, general):
    api = fresh()
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    product = api.post("/v1/products", name="Tea")["id"]
    coupons = {each: coupon(api, percent_off=30, duration=each) for each in ("once", "forever")}
    rates = {inclusive: rate(api, 19, inclusive=inclusive) for inclusive in (False, True)}
    quote = api.post(
        "/v1/quotes",
        customer=customer,
        line_items=[
            {
                "price_data": {
                    "currency": "usd",
                    "product": product,
                    "unit_amount": each["amount"],
                    **({"recurring": {"interval": "month"}} if each["recurs"] else {}),
                },
                "quantity": each["quantity"],
                **({"discounts": [{"coupon": coupons[each["off"]]}]} if each["off"] else {}),
                **({} if each["rate"] is None else {"tax_rates": [rates[each["rate"]]]}),
            }
            for each in items
        ],
        **({"discounts": [{"coupon": coupons["once"]}]} if general == "once" else {}),
    )
    api.post(f"/v1/quotes/{quote['id']}/finalize")

    accepted = api.post(f"/v1/quotes/{quote['id']}/accept")

    if accepted["invoice"]:
        assert api.get(f"/v1/invoices/{accepted['invoice']}")["total"] == quote["amount_total"]
        return
    path = f"/v1/subscriptions/{accepted['subscription']}"
    first = api.get(path, expand=["latest_invoice"])
    api.advance(clock, first["items"]["data"][0]["current_period_end"] + 3600)
    second = api.get(path, expand=["latest_invoice"])
    assert first["latest_invoice"]["total"] == quote["amount_total"]
    assert second["latest_invoice"]["total"] == quote["computed"]["recurring"]["amount_total"]


# The document


def test_the_pdf_says_what_is_quoted(api, finalized, setup):
    quote = finalized(line_items=[{"price": setup}, {"price": api.price()}], header="Straße (A\\B)")

    response = api.send("GET", f"{quote}/pdf")

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.body.startswith(b"%PDF-1.")
    assert api.get(quote)["number"].encode() in response.body
    assert b"Total: $62.00" in response.body
    assert r"(Straße \(A\\B\)) Tj".encode("cp1252") in response.body


def test_a_draft_has_no_pdf(api, refused):
    quote = api.post("/v1/quotes")["id"]

    assert refused(api.get, "/v1/quotes/qt_none/pdf").status == 404
    assert refused(api.get, f"/v1/quotes/{quote}/pdf").status == 400


def test_the_places_of_a_pdf_are_where_its_objects_are():
    from localstack_stripe.engine.pdf import LINES, document

    file = document([f"line {number}" for number in range(LINES + 1)])

    start = int(re.search(rb"startxref\n(\d+)\n%%EOF", file)[1])
    assert file[start:].startswith(b"xref\n")
    places = [int(each) for each in re.findall(rb"(\d{10}) 00000 n", file)]
    assert [file[place:].split(b" ", 1)[0] for place in places] == [
        str(number).encode() for number in range(1, len(places) + 1)
    ]
    assert file.count(b"/Type /Page ") == 2
    for length, content in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", file, re.S):
        assert len(content) == int(length)
