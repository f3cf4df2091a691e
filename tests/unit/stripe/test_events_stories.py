"""What a handler of webhooks would see: the sequences that Stripe's documentation shows.

https://docs.stripe.com/billing/subscriptions/webhooks, https://docs.stripe.com/payments/paymentintents/lifecycle
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.stripe.conftest import JANUARY_31

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.stripe.conftest import Api, Refused

DAY = 86_400
RETURN_URL = "https://example.com/return"

PAID = [
    "invoice.finalized open",
    "payment_intent.created requires_payment_method",
    "charge.succeeded succeeded",
    "payment_intent.succeeded succeeded",
    "invoice.paid paid",
    "invoice.payment_succeeded paid",
]
"""What happens when an automatic invoice is finalized and paid."""


class Story:
    """What happens in an account, told from here on."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._told = len(api.everything("/v1/events"))

    def events(self, *, of_clocks: bool = True) -> list[Any]:
        """What has happened since this was last asked, oldest first.

        :param of_clocks: whether what has happened to test clocks is told, too
        """
        happened = self.api.everything("/v1/events")[::-1][self._told :]
        self._told += len(happened)
        return [event for event in happened if of_clocks or "test_clock" not in event["type"]]

    def types(self, *, of_clocks: bool = True) -> list[str]:
        """The types of it, with the status of each object that has one."""
        return [
            f"{event['type']} {event['data']['object'].get('status') or ''}".strip()
            for event in self.events(of_clocks=of_clocks)
        ]


@pytest.fixture
def story(api: Api) -> Story:
    """An account in which nothing has happened."""
    return Story(api)


def test_from_a_new_customer_to_a_paid_invoice(story: Story) -> None:
    customer = story.api.customer()
    price = story.api.price()
    story.api.subscribe(customer, price)

    assert story.types() == [
        "customer.created",
        "payment_method.attached",
        "product.created",
        "price.created",
        "plan.created",
        "customer.subscription.created active",
        "invoice.created draft",
        *PAID,
        "customer.updated",
        "invoice_payment.paid paid",
    ]


def test_an_invoice_that_is_created_is_a_draft_with_its_lines(story: Story) -> None:
    story.api.subscribe(story.api.customer(), story.api.price(1200))

    [created] = [event for event in story.events() if event["type"] == "invoice.created"]

    invoice = created["data"]["object"]
    assert invoice["status"] == "draft"
    assert invoice["number"] is None
    assert [line["amount"] for line in invoice["lines"]["data"]] == [1200]


def test_a_renewal_begins_as_a_draft_and_is_paid_an_hour_later(story: Story) -> None:
    clock = story.api.clock()
    subscription = story.api.subscribe(story.api.customer(test_clock=clock), story.api.price())
    end = subscription["items"]["data"][0]["current_period_end"]
    story.events()

    story.api.advance(clock, end)

    assert story.types(of_clocks=False) == [
        "invoice.upcoming draft",
        "invoice.created draft",
        "customer.subscription.updated active",
    ]

    story.api.advance(clock, end + 3600)

    assert story.types(of_clocks=False) == [
        *PAID,
        "invoice.updated paid",
        "customer.updated",
        "invoice_payment.paid paid",
    ]


def test_a_renewal_that_is_declined_makes_the_subscription_past_due(story: Story) -> None:
    api = story.api
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    subscription = api.subscribe(customer, api.price())
    method = api.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", customer=customer)
    settings = {"default_payment_method": method["id"]}
    api.post(f"/v1/customers/{customer}", invoice_settings=settings)
    end = subscription["items"]["data"][0]["current_period_end"]
    api.advance(clock, end)
    story.events()

    api.advance(clock, end + 3600)

    events = story.events(of_clocks=False)
    assert [event["type"] for event in events] == [
        "invoice.finalized",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "invoice.updated",
        "customer.updated",
        "customer.subscription.updated",
    ]
    [changed] = [event for event in events if event["type"] == "customer.subscription.updated"]
    assert changed["data"]["object"]["status"] == "past_due"
    assert changed["data"]["previous_attributes"] == {"status": "active"}


def test_a_first_payment_that_needs_the_customer(story: Story) -> None:
    customer, price = story.api.customer("pm_card_authenticationRequired"), story.api.price()
    story.events()

    story.api.subscribe(customer, price)

    assert story.types() == [
        "customer.subscription.created incomplete",
        "invoice.created draft",
        "invoice.finalized open",
        "payment_intent.created requires_payment_method",
        "payment_intent.requires_action requires_action",
        "invoice.payment_action_required open",
        "invoice.payment_failed open",
        "customer.updated",
    ]


