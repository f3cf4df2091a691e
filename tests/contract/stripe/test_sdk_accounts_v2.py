"""Accounts of v2 with the SDK: what they are used as, what they have to tell, and what v1 sees of them."""

from decimal import Decimal

import pytest
import stripe
from stripe import InvalidRequestError

from tests.onboarded import BANK_ACCOUNT

INCLUDE = [
    "configuration.customer",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "identity",
    "requirements",
]
MERCHANT = {"capabilities": {"card_payments": {"requested": True}}}
RECIPIENT = {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
JENNY = {
    "country": "us",
    "entity_type": "individual",
    "individual": {
        "given_name": "Jenny",
        "surname": "Rosen",
        "email": "jenny@example.com",
        "phone": "+15550100",
        "date_of_birth": {"day": 1, "month": 1, "year": 1901},
        "address": {"line1": "address_full_match", "city": "Anytown", "country": "us"},
    },
}


@pytest.fixture
def accounts(client):
    """The service of v2's accounts."""
    return client.v2.core.accounts


@pytest.fixture
def make(accounts):
    """Makes an account, and includes everything of it."""

    def create(**params):
        return accounts.create({"include": INCLUDE, **params})

    return create


@pytest.fixture
def merchant(make):
    """A merchant who has told everything."""
    return make(
        contact_email="shop@example.com",
        display_name="Rocket Rides",
        dashboard="full",
        identity=JENNY,
        configuration={"merchant": {**MERCHANT, "mcc": "5734"}},
        defaults={
            "profile": {"business_url": "https://rocketrides.example.com"},
            "responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"},
        },
    )


def _asked(account):
    return [each.description for each in account.requirements.entries]


def _events(client, account):
    return [
        each.type
        for each in client.v2.core.events.list({"object_id": account.id})
        if each.type.startswith("v2.core.account")
    ]


def test_what_is_not_included_is_null(accounts, merchant):
    plain = accounts.retrieve(merchant.id)
    some = accounts.retrieve(merchant.id, {"include": ["configuration.merchant", "identity"]})
    [listed] = accounts.list().data

    for account in (plain, listed):
        assert account.applied_configurations == ["merchant"]
        assert (account.configuration, account.identity, account.defaults) == (None, None, None)
        assert (account.requirements, account.future_requirements) == (None, None)
        assert account.display_name == "Rocket Rides"
    assert some.identity.entity_type == "individual"
    assert some.configuration.merchant.applied is True
    assert (some.configuration.customer, some.configuration.recipient) == (None, None)
    assert some.defaults is None


def test_a_merchant_has_to_tell_who_it_is_before_it_takes_payments(accounts, make):
    made = make(configuration={"merchant": MERCHANT}, dashboard="full")

    card_payments = made.configuration.merchant.capabilities.card_payments
    [detail] = card_payments.status_details
    assert card_payments.status == "restricted"
    assert (detail.code, detail.resolution) == ("requirements_past_due", "provide_info")
    assert made.configuration.merchant.capabilities.stripe_balance.payouts.status == "restricted"
    assert _asked(made) == [
        "configuration.merchant.mcc",
        "defaults.profile.business_url",
        "external_account",
        "identity.entity_type",
    ]
    entry = made.requirements.entries[0]
    assert entry.awaiting_action_from == "user"
    assert entry.minimum_deadline.status == "past_due"
    assert [each.capability for each in entry.impact.restricts_capabilities] == [
        "card_payments",
        "stripe_balance.payouts",
    ]
    assert made.requirements.summary.minimum_deadline.status == "past_due"

    told = accounts.update(
        made.id,
        {
            "identity": JENNY,
            "configuration": {"merchant": {"mcc": "5734"}},
            "defaults": {"profile": {"business_url": "https://example.com"}},
            "include": INCLUDE,
        },
    )

    assert told.configuration.merchant.capabilities.card_payments.status == "active"
    assert _asked(told) == ["external_account"]


def test_what_is_wrong_with_what_was_told_is_said_with_what_is_asked_for_again(accounts, merchant):
    told = accounts.update(
        merchant.id,
        {
            "defaults": {"profile": {"business_url": "https://disallowed.stripe.com"}},
            "include": INCLUDE,
        },
    )

    (asked, _) = told.requirements.entries
    assert asked.description == "defaults.profile.business_url"
    assert [each.code for each in asked.errors] == ["invalid_url_denylisted"]
    assert told.configuration.merchant.capabilities.card_payments.status == "restricted"


