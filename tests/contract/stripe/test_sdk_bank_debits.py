"""Payments from bank accounts, which are `processing` until the bank has answered. With the SDK."""

import json
import urllib.request

import pytest

from localstack_stripe.payments.test_debits import MESSAGES, debit_of_payment_method

US = {
    "account_number": "000123456789",
    "routing_number": "110000000",
    "account_holder_type": "company",
}


@pytest.fixture
def pay(stripe):
    """Pay ten dollars, or ten euros, from a bank account."""

    def pay(method, **more):
        currency = "eur" if "sepa" in method else "usd"
        type = "sepa_debit" if currency == "eur" else "us_bank_account"
        values = {
            "amount": 1000,
            "currency": currency,
            "payment_method": method,
            "allowed_payment_method_types": [type],
            "confirm": True,
        }
        return stripe.PaymentIntent.create(**values | more)

    return pay


@pytest.fixture
def pass_time(stripe_emulator):
    """Let seconds pass."""

    def pass_time(seconds):
        request = urllib.request.Request(
            f"{stripe_emulator.api_base}/_emulator/time/advance",
            data=json.dumps({"seconds": seconds}).encode(),
            headers={
                "Authorization": f"Bearer {stripe_emulator.api_key}",
                "Content-Type": "application/json",
            },
        )
        urllib.request.urlopen(request).close()

    return pass_time


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
    assert (intent.last_payment_error.code, intent.amount_received) == (code, 0)
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
    with pytest.raises(stripe.InvalidRequestError, match="cannot be closed"):
        stripe.Dispute.close(dispute.id)


def test_an_account_is_described_by_its_number(stripe, pay):
    method = stripe.PaymentMethod.create(
        type="us_bank_account", us_bank_account=US, billing_details={"name": "Ada"}
    )
    sepa = stripe.PaymentMethod.create(
        type="sepa_debit", sepa_debit={"iban": "DE62 3704 0044 0532 0130 01"}
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
        },
    )
    of_record = pay(method.id)
    assert stripe.PaymentIntent.retrieve(in_place.id).last_payment_error.code == "debit_declined"
    assert stripe.PaymentIntent.retrieve(of_record.id).status == "succeeded"


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


def test_an_account_is_debited_in_its_currency_alone(stripe, pay):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay("pm_usBankAccount_success", currency="eur")
    with pytest.raises(stripe.InvalidRequestError) as by_hand:
        pay("pm_usBankAccount_success", capture_method="manual")

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
