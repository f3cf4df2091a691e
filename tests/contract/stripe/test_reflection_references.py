"""A parameter that names what does not exist is refused, and the error says which it is."""

from __future__ import annotations

import pytest
import stripe

from localstack_stripe.contract.loader import load_contract
from tests.contract.stripe.reflection.gaps import cases
from tests.contract.stripe.reflection.operations import answered, creating, referenced
from tests.contract.stripe.reflection.smallest import Maker

OPERATIONS = {operation.key: operation for operation in creating().values()}


def references() -> list[str]:
    """Each parameter that is the id of something that can be made: ``POST /v1/invoices customer``."""
    return sorted(
        f"{operation.key} {name}"
        for operation in OPERATIONS.values()
        for name, field in operation.parameters.items()
        if referenced(name, field, answered(operation)) in creating()
        and answered(operation) in load_contract().resources
    )


@pytest.mark.parametrize("case", cases("references", references()))
def test_what_does_not_exist_is_refused_by_name(maker: Maker, case: str) -> None:
    key, _, name = case.rpartition(" ")

    with pytest.raises(stripe.InvalidRequestError) as missing:
        maker.call(OPERATIONS[key], **{name: "none_1"})

    called = "id" if case == "POST /v1/refunds charge" else name
    assert (missing.value.code, missing.value.param) == ("resource_missing", called)