def test_who_has_told_everything_and_has_a_bank_account_is_paid_out(client, accounts, merchant):
    before = client.v1.accounts.retrieve(merchant.id)
    assert (before.charges_enabled, before.payouts_enabled) == (True, False)
    assert before.requirements.currently_due == ["external_account"]

    client.v1.accounts.external_accounts.create(merchant.id, {"external_account": BANK_ACCOUNT})

    after = client.v1.accounts.retrieve(merchant.id)
    seen = accounts.retrieve(merchant.id, {"include": INCLUDE})
    assert (after.charges_enabled, after.payouts_enabled) == (True, True)
    assert seen.configuration.merchant.capabilities.stripe_balance.payouts.status == "active"
    assert (seen.requirements.entries, seen.requirements.summary.minimum_deadline) == ([], None)


def test_v1_sees_the_same_account(client, merchant):
    seen = client.v1.accounts.retrieve(merchant.id)

    assert (seen.email, seen.country, seen.business_type) == (
        "shop@example.com",
        "US",
        "individual",
    )
    assert seen.business_profile.mcc == "5734"
    assert seen.business_profile.url == "https://rocketrides.example.com"
    assert (seen.individual.first_name, seen.individual.dob.year) == ("Jenny", 1901)
    assert seen.controller.fees.payer == "account"
    assert seen.controller.stripe_dashboard.type == "full"
    assert seen.capabilities.to_dict() == {"card_payments": "active"}
    assert seen.settings.dashboard.display_name == "Rocket Rides"
    assert [each.id for each in client.v1.accounts.list().data] == [merchant.id]


def test_what_v1_is_told_v2_knows(client, accounts, merchant):
    client.v1.accounts.update(
        merchant.id, {"email": "new@example.com", "business_profile": {"mcc": "7623"}}
    )
    client.v1.accounts.reject(merchant.id, {"reason": "fraud_other"})

    seen = accounts.retrieve(merchant.id, {"include": INCLUDE})
    card_payments = seen.configuration.merchant.capabilities.card_payments
    assert (seen.contact_email, seen.configuration.merchant.mcc) == ("new@example.com", "7623")
    assert (card_payments.status, card_payments.status_details[0].code) == (
        "rejected",
        "rejected_platform_fraud",
    )


def test_an_account_of_v1_is_one_of_v2(client, accounts):
    made = client.v1.accounts.create(
        {
            "type": "express",
            "email": "jenny@example.com",
            "capabilities": {
                "card_payments": {"requested": True},
                "transfers": {"requested": True},
            },
        }
    )

    seen = accounts.retrieve(made.id, {"include": INCLUDE})
    assert "v2.core.account.created" in _events(client, made)
    assert seen.applied_configurations == ["merchant", "recipient"]
    assert (seen.contact_email, seen.dashboard) == ("jenny@example.com", "express")
    assert seen.defaults.responsibilities.fees_collector == "application_express"
    assert seen.configuration.recipient.capabilities.stripe_balance.stripe_transfers.status == (
        "restricted"
    )
    assert [each.id for each in accounts.list().data] == [made.id]

    # https://docs.stripe.com/connect/accounts-v2/migrate-integration#add-a-customer-configuration
    accounts.update(made.id, {"configuration": {"customer": {}}})
    session = client.v1.billing_portal.sessions.create({"customer_account": made.id})
    assert session.customer_account == made.id
    assert client.v1.accounts.retrieve(made.id).type == "express"
    client.v1.accounts.update(made.id, {"email": "new@example.com"})
    assert _events(client, made)[0] == "v2.core.account.updated"


def test_the_account_takes_payments_and_transfers(client, make):
    recipient = make(identity=JENNY, configuration={"recipient": RECIPIENT})
    assert _asked(recipient) == ["external_account"]
    transfers = recipient.configuration.recipient.capabilities.stripe_balance.stripe_transfers
    assert transfers.status == "active"

    intent = client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "transfer_data": {"destination": recipient.id},
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )

    balance = client.v1.balance.retrieve(options={"stripe_account": recipient.id})
    assert intent.status == "succeeded"
    assert sum(each.amount for each in [*balance.available, *balance.pending]) == 1000


def test_direct_charges_are_made_for_a_merchant(client, merchant):
    options = {"stripe_account": merchant.id}

    intent = client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        },
        options,
    )

    assert intent.status == "succeeded"
    assert client.v1.accounts.retrieve_current(options=options).id == merchant.id


