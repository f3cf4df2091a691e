"""Payments from bank accounts, which are `processing` until the bank has answered. With the SDK."""

from datetime import UTC, datetime, timedelta

import pytest

from localstack_stripe.payments.test_debits import MESSAGES, debit_of_payment_method
from tests.contract.stripe.debits import ACCEPTED, ADA, US, debiting


@pytest.fixture
def pay(stripe):
    """Pay ten dollars, or ten euros, from a bank account."""

    def pay(method, **more):
        is_sepa = "sepa" in method
        type, currency = ("sepa_debit", "eur") if is_sepa else ("us_bank_account", "usd")
        agreed = {"mandate_data": None} if more.get("off_session") else {}
        return stripe.PaymentIntent.create(**debiting(type, currency, method, **agreed | more))

    return pay


def types(stripe):
    return [each.type for each in stripe.Event.list(limit=100).data][::-1]


def test_a_debit_is_processing_and_then_paid(stripe, pay):
    confirmed = pay("pm_usBankAccount_success", expand=["latest_charge"])

    charge = confirmed.latest_charge
    assert confirmed.status == "processing"
    assert (charge.status, charge.paid, charge.balance_transaction) == ("pending", False, None)
    assert charge.payment_method_details.us_bank_account.last4 == "6789"
    paid = stripe.PaymentIntent.retrieve(confirmed.id, expand=["latest_charge.balance_transaction"])
    assert (paid.status, paid.amount_received) == ("succeeded", 1000)
    assert (paid.latest_charge.status, paid.latest_charge.paid) == ("succeeded", True)
    assert paid.latest_charge.balance_transaction.type == "payment"
    told = [each for each in types(stripe) if each.startswith(("charge", "payment_intent"))]
    assert told[:3] == ["payment_intent.created", "charge.pending", "payment_intent.processing"]
    assert set(told[3:]) == {"charge.succeeded", "payment_intent.succeeded"}


@pytest.mark.parametrize(
    "method",
    [
        "pm_usBankAccount_accountClosed",
        "pm_usBankAccount_insufficientFunds",
        "pm_usBankAccount_noAccount",
        "pm_sepaDebit_failed_de",
        "pm_sepaDebit_exceedsWeeklyVolumeLimit_fr",
    ],
)
def test_a_test_account_says_why_a_debit_fails(stripe, pay, method):
    intent = stripe.PaymentIntent.retrieve(pay(method).id, expand=["latest_charge"])

    code = debit_of_payment_method(method).code
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    told = "payment_intent_payment_attempt_failed" if "sepa" in method else code
    assert (intent.last_payment_error.code, intent.amount_received) == (told, 0)
    assert (intent.latest_charge.status, intent.latest_charge.failure_code) == ("failed", code)
    assert intent.latest_charge.failure_message == MESSAGES[code]
    assert {"charge.failed", "payment_intent.payment_failed"} <= set(types(stripe))


def test_some_banks_take_their_time(stripe, pay, pass_time):
    paid, failed = pay("pm_sepaDebit_successDelayed_de"), pay("pm_sepaDebit_failedDelayed_de")

    def statuses():
        return [stripe.PaymentIntent.retrieve(each.id).status for each in (paid, failed)]

    before = statuses()
    pass_time(180)
    assert before == ["processing", "processing"]
    assert statuses() == ["succeeded", "requires_payment_method"]


def test_a_debit_that_stays_open_can_be_called_off(stripe, pay):
    intent = pay("pm_usBankAccount_processing")

    with pytest.raises(stripe.InvalidRequestError, match="processing"):
        stripe.PaymentIntent.confirm(intent.id)
    canceled = stripe.PaymentIntent.cancel(intent.id, expand=["latest_charge"])
    assert (canceled.status, canceled.latest_charge.status) == ("canceled", "failed")
    assert not stripe.Balance.retrieve().pending[0].amount


def test_a_disputed_debit_is_lost_at_once(stripe, pay):
    intent = stripe.PaymentIntent.retrieve(pay("pm_usBankAccount_dispute").id)

    dispute = stripe.Dispute.list(payment_intent=intent.id).data[0]
    assert intent.status == "succeeded"
    assert (dispute.status, dispute.reason) == ("lost", "debit_not_authorized")
    assert (dispute.amount, dispute.balance_transactions[0].net) == (1000, -2500)
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        stripe.Dispute.close(dispute.id)


