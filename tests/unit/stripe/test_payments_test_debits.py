"""The test bank accounts that are debited: each is known again by what its payment method tells."""

import csv
from importlib import resources

import pytest

from localstack_stripe.payments.test_debits import (
    MESSAGES,
    REFUSALS,
    debit_of_account,
    debit_of_payment_method,
)
from tests.unit.stripe.conftest import Refused

TABLE = resources.files("localstack_stripe.payments").joinpath("test_debits.csv")
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))


TAKEN = [row for row in ROWS if row["outcome"] != "refused"]
REFUSED = [row for row in ROWS if row["outcome"] == "refused"]
NAMED = [row for row in TAKEN if row["name"]]

ADA = {
    "name": "Ada",
    "email": "ada@example.com",
    "address": {
        "line1": "12 St James's Square",
        "city": "London",
        "postal_code": "SW1Y 4JH",
        "country": "GB",
    },
}

BANKS = {
    "acss_debit": {"institution_number": "000", "transit_number": "11000"},
    "au_becs_debit": {"bsb_number": "000000"},
    "bacs_debit": {"sort_code": "108800"},
    "us_bank_account": {"routing_number": "110000000"},
}


def described(row):
    """The parameters of a payment method that debits a test account."""
    type, number = row["type"], row["number"]
    if type == "sepa_debit":
        return {"iban": number}
    if type == "nz_bank_account":
        names = ("bank_code", "branch_code", "account_number", "suffix")
        return dict(zip(names, number.split("-"), strict=True))
    return {**BANKS[type], "account_number": number}


def identify(rows):
    return [f"{row['type']}-{row['number']}" for row in rows]


@pytest.mark.parametrize("row", TAKEN, ids=identify(TAKEN))
def test_an_account_is_known_again_by_its_number(api, row):
    type = row["type"]

    method = api.post(
        "/v1/payment_methods", type=type, billing_details=ADA, **{type: described(row)}
    )

    known = debit_of_account(type, method[type])
    assert known is not None
    assert (known.number, known.outcome) == (row["number"], row["outcome"])
    assert (known.code in MESSAGES) == known.outcome.startswith(("fails", "mandate_refused"))


@pytest.mark.parametrize("row", REFUSED, ids=identify(REFUSED))
def test_an_account_is_refused_by_its_number(api, row):
    type = row["type"]

    with pytest.raises(Refused) as refused:
        api.post("/v1/payment_methods", type=type, billing_details=ADA, **{type: described(row)})

    assert refused.value.error["code"] == row["code"]
    assert row["code"] in REFUSALS


@pytest.mark.parametrize("row", NAMED, ids=[row["name"] for row in NAMED])
def test_an_account_is_the_same_by_its_name_and_by_its_number(api, row):
    type = row["type"]

    by_name = api.get(f"/v1/payment_methods/{row['name']}")
    by_number = api.post(
        "/v1/payment_methods", type=type, billing_details=ADA, **{type: described(row)}
    )

    assert by_name["type"] == by_number["type"] == type
    assert by_name[type] == by_number[type]
    assert debit_of_account(type, by_name[type]) == debit_of_payment_method(row["name"])


def test_other_accounts_pay(api):
    iban = {"iban": "GB82 WEST 1234 5698 7654 32"}
    intent = api.post(
        "/v1/payment_intents",
        amount=1000,
        currency="eur",
        allowed_payment_method_types=["sepa_debit"],
        payment_method_data={"type": "sepa_debit", "sepa_debit": iban, "billing_details": ADA},
        mandate_data={"customer_acceptance": {"type": "offline"}},
        confirm=True,
    )

    assert intent["status"] == "processing"
    assert api.get(f"/v1/payment_intents/{intent['id']}")["status"] == "succeeded"


def test_the_reference_of_a_debit_in_the_united_states_is_not_known(api):
    intent = api.post(
        "/v1/payment_intents",
        amount=1000,
        currency="usd",
        allowed_payment_method_types=["us_bank_account"],
        payment_method="pm_usBankAccount_success",
        mandate_data={"customer_acceptance": {"type": "offline"}},
        confirm=True,
    )

    charge = api.get(f"/v1/charges/{intent['latest_charge']}")
    assert charge["payment_method_details"]["us_bank_account"]["payment_reference"] is None
