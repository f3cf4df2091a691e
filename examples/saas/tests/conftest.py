"""An application of its own for each test, with a Stripe account that nobody else has."""

import uuid
from pathlib import Path

import pytest
from dynaconf import Dynaconf
from flask import Flask
from flask.testing import FlaskClient
from stripe import StripeClient

from localstack_stripe.testing.fixture import StripeAccount
from saas import create_app
from saas.accounts import Account, AccountStore
from saas.billing.stripe_provider import StripeProvider, stripe_client
from saas.config import load_settings
from tests.steps import Clock


@pytest.fixture
def settings(stripe_emulator: StripeAccount, tmp_path: Path) -> Dynaconf:
    """The settings of development, with this test's own Stripe account and database."""
    settings = load_settings("development")
    settings.set("database", str(tmp_path / "saas.db"))
    settings.set("stripe.api_key", stripe_emulator.api_key)
    settings.set("stripe.base_addresses", stripe_emulator.base_addresses)
    return settings


@pytest.fixture
def stripe(settings: Dynaconf) -> StripeClient:
    """Stripe, to see what the application has done there."""
    return stripe_client(settings)


@pytest.fixture
def clock(settings: Dynaconf, stripe: StripeClient) -> Clock:
    """A clock that the application's customers live on."""
    clock = Clock(stripe)
    settings.set("stripe.test_clock", clock.id)
    return clock


@pytest.fixture
def app(settings: Dynaconf, clock: Clock) -> Flask:
    """The application."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser on it."""
    return app.test_client()


@pytest.fixture
def email() -> str:
    """An address that no other test has."""
    return f"ada-{uuid.uuid4().hex[:8]}@example.com"


@pytest.fixture
def account(app: Flask, settings: Dynaconf, email: str) -> Account:
    """An account of the application that has no subscription."""
    return AccountStore(Path(settings.database)).add("Ada Lovelace", email)


@pytest.fixture
def provider(
    account: Account, settings: Dynaconf, stripe: StripeClient, clock: Clock
) -> StripeProvider:
    """The billing of that account."""
    return StripeProvider(stripe, account, AccountStore(Path(settings.database)), clock.id)
