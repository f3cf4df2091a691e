"""What the Stripe provider does for an account."""

import pytest
from stripe import StripeClient

from saas.accounts import Account
from saas.billing.plans import PLANS, EnterprisePlan, TeamPlan
from saas.billing.stripe_provider import StripeProvider, ensure_plans
from saas.errors import Conflict, PaymentRefused
from tests.steps import Clock

VISA = "pm_card_visa"


def test_subscribing_puts_the_account_on_the_plan(
    provider: StripeProvider, stripe: StripeClient
) -> None:
    subscription = provider.subscribe(plan=TeamPlan, payment_method=VISA)

    assert subscription.plan.id == TeamPlan.id
    assert subscription.status == "active"
    assert provider.subscription() == subscription
    at_stripe = stripe.v1.subscriptions.retrieve(subscription.id)
    assert at_stripe["plan"].id == TeamPlan.id


def test_subscribing_pays_the_first_invoice(provider: StripeProvider) -> None:
    provider.subscribe(plan=TeamPlan, payment_method=VISA)

    [invoice] = provider.invoices()
    assert invoice.status == "paid"
    assert (invoice.amount_paid, invoice.currency) == (TeamPlan.amount, "usd")


def test_a_yearly_plan_is_paid_for_a_year(provider: StripeProvider) -> None:
    subscription = provider.subscribe(plan=EnterprisePlan, payment_method=VISA)

    [invoice] = provider.invoices()
    assert invoice.amount_paid == EnterprisePlan.amount
    assert 365 <= (subscription.paid_until - invoice.created).days <= 366


def test_a_month_later_the_second_invoice_is_paid(provider: StripeProvider, clock: Clock) -> None:
    subscription = provider.subscribe(plan=TeamPlan, payment_method=VISA)

    clock.pass_renewal(subscription.paid_until)

    second, first = provider.invoices()
    assert (first.status, second.status) == ("paid", "paid")
    assert second.amount_paid == TeamPlan.amount
    assert second.created >= subscription.paid_until
    renewed = provider.subscription()
    assert renewed is not None
    assert renewed.paid_until > subscription.paid_until


def test_the_customer_at_stripe_is_the_account(
    provider: StripeProvider, account: Account, stripe: StripeClient, clock: Clock
) -> None:
    provider.subscribe(plan=TeamPlan, payment_method=VISA)

    [customer] = stripe.v1.customers.list({"test_clock": clock.id}).data
    assert (customer.name, customer.email) == (account.name, account.email)
    assert customer.metadata is not None
    assert customer.metadata["account"] == account.id


def test_billing_details_change_at_stripe_and_what_is_left_out_stays(
    provider: StripeProvider, account: Account, stripe: StripeClient, clock: Clock
) -> None:
    provider.subscribe(plan=TeamPlan, payment_method=VISA)

    provider.update_billing_details(
        name="Analytical Engines Ltd",
        address={"line1": "12 St James's Square", "city": "London", "country": "GB"},
    )
    provider.update_billing_details(email="accounts@engines.example")

    [customer] = stripe.v1.customers.list({"test_clock": clock.id}).data
    assert (customer.name, customer.email) == ("Analytical Engines Ltd", "accounts@engines.example")
    assert customer.address is not None
    assert (customer.address.line1, customer.address.city) == ("12 St James's Square", "London")


def test_the_next_invoice_has_the_new_billing_details(
    provider: StripeProvider, clock: Clock, stripe: StripeClient
) -> None:
    subscription = provider.subscribe(plan=TeamPlan, payment_method=VISA)
    provider.update_billing_details(name="Analytical Engines Ltd")

    clock.pass_renewal(subscription.paid_until)

    [customer] = stripe.v1.customers.list({"test_clock": clock.id}).data
    second, first = stripe.v1.invoices.list({"customer": customer.id}).data
    assert first.customer_name == "Ada Lovelace"
    assert second.customer_name == "Analytical Engines Ltd"


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ("pm_card_chargeDeclined", "Your card was declined."),
        ("pm_card_chargeDeclinedInsufficientFunds", "Your card has insufficient funds."),
        ("pm_card_chargeDeclinedExpiredCard", "Your card has expired."),
        ("pm_card_chargeCustomerFail", "Your card was declined."),
    ],
)
def test_a_card_that_does_not_pay_is_explained_and_subscribes_to_nothing(
    provider: StripeProvider, card: str, message: str
) -> None:
    with pytest.raises(PaymentRefused) as refused:
        provider.subscribe(plan=TeamPlan, payment_method=card)

    assert refused.value.message == message
    assert provider.subscription() is None


def test_after_a_declined_card_another_one_pays(provider: StripeProvider) -> None:
    with pytest.raises(PaymentRefused):
        provider.subscribe(plan=TeamPlan, payment_method="pm_card_chargeCustomerFail")

    subscription = provider.subscribe(plan=TeamPlan, payment_method=VISA)

    assert subscription.status == "active"
    assert "paid" in {invoice.status for invoice in provider.invoices()}


def test_an_account_has_one_subscription(provider: StripeProvider) -> None:
    provider.subscribe(plan=TeamPlan, payment_method=VISA)

    with pytest.raises(Conflict, match="already"):
        provider.subscribe(plan=EnterprisePlan, payment_method=VISA)

    assert len(provider.invoices()) == 1


def test_a_cancelled_subscription_is_over_and_not_billed_again(
    provider: StripeProvider, clock: Clock
) -> None:
    subscription = provider.subscribe(plan=TeamPlan, payment_method=VISA)

    cancelled = provider.cancel()
    clock.pass_renewal(subscription.paid_until)

    assert cancelled.status == "canceled"
    assert provider.subscription() is None
    assert len(provider.invoices()) == 1


def test_who_has_cancelled_can_subscribe_again(provider: StripeProvider) -> None:
    provider.subscribe(plan=TeamPlan, payment_method=VISA)
    provider.cancel()

    subscription = provider.subscribe(plan=EnterprisePlan, payment_method=VISA)

    assert subscription.plan.id == EnterprisePlan.id


def test_without_a_subscription_there_is_nothing_to_cancel(provider: StripeProvider) -> None:
    with pytest.raises(Conflict, match="no subscription"):
        provider.cancel()

    assert provider.invoices() == []


def test_the_plans_are_made_once(stripe: StripeClient) -> None:
    ensure_plans(stripe, [TeamPlan])
    ensure_plans(stripe, PLANS.values())

    made = {plan.id: plan for plan in stripe.v1.plans.list().data}
    assert made.keys() == {"team", "enterprise"}
    assert (made["team"].amount, made["team"].interval) == (TeamPlan.amount, "month")
    assert len(stripe.v1.products.list().data) == 2
