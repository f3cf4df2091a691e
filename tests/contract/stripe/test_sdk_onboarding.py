"""Account links and login links: how a connected account's owner gets to Stripe's pages, and what comes of it."""

import pytest

REFRESH, RETURN = "https://platform.example/again", "https://platform.example/back"


@pytest.fixture
def account(stripe):
    """Makes an account that has told nothing yet."""

    def account(**terms):
        return stripe.Account.create(
            **{
                "type": "express",
                "capabilities": {
                    "card_payments": {"requested": True},
                    "transfers": {"requested": True},
                },
                **terms,
            }
        )

    return account


@pytest.fixture
def link(stripe):
    """Makes an account link."""

    def link(account, **terms):
        return stripe.AccountLink.create(
            **{
                "account": account.id,
                "refresh_url": REFRESH,
                "return_url": RETURN,
                "type": "account_onboarding",
                **terms,
            }
        )

    return link


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"country": "DE"},
        {"type": "custom"},
        {"type": "standard", "business_type": "company"},
    ],
)
def test_an_owner_tells_everything_on_the_page(stripe, account, link, page, terms):
    made = account(**terms)
    url = link(made).url

    shown, _ = page(url)
    _, sent = page(url, outcome="complete")

    done = stripe.Account.retrieve(made.id)
    assert "external_account" in shown
    assert sent == RETURN
    assert (done.details_submitted, done.charges_enabled, done.payouts_enabled) == (
        True,
        True,
        True,
    )
    assert done.capabilities.to_dict() == {"card_payments": "active", "transfers": "active"}
    assert done.requirements.currently_due == []
    updated = stripe.Event.list(type="account.updated", stripe_account=made.id).data
    assert updated[0].data.object.charges_enabled


@pytest.mark.parametrize("type", ["standard", "express"])
def test_what_nobody_asked_for_is_requested_where_stripe_has_the_dashboard(
    stripe, account, link, page, pay, type
):
    made = account(type=type, capabilities={})
    page(link(made).url, outcome="complete")

    done = stripe.Account.retrieve(made.id)
    paid = pay(stripe_account=made.id)

    assert (done.charges_enabled, done.payouts_enabled) == (True, True)
    assert done.capabilities.to_dict() == {"card_payments": "active", "transfers": "active"}
    assert paid.status == "succeeded"


def test_an_account_with_the_full_dashboard_has_requested_them_from_the_start(account):
    assert account(type="standard", capabilities={}).capabilities.to_dict() == {
        "card_payments": "inactive",
        "transfers": "inactive",
    }
    assert account(type="custom", capabilities={}).capabilities.to_dict() == {}


def test_an_owner_leaves_it_for_later(stripe, account, link, page):
    made = account()

    _, sent = page(link(made).url, outcome="later")

    assert sent == RETURN
    assert not stripe.Account.retrieve(made.id).details_submitted


def test_a_link_is_used_once(account, link, page):
    url = link(account()).url

    page(url, outcome="complete")

    assert page(url)[1] == REFRESH


def test_a_link_says_where_to_go_afterwards(stripe, account, link):
    for name in ("refresh_url", "return_url"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            link(account(), **{name: None})
        assert (refused.value.code, refused.value.param) == ("parameter_missing", name)


def test_only_who_collects_what_is_known_lets_it_be_changed(stripe, account, link):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        link(account(), type="account_update")

    assert refused.value.user_message == (
        "You cannot create `account_update` type Account Links for this account. Valid types for this account are "
        '["account_onboarding"].'
    )
    assert link(account(type="custom"), type="account_update").url


def test_who_has_told_everything_logs_in(stripe, account, link, page):
    made = account()
    with pytest.raises(stripe.InvalidRequestError, match="has not completed onboarding"):
        stripe.Account.create_login_link(made.id)

    page(link(made).url, outcome="complete")

    assert stripe.Account.create_login_link(made.id).url
    with pytest.raises(stripe.InvalidRequestError, match="Express dashboard"):
        stripe.Account.create_login_link(account(type="custom").id)
