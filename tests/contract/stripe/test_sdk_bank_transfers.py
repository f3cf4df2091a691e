"""Payments by bank transfer: a customer's cash, what it is applied to, and what waits for it. With the SDK."""

import pytest

from tests.contract.stripe.bank_transfers import BY_BANK_TRANSFER
from tests.contract.stripe.pages import open_page


@pytest.fixture
def jenny(stripe):
    """A customer's id."""
    return stripe.Customer.create(email="jenny@example.com").id


@pytest.fixture
def pay(stripe, jenny):
    """Pays an amount of dollars by bank transfer."""

    def pay(amount=1000, **terms):
        how = {"currency": "usd", "customer": jenny, **BY_BANK_TRANSFER, **terms}
        given = {name: value for name, value in how.items() if value is not None}
        return stripe.PaymentIntent.create(amount=amount, **given)

    return pay


@pytest.fixture
def send(stripe, jenny):
    """Lets money arrive."""

    def send(amount, **terms):
        return stripe.Customer.TestHelpers.fund_cash_balance(
            jenny, amount=amount, currency="usd", **terms
        )

    return send


@pytest.fixture
def cash(stripe, jenny):
    """What the customer has in cash."""

    def cash():
        return stripe.Customer.retrieve_cash_balance(jenny).available["usd"]

    return cash


def moves(stripe, jenny):
    listed = stripe.Customer.list_cash_balance_transactions(jenny).data
    return [(each.type, each.net_amount) for each in reversed(listed)]


def test_the_customer_sends_the_money_on_a_page(stripe, jenny, pay, send):
    send(300)
    intent = pay()
    told = intent.next_action.display_bank_transfer_instructions

    shown, _ = open_page(told.hosted_instructions_url)
    open_page(told.hosted_instructions_url, outcome="failed")
    before = stripe.PaymentIntent.retrieve(intent.id)
    open_page(told.hosted_instructions_url, outcome="succeeded")

    assert "Authorize test payment" in shown
    assert (before.status, told.amount_remaining) == ("requires_action", 700)
    assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"
    [funded] = stripe.Customer.list_cash_balance_transactions(jenny, limit=2).data[1:]
    assert funded.funded.bank_transfer.reference == told.reference


def test_cash_that_is_there_pays_at_once(stripe, jenny, pay, send, cash):
    send(1500)

    intent = pay()

    charge = stripe.Charge.retrieve(intent.latest_charge, expand=["balance_transaction"])
    assert intent.status == "succeeded"
    assert charge.payment_method_details.type == "customer_balance"
    assert charge.balance_transaction.type == "payment"
    assert cash() == 500
    assert moves(stripe, jenny) == [("funded", 1500), ("applied_to_payment", -1000)]


def test_what_is_missing_is_asked_for_and_pays_when_it_comes(stripe, jenny, pay, send, cash):
    send(300)
    intent = pay()
    instructions = intent.next_action.display_bank_transfer_instructions

    send(200)
    partly = stripe.PaymentIntent.retrieve(intent.id)
    send(600)
    paid = stripe.PaymentIntent.retrieve(intent.id)

    assert (intent.status, partly.status, paid.status) == (
        "requires_action",
        "requires_action",
        "succeeded",
    )
    assert (instructions.amount_remaining, instructions.type) == (700, "us_bank_transfer")
    remaining = partly.next_action.display_bank_transfer_instructions
    assert (remaining.amount_remaining, remaining.reference) == (500, instructions.reference)
    assert (paid.next_action, cash()) == (None, 100)
    types = [each.type for each in stripe.Event.list(limit=100).data]
    assert types.count("payment_intent.partially_funded") == 2
    assert types.count("payment_intent.succeeded") == 1
    # The first money had nothing to pay yet, and of the last something is left.
    assert types.count("cash_balance.funds_available") == 2


