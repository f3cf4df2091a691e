"""The balance, and what moves it by itself: funds that settle, payouts, top-ups. With the SDK."""

from __future__ import annotations

import pytest

DAY = 86_400


@pytest.fixture
def earn(stripe):
    """Charges a card."""

    def earn(amount=10_000, currency="usd", source="tok_bypassPending", **terms):
        return stripe.Charge.create(amount=amount, currency=currency, source=source, **terms)

    return earn


@pytest.fixture
def holds(stripe):
    """What an account holds in a currency: available, and pending."""

    def holds(currency="usd", **account):
        balance = stripe.Balance.retrieve(**account)
        parts = (balance.available, balance.pending)
        return tuple(
            next((each.amount for each in part if each.currency == currency), 0) for part in parts
        )

    return holds


@pytest.fixture
def seller(stripe, seller):
    """A connected account with ten dollars, and nowhere to be paid out to yet."""
    stripe.Charge.create(amount=5000, currency="usd", source="tok_bypassPending")
    stripe.Transfer.create(amount=1000, currency="usd", destination=seller)
    return seller


def bank(number):
    return {
        "object": "bank_account",
        "country": "US",
        "currency": "usd",
        "account_number": number,
        "routing_number": "110000000",
    }


def types(stripe):
    return [each.type for each in stripe.Event.list(limit=100).data][::-1]


# Settling


