"""The money of v2: what comes to a financial account, and what leaves it."""

import pytest

V2 = "/v2/money_management"
DAY = 86_400
USD = {"value": 500, "currency": "usd"}


@pytest.fixture
def account(own):
    """The id of the account that there is."""
    [account] = own.get(f"{V2}/financial_accounts")["data"]
    return account["id"]


@pytest.fixture
def address(own, account):
    """The id of an address that money comes to the account by."""
    bank = {"currency": "usd"}
    made = own.post(f"{V2}/financial_addresses", financial_account=account, type="bank_account", bank_account=bank)  # fmt: skip
    assert made["status"] == "pending"
    own.emulator.settle()
    return made["id"]


@pytest.fixture
def funded(own, account, address):
    """The account with ten dollars."""
    own.post(
        f"{V2}/test_helpers/financial_addresses/{address}/credit",
        amount={"value": 1000, "currency": "usd"},
        network="ach",
    )
    return account


def balance(api, account):
    """What is there, what is on its way to it, and on its way out."""
    shown = api.get(f"{V2}/financial_accounts/{account}")["balance"]
    return tuple(shown[part]["usd"]["value"] for part in ("available", "inbound_pending", "outbound_pending"))  # fmt: skip


def books(api, account):
    """The same, of all entries together."""
    sums = dict.fromkeys(("available", "inbound_pending", "outbound_pending"), 0)
    for each in api.get(f"{V2}/transaction_entries", limit=100)["data"]:
        for part in sums:
            sums[part] += each["balance_impact"][part]["value"]
    return tuple(sums.values())


@pytest.fixture
def recipient(own):
    """The id of who is paid."""
    return own.post("/v2/core/accounts")["id"]


def bank_of(api, number):
    """The id of an account of the vault, by its number."""
    bank = {"account_number": number, "routing_number": "110000000", "currency": "usd"}
    return api.post("/v2/core/vault/us_bank_accounts", **bank)["id"]


def pay(api, account, **terms):
    """A payment of five dollars out of the account."""
    to = {"recipient": api.post("/v2/core/accounts")["id"]}
    source = {"financial_account": account, "currency": "usd"}
    return api.post(
        f"{V2}/outbound_payments",
        **{"from": source, "to": to, "amount": USD, **terms},
    )


def fetch(api, account, number):
    """A transfer of five dollars into the account, from a bank account by its number."""
    return api.post(
        f"{V2}/inbound_transfers",
        **{"from": {"payment_method": bank_of(api, number)}},
        to={"financial_account": account, "currency": "usd"},
        amount=USD,
    )


def test_money_comes_by_an_address(own, funded, address):
    [received] = own.get(f"{V2}/received_credits")["data"]
    [transaction] = own.get(f"{V2}/transactions", financial_account=funded)["data"]

    assert balance(own, funded) == books(own, funded) == (1000, 0, 0)
    assert (received["status"], received["bank_transfer"]["financial_address"]) == ("succeeded", address)  # fmt: skip
    assert (transaction["status"], transaction["flow"]["received_credit"]) == ("posted", received["id"])  # fmt: skip
    told = {
        each["type"]: each for each in own.get("/v2/core/events", object_id=received["id"])["data"]
    }
    available = told["v2.money_management.received_credit.available"]
    assert available["data"] == {"transaction_id": transaction["id"]}


def test_an_address_works_a_moment_later(own, account, address, refused):
    assert own.get(f"{V2}/financial_addresses/{address}")["status"] == "active"
    terms = {"amount": {"value": 0, "currency": "usd"}, "network": "ach"}

    error = refused(own.post, f"{V2}/test_helpers/financial_addresses/{address}/credit", **terms)

    assert error.error["code"] == "parameter_invalid_integer"
    assert balance(own, account) == (0, 0, 0)


