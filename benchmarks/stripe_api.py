"""Requests a second over one kept connection, beside localstripe: create, retrieve, list, subscribe."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.rounds import report, take_turns

REQUESTS = 300
AUTHORIZATION = {
    "Authorization": "Bearer sk_test_bench",
    "Content-Type": "application/x-www-form-urlencoded",
}


class Api:
    """One connection to an API."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, verb: str, path: str, **params: Any) -> Any:
        """The parsed answer, which has to be a good one."""
        body = urlencode(params)
        target = f"{path}?{body}" if body and verb == "GET" else path
        self._connection.request(verb, target, None if verb == "GET" else body, AUTHORIZATION)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{verb} {path}: {response.status} {content[:300]!r}")
        return json.loads(content)


def create_customers(api: Api) -> int:
    """Create customers."""
    for number in range(REQUESTS):
        api.call("POST", "/v1/customers", email=f"user{number}@example.com", name="Zoe")
    return REQUESTS


def retrieve_customer(api: Api) -> int:
    """Retrieve one."""
    customer = api.call("POST", "/v1/customers", email="zoe@example.com")["id"]
    for _ in range(REQUESTS):
        api.call("GET", f"/v1/customers/{customer}")
    return REQUESTS


def list_customers(api: Api) -> int:
    """List the ten newest."""
    for _ in range(REQUESTS):
        api.call("GET", "/v1/customers", limit=10)
    return REQUESTS


def subscribe(api: Api) -> int:
    """A customer with a card, subscribed and charged: two requests each."""
    times = REQUESTS // 10
    plan = api.call(
        "POST",
        "/v1/plans",
        **{"amount": 4900, "currency": "usd", "interval": "month", "product[name]": "Team"},
    )["id"]
    for number in range(times):
        email = f"user{number}@example.com"
        customer = api.call("POST", "/v1/customers", email=email, source="tok_visa")["id"]
        api.call("POST", "/v1/subscriptions", **{"customer": customer, "items[0][plan]": plan})
    return times


def main() -> None:
    """Measure, and print the ratios."""
    with _servers() as ports:
        for title, work in (
            ("customers created", create_customers),
            ("customer retrieved", retrieve_customer),
            ("ten customers listed", list_customers),
            ("customers subscribed", subscribe),
        ):
            able = {name: _bound(work, port) for name, port in ports.items() if _can(work, port)}
            report(f"Stripe: {title}", take_turns(able))
            for name in ports.keys() - able.keys():
                print(f"  {name} does not answer these requests")


def _can(work: Callable[[Api], int], port: int) -> bool:
    try:
        work(Api(port))
    except RuntimeError:
        return False
    return True


def _bound(work: Callable[[Api], int], port: int) -> Callable[[], int]:
    return lambda: work(Api(port))


@contextmanager
def _servers() -> Iterator[dict[str, int]]:
    here = Path(sys.executable).parent
    commands = {"localstack-stripe": (8461, [str(here / "localstack-stripe")])}
    peer = shutil.which("localstripe") or os.environ.get("LOCALSTRIPE")
    if peer:
        commands["localstripe"] = (8462, [peer, "--port", "8462", "--from-scratch"])
    else:
        print("localstripe is left out: install it elsewhere and name it with LOCALSTRIPE=…")
    environ = os.environ | {"STRIPE_BIND_ADDR": "127.0.0.1:8461"}
    processes = [
        subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _, command in commands.values()
    ]
    try:
        for port, _ in commands.values():
            _wait_for(port)
        yield {name: port for name, (port, _) in commands.items()}
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            Api(port).call("GET", "/v1/customers")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
