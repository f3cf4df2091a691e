"""Whatever is sent, it is answered: with a success or with an error in Stripe's form, never with a failure, and soon."""

import time

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from localstack_stripe.api.messages import Request
from tests.unit.stripe.conftest import Api
from tests.unit.stripe.made_requests import (
    hostile_requests,
    nearly_valid_requests,
    valid_requests,
)

AT_MOST_SECONDS = 5.0
"""Of processor time, for any one request: a body of 10 MB takes two on a slow and busy machine."""

MOST_KNOWN = 40
"""Ids that are remembered of a kind."""

ORDINARY = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
)
MANY = settings(ORDINARY, max_examples=7000, derandomize=False)


class Fuzzed:
    """An account that is sent everything, and remembers the ids that it was given."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._ids: dict[str, list[str]] = {}

    def resolve(self, named):
        """An id for a reference, mostly of something that there is."""
        known = [id for kind in named.kinds for id in self._ids.get(kind, ())]
        if not known or named.number % 10 == 9:
            known = ["x", "cus_none", "pm_card_visa", "tok_visa", *known[:3]]
        return known[named.number % len(known)]

    def send(self, request):
        """Send what was made up from the contract."""
        self.check(request.resolved(self.resolve))

    def check(self, request):
        """Send a request, and look at what it is answered."""
        headers = {"authorization": f"Bearer {self.api.key}", **request.headers}
        begun = time.thread_time()
        response = self.api.emulator.handle(
            Request(request.verb, request.path, request.query, headers, request.body)
        )
        spent = time.thread_time() - begun

        shown = (request.verb, request.path, request.query[:300], request.body[:300])
        assert response.status < 500, (shown, response.body)
        assert spent < AT_MOST_SECONDS, (shown, spent)
        if response.headers["Content-Type"] != "application/json":
            return
        answer = orjson.loads(response.body)
        if response.status >= 400 and isinstance(answer["error"], str):
            assert answer["error_description"], shown  # OAuth's form
        elif response.status >= 400:
            assert answer["error"]["message"], shown
            assert answer["error"]["type"], shown
        else:
            self._remember(answer)

    def _remember(self, answer):
        if isinstance(answer, dict) and isinstance(answer.get("object"), str):
            known = self._ids.setdefault(answer["object"], [])
            if isinstance(answer.get("id"), str) and len(known) < MOST_KNOWN:
                known.append(answer["id"])


@pytest.fixture(scope="module")
def fuzzed(emulator):
    """An account with something of what is most used."""
    account = Fuzzed(Api(emulator))
    api = account.api
    customer = api.customer()
    api.subscribe(customer, api.price())
    api.post("/v1/payment_intents", amount=1000, currency="usd", customer=customer)
    for path in ("customers", "prices", "products", "subscriptions", "invoices", "charges"):
        for each in api.get(f"/v1/{path}")["data"]:
            account._remember(each)
    return account


@ORDINARY
@given(made=valid_requests())
def test_what_is_valid_is_answered(fuzzed, made):
    fuzzed.send(made)


@ORDINARY
@given(made=nearly_valid_requests())
def test_what_is_nearly_valid_is_answered(fuzzed, made):
    fuzzed.send(made)


@ORDINARY
@given(made=hostile_requests())
def test_what_is_hostile_is_answered(fuzzed, made):
    fuzzed.check(made)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("requests", [valid_requests, nearly_valid_requests])
def test_thousands_of_requests_are_answered(fuzzed, requests):
    @MANY
    @given(made=requests())
    def sent(made):
        fuzzed.send(made)

    sent()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_thousands_of_hostile_requests_are_answered(fuzzed):
    @MANY
    @given(made=hostile_requests())
    def sent(made):
        fuzzed.check(made)

    sent()
