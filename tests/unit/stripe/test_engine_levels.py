"""No answer is taken for more than it is: levels, the warning, the count, and what is refused instead."""

import logging

import pytest

from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.levels import Levels
from localstack_stripe.settings import StripeSettings
from tests.unit.stripe.conftest import Api


@pytest.fixture
def levels(emulator):
    known = Levels(emulator.contract)
    return lambda key: str(known.of(emulator.contract.operations[key]))


@pytest.mark.parametrize(
    ("key", "level"),
    [
        ("POST /v1/subscriptions", "behaviour"),  # a function of its own
        ("POST /v1/customers/{customer}/subscriptions", "behaviour"),  # an older path of it
        ("POST /v1/products", "behaviour"),  # a hook
        ("POST /v1/coupons/{coupon}", "behaviour"),  # the engine is all there is to it
        ("GET /v1/charges/{charge}", "behaviour"),  # what it reads is written by behaviours
        ("POST /v1/climate/orders", "generic"),
        ("GET /v1/climate/orders", "generic"),
    ],
)
def test_a_level_follows_from_what_was_written(generic, levels, key, level):
    assert levels(key) == level


def test_every_answer_says_its_level(generic, own):
    paths = (generic, f"{generic}/climorder_none", "/v1/customers")

    levels = [own.send("GET", path).headers["Stripe-Emulator-Level"] for path in paths]

    assert levels == ["generic", "generic", "behaviour"]


def test_what_is_not_fully_followed_is_logged_once(generic, own, caplog):
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            own.get(generic)
            own.get("/v1/customers")

    warnings = [each.getMessage() for each in caplog.records]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"GET {generic} is generic")


def test_strict_makes_an_error_of_what_would_not_happen(refused, monkeypatch):
    monkeypatch.delitem(BEHAVIOURS.operations, "POST /v1/sources/{source}/verify")
    strict = Api(StripeEmulator(StripeSettings(strict=True)))
    source = strict.post("/v1/sources", type="ach_debit", currency="usd")
    intent = strict.post("/v1/payment_intents", amount=1000, currency="usd")

    refusal = refused(strict.post, f"/v1/sources/{source['id']}/verify", values=["32", "45"])

    assert refusal.status == 400
    assert "does not know what POST /v1/sources/{source}/verify does" in refusal.error["message"]
    assert strict.post(f"/v1/payment_intents/{intent['id']}/cancel")["status"] == "canceled"


def test_what_is_plain_is_an_operation(emulator):
    assert emulator.contract.operations.keys() >= BEHAVIOURS.plain
