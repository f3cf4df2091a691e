"""The story that must always work: a user signs up, is mailed, buys a team plan, and is billed again a month later."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest
import stripe

from tests.integration.host import LocalStackProcess

START = 1_767_225_600  # 1 January 2026
MONTH_AND_A_DAY = 32 * 86_400
SENDER = "accounts@shop.example"


@dataclass(frozen=True)
class TeamPlan:
    """What the application sells."""

    id: str = "team"
    amount: int = 4900
    currency: str = "usd"
    interval: str = "month"


@pytest.fixture(params=["own port", "gateway"])
def stripe_base(request: pytest.FixtureRequest, localstack: LocalStackProcess) -> str:
    """Both ways to the emulator."""
    if request.param == "gateway":
        return f"{localstack.url}/_extension/stripe"
    return localstack.stripe_url


def sign_up(ses: Any, address: str) -> None:
    ses.send_email(
        Source=SENDER,
        Destination={"ToAddresses": [address]},
        Message={
            "Subject": {"Data": "LocalStack Account Activation"},
            "Body": {"Text": {"Data": "Welcome! Activate your account: https://saas.example/a/1"}},
        },
    )


@pytest.mark.parametrize("run", ["first", "second"])
def test_sign_up_subscribe_update_billing_and_be_billed_again(
    localstack: LocalStackProcess,
    ses: Any,
    smtp_server: Any,
    stripe_emulator_server: Any,
    stripe_base: str,
    run: str,
) -> None:
    """Twice on the same instance, through the own port and through the gateway, with ``StripeClient``."""
    account = stripe_emulator_server.fresh_account()
    names = ("api", "connect", "files", "meter_events")
    client = stripe.StripeClient(
        account.api_key, base_addresses=dict.fromkeys(names, stripe_base), max_network_retries=0
    )

    sign_up(ses, "zoe@example.com")
    smtp_server.wait_for_message(to="zoe@example.com", timeout=10)
    messages = smtp_server.list_messages()
    assert messages[0]["Subject"] == "LocalStack Account Activation"
    assert len(messages) == 1

    client.v1.plans.create(
        {
            "id": TeamPlan.id,
            "amount": TeamPlan.amount,
            "currency": TeamPlan.currency,
            "interval": TeamPlan.interval,
            "product": {"name": "Team"},
        }
    )
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": START})
    customer = client.v1.customers.create(
        {
            "email": "zoe@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
            "test_clock": clock.id,
        }
    )
    subscription = client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"plan": TeamPlan.id}]}
    )
    assert subscription.plan.id == TeamPlan.id
    assert subscription.status == "active"

    address = {"city": "Zürich", "country": "CH", "line1": "Bahnhofstrasse 1"}
    updated = client.v1.customers.update(
        customer.id, {"name": "Zoë & Co.", "address": address, "email": "billing@example.com"}
    )
    assert updated.name == "Zoë & Co."
    assert updated.address is not None
    assert updated.address.city == "Zürich"

    client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": START + MONTH_AND_A_DAY})
    assert client.v1.test_helpers.test_clocks.retrieve(clock.id).status == "ready"
    invoices = client.v1.invoices.list({"customer": customer.id}).data
    assert [invoice.status for invoice in invoices] == ["paid", "paid"]
    assert [invoice.amount_paid for invoice in invoices] == [TeamPlan.amount] * 2
    assert invoices[0].customer_email == "billing@example.com"
    assert invoices[0].lines.data[0].period.start == invoices[1].lines.data[0].period.end


def test_the_older_style_of_the_sdk_tells_the_same_story(
    localstack: LocalStackProcess, stripe_emulator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe, "api_base", stripe_emulator.api_base)
    monkeypatch.setattr(stripe, "api_key", stripe_emulator.api_key)
    plan = stripe.Plan.create(
        amount=TeamPlan.amount,
        currency=TeamPlan.currency,
        interval="month",
        product={"name": "Team"},
    )
    customer = stripe.Customer.create(email="zoe@example.com", source="tok_visa")

    subscription = stripe.Subscription.create(customer=customer.id, items=[{"plan": plan.id}])

    assert subscription.plan.id == plan.id
    assert stripe.Invoice.list(subscription=subscription.id).data[0].status == "paid"


def test_mail_by_smtp_is_in_the_same_sink(localstack: LocalStackProcess, smtp_server: Any) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, "zoe@example.com", "Grüezi"
    mail.set_content("By SMTP, as an application with a username and a password does.")

    with smtplib.SMTP("127.0.0.1", localstack.smtp_port, timeout=10) as server:
        server.starttls()
        server.login("AKIAEXAMPLE", "secret")
        server.send_message(mail)

    message = smtp_server.wait_for_message(subject="Grüezi", timeout=10)
    assert message["Subject"] == "Grüezi"


def test_a_send_that_ses_refuses_does_not_arrive(
    localstack: LocalStackProcess, ses: Any, smtp_server: Any
) -> None:
    with pytest.raises(ses.exceptions.MessageRejected):
        ses.send_email(
            Source="stranger@nowhere.example",
            Destination={"ToAddresses": ["zoe@example.com"]},
            Message={"Subject": {"Data": "No"}, "Body": {"Text": {"Data": "No"}}},
        )

    assert smtp_server.list_messages() == []