def test_a_subscription_that_waits_for_its_payment_becomes_active_with_it(story: Story) -> None:
    api = story.api
    subscription = api.subscribe(api.customer(), api.price(), payment_behavior="default_incomplete")
    [intent] = api.get("/v1/payment_intents")["data"]
    assert "customer.subscription.created incomplete" in story.types()

    path = f"/v1/payment_intents/{intent['id']}/confirm"
    api.post(path, payment_method="pm_card_visa", return_url=RETURN_URL)

    events = story.events()
    assert [event["type"] for event in events][:4] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
    ]
    assert events[-1]["type"] == "customer.subscription.updated"
    assert events[-1]["data"]["object"]["id"] == subscription["id"]
    assert events[-1]["data"]["previous_attributes"] == {"status": "incomplete"}


def test_a_subscription_is_canceled_at_the_end_of_its_period(story: Story) -> None:
    clock = story.api.clock()
    subscription = story.api.subscribe(story.api.customer(test_clock=clock), story.api.price())
    story.events()

    story.api.post(f"/v1/subscriptions/{subscription['id']}", cancel_at_period_end=True)

    [event] = story.events()
    assert event["type"] == "customer.subscription.updated"
    assert event["data"]["previous_attributes"]["cancel_at_period_end"] is False

    story.api.advance(clock, subscription["items"]["data"][0]["current_period_end"])

    assert story.types(of_clocks=False) == ["customer.subscription.deleted canceled"]


def test_the_end_of_a_trial_is_announced_three_days_before(story: Story) -> None:
    clock = story.api.clock()
    customer, price = story.api.customer(test_clock=clock), story.api.price()
    story.api.subscribe(customer, price, trial_period_days=10)
    assert "customer.subscription.trial_will_end trialing" not in story.types()

    story.api.advance(clock, JANUARY_31 + 7 * DAY)

    [upcoming, event] = story.events(of_clocks=False)
    assert (upcoming["type"], upcoming["created"]) == ("invoice.upcoming", JANUARY_31 + 3 * DAY)
    assert event["type"] == "customer.subscription.trial_will_end"
    assert event["created"] == JANUARY_31 + 7 * DAY
    assert event["data"]["object"]["trial_end"] == JANUARY_31 + 10 * DAY

    story.api.advance(clock, JANUARY_31 + 10 * DAY)

    assert story.types(of_clocks=False) == [
        "invoice.created draft",
        "customer.subscription.updated active",
    ]


def test_the_end_of_a_short_trial_is_announced_at_once(story: Story) -> None:
    customer, price = story.api.customer(), story.api.price()

    story.api.subscribe(customer, price, trial_period_days=2)

    assert story.types().count("customer.subscription.trial_will_end trialing") == 1


def test_a_trial_that_is_ended_early_is_announced_and_paid(story: Story) -> None:
    customer, price = story.api.customer(), story.api.price()
    subscription = story.api.subscribe(customer, price, trial_period_days=10)
    story.events()

    story.api.post(f"/v1/subscriptions/{subscription['id']}", trial_end="now")

    assert story.types() == [
        "customer.subscription.trial_will_end trialing",
        "invoice.created draft",
        *PAID,
        "customer.subscription.updated active",
        "customer.updated",
        "invoice_payment.paid paid",
    ]


def test_an_invoice_over_nothing_is_paid_when_it_is_finalized(story: Story) -> None:
    customer, price = story.api.customer(), story.api.price()
    story.events()

    story.api.subscribe(customer, price, trial_period_days=10)

    assert story.types() == [
        "customer.subscription.created trialing",
        "invoice.created draft",
        "invoice.finalized open",
        "invoice.paid paid",
        "invoice.payment_succeeded paid",
        "customer.updated",
    ]


def test_an_invoice_that_is_paid_elsewhere_has_no_payment(story: Story) -> None:
    api = story.api
    customer = api.customer()
    api.post("/v1/invoiceitems", customer=customer, amount=500, currency="usd")
    include = {"pending_invoice_items_behavior": "include"}
    invoice = api.post("/v1/invoices", customer=customer, **include)["id"]
    api.post(f"/v1/invoices/{invoice}/finalize")
    story.events()

    api.post(f"/v1/invoices/{invoice}/pay", paid_out_of_band=True)

    assert story.types() == ["invoice.paid paid", "invoice.updated paid", "payment_intent.canceled canceled"]  # fmt: skip