def test_an_account_is_described_by_its_number(stripe, pay):
    method = stripe.PaymentMethod.create(
        type="us_bank_account", us_bank_account=US, billing_details={"name": "Ada"}
    )
    sepa = stripe.PaymentMethod.create(
        type="sepa_debit",
        sepa_debit={"iban": "DE62 3704 0044 0532 0130 01"},
        billing_details=ADA,
    )

    account = method.us_bank_account
    assert (account.last4, account.account_holder_type) == ("6789", "company")
    assert (account.routing_number, account.bank_name) == ("110000000", "STRIPE TEST BANK")
    assert (sepa.sepa_debit.last4, sepa.sepa_debit.country) == ("3001", "DE")
    in_place = pay(
        "sepa",
        payment_method=None,
        payment_method_data={
            "type": "sepa_debit",
            "sepa_debit": {"iban": "DE62370400440532013001"},
            "billing_details": ADA,
        },
    )
    of_record = pay(method.id)
    refused = stripe.PaymentIntent.retrieve(in_place.id, expand=["latest_charge"])
    assert refused.latest_charge.failure_code == "incorrect_account_holder_name"
    assert of_record.next_action.type == "verify_with_microdeposits"


@pytest.mark.parametrize(
    ("given", "param"),
    [
        (
            {"type": "sepa_debit", "sepa_debit": {"iban": "DE00370400440532013001"}},
            "sepa_debit[iban]",
        ),
        ({"type": "sepa_debit"}, "sepa_debit[iban]"),
        (
            {"type": "us_bank_account", "us_bank_account": {"routing_number": "110000000"}},
            "us_bank_account[account_number]",
        ),
        (
            {"type": "us_bank_account", "us_bank_account": {"account_number": "000123456789"}},
            "us_bank_account[routing_number]",
        ),
    ],
)
def test_what_is_no_account_is_refused(stripe, given, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentMethod.create(**given)

    assert refused.value.param == param


def test_an_account_is_debited_in_its_currency_alone(stripe):
    def debit(**terms):
        return stripe.PaymentIntent.create(
            amount=1000,
            payment_method="pm_usBankAccount_success",
            confirm=True,
            mandate_data=ACCEPTED,
            return_url="https://shop.example",
            **terms,
        )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        debit(currency="eur")
    with pytest.raises(stripe.InvalidRequestError) as by_hand:
        debit(currency="usd", capture_method="manual")

    assert (refused.value.param, by_hand.value.param) == ("currency", "capture_method")


def test_an_account_is_saved_and_used_again(stripe, pay):
    customer = stripe.Customer.create().id
    first = pay("pm_usBankAccount_success", customer=customer, setup_future_usage="off_session")
    second = pay(first.payment_method, customer=customer, off_session=True)
    unsaved = pay("pm_usBankAccount_success")

    saved = stripe.Customer.list_payment_methods(customer, type="us_bank_account").data
    assert [each.id for each in saved] == [first.payment_method]
    assert stripe.PaymentIntent.retrieve(second.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        pay(unsaved.payment_method)


@pytest.fixture
def subscribe(stripe):
    """Subscribe a customer who pays from a bank account."""

    def subscribe(method):
        customer = stripe.Customer.create().id
        method = stripe.PaymentMethod.attach(method, customer=customer).id
        price = stripe.Price.create(
            currency="usd",
            unit_amount=1000,
            recurring={"interval": "month"},
            product_data={"name": "x"},
        )
        return stripe.Subscription.create(
            customer=customer,
            default_payment_method=method,
            items=[{"price": price.id}],
            payment_settings={"payment_method_types": ["us_bank_account"]},
        )

    return subscribe


def test_a_subscription_waits_for_the_bank(stripe, subscribe):
    paid, failed = (
        subscribe(f"pm_usBankAccount_{each}") for each in ("success", "insufficientFunds")
    )
    open_ = subscribe("pm_usBankAccount_processing")

    assert stripe.Invoice.retrieve(open_.latest_invoice).attempt_count == 1
    stripe.Invoice.pay(open_.latest_invoice)
    assert stripe.Invoice.retrieve(open_.latest_invoice).attempt_count == 1
    assert "invoice.payment_action_required" not in types(stripe)
    assert stripe.Invoice.retrieve(paid.latest_invoice).status == "paid"
    assert stripe.Subscription.retrieve(paid.id).status == "active"
    assert stripe.Invoice.retrieve(failed.latest_invoice).status == "open"
    assert stripe.Subscription.retrieve(failed.id).status == "incomplete"
    assert types(stripe).count("invoice.payment_failed") == 1


# Other countries


@pytest.mark.parametrize(
    ("type", "currency", "account", "failing"),
    [
        (
            "au_becs_debit",
            "aud",
            {"bsb_number": "000-000", "account_number": "000123456"},
            ("111111113", "account_closed"),
        ),
        (
            "bacs_debit",
            "gbp",
            {"sort_code": "10-88-00", "account_number": "00012345"},
            ("22222227", "insufficient_funds"),
        ),
    ],
)
def test_accounts_elsewhere_are_debited(stripe, type, currency, account, failing):
    def debit(number):
        described = {**account, "account_number": number}
        data = {"type": type, type: described, "billing_details": ADA}
        intent = stripe.PaymentIntent.create(**debiting(type, currency, payment_method_data=data))
        assert intent.status == "processing"
        return stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])

    paid, failed = debit(account["account_number"]), debit(failing[0])

    details = paid.latest_charge.payment_method_details[type]
    assert (paid.status, details.last4) == ("succeeded", account["account_number"][-4:])
    assert failed.status == "requires_payment_method"
    assert failed.latest_charge.failure_code == failing[1]


