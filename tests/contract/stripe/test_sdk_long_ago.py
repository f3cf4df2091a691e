"""What code of the years up to 2020 says, and what it finds in the answers."""

import pytest

LONG_AGO = "2017-04-06"


@pytest.fixture
def subscribed(older, customer, team_price):
    """A subscription as it was made then: to one plan."""
    return older("post", "/v1/subscriptions", LONG_AGO, customer=customer.id, plan=team_price.id)


def test_an_account_listed_the_capabilities_that_it_asks_for(stripe, older):
    made = older(
        "post",
        "/v1/accounts",
        "2020-03-02",
        type="custom",
        country="US",
        requested_capabilities=["card_payments", "transfers"],
    )

    link = older(
        "post",
        "/v1/account_links",
        "2020-03-02",
        account=made["id"],
        type="custom_account_verification",
        success_url="https://example.com/done",
        failure_url="https://example.com/again",
    )

    assert made["capabilities"].to_dict() == {"card_payments": "inactive", "transfers": "inactive"}
    assert link["url"].startswith("http")


def test_objects_had_lists_in_them(stripe, older, customer, team_price):
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])
    [charge] = stripe.Charge.list().data

    shown = older("get", f"/v1/customers/{customer.id}", "2020-03-02")
    [paid] = older("get", "/v1/payment_intents", "2020-08-27")["data"]

    assert shown["subscriptions"]["data"][0]["plan"]["id"] == team_price.id
    assert shown["sources"]["data"] == []
    assert [each["id"] for each in paid["charges"]["data"]] == [charge.id]
    assert paid["charges"]["data"][0]["refunds"]["data"] == []
    assert "charges" not in older("get", "/v1/payment_intents", "2022-11-15")["data"][0]


def test_a_plan_was_enough_for_a_subscription(older, customer, team_price):
    made = older(
        "post",
        "/v1/subscriptions",
        "2019-05-16",
        customer=customer.id,
        plan=team_price.id,
        quantity=2,
        billing="send_invoice",
        days_until_due=30,
    )

    changed = older(
        "post",
        f"/v1/subscriptions/{made['id']}",
        "2019-05-16",
        items=[{"id": made["items"]["data"][0]["id"], "quantity": 3}],
        prorate=False,
    )

    assert (made["plan"]["id"], made["quantity"], made["billing"]) == (
        team_price.id,
        2,
        "send_invoice",
    )
    assert made["start"] == made["start_date"]
    pending = older("get", "/v1/invoiceitems", "2019-05-16", customer=customer.id, pending=True)
    assert (changed["quantity"], pending["data"]) == (3, [])


def test_a_percentage_was_added_as_tax(stripe, older, customer, team_price):
    items = [{"plan": team_price.id}]
    made = older(
        "post",
        "/v1/subscriptions",
        LONG_AGO,
        customer=customer.id,
        items=items,
        tax_percent=8.25,
        expand=["latest_invoice"],
    )
    another = older(
        "post", "/v1/subscriptions", LONG_AGO, customer=customer.id, items=items, tax_percent=8.25
    )
    upcoming = older(
        "get",
        "/v1/invoices/upcoming",
        LONG_AGO,
        subscription=made["id"],
        subscription_tax_percent=20,
    )

    without = older("post", f"/v1/subscriptions/{made['id']}", LONG_AGO, tax_percent=0)

    invoice = made["latest_invoice"]
    assert (made["tax_percent"], invoice["tax_percent"]) == (8.25, 8.25)
    assert (invoice["tax"], invoice["total"]) == (99, 1299)
    assert upcoming["total"] == 1440
    assert another["tax_percent"] == 8.25
    assert (without["tax_percent"], without["default_tax_rates"]) == (None, [])
    assert len(stripe.TaxRate.list().data) == 1


def test_an_invoice_had_a_percentage_of_its_own(older, customer):
    older("post", "/v1/invoiceitems", LONG_AGO, customer=customer.id, amount=700, currency="usd")

    made = older("post", "/v1/invoices", LONG_AGO, customer=customer.id, tax_percent=10)

    assert (made["tax"], made["total"], made["tax_percent"]) == (70, 770, 10)


@pytest.mark.parametrize("percentage", [-1, 101, 3.00001])
def test_what_is_no_percentage_of_tax_is_refused(stripe, older, customer, percentage):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        older("post", "/v1/invoices", LONG_AGO, customer=customer.id, tax_percent=percentage)

    assert refused.value.param == "tax_percent"
    assert stripe.TaxRate.list().data == []


def test_a_balance_was_an_accounts(older):
    made = older("post", "/v1/customers", "2019-05-16", account_balance=-500)

    assert (made["account_balance"], made["balance"]) == (-500, -500)


# Subscriptions


