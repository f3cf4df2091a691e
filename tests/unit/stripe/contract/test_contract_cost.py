"""What the contract costs a start: time, memory, and no SDK."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import tracemalloc
from importlib import resources

from localstack_stripe.contract.loader import parse_contract

MOST_SECONDS = 0.050
MOST_BYTES = 20_000_000

WITHOUT_SDK = """
import sys

class Unimportable:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("stripe", "tools", "tree_sitter"):
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Unimportable())
from localstack_stripe.contract import load_contract
contract = load_contract()
print(len(contract.operations), len(contract.operations["POST /v1/customers"].parameters))
"""


def written() -> bytes:
    return resources.files("localstack_stripe.contract").joinpath("contract.json").read_bytes()


def test_it_loads_in_under_fifty_milliseconds() -> None:
    taken = []
    for _ in range(7):
        begun = time.process_time()
        parse_contract(written())
        taken.append(time.process_time() - begun)
    assert statistics.median(taken) < MOST_SECONDS


def test_loading_it_never_needs_twenty_megabytes() -> None:
    tracemalloc.start()
    try:
        contract = parse_contract(written())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert contract.operations
    assert most < MOST_BYTES


def test_no_sdk_is_needed_to_load_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SDK], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    operations, parameters = map(int, done.stdout.split())
    assert operations > 640
    assert parameters > 20