@pytest.mark.parametrize(
    ("type", "currency", "test", "code", "mandate"),
    [
        ("nz_bank_account", "nzd", "nzBankAccount_success", None, "active"),
        ("nz_bank_account", "nzd", "nzBankAccount_noAccount", "no_account", "inactive"),
        ("nz_bank_account", "nzd", "nzBankAccount_referToCustomer", "refer_to_customer", "active"),
        ("au_becs_debit", "aud", "auBecsDebit_success", None, "active"),
        ("au_becs_debit", "aud", "auBecsDebit_accountClosed", "account_closed", "inactive"),
        ("bacs_debit", "gbp", "bacsDebit_insufficientFunds", "insufficient_funds", "active"),
        ("bacs_debit", "gbp", "bacsDebit_mandateRefused", "debit_not_authorized", "inactive"),
        ("acss_debit", "cad", "acssDebit_success", None, "active"),
        ("acss_debit", "cad", "acssDebit_noAccount", "no_account", "inactive"),
        ("sepa_debit", "eur", "sepaDebit_insufficientFunds_es", "insufficient_funds", "active"),
        ("sepa_debit", "eur", "success_nl", None, "active"),
    ],
)
def test_test_values_stand_for_accounts_elsewhere(stripe, type, currency, test, code, mandate):
    made = stripe.PaymentIntent.create(**debiting(type, currency, f"pm_{test}"))
    intent = stripe.PaymentIntent.retrieve(made.id, expand=["latest_charge"])

    charge = intent.latest_charge
    assert made.status == "processing"
    assert intent.status == ("succeeded" if code is None else "requires_payment_method")
    assert charge.failure_code == code
    given = stripe.Mandate.retrieve(charge.payment_method_details[type].mandate)
    assert given.status == mandate


def test_an_account_in_new_zealand_is_described_by_its_parts(stripe):
    account = {
        "bank_code": "11",
        "branch_code": "0000",
        "account_number": "2222222",
        "suffix": "027",
    }
    data = {"type": "nz_bank_account", "nz_bank_account": account, "billing_details": ADA}

    made = stripe.PaymentIntent.create(
        **debiting("nz_bank_account", "nzd", payment_method_data=data)
    )

    intent = stripe.PaymentIntent.retrieve(made.id)
    assert intent.last_payment_error.code == "insufficient_funds"