def test_updates_merge_and_null_unsets(accounts, merchant):
    changed = accounts.update(
        merchant.id,
        {
            "configuration": {"merchant": {"support": {"email": "help@example.com"}}},
            "identity": {"individual": {"surname": "Roe"}},
            "metadata": {"order": "1", "seat": "2"},
            "include": INCLUDE,
        },
    )
    again = accounts.update(
        merchant.id,
        {
            "contact_email": None,
            "configuration": {"merchant": {"support": None}},
            "metadata": {"order": None},
            "include": INCLUDE,
        },
    )

    assert changed.configuration.merchant.mcc == "5734"
    assert changed.configuration.merchant.support.email == "help@example.com"
    assert changed.identity.individual.given_name == "Jenny"
    assert changed.identity.individual.surname == "Roe"
    assert changed.identity.individual.id == merchant.identity.individual.id
    assert changed.display_name == "Rocket Rides"
    assert again.metadata.to_dict() == {"seat": "2"}
    assert again.contact_email is None
    assert again.configuration.merchant.mcc == "5734"
    assert again.configuration.merchant.to_dict().get("support") is None


def test_a_capability_is_taken_back_and_a_configuration_not_applied_any_more(
    client, accounts, merchant
):
    more = accounts.update(
        merchant.id,
        {
            "configuration": {
                "merchant": {"capabilities": {"klarna_payments": {"requested": True}}}
            },
            "include": INCLUDE,
        },
    )
    fewer = accounts.update(
        merchant.id,
        {
            "configuration": {
                "merchant": {"capabilities": {"card_payments": {"requested": False}}}
            },
            "include": INCLUDE,
        },
    )
    assert more.configuration.merchant.capabilities.klarna_payments.status == "active"
    assert "card_payments" not in fewer.configuration.merchant.capabilities
    assert client.v1.accounts.retrieve(merchant.id).capabilities.to_dict() == {
        "klarna_payments": "active"
    }

    off = accounts.update(
        merchant.id, {"configuration": {"merchant": {"applied": False}}, "include": INCLUDE}
    )

    assert (off.applied_configurations, off.configuration.merchant.applied) == ([], False)
    assert off.configuration.merchant.mcc == "5734"
    assert client.v1.accounts.retrieve(merchant.id).charges_enabled is False


def test_who_collects_fees_is_said_once(accounts, merchant):
    with pytest.raises(InvalidRequestError, match="fees_collector"):
        accounts.update(
            merchant.id,
            {
                "defaults": {
                    "responsibilities": {
                        "fees_collector": "application",
                        "losses_collector": "application",
                    }
                }
            },
        )


def test_a_platform_that_asks_itself_has_to_bring_the_consent(make):
    made = make(
        dashboard="none",
        configuration={"recipient": RECIPIENT},
        defaults={
            "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
        },
        identity=JENNY,
    )
    assert made.defaults.responsibilities.requirements_collector == "application"
    assert "identity.attestations.terms_of_service.account.date" in _asked(made)

    agreed = make(
        dashboard="none",
        configuration={"recipient": RECIPIENT},
        defaults={
            "responsibilities": {"fees_collector": "application", "losses_collector": "application"}
        },
        identity={
            **JENNY,
            "attestations": {
                "terms_of_service": {"account": {"date": "2024-01-31T12:00:00Z", "ip": "127.0.0.1"}}
            },
        },
    )
    assert _asked(agreed) == ["external_account"]


def test_a_company_names_a_representative(client, accounts, make):
    shop = make(
        configuration={"recipient": RECIPIENT},
        identity={
            "country": "us",
            "entity_type": "company",
            "business_details": {
                "registered_name": "Furever",
                "phone": "+15550100",
                "address": {"line1": "1 Main Street", "country": "us"},
            },
        },
    )
    assert _asked(shop) == ["external_account", "relationship.representative"]

    persons = accounts.persons
    jenny = persons.create(
        shop.id,
        {
            "given_name": "Jenny",
            "surname": "Rosen",
            "relationship": {"representative": True, "owner": True, "percent_ownership": "60"},
            "id_numbers": [{"type": "us_ssn_last_4", "value": "0000"}],
        },
    )
    changed = persons.update(shop.id, jenny.id, {"relationship": {"title": "CEO"}})

    assert [each.to_dict() for each in jenny.id_numbers] == [{"type": "us_ssn_last_4"}]
    assert changed.relationship.to_dict() == {
        "owner": True,
        "percent_ownership": Decimal(60),
        "representative": True,
        "title": "CEO",
    }
    assert [each.id for each in persons.list(shop.id).data] == [jenny.id]
    seen = client.v1.accounts.persons.retrieve(shop.id, jenny.id)
    assert (seen.first_name, seen.relationship.percent_ownership) == ("Jenny", 60)
    assert _asked(accounts.retrieve(shop.id, {"include": INCLUDE})) == ["external_account"]

    assert persons.delete(shop.id, jenny.id).id == jenny.id
    assert _asked(accounts.retrieve(shop.id, {"include": INCLUDE})) == [
        "external_account",
        "relationship.representative",
    ]
    assert client.v1.accounts.persons.list(shop.id).data == []


