"""What a card's bank says to the CVC and the address that were sent with it. With the SDK."""

import pytest

ADDRESS = {"line1": "1 Main Street", "postal_code": "94110"}


@pytest.fixture
def pay(stripe):
    """Pays with a card, and tells what was checked, in the order of line 1, postal code and CVC; and the risk."""

    def pay(client, **terms):
        intent = client.PaymentIntent.create(
            amount=1000,
            currency="usd",
            allowed_payment_method_types=["card"],
            confirm=True,
            **terms,
        )
        charge = stripe.Charge.retrieve(intent.latest_charge)
        checks = charge.payment_method_details.card.checks
        told = (checks.address_line1_check, checks.address_postal_code_check, checks.cvc_check)
        return told, charge.outcome.risk_level

    return pay


def _told(method):
    checks = method.card.checks
    return checks.address_line1_check, checks.address_postal_code_check, checks.cvc_check


@pytest.mark.parametrize(
    ("card", "told", "risk"),
    [
        ("visa", (None, None, "pass"), "normal"),
        ("cvcCheckFail", (None, None, "fail"), "normal"),
        ("avsZipFail", (None, "fail", "pass"), "normal"),
        ("cvcCheckFailElevatedRisk", (None, None, "fail"), "elevated"),
        ("avsZipFailElevatedRisk", (None, "fail", "pass"), "elevated"),
        ("avsLine1Fail", ("fail", None, "pass"), "normal"),
        ("avsFail", ("fail", "fail", "pass"), "normal"),
        ("avsUnchecked", ("unavailable", "unavailable", "pass"), "normal"),
    ],
)
def test_a_test_value_says_what_its_bank_does_not_like(stripe, pay, card, told, risk):
    assert pay(stripe, payment_method=f"pm_card_{card}") == (told, risk)
    charge = stripe.Charge.create(amount=1000, currency="usd", source=f"tok_{card}")
    assert charge.payment_method_details.card.checks.cvc_check == told[2]


@pytest.mark.parametrize(
    ("sent", "address", "told"),
    [
        ({"cvc": "123"}, None, (None, None, "fail")),
        ({}, ADDRESS, ("pass", "pass", None)),
    ],
)
def test_only_what_was_sent_is_checked(browser, client, sent, address, told):
    method = browser.v1.payment_methods.create(
        {
            "type": "card",
            "card": {"number": "4000000000000101", "exp_month": 12, "exp_year": 2034, **sent},
            "billing_details": {"address": address} if address else {},
        }
    )

    before = _told(client.v1.payment_methods.retrieve(method.id))
    customer = client.v1.customers.create()
    client.v1.payment_methods.attach(method.id, {"customer": customer.id})

    assert before == tuple("unchecked" if each else None for each in told)
    assert _told(client.v1.payment_methods.retrieve(method.id)) == told


def test_the_bank_is_asked_about_the_cvc_of_a_test_value_when_it_is_saved(client):
    method = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    customer = client.v1.customers.create()

    saved = client.v1.payment_methods.attach(method.id, {"customer": customer.id})

    assert (method.card.checks.cvc_check, saved.card.checks.cvc_check) == ("unchecked", "pass")


@pytest.mark.parametrize(
    "card", ["createRapidDisputeResolutionDispute", "createCe3BlockDispute", "createEthocaAlert"]
)
def test_a_dispute_is_not_prevented_in_an_account_that_has_not_enrolled(stripe, pay, card):
    pay(stripe, payment_method=f"pm_card_{card}")

    assert [each.reason for each in stripe.Dispute.list().data] == ["fraudulent"]


def test_the_code_of_a_saved_card_is_asked_for_again(stripe, browser, customer, pay):
    [saved] = stripe.Customer.list_payment_methods(customer.id).data
    token = browser.v1.tokens.create({"cvc_update": {"cvc": "123"}})
    told = {
        "customer": customer.id,
        "payment_method_options": {"card": {"cvc_token": token.id}},
    }

    checked, _ = pay(stripe, payment_method=saved.id, **told)
    with pytest.raises(stripe.InvalidRequestError) as again:
        pay(stripe, payment_method=saved.id, **told)
    told["payment_method_options"]["card"]["cvc_token"] = "cvctok_none"
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        pay(stripe, payment_method=saved.id, **told)

    assert (token.type, token.id[:7]) == ("cvc_update", "cvctok_")
    assert checked[2] == "pass"
    assert again.value.code == "token_already_used"
    assert unknown.value.param == "payment_method_options[card][cvc_token]"
