"""Having the next requests meet a fault."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.api.faults import Faults


class FaultControl:
    """``/_emulator/faults``."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /_emulator/faults": self._list,
            "POST /_emulator/faults": self._add,
            "DELETE /_emulator/faults": self._forget,
            "DELETE /_emulator/faults/{id}": self._forget,
        }

    def _list(self, asked: Asked) -> Any:
        return {"faults": [fault.described() for fault in self._faults.left]}

    def _add(self, asked: Asked) -> Any:
        return self._faults.add(asked.params).described()

    def _forget(self, asked: Asked) -> Any:
        self._faults.forget(asked.path.get("id"))
        return self._list(asked)
