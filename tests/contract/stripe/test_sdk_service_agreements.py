"""Which service agreement a connected account is under, and who accepts it
(https://docs.stripe.com/connect/service-agreement-types). With the SDK.
"""

import pytest

from tests.onboarded import ONBOARDED

ACCEPTED = {"date": 1_700_000_000, "ip": "127.0.0.1"}
RECIPIENT = {
    **{name: value for name, value in ONBOARDED.items() if name != "business_profile"},
    "capabilities": {"transfers": {"requested": True}},
    "tos_acceptance": {**ACCEPTED, "service_agreement": "recipient"},
}


@pytest.mark.parametrize(
    "kind",
    [{"type": "express"}, {"type": "standard"}, {"controller": {"fees": {"payer": "application"}}}],
)
def test_nobody_accepts_in_the_place_of_who_is_asked_by_stripe(stripe, kind):
    with pytest.raises(stripe.InvalidRequestError) as new:
        stripe.Account.create(**kind, tos_acceptance=ACCEPTED)
    account = stripe.Account.create(**kind).id
    with pytest.raises(stripe.InvalidRequestError) as known:
        stripe.Account.modify(account, tos_acceptance=ACCEPTED)

    assert (
        new.value.user_message
        == known.value.user_message
        == (
            "You cannot accept the Terms of Service on behalf of accounts where controller[requirement_collection]=stripe, "
            "which includes Standard and Express accounts."
        )
    )


def test_a_recipient_is_paid_and_not_asked_for_its_business(stripe):
    account = stripe.Account.create(**RECIPIENT)

    assert account.requirements.currently_due == []
    assert (account.capabilities.transfers, account.payouts_enabled) == ("active", True)
    for ask in (
        lambda: stripe.Account.modify(
            account.id, capabilities={"card_payments": {"requested": True}}
        ),
        lambda: stripe.Account.modify_capability(account.id, "card_payments", requested=True),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            ask()
        assert refused.value.param == "capabilities[card_payments][requested]"


def test_what_was_accepted_is_not_changed(stripe):
    account = stripe.Account.create(**RECIPIENT).id

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Account.modify(account, tos_acceptance={"service_agreement": "full"})

    assert refused.value.param == "tos_acceptance[service_agreement]"
