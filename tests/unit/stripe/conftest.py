"""What the tests without sockets share: an emulator, and a client that calls it as the SDKs do."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from stripe._encode import _api_encode

from localstack_stripe.api.messages import Request, Response
from localstack_stripe.api.routing import Router
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.settings import StripeSettings
from tests.unit.stripe.conformity import mistakes

_NUMBERS = itertools.count()
JANUARY_31 = 1_706_702_400
"""2024-01-31 12:00 UTC."""


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.error: dict[str, Any] = orjson.loads(response.body)["error"]
        self.headers = response.headers
        super().__init__(f"{self.status}: {self.error}")


class Api:
    """One account of an emulator, called without a socket. Every answer is held against the contract.

    :param key: a secret key; without one, of an account that nobody else has
    """

    def __init__(self, emulator: StripeEmulator, key: str | None = None) -> None:
        self.emulator = emulator
        self.key = key or f"sk_test_51{next(_NUMBERS):015d}{'0' * 32}"
        self._router = Router(emulator.contract.operations.values())

    @property
    def account(self) -> str:
        """The id of the account that the key names."""
        return f"acct_{self.key.removeprefix('sk_test_5')[:16]}"

    def get(self, path: str, **params: Any) -> Any:
        """GET, and what is answered."""
        return self.call("GET", path, params)

    def post(self, path: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
        """POST, and what is answered."""
        return self.call("POST", path, params, headers)

    def delete(self, path: str, **params: Any) -> Any:
        """DELETE, and what is answered."""
        return self.call("DELETE", path, params)

    def call(
        self,
        verb: str,
        path: str,
        params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """What is answered.

        :raises Refused: where it is an error
        """
        response = self.send(verb, path, params, headers)
        if response.status >= 400:
            raise Refused(response)
        answer = orjson.loads(response.body)
        operation, _ = self._router.match(verb, path)
        wrong = mistakes(self.emulator.contract, answer, operation.returns)
        assert not wrong, f"{operation.key} answered what the contract does not allow: {wrong}"
        return answer

    def send(
        self,
        verb: str,
        path: str,
        params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """The response, whatever it is, to a form, or in v2 to JSON."""
        given = {"authorization": f"Bearer {self.key}"} | (headers or {})
        if verb == "POST" and path.startswith("/v2/"):
            given["content-type"] = "application/json"
            return self.emulator.handle(Request(verb, path, "", given, orjson.dumps(params or {})))
        encoded = urlencode(list(_api_encode(params or {})))
        if verb == "POST":
            given["content-type"] = "application/x-www-form-urlencoded"
            return self.emulator.handle(Request(verb, path, "", given, encoded.encode()))
        return self.emulator.handle(Request(verb, path, encoded, given))

    def records(self) -> dict[str, Any]:
        """Everything that the account has, as it is now: a copy of it."""
        return self.emulator._store.dump(self.account)

    # What many tests begin with

    def clock(self, at: int = JANUARY_31) -> str:
        """A test clock's id."""
        return self.post("/v1/test_helpers/test_clocks", frozen_time=at)["id"]

    def advance(self, clock: str, moment: int, step: int = 27 * 86_400) -> None:
        """Move a test clock, in steps that Stripe allows: two intervals of the shortest subscription."""
        path = f"/v1/test_helpers/test_clocks/{clock}"
        while (now := self.get(path)["frozen_time"]) < moment:
            self.post(f"{path}/advance", frozen_time=min(moment, now + step))
            while self.get(path)["status"] == "advancing":
                self.emulator.settle()

    def pass_time(self, seconds: int) -> None:
        """Let time pass for the account, and what falls due meanwhile happen."""
        assert self.send("POST", "/_emulator/time/advance", {"seconds": seconds}).status == 200
        self.emulator.settle()

    def price(self, amount: int = 1200, interval: str = "month", **terms: Any) -> str:
        """A recurring price's id."""
        return self.post(
            "/v1/prices",
            currency="usd",
            unit_amount=amount,
            recurring={"interval": interval},
            product_data={"name": "Team"},
            **terms,
        )["id"]

    def customer(self, method: str = "pm_card_visa", **terms: Any) -> str:
        """A customer's id, who pays with *method* by default."""
        return self.post(
            "/v1/customers",
            payment_method=method,
            invoice_settings={"default_payment_method": method},
            **terms,
        )["id"]

    def subscribe(self, customer: str, *prices: str, **terms: Any) -> Any:
        """A subscription."""
        items = [{"price": price} for price in prices]
        return self.post("/v1/subscriptions", customer=customer, items=items, **terms)

    def everything(self, path: str, **filters: Any) -> list[Any]:
        """Every record of a list, walked page by page."""
        found: list[Any] = []
        while True:
            page = self.get(path, limit=100, **filters)
            found += page["data"]
            if not page["has_more"]:
                return found
            filters["starting_after"] = found[-1]["id"]


class WatchfulEmulator(StripeEmulator):
    """An emulator that notices what would be lost: writing to a record that was only read."""

    def commit(self, work: UnitOfWork) -> None:
        for part in work.parts():
            committed = self.begin(part.account)
            for (object, id), record in part._changes._read.items():
                assert record == committed.get(object, id), f"{id} was written to without change()"
        super().commit(work)


@pytest.fixture(scope="session")
def emulator() -> StripeEmulator:
    """One emulator for the whole run: accounts keep the tests apart."""
    return WatchfulEmulator(StripeSettings())


@pytest.fixture
def api(emulator: StripeEmulator) -> Api:
    """A fresh account."""
    return Api(emulator)


@pytest.fixture
def own() -> Api:
    """An account of an emulator that no other test sees."""
    return Api(StripeEmulator(StripeSettings()))


@pytest.fixture
def generic(monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of what is worked from the contract alone: nobody has written down, for the test, what Stripe does there."""
    for hooks in (BEHAVIOURS.before_create, BEHAVIOURS.before_update):
        monkeypatch.delitem(hooks, "climate.order")
    return "/v1/climate/orders"


@pytest.fixture(scope="session")
def fresh(emulator: StripeEmulator) -> Callable[[], Api]:
    """Makes fresh accounts, for properties that need many."""
    return lambda: Api(emulator)


@pytest.fixture
def refused() -> Callable[..., Refused]:
    """Makes a call that must be refused, and gives the refusal."""

    def refused(call: Callable[..., Any], *args: Any, **params: Any) -> Refused:
        with pytest.raises(Refused) as caught:
            call(*args, **params)
        return caught.value

    return refused
