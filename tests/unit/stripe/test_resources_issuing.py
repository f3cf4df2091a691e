"""Issued cards, what is paid with them, and whose money that is."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localstack_stripe.contract.loader import Enum, Structure, load_contract
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.payments.merchants import category_codes
from localstack_stripe.payments.spending_controls import Purchase, allows, interval_start

ADDRESS = {"line1": "1 Main St", "city": "Reno", "country": "US", "postal_code": "89501"}
JENNY = {
    "name": "Jenny Rosen",
    "billing": {"address": ADDRESS},
    "individual": {"first_name": "Jenny", "last_name": "Rosen"},
}
HELPERS = "/v1/test_helpers/issuing"
AUTHORIZATIONS = f"{HELPERS}/authorizations"


@pytest.fixture
def holder(api):
    """A cardholder's id."""
    return api.post("/v1/issuing/cardholders", **JENNY)["id"]


def issued(api, holder, **terms):
    """The id of an active card that may spend whatever it likes."""
    terms = {"status": "active", "type": "virtual", "currency": "usd", **terms}
    controls = {"spending_limits": []} | terms.pop("spending_controls", {})
    return api.post("/v1/issuing/cards", cardholder=holder, spending_controls=controls, **terms)[
        "id"
    ]


@pytest.fixture
def card(api, holder):
    """The id of such a card."""
    return issued(api, holder)


@pytest.fixture
def authorized(api, card):
    """An authorization of 10 dollars."""
    return api.post(AUTHORIZATIONS, card=card, amount=1000)


def balance(api):
    """What is in the Issuing balance; nothing was added to it."""
    [funds] = api.get("/v1/balance")["issuing"]["available"]
    return funds["amount"]


def moved(api, *types):
    """What the balance transactions of these types come to."""
    found = api.everything("/v1/balance_transactions")
    return sum(each["amount"] for each in found if each["type"] in types)


# Cards


def test_a_person_needs_names_before_a_card_is_active(api, refused):
    nameless = {name: value for name, value in JENNY.items() if name != "individual"}
    holder = api.post("/v1/issuing/cardholders", **nameless)
    path = f"/v1/issuing/cardholders/{holder['id']}"
    terms = {"cardholder": holder["id"], "currency": "usd", "type": "virtual"}
    card = api.post("/v1/issuing/cards", **terms)["id"]

    early = refused(api.post, "/v1/issuing/cards", status="active", **terms)
    update = refused(api.post, f"/v1/issuing/cards/{card}", status="active")
    wrong = refused(api.post, path, individual={"first_name": "R2D2"})
    named = api.post(path, individual=JENNY["individual"])

    assert holder["requirements"] == {
        "disabled_reason": "requirements.past_due",
        "past_due": ["individual.first_name", "individual.last_name"],
    }
    assert "individual.first_name, individual.last_name" in early.error["message"]
    assert (update.status, wrong.error["param"]) == (400, "individual[first_name]")
    assert named["requirements"] == {"disabled_reason": None, "past_due": []}
    assert api.post(f"/v1/issuing/cards/{card}", status="active")["status"] == "active"


def test_a_company_needs_no_names(api):
    terms = {"name": "Rocket Rides", "billing": {"address": ADDRESS}, "type": "company"}
    holder = api.post("/v1/issuing/cardholders", company={"tax_id": "123456789"}, **terms)

    assert (holder["company"], holder["requirements"]["past_due"]) == (
        {"tax_id_provided": True},
        [],
    )
    assert issued(api, holder["id"])


def test_a_card_is_somebodys_and_has_a_number(api, holder, refused):
    card = api.post("/v1/issuing/cards", cardholder=holder, currency="usd", type="virtual")

    assert card["cardholder"]["id"] == holder
    assert (len(card["last4"]), card["brand"], card["status"]) == (4, "Visa", "inactive")
    error = refused(api.post, "/v1/issuing/cards", currency="usd", type="virtual")
    assert error.error["param"] == "cardholder"


def test_a_cards_number_is_only_shown_to_who_asks_for_it(api, card):
    path = f"/v1/issuing/cards/{card}"

    shown = api.get(path, expand=["number", "cvc"])

    assert (shown["number"][-4:], len(shown["cvc"])) == (shown["last4"], 3)
    digits = [int(each) for each in reversed(shown["number"])]
    doubled = sum(sum(divmod(2 * each, 10)) for each in digits[1::2])
    assert (sum(digits[::2]) + doubled) % 10 == 0
    assert {"number", "cvc"}.isdisjoint(api.get(path))
    [event] = api.get("/v1/events", type="issuing_card.created")["data"]
    assert {"number", "cvc"}.isdisjoint(event["data"]["object"])


