"""Sources of other types than cards, which ask something of their customer, with the SDK
(https://docs.stripe.com/sources, https://docs.stripe.com/sources/bancontact).
"""

import urllib.parse

import pytest

HOUR = 3600


@pytest.fixture
def bancontact(stripe):
    """A source over 10.99 euros, which sends its customer to their bank."""
    return stripe.Source.create(
        type="bancontact",
        amount=1099,
        currency="eur",
        owner={"name": "Jenny Rosen"},
        redirect={"return_url": "https://shop.example.com/done?order=7"},
    )


@pytest.fixture
def transfer(stripe):
    """Makes a source that money is sent to."""

    def transfer(email="jenny@example.com"):
        return stripe.Source.create(
            type="ach_credit_transfer", currency="usd", owner={"email": email}
        ).id

    return transfer


def types(stripe, id):
    """The types of the events of an object, oldest first."""
    events = stripe.Event.list(limit=100).data
    return [each.type for each in reversed(events) if each.data.object.to_dict().get("id") == id]


def test_a_customer_authorizes_on_the_page_and_comes_back(stripe, page, bancontact):
    assert (bancontact.status, bancontact.flow, bancontact.usage) == (
        "pending",
        "redirect",
        "single_use",
    )
    assert bancontact.redirect.status == "pending"

    shown, _ = page(bancontact.redirect.url)
    back = page(bancontact.redirect.url, outcome="succeeded")[1]

    assert "Authorize test payment" in shown
    told = urllib.parse.parse_qs(urllib.parse.urlsplit(back).query)
    assert told == {
        "client_secret": [bancontact.client_secret],
        "livemode": ["false"],
        "order": ["7"],
        "source": [bancontact.id],
    }
    source = stripe.Source.retrieve(bancontact.id)
    assert (source.status, source.redirect.status) == ("chargeable", "succeeded")
    assert types(stripe, source.id) == ["source.chargeable"]


def test_a_customer_who_refuses_leaves_a_failed_source(stripe, page, bancontact):
    page(bancontact.redirect.url, outcome="failed")

    source = stripe.Source.retrieve(bancontact.id)
    assert (source.status, source.redirect.status) == ("failed", "failed")
    assert source.redirect.failure_reason == "declined"
    assert types(stripe, source.id) == ["source.failed"]


def test_an_authorized_source_is_charged_once(stripe, page, bancontact):
    page(bancontact.redirect.url, outcome="succeeded")

    charge = stripe.Charge.create(amount=1099, currency="eur", source=bancontact.id)

    assert (charge.status, charge.id[:3]) == ("succeeded", "py_")
    assert charge.payment_method_details.type == "bancontact"
    assert charge.billing_details.name == "Jenny Rosen"
    assert (charge.source.id, charge.source.status) == (bancontact.id, "consumed")
    assert stripe.BalanceTransaction.retrieve(charge.balance_transaction).amount == 1099
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Charge.create(amount=1099, currency="eur", source=bancontact.id)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"amount": 1100}, "amount"),
        ({"currency": "usd"}, "currency"),
        ({"capture": False}, "capture"),
    ],
)
def test_no_more_is_charged_than_was_authorized(stripe, page, bancontact, params, param):
    page(bancontact.redirect.url, outcome="succeeded")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Charge.create(
            **{"amount": 1099, "currency": "eur", "source": bancontact.id, **params}
        )

    assert refused.value.param == param
    assert stripe.Source.retrieve(bancontact.id).status == "chargeable"


def test_a_pending_source_cannot_be_charged(stripe, bancontact):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Charge.create(amount=1099, currency="eur", source=bancontact.id)

    assert refused.value.param == "source"


def test_nobody_who_comes_back_late_can_authorize(stripe, page, pass_time, bancontact):
    pass_time(HOUR + 1)

    assert stripe.Source.retrieve(bancontact.id).status == "canceled"
    assert types(stripe, bancontact.id) == ["source.canceled"]
    assert "canceled" in page(bancontact.redirect.url)[0]