def test_a_payment_arrives_after_a_day(own, funded):
    made = pay(own, funded)
    between = balance(own, funded)

    own.pass_time(DAY)

    later = own.get(f"{V2}/outbound_payments/{made['id']}")
    assert (made["status"], made["cancelable"], between) == ("processing", True, (500, 0, 500))
    assert (later["status"], later["cancelable"]) == ("posted", False)
    assert made["statement_descriptor"] == "STRIPE"
    assert later["status_transitions"]["posted_at"]
    assert balance(own, funded) == books(own, funded) == (500, 0, 0)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("000111111113", "payout_method_closed"),
        ("000111111116", "payout_method_does_not_exist"),
        ("000444444440", "payout_method_currency_unsupported"),
    ],
)
def test_a_payment_comes_back_from_a_test_account_that_fails(
    own, funded, recipient, number, reason
):
    made = pay(own, funded, to={"recipient": recipient, "payout_method": bank_of(own, number)})

    own.pass_time(DAY)

    later = own.get(f"{V2}/outbound_payments/{made['id']}")
    assert ("expected_arrival_date" in made, "expected_arrival_date" in later) == (True, False)
    assert later["status_details"] == {"returned": {"reason": reason}}
    assert (later["status"], set(later["status_transitions"])) == ("returned", {"returned_at"})
    assert balance(own, funded) == books(own, funded) == (1000, 0, 0)


def test_a_payment_can_be_canceled_until_it_has_arrived(own, funded, refused):
    made = [pay(own, funded)["id"] for _ in range(2)]

    canceled = own.post(f"{V2}/outbound_payments/{made[0]}/cancel")
    own.pass_time(DAY)

    assert (canceled["status"], balance(own, funded)) == ("canceled", (500, 0, 0))
    for each in made:
        assert refused(own.post, f"{V2}/outbound_payments/{each}/cancel").status == 400


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"amount": {"value": 1001, "currency": "usd"}}, "amount"),
        ({"amount": {"value": 0, "currency": "usd"}}, "amount[value]"),
        ({"amount": {"value": 1, "currency": "eur"}}, "from[currency]"),
        ({"to": {"recipient": "acct_1", "currency": "eur"}}, "to[currency]"),
        ({"to": {"recipient": "acct_none"}}, "to[recipient]"),
        (
            {"from": {"financial_account": "fa_none", "currency": "usd"}},
            "from[financial_account]",
        ),
    ],
)
def test_what_cannot_be_paid_is_refused(own, funded, refused, terms, param):
    with pytest.raises(Exception, match="400") as error:
        pay(own, funded, **terms)

    assert error.value.error["param"] == param
    assert balance(own, funded) == (1000, 0, 0)


def test_nobody_is_paid_where_there_is_nothing(own, funded, recipient, refused):
    archived = bank_of(own, "000123456789")
    own.post(f"/v2/core/vault/us_bank_accounts/{archived}/archive")
    terms = {"payout_method": "usba_none"}

    for method, type in (
        ("usba_none", "invalid_request_error"),
        (archived, "invalid_payout_method"),
    ):
        to = {"recipient": recipient, "payout_method": method}
        for make in (pay, plan):
            error = refused(make, own, funded, to=to).error
            assert (error["type"], error["param"]) == (type, "to[payout_method]")
    assert (
        refused(own.post, f"{V2}/recipient_verifications", **terms).error["param"]
        == "payout_method"
    )
    source = {
        "from": {"payment_method": "usba_none"},
        "to": {"financial_account": funded, "currency": "usd"},
    }
    error = refused(own.post, f"{V2}/inbound_transfers", amount=USD, **source).error
    assert error["param"] == "from[payment_method]"


def test_a_recipient_is_verified_for_one_payment(own, funded):
    path = f"{V2}/recipient_verifications"
    bank = bank_of(own, "000123456789")
    terms = {"payout_method": bank, "match_result": "no_match"}
    made = own.post("/v2/test_helpers/money_management/recipient_verifications", **terms)["id"]
    with pytest.raises(Exception, match="awaiting_acknowledgement"):
        pay(own, funded, recipient_verification=made)
    own.post(f"{path}/{made}/acknowledge")

    payment = pay(own, funded, recipient_verification=made)

    used = own.get(f"{path}/{made}")
    assert (used["status"], used["consumed_by"]["outbound_payment"]) == ("consumed", payment["id"])
    assert set(used["status_transitions"]) == {"acknowledged_at", "consumed_at"}
    with pytest.raises(Exception, match="consumed"):
        pay(own, funded, recipient_verification=made)


