"""Cards by the tokens that a page made of them (https://docs.stripe.com/api/tokens/create_card), and by their numbers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import stripe as stripe_sdk

from localstack_shared.settings import Address
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings

NEXT_YEAR = date.today().year + 1

CARD = {
    "number": "4242424242424242",
    "exp_month": 12,
    "exp_year": NEXT_YEAR + 2,
    "cvc": "123",
    "name": "Zoe Miller",
    "address_line1": "1 Main Street",
    "address_city": "Springfield",
    "address_zip": "12345",
    "address_country": "US",
}


def test_a_customer_has_the_card_of_the_token(client: Any, browser: Any) -> None:
    token = browser.v1.tokens.create({"card": CARD})
    assert (token.card.name, token.card.address_zip) == ("Zoe Miller", "12345")
    assert (token.card.cvc_check, token.card.address_zip_check) == ("unchecked", "unchecked")

    customer = client.v1.customers.create({"source": token.id})

    assert customer.default_source == token.card.id
    card = client.v1.customers.payment_sources.retrieve(customer.id, token.card.id)
    assert (card.exp_month, card.exp_year, card.name) == (12, NEXT_YEAR + 2, "Zoe Miller")
    assert (card.address_line1, card.address_city) == ("1 Main Street", "Springfield")
    assert (card.cvc_check, card.address_zip_check, card.address_line1_check) == ("pass",) * 3
    method = client.v1.payment_methods.retrieve(token.card.id)
    assert (method.card.exp_year, method.billing_details.name) == (NEXT_YEAR + 2, "Zoe Miller")
    assert method.billing_details.address.postal_code == "12345"


@pytest.mark.parametrize(("name", "wrong"), [("exp_month", "--5"), ("exp_year", "²")])
def test_an_expiry_date_is_of_numbers(browser: Any, name: str, wrong: str) -> None:
    with pytest.raises(
        stripe_sdk.InvalidRequestError, match=f"Invalid integer: {wrong}"
    ) as refused:
        browser.v1.tokens.create({"card": {**CARD, name: wrong}})

    assert (refused.value.code, refused.value.param) == (
        "parameter_invalid_integer",
        f"card[{name}]",
    )


def test_a_charge_shows_the_card_of_the_token(client: Any, browser: Any) -> None:
    token = browser.v1.tokens.create({"card": CARD})

    charge = client.v1.charges.create({"amount": 2000, "currency": "usd", "source": token.id})

    assert (charge.source.id, charge.source.exp_year) == (token.card.id, NEXT_YEAR + 2)
    assert (charge.source.name, charge.source.cvc_check) == ("Zoe Miller", "pass")


def test_a_payment_method_is_billed_to_whom_the_token_says(client: Any, browser: Any) -> None:
    first, second = (browser.v1.tokens.create({"card": CARD}) for _ in range(2))

    method = client.v1.payment_methods.create({"type": "card", "card": {"token": first.id}})
    other = client.v1.payment_methods.create(
        {
            "type": "card",
            "card": {"token": second.id},
            "billing_details": {"name": "Ann", "address": {"country": "DE"}},
        }
    )

    assert (method.card.exp_month, method.card.exp_year) == (12, NEXT_YEAR + 2)
    assert method.billing_details.name == "Zoe Miller"
    assert method.billing_details.address.line1 == "1 Main Street"
    assert (other.billing_details.name, other.billing_details.address.country) == ("Ann", "DE")
    assert other.billing_details.address.line1 is None


def test_a_source_has_the_card_of_the_token(client: Any, browser: Any) -> None:
    token = browser.v1.tokens.create({"card": CARD})

    source = client.v1.sources.create({"type": "card", "token": token.id})

    assert (source.card["exp_year"], source.card["name"]) == (NEXT_YEAR + 2, "Zoe Miller")
    assert source.card["cvc_check"] == "unchecked"


def test_a_connected_account_has_the_debit_card_of_the_token(client: Any, browser: Any) -> None:
    number = "4000056655665556"
    token = browser.v1.tokens.create({"card": CARD | {"number": number, "currency": "usd"}})
    account = client.v1.accounts.create(
        {
            "country": "US",
            "controller": {
                "stripe_dashboard": {"type": "none"},
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "requirement_collection": "application",
            },
        }
    )

    card = client.v1.accounts.external_accounts.create(account.id, {"external_account": token.id})

    assert (card.object, card.exp_year, card.currency) == ("card", NEXT_YEAR + 2, "usd")


def test_a_number_with_a_secret_key_is_refused_and_told_how_it_is_not(client: Any) -> None:
    with pytest.raises(stripe_sdk.StripeError, match="generally unsafe") as refused:
        client.v1.tokens.create({"card": CARD})

    assert refused.value.http_status == 402
    described = {"object": "card", **CARD}
    with pytest.raises(stripe_sdk.StripeError, match="generally unsafe"):
        client.v1.customers.create({"source": described})
    with pytest.raises(stripe_sdk.StripeError, match="generally unsafe"):
        client.v1.charges.create({"amount": 2000, "currency": "usd", "source": described})
    assert "STRIPE_CARD_NUMBERS=1" in refused.value.headers["Stripe-Emulator-Hint"]


@pytest.fixture(scope="module")
def trusting() -> Iterator[Any]:
    """A client of an emulator that takes card numbers from secret keys."""
    emulator = StripeEmulator(StripeSettings(bind=Address("127.0.0.1", 0), card_numbers=True))
    emulator.start()
    (endpoint,) = emulator.endpoints()
    base = dict.fromkeys(("api", "connect", "files", "meter_events"), endpoint.url)
    yield stripe_sdk.StripeClient(
        "sk_test_trusting",
        base_addresses=base,  # type: ignore[arg-type]
        max_network_retries=0,
    )
    emulator.stop()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_numbers_may_come_with_a_secret_key_where_the_account_has_access(trusting: Any) -> None:
    number = {name: CARD[name] for name in ("number", "exp_month", "exp_year", "cvc")}

    token = trusting.v1.tokens.create({"card": CARD})
    method = trusting.v1.payment_methods.create({"type": "card", "card": number})
    customer = trusting.v1.customers.create({"source": {"object": "card", **CARD}})

    assert token.card.last4 == method.card.last4 == "4242"
    assert method.card.exp_year == NEXT_YEAR + 2
    charge = trusting.v1.charges.create(
        {"amount": 2000, "currency": "usd", "source": {"object": "card", **CARD}}
    )
    assert (charge.paid, charge.source.exp_year) == (True, NEXT_YEAR + 2)
    card = trusting.v1.customers.payment_sources.retrieve(customer.id, customer.default_source)
    assert (card.name, card.cvc_check, card.exp_month) == ("Zoe Miller", "pass", 12)


def test_the_bank_declines_numbers_with_a_secret_key_too(trusting: Any) -> None:
    declined = CARD | {"object": "card", "number": "4000000000000002"}

    with pytest.raises(stripe_sdk.CardError) as refused:
        trusting.v1.customers.create({"source": declined})

    assert refused.value.code == "card_declined"
