"""Billing at Stripe. Stripe is asked for the state of things; only a customer's id is kept here."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict

import stripe
from dynaconf import Dynaconf
from stripe import StripeClient
from stripe.params import CustomerCreateParams, CustomerUpdateParams

from saas.accounts import Account, AccountStore
from saas.billing.plans import PLANS, Plan
from saas.errors import Conflict, PaymentRefused, ServiceUnavailable


class Address(TypedDict, total=False):
    """A billing address, as far as it is known."""

    line1: str
    line2: str
    postal_code: str
    city: str
    state: str
    country: str


@dataclass(frozen=True)
class Subscription:
    """What an account is subscribed to.

    :param status: Stripe's word for how it is going
    :param paid_until: the end of the period that has been billed
    """

    id: str
    plan: type[Plan]
    status: str
    paid_until: datetime


@dataclass(frozen=True)
class Invoice:
    """What an account has been billed; amounts are in the currency's smallest unit."""

    number: str | None
    status: str | None
    amount_due: int
    amount_paid: int
    currency: str
    created: datetime


class StripeProvider:
    """The billing of one account.

    :param client: Stripe
    :param account: whose billing it is
    :param accounts: where is noted who it is at Stripe
    :param test_clock: the clock that new customers live on; in production there is none
    """

    def __init__(
        self,
        client: StripeClient,
        account: Account,
        accounts: AccountStore,
        test_clock: str = "",
    ) -> None:
        self._stripe = client.v1
        self._account = account
        self._accounts = accounts
        self._test_clock = test_clock
        self._customer_id = account.customer_id

    def subscribe(self, plan: type[Plan], payment_method: str) -> Subscription:
        """Subscribe to a plan, and pay for the first period.

        :param payment_method: what Stripe's form in the browser has made of a card
        :raises Conflict: where the account has a subscription
        :raises PaymentRefused: where the card does not pay; nothing has been subscribed to then
        """
        if self.subscription() is not None:
            raise Conflict("already_subscribed", "You have a subscription already.")
        customer = self._customer()
        with _in_our_words():
            card = self._stripe.payment_methods.attach(payment_method, {"customer": customer})
            return _subscription(
                self._stripe.subscriptions.create(
                    {
                        "customer": customer,
                        "items": [{"plan": plan.id}],
                        "default_payment_method": card.id,
                        "payment_behavior": "error_if_incomplete",
                    }
                )
            )

    def subscription(self) -> Subscription | None:
        """What the account is subscribed to, if it is."""
        if self._customer_id is None:
            return None
        with _in_our_words():
            found = self._stripe.subscriptions.list({"customer": self._customer_id, "limit": 1})
        return _subscription(found.data[0]) if found.data else None

    def update_billing_details(
        self, *, name: str | None = None, email: str | None = None, address: Address | None = None
    ) -> None:
        """Change what stands on invoices, and where they are mailed; what is left out stays."""
        changes: CustomerUpdateParams = {}
        if name is not None:
            changes["name"] = name
        if email is not None:
            changes["email"] = email
        if address is not None:
            changes["address"] = {**address}
        customer = self._customer()
        with _in_our_words():
            self._stripe.customers.update(customer, changes)

    def invoices(self) -> list[Invoice]:
        """What the account has been billed, newest first."""
        if self._customer_id is None:
            return []
        with _in_our_words():
            found = self._stripe.invoices.list({"customer": self._customer_id})
            return [_invoice(each) for each in found.auto_paging_iter()]

    def cancel(self) -> Subscription:
        """End the subscription, at once.

        :raises Conflict: where there is none
        """
        subscription = self.subscription()
        if subscription is None:
            raise Conflict("not_subscribed", "You have no subscription.")
        with _in_our_words():
            return _subscription(self._stripe.subscriptions.cancel(subscription.id))

    def _customer(self) -> str:
        if self._customer_id is None:
            account = self._account
            customer: CustomerCreateParams = {
                "name": account.name,
                "email": account.email,
                "metadata": {"account": account.id},
            }
            if self._test_clock:
                customer["test_clock"] = self._test_clock
            with _in_our_words():
                # The key makes two requests at the same time get one customer.
                created = self._stripe.customers.create(
                    customer, {"idempotency_key": f"customer-of-{account.id}"}
                )
            self._accounts.set_customer(account.id, created.id)
            self._customer_id = created.id
        return self._customer_id


def stripe_client(settings: Dynaconf) -> StripeClient:
    """The client that the settings describe."""
    given = settings.stripe
    bases: Any = dict(given.base_addresses)
    return StripeClient(given.api_key, base_addresses=bases, max_network_retries=2)


def ensure_plans(client: StripeClient, plans: Iterable[type[Plan]]) -> None:
    """Make the plans that Stripe does not have yet."""
    existing = {plan.id for plan in client.v1.plans.list({"limit": 100}).auto_paging_iter()}
    for plan in plans:
        if plan.id in existing:
            continue
        try:
            client.v1.plans.create(
                {
                    "id": plan.id,
                    "product": {"name": plan.name},
                    "amount": plan.amount,
                    "currency": plan.currency,
                    "interval": plan.interval,
                }
            )
        except stripe.InvalidRequestError as error:
            # Another process of the application that starts at the same time.
            if error.code != "resource_already_exists":
                raise


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Tell the user what Stripe says of a card, and of anything else no more than that it failed."""
    try:
        yield
    except stripe.CardError as error:
        message = error.user_message or "Your card was declined."
        raise PaymentRefused(error.code or "card_declined", message) from error
    except stripe.StripeError as error:
        raise ServiceUnavailable(
            "billing_unavailable",
            "Our billing does not work at the moment. Please try again later.",
        ) from error


def _subscription(found: stripe.Subscription) -> Subscription:
    item = found.items.data[0]
    return Subscription(
        id=found.id,
        plan=PLANS[item.plan.id],
        status=found.status,
        paid_until=datetime.fromtimestamp(item.current_period_end, UTC),
    )


def _invoice(found: stripe.Invoice) -> Invoice:
    return Invoice(
        number=found.number,
        status=found.status,
        amount_due=found.amount_due,
        amount_paid=found.amount_paid,
        currency=found.currency,
        created=datetime.fromtimestamp(found.created, UTC),
    )