def test_the_one_plan_of_a_subscription_was_its_own(older, subscribed, team_price, dearer):
    path = f"/v1/subscriptions/{subscribed['id']}"

    counted = older("post", path, LONG_AGO, quantity=3, prorate=False)
    changed = older("post", path, LONG_AGO, plan=dearer.id, quantity=2)
    by_customer = older(
        "post",
        f"/v1/customers/{subscribed['customer']}/subscriptions/{subscribed['id']}",
        LONG_AGO,
        quantity=1,
    )

    assert (counted["plan"]["id"], counted["quantity"]) == (team_price.id, 3)
    assert (changed["plan"]["id"], changed["quantity"]) == (dearer.id, 2)
    assert by_customer["quantity"] == 1
    assert len(by_customer["items"]["data"]) == 1


def test_of_several_items_each_is_named(stripe, older, subscribed, dearer):
    stripe.SubscriptionItem.create(subscription=subscribed["id"], price=dearer.id)

    with pytest.raises(stripe.InvalidRequestError, match="has 2 items"):
        older("post", f"/v1/subscriptions/{subscribed['id']}", LONG_AGO, quantity=3)


@pytest.mark.parametrize(("waits", "status"), [(True, "active"), (False, "canceled")])
def test_a_subscription_was_canceled_when_its_period_was_over(older, subscribed, waits, status):
    path = f"/v1/subscriptions/{subscribed['id']}"

    canceled = older("delete", path, LONG_AGO, at_period_end=waits)

    assert (canceled["status"], canceled["cancel_at_period_end"]) == (status, waits)


def test_a_subscription_was_paid_by_a_source_that_it_named(stripe, older, team_price):
    customer = stripe.Customer.create()

    made = older(
        "post",
        f"/v1/customers/{customer.id}/subscriptions",
        LONG_AGO,
        plan=team_price.id,
        source="tok_visa",
    )
    older("post", f"/v1/subscriptions/{made['id']}", LONG_AGO, source="tok_mastercard")

    assert made["status"] == "active"
    cards = older("get", f"/v1/customers/{customer.id}", LONG_AGO)["sources"]["data"]
    default = stripe.Customer.retrieve(customer.id).default_source
    assert sorted(each["brand"] for each in cards) == ["MasterCard", "Visa"]
    assert default == next(each["id"] for each in cards if each["brand"] == "MasterCard")


def test_a_source_that_does_not_exist_pays_nothing(stripe, older, team_price):
    customer = stripe.Customer.create()

    with pytest.raises(stripe.InvalidRequestError, match="No such token"):
        older(
            "post",
            "/v1/subscriptions",
            LONG_AGO,
            customer=customer.id,
            plan=team_price.id,
            source="tok_none",
        )

    assert stripe.Subscription.list(customer=customer.id).data == []


def test_plans_had_names(older):
    made = older(
        "post",
        "/v1/plans",
        LONG_AGO,
        id="gold",
        name="Gold",
        statement_descriptor="GOLD",
        amount=900,
        currency="usd",
        interval="month",
    )

    assert (made["id"], made["name"], made["statement_descriptor"]) == ("gold", "Gold", "GOLD")


@pytest.mark.parametrize(("version", "status"), [(LONG_AGO, "trialing"), ("2018-05-21", "active")])
def test_a_subscription_began_with_the_trial_of_its_plan(older, customer, version, status):
    plan = older(
        "post",
        "/v1/plans",
        LONG_AGO,
        name="Gold",
        amount=900,
        currency="usd",
        interval="month",
        trial_period_days=7,
    )

    made = older("post", "/v1/subscriptions", version, customer=customer.id, plan=plan["id"])
    plain = older(
        "post", "/v1/subscriptions", version, customer=customer.id, plan=plan["id"], trial_end="now"
    )

    assert (made["status"], plain["status"]) == (status, "active")


# Invoices


def test_lines_had_another_id_besides(older, customer, subscribed):
    path = f"/v1/invoices/{subscribed['latest_invoice']}/lines"
    [line], [later] = (older("get", path, each)["data"] for each in (LONG_AGO, "2018-05-21"))

    assert (line["id"], line["unique_id"]) == (subscribed["id"], later["id"])
    assert later["unique_id"] == later["id"]


def test_invoices_had_dates_and_were_closed(older, customer):
    older("post", "/v1/invoiceitems", LONG_AGO, customer=customer.id, amount=700, currency="usd")

    made = older("post", "/v1/invoices", LONG_AGO, customer=customer.id)
    closed = older("post", f"/v1/invoices/{made['id']}", LONG_AGO, closed=True)
    paid = older("post", f"/v1/invoices/{made['id']}/pay", LONG_AGO)

    assert (made["date"], made["finalized_at"]) == (made["created"], None)
    assert (made["auto_advance"], made["closed"], made["forgiven"]) == (True, False, False)
    assert (closed["auto_advance"], closed["closed"]) == (False, True)
    assert (paid["closed"], paid["finalized_at"]) == (
        True,
        paid["status_transitions"]["finalized_at"],
    )


