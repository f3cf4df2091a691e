"""What the tests with Stripe's own SDK share: an emulator on a port of its own, and an account for each test."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import stripe as stripe_sdk

from tests.contract.stripe.pages import open_page
from tests.contract.stripe.reflection.sdk import Sdk
from tests.contract.stripe.reflection.smallest import Maker
from tests.onboarded import NOT_PAID_OUT
from tests.waiting import wait_until

if TYPE_CHECKING:
    from localstack_stripe.testing.fixture import EmulatorServer, StripeAccount

DAY = 86_400

JANUARY_31 = 1_706_702_400
"""2024-01-31 12:00 UTC: a month's end, in a leap year."""

NO_REDIRECTS = {"enabled": True, "allow_redirects": "never"}
"""The ``automatic_payment_methods`` of what is confirmed without a page to return to."""


@pytest.fixture(scope="session")
def stripe_emulator_server() -> Iterator[EmulatorServer]:
    """An emulator of this test run, whatever else runs on the machine: the code under test is this one."""
    from localstack_stripe.testing.fixture import find_or_start

    with find_or_start("", ()) as server:
        yield server


@pytest.fixture
def stripe(stripe_emulator: StripeAccount, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The SDK in the older style: the module's own settings point to a fresh account."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(stripe_sdk, "api_base", stripe_emulator.api_base)
    monkeypatch.setattr(stripe_sdk, "api_key", stripe_emulator.api_key)
    monkeypatch.setattr(stripe_sdk, "max_network_retries", 0)
    return stripe_sdk


@pytest.fixture
def client(stripe_emulator: StripeAccount, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK in the newer style: a client with a fresh account."""
    return _client(stripe_emulator, stripe_emulator.api_key, monkeypatch)


@pytest.fixture
def browser(stripe_emulator: StripeAccount, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a browser may do in the same account: a client with its publishable key."""
    return _client(stripe_emulator, stripe_emulator.publishable_key, monkeypatch)


def _client(account: StripeAccount, key: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return stripe_sdk.StripeClient(
        key, base_addresses=account.base_addresses, max_network_retries=0
    )


@pytest.fixture
def maker(client: Any) -> Maker:
    """Makes objects of every kind in a fresh account."""
    return Maker(Sdk(client))


@pytest.fixture
def other(stripe_emulator_server: EmulatorServer, monkeypatch: pytest.MonkeyPatch) -> Sdk:
    """The SDK with another fresh account."""
    account = stripe_emulator_server.fresh_account()
    return Sdk(_client(account, account.api_key, monkeypatch))


@pytest.fixture
def control(stripe_emulator: StripeAccount) -> Any:
    """Asks one of the emulator's own endpoints for something, in the account whose key is used, and gives its answer."""

    def control(path: str, **params: Any) -> Any:
        request = urllib.request.Request(
            f"{stripe_emulator.api_base}/_emulator/{path}",
            json.dumps(params).encode(),
            {
                "Authorization": f"Bearer {stripe_emulator.api_key}",
                "Content-Type": "application/json",
            },
            method="POST",
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
            return json.load(answer)

    return control


@pytest.fixture
def pass_time(control: Any) -> Any:
    """Moves the time of an account by seconds, or to a moment: of the one whose key is used, or of another."""

    def pass_time(seconds: int = 0, account: str | None = None, to: int | None = None) -> None:
        how = {"seconds": seconds} if to is None else {"to": to}
        control("time/advance", **how, **({"account": account} if account else {}))

    return pass_time


@pytest.fixture
def days_later(pass_time: Any) -> Any:
    """The same by days."""

    def days_later(days: float = 0, account: str | None = None, to: int | None = None) -> None:
        pass_time(int(days * DAY), account, to)

    return days_later


@pytest.fixture
def page() -> Any:
    """Opens a page as a browser does, and tells what is there and where it leads."""
    return open_page


@pytest.fixture
def older(stripe: ModuleType) -> Any:
    """Makes requests in an older version, in the words of the wire: without one, in the last before basil."""
    client = stripe.StripeClient(stripe.api_key, base_addresses={"api": stripe.api_base})

    def older(verb: str, path: str, version: str = "2025-02-24.acacia", **params: Any) -> Any:
        answer = client.raw_request(verb, path, headers={"Stripe-Version": version}, **params)
        return client.deserialize(answer, api_mode="V1")

    return older


@pytest.fixture
def team_price(stripe: ModuleType) -> Any:
    """Twelve dollars a month."""
    product = stripe.Product.create(name="Team")
    return stripe.Price.create(
        product=product.id, currency="usd", unit_amount=1200, recurring={"interval": "month"}
    )


@pytest.fixture
def seller(stripe: ModuleType) -> Any:
    """The id of a connected account that can be paid, and is not paid out."""
    return stripe.Account.create(**NOT_PAID_OUT).id


@pytest.fixture
def customer(stripe: ModuleType) -> Any:
    """A customer with a Visa as default payment method."""
    return stripe.Customer.create(
        email="jenny@example.com",
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )


@pytest.fixture
def pay(stripe: ModuleType) -> Any:
    """Confirms a payment of ten dollars at once, unless other terms are said."""

    def pay(method: str = "pm_card_visa", **terms: Any) -> Any:
        return stripe.PaymentIntent.create(
            **{"amount": 1000, "currency": "usd", **terms},
            payment_method=method,
            automatic_payment_methods=NO_REDIRECTS,
            confirm=True,
        )

    return pay


@dataclass
class TimeTravel:
    """A customer who lives on a test clock."""

    __test__ = False

    stripe: ModuleType
    clock: Any
    customer: Any

    def advance(self, moment: int) -> Any:
        """Move the clock, as far as Stripe allows at once, until *moment*."""
        advanced = self.stripe.test_helpers.TestClock.advance(self.clock.id, frozen_time=moment)
        assert advanced.status in ("advancing", "ready")
        wait_until(self._is_ready)
        return self.clock

    def _is_ready(self) -> bool:
        self.clock = self.stripe.test_helpers.TestClock.retrieve(self.clock.id)
        return bool(self.clock.status == "ready")


@pytest.fixture
def traveller(stripe: ModuleType) -> TimeTravel:
    """A customer with a Visa whose time begins on 31 January 2024."""
    clock = stripe.test_helpers.TestClock.create(frozen_time=JANUARY_31)
    customer = stripe.Customer.create(
        test_clock=clock.id,
        email="marco@example.com",
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )
    return TimeTravel(stripe, clock, customer)


@pytest.fixture
def subscription(stripe: ModuleType, traveller: TimeTravel, team_price: Any) -> Any:
    """The traveller's, of twelve dollars a month since 31 January."""
    return stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )


@pytest.fixture
def billed(stripe: ModuleType) -> Any:
    """What the invoices of a subscription come to, the oldest first."""

    def billed(subscription: Any) -> list[int]:
        return [each.total for each in stripe.Invoice.list(subscription=subscription.id).data][::-1]

    return billed


@pytest.fixture
def totals(stripe: ModuleType, traveller: TimeTravel) -> Any:
    """What all of the traveller's invoices come to, the oldest first."""

    def totals() -> list[int]:
        listed = stripe.Invoice.list(customer=traveller.customer.id).data
        return [each.total for each in listed][::-1]

    return totals


@pytest.fixture
def dearer(stripe: ModuleType, team_price: Any) -> Any:
    """A price of thirty dollars a month."""
    return stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=3000,
        recurring={"interval": "month"},
    )


@pytest.fixture
def calls(stripe: ModuleType) -> Any:
    """Five cents a call, as metered."""
    meter = stripe.billing.Meter.create(
        display_name="Calls", event_name="calls", default_aggregation={"formula": "sum"}
    )
    return stripe.Price.create(
        currency="usd",
        unit_amount=5,
        recurring={"interval": "month", "usage_type": "metered", "meter": meter.id},
        product_data={"name": "API"},
    )


@pytest.fixture
def vat(stripe: ModuleType) -> Any:
    """Makes a tax rate of so many per cent."""

    def vat(percentage: float = 20, *, inclusive: bool = False, **more: Any) -> Any:
        return stripe.TaxRate.create(
            display_name="VAT", percentage=percentage, inclusive=inclusive, **more
        ).id

    return vat


@pytest.fixture
def bill(stripe: ModuleType, customer: Any) -> Any:
    """Drafts an invoice over some amounts, and gives it."""

    def bill(*amounts: int, items: Any = None, **params: Any) -> Any:
        invoice = stripe.Invoice.create(customer=customer.id, currency="eur", **params)
        for amount in amounts:
            stripe.InvoiceItem.create(
                customer=customer.id,
                invoice=invoice.id,
                amount=amount,
                currency="eur",
                **(items or {}),
            )
        return stripe.Invoice.retrieve(invoice.id)

    return bill
