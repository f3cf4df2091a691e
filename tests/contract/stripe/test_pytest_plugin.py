"""The fixture ``stripe_emulator``, as another project's tests use it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from localstack_shared.settings import Address
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings

USE = """
import stripe

def client(account):
    return stripe.StripeClient(account.api_key, base_addresses=account.base_addresses)

def test_one(stripe_emulator):
    customers = client(stripe_emulator).v1.customers
    customers.create({"email": "one@example.com"})
    assert len(customers.list().data) == 1

def test_two(stripe_emulator):
    assert client(stripe_emulator).v1.customers.list().data == []

def test_reset(stripe_emulator):
    customers = client(stripe_emulator).v1.customers
    customers.create({"email": "one@example.com"})
    stripe_emulator.reset()
    assert customers.list().data == []

def test_keys_of_one_account(stripe_emulator):
    assert stripe_emulator.api_key.startswith("sk_test_51")
    assert stripe_emulator.publishable_key[2:] == stripe_emulator.api_key[2:]
"""


def run_pytest(folder: Path, ini: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_use.py").write_text(USE)
    (folder / "pytest.ini").write_text(f"[pytest]\n{ini}")
    inherited = {name: value for name, value in os.environ.items() if name != "STRIPE_API_BASE"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        env=inherited | environ,
        timeout=60,
        check=False,
    )


@pytest.fixture
def emulator() -> Any:
    running = StripeEmulator(StripeSettings(bind=Address("127.0.0.1", 0)))
    running.start()
    yield running
    running.stop()


def test_each_test_has_an_account_to_itself(tmp_path: Path) -> None:
    assert "4 passed" in run_pytest(tmp_path).stdout


@pytest.mark.parametrize("how", ["environment", "ini option"])
def test_a_running_emulator_is_used(tmp_path: Path, emulator: StripeEmulator, how: str) -> None:
    url = emulator.endpoints()[0].url
    if how == "environment":
        finished = run_pytest(tmp_path, STRIPE_API_BASE=url)
    else:
        finished = run_pytest(tmp_path, ini=f"stripe_api_base = {url}\n")

    assert "4 passed" in finished.stdout


def test_a_configured_emulator_that_does_not_answer_is_a_clear_error(tmp_path: Path) -> None:
    finished = run_pytest(tmp_path, STRIPE_API_BASE="http://127.0.0.1:1")

    assert "4 errors" in finished.stdout
    assert "No Stripe emulator answers at http://127.0.0.1:1" in finished.stdout


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    program = (
        "import pytest, sys\n"
        "before = set(sys.modules)\n"
        "import localstack_stripe.testing.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    plugin = "localstack_stripe.testing.pytest_plugin"
    assert output.strip() == str(["localstack_stripe", "localstack_stripe.testing", plugin])