def test_money_is_pending_for_two_days(stripe, earn, holds, days_later):
    charge = earn(source="tok_visa")
    transaction = stripe.BalanceTransaction.retrieve(charge.balance_transaction)
    at_first = holds()

    midnight = (charge.created // DAY + 2) * DAY
    days_later(to=midnight - 60)
    not_yet = holds()
    days_later(to=midnight)

    assert (transaction.status, transaction.available_on) == ("pending", midnight)
    assert at_first == not_yet == (0, 10_000 - 320)
    assert holds() == (10_000 - 320, 0)
    assert stripe.BalanceTransaction.retrieve(transaction.id).status == "available"
    event = stripe.Event.list(type="balance.available").data[0]
    assert event.data.object.available[0].amount == 10_000 - 320


def test_a_card_for_tests_skips_that(earn, holds):
    earn()

    assert holds() == (10_000 - 320, 0)


def test_currencies_are_kept_apart(earn, holds):
    earn(1000, "eur")
    earn(2000, "usd", "tok_visa")

    assert holds("eur") == (1000 - 59, 0)
    assert holds("usd") == (0, 2000 - 88)


@pytest.mark.parametrize(
    ("description", "told"),
    [("Order 7", "REFUND FOR CHARGE (Order 7)"), (None, "REFUND FOR CHARGE")],
)
def test_a_refunds_transaction_says_of_what_it_is(stripe, earn, description, told):
    charge = earn(**({"description": description} if description else {}))

    refund = stripe.Refund.create(charge=charge.id, expand=["balance_transaction"])

    assert refund.balance_transaction.description == told


def test_what_is_refunded_of_pending_money_is_pending_too(stripe, earn, holds, days_later):
    charge = earn(source="tok_visa")

    stripe.Refund.create(charge=charge.id)

    assert holds() == (0, -320)
    days_later(3)
    assert holds() == (-320, 0)


def test_transactions_are_found_by_what_they_are_of(stripe, earn):
    dollars, euros = earn(1000, "usd"), earn(2000, "eur")
    refund = stripe.Refund.create(charge=dollars.id)
    payout = stripe.Payout.create(amount=500, currency="eur")

    def found(**filters):
        return [each.source for each in stripe.BalanceTransaction.list(**filters).data]

    assert found(source=dollars.id) == [dollars.id]
    assert found(type="refund") == [refund.id]
    assert found(currency="eur") == [payout.id, euros.id]
    with pytest.raises(stripe.InvalidRequestError, match="automatic transfers, not manual"):
        found(payout=payout.id)


def test_what_is_only_authorized_moves_nothing_and_is_released_after_a_week(
    stripe, pay, holds, days_later
):
    given_up, forgotten = pay(capture_method="manual"), pay(capture_method="manual")

    stripe.PaymentIntent.cancel(given_up.id)
    days_later(6.9)
    still = stripe.PaymentIntent.retrieve(forgotten.id)
    days_later(0.2)

    expired = stripe.PaymentIntent.retrieve(forgotten.id, expand=["latest_charge.refunds"])
    charge = expired.latest_charge
    assert (still.status, expired.status) == ("requires_capture", "canceled")
    assert expired.cancellation_reason == "expired"
    for released in (charge, stripe.Charge.retrieve(given_up.latest_charge, expand=["refunds"])):
        assert (released.captured, released.amount_captured) == (False, 0)
        assert (released.refunded, released.amount_refunded) == (False, 0)
        assert released.refunds.data == []
    assert (holds(), stripe.BalanceTransaction.list().data) == ((0, 0), [])
    assert types(stripe).count("charge.expired") == 1
    assert types(stripe).count("charge.refunded") == 0


def test_the_time_of_connected_accounts_is_their_platforms_until_they_have_their_own(
    stripe, seller, holds, days_later
):
    charge = stripe.Charge.create(
        amount=2000, currency="usd", source="tok_visa", stripe_account=seller
    )
    midnight = (charge.created // DAY + 2) * DAY

    days_later(to=midnight - 60)
    not_yet = holds(stripe_account=seller)
    days_later(to=midnight)
    settled = holds(stripe_account=seller)
    later = stripe.Charge.create(
        amount=300, currency="usd", source="tok_visa", stripe_account=seller
    )
    days_later(1, seller)
    days_later(5)
    apart = holds(stripe_account=seller)
    days_later(1, seller)

    assert (not_yet, settled) == ((1000, 2000 - 88), (1000 + 2000 - 88, 0))
    assert apart == (1000 + 2000 - 88, 300 - 39)
    assert holds(stripe_account=seller) == (1000 + 2000 - 88 + 300 - 39, 0)
    assert stripe.Charge.create(amount=100, currency="usd", source="tok_visa").created > (
        later.created + 4 * DAY
    )


def test_a_charge_that_is_only_authorized_is_released_by_its_refund(stripe, earn, holds):
    charge = earn(1000, capture=False)

    with pytest.raises(stripe.InvalidRequestError, match="only all of it"):
        stripe.Refund.create(charge=charge.id, amount=999)
    refund = stripe.Refund.create(charge=charge.id)

    released = stripe.Charge.retrieve(charge.id)
    assert (refund.status, refund.balance_transaction) == ("succeeded", None)
    assert (released.refunded, released.captured, holds()) == (True, False, (0, 0))
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Charge.capture(charge.id)


def test_a_capture_of_a_part_releases_the_rest_and_leaves_as_much_to_refund(stripe, earn, holds):
    charge = earn(1000, capture=False)

    captured = stripe.Charge.capture(charge.id, amount=400)
    with pytest.raises(stripe.InvalidRequestError, match=r"greater than charge amount \(\$4.00\)"):
        stripe.Refund.create(charge=charge.id, amount=401)
    stripe.Refund.create(charge=charge.id, amount=400)

    assert (captured.amount_captured, captured.amount_refunded, captured.refunded) == (
        400,
        0,
        False,
    )
    assert types(stripe).count("charge.refunded") == 1
    assert stripe.Charge.retrieve(charge.id).refunded
    assert holds() == (-42, 0)


# Payouts


def test_a_payout_arrives_by_the_clock(stripe, earn, holds, days_later):
    earn()

    payout = stripe.Payout.create(amount=5000, currency="usd", expand=["destination"])
    days_later(1)
    on_its_way = stripe.Payout.retrieve(payout.id)
    days_later(1)
    there = stripe.Payout.retrieve(payout.id)

    assert (payout.status, on_its_way.status, there.status) == ("pending", "in_transit", "paid")
    assert payout.destination.last4 == "6789"
    assert payout.arrival_date % DAY == 0
    assert holds() == (10_000 - 320 - 5000, 0)
    assert [each for each in types(stripe) if each.startswith("payout")] == [
        "payout.created",
        "payout.updated",
        "payout.updated",
        "payout.paid",
    ]


def test_a_payout_can_be_canceled_until_it_leaves(stripe, earn, holds, days_later):
    earn()
    kept = stripe.Payout.create(amount=5000, currency="usd")
    sent = stripe.Payout.create(amount=1000, currency="usd")

    canceled = stripe.Payout.cancel(kept.id)
    days_later(1)
    with pytest.raises(stripe.InvalidRequestError, match="while they are pending"):
        stripe.Payout.cancel(sent.id)

    assert canceled.status == "canceled"
    back = stripe.BalanceTransaction.retrieve(canceled.failure_balance_transaction)
    assert (back.type, back.amount) == ("payout_cancel", 5000)
    assert holds() == (10_000 - 320 - 1000, 0)
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Payout.cancel(kept.id)


def test_an_instant_payout_is_there_at_once_and_costs(stripe, earn, holds):
    earn()

    payout = stripe.Payout.create(amount=5000, currency="usd", method="instant")

    assert stripe.Payout.retrieve(payout.id).status == "paid"
    assert holds() == (10_000 - 320 - 5000 - 75, 0)


def test_an_instant_payout_takes_what_was_paid_by_card_and_has_not_settled(stripe, pay, holds):
    pay(amount=10_000)
    [instant] = stripe.Balance.retrieve().instant_available

    payout = stripe.Payout.create(amount=instant.amount, currency="usd", method="instant")

    assert (instant.amount, instant.currency) == (9536, "usd")
    assert payout.balance_transaction
    assert sum(holds()) == 1
    assert stripe.Balance.retrieve().instant_available[0].amount == 0


@pytest.mark.parametrize(
    ("amount", "code"), [(49, "amount_too_small"), (1_000_000, "amount_too_large")]
)
def test_an_instant_payout_is_limited(stripe, earn, amount, code):
    earn(amount=2_000_000)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(amount=amount, currency="usd", method="instant")

    assert (refused.value.param, refused.value.code) == ("amount", code)


def test_there_are_ten_instant_payouts_a_day(stripe, earn, days_later):
    earn(amount=100_000)
    again = {"amount": 100, "currency": "usd", "method": "instant"}
    for _ in range(10):
        stripe.Payout.create(**again)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(**again)
    days_later(1)

    assert refused.value.code == "instant_payouts_limit_exceeded"
    assert stripe.Payout.create(**again).method == "instant"


@pytest.mark.parametrize(
    "terms",
    [
        {"amount": 9681, "currency": "usd"},
        {"amount": 100, "currency": "eur"},
        {"amount": 100, "currency": "usd", "source_type": "bank_account"},
        {"amount": 9680, "currency": "usd", "method": "instant"},
    ],
)
def test_what_is_not_there_cannot_be_paid_out(stripe, earn, holds, terms):
    earn()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(**terms)

    assert (refused.value.http_status, refused.value.code) == (400, "balance_insufficient")
    assert holds() == (10_000 - 320, 0)
    assert stripe.Payout.list().data == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("000111111116", "no_account"),
        ("000111111113", "account_closed"),
        ("000222222227", "insufficient_funds"),
        ("000333333335", "debit_not_authorized"),
        ("000444444440", "invalid_currency"),
    ],
)
def test_a_test_bank_account_sends_the_money_back(stripe, seller, holds, days_later, number, code):
    made = stripe.Account.create_external_account(seller, external_account=bank(number))
    payout = stripe.Payout.create(amount=400, currency="usd", stripe_account=seller)
    meanwhile = holds(stripe_account=seller)

    days_later(2, seller)

    failed = stripe.Payout.retrieve(payout.id, stripe_account=seller)
    assert (failed.status, failed.failure_code) == ("failed", code)
    assert failed.destination == made.id
    back = stripe.BalanceTransaction.retrieve(
        failed.failure_balance_transaction, stripe_account=seller
    )
    assert (back.type, back.amount) == ("payout_failure", 400)
    assert (meanwhile, holds(stripe_account=seller)) == ((600, 0), (1000, 0))
    # It is not tried again before it is changed.
    assert stripe.Account.retrieve_external_account(seller, made.id).status == "errored"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(amount=400, currency="usd", stripe_account=seller)
    assert refused.value.code == "bank_account_unusable"