def test_a_physical_card_is_shipped_step_by_step(api, holder, refused):
    shipping = {"address": ADDRESS, "name": "Jenny"}
    card = api.post(
        "/v1/issuing/cards", cardholder=holder, currency="usd", type="physical", shipping=shipping
    )
    path = f"{HELPERS}/cards/{card['id']}/shipping"

    assert refused(api.post, f"{path}/deliver").status == 400
    seen = [api.post(f"{path}/{each}")["shipping"]["status"] for each in ("submit", "ship", "deliver")]  # fmt: skip

    assert seen == ["submitted", "shipped", "delivered"]


def test_a_canceled_card_stays_canceled(api, card, refused):
    path = f"/v1/issuing/cards/{card}"
    assert refused(api.post, path, cancellation_reason="lost").status == 400

    canceled = api.post(path, status="canceled", cancellation_reason="lost")

    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "lost")
    assert refused(api.post, path, status="active").error["param"] == "status"


def test_a_card_takes_anothers_place_once(api, holder, card, refused):
    terms = {"cardholder": holder, "currency": "usd", "type": "virtual", "replacement_for": card}
    assert refused(api.post, "/v1/issuing/cards", **terms).error["param"] == "replacement_reason"

    new = api.post("/v1/issuing/cards", replacement_reason="damaged", **terms)

    assert api.get(f"/v1/issuing/cards/{card}")["replaced_by"] == new["id"]
    again = refused(api.post, "/v1/issuing/cards", replacement_reason="damaged", **terms)
    assert again.error["param"] == "replacement_for"


def test_a_card_may_be_canceled_by_so_many_payments(api, holder):
    card = issued(api, holder, lifecycle_controls={"cancel_after": {"payment_count": 2}})
    path = f"/v1/issuing/cards/{card}"

    seen = []
    for _ in range(3):
        made = api.post(AUTHORIZATIONS, card=card, amount=100)
        seen.append((made["approved"], api.get(path)["status"]))

    assert seen == [(True, "active"), (True, "canceled"), (False, "canceled")]


@pytest.mark.parametrize(
    ("path", "params", "param"),
    [
        ("/v1/subscription_schedules", {}, "customer"),
        ("/v1/issuing/disputes", {}, "transaction"),
        ("/v1/customer_sessions", {"components": {"buy_button": {"enabled": True}}}, "customer"),
    ],
)
def test_an_owner_has_to_be_named(api, refused, path, params, param):
    error = refused(api.post, path, **params)

    assert (error.status, error.error["param"]) == (400, param)


# Authorizations


def test_an_authorization_holds_money_until_it_is_captured(api, authorized, card):
    assert (authorized["approved"], authorized["status"], balance(api)) == (True, "pending", -1000)
    assert authorized["request_history"][0]["reason"] == "card_active"
    assert authorized["merchant_data"]["category_code"] == "4121"

    captured = api.post(f"{AUTHORIZATIONS}/{authorized['id']}/capture")

    [transaction] = captured["transactions"]
    assert (captured["status"], transaction["amount"], transaction["type"]) == ("closed", -1000, "capture")  # fmt: skip
    assert (transaction["card"], transaction["authorization"]) == (card, authorized["id"])
    assert balance(api) == -1000
    assert moved(api, "issuing_authorization_hold", "issuing_authorization_release") == 0
    assert moved(api, "issuing_transaction") == -1000


def test_an_authorization_is_captured_in_parts(api, authorized):
    path = f"{AUTHORIZATIONS}/{authorized['id']}"

    part = api.post(f"{path}/capture", capture_amount=300, close_authorization=False)
    rest = api.post(f"{path}/capture")

    assert (part["status"], rest["status"]) == ("pending", "closed")
    assert [each["amount"] for each in rest["transactions"]] == [-300, -700]
    assert balance(api) == -1000


def test_nothing_is_captured_where_nothing_is_left(api, authorized, refused):
    path = f"{AUTHORIZATIONS}/{authorized['id']}/capture"
    api.post(path, capture_amount=1000, close_authorization=False)

    assert refused(api.post, path).error["param"] == "capture_amount"
    assert balance(api) == -1000


