"""Every example of docs/stripe-controls.md works when it is copied, in the order of the document."""

import re
import subprocess

import pytest

from localstack_shared.settings import Address
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from tests.documents import ROOT, runnable_block

DOCUMENT = "docs/stripe-controls.md"
NAMES = re.findall(r"<!-- run: ([\w-]+) -->", (ROOT / DOCUMENT).read_text())


@pytest.fixture(scope="module")
def address():
    emulator = StripeEmulator(StripeSettings(bind=Address("127.0.0.1", 0)))
    emulator.start()
    yield emulator.endpoints()[0].url
    emulator.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a reader would be while copying."""
    return tmp_path_factory.mktemp("controls")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_works_when_it_is_copied(address, folder, name):
    block = runnable_block(DOCUMENT, name).replace("http://localhost:8420", address)

    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NO_PROXY": "127.0.0.1"},
    )

    assert run.returncode == 0, run.stdout + run.stderr
