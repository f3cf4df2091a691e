"""What is stored costs little: texts are kept in no more memory than they need."""

import subprocess
import sys
from pathlib import Path

import pytest

STORE = """
from pathlib import Path

from localstack_stripe.api.messages import Request
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings

emulator = StripeEmulator(StripeSettings())


def create(number):
    headers = {
        "authorization": "Bearer sk_test_1",
        "content-type": "application/x-www-form-urlencoded",
        "idempotency-key": f"{number:036}",
    }
    body = f"email=user{number}%40example.com&name=Zoe&metadata[order]=6735".encode()
    assert emulator.handle(Request("POST", "/v1/customers", "", headers, body)).status == 200


def resident():
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0])


for number in range(300):
    create(number)
before = resident()
for number in range(300, 3300):
    create(number)
print((resident() - before) / 3000)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_customer_its_event_and_its_idempotency_key_take_less_than_5_kb():
    said = subprocess.run([sys.executable, "-c", STORE], capture_output=True, text=True, check=True)

    assert float(said.stdout) < 5