@pytest.mark.parametrize(
    ("steps", "status", "amount", "spent"),
    [
        ([("reverse", {})], "reversed", 0, 0),
        ([("reverse", {"reverse_amount": 400})], "pending", 600, -600),
        ([("expire", {})], "expired", 1000, 0),
        ([("increment", {"increment_amount": 500})], "pending", 1500, -1500),
        ([("finalize_amount", {"final_amount": 800})], "pending", 800, -800),
        ([("capture", {"capture_amount": 1200})], "closed", 1000, -1200),
        ([("increment", {"increment_amount": 500}), ("reverse", {})], "reversed", 0, 0),
    ],
)
def test_an_authorization_changes_and_what_is_held_with_it(api, authorized, steps, status, amount, spent):  # fmt: skip
    for step, params in steps:
        changed = api.post(f"{AUTHORIZATIONS}/{authorized['id']}/{step}", **params)

    assert (changed["status"], changed["amount"], balance(api)) == (status, amount, spent)


@pytest.mark.parametrize("step", ["expire", "increment", "reverse", "finalize_amount"])
def test_what_is_over_does_not_change(api, authorized, refused, step):
    path = f"{AUTHORIZATIONS}/{authorized['id']}"
    api.post(f"{path}/expire")
    needed = {"increment": "increment_amount", "finalize_amount": "final_amount"}
    params = {needed[step]: 100} if step in needed else {}

    assert refused(api.post, f"{path}/{step}", **params).status == 400
    assert balance(api) == 0


def test_more_than_is_held_is_not_reversed(api, authorized, refused):
    error = refused(api.post, f"{AUTHORIZATIONS}/{authorized['id']}/reverse", reverse_amount=1001)

    assert error.error["param"] == "reverse_amount"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({}, "amount"),
        ({"amount": -1}, "amount"),
        ({"amount": 1, "merchant_amount": -1}, "merchant_amount"),
    ],
)
def test_an_amount_has_to_be_named(api, card, refused, params, param):
    assert refused(api.post, AUTHORIZATIONS, card=card, **params).error["param"] == param


def test_nothing_is_converted(api, card, refused):
    for params, param in (
        ({"amount": 100, "currency": "eur"}, "currency"),
        ({"merchant_amount": 100, "merchant_currency": "eur"}, "merchant_currency"),
    ):
        assert refused(api.post, AUTHORIZATIONS, card=card, **params).error["param"] == param
    both = {"amount": 110, "merchant_amount": 100, "merchant_currency": "eur"}

    made = api.post(AUTHORIZATIONS, card=card, **both)

    assert (made["amount"], made["merchant_amount"], made["merchant_currency"]) == (110, 100, "eur")


@pytest.fixture
def abroad(api, card):
    """The path of an authorization of 110 dollar cents, which are 100 in euros."""
    terms = {"amount": 110, "merchant_amount": 100, "merchant_currency": "eur"}
    return f"{AUTHORIZATIONS}/{api.post(AUTHORIZATIONS, card=card, **terms)['id']}"


@pytest.mark.parametrize(
    ("step", "params", "amounts"),
    [
        ("increment", {"increment_amount": 55}, (165, 150)),
        ("finalize_amount", {"final_amount": 55}, (55, 50)),
        ("reverse", {"reverse_amount": 54}, (56, 51)),
        ("reverse", {}, (0, 0)),
    ],
)
def test_what_is_abroad_changes_at_its_own_rate(api, abroad, step, params, amounts):
    changed = api.post(f"{abroad}/{step}", **params)

    assert (changed["amount"], changed["merchant_amount"]) == amounts
    assert balance(api) == -amounts[0]


def test_what_is_abroad_is_captured_and_given_back_at_its_own_rate(api, abroad):
    [bought] = api.post(f"{abroad}/capture", capture_amount=55)["transactions"]

    back = api.post(f"{HELPERS}/transactions/{bought['id']}/refund", refund_amount=11)

    shown = [(each["amount"], each["merchant_amount"], each["merchant_currency"]) for each in (bought, back)]  # fmt: skip
    assert shown == [(-55, -50, "eur"), (11, 10, "eur")]
    assert balance(api) == -44


def test_what_is_nothing_abroad_has_no_rate(api, card, refused):
    terms = {"amount": 0, "merchant_amount": 0, "merchant_currency": "eur"}
    path = f"{AUTHORIZATIONS}/{api.post(AUTHORIZATIONS, card=card, **terms)['id']}"

    error = refused(api.post, f"{path}/increment", increment_amount=50)

    assert error.error["param"] == "increment_amount"


