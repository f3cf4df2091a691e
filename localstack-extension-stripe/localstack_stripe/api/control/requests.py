"""The request log: what was asked, and what was answered."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint, whole_number
from localstack_stripe.api.request_log import RequestLog
from localstack_stripe.engine.errors import StripeError

DEFAULT_LIMIT = 20


class Requests:
    """``/_emulator/requests`` and ``/_emulator/requests/{id}``."""

    def __init__(self, log: RequestLog) -> None:
        self._log = log

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /_emulator/requests": self._list,
            "GET /_emulator/requests/{id}": self._retrieve,
        }

    def _list(self, asked: Asked) -> Any:
        params = asked.params
        wanted = {
            name: str(params[name]) for name in ("account", "method", "status") if name in params
        }
        path = str(params.get("path", "*"))
        found = (
            each
            for each in self._log.requests()
            if fnmatchcase(each["path"], path)
            and all(str(each[name]) == value for name, value in wanted.items())
        )
        return {"requests": list(islice(found, whole_number(params, "limit", DEFAULT_LIMIT)))}

    def _retrieve(self, asked: Asked) -> Any:
        id = asked.path["id"]
        found = self._log.request(id)
        if found is None:
            raise StripeError(
                f"No request {id} is in the log. It keeps the last ones: STRIPE_REQUEST_LOG says how many.",
                status=404,
            )
        return found