@pytest.mark.parametrize(
    ("type", "account", "param", "code"),
    [
        (
            "sepa_debit",
            {"iban": "DE91370400440000055555"},
            "sepa_debit[iban]",
            "sepa_debit_bank_not_supported",
        ),
        (
            "sepa_debit",
            {"iban": "AT511904300000066666"},
            "sepa_debit[iban]",
            "sepa_debit_debits_not_supported",
        ),
        (
            "bacs_debit",
            {"account_number": "00044444", "sort_code": "108800"},
            "bacs_debit[account_number]",
            "account_number_invalid",
        ),
    ],
)
def test_an_account_that_cannot_be_debited_is_not_taken(stripe, type, account, param, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentMethod.create(type=type, **{type: account})

    assert (refused.value.param, refused.value.code) == (param, code)


@pytest.mark.parametrize("missing", list(ADA))
def test_the_owner_of_an_account_has_to_be_known(stripe, pay, missing):
    data = {
        "type": "sepa_debit",
        "sepa_debit": {"iban": "DE89370400440532013000"},
        "billing_details": {name: value for name, value in ADA.items() if name != missing},
    }

    with pytest.raises(stripe.InvalidRequestError) as saved:
        stripe.PaymentMethod.create(**data)
    with pytest.raises(stripe.InvalidRequestError) as paid:
        pay("sepa", payment_method=None, payment_method_data=data)

    for refused in (saved.value, paid.value):
        assert (refused.code, refused.param) == ("parameter_missing", f"billing_details[{missing}]")


@pytest.mark.parametrize("missing", ["line1", "city", "postal_code", "country"])
def test_sepa_asks_for_the_address_of_an_account_outside_the_eea(stripe, pay, missing):
    home = {"line1": "1 Drury Lane", "city": "London", "postal_code": "WC2B 5PP", "country": "GB"}
    data = {
        "type": "sepa_debit",
        "sepa_debit": {"iban": "GB82 WEST 1234 5698 7654 32"},
        "billing_details": {**ADA, "address": home},
    }
    stripe.PaymentMethod.create(**data)

    del home[missing]

    with pytest.raises(stripe.InvalidRequestError) as saved:
        stripe.PaymentMethod.create(**data)
    with pytest.raises(stripe.InvalidRequestError) as paid:
        pay("sepa", payment_method=None, payment_method_data=data)
    for refused in (saved.value, paid.value):
        assert refused.param == f"billing_details[address][{missing}]"


def test_an_account_is_debited_on_a_day_that_was_asked_for(stripe, pay):
    clock = stripe.test_helpers.TestClock.create(frozen_time=1_700_000_000)
    customer = stripe.Customer.create(test_clock=clock.id)

    def on(days):
        day = datetime.fromtimestamp(clock.frozen_time, UTC).date() + timedelta(days=days)
        options = {"us_bank_account": {"target_date": str(day)}}
        made = pay(
            "pm_usBankAccount_success",
            customer=customer.id,
            payment_method_options=options,
            expand=["latest_charge"],
        )
        return day, made.latest_charge.payment_method_details.us_bank_account.expected_debit_date

    for days in (2, 16):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            on(days)
        assert refused.value.param == "payment_method_options[us_bank_account][target_date]"
    asked, expected = on(10)
    assert expected == str(asked)


@pytest.mark.parametrize(
    ("type", "currency", "test", "level"),
    [
        ("us_bank_account", "usd", "usBankAccount_success", "normal"),
        ("sepa_debit", "eur", "sepaDebit_success_de", "normal"),
        ("bacs_debit", "gbp", "bacsDebit_success", "not_assessed"),
    ],
)
def test_radar_assesses_some_debits(stripe, type, currency, test, level):
    made = stripe.PaymentIntent.create(**debiting(type, currency, f"pm_{test}"))

    for _ in ("under way", "paid"):
        outcome = stripe.Charge.retrieve(made.latest_charge).outcome
        assert (outcome.risk_level, "risk_score" in outcome) == (level, level == "normal")


def test_a_risky_debit_is_blocked(stripe, pay):
    with pytest.raises(stripe.CardError) as refused:
        pay("pm_usBankAccount_riskLevelHighest")

    left = refused.value.error.payment_intent
    intent = stripe.PaymentIntent.retrieve(left.id, expand=["latest_charge"])
    outcome = intent.latest_charge.outcome
    assert (intent.status, intent.latest_charge.status) == ("requires_payment_method", "failed")
    assert (outcome.type, outcome.network_status) == ("blocked", "not_sent_to_network")
    assert (outcome.reason, outcome.risk_level) == ("highest_risk_level", "highest")


# Giving back


def test_money_from_a_bank_account_in_the_us_is_there_at_once_in_tests(stripe, pay):
    pay("pm_usBankAccount_success")
    pay("pm_sepaDebit_success_de")

    balance = stripe.Balance.retrieve()
    assert [each.currency for each in balance.available if each.amount > 0] == ["usd"]
    assert [each.currency for each in balance.pending if each.amount > 0] == ["eur"]


@pytest.mark.parametrize("named", ["charge", "payment_intent"])
def test_a_debit_that_is_under_way_is_given_back_when_the_bank_has_paid(
    stripe, pay, pass_time, named
):
    intent = pay("pm_sepaDebit_successDelayed_de")
    target = {"charge": intent.latest_charge, "payment_intent": intent.id}[named]

    refund = stripe.Refund.create(**{named: target}, amount=400)
    pass_time(180)

    sent = stripe.Refund.retrieve(refund.id, expand=["balance_transaction"])
    assert (refund.status, refund.pending_reason) == ("pending", "charge_pending")
    assert refund.balance_transaction is None
    assert (sent.status, sent.balance_transaction.amount) == ("succeeded", -400)
    assert "pending_reason" not in sent


@pytest.mark.parametrize("ends", ["fails", "is canceled"])
def test_nothing_is_given_back_of_a_debit_that_comes_to_nothing(stripe, pay, pass_time, ends):
    intent = pay("pm_sepaDebit_failedDelayed_de")

    refund = stripe.Refund.create(payment_intent=intent.id)
    if ends == "fails":
        pass_time(180)
    else:
        stripe.PaymentIntent.cancel(intent.id)

    charge = stripe.Charge.retrieve(intent.latest_charge)
    assert stripe.Refund.retrieve(refund.id).status == "canceled"
    assert (charge.amount_refunded, charge.refunded, charge.status) == (0, False, "failed")