def test_what_is_captured_already_is_not_held_by_a_final_amount(api, authorized):
    path = f"{AUTHORIZATIONS}/{authorized['id']}"
    api.post(f"{path}/capture", capture_amount=800, close_authorization=False)

    api.post(f"{path}/finalize_amount", final_amount=700)

    assert balance(api) == -800


def test_nothing_is_reversed_twice(api, authorized, refused):
    path = f"{AUTHORIZATIONS}/{authorized['id']}"
    api.post(f"{path}/capture", close_authorization=False)

    assert refused(api.post, f"{path}/reverse").error["param"] == "reverse_amount"


def test_there_is_no_fraud_challenge_to_answer(api, authorized, refused):
    path = f"{AUTHORIZATIONS}/{authorized['id']}/fraud_challenges/respond"

    assert refused(api.post, path, confirmed=True).status == 400


# Declined


@pytest.mark.parametrize(
    ("of_card", "of_holder", "reason"),
    [
        ({"status": "inactive"}, {}, "card_inactive"),
        ({"status": "canceled"}, {}, "card_canceled"),
        ({}, {"status": "inactive"}, "cardholder_inactive"),
    ],
)
def test_who_is_not_active_cannot_pay(api, holder, card, of_card, of_holder, reason):
    api.post(f"/v1/issuing/cards/{card}", **of_card)
    api.post(f"/v1/issuing/cardholders/{holder}", **of_holder)

    made = api.post(AUTHORIZATIONS, card=card, amount=100)

    assert (made["approved"], made["status"], made["amount"]) == (False, "closed", 100)
    assert made["request_history"][0]["reason"] == reason
    assert made["balance_transactions"] == []


def test_a_new_card_has_a_limit_a_day(api, holder):
    card = api.post(
        "/v1/issuing/cards", cardholder=holder, currency="usd", type="virtual", status="active"
    )

    approved = [
        api.post(AUTHORIZATIONS, card=card["id"], amount=amount)["approved"]
        for amount in (30_000, 20_001, 20_000, 1)
    ]

    controls = card["spending_controls"]
    assert controls["spending_limits"] == [
        {"amount": 50_000, "categories": [], "interval": "daily"}
    ]
    assert controls["spending_limits_currency"] == "usd"
    assert approved == [True, False, True, False]


def test_what_is_given_back_can_be_spent_again(api, holder):
    limit = {"amount": 1000, "interval": "monthly"}
    card = issued(api, holder, spending_controls={"spending_limits": [limit]})
    first = api.post(AUTHORIZATIONS, card=card, amount=1000)
    [transaction] = api.post(f"{AUTHORIZATIONS}/{first['id']}/capture")["transactions"]
    assert not api.post(AUTHORIZATIONS, card=card, amount=400)["approved"]

    api.post(f"{HELPERS}/transactions/{transaction['id']}/refund", refund_amount=400)

    assert api.post(AUTHORIZATIONS, card=card, amount=400)["approved"]


def test_the_cardholders_limit_is_for_all_the_cards(api, holder):
    limits = [{"amount": 1000, "interval": "all_time", "categories": ["bakeries"]}]
    api.post(f"/v1/issuing/cardholders/{holder}", spending_controls={"spending_limits": limits})
    cards = [issued(api, holder) for _ in range(2)]

    def approved(card, category):
        merchant = {"category": category}
        return api.post(AUTHORIZATIONS, card=card, amount=600, merchant_data=merchant)["approved"]

    assert [approved(card, "bakeries") for card in cards] == [True, False]
    assert approved(cards[1], "book_stores")


def test_an_increment_that_is_declined_changes_nothing_else(api, holder):
    limit = {"amount": 1200, "interval": "per_authorization"}
    card = issued(api, holder, spending_controls={"spending_limits": [limit]})
    made = api.post(AUTHORIZATIONS, card=card, amount=1000)

    changed = api.post(f"{AUTHORIZATIONS}/{made['id']}/increment", increment_amount=300)

    history = [(each["approved"], each["amount"]) for each in changed["request_history"]]
    assert (changed["status"], changed["approved"], changed["amount"]) == ("pending", True, 1000)
    assert (history, balance(api)) == ([(False, 300), (True, 1000)], -1000)


# Asked in real time


@pytest.fixture
def listening(api):
    """The account decides about authorizations itself."""
    url = "https://example.com/"
    api.post("/v1/webhook_endpoints", url=url, enabled_events=["issuing_authorization.request"])


