"""What a browser tells of an account or a person, and the server hands on
(https://docs.stripe.com/connect/account-tokens). With the SDK.
"""

import pytest

from tests.onboarded import ONBOARDED, PERSON

BEFORE = {
    name: value
    for name, value in ONBOARDED.items()
    if name not in ("business_type", "individual", "tos_acceptance")
}


@pytest.fixture
def token(browser):
    """Makes the token of an account or a person, and gives its id."""

    def token(**of):
        return browser.v1.tokens.create(of).id

    return token


def test_an_account_is_told_of_by_a_token(stripe, token):
    told = {"business_type": "individual", "individual": PERSON, "tos_shown_and_accepted": True}
    id = token(account=told)

    account = stripe.Account.create(**BEFORE, account_token=id)

    assert id.startswith("ct_")
    assert (account.business_type, account.individual.first_name) == ("individual", "Jenny")
    assert account.tos_acceptance.date
    assert (account.requirements.currently_due, account.charges_enabled) == ([], True)


def test_a_token_changes_an_account_and_is_used_once(stripe, token):
    account = stripe.Account.create(**ONBOARDED).id
    id = token(account={"individual": {"id_number": "111111111"}})

    changed = stripe.Account.modify(account, account_token=id)
    with pytest.raises(stripe.InvalidRequestError, match="more than once"):
        stripe.Account.modify(account, account_token=id)

    assert changed.requirements.currently_due == ["individual.verification.document"]


def test_a_person_is_told_of_by_a_token(stripe, token):
    account = stripe.Account.create(**ONBOARDED).id
    new = token(person={"first_name": "Kim", "relationship": {"owner": True}})

    person = stripe.Account.create_person(account, person_token=new)
    changed = stripe.Account.modify_person(
        account, person.id, person_token=token(person={"last_name": "Banks"})
    )

    assert new.startswith("cpt_")
    assert (person.first_name, person.relationship.owner) == ("Kim", True)
    assert (changed.first_name, changed.last_name) == ("Kim", "Banks")


@pytest.mark.parametrize("id", ["ct_none", "tok_visa"])
def test_a_token_of_something_else_tells_nothing(stripe, id):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Account.create(type="custom", account_token=id)

    assert (refused.value.code, refused.value.param) == ("resource_missing", "account_token")
