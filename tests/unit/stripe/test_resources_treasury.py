"""Money that leaves a financial account, or comes to it: the balance is what the books come to."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.stripe.conftest import Refused

HELPERS = "/v1/test_helpers/treasury"
DAY = 86_400
BANK = "pm_usBankAccount_success"


REQUESTED = {"requested": True}
FEATURES = {
    "inbound_transfers": {"ach": REQUESTED},
    "intra_stripe_flows": REQUESTED,
    "outbound_payments": {"ach": REQUESTED},
    "outbound_transfers": {"ach": REQUESTED},
}


def opened(api, cents=1000, features=FEATURES):
    """The id of a financial account with so much in it."""
    terms = {"supported_currencies": ["usd"], "features": features}
    id = api.post("/v1/treasury/financial_accounts", **terms)["id"]
    if cents:
        credit(api, id, cents)
    return id


def credit(api, account, amount=1000, network="ach"):
    """Somebody sends money to an account."""
    terms = {"amount": amount, "currency": "usd", "network": network}
    return api.post(f"{HELPERS}/received_credits", financial_account=account, **terms)


def debit(api, account, amount=400):
    """Somebody takes money from an account."""
    terms = {"amount": amount, "currency": "usd", "network": "ach"}
    return api.post(f"{HELPERS}/received_debits", financial_account=account, **terms)


def send(api, account, amount=400, kind="outbound_payments", **terms):
    """Money is sent from an account; it is under way."""
    terms = terms or {"destination_payment_method": BANK}
    return api.post(
        f"/v1/treasury/{kind}", amount=amount, currency="usd", financial_account=account, **terms
    )


def fetch(api, account, amount=300):
    """Money is fetched to an account; it is under way."""
    return api.post(
        "/v1/treasury/inbound_transfers",
        amount=amount,
        currency="usd",
        financial_account=account,
        origin_payment_method=BANK,
    )


def balance(api, account):
    """What is there, what is on its way to it, and on its way out."""
    shown = api.get(f"/v1/treasury/financial_accounts/{account}")["balance"]
    return tuple(shown[part]["usd"] for part in ("cash", "inbound_pending", "outbound_pending"))


@pytest.fixture
def account(api):
    """The id of a financial account with 10 dollars."""
    return opened(api)


# Out


@pytest.mark.parametrize(
    ("step", "status", "expected", "transaction"),
    [
        ("post", "posted", (600, 0, 0), "posted"),
        ("fail", "failed", (1000, 0, 0), "void"),
        ("return", "returned", (1000, 0, 0), "void"),
    ],
)
def test_a_payment_arrives_or_comes_back(api, account, step, status, expected, transaction):
    payment = send(api, account)
    assert balance(api, account) == (600, 0, 400)

    ended = api.post(f"{HELPERS}/outbound_payments/{payment['id']}/{step}")

    assert (ended["status"], balance(api, account)) == (status, expected)
    path = f"/v1/treasury/transactions/{payment['transaction']}"
    assert api.get(path)["status"] == transaction


def test_a_payment_that_had_arrived_comes_back_by_another_transaction(api, account):
    payment = send(api, account)
    path = f"{HELPERS}/outbound_payments/{payment['id']}"
    api.post(f"{path}/post")

    back = api.post(f"{path}/return", returned_details={"code": "no_account"})

    details = back["returned_details"]
    assert (details["code"], balance(api, account)) == ("no_account", (1000, 0, 0))
    assert details["transaction"] != payment["transaction"]
    assert api.get(f"/v1/treasury/transactions/{details['transaction']}")["amount"] == 400


def test_a_payment_shows_the_bank_account_that_it_goes_to(api, account):
    bank = {"account_number": "000222222227", "routing_number": "110000000"}
    terms = {"type": "us_bank_account", "billing_details": {"name": "Jenny"}}
    method = api.post("/v1/payment_methods", us_bank_account=bank, **terms)["id"]

    named = send(api, account, destination_payment_method=method)
    described = send(api, account, destination_payment_method_data={**terms, "us_bank_account": bank})  # fmt: skip

    shown = [each["destination_payment_method_details"] for each in (named, described)]
    assert shown[0] == shown[1]
    assert (shown[0]["us_bank_account"]["last4"], shown[0]["billing_details"]["name"]) == ("2227", "Jenny")  # fmt: skip


def test_a_payment_under_way_can_be_canceled(api, account, refused):
    path = f"/v1/treasury/outbound_payments/{send(api, account)['id']}/cancel"

    assert api.post(path)["status"] == "canceled"
    assert balance(api, account) == (1000, 0, 0)
    assert refused(api.post, path).status == 400


@pytest.mark.parametrize("kind", ["outbound_payments", "outbound_transfers"])
@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"amount": 1001, "destination_payment_method": BANK}, "amount"),
        ({"amount": 0, "destination_payment_method": BANK}, "amount"),
        ({"amount": 100}, "destination_payment_method"),
        (
            {"amount": 100, "destination_payment_method": "pm_none"},
            "destination_payment_method",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused(api, account, refused, kind, terms, param):
    terms = {"currency": "usd", "financial_account": account, **terms}

    assert refused(api.post, f"/v1/treasury/{kind}", **terms).error["param"] == param
    assert balance(api, account) == (1000, 0, 0)


def test_a_transfer_has_a_transaction_too(api, account):
    made = send(api, account, 100, "outbound_transfers")

    [latest, _] = api.get("/v1/treasury/transactions", financial_account=account)["data"]
    assert (latest["id"], latest["amount"]) == (made["transaction"], -100)
    assert made["destination_payment_method_details"]["us_bank_account"]["last4"] == "6789"
    assert balance(api, account) == (900, 0, 100)


def test_what_is_sent_to_another_financial_account_is_received_there(api, account):
    other = opened(api, 0)
    to = {"type": "financial_account", "financial_account": other}
    payment = send(api, account, 250, destination_payment_method_data=to)

    api.post(f"{HELPERS}/outbound_payments/{payment['id']}/post")

    [received] = api.get("/v1/treasury/received_credits", financial_account=other)["data"]
    assert (balance(api, account), balance(api, other)) == ((750, 0, 0), (250, 0, 0))
    assert (received["network"], received["linked_flows"]["source_flow"]) == ("stripe", payment["id"])  # fmt: skip
    found = api.get(
        "/v1/treasury/received_credits",
        financial_account=other,
        linked_flows={"source_flow_type": "other"},
    )
    assert found["data"] == []


# In


@pytest.mark.parametrize(
    ("step", "status", "expected", "transaction"),
    [
        (f"{HELPERS}/inbound_transfers/%s/succeed", "succeeded", (1300, 0, 0), "posted"),
        (f"{HELPERS}/inbound_transfers/%s/fail", "failed", (1000, 0, 0), "void"),
        ("/v1/treasury/inbound_transfers/%s/cancel", "canceled", (1000, 0, 0), "void"),
    ],
)
def test_what_is_fetched_arrives_or_does_not(api, account, step, status, expected, transaction):
    transfer = fetch(api, account)
    assert balance(api, account) == (1000, 300, 0)

    ended = api.post(step % transfer["id"])

    assert (ended["status"], balance(api, account)) == (status, expected)
    path = f"/v1/treasury/transactions/{transfer['transaction']}"
    assert api.get(path)["status"] == transaction


def test_what_was_fetched_can_be_taken_back_once(api, account, refused):
    path = f"{HELPERS}/inbound_transfers/{fetch(api, account)['id']}"
    assert refused(api.post, f"{path}/return").status == 400
    api.post(f"{path}/succeed")

    back = api.post(f"{path}/return")

    debit = api.get(f"/v1/treasury/received_debits/{back['linked_flows']['received_debit']}")
    assert (back["returned"], back["status"]) == (True, "succeeded")
    assert (debit["amount"], debit["linked_flows"]["inbound_transfer"]) == (300, back["id"])
    assert balance(api, account) == (1000, 0, 0)
    assert refused(api.post, f"{path}/return").status == 400


def test_more_than_there_is_cannot_be_taken(api, account):
    taken, failed = debit(api, account, 600), debit(api, account, 600)

    assert (taken["status"], failed["status"]) == ("succeeded", "failed")
    assert (failed["failure_code"], failed["transaction"]) == ("insufficient_funds", None)
    assert balance(api, account) == (400, 0, 0)


# Back


def test_a_credit_is_given_back_within_a_day(own):
    account = opened(own, 0)
    received = credit(own, account)

    reversal = own.post("/v1/treasury/credit_reversals", received_credit=received["id"])
    between = balance(own, account)
    own.pass_time(DAY)

    later = own.get(f"/v1/treasury/credit_reversals/{reversal['id']}")
    assert (reversal["status"], between) == ("processing", (0, 0, 1000))
    assert (later["status"], balance(own, account)) == ("posted", (0, 0, 0))
    assert own.get("/v1/events", type="treasury.credit_reversal.posted")["data"]


def test_a_debit_is_asked_back_within_a_day(own):
    account = opened(own)
    reversal = own.post("/v1/treasury/debit_reversals", received_debit=debit(own, account)["id"])
    between = balance(own, account)
    own.pass_time(DAY)

    lists = [
        own.get("/v1/treasury/debit_reversals", financial_account=account, status=status)["data"]
        for status in ("processing", "completed")
    ]
    assert (reversal["status"], between) == ("processing", (600, 400, 0))
    assert ([len(each) for each in lists], balance(own, account)) == ([0, 1], (1000, 0, 0))
    assert own.get("/v1/events", type="treasury.debit_reversal.completed")["data"]


@pytest.mark.parametrize("network", ["ach", "us_domestic_wire"])
def test_what_cannot_be_reversed_is_refused(api, account, refused, network):
    received = credit(api, account, network=network)
    if network == "ach":
        api.post("/v1/treasury/credit_reversals", received_credit=received["id"])

    error = refused(api.post, "/v1/treasury/credit_reversals", received_credit=received["id"])

    assert (error.status, error.error["param"]) == (400, "received_credit")


def test_after_some_days_a_credit_stays(own, refused):
    received = credit(own, opened(own, 0))
    own.pass_time(4 * DAY)

    error = refused(own.post, "/v1/treasury/credit_reversals", received_credit=received["id"])

    assert "deadline_passed" in error.error["message"]


# Accounts


def test_a_feature_that_is_requested_is_active(api):
    made = api.post(
        "/v1/treasury/financial_accounts",
        supported_currencies=["usd"],
        features={"card_issuing": {"requested": True}},
    )
    path = f"/v1/treasury/financial_accounts/{made['id']}"

    features = api.post(f"{path}/features", financial_addresses={"aba": {"requested": True}})

    later = api.get(path, expand=["features"])
    [address] = later["financial_addresses"]
    assert made["active_features"] == ["card_issuing"]
    assert features["financial_addresses"]["aba"]["status"] == "active"
    assert later["active_features"] == ["card_issuing", "financial_addresses.aba"]
    assert later["features"]["card_issuing"]["requested"] is True
    assert (address["type"], len(address["aba"]["account_number_last4"])) == ("aba", 4)
    event = "treasury.financial_account.features_status_updated"
    assert len(api.get("/v1/events", type=event)["data"]) == 1


@pytest.mark.parametrize("move", [send, fetch])
def test_what_an_account_has_no_feature_for_is_refused(api, refused, move):
    account = opened(api, features={"card_issuing": REQUESTED})

    assert refused(move, api, account).error["param"] == "financial_account"

    api.post(f"/v1/treasury/financial_accounts/{account}/features", **FEATURES)
    assert move(api, account)["status"] == "processing"


@pytest.mark.parametrize(("flows", "move"), [("outbound_flows", send), ("inbound_flows", fetch)])
def test_a_platform_can_restrict_what_flows(api, account, refused, flows, move):
    path = f"/v1/treasury/financial_accounts/{account}"
    api.post(path, platform_restrictions={flows: "restricted"})

    assert refused(move, api, account).error["param"] == "financial_account"

    api.post(path, platform_restrictions={flows: "unrestricted"})
    assert move(api, account)["status"] == "processing"


def test_only_an_empty_account_is_closed(api, account, refused):
    path = f"/v1/treasury/financial_accounts/{account}"
    assert refused(api.post, f"{path}/close").status == 400
    payment = send(api, account, 1000)
    assert refused(api.post, f"{path}/close").status == 400
    api.post(f"{HELPERS}/outbound_payments/{payment['id']}/post")

    closed = api.post(f"{path}/close")

    assert (closed["status"], closed["status_details"]["closed"]["reasons"]) == ("closed", ["closed_by_platform"])  # fmt: skip
    for call in (lambda: credit(api, account), lambda: fetch(api, account)):
        assert refused(call).error["param"] == "financial_account"


# The books


def test_a_transaction_tells_what_it_is_about(api, account):
    payment = send(api, account)
    path = f"/v1/treasury/transactions/{payment['transaction']}"

    shown = api.get(path, expand=["flow_details", "entries"])

    assert shown["flow_details"]["outbound_payment"]["id"] == payment["id"]
    assert [each["type"] for each in shown["entries"]["data"]] == ["outbound_payment"]
    assert "flow_details" not in api.get(path)


def test_transactions_are_found_by_when_they_were_posted(api, account):
    payment = send(api, account)

    found = [
        api.get(
            "/v1/treasury/transactions",
            financial_account=account,
            status_transitions={"posted_at": {"gte": moment}},
        )["data"]
        for moment in (1, 4_000_000_000)
    ]

    assert [len(each) for each in found] == [1, 0]
    assert found[0][0]["id"] != payment["transaction"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["credit", "debit", "send", "transfer", "fetch", "reverse"]),
        st.integers(1, 1500),
        st.sampled_from(["post", "fail", "return", "cancel", None]),
    ),
    max_size=12,
)


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_balance_is_always_the_sum_of_its_entries_and_transactions(fresh, steps):
    api = fresh()
    account = opened(api)

    for what, amount, then in steps:
        _do(api, account, what, amount, then)

    filters = {"financial_account": account}
    for path in ("transaction_entries", "transactions"):
        sums: Counter[str] = Counter()
        for each in api.everything(f"/v1/treasury/{path}", **filters):
            for part, impact in each["balance_impact"].items():
                sums[part] += impact
        assert tuple(sums[part] for part in ("cash", "inbound_pending", "outbound_pending")) == balance(api, account)  # fmt: skip
    assert all(part >= 0 for part in balance(api, account)[1:])


def _do(api, account, what, amount, then):
    """Move money, as far as that is possible, and let it arrive or not."""
    cash = balance(api, account)[0]
    if what == "credit":
        credit(api, account, amount)
    elif what == "debit":
        debit(api, account, amount)
    elif what == "reverse" and cash >= amount:
        received = credit(api, account, amount)
        api.post("/v1/treasury/credit_reversals", received_credit=received["id"])
    elif what == "fetch":
        made = fetch(api, account, amount)["id"]
        step = {"post": "succeed", "return": "succeed"}.get(then, then)
        if step == "cancel":
            api.post(f"/v1/treasury/inbound_transfers/{made}/cancel")
        elif step:
            api.post(f"{HELPERS}/inbound_transfers/{made}/{step}")
        if then == "return" and cash >= amount:
            api.post(f"{HELPERS}/inbound_transfers/{made}/return")
    elif what in ("send", "transfer") and cash >= amount:
        kind = "outbound_payments" if what == "send" else "outbound_transfers"
        made = send(api, account, amount, kind)["id"]
        if then == "cancel":
            api.post(f"/v1/treasury/{kind}/{made}/cancel")
        elif then:
            api.post(f"{HELPERS}/{kind}/{made}/{then}")


def test_a_balance_does_not_become_more_than_can_be_counted(api):
    most = 2**63 - 1
    account = opened(api, most)
    credit(api, account, most)
    before = api.records()

    with pytest.raises(Refused) as refused:
        credit(api, account, most)

    assert (refused.value.status, refused.value.error["code"]) == (400, "amount_too_large")
    assert api.records() == before