@pytest.mark.parametrize(
    ("answer", "approved", "status", "held"),
    [("approve", True, "pending", -1000), ("decline", False, "closed", 0)],
)
def test_who_listens_decides(api, card, listening, refused, answer, approved, status, held):
    asked = api.post(AUTHORIZATIONS, card=card, amount=1000)

    path = f"/v1/issuing/authorizations/{asked['id']}/{answer}"
    decided = api.post(path, metadata={"by": "me"})

    assert (asked["approved"], asked["amount"], asked["pending_request"]["amount"]) == (False, 0, 1000)  # fmt: skip
    assert (decided["approved"], decided["status"], decided["amount"]) == (approved, status, 1000)
    assert decided["request_history"][0]["reason"] == f"webhook_{answer}d"
    assert decided["metadata"] == {"by": "me"}
    assert moved(api, "issuing_authorization_hold") == held
    assert len(api.get("/v1/events", type="issuing_authorization.request")["data"]) == 1
    assert refused(api.post, path).status == 400


def test_the_stripe_cli_asks_as_the_test_helper_does(api, card, listening, refused):
    path = f"/v1/issuing/cards/{card}/test/authorizations"
    terms = {"authorization_method": "online", "held_amount": 100, "held_currency": "usd"}
    asked = api.post(path, **terms)

    api.post(f"/v1/issuing/authorizations/{asked['id']}/approve")

    helped = api.post(AUTHORIZATIONS, card=card, amount=100)
    later = api.get(f"/v1/issuing/authorizations/{asked['id']}")
    assert asked.keys() == helped.keys()
    assert asked["pending_request"] == helped["pending_request"]
    assert (later["approved"], later["amount"], balance(api)) == (True, 100, -100)
    assert len(api.get("/v1/events", type="issuing_authorization.request")["data"]) == 2
    assert refused(api.post, path).error["param"] == "held_amount"


def test_what_is_captured_waits_for_nobody(api, card, listening):
    id = api.post(AUTHORIZATIONS, card=card, amount=1000)["id"]
    api.post(f"/v1/issuing/authorizations/{id}/approve")
    api.post(f"{AUTHORIZATIONS}/{id}/increment", increment_amount=500)

    captured = api.post(f"{AUTHORIZATIONS}/{id}/capture")

    assert (captured["status"], captured["pending_request"]) == ("closed", None)


def test_what_is_over_is_no_longer_approved(api, card, listening, refused):
    first = api.post(AUTHORIZATIONS, card=card, amount=1000)
    path = f"/v1/issuing/authorizations/{first['id']}"
    api.post(f"{path}/approve")
    api.post(f"{AUTHORIZATIONS}/{first['id']}/increment", increment_amount=500)
    api.post(f"{AUTHORIZATIONS}/{first['id']}/expire")

    assert refused(api.post, f"{path}/approve").status == 400
    assert balance(api) == 0


def test_less_can_be_approved_where_the_amount_can_be_controlled(api, card, listening, refused):
    terms = {"card": card, "amount": 1000}
    fixed = api.post(AUTHORIZATIONS, **terms)
    open_ = api.post(AUTHORIZATIONS, is_amount_controllable=True, **terms)
    path = "/v1/issuing/authorizations/{}/approve"

    assert refused(api.post, path.format(fixed["id"]), amount=700).error["param"] == "amount"
    assert api.post(path.format(open_["id"]), amount=700)["amount"] == 700


def test_who_does_not_answer_in_time_declines(own):
    holder = own.post("/v1/issuing/cardholders", **JENNY)["id"]
    url = "https://example.com/"
    own.post("/v1/webhook_endpoints", url=url, enabled_events=["issuing_authorization.request"])
    asked = own.post(AUTHORIZATIONS, card=issued(own, holder), amount=1000)

    own.pass_time(3)

    later = own.get(f"/v1/issuing/authorizations/{asked['id']}")
    assert (later["approved"], later["status"]) == (False, "closed")
    assert later["request_history"][0]["reason"] == "webhook_timeout"


def test_what_is_declined_anyway_is_not_asked(api, holder, listening):
    made = api.post(AUTHORIZATIONS, card=issued(api, holder, status="inactive"), amount=100)

    assert (made["status"], made["pending_request"]) == ("closed", None)
    assert api.get("/v1/events", type="issuing_authorization.request")["data"] == []


# Transactions and disputes


@pytest.fixture
def bought(api, card):
    """A transaction of 10 dollars."""
    return api.post(f"{HELPERS}/transactions/create_force_capture", card=card, amount=1000)


