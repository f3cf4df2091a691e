"""Whether the emulator runs, and how far what was asked of it is followed."""

import time
from collections.abc import Mapping
from typing import Any

from localstack_stripe import __version__
from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.engine.fidelity import Fidelity


class Health:
    """``/_emulator/health`` and ``/_emulator/fidelity``.

    :param api_version: the version of Stripe's API that is served
    """

    def __init__(self, fidelity: Fidelity, api_version: str) -> None:
        self._fidelity = fidelity
        self._api_version = api_version
        self._started = time.monotonic()

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {"GET /_emulator/health": self._health, "GET /_emulator/fidelity": self._report}

    def _health(self, asked: Asked) -> Any:
        return {
            "status": "running",
            "version": __version__,
            "api_version": self._api_version,
            "uptime_seconds": round(time.monotonic() - self._started, 3),
        }

    def _report(self, asked: Asked) -> Any:
        return self._fidelity.report()
