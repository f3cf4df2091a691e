"""The pytest fixture ``stripe_emulator``.

It uses the emulator that is running (inside LocalStack or alone), and starts one of its own where none is. Each test
has an account to itself, so that tests do not see each other's objects, in parallel or one after the other.

Loading this module imports nothing but pytest: it is loaded in every test run of an environment it is installed in.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from localstack_stripe.testing.fixture import EmulatorServer, StripeAccount

ADDRESSES = ("http://127.0.0.1:8420", "http://127.0.0.1:4566/_extension/stripe")
"""Where a running emulator is looked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option."""
    parser.addini(
        "stripe_api_base",
        "Where the Stripe emulator is; without it, and without STRIPE_API_BASE, it is looked for at the local "
        "addresses, and one is started where there is none.",
        default="",
    )


@pytest.fixture(scope="session")
def stripe_emulator_server(pytestconfig: pytest.Config) -> "Iterator[EmulatorServer]":
    """The emulator of this test run: the one that is configured or running, or one of its own."""
    from localstack_stripe.testing.fixture import find_or_start

    configured = os.environ.get("STRIPE_API_BASE", "") or pytestconfig.getini("stripe_api_base")
    with find_or_start(configured, ADDRESSES) as server:
        yield server


@pytest.fixture
def stripe_emulator(stripe_emulator_server: "EmulatorServer") -> "Iterator[StripeAccount]":
    """A fresh account: ``.api_key``, ``.publishable_key``, ``.api_base``, ``.base_addresses`` and ``.reset()``."""
    account = stripe_emulator_server.fresh_account()
    yield account
    account.reset()