def test_money_is_taken_and_given_without_an_authorization(api, card, bought):
    back = api.post(f"{HELPERS}/transactions/create_unlinked_refund", card=card, amount=250)

    assert (bought["amount"], bought["type"], bought["authorization"]) == (-1000, "capture", None)
    assert (back["amount"], back["type"]) == (250, "refund")
    assert balance(api) == -750


def test_no_more_is_refunded_than_was_captured(api, bought, refused):
    path = f"{HELPERS}/transactions/{bought['id']}/refund"
    api.post(path, refund_amount=400)

    assert refused(api.post, path, refund_amount=601).error["param"] == "refund_amount"
    assert api.post(path)["amount"] == 600
    assert refused(api.post, path).status == 400
    assert balance(api) == 0


@pytest.mark.parametrize(
    ("explanation", "status", "back"),
    [("winning_evidence", "won", 1000), ("losing_evidence", "lost", 0), ("Stolen", "submitted", 0)],
)
def test_the_evidence_decides_a_dispute(api, bought, refused, explanation, status, back):
    dispute = api.post(
        "/v1/issuing/disputes", transaction=bought["id"], evidence={"reason": "fraudulent"}
    )
    path = f"/v1/issuing/disputes/{dispute['id']}"
    lacking = refused(api.post, f"{path}/submit")
    api.post(path, evidence={"fraudulent": {"explanation": explanation}})

    submitted = api.post(f"{path}/submit")
    api.emulator.settle()

    assert lacking.error["param"] == "evidence[fraudulent][explanation]"
    assert (dispute["amount"], dispute["status"]) == (1000, "unsubmitted")
    assert (submitted["status"], api.get(path)["status"]) == ("submitted", status)
    assert moved(api, "issuing_dispute") == back
    assert api.get(f"/v1/issuing/transactions/{bought['id']}")["dispute"] == dispute["id"]
    made = api.get("/v1/events", type="issuing_dispute.funds_reinstated")["data"]
    assert len(made) == (status == "won")
    assert refused(api.post, path, amount=10).status == 400


def test_who_submits_a_dispute_adds_metadata_and_removes_some(api, bought):
    dispute = api.post(
        "/v1/issuing/disputes",
        transaction=bought["id"],
        evidence={"reason": "fraudulent", "fraudulent": {"explanation": "Stolen"}},
        metadata={"order": "6735", "clerk": "Jenny", "shop": "Reno"},
    )

    path = f"/v1/issuing/disputes/{dispute['id']}"
    submitted = api.post(f"{path}/submit", metadata={"order": "6736", "clerk": "", "till": "3"})

    assert submitted["metadata"] == {"order": "6736", "shop": "Reno", "till": "3"}
    assert api.get(path)["metadata"] == submitted["metadata"]


def test_what_was_given_back_is_not_disputed(api, card, refused):
    back = api.post(f"{HELPERS}/transactions/create_unlinked_refund", card=card, amount=250)

    error = refused(api.post, "/v1/issuing/disputes", transaction=back["id"])

    assert error.error["param"] == "transaction"


def test_a_dispute_that_nobody_submits_expires(own):
    holder = own.post("/v1/issuing/cardholders", **JENNY)["id"]
    terms = {"card": issued(own, holder), "amount": 1000}
    bought = own.post(f"{HELPERS}/transactions/create_force_capture", **terms)
    dispute = own.post("/v1/issuing/disputes", transaction=bought["id"])

    own.pass_time(110 * 86_400)

    assert own.get(f"/v1/issuing/disputes/{dispute['id']}")["status"] == "expired"


# A financial account's card


@pytest.fixture
def account(api):
    """The id of a financial account with 10 dollars."""
    features = {"card_issuing": {"requested": True}}
    opened = api.post(
        "/v1/treasury/financial_accounts", supported_currencies=["usd"], features=features
    )
    id = opened["id"]
    terms = {"amount": 1000, "currency": "usd", "network": "ach", "financial_account": id}
    api.post("/v1/test_helpers/treasury/received_credits", **terms)
    return id


def funds(api, account):
    """What is there, and what is held."""
    shown = api.get(f"/v1/treasury/financial_accounts/{account}")["balance"]
    return shown["cash"]["usd"], shown["outbound_pending"]["usd"]