def test_tokens_tell_of_an_account_and_are_used_once(client, browser, accounts, make):
    token = browser.v2.core.account_tokens.create(
        {
            "display_name": "Jenny",
            "identity": {"entity_type": "individual", "individual": {"given_name": "Jenny"}},
        }
    )
    made = make(account_token=token.id)

    assert (token.used, made.display_name) == (False, "Jenny")
    assert made.identity.individual.given_name == "Jenny"
    assert client.v2.core.account_tokens.retrieve(token.id).used is True
    with pytest.raises(InvalidRequestError, match="already been used"):
        make(account_token=token.id)

    person = browser.v2.core.accounts.person_tokens.create(made.id, {"given_name": "Roe"})
    named = accounts.persons.create(made.id, {"person_token": person.id})
    assert named.given_name == "Roe"


def test_a_closed_account_is_not_operated_on(client, accounts, merchant):
    with pytest.raises(InvalidRequestError, match="merchant"):
        accounts.close(merchant.id, {"applied_configurations": ["customer"]})
    closed = accounts.close(merchant.id, {"applied_configurations": ["merchant"]})

    assert (closed.closed, closed.contact_email) == (True, None)
    assert accounts.list().data == []
    assert [each.id for each in accounts.list({"closed": True}).data] == [merchant.id]
    assert accounts.retrieve(merchant.id).closed is True
    assert "v2.core.account.closed" in _events(client, merchant)
    for act in (
        lambda: accounts.update(merchant.id, {"display_name": "Again"}),
        lambda: accounts.close(merchant.id, {"applied_configurations": ["merchant"]}),
        lambda: accounts.persons.create(merchant.id, {"given_name": "Jenny"}),
    ):
        with pytest.raises(InvalidRequestError, match="closed"):
            act()
    with pytest.raises(stripe.PermissionError, match=merchant.id):
        client.v1.accounts.retrieve(merchant.id)


def test_an_account_that_v1_deletes_is_closed(client, accounts, merchant):
    client.v1.accounts.delete(merchant.id)

    gone = accounts.retrieve(merchant.id)
    assert (gone.closed, gone.display_name, accounts.list().data) == (True, None, [])
    assert "v2.core.account.closed" in _events(client, merchant)


def test_an_account_is_asked_for_in_its_own_name(client, accounts, merchant):
    for options in ({"stripe_context": merchant.id}, {"stripe_account": merchant.id}):
        itself = accounts.retrieve(merchant.id, options=options)
        assert itself.display_name == "Rocket Rides"


def test_lists_select_by_all_of_the_configurations(accounts, make):
    customer = make(configuration={"customer": {}})
    both = make(configuration={"customer": {}, "recipient": RECIPIENT})

    def ids(*names):
        return {each.id for each in accounts.list({"applied_configurations": list(names)}).data}

    assert ids("customer") == {customer.id, both.id}
    assert ids("customer", "recipient") == {both.id}
    assert ids("merchant") == set()


def test_events_tell_what_of_an_account_has_changed(client, accounts, make):
    made = make(configuration={"recipient": RECIPIENT})
    assert _events(client, made)[-1] == "v2.core.account.created"
    before = len(_events(client, made))

    accounts.update(made.id, {"identity": JENNY})
    types = _events(client, made)

    assert set(types[: len(types) - before]) == {
        "v2.core.account.updated",
        "v2.core.account[configuration.recipient].capability_status_updated",
        "v2.core.account[configuration.recipient].updated",
        "v2.core.account[identity].updated",
        "v2.core.account[requirements].updated",
    }
    [told] = [
        each
        for each in client.v2.core.events.list({"object_id": made.id})
        if each.type.endswith("capability_status_updated")
    ][:1]
    event = client.v2.core.events.retrieve(told.id)
    assert event.data.updated_capability == "stripe_balance.stripe_transfers"
    assert event.fetch_related_object().id == made.id