def test_money_goes_to_what_it_refers_to_or_fits_before_the_oldest(stripe, pay, send):
    oldest, fitting, named = pay(1000), pay(700), pay(900)
    reference = named.next_action.display_bank_transfer_instructions.reference

    def paid():
        return {each.id for each in stripe.PaymentIntent.list().data if each.status == "succeeded"}

    send(900, reference=reference)
    assert paid() == {named.id}
    send(700)
    assert paid() == {named.id, fitting.id}
    send(1000)
    assert paid() == {named.id, fitting.id, oldest.id}


def test_by_hand_cash_is_applied_by_hand(stripe, jenny, pay, send, cash):
    stripe.Customer.modify_cash_balance(jenny, settings={"reconciliation_mode": "manual"})
    send(1500)
    intent = pay()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.apply_customer_balance(intent.id, amount=1001)
    part = stripe.PaymentIntent.apply_customer_balance(intent.id, amount=400)
    rest = stripe.PaymentIntent.apply_customer_balance(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.PaymentIntent.apply_customer_balance(intent.id)

    assert refused.value.param == "amount"
    assert (intent.status, part.status, rest.status) == (
        "requires_action",
        "requires_action",
        "succeeded",
    )
    assert again.value.code == "payment_intent_unexpected_state"
    assert cash() == 500


def test_what_a_canceled_payment_had_got_is_the_customers_again(stripe, jenny, pay, send, cash):
    send(300)
    intent = pay()
    meanwhile = cash()

    stripe.PaymentIntent.cancel(intent.id)
    send(700)

    assert (meanwhile, cash()) == (0, 1000)
    assert moves(stripe, jenny)[1:3] == [
        ("applied_to_payment", -300),
        ("unapplied_from_payment", 300),
    ]
    assert stripe.PaymentIntent.retrieve(intent.id).status == "canceled"


@pytest.fixture
def bill(stripe, jenny):
    """Opens an invoice that is paid by bank transfer."""

    def bill(amount):
        invoice = stripe.Invoice.create(
            customer=jenny,
            currency="usd",
            collection_method="send_invoice",
            days_until_due=30,
            payment_settings={"payment_method_types": ["customer_balance"]},
        )
        stripe.InvoiceItem.create(customer=jenny, invoice=invoice.id, amount=amount, currency="usd")
        return stripe.Invoice.finalize_invoice(invoice.id)

    return bill


def statuses(stripe, *objects):
    return [type(each).retrieve(each.id).status for each in objects]


def test_a_transfer_pays_the_invoice_that_it_refers_to(stripe, bill, send, cash):
    first, second = bill(1000), bill(1000)

    send(1000, reference=second.number)

    assert statuses(stripe, first, second) == ["open", "paid"]
    assert cash() == 0


def test_a_transfer_pays_what_comes_to_just_that(stripe, bill, pay, send):
    invoices, payments = [bill(600), bill(300)], [pay(400), pay(500)]

    send(700)

    assert statuses(stripe, *invoices) == ["open", "paid"]
    assert statuses(stripe, *payments) == ["succeeded", "requires_action"]


def test_invoices_are_paid_in_whole_before_payments_are_in_part(stripe, bill, pay, send, cash):
    payment, invoices = pay(1000), [bill(900), bill(500)]

    send(950)

    assert statuses(stripe, *invoices) == ["paid", "open"]
    details = stripe.PaymentIntent.retrieve(payment.id).next_action
    assert details.display_bank_transfer_instructions.amount_remaining == 950
    assert cash() == 0


def test_an_invoice_is_paid_from_cash_that_is_there(stripe, bill, send, cash):
    send(1000)

    too_much, invoice = bill(1001), bill(600)

    assert (too_much.status, invoice.status) == ("open", "paid")
    assert cash() == 400


def test_no_reference_is_asked_for_in_japan(stripe, pay):
    options = {"funding_type": "bank_transfer", "bank_transfer": {"type": "jp_bank_transfer"}}
    intent = pay(currency="jpy", payment_method_options={"customer_balance": options})

    assert intent.next_action.display_bank_transfer_instructions.reference is None


@pytest.mark.parametrize(
    ("transfer", "place"),
    [
        ({"type": "us_bank_transfer"}, "[type]"),
        (
            {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "US"}},
            "[eu_bank_transfer][country]",
        ),
    ],
)
def test_a_transfer_is_one_in_the_currency(stripe, pay, transfer, place):
    options = {"funding_type": "bank_transfer", "bank_transfer": transfer}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(currency="eur", payment_method_options={"customer_balance": options})

    where = "payment_method_options[customer_balance][bank_transfer]"
    assert refused.value.param == where + place


