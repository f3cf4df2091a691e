"""Bank accounts that a person connects, and what is refreshed of them."""

import pytest

SESSIONS = "/v1/financial_connections/sessions"
ACCOUNTS = "/v1/financial_connections/accounts"
ALL = ["balances", "ownership", "payment_method", "transactions"]


@pytest.fixture
def customer(api):
    """A customer's id."""
    return api.post("/v1/customers")["id"]


@pytest.fixture
def connect(api, customer):
    """Connects a bank account of the customer."""

    def connect(permissions=ALL, **terms):
        holder = {"type": "customer", "customer": customer}
        session = api.post(SESSIONS, account_holder=holder, permissions=permissions, **terms)
        answer = api.send("POST", f"/_emulator/financial_connections/sessions/{session['id']}/connect")  # fmt: skip
        assert answer.status == 200
        api.emulator.settle()
        [account] = api.get(f"{SESSIONS}/{session['id']}")["accounts"]["data"]
        return session, account

    return connect


def test_an_account_is_connected_in_a_session(api, connect, customer):
    session, account = connect()
    connect()

    found = api.get(ACCOUNTS, session=session["id"])["data"]
    assert [each["id"] for each in found] == [account["id"]]
    assert (account["status"], account["institution_name"], account["permissions"]) == ("active", "StripeBank", ALL)  # fmt: skip
    assert account["account_holder"] == {"customer": customer, "type": "customer"}
    assert session["accounts"]["data"] == []
    assert len(api.get(ACCOUNTS, account_holder={"customer": customer})["data"]) == 2
    assert api.get("/v1/events", type="financial_connections.account.created")["data"]


def test_what_is_prefetched_is_there(api, connect):
    _, account = connect(prefetch=["balances", "ownership"])

    assert account["balance"]["current"] == {"usd": 100_000}
    assert (account["balance_refresh"]["status"], account["transaction_refresh"]) == ("succeeded", None)  # fmt: skip
    owners = api.get(f"{ACCOUNTS}/{account['id']}/owners", ownership=account["ownership"])["data"]
    assert [each["name"] for each in owners] == ["Jenny Rosen"]


@pytest.mark.parametrize(
    ("feature", "field", "event"),
    [
        ("balance", "balance_refresh", "refreshed_balance"),
        ("ownership", "ownership_refresh", "refreshed_ownership"),
        ("transactions", "transaction_refresh", "refreshed_transactions"),
    ],
)
def test_a_refresh_is_answered_a_moment_later(api, connect, feature, field, event):
    _, account = connect()

    asked = api.post(f"{ACCOUNTS}/{account['id']}/refresh", features=[feature])
    api.emulator.settle()

    later = api.get(f"{ACCOUNTS}/{account['id']}")
    assert (asked[field]["status"], later[field]["status"]) == ("pending", "succeeded")
    assert len(api.get("/v1/events", type=f"financial_connections.account.{event}")["data"]) == 1


def test_transactions_come_with_each_refresh(api, connect):
    _, account = connect()
    path = f"{ACCOUNTS}/{account['id']}"
    api.post(f"{path}/subscribe", features=["transactions"])
    api.emulator.settle()
    first = api.get(path)
    api.post(f"{path}/refresh", features=["transactions"])
    api.emulator.settle()

    def found(**filters):
        return api.get("/v1/financial_connections/transactions", account=account["id"], **filters)["data"]  # fmt: skip

    after = first["transaction_refresh"]["id"]
    assert first["subscriptions"] == ["transactions"]
    assert (len(found()), len(found(transaction_refresh={"after": after}))) == (4, 2)
    assert api.post(f"{path}/unsubscribe", features=["transactions"])["subscriptions"] == []


def test_what_is_not_permitted_is_not_refreshed(api, connect, refused):
    _, account = connect(permissions=["payment_method"])

    error = refused(api.post, f"{ACCOUNTS}/{account['id']}/refresh", features=["balance"])

    assert error.error["param"] == "features"


def test_a_disconnected_account_is_not_refreshed(api, connect, refused):
    _, account = connect()
    path = f"{ACCOUNTS}/{account['id']}"

    assert api.post(f"{path}/disconnect")["status"] == "disconnected"
    error = refused(api.post, f"{path}/refresh", features=["balance"])
    assert error.error["code"] == "financial_connections_account_inactive"


def test_a_session_is_somebodys(api, refused):
    error = refused(
        api.post, SESSIONS, account_holder={"type": "customer"}, permissions=["balances"]
    )

    assert error.error["param"] == "account_holder[customer]"


def test_a_connected_account_is_a_payment_method(api, connect, refused):
    _, account = connect()
    _, unpayable = connect(permissions=["balances"])
    params = {"type": "us_bank_account", "billing_details": {"name": "Jenny"}}

    def method(account):
        bank = {"financial_connections_account": account["id"]}
        return api.post("/v1/payment_methods", us_bank_account=bank, **params)

    shown = method(account)["us_bank_account"]
    assert (shown["last4"], shown["bank_name"]) == ("6789", "StripeBank")
    assert shown["financial_connections_account"] == account["id"]
    param = "us_bank_account[financial_connections_account]"
    assert refused(method, unpayable).error["param"] == param
    api.post(f"{ACCOUNTS}/{account['id']}/disconnect")
    assert refused(method, account).error["code"] == "financial_connections_account_inactive"


@pytest.mark.parametrize(
    ("bank", "param"),
    [
        ({"routing_number": "110000000"}, "us_bank_account[account_number]"),
        ({"account_number": "000123456789"}, "us_bank_account[routing_number]"),
        (
            {"account_number": "000123456789", "routing_number": "11"},
            "us_bank_account[routing_number]",
        ),
    ],
)
def test_a_bank_account_is_described_by_its_numbers(api, refused, bank, param):
    right = {"account_number": "000123456789", "routing_number": "110000000"}
    path, type = "/v1/payment_methods", "us_bank_account"

    made = api.post(path, type=type, us_bank_account=right, billing_details={"name": "Ada"})

    assert (made["us_bank_account"]["last4"], made["us_bank_account"]["account_type"]) == ("6789", "checking")  # fmt: skip
    assert refused(api.post, path, type=type, us_bank_account=bank).error["param"] == param
