"""Money that leaves a financial account, or comes to it."""

import pytest

HELPERS = "/v1/test_helpers/treasury"


@pytest.fixture
def account(api):
    """The id of a financial account with 10 dollars."""
    id = api.post("/v1/treasury/financial_accounts", supported_currencies=["usd"])["id"]
    api.post(
        f"{HELPERS}/received_credits",
        amount=1000,
        currency="usd",
        financial_account=id,
        network="ach",
    )
    return id


@pytest.fixture
def balance(api, account):
    """What is there, and what is on its way out."""

    def balance():
        shown = api.get(f"/v1/treasury/financial_accounts/{account}")["balance"]
        return shown["cash"]["usd"], shown["outbound_pending"]["usd"]

    return balance


@pytest.fixture
def payment(api, account):
    """A payment of 4 dollars that is under way."""
    return api.post(
        "/v1/treasury/outbound_payments", amount=400, currency="usd", financial_account=account
    )


def test_money_that_came_is_there(balance, account):
    assert balance() == (1000, 0)


@pytest.mark.parametrize(
    ("step", "status", "expected", "transaction"),
    [
        ("post", "posted", (600, 0), "posted"),
        ("fail", "failed", (1000, 0), "void"),
        ("return", "returned", (1000, 0), "void"),
    ],
)
def test_a_payment_arrives_or_comes_back(api, balance, payment, step, status, expected, transaction):  # fmt: skip
    assert balance() == (600, 400)

    ended = api.post(f"{HELPERS}/outbound_payments/{payment['id']}/{step}")

    assert (ended["status"], balance()) == (status, expected)
    path = f"/v1/treasury/transactions/{payment['transaction']}"
    assert api.get(path)["status"] == transaction


def test_a_payment_under_way_can_be_canceled(api, balance, payment, refused):
    path = f"/v1/treasury/outbound_payments/{payment['id']}/cancel"

    assert api.post(path)["status"] == "canceled"
    assert balance() == (1000, 0)
    assert refused(api.post, path).status == 400


def test_what_is_not_there_cannot_be_sent(api, account, refused):
    terms = {"amount": 1001, "currency": "usd", "financial_account": account}

    assert refused(api.post, "/v1/treasury/outbound_transfers", **terms).error["param"] == "amount"


def test_a_transfer_has_a_transaction_too(api, account, balance):
    made = api.post(
        "/v1/treasury/outbound_transfers", amount=100, currency="usd", financial_account=account
    )

    [latest, _] = api.get("/v1/treasury/transactions", financial_account=account)["data"]
    assert (latest["id"], latest["amount"]) == (made["transaction"], -100)
    assert balance() == (900, 100)
