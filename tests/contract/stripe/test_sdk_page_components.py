"""What pages show of Stripe's with the SDK: sessions for components, and the domains where wallets are shown."""

import pytest
from stripe import InvalidRequestError


@pytest.fixture
def sessions(client):
    """The service of account sessions."""
    return client.v1.account_sessions


@pytest.fixture
def express(client):
    """A connected account that Stripe asks for what is required."""
    return client.v1.accounts.create({"type": "express"})


def test_an_account_session_shows_every_component(sessions, express):
    made = sessions.create(
        {
            "account": express.id,
            "components": {
                "account_onboarding": {"enabled": True},
                "payments": {"enabled": True, "features": {"refund_management": False}},
            },
        }
    )

    shown = made.components
    assert (shown.account_onboarding.enabled, shown.balances.enabled) == (True, False)
    assert shown.account_onboarding.features.to_dict() == {
        "disable_stripe_user_authentication": False,
        "external_account_collection": True,
    }
    assert (
        shown.payments.features.refund_management,
        shown.payments.features.capture_payments,
    ) == (
        False,
        True,
    )
    assert shown.payments.features.destination_on_behalf_of_charge_management is False
    assert made.client_secret.startswith("accs_secret")


def test_who_is_asked_by_stripe_authenticates_there(client, sessions, express):
    custom = client.v1.accounts.create({"type": "custom"})
    components = {
        "account_onboarding": {
            "enabled": True,
            "features": {"external_account_collection": False},
        }
    }

    ours = sessions.create({"account": custom.id, "components": components})

    assert ours.components.account_onboarding.features.to_dict() == {
        "disable_stripe_user_authentication": True,
        "external_account_collection": False,
    }
    with pytest.raises(InvalidRequestError, match="requirement_collection"):
        sessions.create({"account": express.id, "components": components})
    with pytest.raises(InvalidRequestError, match="at least one component"):
        sessions.create({"account": express.id, "components": {"payments": {"enabled": False}}})


def test_an_account_session_is_for_an_account_of_v2_too(client, sessions):
    account = client.v2.core.accounts.create(
        {"configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}}}
    )

    made = sessions.create({"account": account.id, "components": {"payments": {"enabled": True}}})

    assert made.account == account.id


def test_a_customer_session_lets_a_page_know_a_customer(client, customer):
    made = client.v1.customer_sessions.create(
        {
            "customer": customer.id,
            "components": {
                "payment_element": {
                    "enabled": True,
                    "features": {"payment_method_save": "enabled"},
                }
            },
        }
    )

    shown = made.components
    assert (shown.payment_element.enabled, shown.buy_button.enabled) == (True, False)
    assert shown.customer_sheet.features is None
    assert shown.payment_element.features.to_dict() == {
        "payment_method_allow_redisplay_filters": ["always"],
        "payment_method_redisplay": "disabled",
        "payment_method_redisplay_limit": 3,
        "payment_method_remove": "disabled",
        "payment_method_save": "enabled",
        "payment_method_save_usage": None,
    }
    assert made.expires_at == made.created + 30 * 60


@pytest.mark.parametrize(
    ("components", "named"),
    [
        ({"buy_button": {"enabled": False}}, "at least one component"),
        (
            {
                "payment_element": {
                    "enabled": True,
                    "features": {"payment_method_redisplay_limit": 11},
                }
            },
            "less than or equal to 10",
        ),
    ],
)
def test_a_customer_session_that_allows_nothing_is_refused(client, customer, components, named):
    with pytest.raises(InvalidRequestError, match=named):
        client.v1.customer_sessions.create({"customer": customer.id, "components": components})


def test_a_customer_session_is_somebodys(client):
    with pytest.raises(InvalidRequestError, match="customer"):
        client.v1.customer_sessions.create({"components": {"buy_button": {"enabled": True}}})


def test_wallets_are_shown_where_a_domain_is_registered(client):
    domains = client.v1.payment_method_domains
    made = domains.create({"domain_name": "shop.example.com"})

    off = domains.update(made.id, {"enabled": False})
    valid = domains.validate(made.id)

    assert (made.enabled, made.apple_pay.status) == (True, "active")
    assert (off.enabled, valid.google_pay.status) == (False, "active")
    assert [each.id for each in domains.list({"enabled": False}).data] == [made.id]
    assert domains.list({"domain_name": "other.example.com"}).data == []


def test_domains_of_apple_pay_are_registered_and_removed(client):
    domains = client.v1.apple_pay_domains
    made = domains.create({"domain_name": "shop.example.com"})

    assert domains.retrieve(made.id).domain_name == "shop.example.com"
    assert domains.delete(made.id).deleted
    assert domains.list().data == []


@pytest.mark.parametrize("name", ["https://example.com", "example.com/shop", "shop", ""])
def test_a_domain_is_a_name_alone(client, name):
    for domains in (client.v1.payment_method_domains, client.v1.apple_pay_domains):
        with pytest.raises(InvalidRequestError, match="domain"):
            domains.create({"domain_name": name})
