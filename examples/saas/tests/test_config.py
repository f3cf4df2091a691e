"""The settings of each environment."""

from urllib.parse import urlsplit

import pytest
from dynaconf import ValidationError

from saas.config import load_settings


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in the file holds."""
    monkeypatch.delenv("SAAS_AWS__ENDPOINT_URL")


def test_in_development_nothing_leaves_the_machine() -> None:
    settings = load_settings("development")

    bases = dict(settings.stripe.base_addresses)
    assert bases.keys() == {"api", "connect", "files", "meter_events"}
    addresses = [*bases.values(), settings.aws.endpoint_url]
    assert {urlsplit(address).hostname for address in addresses} == {"127.0.0.1"}


def test_production_talks_to_aws_and_stripe_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAAS_SECRET_KEY", "a secret")
    monkeypatch.setenv("SAAS_STRIPE__API_KEY", "sk_live_123")

    settings = load_settings("production")

    assert settings.stripe.api_key == "sk_live_123"
    assert dict(settings.stripe.base_addresses) == {}
    assert settings.stripe.test_clock == ""
    assert settings.aws.endpoint_url == ""
    assert not settings.mail.verify_sender


def test_production_does_not_start_without_its_secrets() -> None:
    with pytest.raises(ValidationError, match="secret_key"):
        load_settings("production")


def test_the_environment_is_chosen_by_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().public_url == "http://127.0.0.1:5000"
    monkeypatch.setenv("SAAS_ENV", "production")
    monkeypatch.setenv("SAAS_SECRET_KEY", "a secret")
    monkeypatch.setenv("SAAS_STRIPE__API_KEY", "sk_live_123")

    assert load_settings().public_url == "https://saas.example"
