"""Bank accounts in the vault of v2 with the SDK."""

import pytest
import stripe as sdk
from stripe import InvalidRequestError

US = {"account_number": "000123456789", "routing_number": "110000000", "currency": "usd"}


@pytest.fixture
def accounts(client):
    """The service of bank accounts in the United States."""
    return client.v2.core.vault.us_bank_accounts


def test_an_account_shows_the_end_of_its_number(accounts):
    made = accounts.create(US)

    assert (made.last4, made.bank_account_type, made.bank_name) == (
        "6789",
        "checking",
        "STRIPE TEST BANK",
    )
    assert (made.supported_currencies, made.routing_number) == (["usd"], "110000000")
    assert (made.fedwire_routing_number, made.archived) == (None, False)
    assert made.verification.to_dict() == {
        "microdeposit_verification_details": None,
        "status": "unverified",
    }


def test_an_account_is_verified_by_what_was_sent_to_it(accounts):
    made = accounts.create(US)

    with pytest.raises(sdk.VerificationNotInitiatedError):
        accounts.confirm_microdeposits(made.id, {"amounts": [32, 45]})
    sent = accounts.send_microdeposits(made.id)
    assert sent.verification.status == "awaiting_verification"
    assert sent.verification.microdeposit_verification_details.microdeposit_type == "amounts"
    with pytest.raises(sdk.VerificationAttemptFailedError) as wrong:
        accounts.confirm_microdeposits(made.id, {"amounts": [1, 2]})
    assert wrong.value.verification_status == "awaiting_verification"

    done = accounts.confirm_microdeposits(made.id, {"amounts": [45, 32]})

    assert done.verification.status == "verified"
    assert [each.id for each in accounts.list({"verification_status": "verified"})] == [made.id]
    with pytest.raises(sdk.CannotProceedError, match="already been verified"):
        accounts.send_microdeposits(made.id)


def test_what_is_known_of_an_account_stays(accounts):
    made = accounts.create(US)

    more = accounts.update(made.id, {"fedwire_routing_number": "110000000"})
    assert more.fedwire_routing_number == "110000000"
    with pytest.raises(InvalidRequestError, match="cannot be changed"):
        accounts.update(made.id, {"routing_number": "021000021"})

    assert accounts.archive(made.id).archived is True
    with pytest.raises(sdk.CannotProceedError, match="archived"):
        accounts.send_microdeposits(made.id)
    assert accounts.unarchive(made.id).archived is False


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("routing_number", "1"),
        ("routing_number", "110000001"),
        ("routing_number", "²" * 9),
        ("account_number", "²" * 9),
        ("fedwire_routing_number", "none"),
        ("account_number", "1"),
    ],
)
def test_an_account_has_numbers_that_can_be(accounts, name, wrong):
    with pytest.raises(sdk.InvalidPaymentMethodError) as refused:
        accounts.create({**US, name: wrong})

    assert (refused.value.code, refused.value.invalid_param) == ("invalid_us_bank_account", name)


def test_an_account_has_a_routing_number_and_is_in_dollars(accounts):
    for wrong in ({"account_number": "000123456789", "currency": "usd"}, {**US, "currency": "eur"}):
        with pytest.raises(InvalidRequestError):
            accounts.create(wrong)


def test_an_account_in_britain_has_a_sort_code_or_an_iban(client):
    accounts = client.v2.core.vault.gb_bank_accounts

    by_number = accounts.create(
        {"account_number": "00012345", "sort_code": "10-88-00", "currency": "gbp"}
    )
    by_iban = accounts.create({"iban": "GB82WEST12345698765432", "currency": "gbp"})

    assert (by_number.last4, by_number.sort_code) == ("2345", "108800")
    assert (by_iban.last4, by_iban.sort_code) == ("5432", "123456")
    assert by_iban.supported_currencies == ["gbp"]
    with pytest.raises(InvalidRequestError, match="sort_code"):
        accounts.create({"currency": "gbp", "account_number": "00012345"})
    with pytest.raises(sdk.InvalidVaultedCredentialError) as refused:
        accounts.create({"currency": "gbp", "iban": "DE89370400440532013000"})
    assert (refused.value.code, refused.value.invalid_param) == ("invalid_gb_bank_account", "iban")