def test_an_invoice_that_is_long_overdue_is_not_paid_by_itself(stripe, bill, send, days_later):
    invoice = bill(1000)

    days_later(61)
    send(1000)

    assert statuses(stripe, invoice) == ["open"]


def test_how_cash_is_used_can_be_said_of_the_customer(stripe, jenny, pay, send):
    settings = {"settings": {"reconciliation_mode": "manual"}}
    changed = stripe.Customer.modify(jenny, cash_balance=settings)
    new = stripe.Customer.create(cash_balance=settings, expand=["cash_balance"])
    payment = pay(1000)
    send(1000)

    shown = stripe.Customer.retrieve(jenny, expand=["cash_balance"])
    assert "cash_balance" not in changed
    assert new.cash_balance.settings.reconciliation_mode == "manual"
    assert shown.cash_balance.available.usd == 1000
    assert statuses(stripe, payment) == ["requires_action"]


@pytest.mark.parametrize(("country", "account"), [("FR", "FR"), ("IT", "IE"), (None, "IE")])
def test_an_account_in_europe_is_in_the_country_of_the_customer(stripe, pay, country, account):
    address = {"address": {"country": country}} if country else {}
    customer = stripe.Customer.create(email="j@example.com", **address)

    intent = stripe.PaymentIntent.create(
        amount=1000,
        currency="eur",
        customer=customer.id,
        allowed_payment_method_types=["customer_balance"],
        payment_method_data={"type": "customer_balance"},
        confirm=True,
    )

    [address] = intent.next_action.display_bank_transfer_instructions.financial_addresses
    assert (address.iban.country, address.iban.iban[:2]) == (account, account)


@pytest.mark.parametrize(
    ("terms", "param"), [({"customer": None}, "customer"), ({"currency": "brl"}, "currency")]
)
def test_who_cannot_send_money_is_not_waited_for(stripe, pay, terms, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(**terms)

    assert refused.value.param == param
    assert stripe.PaymentIntent.list().data == []


# Where money is sent to


@pytest.mark.parametrize(
    ("currency", "transfer", "types", "country"),
    [
        ("usd", {"type": "us_bank_transfer"}, ["aba", "swift"], "US"),
        (
            "eur",
            {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "FR"}},
            ["iban"],
            "FR",
        ),
        ("gbp", {"type": "gb_bank_transfer"}, ["sort_code"], "GB"),
        ("jpy", {"type": "jp_bank_transfer"}, ["zengin"], "JP"),
        ("mxn", {"type": "mx_bank_transfer"}, ["spei"], "MX"),
    ],
)
def test_a_customer_always_sends_to_the_same_accounts(stripe, currency, transfer, types, country):
    def instructions(customer):
        return stripe.Customer.create_funding_instructions(
            customer, currency=currency, funding_type="bank_transfer", bank_transfer=transfer
        ).to_dict()

    one, other = (stripe.Customer.create().id for _ in range(2))

    made = instructions(one)

    shown = made["bank_transfer"]
    assert (made["currency"], shown["type"], shown["country"]) == (
        currency,
        transfer["type"],
        country,
    )
    assert [each["type"] for each in shown["financial_addresses"]] == types
    assert all(each[each["type"]]["bank_address"] for each in shown["financial_addresses"])
    assert instructions(one) == made
    assert instructions(other) != made


def test_an_intent_says_where_the_money_is_sent(pay):
    intent = pay()

    aba, swift = intent.next_action.display_bank_transfer_instructions.financial_addresses
    assert aba.aba.account_number == swift.swift.account_number
    assert aba.supported_networks == ["ach", "domestic_wire_us"]
