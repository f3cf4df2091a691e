"""The test bank accounts that are debited: each is known again by what its payment method tells."""

import csv
from importlib import resources

import pytest

from localstack_stripe.payments.test_debits import (
    MESSAGES,
    debit_of_account,
    debit_of_payment_method,
)

TABLE = resources.files("localstack_stripe.payments").joinpath("test_debits.csv")
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))


NAMED = [row for row in ROWS if row["name"]]
UNNAMED = [row for row in ROWS if not row["name"]]

BANKS = {
    "acss_debit": {"institution_number": "000", "transit_number": "11000"},
    "au_becs_debit": {"bsb_number": "000000"},
    "bacs_debit": {"sort_code": "108800"},
}


@pytest.mark.parametrize("row", UNNAMED, ids=[f"{r['type']}-{r['number']}" for r in UNNAMED])
def test_an_account_is_known_again_by_its_number(api, row):
    type, described = row["type"], {**BANKS[row["type"]], "account_number": row["number"]}

    method = api.post("/v1/payment_methods", type=type, **{type: described})

    known = debit_of_account(type, method[type])
    assert known is not None
    assert (known.number, known.outcome) == (row["number"], row["outcome"])
    assert (known.code in MESSAGES) == known.outcome.startswith("fails")


@pytest.mark.parametrize("row", NAMED, ids=[row["name"] for row in NAMED])
def test_an_account_is_the_same_by_its_name_and_by_its_number(api, row):
    number = "iban" if row["type"] == "sepa_debit" else "account_number"
    described = {number: row["number"]}
    if number == "account_number":
        described["routing_number"] = "110000000"

    by_name = api.get(f"/v1/payment_methods/{row['name']}")
    by_number = api.post("/v1/payment_methods", type=row["type"], **{row["type"]: described})

    meant = debit_of_payment_method(row["name"])
    assert by_name["type"] == by_number["type"] == row["type"]
    assert by_name[row["type"]] == by_number[row["type"]]
    assert debit_of_account(row["type"], by_name[row["type"]]) == meant
    assert (meant.code in MESSAGES) == meant.outcome.startswith("fails")


def test_other_accounts_pay(api):
    iban = {"iban": "GB82 WEST 1234 5698 7654 32"}
    intent = api.post(
        "/v1/payment_intents",
        amount=1000,
        currency="eur",
        allowed_payment_method_types=["sepa_debit"],
        payment_method_data={"type": "sepa_debit", "sepa_debit": iban},
        mandate_data={"customer_acceptance": {"type": "offline"}},
        confirm=True,
    )

    assert intent["status"] == "processing"
    assert api.get(f"/v1/payment_intents/{intent['id']}")["status"] == "succeeded"