def test_what_is_fetched_arrives_after_a_day(own, funded):
    made = fetch(own, funded, "000123456789")
    between = balance(own, funded)

    own.pass_time(DAY)

    later = own.get(f"{V2}/inbound_transfers/{made['id']}")
    types = [each["type"] for each in later["transfer_history"]]
    told = own.get("/v2/core/events", object_id=made["id"])["data"]
    [transaction] = own.get(f"{V2}/transactions", flow=made["id"])["data"]
    assert between == (1000, 500, 0)
    assert [
        each["type"].removeprefix("v2.money_management.inbound_transfer.") for each in told
    ] == [
        "bank_debit_succeeded",
        "available",
        "bank_debit_processing",
        "bank_debit_queued",
    ]
    assert told[1]["data"] == {"transaction_id": transaction["id"]}
    assert types == ["bank_debit_queued", "bank_debit_processing", "bank_debit_succeeded"]
    assert balance(own, funded) == books(own, funded) == (1500, 0, 0)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("000111111113", "bank_account_closed"),
        ("000111111116", "bank_account_not_found"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "bank_debit_not_authorized"),
        ("000444444440", "bank_debit_could_not_be_processed"),
    ],
)
def test_nothing_comes_from_a_test_account_that_fails(own, funded, number, reason):
    made = fetch(own, funded, number)

    own.pass_time(DAY)

    *_, last = own.get(f"{V2}/inbound_transfers/{made['id']}")["transfer_history"]
    types = {each["type"] for each in own.get("/v2/core/events", object_id=made["id"])["data"]}
    assert last["bank_debit_failed"] == {"failure_reason": reason}
    assert "v2.money_management.inbound_transfer.bank_debit_failed" in types
    assert balance(own, funded) == books(own, funded) == (1000, 0, 0)


# Payout intents


def plan(api, account, **terms):
    """A payout intent of five dollars."""
    source = {"financial_account": account, "currency": "usd"}
    to = {"recipient": api.post("/v2/core/accounts")["id"]}
    return api.post(f"{V2}/payout_intents", **{"from": source, "to": to, "amount": USD, **terms})


def test_a_planned_payment_is_made_at_once_and_arrives(own, funded):
    made = plan(own, funded, description="Rent")
    between = balance(own, funded)

    own.pass_time(DAY)

    payment = own.get(f"{V2}/outbound_payments/{made['latest_payout']['outbound_payment']}")
    later = own.get(f"{V2}/payout_intents/{made['id']}")
    told = [each["type"] for each in own.get("/v2/core/events", object_id=made["id"])["data"]]
    assert [each["status"] for each in (made, later)] == ["processing", "posted"]
    assert (between, balance(own, funded)) == ((500, 0, 500), (500, 0, 0))
    transaction = own.get(f"{V2}/transactions")["data"][0]
    assert (payment["payout_intent"], payment["description"]) == (made["id"], "Rent")
    assert transaction["description"] == "Rent"
    assert {"processing_at", "posted_at"} == set(later["status_transitions"])
    assert [each.rpartition(".")[2] for each in told if not each.endswith("updated")] == [
        "posted",
        "processing",
        "created",
    ]


def test_a_plan_can_wait_for_its_confirmation(own, funded, refused):
    made = plan(own, funded, confirmation_method="manual")
    path = f"{V2}/payout_intents/{made['id']}"
    own.pass_time(DAY)
    assert balance(own, funded) == (1000, 0, 0)

    confirmed = own.post(f"{path}/confirm")

    assert made["next_action"]["confirm"]["reason"] == "manually_requested"
    assert ("next_action" in confirmed, own.get(path)["status"]) == (False, "processing")
    error = refused(own.post, f"{path}/confirm").error
    assert error["code"] == "payout_intent_not_confirmable"


def test_a_plan_waits_for_its_day_and_can_be_canceled(own, funded, refused):
    day = {"execute_on": "2090-01-01"}
    made = plan(own, funded, schedule_options=day)
    own.pass_time(DAY)

    canceled = own.post(f"{V2}/payout_intents/{made['id']}/cancel")

    assert (canceled["status"], balance(own, funded)) == ("canceled", (1000, 0, 0))
    error = refused(own.post, f"{V2}/payout_intents/{made['id']}", description="late")
    assert error.status == 400
    with pytest.raises(Exception, match="400"):
        plan(own, funded, schedule_options={"execute_on": "tomorrow"})


def test_a_plan_that_cannot_be_paid_asks_for_help(own, account):
    made = plan(own, account)

    failed = own.get(f"{V2}/payout_intents/{made['id']}")

    assert failed["status"] == "requires_action"
    assert failed["next_action"]["handle_failure"]["failure_reason"] == "insufficient_funds"