def test_an_authorized_source_that_is_not_charged_in_time_is_canceled(
    stripe, page, pass_time, bancontact
):
    pass_time(HOUR // 2)
    page(bancontact.redirect.url, outcome="succeeded")
    pass_time(6 * HOUR - 60)
    assert stripe.Source.retrieve(bancontact.id).status == "chargeable"
    pass_time(61)

    assert stripe.Source.retrieve(bancontact.id).status == "canceled"


def test_a_test_email_authorizes_by_itself(stripe):
    source = stripe.Source.create(
        type="ideal",
        amount=500,
        currency="eur",
        owner={"email": "mine_chargeable@example.com"},
        redirect={"return_url": "https://shop.example.com"},
    )

    assert source.status == "pending"
    assert stripe.Source.retrieve(source.id).status == "chargeable"


@pytest.mark.parametrize("missing", ["amount", "currency", "redirect"])
def test_what_a_redirect_needs_is_asked_for(stripe, missing):
    params = {
        "amount": 500,
        "currency": "eur",
        "redirect": {"return_url": "https://shop.example.com"},
        "type": "giropay",
    }
    del params[missing]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Source.create(**params)

    assert (refused.value.code, refused.value.param) == ("parameter_missing", missing)


def test_a_source_knows_its_currencies(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Source.create(type="ach_credit_transfer", currency="eur")

    assert refused.value.param == "currency"


def test_money_that_was_sent_makes_a_source_chargeable(stripe, transfer):
    source = stripe.Source.retrieve(transfer("amount_4242@example.com"))

    assert (source.status, source.usage) == ("chargeable", "reusable")
    details, receiver = source.ach_credit_transfer, source.receiver
    assert receiver.address == f"{details.routing_number}-{details.account_number}"
    assert (receiver.amount_received, receiver.amount_charged) == (4242, 0)
    [transaction] = stripe.Source.list_source_transactions(source.id).data
    assert (transaction.amount, transaction.currency, transaction.type) == (
        4242,
        "usd",
        "ach_credit_transfer",
    )
    assert types(stripe, transaction.id) == ["source.transaction.created"]


def test_a_customers_receiver_is_charged_for_what_it_has(stripe, transfer):
    id = transfer()
    customer = stripe.Customer.create(source=id)

    stripe.Charge.create(amount=600, currency="usd", customer=customer.id)
    left = stripe.Source.retrieve(id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Charge.create(amount=401, currency="usd", customer=customer.id)
    stripe.Charge.create(amount=400, currency="usd", customer=customer.id)
    empty = stripe.Source.retrieve(id)

    assert (left.status, left.receiver.amount_charged) == ("chargeable", 600)
    assert refused.value.param == "amount"
    assert (empty.status, empty.receiver.amount_charged) == ("pending", 1000)
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Charge.create(amount=1, currency="usd", customer=customer.id)


def test_another_test_email_sends_more(stripe, transfer):
    id = transfer()
    customer = stripe.Customer.create(source=id)
    stripe.Charge.create(amount=1000, currency="usd", customer=customer.id)

    stripe.Source.modify(id, owner={"email": "amount_4242@example.com"})

    source = stripe.Source.retrieve(id)
    assert (source.status, source.receiver.amount_received) == ("chargeable", 5242)
    assert len(stripe.Source.list_source_transactions(id).data) == 2


def test_a_multibanco_voucher_is_paid_after_moments(stripe, pass_time):
    source = stripe.Source.create(type="multibanco", amount=1099, currency="eur")
    assert stripe.Source.retrieve(source.id).status == "pending"

    pass_time(3)

    paid = stripe.Source.retrieve(source.id)
    assert (paid.status, paid.usage) == ("chargeable", "single_use")
    assert (
        paid.receiver.address,
        paid.receiver.amount_received,
    ) == (f"{paid.multibanco.entity}-{paid.multibanco.reference}", 1099)


def test_a_source_that_asks_for_no_code_is_not_verified(stripe, bancontact):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Source.verify(bancontact.id, values=["123456"])

    assert refused.value.http_status == 400


def test_a_source_has_the_flow_of_its_type(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Source.create(type="ideal", flow="code_verification", amount=500, currency="eur")

    assert refused.value.param == "flow"
