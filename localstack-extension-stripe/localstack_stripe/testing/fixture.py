"""What the fixtures give: the emulator's address, and an account of one's own."""

import json
import secrets
import string
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import NotRequired, TypedDict

_ALPHABET = string.ascii_letters + string.digits


class BaseAddresses(TypedDict):
    """What ``StripeClient`` takes, in its own types: it is not imported here, where it may not be installed."""

    api: NotRequired[str | None]
    connect: NotRequired[str | None]
    files: NotRequired[str | None]
    meter_events: NotRequired[str | None]


class EmulatorNotFound(RuntimeError):
    """The configured address does not answer as a Stripe emulator does."""


@dataclass(frozen=True)
class StripeAccount:
    """One account of the emulator, which no other test knows.

    :param api_base: what ``stripe.api_base`` is set to
    """

    api_base: str
    _secret: str = field(repr=False)

    @property
    def api_key(self) -> str:
        """The account's secret key."""
        return f"sk_test_{self._secret}"

    @property
    def publishable_key(self) -> str:
        """The account's publishable key."""
        return f"pk_test_{self._secret}"

    @property
    def base_addresses(self) -> BaseAddresses:
        """Every base address that ``StripeClient`` has, so that no call leaves for the real Stripe."""
        base = self.api_base
        return {"api": base, "connect": base, "files": base, "meter_events": base}

    def reset(self) -> None:
        """Forget everything of the account."""
        _request(f"{self.api_base}/_emulator/reset", self.api_key)


@dataclass(frozen=True)
class EmulatorServer:
    """An emulator that answers at :attr:`api_base`."""

    api_base: str

    def fresh_account(self) -> StripeAccount:
        """An account that nobody has used: its key names it, as Stripe's own test keys do."""
        secret = "51" + "".join(secrets.choice(_ALPHABET) for _ in range(47))
        return StripeAccount(self.api_base, secret)


@contextmanager
def find_or_start(configured: str, addresses: Sequence[str]) -> Iterator[EmulatorServer]:
    """The emulator at *configured*, else one that runs at *addresses*, else one that lives as long as the context.

    :raises EmulatorNotFound: where *configured* is given and nothing answers there
    """
    if configured:
        if not _answers(configured.rstrip("/")):
            raise EmulatorNotFound(f"No Stripe emulator answers at {configured}")
        yield EmulatorServer(configured.rstrip("/"))
        return
    running = next((address for address in addresses if _answers(address)), None)
    if running is not None:
        yield EmulatorServer(running)
        return
    from localstack_shared.settings import Address
    from localstack_stripe.emulator import StripeEmulator
    from localstack_stripe.settings import StripeSettings

    emulator = StripeEmulator(StripeSettings(bind=Address("127.0.0.1", 0)))
    emulator.start()
    try:
        yield EmulatorServer(emulator.endpoints()[0].url)
    finally:
        emulator.stop()


@cache
def _opener() -> urllib.request.OpenerDirector:
    """One for the test run: each costs the reading of every certificate of the machine."""
    # A proxy of the environment must not be asked for an address of this machine.
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _answers(address: str) -> bool:
    try:
        health = _request(f"{address}/_emulator/health", None, timeout=2)
    except (OSError, ValueError):
        return False
    return health.get("status") == "running"


def _request(url: str, key: str | None, timeout: float = 10) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, method="POST" if key else "GET", headers=headers)
    with _opener().open(request, timeout=timeout) as response:
        answer: dict[str, str] = json.load(response)
        return answer