def test_a_plan_that_has_failed_is_tried_again_when_it_is_confirmed(own, account, address):
    made = plan(own, account)["id"]
    credit = {"amount": {"value": 1000, "currency": "usd"}, "network": "ach"}
    own.post(f"{V2}/test_helpers/financial_addresses/{address}/credit", **credit)

    own.post(f"{V2}/payout_intents/{made}/confirm")

    assert own.get(f"{V2}/payout_intents/{made}")["status"] == "processing"
    assert balance(own, account) == (500, 0, 500)


def test_a_plan_whose_payment_comes_back_can_be_paid_to_another_account(own, funded, recipient):
    path = f"{V2}/payout_intents"
    closed, right = bank_of(own, "000111111113"), bank_of(own, "000123456789")
    made = plan(own, funded, to={"recipient": recipient, "payout_method": closed})["id"]
    own.pass_time(DAY)
    failed = own.get(f"{path}/{made}")

    own.post(f"{path}/{made}", to={"recipient": recipient, "payout_method": right})
    own.post(f"{path}/{made}/confirm")
    own.pass_time(DAY)

    assert failed["status"] == "requires_action"
    assert failed["next_action"]["handle_failure"]["failure_reason"] == "payout_method_closed"
    assert own.get(f"{path}/{made}")["status"] == "posted"
    assert balance(own, funded) == (500, 0, 0)


def test_a_plan_is_canceled_until_its_payment_has_arrived(own, funded, refused):
    paths = [f"{V2}/payout_intents/{plan(own, funded)['id']}" for _ in range(2)]

    canceled = own.post(f"{paths[0]}/cancel")
    own.pass_time(DAY)

    payment = own.get(f"{V2}/outbound_payments/{canceled['latest_payout']['outbound_payment']}")
    error = refused(own.post, f"{paths[1]}/cancel").error
    assert (canceled["status"], payment["status"]) == ("canceled", "canceled")
    assert balance(own, funded) == books(own, funded) == (500, 0, 0)
    assert (error["type"], error["code"]) == ("not_cancelable", "payout_intent_not_cancelable")


def test_a_payment_that_is_canceled_ends_its_plan(own, funded):
    made = plan(own, funded)["id"]
    payment = own.get(f"{V2}/payout_intents/{made}")["latest_payout"]["outbound_payment"]

    own.post(f"{V2}/outbound_payments/{payment}/cancel")

    assert own.get(f"{V2}/payout_intents/{made}")["status"] == "canceled"


def test_nothing_is_converted_so_there_is_no_quote_to_refresh(own, funded, refused):
    made = plan(own, funded, confirmation_method="manual")

    refusal = refused(own.post, f"{V2}/payout_intents/{made['id']}/refresh_fx_quote")

    assert "fx_quote" not in made
    assert (refusal.status, "no FX quote" in refusal.error["message"]) == (400, True)


def test_a_bank_in_britain_is_asked_whose_an_account_is(own, funded, recipient, refused):
    numbers = {"account_number": "00012345", "sort_code": "108800", "currency": "gbp"}
    british = own.post("/v2/core/vault/gb_bank_accounts", **numbers)["id"]
    gbp = {
        "amount": {"value": 500, "currency": "gbp"},
        "from": {"financial_account": funded, "currency": "gbp"},
        "to": {"recipient": recipient, "payout_method": british},
    }
    asked = plan(own, funded, confirmation_method="manual", **gbp)
    not_asked = plan(own, funded, confirmation_method="manual")

    again = own.post(f"{V2}/payout_intents/{asked['id']}/refresh_recipient_verification")

    assert asked["recipient_verification"]["match_result"] == "match"
    assert again["recipient_verification"] == asked["recipient_verification"]
    assert "recipient_verification" not in not_asked
    path = f"{V2}/payout_intents/{not_asked['id']}/refresh_recipient_verification"
    assert refused(own.post, path).status == 400


# Bank accounts


def test_it_is_told_what_describes_a_bank_account(own, refused):
    path = f"{V2}/payout_methods_bank_account_spec"

    spec = own.get(path, countries=["US"])

    names = [each["stripe_name"] for each in spec["countries"]["US"]["fields"]]
    assert names == ["account_number", "routing_number"]
    assert own.get(path) == spec
    assert refused(own.get, path, countries=["US", "GB"]).error["param"] == "countries[1]"