def test_a_customer_is_billed_as_its_account_says(client, accounts, make, team_price):
    account = make(
        contact_email="jenny@example.com",
        display_name="Jenny",
        identity={
            "country": "us",
            "entity_type": "company",
            "business_details": {
                "registered_name": "Furever",
                "address": {"country": "US", "postal_code": "94080", "state": "CA"},
            },
        },
        configuration={
            "customer": {
                "capabilities": {"automatic_indirect_tax": {"requested": True}},
                "billing": {"invoice": {"footer": "Thank you"}},
            }
        },
    )
    customer = account.configuration.customer
    assert customer.capabilities.automatic_indirect_tax.status == "active"
    assert customer.automatic_indirect_tax.location.to_dict() == {"country": "US", "state": "CA"}

    method = client.v1.payment_methods.attach("pm_card_visa", {"customer_account": account.id})
    accounts.update(
        account.id,
        {"configuration": {"customer": {"billing": {"default_payment_method": method.id}}}},
    )
    subscription = client.v1.subscriptions.create(
        {"customer_account": account.id, "items": [{"price": team_price.id}]}
    )

    invoice = client.v1.invoices.retrieve(subscription.latest_invoice)
    assert (subscription.status, invoice.status) == ("active", "paid")
    known = client.v1.customers.retrieve(subscription.customer)
    assert (invoice.customer_account, known.invoice_settings.footer) == (account.id, "Thank you")
    assert invoice.customer_name == "Jenny"
    assert invoice.customer_address.postal_code == "94080"
    assert invoice.number.startswith(customer.billing.invoice.prefix)
    assert method.customer_account == account.id
    other = client.v1.payment_methods.attach("pm_card_mastercard", {"customer_account": account.id})
    client.v1.customers.update(
        subscription.customer, {"invoice_settings": {"default_payment_method": other.id}}
    )
    renamed = accounts.update(account.id, {"display_name": "Jenny Roe", "include": INCLUDE})
    assert renamed.configuration.customer.billing.default_payment_method == other.id
    assert renamed.configuration.customer.billing.invoice.next_sequence == 2
    known = client.v1.customers.retrieve(subscription.customer)
    assert (known.name, known.invoice_settings.default_payment_method) == ("Jenny Roe", other.id)


def test_payments_are_made_by_an_account(client, make):
    account = make(configuration={"customer": {}})
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer_account": account.id})

    intent = client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "customer_account": account.id,
            "payment_method": method.id,
            "confirm": True,
            "off_session": True,
        }
    )
    setup = client.v1.setup_intents.create({"customer_account": account.id})
    session = client.v1.checkout.sessions.create(
        {
            "customer_account": account.id,
            "mode": "setup",
            "currency": "usd",
            "success_url": "https://example.com",
        }
    )

    assert (intent.status, intent.customer_account) == ("succeeded", account.id)
    assert (setup.customer_account, session.customer_account) == (account.id, account.id)
    assert [
        each.id for each in client.v1.payment_intents.list({"customer_account": account.id}).data
    ] == [intent.id]


def test_an_account_link_is_for_an_account_that_is_there(client, make):
    links = client.v2.core.account_links
    account = make(configuration={"recipient": RECIPIENT})
    case = {
        "type": "account_onboarding",
        "account_onboarding": {
            "refresh_url": "https://example.com/again",
            "return_url": "https://example.com/back",
        },
    }

    link = links.create({"account": account.id, "use_case": case})

    assert link.use_case.account_onboarding.return_url == "https://example.com/back"
    with pytest.raises(InvalidRequestError, match="No such account"):
        links.create({"account": "acct_none", "use_case": case})
    with pytest.raises(InvalidRequestError, match="account_update"):
        links.create({"account": account.id, "use_case": {**case, "type": "account_update"}})


def test_an_account_is_onboarded_on_the_page_that_its_link_leads_to(client, accounts, make, page):
    account = make(configuration={"merchant": MERCHANT, "recipient": RECIPIENT})
    link = client.v2.core.account_links.create(
        {
            "account": account.id,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {
                    "refresh_url": "https://example.com/again",
                    "return_url": "https://example.com/back",
                },
            },
        }
    )

    _, sent = page(link.url, outcome="complete")

    seen = accounts.retrieve(account.id, {"include": INCLUDE})
    [returned] = client.v2.core.events.list({"types": ["v2.core.account_link.returned"]}).data
    event = client.v2.core.events.retrieve(returned.id)
    assert sent == "https://example.com/back"
    assert _asked(seen) == []
    assert seen.configuration.merchant.capabilities.card_payments.status == "active"
    assert seen.identity.individual.given_name == "Jenny"
    assert event.data.to_dict() == {
        "account_id": account.id,
        "configurations": ["merchant", "recipient"],
        "use_case": "account_onboarding",
    }