def test_a_financial_account_pays_for_its_card(api, holder, account):
    card = issued(api, holder, financial_account=account)
    made = api.post(AUTHORIZATIONS, card=card, amount=600)
    between = funds(api, account)

    too_much = api.post(AUTHORIZATIONS, card=card, amount=401)
    [bought] = api.post(f"{AUTHORIZATIONS}/{made['id']}/capture")["transactions"]

    debit = api.get(f"/v1/treasury/received_debits/{bought['treasury']['received_debit']}")
    held = api.get(f"/v1/treasury/transactions/{made['treasury']['transaction']}")
    assert (between, funds(api, account)) == ((400, 600), (400, 0))
    assert too_much["request_history"][0]["reason"] == "insufficient_funds"
    assert (debit["network"], debit["linked_flows"]["issuing_transaction"]) == ("card", bought["id"])  # fmt: skip
    assert (held["flow_type"], held["status"], held["balance_impact"]["cash"]) == ("issuing_authorization", "void", 0)  # fmt: skip
    assert "issuing" not in api.get("/v1/balance")


def test_more_than_there_is_is_not_approved(api, holder, account, listening):
    card = issued(api, holder, financial_account=account)
    asked = api.post(AUTHORIZATIONS, card=card, amount=100, is_amount_controllable=True)

    decided = api.post(f"/v1/issuing/authorizations/{asked['id']}/approve", amount=1001)

    assert (decided["approved"], decided["status"]) == (False, "closed")
    assert decided["request_history"][0]["reason"] == "insufficient_funds"
    assert funds(api, account) == (1000, 0)


def test_what_is_refunded_and_won_comes_back_to_the_financial_account(api, holder, account):
    terms = {"card": issued(api, holder, financial_account=account), "amount": 300}
    for _ in range(2):
        bought = api.post(f"{HELPERS}/transactions/create_force_capture", **terms)

    back = api.post(f"{HELPERS}/transactions/{bought['id']}/refund", refund_amount=100)
    between = funds(api, account)
    dispute = api.post(
        "/v1/issuing/disputes",
        treasury={"received_debit": bought["treasury"]["received_debit"]},
        evidence={"reason": "fraudulent", "fraudulent": {"explanation": "winning_evidence"}},
    )
    api.post(f"/v1/issuing/disputes/{dispute['id']}/submit")
    api.emulator.settle()

    won = api.get(f"/v1/issuing/disputes/{dispute['id']}")
    reversal = api.get(f"/v1/treasury/debit_reversals/{won['treasury']['debit_reversal']}")
    found = api.get("/v1/treasury/debit_reversals", financial_account=account, resolution="won")
    assert back["treasury"]["received_credit"]
    assert (between, funds(api, account)) == ((500, 0), (800, 0))
    assert (reversal["network"], reversal["linked_flows"]["issuing_dispute"]) == ("card", won["id"])
    assert [each["id"] for each in found["data"]] == [reversal["id"]]


# Designs


def test_a_design_is_reviewed(api):
    [bundle, *_] = api.get("/v1/issuing/physical_bundles")["data"]
    design = api.post("/v1/issuing/personalization_designs", physical_bundle=bundle["id"])
    path = f"{HELPERS}/personalization_designs/{design['id']}"

    rejected = api.post(f"{path}/reject", rejection_reasons={"card_logo": ["inappropriate"]})
    active = api.post(f"{path}/activate")

    assert (design["status"], rejected["status"], active["status"]) == ("review", "rejected", "active")  # fmt: skip
    assert rejected["rejection_reasons"]["card_logo"] == ["inappropriate"]
    assert active["rejection_reasons"]["card_logo"] == []
    assert api.get("/v1/events", type="issuing_personalization_design.activated")["data"]


def test_one_design_has_a_key_and_one_is_the_default(api, refused):
    [bundle, *_] = api.get("/v1/issuing/physical_bundles")["data"]
    terms = {
        "physical_bundle": bundle["id"],
        "lookup_key": "mine",
        "preferences": {"is_default": True},
    }
    first = api.post("/v1/issuing/personalization_designs", **terms)

    error = refused(api.post, "/v1/issuing/personalization_designs", **terms)
    second = api.post("/v1/issuing/personalization_designs", transfer_lookup_key=True, **terms)

    later = api.get(f"/v1/issuing/personalization_designs/{first['id']}")
    assert error.error["param"] == "lookup_key"
    assert (later["lookup_key"], later["preferences"]["is_default"]) == (None, False)
    assert (second["lookup_key"], second["preferences"]["is_default"]) == ("mine", True)


# What a card may be used for