def test_an_invoice_that_is_sent_says_so(story: Story) -> None:
    api = story.api
    customer = api.customer(email="jenny@example.com")
    api.post("/v1/invoiceitems", customer=customer, amount=500, currency="usd")
    terms = {"collection_method": "send_invoice", "days_until_due": 7}
    include = {"pending_invoice_items_behavior": "include"}
    invoice = api.post("/v1/invoices", customer=customer, **terms, **include)["id"]
    story.events()

    api.post(f"/v1/invoices/{invoice}/send")
    api.post(f"/v1/invoices/{invoice}/void")

    types = [event["type"] for event in story.events() if event["type"].startswith("invoice.")]
    assert types == [
        "invoice.finalized",
        "invoice.sent",
        "invoice.updated",
        "invoice.updated",
        "invoice.voided",
    ]


def test_a_payment_that_is_authorized_and_captured_and_refunded(story: Story) -> None:
    intent = story.api.post(
        "/v1/payment_intents",
        amount=2000,
        currency="usd",
        payment_method="pm_card_visa",
        confirm=True,
        capture_method="manual",
        return_url=RETURN_URL,
    )["id"]
    assert story.types() == [
        "payment_intent.created requires_confirmation",
        "charge.succeeded succeeded",
        "payment_intent.amount_capturable_updated requires_capture",
    ]

    story.api.post(f"/v1/payment_intents/{intent}/capture")
    assert story.types() == ["payment_intent.succeeded succeeded", "charge.captured succeeded"]

    story.api.post("/v1/refunds", payment_intent=intent, amount=500)
    refund, charge, older, referred = story.events()
    assert (refund["type"], charge["type"]) == ("refund.created", "charge.refunded")
    assert charge["data"]["previous_attributes"] == {"amount_refunded": 0}
    assert (older["type"], referred["type"]) == ("charge.refund.updated", "refund.updated")
    before = {"reference": None, "reference_status": "pending"}
    assert referred["data"]["previous_attributes"] == {"destination_details": {"card": before}}


def test_each_attempt_to_pay_has_its_events(story: Story, refused: Callable[..., Refused]) -> None:
    intent = story.api.post("/v1/payment_intents", amount=2000, currency="usd")["id"]
    path = f"/v1/payment_intents/{intent}/confirm"
    assert story.types() == ["payment_intent.created requires_payment_method"]

    for _ in range(2):
        method = "pm_card_chargeDeclined"
        refused(story.api.post, path, payment_method=method, return_url=RETURN_URL)
        assert story.types() == [
            "charge.failed failed",
            "payment_intent.payment_failed requires_payment_method",
        ]

    story.api.post(path, payment_method="pm_card_visa", return_url=RETURN_URL)
    assert story.types() == [
        "charge.succeeded succeeded",
        "payment_intent.succeeded succeeded",
        "charge.updated succeeded",
    ]


def test_a_payment_method_that_is_set_up_is_attached(
    story: Story, refused: Callable[..., Refused]
) -> None:
    customer = story.api.post("/v1/customers")["id"]
    story.events()
    terms = {"customer": customer, "confirm": True, "return_url": RETURN_URL}

    story.api.post("/v1/setup_intents", payment_method="pm_card_visa", **terms)
    assert story.types() == [
        "setup_intent.created requires_confirmation",
        "payment_method.attached",
        "setup_intent.succeeded succeeded",
    ]

    declined = "pm_card_chargeDeclined"
    refused(story.api.post, "/v1/setup_intents", payment_method=declined, **terms)
    assert story.types() == [
        "setup_intent.created requires_confirmation",
        "setup_intent.setup_failed requires_payment_method",
    ]


def test_a_subscription_is_paused_and_resumed(story: Story) -> None:
    subscription = story.api.subscribe(story.api.customer(), story.api.price())["id"]
    story.events()

    story.api.post(f"/v1/subscriptions/{subscription}/pause", type="subscription")
    assert story.types()[-2:] == [
        "customer.subscription.updated paused",
        "customer.subscription.paused paused",
    ]

    behavior = "resume_on_payment_success"
    story.api.post(f"/v1/subscriptions/{subscription}/resume", payment_behavior=behavior)
    types = story.types()
    assert "customer.subscription.resumed active" in types
    assert "customer.subscription.updated active" in types
    assert "customer.subscription.deleted active" not in types