def test_invoices_could_be_forgiven(stripe, older, customer):
    older("post", "/v1/invoiceitems", LONG_AGO, customer=customer.id, amount=700, currency="usd")
    made = older("post", "/v1/invoices", LONG_AGO, customer=customer.id, closed=True)
    stripe.Invoice.finalize_invoice(made["id"])

    forgiven = older("post", f"/v1/invoices/{made['id']}", LONG_AGO, forgiven=True)

    assert (forgiven["forgiven"], forgiven["status"]) == (True, "uncollectible")


# Payments


@pytest.mark.parametrize("source", ["card", "tok_visa"])
def test_an_intent_was_paid_by_a_source(stripe, older, source):
    customer = stripe.Customer.create(source="tok_visa")
    source = customer.default_source if source == "card" else source
    terms = {"amount": 1000, "currency": "usd", "customer": customer.id}

    made = older("post", "/v1/payment_intents", "2019-05-16", **terms)
    paid = older("post", f"/v1/payment_intents/{made['id']}/confirm", "2019-05-16", source=source)

    assert paid["status"] == "succeeded"


def test_a_payment_saved_what_it_was_made_with(stripe, older):
    customer = stripe.Customer.create()

    paid = older(
        "post",
        "/v1/payment_intents",
        "2019-05-16",
        amount=1000,
        currency="usd",
        customer=customer.id,
        payment_method="pm_card_visa",
        save_payment_method=True,
        confirm=True,
    )

    [saved] = stripe.PaymentMethod.list(customer=customer.id).data
    assert paid["payment_method"] == saved.id


def test_3d_secure_had_two_answers(stripe, older, pay, page):
    asked = pay("pm_card_threeDSecure2Required", return_url="https://example.com")
    page(asked.next_action.redirect_to_url.url, outcome="succeeded")

    paid = stripe.PaymentIntent.retrieve(asked.id)
    charge = older("get", f"/v1/charges/{paid.latest_charge}", LONG_AGO)
    other = older("get", f"/v1/charges/{pay().latest_charge}", LONG_AGO)

    secure = charge["payment_method_details"]["card"]["three_d_secure"]
    assert (secure["authenticated"], secure["succeeded"]) == (True, True)
    assert not other["payment_method_details"]["card"]["three_d_secure"]


# Customers


def test_a_customer_had_a_number_for_vat(older):
    made = older(
        "post", "/v1/customers", LONG_AGO, tax_info={"type": "vat", "tax_id": "DE123456789"}
    )
    other = older("post", "/v1/customers", LONG_AGO)

    assert made["tax_info"].to_dict() == {"type": "vat", "tax_id": "DE123456789"}
    assert made["tax_ids"]["data"][0]["type"] == "eu_vat"
    assert other["tax_info"] is None


# Accounts


def test_an_account_had_a_legal_entity(older):
    made = older(
        "post",
        "/v1/accounts",
        LONG_AGO,
        type="custom",
        country="US",
        business_url="https://example.com",
        payout_schedule={"interval": "manual"},
        legal_entity={
            "type": "individual",
            "first_name": "Jenny",
            "last_name": "Rosen",
            "dob": {"day": 1, "month": 2, "year": 1990},
            "address": {"line1": "Main Street 1", "city": "Berkeley"},
            "ssn_last_4": "0000",
        },
    )

    changed = older(
        "post",
        f"/v1/accounts/{made['id']}",
        LONG_AGO,
        legal_entity={"last_name": "Smith"},
        support_phone="+15555550123",
    )

    entity = made["legal_entity"]
    assert (entity["type"], entity["first_name"], entity["dob"]["year"]) == (
        "individual",
        "Jenny",
        1990,
    )
    assert entity["address"]["city"] == "Berkeley"
    assert (entity["ssn_last_4_provided"], entity["personal_id_number_provided"]) == (True, False)
    assert (made["business_url"], made["payout_schedule"]["interval"]) == (
        "https://example.com",
        "manual",
    )
    assert made["individual"]["last_name"] == "Rosen"
    assert "external_account" in made["verification"]["fields_needed"]
    assert (changed["legal_entity"]["first_name"], changed["legal_entity"]["last_name"]) == (
        "Jenny",
        "Smith",
    )
    assert changed["support_phone"] == "+15555550123"


def test_a_company_was_a_legal_entity_too(older):
    made = older(
        "post",
        "/v1/accounts",
        LONG_AGO,
        type="custom",
        country="US",
        legal_entity={
            "type": "company",
            "business_name": "Rocket",
            "business_tax_id": "000000000",
            "address": {"line1": "Main Street 1"},
        },
    )

    entity = made["legal_entity"]
    assert (entity["type"], entity["business_name"]) == ("company", "Rocket")
    assert entity["business_tax_id_provided"] is True
    assert made["company"]["address"]["line1"] == "Main Street 1"
