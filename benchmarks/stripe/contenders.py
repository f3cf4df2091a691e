"""Who is measured, how each is started, and what has to be installed for it."""

import http.client
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.processes import free_port, running, wait_until

OURS, EMULATE = "localstack-stripe", "emulate"
INSIDE = "inside LocalStack"
CONSTANT = "a constant answer"
AS_IT_COMES, WITHOUT_DUMP = "localstripe", "localstripe, no dump"

KEY_LASTS = 4000
"""Requests that a key is used for: emulate allows 5,000 an hour."""

_LOCALSTRIPE = """
import os, sys
from localstripe import resources, server
dump, switch = resources.Store.dump_to_disk, os.environ["BENCH_DUMPS"]
resources.Store.dump_to_disk = lambda store: dump(store) if os.path.exists(switch) else None
server.start()
"""
"""localstripe, which writes everything to disk at every change, as it comes, while a file exists."""

CARD = {
    "card[number]": "4242424242424242",
    "card[exp_month]": "12",
    "card[exp_year]": "2030",
    "card[cvc]": "123",
}


class Api:
    """One kept connection to a contender."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._number = 0

    def call(self, verb: str, path: str, **params: Any) -> Any:
        """The parsed answer, which has to be a good one."""
        body = urlencode(params)
        self._connection.request(verb, path, body if verb == "POST" else None, self._headers())
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{verb} {path}: {response.status} {content[:300]!r}")
        return json.loads(content)

    def _headers(self) -> dict[str, str]:
        self._number += 1
        return {
            "Authorization": f"Bearer sk_test_fill{id(self)}x{self._number // KEY_LASTS}",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def customer(self, number: int) -> str:
        """The id of a new customer, as all that are measured are."""
        params = {"email": f"user{number}@example.com", "name": "Zoe", "metadata[order]": "6735"}
        return str(self.call("POST", "/v1/customers", **params)["id"])

    def fill(self, numbers: Iterable[int]) -> str:
        """Create customers, and give the last one's id."""
        last = ""
        for number in numbers:
            last = self.customer(number)
        return last


@dataclass(frozen=True)
class Contender:
    """A program that answers Stripe's API.

    :param can_subscribe: whether it knows subscriptions
    :param tokenizes: whether a card has to be made a token of first, because Stripe's test tokens are not known
    """

    name: str
    port: int
    command: list[str]
    environ: Mapping[str, str] = field(default_factory=dict)
    can_subscribe: bool = True
    tokenizes: bool = False
    dumps: Path | None = None
    """The file with which it writes everything to disk at every change, where it is one that does."""

    def as_it_comes(self) -> None:
        """Have it write everything to disk from now on, where it is one that does: filling it took hours otherwise."""
        if self.dumps is not None:
            self.dumps.touch()

    @contextmanager
    def running(self) -> Iterator[int]:
        """The id of its process, which answers already."""
        with running(self.command, self.environ) as pid:
            wait_until(lambda: Api(self.port).call("GET", "/v1/customers"))
            yield pid
        if self.dumps is not None:
            self.dumps.unlink(missing_ok=True)


def inside_localstack(folder: Path) -> Contender | None:
    """Ourselves in a real LocalStack, which has its files in *folder*; nothing where it is not installed."""
    if find_spec("localstack") is None:
        print("LocalStack is left out: it is not installed here, as `make start` installs it")
        return None
    port = free_port()
    environ = {
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
        "FILESYSTEM_ROOT": str(folder),
        "GATEWAY_LISTEN": f"127.0.0.1:{free_port()}",
        "OVERRIDE_IN_DOCKER": "0",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "STRIPE_BIND_ADDR": f"127.0.0.1:{port}",
    } | {f"MH_{each}_BIND_ADDR": "127.0.0.1:0" for each in ("API", "SMTP", "UI")}
    return Contender(INSIDE, port, [sys.executable, "-m", "localstack.runtime.main"], environ)


def constant_answers() -> Contender:
    """Our server without an emulator behind it."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.stripe.constant", str(port)]
    return Contender(CONSTANT, port, command, can_subscribe=False)


def contenders() -> list[Contender]:
    """Ourselves, and who is installed of the peers; the others are named with what is missing."""
    port = free_port()
    ours = [str(Path(sys.executable).parent / "localstack-stripe")]
    found = [Contender(OURS, port, ours, {"STRIPE_BIND_ADDR": f"127.0.0.1:{port}"})]
    modules = Path(os.environ.get("EMULATE", "")) / "node_modules"
    node, script = modules / "node/bin/node", modules / "emulate/dist/index.js"
    if script.exists() and os.environ.get("EMULATE"):
        port = free_port()
        command = [str(node), str(script), "start", "--service", "stripe", "--port", str(port)]
        found.append(Contender(EMULATE, port, command, can_subscribe=False))
    else:
        print("emulate is left out: `npm install --prefix DIR emulate@0.12.2 node@24`, EMULATE=DIR")
    python = os.environ.get("LOCALSTRIPE_PYTHON")
    if python:
        for name in (AS_IT_COMES, WITHOUT_DUMP):
            port = free_port()
            switch = Path(tempfile.gettempdir()) / f"localstripe-{port}-dumps"
            command = [python, "-c", _LOCALSTRIPE, "--from-scratch", "--port", str(port)]
            environ = {"BENCH_DUMPS": str(switch)}
            dumps = switch if name == AS_IT_COMES else None
            found.append(Contender(name, port, command, environ, tokenizes=True, dumps=dumps))
    else:
        print(
            "localstripe is left out: install it where nothing else is, "
            "and name its Python with LOCALSTRIPE_PYTHON"
        )
    return found
