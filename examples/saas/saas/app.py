"""Puts the application together."""

from pathlib import Path

from dynaconf import Dynaconf
from flask import Flask

from saas.accounts import Account, AccountStore
from saas.billing.plans import PLANS
from saas.billing.stripe_provider import StripeProvider, ensure_plans, stripe_client
from saas.billing.views import billing_blueprint
from saas.config import load_settings
from saas.errors import register_error_handler
from saas.mail import mailer
from saas.signup import ActivationTokens, signup_blueprint


def create_app(settings: Dynaconf | None = None) -> Flask:
    """The application; without settings, with those of the environment it runs in."""
    settings = settings or load_settings()
    accounts = AccountStore(Path(settings.database))
    tokens = ActivationTokens(settings.secret_key, settings.activation_seconds)
    stripe = stripe_client(settings)
    ensure_plans(stripe, PLANS.values())

    def provider_of(account: Account) -> StripeProvider:
        return StripeProvider(stripe, account, accounts, settings.stripe.test_clock)

    app = Flask(__name__)
    app.secret_key = settings.secret_key
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_SECURE"] = settings.public_url.startswith("https:")
    app.register_blueprint(
        signup_blueprint(accounts, mailer(settings), tokens, settings.public_url)
    )
    app.register_blueprint(billing_blueprint(accounts, provider_of))
    register_error_handler(app)
    return app
