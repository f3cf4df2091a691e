"""The accounts that the emulator has, and forgetting what they have."""

from collections.abc import Callable, Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint


class Accounts:
    """``/_emulator/reset``.

    :param reset: forgets everything of an account
    """

    def __init__(self, reset: Callable[[str], None]) -> None:
        self._reset = reset

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {"POST /_emulator/reset": self._forget}

    def _forget(self, asked: Asked) -> Any:
        self._reset(asked.account)
        return {"account": asked.account, "reset": True}
