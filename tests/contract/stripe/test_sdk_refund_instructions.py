"""Refunds of which the customer has to say where to: bank transfers, and what is paid at a till. With the SDK."""

import pytest

from tests.contract.stripe.bank_transfers import BY_BANK_TRANSFER
from tests.contract.stripe.conftest import DAY

RETURN = "https://shop.example/done"


@pytest.fixture
def jenny(stripe):
    """A customer who has sent ten dollars, and their id."""
    customer = stripe.Customer.create(email="jenny@example.com").id
    stripe.Customer.TestHelpers.fund_cash_balance(customer, amount=1000, currency="usd")
    return customer


@pytest.fixture
def paid(stripe, jenny):
    """The id of what they have paid of it: seven dollars."""
    return stripe.PaymentIntent.create(
        amount=700,
        currency="usd",
        customer=jenny,
        **BY_BANK_TRANSFER,
    ).id


@pytest.fixture
def cash(stripe, jenny):
    """What they have in cash."""
    return lambda: stripe.Customer.retrieve_cash_balance(jenny).available["usd"]


@pytest.fixture
def till(stripe, control):
    """Pays in a way that cannot be gone back, and gives the intent's id."""

    def till(type, currency, email="jenny@example.com", amount=1000):
        details = {"name": "Jenny Rosen", "email": email} if email else {"name": "Jenny Rosen"}
        intent = stripe.PaymentIntent.create(
            amount=amount,
            currency=currency,
            allowed_payment_method_types=[type],
            payment_method_data={
                "type": type,
                "billing_details": details,
                **({"boleto": {"tax_id": "00.000.000/0001-91"}} if type == "boleto" else {}),
            },
            confirm=True,
            return_url=RETURN,
        )
        control(f"payment_intents/{intent.id}/next_action", outcome="succeeded")
        return intent.id

    return till


@pytest.fixture
def submit(control):
    """The customer says where a refund is to go."""
    return lambda refund, outcome="succeeded": control(
        f"refunds/{refund.id}/submit", outcome=outcome
    )


def types(stripe):
    return [event.type for event in reversed(stripe.Event.list(limit=100).data)]


def test_a_bank_transfer_is_given_back_where_the_customer_says(stripe, paid, cash, submit):
    refund = stripe.Refund.create(payment_intent=paid, amount=400)

    sent = refund.next_action.display_details.email_sent
    assert (refund.status, refund.next_action.type) == ("requires_action", "display_details")
    assert sent.email_sent_to == refund.instructions_email == "jenny@example.com"
    assert refund.next_action.display_details.expires_at == refund.created + 45 * DAY
    assert refund.destination_details.us_bank_transfer.reference_status == "pending"
    assert submit(refund)["status"] == "pending"
    arrived = stripe.Refund.retrieve(refund.id)
    assert (arrived.status, "next_action" in arrived) == ("succeeded", False)
    assert arrived.destination_details.us_bank_transfer.reference_status == "available"
    assert types(stripe)[-1] == "refund.updated"
    assert cash() == 300


def test_a_bank_that_does_not_take_the_money_has_the_customer_asked_again(stripe, paid, submit):
    refund = stripe.Refund.create(payment_intent=paid, instructions_email="j@example.org")

    submit(refund, "failed")
    again = stripe.Refund.retrieve(refund.id)
    submit(refund)

    assert again.status == "requires_action"
    assert again.next_action.display_details.email_sent.email_sent_to == "j@example.org"
    assert stripe.Refund.retrieve(refund.id).status == "succeeded"


def test_who_has_no_address_cannot_be_asked(stripe, till, jenny, paid):
    stripe.Customer.modify(jenny, email="")
    unknown = till("konbini", "jpy", email=None)

    for intent in (paid, unknown):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            stripe.Refund.create(payment_intent=intent)
        assert refused.value.param == "instructions_email"

    refund = stripe.Refund.create(payment_intent=unknown, instructions_email="j@example.org")
    assert refund.status == "requires_action"


@pytest.mark.parametrize(
    ("type", "currency", "transfer"),
    [
        ("konbini", "jpy", "jp_bank_transfer"),
        ("promptpay", "thb", "th_bank_transfer"),
        ("boleto", "brl", "br_bank_transfer"),
    ],
)
def test_what_was_paid_at_a_till_is_transferred_back(
    stripe, till, submit, type, currency, transfer
):
    refund = stripe.Refund.create(payment_intent=till(type, currency))

    submit(refund)

    assert (refund.status, refund.destination_details.type) == ("requires_action", transfer)
    assert stripe.Refund.retrieve(refund.id).status == "succeeded"


def test_what_was_paid_at_oxxo_is_not_refunded(stripe, till):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Refund.create(payment_intent=till("oxxo", "mxn"))

    assert refused.value.code == "charge_not_refundable"


def test_a_refund_that_waits_can_be_canceled(stripe, till, submit):
    refund = stripe.Refund.create(payment_intent=till("konbini", "jpy"))

    canceled = stripe.Refund.cancel(refund.id)

    charge = stripe.Charge.retrieve(refund.charge)
    back = stripe.BalanceTransaction.retrieve(canceled.failure_balance_transaction)
    assert (canceled.status, canceled.failure_reason) == ("canceled", "merchant_request")
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert (back.amount, back.type) == (1000, "payment_refund")
    assert back.reporting_category == "refund_failure"
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Refund.cancel(refund.id)


@pytest.mark.parametrize("how", ["expire", "wait"])
def test_a_refund_that_waits_in_vain_fails(stripe, till, pass_time, how):
    refund = stripe.Refund.create(payment_intent=till("konbini", "jpy"))

    if how == "expire":
        stripe.Refund.TestHelpers.expire(refund.id)
    else:
        pass_time(45 * DAY)

    failed = stripe.Refund.retrieve(refund.id)
    assert (failed.status, "next_action" in failed) == ("failed", False)
    assert stripe.Charge.retrieve(refund.charge).amount_refunded == 0
    assert types(stripe).count("refund.failed") == 1


def test_a_bank_transfer_whose_refund_fails_is_the_customers_cash(stripe, paid, cash):
    refund = stripe.Refund.create(payment_intent=paid)

    expired = stripe.Refund.TestHelpers.expire(refund.id)

    assert (expired.status, "failure_balance_transaction" in expired) == ("failed", False)
    assert cash() == 1000


def test_cash_is_sent_back_to_the_customer(stripe, jenny, cash, submit):
    terms = {"customer": jenny, "currency": "usd", "origin": "customer_balance"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Refund.create(amount=1001, **terms)

    refund = stripe.Refund.create(amount=600, **terms)
    other = stripe.Refund.create(amount=100, **terms)
    submit(refund)
    stripe.Refund.TestHelpers.expire(other.id)

    moves = stripe.Customer.list_cash_balance_transactions(jenny).data
    assert refused.value.param == "amount"
    assert (refund.status, refund.charge, refund.balance_transaction) == (
        "requires_action",
        None,
        None,
    )
    assert stripe.Refund.retrieve(refund.id).status == "succeeded"
    assert [(each.type, each.net_amount) for each in moves[:3]] == [
        ("return_canceled", 100),
        ("return_initiated", -100),
        ("return_initiated", -600),
    ]
    assert cash() == 400
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Refund.cancel(other.id)
