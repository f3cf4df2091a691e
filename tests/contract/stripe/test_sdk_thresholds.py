"""What Stripe asks of connected accounts later, and what its trigger cards do
(https://docs.stripe.com/connect/testing#trigger-cards). With the SDK.
"""

import pytest

from tests.onboarded import ONBOARDED

LATER = "individual.id_number"


@pytest.fixture
def seller(stripe):
    """A connected account's id."""
    return stripe.Account.create(**ONBOARDED).id


@pytest.fixture
def pay(pay, seller):
    """Pays ten dollars to the seller."""
    return lambda method, **on: pay(method, **(on or {"stripe_account": seller}))


@pytest.fixture
def trigger(stripe, seller, pay):
    """Pays the seller with a trigger card, and gives what has become of the account."""

    def trigger(card, **on):
        pay(f"pm_card_visa_trigger{card}", **on)
        return stripe.Account.retrieve(seller)

    return trigger


def test_what_will_be_asked_later_is_eventually_due(stripe, seller):
    account = stripe.Account.retrieve(seller)
    asked = account.requirements

    assert (asked.eventually_due, asked.currently_due, asked.past_due) == ([LATER], [], [])
    assert (account.charges_enabled, account.payouts_enabled) == (True, True)


def test_the_next_requirements_are_due_until_a_deadline(stripe, seller, trigger, pass_time):
    account = trigger("NextRequirements")
    asked = account.requirements

    assert (asked.currently_due, asked.past_due, asked.disabled_reason) == ([LATER], [], None)
    assert (account.charges_enabled, account.payouts_enabled) == (True, True)
    updated = stripe.Event.list(type="account.updated", stripe_account=seller).data[0]
    assert updated.data.object.requirements.currently_due == [LATER]

    pass_time(to=asked.current_deadline)

    after = stripe.Account.retrieve(seller)
    assert (after.charges_enabled, after.payouts_enabled) == (True, False)
    assert after.requirements.past_due == [LATER]


@pytest.mark.parametrize(
    ("card", "enabled", "capability"),
    [("ChargeBlock", (False, True), "inactive"), ("PayoutBlock", (True, False), "active")],
)
@pytest.mark.parametrize("way", ["direct", "on_behalf_of"])
def test_a_block_ends_when_what_was_due_is_told(
    stripe, seller, trigger, card, enabled, capability, way
):
    account = trigger(card, **({} if way == "direct" else {"on_behalf_of": seller}))

    assert (account.charges_enabled, account.payouts_enabled) == enabled
    assert account.capabilities.card_payments == capability
    assert account.requirements.past_due == [LATER]
    assert account.requirements.disabled_reason == "requirements.past_due"

    after = stripe.Account.modify(seller, individual={"id_number": "000000000"})

    assert (after.charges_enabled, after.payouts_enabled) == (True, True)
    assert after.requirements.eventually_due == []


def test_who_is_blocked_is_not_paid_out(stripe, seller, pay, trigger):
    pay("pm_card_bypassPending")
    trigger("PayoutBlock")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Payout.create(amount=100, currency="usd", stripe_account=seller)

    assert refused.value.code == "payouts_not_allowed"


def test_who_has_told_everything_is_asked_for_nothing(stripe, seller, trigger):
    stripe.Account.modify(seller, individual={"id_number": "000000000"})

    account = trigger("ChargeBlock")

    assert (account.charges_enabled, account.requirements.currently_due) == (True, [])


def test_a_link_collects_what_will_be_asked_later(stripe, seller, page):
    link = stripe.AccountLink.create(
        account=seller,
        type="account_onboarding",
        refresh_url="https://platform.example/again",
        return_url="https://platform.example/back",
        collection_options={"fields": "eventually_due"},
    )

    page(link.url, outcome="complete")

    account = stripe.Account.retrieve(seller)
    assert account.requirements.eventually_due == []
    assert account.individual.id_number_provided
