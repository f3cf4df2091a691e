"""What Stripe finds wrong with what a connected account tells, by its test values
(https://docs.stripe.com/connect/testing). With the SDK.
"""

import pytest

from tests.onboarded import ONBOARDED, PERSON

COMPANY = {
    **{name: value for name, value in ONBOARDED.items() if name != "individual"},
    "business_type": "company",
    "company": {
        "address": {**PERSON["address"]},
        "name": "Rocket Rides",
        "phone": "0000000000",
        "tax_id": "000000000",
    },
}


@pytest.fixture
def individual(stripe):
    """Makes an account of a person who tells everything, and something in another way."""

    def individual(**told):
        return stripe.Account.create(**{**ONBOARDED, "individual": {**PERSON, **told}})

    return individual


@pytest.fixture
def company(stripe):
    """Makes an account of a company that tells everything, and something in another way."""

    def company(**told):
        made = stripe.Account.create(**{**COMPANY, "company": {**COMPANY["company"], **told}})
        stripe.Account.create_person(made.id, relationship={"representative": True})
        return stripe.Account.retrieve(made.id)

    return company


def found(account):
    """What has to be told again, and why."""
    return [(each.requirement, each.code) for each in account.requirements.errors]


def enabled(account):
    return account.charges_enabled, account.payouts_enabled


NO_MATCH = {**PERSON["address"], "line1": "address_no_match"}
KEYED = "verification_failed_keyed_identity"


@pytest.mark.parametrize(
    ("told", "requirement", "code"),
    [
        ({"id_number": "111111111"}, "verification.document", KEYED),
        ({"address": NO_MATCH}, "verification.additional_document", KEYED),
        (
            {"verification": {"document": {"front": "file_identity_document_failure"}}},
            "verification.document",
            "verification_document_failed_test_mode",
        ),
    ],
)
def test_an_identity_that_does_not_match_asks_for_a_document(
    stripe, individual, told, requirement, code
):
    account = individual(**told)

    assert found(account) == [(f"individual.{requirement}", code)]
    assert account.requirements.past_due == [f"individual.{requirement}"]
    assert account.requirements.disabled_reason == "requirements.past_due"
    assert (account.details_submitted, *enabled(account)) == (True, False, False)
    person = account.individual
    assert person.verification.status == "unverified"
    assert person.requirements.currently_due == [requirement]

    name = requirement.partition(".")[2]
    document = {name: {"front": "file_identity_document_success"}}
    stripe.Account.modify_person(account.id, person.id, verification=document)

    after = stripe.Account.retrieve(account.id)
    assert (found(after), *enabled(after)) == ([], True, True)
    updated = stripe.Event.list(type="account.updated", stripe_account=account.id).data[0]
    assert updated.data.object.payouts_enabled


def test_an_identity_that_matches_is_verified(individual):
    account = individual(id_number="000000000")

    assert account.individual.verification.status == "verified"
    assert (account.individual.id_number_provided, *enabled(account)) == (True, True, True)


def test_another_date_of_birth_is_no_failure_by_itself(individual):
    account = individual(dob={"day": 10, "month": 11, "year": 1980}, ssn_last_4="0000")

    assert account.individual.verification.status == "unverified"
    assert (found(account), *enabled(account)) == ([], True, True)


def test_whoever_may_be_on_a_list_is_disabled(individual):
    account = individual(dob={"day": 1, "month": 1, "year": 1900})

    assert account.requirements.disabled_reason == "listed"
    assert enabled(account) == (False, False)


@pytest.mark.parametrize(
    ("told", "errors", "able"),
    [
        ({}, [], (True, True)),
        (
            {"address": NO_MATCH},
            [("company.address.line1", "invalid_street_address")],
            (True, False),
        ),
        (
            {"address": {**NO_MATCH, "line1": "address_line1_no_match"}},
            [
                (f"company.address.{name}", "invalid_street_address")
                for name in ("city", "line1", "postal_code", "state")
            ],
            (False, False),
        ),
        (
            {"tax_id": "111111111"},
            [("company.verification.document", "verification_failed_tax_id_match")],
            (False, False),
        ),
        (
            {"tax_id": "111111112"},
            [("company.verification.document", "verification_failed_tax_id_not_issued")],
            (False, False),
        ),
        (
            {"name": "disallowed_name"},
            [("company.name", "invalid_company_name_denylisted")],
            (False, False),
        ),
    ],
)
def test_a_company_is_verified_by_its_test_values(company, told, errors, able):
    account = company(**told)

    assert account.company.tax_id_provided
    assert (found(account), enabled(account)) == (errors, able)


def test_a_companys_person_is_named_where_something_is_wrong_with_it(stripe, company):
    account = company()
    person = stripe.Account.create_person(
        account.id, id_number="111111111", relationship={"owner": True}
    )

    after = stripe.Account.retrieve(account.id)
    assert found(after) == [(f"{person.id}.verification.document", KEYED)]
    assert person.requirements.errors[0].requirement == "verification.document"


@pytest.mark.parametrize(
    ("told", "requirement", "code"),
    [
        (
            {"business_profile": {"url": "https://disallowed.stripe.com"}},
            "business_profile.url",
            "invalid_url_denylisted",
        ),
        (
            {"business_profile": {"name": "invalid_dba"}},
            "business_profile.name",
            "invalid_business_profile_name",
        ),
        (
            {"settings": {"payments": {"statement_descriptor": "mismatch"}}},
            "settings.payments.statement_descriptor",
            "invalid_statement_descriptor_business_mismatch",
        ),
        (
            {"settings": {"card_payments": {"statement_descriptor_prefix": "disallowed"}}},
            "settings.card_payments.statement_descriptor_prefix",
            "invalid_statement_descriptor_prefix_denylisted",
        ),
    ],
)
def test_a_business_is_verified_by_its_test_values(stripe, individual, told, requirement, code):
    account = stripe.Account.modify(individual().id, **told)

    assert found(account) == [(requirement, code)]
    assert account.capabilities.card_payments == "inactive"
    capability = stripe.Account.retrieve_capability(account.id, "card_payments")
    assert capability.requirements.currently_due == [requirement]
    assert capability.requirements.errors[0].code == code


def test_verification_rests_of_an_account_that_nobody_uses(stripe):
    account = stripe.Account.create(
        type="custom",
        business_profile={"url": "https://inactivity.stripe.com"},
        capabilities={"transfers": {"requested": True}},
    )

    capability = stripe.Account.retrieve_capability(account.id, "transfers")
    assert (capability.status, capability.requirements.disabled_reason) == (
        "inactive",
        "paused.inactivity",
    )


def test_what_a_capability_would_need_is_seen_before_it_is_requested(stripe):
    account = stripe.Account.create(type="custom")

    capability = stripe.Account.retrieve_capability(account.id, "card_payments")

    assert (capability.requested, capability.status) == (False, "unrequested")
    assert "business_profile.mcc" in capability.requirements.currently_due


def test_whatever_is_wrong_is_told_right_on_the_page(stripe, company, page):
    account = company(tax_id="111111111", address=NO_MATCH)
    stripe.Account.create_person(account.id, id_number="111111111")
    link = stripe.AccountLink.create(
        account=account.id,
        type="account_onboarding",
        refresh_url="https://platform.example/again",
        return_url="https://platform.example/back",
    )

    page(link.url, outcome="complete")

    after = stripe.Account.retrieve(account.id)
    assert (found(after), *enabled(after)) == ([], True, True)
