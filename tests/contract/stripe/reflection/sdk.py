"""The SDK's methods by the contract's operations."""

from __future__ import annotations

from typing import Any

import stripe

from localstack_stripe.contract.loader import Operation


class Sdk:
    """One account's client, whose methods are found by the operation that they stand for."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    @property
    def address(self) -> str:
        """Where the emulator is."""
        return str(self._client._requestor.base_addresses["api"])

    def call(self, operation: Operation, ids: list[str], params: dict[str, Any]) -> dict[str, Any]:
        """Call the SDK's method of *operation*, and give what it returns, as plain values.

        :param ids: the values of the path's placeholders
        :raises stripe.StripeError: as the SDK does
        """
        version = self._client.v2 if operation.path.startswith("/v2") else self._client.v1
        place: Any = version
        for name in operation.method.removeprefix("v2.").split("."):
            place = getattr(place, name)
        return place(*ids, params=params).to_dict()