def test_a_connected_account_needs_somewhere_to_be_paid_out_to(stripe, seller):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(amount=400, currency="usd", stripe_account=seller)

    assert refused.value.user_message == (
        "Sorry, you don't have any external accounts in that currency (usd)."
    )


def test_a_payout_goes_where_it_is_told_to(stripe, seller):
    stripe.Account.create_external_account(seller, external_account=bank("000123456789"))
    card = stripe.Account.create_external_account(
        seller, external_account="tok_visa_debit_us_transferSuccess"
    )

    by_default = stripe.Payout.create(amount=100, currency="usd", stripe_account=seller)
    told = stripe.Payout.create(
        amount=100,
        currency="usd",
        destination=card.id,
        stripe_account=seller,
        expand=["destination"],
    )

    assert (by_default.type, told.type, told.destination.id) == ("bank_account", "card", card.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(
            amount=100, currency="usd", destination="ba_none", stripe_account=seller
        )
    assert (refused.value.code, refused.value.param) == ("resource_missing", "destination")


def test_only_what_can_be_fast_is_instant(stripe, seller):
    slow = stripe.Account.create_external_account(
        seller, external_account="tok_visa_debit_us_instantPayoutUnsupported"
    )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(
            amount=100,
            currency="usd",
            destination=slow.id,
            method="instant",
            stripe_account=seller,
        )

    assert refused.value.code == "instant_payouts_unsupported"


def test_an_accounts_new_bank_account_takes_the_place_of_the_default_one(stripe, seller):
    first, other = (
        stripe.Account.create_external_account(seller, external_account="btok_us_verified").id
        for _ in range(2)
    )

    account = stripe.Account.modify(seller, external_account="btok_us_verified_noAccount")

    found = {each.id: each.default_for_currency for each in account.external_accounts.data}
    assert (first in found, found.pop(other), list(found.values())) == (False, False, [True])
    told = stripe.Event.list(type="account.external_account.deleted", stripe_account=seller).data
    assert [each.data.object.id for each in told] == [first]


@pytest.mark.parametrize(
    ("country", "card", "methods"),
    [
        ("CA", "visa_debit_ca_transferSuccess", ["standard", "instant"]),
        ("GB", "visa_debit_gb_instantPayoutUnsupported", ["standard"]),
        ("DE", "mastercard_debit_de_transferSuccess", ["standard", "instant"]),
    ],
)
def test_other_countries_have_test_debit_cards_of_their_own(stripe, country, card, methods):
    # https://docs.stripe.com/connect/testing#debit-card-numbers
    account = stripe.Account.create(type="custom", country=country).id

    made = stripe.Account.create_external_account(account, external_account=f"tok_{card}")

    assert (made.country, made.funding) == (country, "debit")
    assert made.available_payout_methods == methods


def test_only_debit_cards_are_paid_out_to(stripe, seller):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Account.create_external_account(seller, external_account="tok_visa")

    assert (refused.value.code, refused.value.param) == ("invalid_card_type", "external_account")


def test_a_connected_accounts_payout_can_be_reversed_once(stripe, seller, holds, days_later):
    stripe.Account.create_external_account(seller, external_account=bank("000123456789"))
    payout = stripe.Payout.create(amount=400, currency="usd", stripe_account=seller)
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Payout.reverse(payout.id, stripe_account=seller)
    days_later(2, seller)

    back = stripe.Payout.reverse(payout.id, stripe_account=seller)
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Payout.reverse(payout.id, stripe_account=seller)

    assert (back.amount, back.original_payout) == (-400, payout.id)
    assert stripe.Payout.retrieve(payout.id, stripe_account=seller).reversed_by == back.id
    assert holds(stripe_account=seller) == (600, 400)
    days_later(2, seller)
    assert holds(stripe_account=seller) == (1000, 0)


# Automatic payouts


def test_what_is_available_is_paid_out_by_the_schedule_that_was_chosen(
    stripe, earn, holds, days_later
):
    earn()
    before = stripe.BalanceSettings.retrieve()
    days_later(8)
    by_default = stripe.Payout.list().data

    stripe.BalanceSettings.modify(
        payments={"payouts": {"schedule": {"interval": "weekly", "weekly_payout_days": ["monday"]}}}
    )
    days_later(7)
    later = earn(2000, source="tok_bypassPending")

    payout = stripe.Payout.list().data[0]
    transactions = stripe.BalanceTransaction.list(payout=payout.id).data
    assert (before.payments.payouts.schedule.interval, by_default) == ("daily", [])
    assert (payout.automatic, payout.amount) == (True, 10_000 - 320)
    # 1970 began with a Thursday.
    assert payout.created % (7 * DAY) == 4 * DAY
    assert [each.type for each in transactions] == ["payout", "charge"]
    assert sum(each.net for each in transactions) == 0
    assert later.balance_transaction not in [each.id for each in transactions]
    days_later(3)
    assert stripe.Payout.retrieve(payout.id).reconciliation_status == "completed"
    assert stripe.Account.retrieve().settings.payouts.schedule.interval == "weekly"


def test_an_accounts_settings_choose_a_schedule_too(stripe, seller, holds, days_later):
    stripe.Account.create_external_account(seller, external_account=bank("000123456789"))

    stripe.Account.modify(
        seller, settings={"payouts": {"schedule": {"interval": "daily", "delay_days": 7}}}
    )
    settings = stripe.BalanceSettings.retrieve(stripe_account=seller)
    stripe.Charge.create(amount=2000, currency="usd", source="tok_visa", stripe_account=seller)
    days_later(6, seller)
    first = holds(stripe_account=seller)
    days_later(2, seller)

    amounts = [each.amount for each in stripe.Payout.list(stripe_account=seller).data]
    assert settings.payments.settlement_timing.delay_days == 7
    assert first == (0, 2000 - 88)
    assert amounts == [2000 - 88, 1000]


def test_choosing_the_schedule_that_is_the_default_is_choosing_one(stripe, seller, days_later):
    stripe.Account.create_external_account(seller, external_account=bank("000123456789"))

    stripe.Account.modify(seller, settings={"payouts": {"schedule": {"interval": "daily"}}})
    days_later(2, seller)

    amounts = [each.amount for each in stripe.Payout.list(stripe_account=seller).data]
    assert amounts == [1000]


def test_what_settles_at_the_midnight_of_a_payout_is_paid_out_with_it(stripe, earn, days_later):
    now = stripe.Customer.create().created
    day = ("thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday")[
        (now // DAY + 2) % 7
    ]
    stripe.BalanceSettings.modify(
        payments={"payouts": {"schedule": {"interval": "weekly", "weekly_payout_days": [day]}}}
    )

    earn(source="tok_visa")
    days_later(3)

    assert [each.amount for each in stripe.Payout.list().data] == [10_000 - 320]


def test_by_hand_means_by_hand(stripe, earn, holds, days_later):
    earn()
    schedule = {"interval": "daily"}
    stripe.BalanceSettings.modify(payments={"payouts": {"schedule": schedule}})

    stripe.BalanceSettings.modify(payments={"payouts": {"schedule": {"interval": "manual"}}})
    days_later(5)

    assert holds() == (10_000 - 320, 0)


def test_a_day_that_no_month_has_is_refused(stripe):
    schedule = {"interval": "monthly", "monthly_payout_days": [0]}

    with pytest.raises(stripe.InvalidRequestError, match="between 1 and 31"):
        stripe.BalanceSettings.modify(payments={"payouts": {"schedule": schedule}})


# Top-ups


def test_a_top_up_comes_by_the_clock(stripe, holds, days_later):
    topup = stripe.Topup.create(amount=2000, currency="usd", source="btok_us_verified")
    at_first = holds()

    days_later(5)

    there = stripe.Topup.retrieve(topup.id, expand=["balance_transaction"])
    assert (topup.status, topup.balance_transaction, at_first) == ("pending", None, (0, 0))
    assert (there.status, there.balance_transaction.type) == ("succeeded", "topup")
    assert holds() == (2000, 0)
    assert "topup.succeeded" in types(stripe)


def test_a_top_up_fails_where_the_test_bank_says_so(stripe, holds, days_later):
    topup = stripe.Topup.create(
        amount=2000, currency="usd", source="btok_us_verified_insufficientFunds"
    )

    days_later(5)

    failed = stripe.Topup.retrieve(topup.id)
    assert (failed.status, failed.failure_code) == ("failed", "insufficient_funds")
    assert holds() == (0, 0)


def test_a_top_up_can_be_canceled_until_it_has_come(stripe, holds, days_later):
    first = stripe.Topup.create(amount=2000, currency="usd")
    second = stripe.Topup.create(amount=300, currency="usd")

    canceled = stripe.Topup.cancel(first.id)
    days_later(6)
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Topup.cancel(second.id)

    assert canceled.status == "canceled"
    assert holds() == (300, 0)


def test_an_older_charge_that_is_not_captured_in_time_is_released(stripe, days_later):
    charge = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa", capture=False)

    days_later(8)

    expired = stripe.Charge.retrieve(charge.id)
    assert (expired.refunded, expired.amount_refunded, expired.captured) == (False, 0, False)
    assert [each.data.object.id for each in stripe.Event.list(type="charge.expired")] == [charge.id]
    with pytest.raises(stripe.InvalidRequestError) as late:
        stripe.Charge.capture(charge.id)
    assert late.value.code == "charge_expired_for_capture"
