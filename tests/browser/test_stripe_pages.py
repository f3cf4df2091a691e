"""The pages that stand in for Stripe's: where a customer authenticates, pays, and an account is onboarded."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe
from selenium.webdriver.support.ui import Select

from localstack_stripe.testing.fixture import StripeAccount, find_or_start
from tests.browser.chromium import Page, needs_chromium

pytestmark = needs_chromium


@pytest.fixture
def account() -> Any:
    with find_or_start("", ()) as server:
        yield server.fresh_account()


@pytest.fixture
def client(account: StripeAccount) -> stripe.StripeClient:
    return stripe.StripeClient(account.api_key, base_addresses=account.base_addresses)


@pytest.fixture
def back(account: StripeAccount) -> str:
    """A page of the shop's: something here that answers."""
    return f"{account.api_base}/_emulator/health?shop=1"


def asked(page: Page) -> dict[str, str]:
    """What the page of the shop was told, once the browser is there."""
    page.until(lambda: "shop=1" in page.driver.current_url)
    return {
        name: value for name, [value] in parse_qs(urlsplit(page.driver.current_url).query).items()
    }


def fits(page: Page) -> bool:
    return bool(page.js("return document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(
    ("outcome", "status"), [("succeeded", "succeeded"), ("failed", "requires_payment_method")]
)
def test_a_payment_is_authenticated(
    page: Page, client: stripe.StripeClient, back: str, outcome: str, status: str
) -> None:
    intent = client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "eur",
            "confirm": True,
            "payment_method": "pm_card_threeDSecure2Required",
            "return_url": back,
        }
    )
    assert intent.next_action
    assert intent.next_action.redirect_to_url

    page.driver.get(str(intent.next_action.redirect_to_url.url))
    assert fits(page)
    page.click(f"button[value={outcome}]")

    assert asked(page)["payment_intent"] == intent.id
    assert client.v1.payment_intents.retrieve(intent.id).status == status


def checkout(client: stripe.StripeClient, back: str, **terms: Any) -> Any:
    item = {
        "price_data": {
            "currency": "usd",
            "unit_amount": 1200,
            "product_data": {"name": "<b>Team</b>"},
        },
        "quantity": 2,
    }
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [item],
            "success_url": f"{back}&session={{CHECKOUT_SESSION_ID}}",
            **terms,
        }  # type: ignore[arg-type]
    )


def pay(page: Page, method: str) -> None:
    Select(page.seen("[name=payment_method]")).select_by_value(method)
    page.click("[type=submit]")


def test_a_declined_card_is_followed_by_one_that_pays(
    page: Page, client: stripe.StripeClient, back: str
) -> None:
    session = checkout(client, back, cancel_url=f"{back}&left=1")

    page.driver.get(session.url)
    assert fits(page)
    assert "2 × <b>Team</b>" in page.text("table")
    assert "$24.00" in page.text("table")
    page.seen("[name=email]").send_keys("jenny@example.com")
    pay(page, "pm_card_visa_chargeDeclined")

    assert page.seen("[role=alert]").text == "Your card was declined."
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    pay(page, "pm_card_visa")
    assert asked(page)["session"] == session.id
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    page.driver.get(session.url)
    assert "complete" in page.text("body")


def test_who_does_not_pay_goes_back(
    desktop_page: Page, client: stripe.StripeClient, back: str
) -> None:
    desktop_page.driver.get(checkout(client, back, cancel_url=f"{back}&left=1").url)

    desktop_page.click("a")

    assert asked(desktop_page)["left"] == "1"


def test_a_subscription_is_paid_with_a_card_that_is_authenticated(
    desktop_page: Page, client: stripe.StripeClient, back: str
) -> None:
    price = client.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1200,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Team"},
        }
    )
    session = checkout(
        client, back, mode="subscription", line_items=[{"price": price.id, "quantity": 1}]
    )

    desktop_page.driver.get(session.url)
    pay(desktop_page, "pm_card_threeDSecure2Required")
    desktop_page.click("button[value=succeeded]")

    assert asked(desktop_page)["session"] == session.id
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert done.status == "complete"
    assert done.subscription.status == "active"  # type: ignore[union-attr]


def test_a_payment_link_leads_to_checkout(
    desktop_page: Page, client: stripe.StripeClient, back: str
) -> None:
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 1200, "product_data": {"name": "Team"}}
    )
    link = client.v1.payment_links.create(
        {
            "line_items": [{"price": price.id, "quantity": 1}],
            "after_completion": {"type": "redirect", "redirect": {"url": back}},
        }
    )

    desktop_page.driver.get(link.url)
    pay(desktop_page, "pm_card_visa")

    asked(desktop_page)
    (session,) = client.v1.checkout.sessions.list({"payment_link": link.id}).data
    assert session.payment_status == "paid"


def test_an_account_is_onboarded(page: Page, client: stripe.StripeClient, back: str) -> None:
    connected = client.v1.accounts.create({"type": "express", "country": "US"})
    link = client.v1.account_links.create(
        {
            "account": connected.id,
            "type": "account_onboarding",
            "refresh_url": f"{back}&again=1",
            "return_url": back,
        }
    )

    page.driver.get(link.url)
    assert fits(page)
    page.click("button[value=complete]")

    asked(page)
    assert client.v1.accounts.retrieve(connected.id).details_submitted
    page.driver.get(link.url)
    assert asked(page)["again"] == "1"


def test_a_promotion_code_is_applied_before_it_is_paid(
    page: Page, client: stripe.StripeClient, back: str
) -> None:
    coupon = client.v1.coupons.create({"percent_off": 25, "duration": "once"})
    client.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "QUARTER"}
    )
    session = checkout(client, back, allow_promotion_codes=True)

    page.driver.get(session.url)
    page.seen("[name=promotion_code]").send_keys("quarter")
    page.click("[name=apply]")

    page.until(lambda: "-$6.00" in page.text("table"))
    assert fits(page)
    pay(page, "pm_card_visa")
    assert asked(page)["session"] == session.id
    assert client.v1.checkout.sessions.retrieve(session.id).amount_total == 1800


def test_a_customer_cancels_in_the_portal_and_returns(
    page: Page, client: stripe.StripeClient, back: str
) -> None:
    customer = client.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    price = client.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 1200,
            "recurring": {"interval": "month"},
            "product_data": {"name": "<b>Team</b>"},
        }
    )
    subscription = client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}]}
    )
    session = client.v1.billing_portal.sessions.create(
        {"customer": customer.id, "return_url": f"{back}&left=1"}
    )

    page.driver.get(session.url)
    assert fits(page)
    assert "<b>Team</b>, $12.00 a month" in page.text("body")
    page.click("[value=cancel]")

    page.seen("[value=renew]")
    assert client.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end
    page.click("p:last-of-type > a")
    assert asked(page)["left"] == "1"