def test_every_category_has_a_code():
    contract = load_contract()
    operation = contract.operations["POST /v1/test_helpers/issuing/authorizations"]
    merchant = one_of(operation.parameters["merchant_data"].type, Structure)
    categories = one_of(contract.structures[merchant.name]["category"].type, Enum)

    codes = category_codes()

    assert set(codes) == set(categories.values)
    assert all(len(code) == 4 and code.isdigit() for code in codes.values())
    assert len(set(codes.values())) == len(codes)


@pytest.mark.parametrize(
    ("controls", "expected"),
    [
        ({}, True),
        ({"allowed_categories": ["bakeries"]}, True),
        ({"allowed_categories": ["book_stores"]}, False),
        ({"blocked_categories": ["bakeries"]}, False),
        ({"allowed_merchant_countries": ["DE"]}, False),
        ({"blocked_merchant_countries": ["US"]}, False),
        ({"allowed_card_presences": ["present"]}, False),
        ({"blocked_card_presences": ["present"]}, True),
        ({"spending_limits": [{"amount": 99, "interval": "per_authorization"}]}, False),
        ({"spending_limits": [{"amount": 100, "interval": "per_authorization"}]}, True),
        ({"spending_limits": [{"amount": 149, "interval": "daily"}]}, False),
        ({"spending_limits": [{"amount": 150, "interval": "daily"}]}, True),
        (
            {"spending_limits": [{"amount": 1, "interval": "daily", "categories": ["florists"]}]},
            True,
        ),
    ],
)
def test_what_controls_allow(controls, expected):
    purchase = Purchase(100, 100, "usd", "bakeries", "US", "not_present")

    assert allows(controls, purchase, lambda since, categories: 50, 0) is expected


def test_no_card_pays_more_than_ten_thousand_dollars_at_once():
    at_most = Purchase(10_000_00, 1, "usd", "bakeries", "US", "present")
    more = Purchase(10_000_01, 1, "usd", "bakeries", "US", "present")

    assert [allows({}, each, lambda *_: 0, 0) for each in (at_most, more)] == [True, False]


@pytest.mark.parametrize(
    ("interval", "began"),
    [
        ("daily", datetime(2024, 2, 29, tzinfo=UTC)),
        ("weekly", datetime(2024, 2, 25, tzinfo=UTC)),
        ("monthly", datetime(2024, 2, 1, tzinfo=UTC)),
        ("yearly", datetime(2024, 1, 1, tzinfo=UTC)),
        ("all_time", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_intervals_begin_at_a_midnight(interval, began):
    thursday = int(datetime(2024, 2, 29, 15, 30, tzinfo=UTC).timestamp())

    assert interval_start(interval, thursday) == int(began.timestamp())


def test_a_sunday_begins_a_week():
    sunday = int(datetime(2024, 2, 25, 8, tzinfo=UTC).timestamp())

    assert interval_start("weekly", sunday) == int(datetime(2024, 2, 25, tzinfo=UTC).timestamp())


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["increment", "capture", "part", "reverse", "less", "expire", "refund"]),
        st.integers(1, 900),
    ),
    max_size=10,
)


@given(moves=MOVES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_issuing_balance_is_what_is_held_and_what_was_taken(fresh, moves):
    api = fresh()
    holder = api.post("/v1/issuing/cardholders", **JENNY)["id"]
    authorization = api.post(AUTHORIZATIONS, card=issued(api, holder), amount=1000)
    path, held = f"{AUTHORIZATIONS}/{authorization['id']}", 1000

    for move, amount in moves:
        shown = api.get(f"/v1/issuing/authorizations/{authorization['id']}")
        taken = [each for each in shown["transactions"] if each["type"] == "capture"]
        if move == "refund" and taken:
            api.send("POST", f"{HELPERS}/transactions/{taken[0]['id']}/refund", {"refund_amount": amount})  # fmt: skip
        if shown["status"] != "pending" or move == "refund":
            continue
        if move == "increment":
            api.post(f"{path}/increment", increment_amount=amount)
            held += amount
        elif move == "part":
            api.post(f"{path}/capture", capture_amount=amount, close_authorization=False)
            held -= min(held, amount)
        elif move == "less" and amount < held:
            api.post(f"{path}/reverse", reverse_amount=amount)
            held -= amount
        elif move in ("capture", "reverse", "expire") and held:
            api.post(f"{path}/{move}")
            held = 0

    moved = sum(each["amount"] for each in api.everything("/v1/issuing/transactions"))
    assert balance(api) == moved - held
    assert held >= 0
