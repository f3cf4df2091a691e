"""What customers have with the account: credit and cash."""

import pytest


@pytest.fixture
def customer(api):
    """A customer's path."""
    return f"/v1/customers/{api.post('/v1/customers')['id']}"


def test_a_balance_is_the_sum_of_its_transactions(api, customer):
    api.post(f"{customer}/balance_transactions", amount=-500, currency="usd")
    second = api.post(f"{customer}/balance_transactions", amount=200, currency="usd")

    assert (second["type"], second["ending_balance"]) == ("adjustment", -300)
    assert api.get(customer)["balance"] == -300
    assert len(api.get(f"{customer}/balance_transactions")["data"]) == 2


def test_there_is_a_balance_in_each_currency(api, customer):
    """https://docs.stripe.com/invoicing/multi-currency-customers"""
    api.post(f"{customer}/balance_transactions", amount=-500, currency="usd")

    euros = api.post(f"{customer}/balance_transactions", amount=-700, currency="eur")

    assert euros["ending_balance"] == -700
    shown = api.get(customer, expand=["invoice_credit_balance"])
    assert (shown["balance"], shown["currency"]) == (-500, "usd")
    assert shown["invoice_credit_balance"] == {"eur": -700, "usd": -500}
    assert "invoice_credit_balance" not in api.get(customer)


def test_an_invoice_uses_the_balance_in_its_currency(api, customer):
    id = customer.rpartition("/")[2]
    for amount, currency in ((-500, "usd"), (-700, "cad")):
        api.post(f"{customer}/balance_transactions", amount=amount, currency=currency)
    terms = {"customer": id, "currency": "cad"}
    invoice = api.post("/v1/invoices", **terms, auto_advance=False)["id"]
    api.post("/v1/invoiceitems", **terms, invoice=invoice, amount=2000)

    open = api.post(f"/v1/invoices/{invoice}/finalize")

    assert (open["starting_balance"], open["amount_due"]) == (-700, 1300)
    api.post("/v1/credit_notes", invoice=invoice, amount=1500, credit_amount=200)
    shown = api.get(customer, expand=["invoice_credit_balance"])
    assert shown["invoice_credit_balance"] == {"cad": -200, "usd": -500}


def test_an_adjustment_is_not_another_customers(api, customer, refused):
    made = api.post(f"{customer}/balance_transactions", amount=-500, currency="usd")["id"]
    other = api.post("/v1/customers")["id"]

    error = refused(api.get, f"/v1/customers/{other}/balance_transactions/{made}")

    assert error.status == 404


def test_cash_arrives(api, customer):
    api.post(f"/v1/test_helpers{customer[3:]}/fund_cash_balance", amount=700, currency="eur")
    funded = api.post(
        f"/v1/test_helpers{customer[3:]}/fund_cash_balance", amount=300, currency="eur"
    )

    assert (funded["type"], funded["ending_balance"]) == ("funded", 1000)
    assert api.get(f"{customer}/cash_balance")["available"] == {"eur": 1000}
    assert len(api.get(f"{customer}/cash_balance_transactions")["data"]) == 2


def test_a_customer_who_never_paid_in_has_no_cash(api, customer):
    assert api.get(f"{customer}/cash_balance")["available"] is None


def test_how_cash_is_used_can_be_chosen(api, customer):
    settings = {"reconciliation_mode": "manual"}

    changed = api.post(f"{customer}/cash_balance", settings=settings)

    assert changed["settings"] == {"reconciliation_mode": "manual", "using_merchant_default": False}
    assert api.get(f"{customer}/cash_balance") == changed


def test_cash_needs_a_customer(api, refused):
    error = refused(
        api.post, "/v1/test_helpers/customers/cus_none/fund_cash_balance", amount=1, currency="eur"
    )

    assert error.status == 404


def test_a_balance_that_is_set_is_a_transaction(api):
    customer = api.post("/v1/customers", balance=-1500)

    path = f"/v1/customers/{customer['id']}"
    assert (customer["balance"], customer["currency"]) == (-1500, "usd")
    assert api.post(path, balance=-1000)["balance"] == -1000
    api.post(path, name="Ana")
    moves = api.get(f"{path}/balance_transactions")["data"]
    assert [(each["type"], each["amount"], each["ending_balance"]) for each in moves] == [
        ("adjustment", 500, -1000),
        ("initial", -1500, -1500),
    ]
