"""In the lenient mode, every operation answers for ids that nothing has, as those who come from stripe-mock expect."""

from __future__ import annotations

import re
from typing import Any

import pytest

from localstack_stripe.contract.loader import Operation, load_contract
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from tests.contract.stripe.reflection.smallest import Maker
from tests.unit.stripe.conftest import Api

OPERATIONS = {
    operation.key: operation
    for operation in load_contract().operations.values()
    if "{" in operation.path
}


class MadeUp:
    """Stands in for the SDK: whatever is asked for has an id that nothing has."""

    def call(self, operation: Operation, ids: list[str], params: dict[str, Any]) -> dict[str, Any]:
        return {"id": "unknown_1", "identifier": "unknown_1"}


@pytest.fixture(scope="module")
def lenient() -> StripeEmulator:
    """An emulator that makes what does not exist."""
    return StripeEmulator(StripeSettings(unknown_ids="create"))


@pytest.mark.parametrize("key", sorted(OPERATIONS))
def test_no_unknown_id_makes_the_emulator_fail(lenient: StripeEmulator, key: str) -> None:
    operation = OPERATIONS[key]
    path = re.sub(r"\{\w+\}", "unknown_1", operation.path)

    response = Api(lenient).send(operation.verb, path, Maker(MadeUp()).params(operation))

    assert response.status < 500, response.body


RETRIEVED = [key for key in OPERATIONS if re.fullmatch(r"GET [^{]+\{\w+\}", key)]


@pytest.mark.parametrize("key", sorted(RETRIEVED))
def test_what_nothing_has_is_there_when_it_is_asked_for(lenient: StripeEmulator, key: str) -> None:
    shown = Api(lenient).get(re.sub(r"\{\w+\}", "unknown_1", key.removeprefix("GET ")))

    assert shown.get("id", "unknown_1") == "unknown_1"
